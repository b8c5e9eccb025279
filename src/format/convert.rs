//! Records in another format than they came in.
//!
//! Owns what a field becomes elsewhere: a CSV field is a JSON string; a JSON
//! string is a CSV field with the same text, any other JSON value its own JSON
//! text, and null or a missing key an empty field. No type is guessed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::format::AddedFields;
use crate::format::json::text::{Member, minify, unescape, write_string};
use crate::format::table;
use crate::input::Format;
use crate::text::quoted;

/// What records are turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// With this delimiter.
    Csv(u8),
    Json,
    Ndjson,
    /// Rows for [`table::Table`] to lay out.
    Table,
}

impl From<Format> for Target {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Target::Csv(b','),
            Format::Tsv => Target::Csv(b'\t'),
            Format::Json => Target::Json,
            Format::Ndjson => Target::Ndjson,
            Format::Table => Target::Table,
        }
    }
}

/// What the names of an input's columns are to its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// Records are texts in the order of these names.
    Texts,
    /// So they are, but the names are only their numbers.
    None,
    /// Each record has its own.
    Keys,
}

/// The added fields of one record, with their texts.
pub(super) struct Added<'a> {
    pub(super) fields: &'a AddedFields,
    pub(super) texts: Vec<String>,
}

/// The writing of records in another format.
#[derive(Debug, Clone)]
pub(crate) struct Convert {
    target: Target,
    /// The input's columns, where the target has a header.
    columns: HashMap<String, usize>,
    /// How many columns of the input the header has.
    width: usize,
    /// By added field: the columns that it overwrites.
    replaced: Vec<Vec<usize>>,
    begun: bool,
}

impl Convert {
    pub(crate) fn new(target: Target) -> Self {
        Convert {
            target,
            columns: HashMap::new(),
            width: 0,
            replaced: Vec::new(),
            begun: false,
        }
    }

    /// Adds further inputs to an output whose header has the columns `names`.
    pub(crate) fn joining(target: Target, names: &[String], added: &AddedFields) -> Self {
        let mut convert = Convert {
            begun: true,
            ..Convert::new(target)
        };
        convert.settle(names, added);
        convert
    }

    fn settle(&mut self, names: &[String], added: &AddedFields) {
        self.width = names.len();
        self.columns = names
            .iter()
            .enumerate()
            .rev()
            .map(|(i, name)| (name.clone(), i))
            .collect();
        self.replaced = added
            .names()
            .iter()
            .map(|label| {
                let columns = names.iter().enumerate();
                let there = columns.filter(|(_, name)| *name == label);
                there.map(|(column, _)| column).collect()
            })
            .collect();
    }

    fn has_header(&self) -> bool {
        matches!(self.target, Target::Csv(_) | Target::Table)
    }

    /// Begins the output of an input with the columns `names`.
    pub(super) fn begin(
        &mut self,
        names: &[String],
        added: &AddedFields,
        header: Header,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut seen = HashSet::new();
        let twice = names.iter().find(|name| !seen.insert(*name));
        if let (Some(name), false) = (twice, self.has_header()) {
            return Err(Error::new(
                ErrorKind::Columns,
                format!("two columns are named {}", quoted(name)),
            )
            .expected("different names, since they become the keys of an object")
            .help("rename one of them, or keep the format that came in"));
        }
        if self.begun {
            // Objects have their keys with them; texts go by their place.
            let same = names.len() == self.width
                && names
                    .iter()
                    .enumerate()
                    .all(|(i, name)| self.columns.get(name) == Some(&i));
            return if header != Header::Keys && self.has_header() && !same {
                Err(other_columns())
            } else {
                Ok(())
            };
        }
        self.begun = true;
        self.settle(names, added);
        let new = added
            .names()
            .iter()
            .zip(&self.replaced)
            .filter(|(_, replaced)| replaced.is_empty());
        let row = names.iter().chain(new.map(|(name, _)| name));
        match self.target {
            Target::Csv(_) if header == Header::None => {}
            Target::Csv(delimiter) => write_row(row.map(String::as_str), delimiter, out),
            Target::Table => table::write_row(row.map(String::as_str), out),
            Target::Json => out.push(b'['),
            Target::Ndjson => {}
        }
        Ok(())
    }

    /// Ends the output.
    pub(crate) fn end(&self, out: &mut Vec<u8>) {
        if self.target == Target::Json {
            out.extend_from_slice(b"\n]\n");
        }
    }

    /// Writes a record of named texts.
    pub(super) fn texts(
        &self,
        names: &[String],
        cells: &[Cow<'_, str>],
        added: &Added<'_>,
        out: &mut Vec<u8>,
    ) {
        if self.has_header() {
            let cells = cells
                .iter()
                .map(|cell| Cow::Borrowed(cell.as_ref()))
                .collect();
            self.write_cells(cells, added, out);
            return;
        }
        let mut there = vec![false; added.names().len()];
        self.open_object(out);
        for (i, (name, cell)) in names.iter().zip(cells).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            write_string(name, out);
            out.push(b':');
            match added.names().iter().position(|label| label == name) {
                Some(field) => {
                    there[field] = true;
                    added.write_json(field, out);
                }
                None => write_string(cell, out),
            }
        }
        self.close_object(names.is_empty(), &there, added, out);
    }

