//! The beginning of a text, before anything is decided about it.
//!
//! Owns what comes before the header and is copied (a byte order mark, a line such as
//! `sep=;`, skipped lines, blank ones), and the first records, split by a delimiter
//! that may turn out to be wrong.

use std::borrow::Cow;

use crate::error::{Help, Phrase, Setting};
use crate::format::csv::grammar::{after_break, unquoted};
use crate::format::csv::scan::{Scanner, skip_breaks};
use crate::format::{CHECK_EXPORT, Fault, FaultResult, SAMPLE_RECORDS, input};
use crate::input::bom_length;
use crate::text::{is_hidden, quoted};

/// The greatest length of a delimiter in a `sep=` line.
const LONGEST_SEP: usize = 12;

/// The beginning of the header, or of the first record if there is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    pub(super) at: usize,
    /// The delimiter in a line `sep=;`, as spreadsheets write and read it.
    pub(super) sep: Option<u8>,
}

impl Start {
    /// Finds it after `skip` lines; a line `sep=;` before them counts as one of them.
    /// `None` if the sample is too short.
    pub(super) fn find(sample: &[u8], complete: bool, skip: usize) -> FaultResult<Option<Self>> {
        let over = |skipped| match skip {
            0 => empty(),
            _ if sample.is_empty() => empty(),
            _ => too_few_lines(skip, skipped),
        };
        let mut at = bom_length(sample);
        let mut sep = None;
        let mut skipped = 0;
        loop {
            // It comes first, or right before the header.
            let may_name = sep.is_none() && (skipped == 0 || skipped == skip);
            if skipped >= skip && !may_name {
                break;
            }
            let Some((line, behind)) = line_at(sample, at, complete) else {
                return Ok(None);
            };
            let named = match may_name {
                true => named_delimiter(line, at)?,
                false => None,
            };
            match named {
                None if skipped >= skip => break,
                None if at == sample.len() => return Err(over(skipped)),
                _ => sep = sep.or(named),
            }
            skipped += 1;
            at = behind;
        }
        let at = skip_breaks(sample, at);
        match at < sample.len() {
            true => Ok(Some(Start { at, sep })),
            false if complete => Err(over(skipped)),
            false => Ok(None),
        }
    }
}

fn empty() -> Box<Fault> {
    let error = input("the file is empty: no header, no records")
        .expected("a first line with the column names")
        .help(CHECK_EXPORT);
    Fault::of_input(0, error)
}

/// The physical line that begins at a place, and the place after its line break: quotes
/// have no meaning here. `None` if the sample does not contain all of it.
fn line_at(sample: &[u8], at: usize, complete: bool) -> Option<(&[u8], usize)> {
    let rest = &sample[at..];
    let Some(length) = memchr::memchr2(b'\n', b'\r', rest) else {
        return complete.then_some((rest, sample.len()));
    };
    let behind = after_break(sample, at + length);
    // A line feed may follow.
    let is_cut = behind == sample.len() && rest.ends_with(b"\r") && !complete;
    (!is_cut).then_some((&rest[..length], behind))
}

fn too_few_lines(skip: usize, there: usize) -> Box<Fault> {
    let lines = |n: usize| format!("{n} line{}", if n == 1 { "" } else { "s" });
    let found = Phrase::from(format!(
        "nothing is left after the {} skipped by ",
        lines(skip)
    ))
    .setting(Setting::SkipLines)
    .text(format!(": the file has {}", lines(there)));
    let expected = Phrase::from("the column names on the next line (or, with ")
        .setting(Setting::NoHeader)
        .text(", a record)");
    let error = input(found).expected(expected).help("skip fewer lines");
    Fault::of_input(0, error)
}

/// The delimiter named by a line such as `sep=;`.
fn named_delimiter(line: &[u8], at: usize) -> FaultResult<Option<u8>> {
    let inner = line.strip_prefix(b"\"");
    let line = inner
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    let named = match line.split_at_checked(4) {
        Some((key, named)) if key.eq_ignore_ascii_case(b"sep=") => named,
        _ => return Ok(None),
    };
    let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'"';
    match named {
        b"\\t" => Ok(Some(b'\t')),
        [one] if one.is_ascii() && is_sign(one) => Ok(Some(*one)),
        // A spreadsheet that saved the line as a record padded it.
        [first @ (b',' | b';' | b'\t'), rest @ ..] if rest.iter().all(|byte| byte == first) => {
            Ok(Some(*first))
        }
        [_, ..] if named.len() <= LONGEST_SEP && named.iter().all(is_sign) => {
            let named = String::from_utf8_lossy(named);
            let error = input(format!(
                "this line sets the delimiter to {}, which is not supported",
                quoted(&named)
            ))
            .expected("a single ASCII character")
            .help(convert_delimiter(&named));
            Err(Fault::of_input(at, error))
        }
        _ => Ok(None),
    }
}

