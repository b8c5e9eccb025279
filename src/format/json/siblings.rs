//! Objects of one shape under the keys of another: `{"DE": {...}, "FR": {...}}`.
//!
//! Owns what makes them records rather than parts of one: they are alike, and more than
//! one of them has a value for the same criterion. Keys that name parts of a record, as
//! `billing` and `shipping` do, leave it open.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::record::Keys;
use super::search::DEEPEST;
use super::text::{Broken, Member, after_colon, key_end, object, skip_space, unescape, value_end};
use super::values::{Content, content};

/// How many of the objects are compared.
const COMPARED: usize = 50;

/// An object whose members may be the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Siblings {
    /// The keys that lead to it; none for the document.
    pub(super) path: Vec<String>,
    /// The place of its own key, or of the document.
    pub(super) key: usize,
    /// The place after its brace.
    pub(super) inside: usize,
    /// The first keys of the records.
    pub(super) names: Vec<String>,
    /// The keys may name parts of one record.
    pub(super) are_parts: bool,
    /// It has members other than objects.
    pub(super) is_mixed: bool,
    /// It is not known yet whether there is a second object.
    pub(super) is_open: bool,
}

/// A search for such objects.
pub(super) struct Scan<'t, 'f> {
    text: &'t str,
    feeds: &'f dyn Fn(&str) -> bool,
    pub(super) found: Vec<Siblings>,
    /// The paths to arrays of objects elsewhere.
    pub(super) arrays: Vec<Vec<String>>,
    /// A value elsewhere that feeds a criterion.
    pub(super) fed: Option<String>,
    /// The document has values elsewhere that do not describe the document itself.
    pub(super) has_values: bool,
}

/// A member of an object, as far as it was read.
struct Entry {
    name: String,
    key: usize,
    value: usize,
    /// The place after it, unless the text ends within it.
    end: Option<usize>,
}

impl<'t, 'f> Scan<'t, 'f> {
    /// Searches the object at `at`.
    pub(super) fn document(text: &'t str, at: usize, feeds: &'f dyn Fn(&str) -> bool) -> Self {
        let mut scan = Scan::new(text, feeds);
        scan.object(&[], at, at);
        scan
    }

    /// Searches what follows a value in the object under the keys `around`.
    pub(super) fn rest(
        text: &'t str,
        at: usize,
        around: &[String],
        feeds: &'f dyn Fn(&str) -> bool,
    ) -> Self {
        let mut scan = Scan::new(text, feeds);
        let mut at = at;
        for depth in (0..=around.len()).rev() {
            let (entries, end) = scan.entries(at, true);
            for entry in &entries {
                scan.entry(&around[..depth], entry);
            }
            match end {
                Ok(end) => at = end,
                Err(_) => break,
            }
        }
        scan
    }

    fn new(text: &'t str, feeds: &'f dyn Fn(&str) -> bool) -> Self {
        Scan {
            text,
            feeds,
            found: Vec::new(),
            arrays: Vec::new(),
            fed: None,
            has_values: false,
        }
    }

    /// Searches an object, and those inside it, which are at most a few keys deep.
    fn object(&mut self, path: &[String], key: usize, at: usize) {
        let (entries, end) = self.entries(at + 1, false);
        let siblings = self.siblings(path, key, at, &entries, end.is_ok());
        let is_found = siblings.is_some();
        self.found.extend(siblings);
        for entry in &entries {
            let is_object = self.text.as_bytes().get(entry.value) == Some(&b'{');
            if !(is_found && is_object) {
                self.entry(path, entry);
            }
        }
    }

    fn entry(&mut self, path: &[String], entry: &Entry) {
        let json = self.text.as_bytes();
        let mut of = path.to_vec();
        of.push(entry.name.clone());
        match json.get(entry.value) {
            Some(b'{') if matches!(content(json, entry.value), Ok(Content::Members)) => {
                if of.len() < DEEPEST {
                    self.object(&of, entry.key, entry.value);
                }
            }
            Some(b'[') => {
                if json.get(skip_space(json, entry.value + 1)) == Some(&b'{') {
                    self.arrays.push(of);
                }
            }
            Some(b'n') | None => {}
            Some(_) => {
                let path = of.join(".");
                self.has_values |= !is_about_document(&entry.name);
                if self.fed.is_none() && (self.feeds)(&path) {
                    self.fed = Some(path);
                }
            }
        }
    }

