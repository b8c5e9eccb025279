//! Signs that a text is about to be read wrongly.
//!
//! Owns the errors about the beginning of a file that would otherwise be misread
//! silently: lines before the header, a header that is a record, whole lines in quotes,
//! a delimiter that splits nothing. Each reports what was seen and how to proceed; a
//! mapping to a column of the header as it is read confirms that the header is right.

use crate::error::{Help, Phrase, Setting};
use crate::format::csv::Input;
use crate::format::csv::beginning::{Row, convert_delimiter, first_rows, with_tabs};
use crate::format::csv::delimiter::{Body, DELIMITERS, MOST_BEFORE, body, is_aligned, unused_sign};
use crate::format::csv::kinds::data_among_names;
use crate::format::{Fault, FaultResult, input};
use crate::input::line_breaks;
use crate::text::quoted;

/// The beginning of a text, and how it is read.
pub(super) struct Doubts<'d> {
    pub(super) sample: &'d [u8],
    pub(super) complete: bool,
    input: &'d Input,
    pub(super) no_header: bool,
    /// The header, if there is one, and the first records; not empty.
    pub(super) rows: &'d [Row<'d>],
    pub(super) known: &'d dyn Fn(&str) -> bool,
}

impl Input {
    /// Refuses text that would be read wrongly. `known` is true for the name of a
    /// column that feeds a criterion, `stated` for one that the user named.
    pub(in crate::format) fn check(
        &self,
        sample: &[u8],
        complete: bool,
        known: &dyn Fn(&str) -> bool,
        stated: &dyn Fn(&str) -> bool,
    ) -> FaultResult {
        let rows = &first_rows(sample, self.start, self.delimiter, complete);
        let Some(first) = rows.first() else {
            return Ok(());
        };
        if self.has_header() && first.texts().any(|text| stated(&text)) {
            return Ok(());
        }
        let doubts = Doubts {
            sample,
            complete,
            input: self,
            no_header: !self.has_header(),
            rows,
            known,
        };
        // The most serious first.
        let fault = doubts
            .nothing(first)
            .or_else(|| doubts.quoted_lines(first))
            .or_else(|| doubts.wide_delimiter(first))
            .or_else(|| doubts.splits_nothing(first))
            .or_else(|| doubts.other_delimiter(first))
            .or_else(|| doubts.lines_before(first))
            .or_else(|| doubts.groups(first))
            .or_else(|| doubts.data(first));
        fault.map_or(Ok(()), Err)
    }
}

