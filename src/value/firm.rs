//! The names of firms.
//!
//! Owns when two spellings are the same name: case, accents (`ü` as `ue` or `u`),
//! punctuation, words for "and" and legal forms are ignored. Owns what shows that a name
//! is a firm's, or may be a person's.

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use crate::lexicon::normalize::{folded, header_key, visible};
use crate::value::Words;

/// A legal form has at most this many words: `công ty trách nhiệm hữu hạn hai thành viên
/// trở lên`.
const LONGEST_FORM: usize = 11;

/// What stands for `&`, and for a word for "and", where it is a part of the name: between
/// single letters, as in `H&M`.
pub(crate) const JOINT: &str = "&";

/// The words of names that do not distinguish one firm from another: those of the
/// vocabulary. Data are only looked up among them, so that a quick hash without a random
/// seed is safe.
#[derive(Debug, Clone, Default)]
pub(crate) struct FirmWords {
    /// Legal forms, as keys, and whether they may precede a name: `SARL Acme`.
    forms: FxHashMap<String, bool>,
    /// The keys among them of words that are not legal forms, and may be a part of the name.
    affixes: FxHashSet<String>,
    /// Words for "and".
    ands: FxHashSet<String>,
    /// Words that show that a name is a firm's.
    firms: FxHashSet<String>,
}

/// A word of a name.
#[derive(Debug, Clone)]
struct Part {
    key: String,
    /// It is a word for "and" between others.
    joins: bool,
}

/// A name without what does not distinguish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Core {
    /// What remains: its words as keys.
    pub(crate) words: Vec<String>,
    /// The one-word form that was before it, if any.
    front: Option<String>,
    /// That word is not a legal form by itself.
    is_front_affix: bool,
    /// The other forms before and behind it.
    forms: Vec<String>,
    /// Of these, the one that may be a word of the name: `Acme Spa`, `Acme Company`.
    doubtful: Option<String>,
}

/// Whose name a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Firm,
    Person,
    /// It could be either: `Klein`, `Bioplex`.
    Either,
    /// A number, or a key such as `C-001`.
    NoName,
}

impl Core {
    pub(crate) fn key(&self) -> String {
        self.words.concat()
    }

    /// The one-word form before it, if it may be a part of the name: `AG Insurance`,
    /// `Société Générale`.
    pub(crate) fn short_front(&self) -> Option<&str> {
        let front = self.front.as_deref();
        front.filter(|form| form.len() < 3 || self.is_front_affix)
    }

    /// The form behind it that may be a word of the name.
    pub(crate) fn doubtful(&self) -> Option<&str> {
        self.doubtful.as_deref()
    }

    pub(crate) fn has_form(&self, form: &str) -> bool {
        self.front.as_deref() == Some(form) || self.forms.iter().any(|other| other == form)
    }
}

impl FirmWords {
    pub(crate) fn new(words: &Words) -> Self {
        let mut firm = FirmWords {
            ands: words.ands().map(key).collect(),
            firms: words.firms().map(key).collect(),
            ..FirmWords::default()
        };
        for (form, may_precede) in words.legal_forms() {
            let form = firm.words(form).concat();
            *firm.forms.entry(form).or_default() |= may_precede;
        }
        for affix in words.affixes() {
            let affix = firm.words(affix).concat();
            if firm.forms.insert(affix.clone(), true).is_none() {
                firm.affixes.insert(affix);
            }
        }
        firm
    }

