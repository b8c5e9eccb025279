//! Records in a format other than the input's.
//!
//! Owns the conversion of fields: a CSV field becomes a JSON string; a JSON string
//! becomes a CSV field with the same text, any other JSON value its own JSON text, and
//! null or a missing key an empty field. No type is guessed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::format::AddedFields;
use crate::format::json::text::{Member, minify, unescape, write_string};
use crate::format::{formula, table};
use crate::input::Format;
use crate::text::quoted;

/// How the names of an input's columns relate to its records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Header {
    /// Records are texts in the order of these names.
    Texts,
    /// The same, but the names are only column numbers.
    None,
    /// Each record has its own keys.
    Keys,
}

/// The added fields of one record, with their texts.
pub(super) struct Added<'a> {
    pub(super) fields: &'a AddedFields,
    pub(super) texts: Vec<String>,
}

/// Writes records in another format.
#[derive(Debug, Clone)]
pub(crate) struct Convert {
    format: Format,
    /// The delimiter of CSV and TSV.
    delimiter: u8,
    /// The input's columns, if the target has a header.
    columns: HashMap<String, usize>,
    /// The number of the input's columns in the header.
    width: usize,
    /// By added field: the columns that it overwrites.
    replaced: Vec<Vec<usize>>,
    begun: bool,
    /// What looks like a formula gets an apostrophe.
    escapes_formulas: bool,
}

impl Convert {
    /// Writes records in a format; in CSV with this delimiter, or the usual one.
    pub(crate) fn new(format: Format, delimiter: Option<u8>) -> Self {
        let usual = if format == Format::Tsv { b'\t' } else { b',' };
        Convert {
            format,
            delimiter: delimiter.unwrap_or(usual),
            columns: HashMap::new(),
            width: 0,
            replaced: Vec::new(),
            begun: false,
            escapes_formulas: false,
        }
    }

    /// The same, with an apostrophe before cells that look like formulas, if `escapes`.
    pub(crate) fn escaping_formulas(self, escapes: bool) -> Self {
        Convert {
            escapes_formulas: escapes,
            ..self
        }
    }

    /// Adds further inputs to an output whose header has the columns `names`.
    pub(crate) fn joining(
        format: Format,
        delimiter: Option<u8>,
        names: &[String],
        added: &AddedFields,
    ) -> Self {
        let mut convert = Convert::new(format, delimiter);
        convert.begun = true;
        convert.settle(names, added);
        convert
    }

    fn settle(&mut self, names: &[String], added: &AddedFields) {
        self.width = names.len();
        let places = names.iter().enumerate().rev();
        self.columns = places.map(|(i, name)| (name.clone(), i)).collect();
        let replaced = added.names().iter().map(|label| {
            let there = names.iter().enumerate().filter(|(_, name)| *name == label);
            there.map(|(column, _)| column).collect()
        });
        self.replaced = replaced.collect();
    }

