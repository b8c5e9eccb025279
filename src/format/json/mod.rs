//! JSON documents: an array of objects, or an object that contains one.
//!
//! Owns where the records of a document are and what may surround them. A document is
//! never built in memory: its records are cut out of the stream batch by batch, and
//! everything between them is copied.

mod added;
mod nest;
pub(super) mod record;
mod records;
mod search;
mod siblings;
pub(crate) mod text;
mod values;
pub(crate) mod walk;

use std::ops::Range;

use self::nest::Nest;
use self::record::Keys;
pub(crate) use self::records::JsonRecords;
use self::search::{check_rest, choose};
use self::text::{Broken, object, rough_end, skip_space, value_end};
use crate::error::{Help, Phrase, Setting};
use crate::format::{CHECK_EXPORT, Cut, Fault, FaultResult, SAMPLE_RECORDS, input};
use crate::input::{beginning, bom_length};

/// An open JSON input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    shape: Shape,
    pub(super) prologue: usize,
    pub(super) keys: Keys,
}

/// What the document is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    /// An array, whose elements are the records.
    Array,
    /// An object that contains the array of records, under these keys.
    Wrapper(Vec<String>),
    /// The records are the objects under the keys of the object to which these keys
    /// lead, or of the document.
    Keyed(Vec<String>),
    /// An object that is itself the only record.
    Single,
}

/// What is between the records of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Series {
    /// A comma: they are elements of an array.
    Elements,
    /// A comma and a key: they are members of an object.
    Members,
    /// There is only one.
    Single,
}

/// The word around a byte that is not text. What else is around that depends on where the
/// batch was cut.
pub(super) fn context(json: &[u8], at: usize) -> Range<usize> {
    let is_end = |byte: &u8| b"\"{}[]:, \t\r\n".contains(byte);
    let start = json[..at].iter().rposition(is_end).map_or(0, |i| i + 1);
    let end = json[at..].iter().position(is_end);
    start..end.map_or(json.len(), |i| at + i)
}

/// The end of the whole records in `buffer`.
pub(super) fn cut(buffer: &[u8], complete: bool, series: Series) -> Cut {
    let mut end = 0;
    let mut at = 0;
    let mut nest = Nest::new(buffer, 0);
    loop {
        at = skip_space(buffer, at);
        match buffer.get(at) {
            None => break,
            Some(b',') => {
                at += 1;
                continue;
            }
            Some(b']' | b'}') => return Cut::Last(at),
            Some(_) => {}
        }
        if series == Series::Members {
            match after_rough_key(buffer, at) {
                Some(value) => at = value,
                None => break,
            }
        }
        let element = match buffer[at] {
            b'{' | b'[' => nest.end(),
            _ => {
                // Not a record, which is reported later; it may contain brackets too.
                let element = rough_end(buffer, at);
                nest = Nest::new(buffer, element.unwrap_or(at));
                element
            }
        };
        let Some(element) = element else {
            break;
        };
        let is_record = matches!(buffer[at], b'{' | b'[');
        at = element;
        // What ends such an element is shown where that was too early.
        let shown = !is_record && buffer.get(element).is_some_and(u8::is_ascii);
        end = element + usize::from(shown);
        if series == Series::Single {
            return Cut::Last(end);
        }
    }
    match end {
        _ if complete => Cut::Last(buffer.len()),
        0 => Cut::More,
        end => Cut::Batch(end),
    }
}

/// The value after the key at `at`, without checking either; `None` if the text ends
/// before it.
fn after_rough_key(json: &[u8], at: usize) -> Option<usize> {
    if json.get(at) != Some(&b'"') {
        return Some(at);
    }
    let colon = skip_space(json, rough_end(json, at)?);
    let value = match json.get(colon)? {
        b':' => skip_space(json, colon + 1),
        _ => at,
    };
    json.get(value).map(|_| value)
}