/// What to do about a delimiter that is not supported.
pub(super) fn convert_delimiter(text: &str) -> Help {
    let purpose = "replace it with tabs, if no field contains one";
    // The text is data: it may not end the quotes of a command.
    if text.contains('\'') {
        return Help::from(purpose);
    }
    let mut pattern = String::new();
    for c in text.chars() {
        if is_hidden(c) {
            // What cannot be seen cannot be copied; sed takes it as bytes.
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).bytes();
            pattern.extend(bytes.map(|byte| format!("\\x{byte:02x}")));
            continue;
        }
        if "^*.[]\\$/".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    with_tabs(purpose, format!("sed 's/{pattern}/\\t/g' FILE"))
}

/// A command that puts tabs between fields.
pub(super) fn with_tabs(purpose: &str, command: String) -> Help {
    Help::convert_with(purpose, command, Setting::Delimiter, "tab")
}

/// A record of the sample.
#[derive(Debug)]
pub(super) struct Row<'s> {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Its raw fields.
    pub(super) cells: Vec<&'s [u8]>,
}

impl<'s> Row<'s> {
    /// How many bytes of a field are looked at.
    const LONGEST: usize = 4096;

    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// The text of a field, without the spaces around it; of a very long one the beginning,
    /// which shows what it is.
    pub(super) fn text(&self, column: usize) -> String {
        let raw = self.cells.get(column).copied().unwrap_or_default();
        let raw = &raw[..raw.len().min(Self::LONGEST)];
        let text: Cow<'s, str> = String::from_utf8_lossy(raw);
        unquoted(&text).trim().to_owned()
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        (0..self.width()).map(|column| self.text(column))
    }

    /// How many fields are not empty.
    pub(super) fn filled(&self) -> usize {
        self.texts().filter(|text| !text.is_empty()).count()
    }
}

/// The header, if there is one, and the first records from `start` on: all that are
/// certainly whole in the sample.
pub(super) fn first_rows(
    sample: &[u8],
    start: usize,
    delimiter: u8,
    complete: bool,
) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut scanner = Scanner::new(sample, start, delimiter);
    while rows.len() <= SAMPLE_RECORDS
        && let Some(Ok(record)) = scanner.next()
    {
        // The sample may end inside the last one.
        if record.end() == sample.len() && !complete && !rows.is_empty() {
            break;
        }
        rows.push(Row {
            start: record.start(),
            end: record.end(),
            cells: record.fields().map(|place| &sample[place]).collect(),
        });
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(text: &str, skip: usize) -> (usize, Option<u8>) {
        let start = Start::find(text.as_bytes(), true, skip).unwrap().unwrap();
        (start.at, start.sep)
    }

    #[test]
    fn a_line_that_names_the_delimiter_is_found_in_all_its_spellings() {
        for (line, sep) in [
            ("sep=;", b';'),
            ("SEP=,", b','),
            ("\"Sep=|\"", b'|'),
            ("sep=\t", b'\t'),
            ("sep=\\t", b'\t'),
            ("sep=;;;", b';'),
        ] {
            for line_break in ["\n", "\r\n", "\r"] {
                let text = format!("{line}{line_break}a{line_break}");
                let at = line.len() + line_break.len();
                assert_eq!(start(&text, 0), (at, Some(sep)), "{text:?}");
                assert_eq!(start(&text, 1), (at, Some(sep)), "{text:?}");
                let text = format!("\u{feff}{text}");
                assert_eq!(start(&text, 0), (at + 3, Some(sep)), "{text:?}");
            }
        }
        for line in ["sep=", "sep", "separator=;", "sep=a", "sep=1,5", "a;sep=;"] {
            assert_eq!(start(&format!("{line}\nx\n"), 0), (0, None), "{line}");
        }
        assert!(Start::find(b"sep=||\na||b\n", true, 0).is_err());
        assert!(Start::find("sep=§\na§b\n".as_bytes(), true, 0).is_err());
    }

    #[test]
    fn a_sample_that_is_too_short_asks_for_more() {
        let text = b"sep=;\r\ntitle\r\n\r\na;b\r\n";
        for end in 0..text.len() {
            let found = Start::find(&text[..end], false, 2).unwrap();
            let whole = Start::find(text, true, 2).unwrap().unwrap();
            assert!(found.is_none_or(|found| found.at == whole.at), "{end}");
        }
    }
}
