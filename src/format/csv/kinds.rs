//! Cells that cannot be the names of columns.
//!
//! Owns how data differs from a name, by its spelling alone: nearly anything may be a
//! name, but hardly a mail address; a year may well be one.

use crate::format::csv::beginning::Row;

/// What a cell is, if it is an unlikely name: for a message, with true if no column is
/// named like that, though numbers may be names.
fn kind(text: &str) -> Option<(&'static str, bool)> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if is_address(text) {
        Some(("a mail address", true))
    } else if is_uuid(text) {
        Some(("a UUID", true))
    } else if is_date(text) {
        Some(("a date", true))
    } else if is_decimal(text) {
        Some(("a decimal number", false))
    } else {
        // Of an account, a phone, a person.
        (text.len() >= 7 && is_digits(text)).then_some(("a long number", false))
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && domain.trim_matches('.').contains('.')
            && !domain.contains(['/', ':', '@'])
            && !text.contains(' ')
    })
}

fn is_uuid(text: &str) -> bool {
    let text = text.trim_start_matches('{').trim_end_matches('}');
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// A date with a four-digit year, and perhaps a time.
fn is_date(text: &str) -> bool {
    let (day, time) = text.split_at(text.find([' ', 'T']).unwrap_or(text.len()));
    let parts: Vec<&str> = day.split(['-', '.', '/']).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    matches!(lengths[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4])
        && parts.concat().bytes().all(|byte| byte.is_ascii_digit())
        && (time.is_empty() || time.contains(':'))
}

fn is_decimal(text: &str) -> bool {
    let number = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_digit = |c: char| c.is_ascii_digit();
    let signs = number.matches(['.', ',']).count();
    (1..=2).contains(&signs)
        && number.starts_with(is_digit)
        && number.ends_with(is_digit)
        && number
            .chars()
            .all(|c| is_digit(c) || matches!(c, '.' | ','))
}

/// The first column in which the first of `rows` has data instead of a name, as in the
/// rows below, and what that is, for a message; `known` is true for the names of
/// columns.
pub(super) fn data_among_names(
    rows: &[Row<'_>],
    known: &dyn Fn(&str) -> bool,
) -> Option<(usize, String)> {
    let (first, below) = rows.split_first()?;
    let names = first.texts().filter(|text| known(text)).count();
    let mut sure = Vec::new();
    let mut likely = Vec::new();
    for (column, text) in first.texts().enumerate() {
        if known(&text) {
            continue;
        }
        let cells = below.iter().map(|row| row.text(column));
        if let Some((what, is_sure)) = kind(&text) {
            let kinds = cells
                .filter(|cell| !cell.is_empty())
                .map(|cell| kind(&cell));
            let kinds: Vec<_> = kinds.collect();
            let alike = kinds.iter().filter(|kind| **kind == Some((what, is_sure)));
            let alike = alike.count();
            if alike > 0 && alike * 5 >= kinds.len() * 4 {
                let found = (column, format!("{what}, as are the values below it"));
                if is_sure { &mut sure } else { &mut likely }.push(found);
            }
        } else if let Ok(number) = text.parse::<u32>()
            && below.len() > 1
            && (number.saturating_add(1)..)
                .zip(cells)
                .all(|(next, cell)| cell.parse() == Ok(next))
        {
            likely.push((column, "a number that the next lines continue".to_owned()));
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
    fn data_differs_from_names_by_its_spelling() {
        for (text, what) in [
            ("ann@acme.example", Some("a mail address")),
            ("Kontakt @ Acme", None),
            ("@acme", None),
            ("F01251E5-96A3-448D-981E-0F99D789110D", Some("a UUID")),
            ("{f01251e5-96a3-448d-981e-0f99d789110d}", Some("a UUID")),
            ("2024-01-31", Some("a date")),
            ("31.1.2024", Some("a date")),
            ("2014-06-30 00:00:00.000", Some("a date")),
            ("2024-01-31T10:00:00Z", Some("a date")),
            ("2024-01", None),
            ("Stand 31.12.2024", None),
            ("2019", None),
            ("12", None),
            ("Q1/2024", None),
            ("12,50", Some("a decimal number")),
            ("1.234,50", Some("a decimal number")),
            ("-0.5", Some("a decimal number")),
            ("v1.5", None),
            ("1.", None),
            ("295847284", Some("a long number")),
            ("name", None),
            ("", None),
        ] {
            assert_eq!(kind(text).map(|(what, _)| what), what, "{text:?}");
        }
    }

    #[test]
    fn a_first_line_is_data_where_the_lines_below_are_alike() {
        let column = |text: &str| {
            let rows = first_rows(text.as_bytes(), 0, b';', true);
            let known = |name: &str| ["contract", "duration"].contains(&name);
            data_among_names(&rows, &known).map(|(column, _)| column)
        };
        assert_eq!(column("Ann;ann@a.example\nBo;bo@b.example\n"), Some(1));
        assert_eq!(column("1;Jan\n2;Cezary\n3;Jakub\n"), Some(0));
        assert_eq!(column("a;2,5\nb;3,5\n"), Some(1));
        // Years, months and days as names, with amounts below.
        assert_eq!(column("Kunde;2019;2020\nA;2019;2020\nB;1;2\n"), None);
        assert_eq!(column("Kunde;2024-01-01;2024-02-01\nA;5;6\n"), None);
        assert_eq!(column("Kunde;1;2;3\nA;4;5;6\nB;7;8;9\n"), None);
        // A known name shows that this is a header.
        assert_eq!(column("contract;1,5\nyes;2,5\n"), None);
        assert_eq!(column("Ann;ann@a.example\n"), None);
    }
}