    /// The words of a name. Those for "and" between single letters are a part of it.
    fn parts(&self, name: &str) -> Vec<Part> {
        let name: String = name.nfc().filter(|c| *c != '.').collect();
        let mut parts: Vec<Part> = Vec::new();
        let mut push = |key: String, joins: bool| {
            if !key.is_empty() {
                parts.push(Part { key, joins });
            }
        };
        for piece in name.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            let word = key(word);
            let joins = self.ands.contains(&word);
            push(word, joins);
            if piece.ends_with(is_and_sign) {
                push(JOINT.to_owned(), true);
            }
        }
        let is_letter = |parts: &[Part], at: Option<usize>| {
            let part = at.and_then(|at| parts.get(at));
            part.is_some_and(|part| part.key != JOINT && part.key.chars().count() == 1)
        };
        for at in 0..parts.len() {
            let is_between =
                is_letter(&parts, at.checked_sub(1)) && is_letter(&parts, at.checked_add(1));
            // `y` and `i` are letters as well.
            if parts[at].joins && is_between && !is_letter(&parts, Some(at)) {
                parts[at] = Part {
                    key: JOINT.to_owned(),
                    joins: false,
                };
            }
        }
        parts.retain(|part| !(part.joins && part.key == JOINT));
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.iter_mut().enumerate() {
            part.joins &= at > 0 && at < last;
        }
        parts
    }

    /// The words of a name as keys, without those for "and" between others.
    fn words(&self, name: &str) -> Vec<String> {
        let parts = self.parts(name).into_iter();
        let kept = parts.filter(|part| !part.joins);
        kept.map(|part| part.key).collect()
    }

    /// True for a legal form without a name.
    pub(crate) fn is_form(&self, key: &str) -> bool {
        self.forms.contains_key(key)
    }

    /// The keys of all legal forms.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &String> {
        self.forms.keys()
    }

    /// The legal form that these words are, with or without those for "and" among them,
    /// which may be letters of it: `e. K.`
    fn form_of(&self, parts: &[Part]) -> Option<String> {
        let whole: String = parts.iter().map(|part| part.key.as_str()).collect();
        if self.is_form(&whole) {
            return Some(whole);
        }
        let kept = parts.iter().filter(|part| !part.joins);
        let kept: String = kept.map(|part| part.key.as_str()).collect();
        self.is_form(&kept).then_some(kept)
    }

    /// The name without its legal forms. A word remains in any case.
    pub(crate) fn core(&self, name: &str) -> Core {
        let parts = self.parts(name);
        let mut rest = &parts[..];
        let (mut front, mut forms, mut doubtful) = (None, Vec::new(), None);
        'forms: loop {
            let named = rest.iter().filter(|part| !part.joins).count();
            for n in (1..=LONGEST_FORM.min(rest.len().saturating_sub(1))).rev() {
                let (head, tail) = rest.split_at(rest.len() - n);
                let is_named = named > tail.iter().filter(|part| !part.joins).count();
                if let Some(form) = self.form_of(tail).filter(|_| is_named) {
                    rest = head;
                    if self.affixes.contains(&form) || form == SPA && !is_spa_a_form(name) {
                        doubtful = Some(form.clone());
                    }
                    forms.push(form);
                    continue 'forms;
                }
                let (head, tail) = rest.split_at(n);
                let Some(form) = self.form_of(head) else {
                    continue;
                };
                if tail.iter().all(|part| part.joins) {
                    continue;
                }
                if n > 1 {
                    rest = tail;
                    forms.push(form);
                    continue 'forms;
                }
                if front.is_none() && self.forms.get(&form) == Some(&true) {
                    rest = tail;
                    front = Some(form);
                    continue 'forms;
                }
            }
            break;
        }
        let kept = rest.iter().filter(|part| !part.joins);
        let is_front_affix = (front.as_ref()).is_some_and(|form| self.affixes.contains(form));
        Core {
            words: kept.map(|part| part.key.clone()).collect(),
            front,
            is_front_affix,
            forms,
            doubtful,
        }
    }

    /// What `name` shows about its owner.
    pub(crate) fn sign(&self, name: &str) -> Sign {
        let name = &*visible(name);
        let core = self.core(name);
        let is_letter = |c: char| c.is_alphabetic();
        let digits = name.chars().filter(char::is_ascii_digit).count();
        let letters = name.chars().filter(|c| is_letter(*c)).count();
        if letters < 2 || !name.contains(' ') && digits * 2 >= letters {
            return Sign::NoName;
        }
        // `ngân hàng` is two words.
        let is_known = |n: usize| {
            let mut runs = core.words.windows(n);
            runs.any(|run| self.firms.contains(&run.concat()))
        };
        let mut around = core.forms.iter().chain(&core.front);
        let is_among_forms = around.any(|form| form != SPA && self.firms.contains(form));
        // `Autohaus`, `Spezialbank`: German writes compounds as one word.
        let is_compound = |word: &String| {
            let ends = |end: &String| {
                end.len() >= 4 && word.len() >= end.len() + 3 && word.ends_with(end.as_str())
            };
            self.firms.iter().any(ends)
        };
        if self.is_proved(name, &core)
            || is_among_forms
            || (1..=3).any(is_known)
            || core.words.iter().any(is_compound)
        {
            return Sign::Firm;
        }
        let is_joined = name.contains(is_and_sign);
        let has_case = name.chars().any(char::is_uppercase);
        let is_word = |word: &str| {
            let mark = |c| matches!(c, '.' | '-' | '\'' | '\u{2019}');
            word.chars().all(|c| is_letter(c) || mark(c))
        };
        // `van`, `de la`; where no word has a capital, case shows nothing.
        let is_name = |word: &str| {
            let is_capital = word.chars().next().is_some_and(char::is_uppercase);
            is_word(word) && (is_capital || !has_case || word.chars().count() <= 3)
        };
        let mut words = name
            .split([' ', ',', '\u{a0}'])
            .filter(|word| !word.is_empty() && !word.chars().all(is_and_sign));
        let count = words.clone().count();
        let are_names = words.all(is_name);
        match is_joined {
            // `Anna & Jan Becker`, but `Smith & Wesson`.
            true if count == 3 && are_names => Sign::Either,
            true if core.words.len() > 1 => Sign::Firm,
            _ if (2..=4).contains(&count) && are_names => Sign::Person,
            _ => Sign::Either,
        }
    }

    /// True if a legal form in `name` shows that it is a firm's. A short one may be a
    /// surname, unless it is written as the form is.
    fn is_proved(&self, name: &str, core: &Core) -> bool {
        let all = core.forms.iter().chain(&core.front);
        let mut forms = all.filter(|form| !self.affixes.contains(*form));
        forms.any(|form| form.chars().count() > 3 || is_written_as_form(name, form))
    }

    /// True if `name` has a word that can only be a legal form, or one of firms.
    pub(crate) fn has_legal_form(&self, name: &str) -> bool {
        let name = &*visible(name);
        self.is_proved(name, &self.core(name))
    }

    /// The names in `text` if a word for "and" joins those of several firms, each but the
    /// last with its legal form: `Acme GmbH & Nord AG`.
    pub(crate) fn joined<'t>(&self, text: &'t str) -> Vec<&'t str> {
        let mut signs: Vec<(usize, &str)> = text.match_indices(is_and_sign).collect();
        signs.extend(self.and_words(text));
        signs.sort_unstable();
        let (mut names, mut from) = (Vec::new(), 0);
        for (at, sign) in signs {
            let (Some(before), Some(after)) = (text.get(from..at), text.get(at + sign.len()..))
            else {
                continue;
            };
            let (one, rest) = (self.core(before), self.core(after));
            // `GmbH & Co. KG` is one form.
            let is_name = |core: &Core| !core.words.is_empty() && !self.is_form(&core.key());
            if !one.forms.is_empty() && is_name(&one) && is_name(&rest) {
                names.push(before);
                from = at + sign.len();
            }
        }
        if !names.is_empty() {
            names.extend(text.get(from..));
        }
        names
    }

    /// The words for "and" in `text`, and where they are.
    fn and_words<'t>(&self, text: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
        let mut end = 0;
        let words = text.split_inclusive(char::is_whitespace);
        let words = words.map(move |word| {
            let at = end;
            end += word.len();
            (at, word.trim_end())
        });
        words.filter(|(_, word)| self.ands.contains(&key(word)))
    }
}

