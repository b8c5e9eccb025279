//! Notes in words: `not yet signed`, `no contract in place`, `cancelled 2020`.
//!
//! Owns what such a note states about a thing that the words around name: that there is
//! none, that there is none yet, that there was one; or a word that is understood, with
//! a day behind it. Takes the words from a table.

/// What a note states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// There is none.
    Denied,
    /// There is none yet.
    Postponed,
    /// There is none any more.
    Past,
}

/// The part that words play in a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Denies,
    Postpones,
    NoLonger,
    /// The thing itself, or a word that adds nothing: `contract`, `signed`, `in place`.
    Thing,
}

impl Part {
    /// The part with this name in the vocabulary.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "denies" => Some(Part::Denies),
            "postpones" => Some(Part::Postpones),
            "no_longer" => Some(Part::NoLonger),
            "thing" | "on" => Some(Part::Thing),
            _ => None,
        }
    }
}

/// A longer text is prose.
const MOST_WORDS: usize = 8;
/// The most words that play a part together: `no longer`, `nicht mehr`.
const LONGEST: usize = 3;

/// Reads a note; `part` is the part that a run of words plays. `None` if a word plays
/// none, or if nothing is denied or postponed.
pub(crate) fn read(text: &str, part: &dyn Fn(&str) -> Option<Part>) -> Option<Note> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '\u{2019}')
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() || words.len() > MOST_WORDS {
        return None;
    }
    let (mut denies, mut postpones, mut past) = (false, false, false);
    let mut rest = &words[..];
    while !rest.is_empty() {
        let runs = (1..=LONGEST.min(rest.len())).rev();
        let (part, length) = runs
            .filter_map(|n| Some((part(&rest[..n].join(" "))?, n)))
            .next()?;
        match part {
            Part::Denies => denies = true,
            Part::Postpones => postpones = true,
            Part::NoLonger => past = true,
            Part::Thing => {}
        }
        rest = &rest[length..];
    }
    match (denies, postpones, past) {
        (_, _, true) => Some(Note::Past),
        (_, true, _) => Some(Note::Postponed),
        (true, false, _) => Some(Note::Denied),
        (false, false, false) => None,
    }
}

/// The beginning of a text that ends with a day or a year, and words such as `on` before
/// it: `cancelled 2020`, `beendet am 3.4.2021`.
pub(crate) fn without_day<'t>(
    text: &'t str,
    is_on: &dyn Fn(&str) -> bool,
    is_day: &dyn Fn(&str) -> bool,
) -> Option<&'t str> {
    let text = text.trim_end_matches([')', '.', ' ']);
    let starts = text.match_indices(|c: char| c.is_whitespace() || c == '(');
    // The longest day first: `3 May 2020`.
    let (mut head, _) = starts
        .map(|(at, sign)| (&text[..at], &text[at + sign.len()..]))
        .find(|(_, day)| is_day(day))?;
    loop {
        head = head.trim_end_matches([' ', '(', ',', ':', '-', '\u{2013}']);
        match head.rsplit_once(char::is_whitespace) {
            Some((before, word)) if is_on(word) => head = before,
            _ => break,
        }
    }
    (!head.is_empty()).then_some(head)
}