    fn has_header(&self) -> bool {
        !matches!(self.format, Format::Json | Format::Ndjson)
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
            .expected("unique names, since they become the keys of an object")
            .help("rename one of them, or keep the format of the input"));
        }
        if self.begun {
            // Objects carry their keys; texts depend on their place.
            let mut places = names.iter().enumerate();
            let same = names.len() == self.width
                && places.all(|(i, name)| self.columns.get(name) == Some(&i));
            return match header == Header::Keys || !self.has_header() || same {
                true => Ok(()),
                false => Err(other_columns()),
            };
        }
        self.begun = true;
        self.settle(names, added);
        let new = added.names().iter().zip(&self.replaced);
        let new = new.filter(|(_, replaced)| replaced.is_empty());
        let row = names.iter().chain(new.map(|(name, _)| name));
        match self.format {
            Format::Csv | Format::Tsv if header == Header::None => {}
            Format::Json => out.push(b'['),
            Format::Ndjson => {}
            _ => self.write_row(row.map(String::as_str), out),
        }
        Ok(())
    }

    /// Ends the output.
    pub(crate) fn end(&self, out: &mut Vec<u8>) {
        if self.format == Format::Json {
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
            let cells = cells.iter().map(|cell| Cow::Borrowed(cell.as_ref()));
            return self.write_cells(cells.collect(), added, out);
        }
        let mut object = Object::open(self.format, added, out);
        for (name, cell) in names.iter().zip(cells) {
            object.member(
                name,
                |out| write_string(name, out),
                |out| write_string(cell, out),
            );
        }
        object.close();
    }

    /// Writes a record that is a JSON object with these members in `text`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`] if it has a key that is not in the header.
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
        let mut object = Object::open(self.format, added, out);
        for member in members {
            let (key, value) = (&text[member.key.clone()], &text[member.value.clone()]);
            let write_key = |out: &mut Vec<u8>| out.extend_from_slice(key.as_bytes());
            object.member(&unescape(key), write_key, |out| minify(value, out));
        }
        object.close();
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
        self.write_row(cells.iter().map(AsRef::as_ref), out);
    }

    /// Writes a row of a table, or of CSV as the csv crate does: quoted only if
    /// necessary.
    fn write_row<'c>(&self, cells: impl Iterator<Item = &'c str>, out: &mut Vec<u8>) {
        if self.format == Format::Table {
            return table::write_row(cells, out);
        }
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .from_writer(out);
        let written = match self.escapes_formulas {
            true => writer.write_record(cells.map(formula::escaped).map(Bytes)),
            false => writer.write_record(cells),
        };
        let written = written.and_then(|()| Ok(writer.flush()?));
        debug_assert!(written.is_ok(), "writing to a vector cannot fail");
    }
}

/// A JSON object that is being written.
struct Object<'o> {
    format: Format,
    added: &'o Added<'o>,
    out: &'o mut Vec<u8>,
    /// By added field: it replaces a member.
    there: Vec<bool>,
    is_empty: bool,
}

impl<'o> Object<'o> {
    /// Elements of an array have a comma between them; the one before a batch's first
    /// element is added by the sink.
    fn open(format: Format, added: &'o Added<'o>, out: &'o mut Vec<u8>) -> Self {
        if format == Format::Json {
            out.extend_from_slice(if out.is_empty() { b"\n" } else { b",\n" });
        }
        out.push(b'{');
        Object {
            format,
            added,
            out,
            there: vec![false; added.names().len()],
            is_empty: true,
        }
    }

    /// Writes a member; an added field with its name replaces its value.
    fn member(
        &mut self,
        name: &str,
        write_key: impl FnOnce(&mut Vec<u8>),
        write_value: impl FnOnce(&mut Vec<u8>),
    ) {
        if !std::mem::take(&mut self.is_empty) {
            self.out.push(b',');
        }
        write_key(self.out);
        self.out.push(b':');
        match self.added.fields.named(name) {
            Some(field) => {
                self.there[field] = true;
                self.added.write_json(field, self.out);
            }
            None => write_value(self.out),
        }
    }

    /// Writes the remaining added fields.
    fn close(mut self) {
        for (field, name) in self.added.names().iter().enumerate() {
            if !self.there[field] {
                self.member(name, |out| write_string(name, out), |_| {});
            }
        }
        let end: &[u8] = if self.format == Format::Json {
            b"}"
        } else {
            b"}\n"
        };
        self.out.extend_from_slice(end);
    }
}

/// The error for a later input with other columns than the first.
pub(crate) fn other_columns() -> Error {
    Error::new(
        ErrorKind::Columns,
        "its columns differ from those of the first file",
    )
    .expected("files with the same columns in the same order")
    .help(
        Phrase::from("label the files one at a time, or together with ")
            .set(Setting::Format, "ndjson"),
    )
}

fn late_column(name: &str) -> Error {
    Error::new(
        ErrorKind::Columns,
        format!(
            "the key {} is not in the header, which is already written",
            quoted(name)
        ),
    )
    .expected(
        "only keys that occur in the first records (100 records or 1 MiB), or in the first file",
    )
    .help(Help::set(
        "keep the records as objects",
        Setting::Format,
        "ndjson",
    ))
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

/// A cell as the csv crate takes it.
struct Bytes<'c>(Cow<'c, str>);

impl AsRef<[u8]> for Bytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
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