/// True for the signs that are read as a word for "and".
fn is_and_sign(c: char) -> bool {
    matches!(c, '&' | '+' | '\u{ff06}')
}

/// True if the short legal form with this key is written in `name` with dots, in capitals,
/// or otherwise as no surname is.
fn is_written_as_form(name: &str, form: &str) -> bool {
    if ALWAYS_FORMS.contains(&form) || form == "co" && name.contains('&') {
        return true;
    }
    // In a name of capitals, these show nothing: `NGUYỄN SA`.
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let shows = name.chars().any(char::is_lowercase) || form == "ag" || !form.contains(is_vowel);
    let words = name.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '/'));
    let mut words = words
        .map(|word| (word, word.replace(['.', '/'], "")))
        .filter(|(_, letters)| key(letters) == form)
        .peekable();
    // Of several words: `S. A.`
    words.peek().is_none()
        || words.any(|(word, letters)| {
            word.contains(['.', '/'])
                || MIXED_FORMS.contains(&letters.as_str())
                || shows && letters.chars().all(char::is_uppercase)
        })
}

/// Short legal forms that nobody has as a name, in any case.
const ALWAYS_FORMS: [&str; 13] = [
    "cie", "gbr", "inc", "kft", "lda", "llc", "llp", "ltd", "mbh", "ohg", "plc", "sro", "zrt",
];