    /// The members of an object from `at` on, after another member if it has `begun`,
    /// and its end.
    fn entries(&self, mut at: usize, mut begun: bool) -> (Vec<Entry>, Result<usize, Broken>) {
        let json = self.text.as_bytes();
        let mut entries = Vec::new();
        loop {
            let next = || -> Result<Result<(Range<usize>, usize), usize>, Broken> {
                let mut at = skip_space(json, at);
                match json.get(at) {
                    Some(b'}') => return Ok(Err(at + 1)),
                    Some(b',') if begun => at = skip_space(json, at + 1),
                    _ => {}
                }
                let key = at..key_end(json, at)?;
                let value = after_colon(json, key.end)?;
                Ok(Ok((key, value)))
            };
            let (key, value) = match next() {
                Ok(Ok(found)) => found,
                Ok(Err(end)) => return (entries, Ok(end)),
                Err(broken) => return (entries, Err(broken)),
            };
            let end = value_end(json, value);
            entries.push(Entry {
                name: unescape(&self.text[key.clone()]).into_owned(),
                key: key.start,
                value,
                end: end.as_ref().ok().copied(),
            });
            match end {
                Ok(end) => (at, begun) = (end, true),
                Err(broken) => return (entries, Err(broken)),
            }
        }
    }

    /// The object at `at` if its members may be records.
    fn siblings(
        &self,
        path: &[String],
        key: usize,
        at: usize,
        entries: &[Entry],
        is_whole: bool,
    ) -> Option<Siblings> {
        let json = self.text.as_bytes();
        let is_object = |entry: &&Entry| json.get(entry.value) == Some(&b'{');
        let objects: Vec<&Entry> = entries.iter().filter(is_object).collect();
        let whole = objects.iter().filter_map(|entry| {
            let text = &self.text[entry.value..entry.end?];
            Some((entry.name.as_str(), text))
        });
        let whole: Vec<(&str, &str)> = whole.take(COMPARED).collect();
        // A key that names a criterion, or a column, is not one of many.
        if objects.iter().any(|entry| (self.feeds)(&entry.name)) {
            return None;
        }
        let texts: Vec<&str> = whole.iter().map(|(_, text)| *text).collect();
        let is_open = texts.len() == 1 && !is_whole;
        let needed = match &whole[..] {
            [] => return None,
            [(only, _)] if is_open || is_number(only) => 1,
            [_] => return None,
            _ => 2,
        };
        if !self.are_fed(&texts, needed) || !are_alike(&texts) {
            return None;
        }
        // A missing record is reported when its turn comes.
        let is_other = |entry: &&Entry| !matches!(json.get(entry.value), None | Some(b'{' | b'n'));
        let others = entries.iter().filter(is_other);
        let names = objects.iter().map(|entry| entry.name.clone());
        Some(Siblings {
            path: path.to_vec(),
            key,
            inside: at + 1,
            are_parts: objects.iter().any(|entry| is_part(&entry.name)),
            names: names.take(2).collect(),
            is_mixed: others.count() > 0,
            is_open,
        })
    }

    /// True if this number of objects have a value that feeds the same column.
    fn are_fed(&self, objects: &[&str], needed: usize) -> bool {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for text in objects {
            let keys = Keys::sample([*text].into_iter(), false, 1);
            for name in keys.names().0.iter().filter(|name| (self.feeds)(name)) {
                *counts.entry(name.clone()).or_default() += 1;
            }
        }
        counts.values().any(|count| *count >= needed)
    }
}

