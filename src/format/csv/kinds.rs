//! Cells that cannot be the names of columns.
//!
//! Owns how data is told from a name, by its spelling alone: a name may be
//! nearly anything, but is hardly a mail address, and a year is a good name.

use crate::format::csv::beginning::Row;

/// What a cell is, where it is no likely name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Uuid,
    Date,
    /// Digits with a point or a comma among them.
    Decimal,
    /// A number of an account, a phone, a person.
    LongNumber,
}

impl Kind {
    /// As a message names it.
    pub(super) fn says(self) -> &'static str {
        match self {
            Kind::Address => "a mail address",
            Kind::Uuid => "a UUID",
            Kind::Date => "a date",
            Kind::Decimal => "a decimal number",
            Kind::LongNumber => "a long number",
        }
    }

    /// True where no column is named so; numbers may be names.
    pub(super) fn is_sure(self) -> bool {
        !matches!(self, Kind::Decimal | Kind::LongNumber)
    }

    pub(super) fn of(text: &str) -> Option<Self> {
        if is_address(text) {
            Some(Kind::Address)
        } else if is_uuid(text) {
            Some(Kind::Uuid)
        } else if is_date(text) {
            Some(Kind::Date)
        } else if is_decimal(text) {
            Some(Kind::Decimal)
        } else {
            let is_long = text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_digit());
            is_long.then_some(Kind::LongNumber)
        }
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, domain)| {
        let is_part = |part: &str| !part.is_empty() && !part.contains([' ', '@']);
        is_part(user)
            && is_part(domain)
            && domain.trim_matches('.').contains('.')
            && !domain.contains(['/', ':'])
    })
}

fn is_uuid(text: &str) -> bool {
    let text = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'))
        .unwrap_or(text);
    let mut lengths = text.split('-').map(|part| {
        let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then_some(part.len())
    });
    [8, 4, 4, 4, 12]
        .iter()
        .all(|length| lengths.next() == Some(Some(*length)))
        && lengths.next().is_none()
}

/// A day with a year of four digits, and perhaps a time.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let rest = &text[day.len()..];
    let is_time = rest.is_empty()
        || rest.contains(':')
            && rest
                .chars()
                .all(|c| c.is_ascii_digit() || " T:.+-ZAPM".contains(c));
    let Some(sign) = day.chars().find(|c| matches!(c, '-' | '.' | '/')) else {
        return false;
    };
    let lengths: Vec<usize> = day.split(sign).map(str::len).collect();
    let is_digits = day.chars().all(|c| c == sign || c.is_ascii_digit());
    is_time && is_digits && matches!(lengths[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4])
}

fn is_decimal(text: &str) -> bool {
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.ends_with(|c: char| c.is_ascii_digit())
        && number.contains(['.', ','])
        && number
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        && number.matches(['.', ',']).count() <= 2
}

/// A column of the first row that holds no name but data, as the rows below do.
#[derive(Debug)]
pub(super) struct Data {
    pub(super) column: usize,
    pub(super) text: String,
    /// What it is, for a message.
    pub(super) says: String,
}

/// The first column that tells that the first of `rows` is a record; `known` says
/// which texts are the names of columns.
pub(super) fn data_among_names(rows: &[Row<'_>], known: &dyn Fn(&str) -> bool) -> Option<Data> {
    let (first, below) = rows.split_first()?;
    let names = first.texts().filter(|text| known(text)).count();
    let mut sure = Vec::new();
    let mut likely = Vec::new();
    for (column, text) in first.texts().enumerate() {
        if known(&text) {
            continue;
        }
        let cells = below.iter().map(|row| row.text(column));
        if let Some(kind) = Kind::of(&text) {
            let filled = cells.filter(|cell| !cell.is_empty());
            let (mut alike, mut all) = (0, 0);
            for cell in filled {
                all += 1;
                alike += usize::from(Kind::of(&cell) == Some(kind));
            }
            if alike > 0 && alike * 5 >= all * 4 {
                let says = format!("{}, as are the values below it", kind.says());
                let found = Data { column, text, says };
                if kind.is_sure() {
                    sure.push(found);
                } else {
                    likely.push(found);
                }
            }
        } else if let Ok(number) = text.parse::<u32>()
            && below.len() > 1
            && (number.saturating_add(1)..)
                .zip(cells)
                .all(|(next, cell)| cell.parse() == Ok(next))
        {
            let says = "a number that the next lines go on to count".to_owned();
            likely.push(Data { column, text, says });
        }
    }
    if sure.len() <= names {
        sure.clear();
    }
    if names > 0 {
        likely.clear();
    }
    sure.into_iter().chain(likely).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::csv::beginning::first_rows;

    #[test]
    fn data_is_told_from_names_by_its_spelling() {
        for (text, kind) in [
            ("ann@acme.example", Some(Kind::Address)),
            ("Kontakt @ Acme", None),
            ("@acme", None),
            ("F01251E5-96A3-448D-981E-0F99D789110D", Some(Kind::Uuid)),
            ("{f01251e5-96a3-448d-981e-0f99d789110d}", Some(Kind::Uuid)),
            ("2024-01-31", Some(Kind::Date)),
            ("31.1.2024", Some(Kind::Date)),
            ("2014-06-30 00:00:00.000", Some(Kind::Date)),
            ("2024-01-31T10:00:00Z", Some(Kind::Date)),
            ("2024-01", None),
            ("Stand 31.12.2024", None),
            ("2019", None),
            ("12", None),
            ("Q1/2024", None),
            ("12,50", Some(Kind::Decimal)),
            ("1.234,50", Some(Kind::Decimal)),
            ("-0.5", Some(Kind::Decimal)),
            ("v1.5", None),
            ("1.", None),
            ("295847284", Some(Kind::LongNumber)),
            ("name", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(text), kind, "{text:?}");
        }
    }

    #[test]
    fn a_first_line_is_data_where_the_lines_below_are_alike() {
        let column = |text: &str| {
            let rows = first_rows(text.as_bytes(), 0, b';', true);
            let known = |name: &str| ["contract", "duration"].contains(&name);
            data_among_names(&rows, &known).map(|data| data.column)
        };
        assert_eq!(column("Ann;ann@a.example\nBo;bo@b.example\n"), Some(1));
        assert_eq!(column("1;Jan\n2;Cezary\n3;Jakub\n"), Some(0));
        assert_eq!(column("a;2,5\nb;3,5\n"), Some(1));
        // Years, months and days as names, with amounts below.
        assert_eq!(column("Kunde;2019;2020\nA;2019;2020\nB;1;2\n"), None);
        assert_eq!(column("Kunde;2024-01-01;2024-02-01\nA;5;6\n"), None);
        assert_eq!(column("Kunde;1;2;3\nA;4;5;6\nB;7;8;9\n"), None);
        // A name that is known says that this is a header.
        assert_eq!(column("contract;1,5\nyes;2,5\n"), None);
        assert_eq!(column("Ann;ann@a.example\n"), None);
    }
}
