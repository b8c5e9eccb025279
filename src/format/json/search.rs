//! The place of the records in a JSON document that is an object.
//!
//! Owns the choice between the arrays of objects that it contains, directly or in
//! objects inside it, and the object itself as the only record. If that is not clear,
//! it is not guessed.

use crate::error::{Help, Phrase};
use crate::format::json::record::Keys;
use crate::format::json::text::{
    Broken, after_colon, broken, key_end, skip_space, unescape, value_end, write_string,
};
use crate::format::json::values::{Content, content};
use crate::format::json::{Elements, Shape};
use crate::format::{Fault, FaultResult, input};
use crate::text::quoted;

/// How many keys lead to an array at most.
const DEEPEST: usize = 4;
/// How many records decide whether an array has keys that feed a criterion.
const FIRST_RECORDS: usize = 5;
/// The greatest length of a document that is read as one record, if there is a choice.
const LONGEST_SINGLE: usize = 1024 * 1024;
/// Usual names for the records in their wrapper. `items` and similar names are not
/// included: a single record may have them too.
const WRAPPERS: [&str; 9] = [
    "records", "value", "data", "results", "result", "rows", "docs", "hits", "entries",
];

/// An array in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Array {
    /// The keys that lead to it, its own last.
    path: Vec<String>,
    /// The place of its key.
    key: usize,
    /// The place after its bracket.
    inside: usize,
}

/// A search through the members of an object, and of the objects inside it.
struct Search<'t, 'f> {
    text: &'t str,
    at: usize,
    /// A member precedes.
    begun: bool,
    /// The keys of the surrounding objects, except the outermost.
    open: Vec<String>,
    /// True for a key, or path, that names a criterion.
    feeds: &'f dyn Fn(&str) -> bool,
    /// The arrays of objects, and the empty ones.
    arrays: Vec<Array>,
    empties: Vec<Array>,
    /// The document has values of its own.
    has_values: bool,
    /// The first of them that feeds a criterion.
    fed: Option<String>,
}

impl<'t, 'f> Search<'t, 'f> {
    fn new(text: &'t str, at: usize, open: Vec<String>, feeds: &'f dyn Fn(&str) -> bool) -> Self {
        Search {
            text,
            at,
            begun: false,
            open,
            feeds,
            arrays: Vec::new(),
            empties: Vec::new(),
            has_values: false,
            fed: None,
        }
    }

    /// Searches all members up to the end of the outermost object, and returns that
    /// end.
    fn run(&mut self) -> Result<usize, Broken> {
        let json = self.text.as_bytes();
        loop {
            let mut at = skip_space(json, self.at);
            match json.get(at) {
                Some(b'}') => {
                    (self.at, self.begun) = (at + 1, true);
                    if self.open.pop().is_none() {
                        return Ok(self.at);
                    }
                    continue;
                }
                Some(b',') if self.begun => at = skip_space(json, at + 1),
                _ if self.begun => return broken(at, "`,` or `}`"),
                _ => {}
            }
            let key = at..key_end(json, at)?;
            let value = after_colon(json, key.end)?;
            let name = unescape(&self.text[key.clone()]);
            let array = |open: &[String]| Array {
                path: open.iter().cloned().chain([name.to_string()]).collect(),
                key: key.start,
                inside: value + 1,
            };
            match json.get(value) {
                Some(b'{')
                    if self.open.len() + 1 < DEEPEST
                        && content(json, value)? == Content::Members =>
                {
                    self.open.push(name.into_owned());
                    (self.at, self.begun) = (value + 1, false);
                    continue;
                }
                Some(b'[') => match json.get(skip_space(json, value + 1)) {
                    Some(b'{') => self.arrays.push(array(&self.open)),
                    Some(b']') => self.empties.push(array(&self.open)),
                    _ => {}
                },
                _ => {
                    self.has_values = true;
                    if self.fed.is_none() {
                        let path = array(&self.open).path.join(".");
                        self.fed = (self.feeds)(&path).then_some(path);
                    }
                }
            }
            self.at = value_end(json, value)?;
            self.begun = true;
        }
    }

    /// True if the first records of an array have keys that name criteria.
    fn is_fed_by(&self, array: &Array) -> bool {
        let elements = Elements {
            text: self.text,
            at: array.inside,
        };
        let keys = Keys::sample(elements.objects(), false, FIRST_RECORDS);
        keys.names().0.iter().any(|name| (self.feeds)(name))
    }
}