/// Short legal forms that are written in both cases.
const MIXED_FORMS: [&str; 9] = ["ApS", "AöR", "GbR", "Oy", "Oyj", "SpA", "eG", "eK", "eV"];

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

    #[test]
    fn a_short_form_shows_a_firm_where_it_is_written_as_one() {
        let firm = FirmWords::new(&Words::default());
        let firms = "Nord AG|Nord S.A.|Nord S. A.|Nord SA|Nord SpA|Nord S.p.A.|Nord A/S|Nord AS|\
            Le Co.|Nord & Co|Nord Oy|NORD AG|NORD KG|Nord e. K.|Nord ltd|Nord inc|Nord-AG|\
            Công ty TNHH Nord|Nord GmbH|nord gmbh|Nord Company|Firma Nord|Nord i.L. GmbH|Cty Hoa Sen";
        for name in firms.split('|') {
            assert_eq!(firm.sign(name), Sign::Firm, "{name}");
        }
        let people = "Nguyễn Sa|Jan Spa|Ola As|Kim Ag|Le Co|Anna Sas|NGUYỄN SA|OLA AS|JAN SPA|\
            Anna Becker|Becker, Anna|Maria von Trapp|anna becker|Ludwig van Beethoven|Dr. Anna Becker";
        for name in people.split('|') {
            assert_eq!(firm.sign(name), Sign::Person, "{name}");
        }
        for name in ["Anna & Jan Becker", "Klein", "Mr & Mrs Smith"] {
            assert_eq!(firm.sign(name), Sign::Either, "{name}");
        }
        assert_eq!(firm.sign("Smith & Wesson"), Sign::Firm);
    }

    #[test]
    fn names_that_a_word_for_and_joins_are_those_of_several_firms_by_their_forms() {
        let firm = FirmWords::new(&Words::default());
        for (text, names) in [
            ("Acme GmbH & Nord AG", "Acme GmbH | Nord AG"),
            ("Acme GmbH und Nord", "Acme GmbH | Nord"),
            ("Acme Sp. z o.o. i Nord S.A.", "Acme Sp. z o.o. | Nord S.A."),
            (
                "Acme SARL et Nord SA & Ost AG",
                "Acme SARL | Nord SA | Ost AG",
            ),
            ("Acme GmbH & Co. KG", ""),
            ("Acme & Nord AG", ""),
        ] {
            let joined: Vec<&str> = firm.joined(text).into_iter().map(str::trim).collect();
            assert_eq!(joined.join(" | "), names, "{text}");
        }
    }
}