impl Input {
    /// Finds the records; `None` if the sample does not reach them. `feeds` is true for
    /// a key that names a criterion.
    pub(super) fn open(
        sample: &[u8],
        complete: bool,
        feeds: &dyn Fn(&str) -> bool,
    ) -> FaultResult<Option<Self>> {
        let error = match std::str::from_utf8(sample) {
            Ok(text) => return Self::open_text(text, complete, feeds),
            Err(error) => error,
        };
        // Invalid UTF-8 is reported later, with its record, unless that is the first.
        let sound = std::str::from_utf8(&sample[..error.valid_up_to()]).unwrap_or_default();
        let opened = Self::open_text(sound, false, feeds)?;
        if opened.is_none() && (complete || error.error_len().is_some()) {
            let is_array = sound.trim_start_matches(|c: char| !c.is_ascii_graphic());
            let record = is_array.starts_with('[').then_some(1);
            let at = error.valid_up_to();
            return Err(Fault::not_utf8(sample, at, record, &beginning(sample)));
        }
        Ok(opened)
    }

    fn open_text(
        text: &str,
        complete: bool,
        feeds: &dyn Fn(&str) -> bool,
    ) -> FaultResult<Option<Self>> {
        let start = skip_space(text.as_bytes(), bom_length(text.as_bytes()));
        let (shape, prologue) = match text.as_bytes().get(start) {
            None if complete => return Err(empty()),
            None => return Ok(None),
            Some(b'[') => (Shape::Array, start + 1),
            Some(b'{') => match choose(text, start, complete, feeds)? {
                Some(found) => found,
                None => return Ok(None),
            },
            Some(_) => return Err(no_document(text, start, complete)),
        };
        let mut input = Input {
            shape,
            prologue,
            keys: Keys::default(),
        };
        let rest = &text.as_bytes()[prologue..];
        let in_sample = matches!(cut(rest, complete, input.series()), Cut::Last(_));
        let elements = Elements {
            text,
            at: prologue,
            series: input.series(),
        };
        let first = elements.clone().next();
        if first.is_none() && !in_sample {
            return Ok(None);
        }
        let most = match input.series() {
            Series::Single => 1,
            Series::Elements | Series::Members => SAMPLE_RECORDS,
        };
        input.keys = Keys::sample(elements.objects(), in_sample, most);
        if let (Some(first), true) = (first, input.keys.names().0.is_empty()) {
            // Nothing to learn from, perhaps because nothing is valid.
            object_at(text, first.start, 1, |text, at| {
                object(text.as_bytes(), at, &mut Vec::new())
            })?;
        }
        Ok(Some(input))
    }

    /// True if the document is one array.
    pub(crate) fn is_array(&self) -> bool {
        self.shape == Shape::Array
    }

    /// What is between the records.
    pub(crate) fn series(&self) -> Series {
        match self.shape {
            Shape::Array | Shape::Wrapper(_) => Series::Elements,
            Shape::Keyed(_) => Series::Members,
            Shape::Single => Series::Single,
        }
    }

    /// Checks the text after the records: the end of the document, and in an object no
    /// second array of objects.
    pub(super) fn check_tail(&self, tail: &str) -> FaultResult {
        let bytes = tail.as_bytes();
        let mut at = 0;
        let (close, expected) = match self.series() {
            Series::Members => (b'}', "`}` after the records"),
            Series::Elements | Series::Single => (b']', "`]` after the records"),
        };
        if self.shape != Shape::Single {
            if bytes.first() != Some(&close) {
                let is_cut = tail.trim().is_empty();
                let help = is_cut.then(|| "complete the document, or export it again".into());
                return Err(Fault::broken(tail, &Broken { at, expected }, None, help));
            }
            at = skip_space(bytes, 1);
        }
        if let Shape::Wrapper(path) | Shape::Keyed(path) = &self.shape {
            let is_keyed = self.series() == Series::Members;
            at = check_rest(tail, at, path, is_keyed)?;
        }
        at = skip_space(bytes, at);
        if at < bytes.len() {
            let error = input(format!(
                "the document has ended, but {} follows",
                crate::format::fault::shown(tail, at)
            ))
            .expected("nothing after the document")
            .help(match bytes[at] {
                b',' => Help::from(
                    "put [ before the first and ] after the last, without a comma after it",
                )
                .in_case("more records follow"),
                _ => as_ndjson()
                    .in_case("each line is an object of its own")
                    .or(Help::convert("", "jq -c . FILE").in_case("not")),
            });
            return Err(Fault::of_input(at, error).with_character());
        }
        Ok(())
    }
}