/// Finds the records of the object at `start`, and their beginning; `None` if `text`,
/// which may not be `complete`, is too short to decide.
pub(super) fn choose(
    text: &str,
    start: usize,
    complete: bool,
    feeds: &dyn Fn(&str) -> bool,
) -> FaultResult<Option<(Shape, usize)>> {
    let single = (Shape::Single, start);
    let mut search = Search::new(text, start + 1, Vec::new(), feeds);
    let fault = search.run().err();
    let is_whole = fault.is_none();
    // Invalid JSON inside the records is reported when their turn comes.
    if let (Some(broken), true, true) = (&fault, complete, search.arrays.is_empty()) {
        return Err(Fault::broken(text, broken, None, None));
    }
    if search.arrays.is_empty() {
        let choice = match outermost(&search.empties)[..] {
            [only] if search.fed.is_none() && is_records(&search, only, false) => of(only),
            _ => single,
        };
        return Ok(is_whole.then_some(choice));
    }
    let may_read_on = !complete && text.len() < LONGEST_SINGLE;
    let candidates = outermost(&search.arrays);
    let Some(fed) = &search.fed else {
        let ([only], others) = (&candidates[..], search.arrays.iter()) else {
            return Err(two_arrays(&candidates[0].path, candidates[1]));
        };
        let mut deeper = others.filter(|other| other.path.len() > only.path.len());
        if let Some(other) = deeper.find(|other| search.is_fed_by(other)) {
            return Err(two_arrays(&only.path, other));
        }
        return Ok(match is_records(&search, only, search.is_fed_by(only)) {
            true => Some(of(only)),
            false if is_whole => Some(single),
            false if may_read_on => None,
            false => Some(of(only)),
        });
    };
    if let [only] = candidates[..]
        && is_wrapped(only)
    {
        return Ok(Some(of(only)));
    }
    let detail = search.arrays.iter().find(|array| search.is_fed_by(array));
    match (detail, fault) {
        (None, None) => Ok(Some(single)),
        (None, Some(_)) if may_read_on => Ok(None),
        (None, Some(broken)) if complete => Err(Fault::broken(text, &broken, None, None)),
        (detail, _) => Err(record_or_array(fed, detail.unwrap_or(candidates[0]))),
    }
}

/// Checks the text after the array of the records, to which `path` leads: no other
/// array may be the records as well. Returns the end of the document.
pub(super) fn check_rest(text: &str, at: usize, path: &[String]) -> FaultResult<usize> {
    let Some((_, around)) = path.split_last() else {
        return Ok(at);
    };
    let mut search = Search::new(text, at, around.to_vec(), &|_| false);
    search.begun = true;
    let end = search
        .run()
        .map_err(|broken| Fault::broken(text, &broken, None, None))?;
    let mut others = search.arrays.iter();
    match others.find(|other| other.path.len() <= path.len()) {
        Some(other) => Err(two_arrays(path, other)),
        None => Ok(end),
    }
}

fn of(array: &Array) -> (Shape, usize) {
    (Shape::Wrapper(array.path.clone()), array.inside)
}

/// Those of the arrays that are nested least deeply.
fn outermost(arrays: &[Array]) -> Vec<&Array> {
    let depth = arrays.iter().map(|array| array.path.len()).min();
    let arrays = arrays.iter();
    arrays
        .filter(|array| Some(array.path.len()) == depth)
        .collect()
}

/// True if the document exists for this array, and has no values of its own that feed a
/// criterion.
fn is_records(search: &Search<'_, '_>, array: &Array, is_fed: bool) -> bool {
    is_fed || array.path.len() == 1 || !search.has_values || is_wrapped(array)
}

fn is_wrapped(array: &Array) -> bool {
    let is_wrapper = |key: &String| WRAPPERS.contains(&key.to_lowercase().as_str());
    array.path.iter().any(is_wrapper)
}

fn two_arrays(first: &[String], second: &Array) -> Box<Fault> {
    let (one, other) = (quoted(&first.join(".")), quoted(&second.path.join(".")));
    let help = Help::convert("choose the one with the records", taken_out(first));
    let error = input(format!(
        "two members are arrays of objects: {one} and {other}"
    ))
    .expected("a single array, with the records")
    .help(help.or(Help::convert("", taken_out(&second.path))));
    Fault::of_input(second.key, error).with_character()
}

fn record_or_array(fed: &str, array: &Array) -> Box<Fault> {
    let error = input(format!(
        "the document could be one record, since it has {}, or contain the records in {}",
        quoted(fed),
        quoted(&array.path.join("."))
    ))
    .expected("an array of objects")
    .help(
        Phrase::from("to read the document as one record: ")
            .program("jq '[.]' FILE")
            .text("; to read the records in it: ")
            .program(taken_out(&array.path)),
    );
    Fault::of_input(array.key, error).with_character()
}

/// The command that extracts an array from its document.
fn taken_out(path: &[String]) -> String {
    let mut filter = String::new();
    for key in path {
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_name = key.chars().all(is_word) && !key.starts_with(|c: char| c.is_ascii_digit());
        filter.push('.');
        if is_name && !key.is_empty() {
            filter.push_str(key);
        } else {
            let mut text = Vec::new();
            write_string(key, &mut text);
            filter.push_str(&String::from_utf8_lossy(&text).replace('\'', r"'\''"));
        }
    }
    format!("jq '{filter}' FILE")
}
