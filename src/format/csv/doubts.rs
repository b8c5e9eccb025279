//! What speaks against the way a text is about to be read.
//!
//! Owns the errors about the beginning of a file that would be read wrong
//! without a word: lines before the header, a header that is a record, whole
//! lines in quotes, a delimiter that splits nothing. Each says what it saw and
//! what to say to go on; a `--map` that names a column of the header as it is read
//! says that all is well.

use crate::error::{Help, Phrase, Setting};
use crate::format::csv::beginning::{Row, convert_delimiter, first_rows};
use crate::format::csv::delimiter::{Body, DELIMITERS, body, is_aligned, unused_sign};
use crate::format::csv::kinds::data_among_names;
use crate::format::{Fault, input};
use crate::input::line_breaks;
use crate::text::quoted;

/// The beginning of a text, and how it is read.
pub(super) struct Doubts<'d> {
    pub(super) sample: &'d [u8],
    pub(super) complete: bool,
    /// Where the header begins, or the first record.
    pub(super) start: usize,
    pub(super) delimiter: u8,
    /// The header, if there is one, and the first records.
    pub(super) rows: &'d [Row<'d>],
    pub(super) no_header: bool,
    /// True for the name of a column that feeds a criterion.
    pub(super) known: &'d dyn Fn(&str) -> bool,
    /// True for the name of a column that the user knows.
    pub(super) stated: &'d dyn Fn(&str) -> bool,
}