    /// Writes a record that is a JSON object with these members in `text`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`] where it has a key that the header has not.
    pub(super) fn object(
        &self,
        text: &str,
        members: &[Member],
        added: &Added<'_>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if self.has_header() {
            let mut cells = vec![Cow::Borrowed(""); self.width];
            for member in members {
                let key = unescape(&text[member.key.clone()]);
                let Some(&column) = self.columns.get(key.as_ref()) else {
                    return Err(late_column(&key));
                };
                cells[column] = cell_text(&text[member.value.clone()]);
            }
            self.write_cells(cells, added, out);
            return Ok(());
        }
        let mut there = vec![false; added.names().len()];
        self.open_object(out);
        for (i, member) in members.iter().enumerate() {
            if i > 0 {
                out.push(b',');
            }
            let key = &text[member.key.clone()];
            out.extend_from_slice(key.as_bytes());
            out.push(b':');
            let key = unescape(key);
            match added.names().iter().position(|label| *label == key) {
                Some(field) => {
                    there[field] = true;
                    added.write_json(field, out);
                }
                None => minify(&text[member.value.clone()], out),
            }
        }
        self.close_object(members.is_empty(), &there, added, out);
        Ok(())
    }

    fn write_cells(&self, mut cells: Vec<Cow<'_, str>>, added: &Added<'_>, out: &mut Vec<u8>) {
        for (field, replaced) in self.replaced.iter().enumerate() {
            let text = &added.texts[field];
            for column in replaced {
                cells[*column] = Cow::Owned(text.clone());
            }
            if replaced.is_empty() {
                cells.push(Cow::Owned(text.clone()));
            }
        }
        let cells = cells.iter().map(AsRef::as_ref);
        match self.target {
            Target::Csv(delimiter) => write_row(cells, delimiter, out),
            _ => table::write_row(cells, out),
        }
    }

    /// Elements of an array have a comma between them; the first of a batch
    /// leaves it to the sink.
    fn open_object(&self, out: &mut Vec<u8>) {
        if self.target == Target::Json {
            out.extend_from_slice(if out.is_empty() { b"\n" } else { b",\n" });
        }
        out.push(b'{');
    }

    fn close_object(&self, empty: bool, there: &[bool], added: &Added<'_>, out: &mut Vec<u8>) {
        let mut first = empty;
        for (field, name) in added
            .names()
            .iter()
            .enumerate()
            .filter(|(field, _)| !there[*field])
        {
            if !first {
                out.push(b',');
            }
            first = false;
            write_string(name, out);
            out.push(b':');
            added.write_json(field, out);
        }
        out.extend_from_slice(if self.target == Target::Json {
            b"}"
        } else {
            b"}\n"
        });
    }
}

/// The error that a later input has other columns than the first.
pub(crate) fn other_columns() -> Error {
    Error::new(
        ErrorKind::Columns,
        "its columns are not those of the first file",
    )
    .expected("files with the same columns in the same order")
    .help(
        Phrase::from("label the files one at a time, or together as ")
            .set(Setting::Format, "ndjson"),
    )
}

fn late_column(name: &str) -> Error {
    Error::new(ErrorKind::Columns, format!("the key {} is new: the header, which is written already, does not have it", quoted(name)))
        .expected("the keys that the header was made from: those of the first records (100, or 1 MiB of them), or the columns of the first file")
        .help(Help::set("keep the records as objects", Setting::Format, "ndjson"))
}

impl Added<'_> {
    fn names(&self) -> &[String] {
        self.fields.names()
    }

    fn write_json(&self, field: usize, out: &mut Vec<u8>) {
        if self.fields.is_number(field) {
            out.extend_from_slice(self.texts[field].as_bytes());
        } else {
            write_string(&self.texts[field], out);
        }
    }
}

/// A JSON value as the text of a field.
fn cell_text(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes()[0] {
        b'"' => unescape(raw),
        b'n' => Cow::Borrowed(""),
        b'{' | b'[' => {
            let mut text = Vec::new();
            minify(raw, &mut text);
            Cow::Owned(String::from_utf8_lossy(&text).into_owned())
        }
        _ => Cow::Borrowed(raw),
    }
}

/// Writes one CSV record as the csv crate does: quoted where it has to be.
fn write_row<'c>(cells: impl Iterator<Item = &'c str>, delimiter: u8, out: &mut Vec<u8>) {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(out);
    let written = writer
        .write_record(cells)
        .and_then(|()| Ok(writer.flush()?));
    debug_assert!(written.is_ok(), "writing to a vector cannot fail");
}