impl Doubts<'_> {
    fn is_known(&self, row: &Row<'_>) -> bool {
        row.texts()
            .any(|text| !text.is_empty() && (self.known)(&text))
    }

    /// NUL bytes in the first line: it is not text.
    fn nothing(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let at = memchr::memchr(0, &self.sample[first.start..first.end])?;
        let help = Phrase::from("export the data as text again, or set its encoding with ");
        let error = input("the first line contains a NUL byte, which text does not")
            .expected("text in UTF-8")
            .help(help.setting(Setting::Encoding));
        Some(Fault::of_input(first.start + at, error))
    }

    /// Records, or only the header, that consist of one quoted field.
    fn quoted_lines(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let records = &self.rows[1..];
        // How many fields the only field of a row contains, if several.
        let held = |row: &Row<'_>, delimiter: u8| {
            let [[b'"', _, .., b'"']] = row.cells[..] else {
                return None;
            };
            let line = row.text(0);
            let rows = first_rows(line.as_bytes(), 0, delimiter, true);
            rows.first().map(Row::width).filter(|width| *width > 1)
        };
        let all = |is: &dyn Fn(&Row<'_>) -> bool| !records.is_empty() && records.iter().all(is);
        for delimiter in DELIMITERS {
            let is_chosen = self.input.delimiter == delimiter;
            let header = held(first, delimiter);
            let plain = Some(first.width()).filter(|width| *width > 1);
            let (what, row) = if header.is_some() && all(&|row| held(row, delimiter) == header) {
                ("each line", first)
            } else if is_chosen && all(&|row| Some(row.width()) == header) {
                match self.no_header {
                    true => ("the first record", first),
                    false => ("the header", first),
                }
            } else if is_chosen && plain.is_some() && all(&|row| held(row, delimiter) == plain) {
                ("each record", &records[0])
            } else {
                continue;
            };
            let line = quoted(&row.text(0));
            let between = shown(delimiter);
            let error = input(format!(
                "{what} is one quoted field that contains the whole line: {line}"
            ))
            .expected(format!("quotes around each field, separated by {between}"))
            .help(Help::convert(
                "remove the outer quotes",
                "sed -E 's/^\"(.*)\"(\\r?)$/\\1\\2/; s/\"\"/\"/g' FILE",
            ));
            return Some(Fault::of_input(row.start, error));
        }
        None
    }

    /// A delimiter of several characters, of which only the first was used: every
    /// second field is the text between two of them.
    fn wide_delimiter(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let (delimiter, between) = (self.input.delimiter, first.text(1));
        let is_usual = matches!(delimiter, b',' | b';' | b'\t');
        let is_sign = between.chars().all(|c| c.is_ascii_punctuation());
        let named = first.texts().step_by(2).all(|name| !name.is_empty());
        if is_usual || !is_sign || !named || first.width() < 3 || first.width().is_multiple_of(2) {
            return None;
        }
        let alike = self.rows.iter().all(|row| {
            let mut seconds = row.texts().skip(1).step_by(2);
            row.width() == first.width() && seconds.all(|text| text == between)
        });
        let sign = char::from(delimiter);
        alike.then(|| several(first.start, &format!("{sign}{between}{sign}")))
    }

    /// A single column in which each line contains what could be another delimiter.
    fn splits_nothing(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        if self.rows.iter().any(|row| row.width() > 1) {
            return None;
        }
        let lines = self.rows.iter().map(|row| &self.sample[row.start..row.end]);
        let lines: Vec<_> = lines.map(String::from_utf8_lossy).collect();
        let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
        let is_even = |delimiter: &u8| {
            let rows = first_rows(self.sample, self.input.start, *delimiter, self.complete);
            let width = rows.first().map_or(0, Row::width);
            width > 1 && rows.len() > 1 && rows.iter().all(|row| row.width() == width)
        };
        let usual = DELIMITERS.into_iter().find(is_even);
        let usual = usual.map(|delimiter| char::from(delimiter).to_string());
        let Some(sign) = usual.or_else(|| unused_sign(&lines)) else {
            let aligned =
                "the columns seem to be aligned with spaces, so each line is read as one field";
            let command = "sed -E 's/ {2,}/\\t/g' FILE".to_owned();
            let error = input(aligned)
                .expected("one delimiter between fields")
                .help(with_tabs("replace the gaps with tabs", command));
            return is_aligned(&lines).then(|| Fault::of_input(first.start, error));
        };
        let [byte @ 1..=127] = *sign.as_bytes() else {
            return Some(several(first.start, &sign));
        };
        let often = match lines[0].matches(&sign).count() {
            1 => "once".to_owned(),
            often => format!("{often} times"),
        };
        let (delimiter, other) = (shown(self.input.delimiter), shown(byte));
        let error = input(format!(
            "the delimiter {delimiter} does not split the lines, but {other} occurs {often} in each"
        ))
        .expected("a delimiter that splits each line")
        .help(Help::set("", Setting::Delimiter, sign));
        Some(Fault::of_input(first.start, error))
    }

    /// Lines before the header.
    fn lines_before(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let body = &self.rows[self.before(first)?..];
        let lines = line_breaks(&self.sample[..body.first()?.start]);
        let first_text = first.texts().find(|text| !text.is_empty());
        let looks_like = |what| {
            format!(
                "the first line looks like {what}, {}",
                quoted(first_text.as_deref().unwrap_or_default())
            )
        };
        let count = first_text
            .as_ref()
            .and_then(|first_text| first_text.parse::<usize>().ok());
        let seems = match count {
            _ if first_text.is_none() => "the first line contains only delimiters".to_owned(),
            _ if is_comment(first) => looks_like("a comment"),
            Some(_) => looks_like("a count of records"),
            None => looks_like("a title"),
        };
        // A count may show which lines it counts.
        let is_data = data_among_names(body, self.known).is_some()
            || self.complete && count == Some(body.len());
        let headless = self.no_header || is_data && !self.is_known(&body[0]);
        let what = match headless {
            true => "records without a header seem to begin",
            false => "the column names seem to be",
        };
        let skipped = Phrase::default().set(Setting::SkipLines, lines.to_string());
        let error = input(format!("{seems}: {what} on line {}", lines + 1))
            .expected("the column names in the first line")
            .help(match (headless, self.no_header) {
                (true, false) => map_by_number(skipped.text(" ")),
                (true, true) => skipped.text(" ").setting(Setting::NoHeader),
                (false, _) => skipped,
            });
        Some(Fault::of_input(first.start, error))
    }

    /// The row that seems to be the header, if that is not the first.
    fn before(&self, first: &Row<'_>) -> Option<usize> {
        // A comment may have any width.
        if is_comment(first) && !self.no_header && !self.is_known(first) {
            let names = self.rows.iter().position(|row| !is_comment(row))?;
            if self.is_known(&self.rows[names]) {
                return Some(names);
            }
        }
        let Body { at, width, even } = body(self.rows)?;
        let is_poor = |row: &Row<'_>| row.width() == 1 || row.filled() * 2 <= width;
        // Of rows as wide as the others, the header is the first without missing names.
        let mut rows = self.rows.iter();
        let full = rows.position(|row| row.width() == width && !is_poor(row))?;
        let row = full.max(at);
        if even < 80 || !self.rows[..row].iter().all(is_poor) || row > MOST_BEFORE {
            return None;
        }
        let is_before = if first.width() != width {
            // The widths differ anyway, so little evidence is needed.
            let is_likely = !self.is_known(first) && self.rows.len() - row > 1;
            is_likely || self.is_known(&self.rows[row])
        } else {
            let filled = first.filled();
            // Columns before the first name are empty.
            let leading = |row: &Row<'_>| row.texts().take_while(String::is_empty).count();
            let names = &self.rows[row];
            let is_named = self.is_known(names);
            let is_alone = filled == 0 || filled == 1 && leading(first) <= leading(names);
            let is_apart = self.rows.get(1).is_some_and(|row| row.filled() == 0);
            let is_title = is_alone && (width > 2 || row > 1 || is_named) || is_apart;
            !self.no_header && is_title && !self.is_known(first)
        };
        is_before.then_some(row)
    }

    /// A header that is a record.
    fn data(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        if self.no_header {
            return None;
        }
        let (column, what) = data_among_names(self.rows, self.known)?;
        let (number, text) = (column + 1, quoted(&first.text(column)));
        let error = input(format!(
            "the first line looks like data, not like column names: {text} in column {number} is {what}"
        ))
        .expected("the column names in the first line")
        .help(map_by_number(Phrase::default()).text(format!(" (this one is {number})")));
        Some(Fault::of_input(first.start, error))
    }
}

fn is_comment(row: &Row<'_>) -> bool {
    let text = row.text(0);
    text.starts_with('#') || text.starts_with("//")
}

/// How to read records without a header, appended to `phrase`.
fn map_by_number(phrase: Phrase) -> Phrase {
    phrase
        .setting(Setting::NoHeader)
        .text(", then ")
        .map("CRITERION", "NUMBER")
        .text(" for each column to use")
}

/// The error for a delimiter that is not supported.
fn several(at: usize, sign: &str) -> Box<Fault> {
    let sign_shown = quoted(sign);
    let error = input(format!(
        "the delimiter seems to be {sign_shown}, which is not supported"
    ))
    .expected("a single ASCII character")
    .help(convert_delimiter(sign));
    Fault::of_input(at, error)
}

pub(super) fn shown(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        b' '..=b'~' => format!("'{}'", char::from(delimiter)),
        _ => format!("the character {delimiter:02X}"),
    }
}