impl Doubts<'_> {
    /// The gravest doubt, if there is one.
    pub(super) fn check(&self) -> Result<(), Box<Fault>> {
        let has_stated = |row: &Row<'_>| row.texts().any(|text| (self.stated)(&text));
        if !self.no_header && self.first().is_some_and(has_stated) {
            return Ok(());
        }
        let fault = self
            .nothing()
            .or_else(|| self.quoted_lines())
            .or_else(|| self.wide_delimiter())
            .or_else(|| self.splits_nothing())
            .or_else(|| self.lines_before())
            .or_else(|| self.data());
        fault.map_or(Ok(()), Err)
    }

    fn first(&self) -> Option<&Row<'_>> {
        self.rows.first()
    }

    fn is_known(&self, row: &Row<'_>) -> bool {
        row.texts()
            .any(|text| !text.is_empty() && (self.known)(&text))
    }

    /// A record, from its first to its last byte.
    fn line(&self, row: &Row<'_>) -> String {
        String::from_utf8_lossy(&self.sample[row.start..row.end]).into_owned()
    }

    /// Zeros in the first line: what should be text is something else.
    fn nothing(&self) -> Option<Box<Fault>> {
        let first = self.first()?;
        let line = &self.sample[first.start..first.end];
        let at = first.start + line.iter().position(|byte| *byte == 0)?;
        let zeros = |parity: usize| {
            let bytes = line.iter().skip(parity).step_by(2);
            line.len() > 3
                && bytes.clone().filter(|byte| **byte == 0).count() * 10 >= bytes.len() * 9
        };
        let error = input("there is a NUL byte in the first line, which no text has")
            .expected("text in UTF-8");
        let utf16 = |label: &str| {
            let purpose = "it looks like UTF-16 without a byte order mark";
            Help::set(purpose, Setting::Encoding, label)
        };
        let help = match (zeros(1), zeros(0)) {
            (true, false) => utf16("utf-16le"),
            (false, true) => utf16("utf-16be"),
            _ => Phrase::from("export the data as text again, or name its ")
                .setting(Setting::Encoding)
                .into(),
        };
        Some(Fault::of_input(at, error.help(help)))
    }

    /// Records, or the header alone, that are one quoted field each.
    fn quoted_lines(&self) -> Option<Box<Fault>> {
        let (first, records) = self.rows.split_first()?;
        let holds = |row: &Row<'_>, delimiter: u8| {
            let [raw @ [b'"', .., b'"']] = row.cells[..] else {
                return None;
            };
            let line = row.text(0);
            let width = first_rows(line.as_bytes(), 0, delimiter, true)
                .first()?
                .width();
            (raw.len() > 2 && width > 1).then_some(width)
        };
        for delimiter in DELIMITERS {
            let header = holds(first, delimiter);
            let plain = (first.width() > 1).then_some(first.width());
            let widths: Vec<_> = records.iter().map(|row| holds(row, delimiter)).collect();
            // What all records hold, if it is as wide in each of them.
            let held = widths.first().copied().flatten();
            let held = held.filter(|width| widths.iter().all(|other| *other == Some(*width)));
            let is_chosen = self.delimiter == delimiter;
            let records_fit =
                !records.is_empty() && records.iter().all(|row| Some(row.width()) == header);
            let (what, row) = if held.is_some() && held == header {
                ("each line", first)
            } else if is_chosen && records_fit {
                let what = if self.no_header {
                    "the first record"
                } else {
                    "the header"
                };
                (what, first)
            } else if is_chosen && held.is_some() && held == plain {
                ("each record", records.first()?)
            } else {
                continue;
            };
            let error = input(format!(
                "{what} is one quoted field that holds the whole line: {}",
                quoted(&row.text(0))
            ))
            .expected(format!(
                "quotes around single fields, with {} between them",
                shown(delimiter)
            ))
            .help(Help::convert(
                "take the outer quotes off",
                "sed -E 's/^\"(.*)\"(\\r?)$/\\1\\2/; s/\"\"/\"/g' FILE",
            ));
            return Some(Fault::of_input(row.start, error));
        }
        None
    }

    /// A delimiter of several characters, of which one was taken: every second
    /// field is what stands between two of them.
    fn wide_delimiter(&self) -> Option<Box<Fault>> {
        let first = self.first()?;
        let between = first.text(1);
        let is_usual = matches!(self.delimiter, b',' | b';' | b'\t');
        let is_sign = between.chars().all(|c| c.is_ascii_punctuation());
        let named = first.texts().step_by(2).all(|name| !name.is_empty());
        if is_usual || !is_sign || !named || first.width() < 3 || first.width() % 2 == 0 {
            return None;
        }
        let mut rows = self.rows.iter();
        let alike = rows.all(|row| {
            row.width() == first.width()
                && row.texts().skip(1).step_by(2).all(|text| text == between)
        });
        let sign = char::from(self.delimiter);
        alike.then(|| several(first.start, &format!("{sign}{between}{sign}")))
    }

    /// A single column, in all of whose lines there is what another delimiter
    /// would be.
    fn splits_nothing(&self) -> Option<Box<Fault>> {
        let first = self.first()?;
        if self.rows.iter().any(|row| row.width() > 1) {
            return None;
        }
        let usual = DELIMITERS.iter().find(|delimiter| {
            let rows = first_rows(self.sample, self.start, **delimiter, self.complete);
            let width = rows.first().map_or(0, Row::width);
            width > 1 && rows.len() > 1 && rows.iter().all(|row| row.width() == width)
        });
        let lines: Vec<String> = self.rows.iter().map(|row| self.line(row)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let sign = match usual {
            Some(usual) => char::from(*usual).to_string(),
            None => match unused_sign(&lines) {
                Some(sign) => sign,
                None if is_aligned(&lines) => {
                    let command = "sed -E 's/ {2,}/\\t/g' FILE".to_owned();
                    let purpose = "put tabs between them";
                    let error = input("the columns seem to be aligned with spaces, so that each line is one field")
                        .expected("one delimiter between two fields")
                        .help(Help::convert_with(purpose, command, Setting::Delimiter, "tab"));
                    return Some(Fault::of_input(first.start, error));
                }
                None => return None,
            },
        };
        let [byte @ 1..=127] = *sign.as_bytes() else {
            return Some(several(first.start, &sign));
        };
        let often = lines.first().map_or(0, |line| line.matches(&sign).count());
        let error = input(format!(
            "the delimiter {} splits nothing, but {} is in each line {}",
            shown(self.delimiter),
            shown(byte),
            match often {
                1 => "once".to_owned(),
                often => format!("{often} times"),
            }
        ))
        .expected("a delimiter that splits each line")
        .help(Help::set("", Setting::Delimiter, sign));
        Some(Fault::of_input(first.start, error))
    }

    /// Lines before the header that are no header.
    fn lines_before(&self) -> Option<Box<Fault>> {
        let first = self.first()?;
        let Before { row, seems } = self.before(first)?;
        let body = &self.rows[row..];
        let lines = line_breaks(&self.sample[..body.first()?.start]);
        let said = first
            .texts()
            .find(|text| !text.is_empty())
            .unwrap_or_default();
        // A count may tell which lines it counts.
        let counts = match (self.complete, said.parse::<usize>()) {
            (true, Ok(count)) => Some(count == body.len()),
            _ => None,
        };
        let is_data = data_among_names(body, self.known).is_some() || counts == Some(true);
        let headless = self.no_header || is_data && !self.is_known(body.first()?);
        let what = if headless {
            "records without a header seem to begin"
        } else {
            "the names of columns seem to stand"
        };
        let next = format!("{what} on line {}", lines + 1);
        let seems = match seems {
            Seems::Blank => "the first line is empty but for delimiters".to_owned(),
            Seems::Count => format!(
                "the first line looks like a count of records, {}",
                quoted(&said)
            ),
            Seems::Comment => format!("the first line looks like a comment, {}", quoted(&said)),
            Seems::Title => format!("the first line looks like a title, {}", quoted(&said)),
        };
        let error = input(format!("{seems}: {next}"))
            .expected("the names of the columns in the first line")
            .help({
                let skipped = Phrase::default().set(Setting::SkipLines, lines.to_string());
                match (headless, self.no_header) {
                    (true, false) => map_by_number(skipped.text(" ")),
                    (true, true) => skipped.text(" ").setting(Setting::NoHeader),
                    (false, _) => skipped,
                }
            });
        Some(Fault::of_input(first.start, error))
    }

    fn before(&self, first: &Row<'_>) -> Option<Before> {
        let said = first.text(0);
        let is_comment = |row: &Row<'_>| {
            let text = row.text(0);
            text.starts_with('#') || text.starts_with("//")
        };
        let seems = |row| {
            let seems = match &*said {
                _ if first.filled() == 0 => Seems::Blank,
                _ if is_comment(first) => Seems::Comment,
                said if said.bytes().all(|byte| byte.is_ascii_digit()) => Seems::Count,
                _ => Seems::Title,
            };
            Before { row, seems }
        };
        // A comment may have any width.
        if is_comment(first) && !self.no_header && !self.is_known(first) {
            let names = self.rows.iter().position(|row| !is_comment(row))?;
            if self.is_known(&self.rows[names]) {
                return Some(seems(names));
            }
        }
        let Body { at, width, even } = body(self.rows)?;
        let is_poor = |row: &Row<'_>| row.width() == 1 || row.filled() * 2 <= width;
        // Of those as wide as the others, the names are the first that are all there.
        let full = self
            .rows
            .iter()
            .position(|row| row.width() == width && !is_poor(row))?;
        let row = full.max(at);
        if even < 80
            || !self.rows[..row].iter().all(is_poor)
            || row > crate::format::csv::delimiter::MOST_BEFORE
        {
            return None;
        }
        if first.width() != width {
            // Ragged anyway, so that little has to speak against a header.
            let is_likely = !self.is_known(first) && self.rows.len() - row > 1;
            let is_before = is_likely || self.is_known(&self.rows[row]);
            return is_before.then(|| seems(row));
        }
        let is_alone = first.filled() <= 1 && (!said.is_empty() || first.filled() == 0);
        let is_apart = self.rows.get(1).is_some_and(|row| row.filled() == 0);
        let is_title = is_alone && (width > 2 || row > 1) || is_apart;
        if self.no_header || !is_title || self.is_known(first) {
            return None;
        }
        Some(seems(row))
    }

    /// A header that is a record.
    fn data(&self) -> Option<Box<Fault>> {
        let first = self.first()?;
        if self.no_header {
            return None;
        }
        let data = data_among_names(self.rows, self.known)?;
        let number = data.column + 1;
        let error = input(format!(
            "the first line looks like data, not like names: {} in column {number} is {}",
            quoted(&data.text),
            data.says
        ))
        .expected("the names of the columns in the first line")
        .help(map_by_number(Phrase::default()).text(format!(" (this one is {number})")));
        Some(Fault::of_input(first.start, error))
    }
}

/// Where the header seems to stand, and what the first line seems to be.
struct Before {
    row: usize,
    seems: Seems,
}

#[derive(Clone, Copy)]
enum Seems {
    Blank,
    Count,
    Comment,
    Title,
}

/// How records without a header are read, as `phrase` goes on.
fn map_by_number(phrase: Phrase) -> Phrase {
    phrase
        .setting(Setting::NoHeader)
        .text(", then ")
        .map("CRITERION", "NUMBER")
        .text(" for each column that counts")
}

/// The error of a delimiter that is none for us.
fn several(at: usize, sign: &str) -> Box<Fault> {
    let error = input(format!(
        "the delimiter seems to be {}, which is not supported",
        quoted(sign)
    ))
    .expected("one ASCII character")
    .help(convert_delimiter(sign));
    Fault::of_input(at, error)
}

fn shown(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tab".to_owned(),
        b' '..=b'~' => format!("'{}'", char::from(delimiter)),
        _ => format!("the character {delimiter:02X}"),
    }
}