/// The end of the object that begins at `at`, the record with number `record`.
fn object_at(
    text: &str,
    at: usize,
    record: u64,
    parse: impl FnOnce(&str, usize) -> Result<usize, Broken>,
) -> FaultResult<usize> {
    let broken = |broken| Fault::broken(text, &broken, Some(record), None);
    if text.as_bytes()[at] == b'{' {
        return parse(text, at).map_err(broken);
    }
    value_end(text.as_bytes(), at).map_err(broken)?;
    let help = match text.as_bytes()[at] {
        b'[' => Help::convert(
            "if the arrays are rows and the first has the column names",
            "jq -r '.[] | @csv' FILE",
        ),
        b'"' if is_json_in_string(text, at) => {
            Help::convert("unpack it", "jq 'map(fromjson)' FILE")
        }
        _ => Help::from("remove what is not a record"),
    };
    Err(record::no_object(text, at, record, help))
}

fn as_ndjson() -> Help {
    Help::set("", Setting::InputFormat, "ndjson")
}

/// The fault of a document that is neither an array nor an object.
fn no_document(text: &str, at: usize, complete: bool) -> Box<Fault> {
    let expected = "an array of objects, or an object that holds one";
    let help = Help::from(Phrase::from("name the format with ").setting(Setting::InputFormat));
    match value_end(text.as_bytes(), at) {
        Ok(end) if complete && skip_space(text.as_bytes(), end) == text.len() => {
            let error = input(format!("the document is {}", record::kind(text, at)))
                .expected(expected)
                .help(match is_json_in_string(text, at) {
                    true => Help::convert("unpack it", "jq -r . FILE"),
                    false => help,
                });
            Fault::of_input(at, error).with_character()
        }
        Err(broken) if broken.at > at => Fault::broken(text, &broken, None, None),
        _ => Fault::broken(text, &Broken { at, expected }, None, Some(help)),
    }
}

/// True if the value at `at` is a string that contains JSON.
fn is_json_in_string(text: &str, at: usize) -> bool {
    let Some(b'"') = text.as_bytes().get(at) else {
        return false;
    };
    value_end(text.as_bytes(), at).is_ok_and(|end| {
        let unescaped = text::unescape(&text[at..end]);
        unescaped.trim_start().starts_with(['{', '['])
    })
}

fn empty() -> Box<Fault> {
    let error = input("the file is empty: no records")
        .expected("an array of objects: [{\"contract\": \"yes\"}]")
        .help(CHECK_EXPORT);
    Fault::of_input(0, error)
}

/// The places of the whole elements at the beginning of an array, or of the values of an
/// object, starting after its bracket.
#[derive(Clone)]
struct Elements<'t> {
    text: &'t str,
    at: usize,
    series: Series,
}

impl<'t> Elements<'t> {
    /// The texts of those that are objects.
    fn objects(self) -> impl Iterator<Item = &'t str> {
        let text = self.text;
        let elements = self.map(move |place| &text[place]);
        elements.filter(|element| element.starts_with('{'))
    }
}

impl Iterator for Elements<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bytes = self.text.as_bytes();
        let mut at = skip_space(bytes, self.at);
        if bytes.get(at) == Some(&b',') {
            at = skip_space(bytes, at + 1);
        }
        if matches!(bytes.get(at), None | Some(b']' | b'}' | b',')) {
            return None;
        }
        if self.series == Series::Members {
            at = after_rough_key(bytes, at)?;
        }
        self.at = rough_end(bytes, at)?;
        self.text.get(at..self.at).map(|_| at..self.at)
    }
}