/// True if the objects have most of their keys in common; empty ones have none.
fn are_alike(objects: &[&str]) -> bool {
    let mut members: Vec<Member> = Vec::new();
    let mut keys_of = |text: &&str| -> BTreeSet<String> {
        match object(text.as_bytes(), 0, &mut members) {
            Ok(_) => {
                let keys = members.iter();
                keys.map(|member| unescape(&text[member.key.clone()]).into_owned())
                    .collect()
            }
            Err(_) => BTreeSet::new(),
        }
    };
    let keys: Vec<BTreeSet<String>> = objects.iter().map(&mut keys_of).collect();
    let keys: Vec<BTreeSet<String>> = keys.into_iter().filter(|keys| !keys.is_empty()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for key in keys.iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let most = keys.len() / 2 + 1;
    let is_common = |key: &&String| counts.get(key.as_str()).is_some_and(|n| *n >= most);
    let common = counts.values().filter(|count| **count >= most).count();
    common > 0
        && keys.iter().all(|keys| {
            let shared = keys.iter().filter(is_common).count();
            shared * 2 >= common && shared * 3 >= keys.len()
        })
}

fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words that name a part of a record or one side of a deal, in the languages we read.
const PARTS: &str = "\
    account address adres adresa adresse after alt alternate ancien anschrift apres après \
    avant bán before bên billing buyer business child client company company contact cũ \
    current customer delivery details dostawa dostawca dostawy facturation faktura \
    faktury first fournisseur from geschäftlich giao głowny główny haupt home hàng invoice \
    invoicing käufer kaufer khách kind klient kontakt kontaktperson kunde kupujący \
    kupujacy last legal lieferadresse lieferant lieferanschrift lieferung livraison \
    mailing main mandant mới mua neben neu new next nhà nouveau nowy office old other \
    owner parent party partner physical po postal previous primary principal privat \
    private przed rechnung rechnungsadresse rechnungsanschrift receiver rozliczenie \
    rozliczeniowy sau secondaire second secondary seller sender ship shipping siège siege \
    source sprzedawca stary supplier target thanh to toán trước vater vendeur vendor \
    verkäufer verkaufer vorher nachher work acheteur bill";

/// True if all words of a key name parts.
fn is_part(key: &str) -> bool {
    let mut spaced = String::new();
    let mut was_lower = false;
    for c in key.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            spaced.push(' ');
        }
        was_lower = c.is_lowercase();
        if c.is_alphanumeric() {
            spaced.extend(c.to_lowercase());
        }
    }
    let mut words = spaced.split_whitespace().peekable();
    words.peek().is_some() && words.all(|word| PARTS.split(' ').any(|part| part == word))
}

/// Words for what a document is, rather than what it holds.
const ABOUT: &str = "\
    api as_of asof code count created cursor date datum end error etag export exported \
    exported_at file format from generated generated_at generator hasmore has_more kind \
    lang language limit link message more name_of next offset ok page page_size pagesize \
    per_page prev previous query schema size skip source start status success system \
    tenant time timestamp title to took top total total_count totalcount type updated url \
    user version";

fn is_about_document(key: &str) -> bool {
    let key = key.to_lowercase();
    key.starts_with(['$', '@', '_']) || ABOUT.split(' ').any(|word| word == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_name_parts_are_known_by_all_their_words() {
        for key in [
            "billing",
            "shippingAddress",
            "Bill_To",
            "Lieferadresse",
            "bên mua",
        ] {
            assert!(is_part(key), "{key}");
        }
        for key in ["DE", "client-a", "customer_1", "1001", "Acme GmbH", ""] {
            assert!(!is_part(key), "{key}");
        }
    }

    #[test]
    fn objects_are_alike_if_they_share_most_keys() {
        let alike = |objects: &[&str]| are_alike(objects);
        assert!(alike(&[r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2,"c":3,"d":4}"#]));
        assert!(alike(&[r#"{"a":1,"b":2}"#, "{}", r#"{"b":2}"#]));
        assert!(!alike(&[
            r#"{"a":1,"b":2,"c":3}"#,
            r#"{"a":1,"x":2,"y":3,"z":4}"#
        ]));
        assert!(!alike(&[r#"{"a":1}"#, r#"{"b":1}"#]));
    }
}
