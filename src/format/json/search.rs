//! The place of the records in a JSON document that is an object.
//!
//! Owns the choice between the arrays of objects that it contains, directly or in
//! objects inside it, objects of one shape under keys, and the object itself as the only
//! record. If that is not clear,
//! it is not guessed.

use crate::error::{Help, Phrase};
use crate::format::json::record::Keys;
use crate::format::json::siblings::{Scan, Siblings};
use crate::format::json::text::{
    Broken, after_colon, broken, key_end, skip_space, unescape, value_end, write_string,
};
use crate::format::json::values::{Content, content};
use crate::format::json::{Elements, Series, Shape};
use crate::format::{Fault, FaultResult, input};
use crate::text::quoted;

/// How many keys lead to an array at most.
pub(super) const DEEPEST: usize = 4;
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
            series: Series::Elements,
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
    if let Some(keyed) = keyed(text, start, complete, feeds)? {
        return Ok(keyed);
    }
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

/// Objects of one shape under keys, if these are the records: `None` if not, and
/// `Some(None)` if `text` is too short to decide.
fn keyed(
    text: &str,
    start: usize,
    complete: bool,
    feeds: &dyn Fn(&str) -> bool,
) -> FaultResult<Option<Option<(Shape, usize)>>> {
    let scan = Scan::document(text, start, feeds);
    let is_usual = |path: &[String]| path.iter().any(|key| is_wrapper(key));
    let [first, others @ ..] = &scan.found[..] else {
        return Ok(None);
    };
    if scan.arrays.iter().any(|path| is_usual(path)) {
        return Ok(None);
    }
    let is_part_of_record = scan.fed.is_some() || first.is_mixed || scan.has_values;
    if first.are_parts && is_part_of_record && others.is_empty() {
        return Ok(None);
    }
    if first.is_open && !complete && text.len() < LONGEST_SINGLE {
        return Ok(Some(None));
    }
    let is_doubtful = scan.has_values && !first.path.is_empty() && !is_usual(&first.path);
    if let Some(fed) = &scan.fed {
        return Err(record_or_siblings(Some(fed), first));
    }
    if first.are_parts || first.is_mixed || is_doubtful || first.is_open {
        return Err(record_or_siblings(None, first));
    }
    let arrays = scan.arrays.iter().map(|path| path.join("."));
    let others = others.iter().map(|other| other.path.join("."));
    if let Some(other) = arrays.chain(others).next() {
        return Err(siblings_and(&first.path, &other, first.key));
    }
    Ok(Some(Some((Shape::Keyed(first.path.clone()), first.inside))))
}

/// Checks the text after the records, to whose array or object `path` leads: nothing
/// else may be the records as well. Returns the end of the document.
pub(super) fn check_rest(
    text: &str,
    at: usize,
    path: &[String],
    is_keyed: bool,
) -> FaultResult<usize> {
    let Some((_, around)) = path.split_last() else {
        return Ok(at);
    };
    let mut search = Search::new(text, at, around.to_vec(), &|_| false);
    search.begun = true;
    let end = search
        .run()
        .map_err(|broken| Fault::broken(text, &broken, None, None))?;
    let mut others = search.arrays.iter();
    if is_keyed {
        let rest = Scan::rest(text, at, around, &|_| false);
        if let Some(other) = rest.arrays.first() {
            return Err(siblings_and(path, &other.join("."), at));
        }
    }
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
    array.path.iter().any(|key| is_wrapper(key))
}

fn is_wrapper(key: &str) -> bool {
    WRAPPERS.contains(&key.to_lowercase().as_str())
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

/// The object that `path` leads to, for a message.
fn named(path: &[String]) -> String {
    match path {
        [] => "the document".to_owned(),
        path => quoted(&path.join(".")),
    }
}

fn record_or_siblings(fed: Option<&String>, siblings: &Siblings) -> Box<Fault> {
    let names: Vec<String> = siblings.names.iter().map(|name| quoted(name)).collect();
    let fed = fed.map_or(String::new(), |fed| {
        format!(", since it has {}", quoted(fed))
    });
    let within = match &siblings.path[..] {
        [] => String::new(),
        path => format!(" in {}", quoted(&path.join("."))),
    };
    let error = input(format!(
        "the document could be one record{fed}, or have a record under each of the keys {}{within}",
        names.join(", ")
    ))
    .expected("an array of objects")
    .help(
        Phrase::from("to read the document as one record: ")
            .program("jq '[.]' FILE")
            .text("; to read the records in it: ")
            .program(match siblings.is_mixed {
                true => format!("jq '[{}[]|objects]' FILE", filter(&siblings.path)),
                false => values_of(&siblings.path),
            }),
    );
    Fault::of_input(siblings.key, error).with_character()
}

fn siblings_and(path: &[String], other: &str, at: usize) -> Box<Fault> {
    let error = input(format!(
        "the records could be the objects in {}, or those in {}",
        named(path),
        quoted(other)
    ))
    .expected("a single array, with the records")
    .help(Help::convert(
        &format!("to read those in {}", named(path)),
        values_of(path),
    ));
    Fault::of_input(at, error).with_character()
}

/// The command that makes an array of the values of an object in its document.
fn values_of(path: &[String]) -> String {
    format!("jq '[{}[]]' FILE", filter(path))
}

/// The command that extracts an array from its document.
fn taken_out(path: &[String]) -> String {
    format!("jq '{}' FILE", filter(path))
}

/// What leads jq there.
fn filter(path: &[String]) -> String {
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
    if path.is_empty() {
        ".".to_owned()
    } else {
        filter
    }
}
