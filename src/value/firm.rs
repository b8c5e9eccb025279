//! The names of firms.
//!
//! Owns when two spellings are the same name: case, accents (`ü` as `ue` or `u`),
//! punctuation, words for "and" and legal forms are ignored.

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use crate::lexicon::normalize::{folded, header_key};
use crate::value::Words;

/// A legal form has at most this many words: `sp. z o. o.`.
const LONGEST_FORM: usize = 5;

/// The words of names that do not distinguish one firm from another.
#[derive(Debug, Clone, Default)]
pub(crate) struct FirmWords {
    /// Legal forms, as keys, and whether they may precede a name: `SARL Acme`.
    forms: FxHashMap<String, bool>,
    /// Words for "and".
    ands: FxHashSet<String>,
}

/// A name without what does not distinguish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Core {
    /// What remains: its words as keys.
    pub(crate) words: Vec<String>,
    /// The one-word form that was before it, if any.
    front: Option<String>,
    /// The other forms before and behind it.
    forms: Vec<String>,
    /// The last word was taken for a legal form, and may not be one: `Acme Spa`.
    is_doubtful: bool,
}

impl Core {
    pub(crate) fn key(&self) -> String {
        self.words.concat()
    }

    /// The one-word form before it, if it is so short that it may be a part of the name:
    /// `AG Insurance`.
    pub(crate) fn short_front(&self) -> Option<&str> {
        self.front.as_deref().filter(|form| form.len() < 3)
    }

    /// The form behind it that may be a word of the name.
    pub(crate) fn doubtful(&self) -> Option<&str> {
        self.is_doubtful.then_some(SPA)
    }

    /// True if there was a legal form before or behind it.
    pub(crate) fn has_any_form(&self) -> bool {
        self.front.is_some() || !self.forms.is_empty() && !self.is_doubtful
    }

    pub(crate) fn has_form(&self, form: &str) -> bool {
        self.front.as_deref() == Some(form) || self.forms.iter().any(|other| other == form)
    }
}

impl FirmWords {
    pub(crate) fn new(words: &Words) -> Self {
        let mut firm = FirmWords {
            ands: words.ands().map(key).collect(),
            ..FirmWords::default()
        };
        for (form, may_precede) in words.legal_forms() {
            let form = firm.words(form).concat();
            *firm.forms.entry(form).or_default() |= may_precede;
        }
        firm
    }

    /// The words of a name as keys, without those for "and" between others.
    fn words(&self, name: &str) -> Vec<String> {
        let name: String = name.nfc().filter(|c| *c != '.').collect();
        let mut words: Vec<String> = name
            .split(|c: char| !c.is_alphanumeric())
            .map(key)
            .filter(|word| !word.is_empty())
            .collect();
        let last = words.len().saturating_sub(1);
        let mut place = 0;
        words.retain(|word| {
            let is_between = place > 0 && place < last;
            place += 1;
            !(is_between && self.ands.contains(word))
        });
        words
    }

    /// True for a legal form without a name.
    pub(crate) fn is_form(&self, key: &str) -> bool {
        self.forms.contains_key(key)
    }

    /// The keys of all legal forms.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &String> {
        self.forms.keys()
    }

    /// The name without its legal forms. A word remains in any case.
    pub(crate) fn core(&self, name: &str) -> Core {
        let words = self.words(name);
        let mut rest = &words[..];
        let (mut front, mut forms) = (None, Vec::new());
        'forms: loop {
            for n in (1..=LONGEST_FORM.min(rest.len().saturating_sub(1))).rev() {
                let (head, tail) = rest.split_at(rest.len() - n);
                let form = tail.concat();
                if self.is_form(&form) {
                    rest = head;
                    forms.push(form);
                    continue 'forms;
                }
                let (head, tail) = rest.split_at(n);
                let form = head.concat();
                if n > 1 && self.is_form(&form) {
                    rest = tail;
                    forms.push(form);
                    continue 'forms;
                }
                if n == 1 && front.is_none() && self.forms.get(&form) == Some(&true) {
                    rest = tail;
                    front = Some(form);
                    continue 'forms;
                }
            }
            break;
        }
        Core {
            is_doubtful: forms.iter().any(|form| form == SPA) && !is_spa_a_form(name),
            words: rest.to_vec(),
            front,
            forms,
        }
    }
}

/// The Italian `S.p.A.`, which is a word too.
const SPA: &str = "spa";

/// True if `spa` in `name` is spelled as only the legal form is.
fn is_spa_a_form(name: &str) -> bool {
    name.contains("SpA") || name.to_lowercase().contains("s.p.a")
}

/// A word of a name in the form in which it is compared. An `e` behind `a`, `o` or `u`
/// is dropped between consonants, since there it may stand for an umlaut.
pub(crate) fn key(word: &str) -> String {
    let folded = folded(&header_key(word));
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'q');
    let chars: Vec<char> = folded.chars().collect();
    // `AEG` is an abbreviation.
    if chars.len() < 5 {
        return folded;
    }
    let stays = |at: &usize| {
        let before = |n: usize| at.checked_sub(n).map(|at| &chars[at]);
        let is_umlaut = chars[*at] == 'e'
            && before(1).is_some_and(|c| matches!(c, 'a' | 'o' | 'u'))
            && before(2).is_none_or(|c| !is_vowel(c))
            && chars.get(at + 1).is_some_and(|c| !is_vowel(c));
        !is_umlaut
    };
    (0..chars.len()).filter(stays).map(|at| chars[at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_key_with_or_without_its_accents() {
        for names in [
            "müller|Muller|MUELLER|Mu\u{308}ller",
            "Łódź|Lodz",
            "Straße|STRASSE",
            "Aerztehaus|Ärztehaus|Arztehaus",
            "Cœur|Coeur",
            "Đại|Dai",
        ] {
            let mut keys = names.split('|').map(key);
            let first = keys.next();
            assert!(keys.all(|key| Some(&key) == first.as_ref()), "{names}");
        }
        for (one, other) in [
            ("Blue", "Blu"),
            ("Bauer", "Baur"),
            ("Quest", "Qust"),
            ("AEG", "AG"),
        ] {
            assert_ne!(key(one), key(other));
        }
    }
}
