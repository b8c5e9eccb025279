//! Our own organization's names and mail domains.
//!
//! Owns the comparison of a buyer's organization and address with ours.
//! `notacme.example` is not `acme.example`, and a name has to match as a whole. If a
//! text has several names or addresses, all of them have to agree.

use std::borrow::Cow;

use memchr::memmem::Finder;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::lexicon::normalize::{header_key, visible};
use crate::value::Words;
use crate::value::domains::{
    LONGEST_DOMAIN, domain_key, domain_of, each_address, is_domain, is_list, is_plain,
};
use crate::value::entities;
use crate::value::firm::{FirmWords, JOINT, Sign};

/// Our own organization's names and mail domains, as the user gave them.
#[derive(Debug, Clone, Default)]
pub struct Own {
    names: Vec<String>,
    domains: Vec<String>,
}

impl Own {
    /// Takes a text as a domain if it looks like one (`acme.example`, `@acme.example`,
    /// `info@acme.example`, `https://www.acme.example/about`), else as a name.
    ///
    /// A domain is not taken as a name too: that would make every other organization's
    /// name differ from ours.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(texts: I) -> Self {
        let mut own = Own::default();
        for text in texts {
            let text = entities::decoded(visible(text.as_ref()));
            let text = text.trim();
            // `*.acme.example`: a domain of ours stands for those below it anyway.
            let text = text.strip_prefix("*.").unwrap_or(text);
            if let Some(domain) = domain_of(text) {
                own.domains.push(domain);
            } else if !header_key(text).is_empty() {
                own.names.push(text.to_owned());
            }
        }
        own
    }

    /// Our names.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Our mail domains.
    pub(crate) fn domains(&self) -> &[String] {
        &self.domains
    }

    /// True if organizations can be compared.
    pub fn has_names(&self) -> bool {
        !self.names.is_empty()
    }

    /// True if addresses can be compared.
    pub fn has_domains(&self) -> bool {
        !self.domains.is_empty()
    }
}

/// The tables for comparing organizations and addresses. What the user and the vocabulary
/// state is in them; data are only looked up, so that a quick hash without a random seed
/// is safe.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnTables {
    names: FxHashSet<String>,
    /// The signs between the parts of a list that our names have as well.
    separators: String,
    /// Names from which a word was taken that may be a legal form or a part of the name,
    /// such as `AG Insurance`: what remains, and that word.
    shortened: FxHashMap<String, String>,
    /// A text of ASCII letters that has none of these is not ours.
    marks: Vec<Finder<'static>>,
    /// The marks of legal forms, which are not names.
    form_marks: FxHashSet<Vec<u8>>,
    firm: FirmWords,
    domains: Vec<String>,
    free_mail: FxHashSet<Cow<'static, [u8]>>,
}

/// The owner of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    Own,
    Other,
    FreeMail,
}

/// Whose name a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours,
    Others,
    /// Ours, or that of another.
    Unclear,
    /// It is not a name.
    Nobodys,
}

impl OwnTables {
    pub(crate) fn new(own: &Own, words: &Words) -> Self {
        let mut tables = OwnTables {
            domains: own.domains.clone(),
            ..OwnTables::default()
        };
        if own.has_domains() {
            tables.free_mail = words.free_mail().collect();
        }
        if !own.has_names() {
            return tables;
        }
        tables.firm = FirmWords::new(words);
        for name in own.names.iter().chain(&own.domains) {
            tables.add_name(name);
        }
        for domain in &own.domains {
            let label = domain.split('.').next().unwrap_or(domain);
            tables
                .marks
                .push(Finder::new(&mark(label.as_bytes())).into_owned());
        }
        let forms = tables.firm.forms().map(|form| mark(form.as_bytes()));
        tables.form_marks = forms.collect();
        tables
    }

    fn add_name(&mut self, name: &str) {
        let is_separator = |c: &char| SEPARATORS.iter().any(|some| some.contains(c));
        self.separators.extend(name.chars().filter(is_separator));
        let core = self.firm.core(name);
        let longest = core.words.iter().max_by_key(|word| word.len());
        let longest = longest.map(|word| mark(word.as_bytes()));
        self.marks
            .extend(longest.map(|mark| Finder::new(&mark).into_owned()));
        let key = core.key();
        match (core.short_front(), core.doubtful()) {
            (Some(form), _) => {
                self.names.insert(format!("{form}{key}"));
                self.shortened.insert(key, form.to_owned());
            }
            (_, Some(form)) => {
                self.names.insert(format!("{key}{form}"));
                self.shortened.insert(key, form.to_owned());
            }
            _ => {
                self.names.insert(key);
            }
        }
    }

    /// Whether `text` names our own organization; `None` if it names no organization, or
    /// ours and another one.
    pub(crate) fn is_own_organization(&self, text: &str) -> Option<bool> {
        if self.is_clearly_anothers(text.as_bytes()) {
            return Some(false);
        }
        match self.whose(text, 0) {
            Whose::Ours => Some(true),
            Whose::Others => Some(false),
            Whose::Unclear | Whose::Nobodys => None,
        }
    }

    /// True for most names, without copying them.
    fn is_clearly_anothers(&self, text: &[u8]) -> bool {
        let mut marks = [0; LONGEST_MARK];
        if text.len() > LONGEST_MARK
            || !text.is_ascii()
            || !text.iter().any(u8::is_ascii_alphabetic)
            || self.domains.is_empty() && text.contains(&b'.') && !text.contains(&b' ')
        {
            return false;
        }
        let mut length = 0;
        each_of_mark(text, |byte| {
            marks[length] = byte;
            length += 1;
        });
        let marks = &marks[..length];
        let mut ours = self.marks.iter();
        ours.all(|mark| mark.find(marks).is_none()) && !self.form_marks.contains(marks)
    }

    /// True if a text that names another organization may name a person as well.
    pub(crate) fn may_be_person(&self, text: &str) -> bool {
        matches!(self.firm.sign(text), Sign::Person)
            || self.firm.sign(text) == Sign::Either && text.contains(['&', '+'])
    }

    /// Whose name `text` is as a whole, or else whose names its parts are.
    fn whose(&self, text: &str, level: usize) -> Whose {
        let whole = self.whose_whole(text);
        let is_listed = whole == Whose::Ours && self.is_listed(text);
        if whole != Whose::Others && !is_listed {
            return whole;
        }
        for (next, separators) in SEPARATORS.iter().enumerate().skip(level) {
            let parts = text.split(*separators).flat_map(|part| match next {
                2 => part
                    .split(" - ")
                    .flat_map(|part| part.split(" \u{2013} "))
                    .collect(),
                _ => vec![part],
            });
            let parts: Vec<&str> = parts.filter(|part| !part.trim().is_empty()).collect();
            if parts.len() > 1 {
                return match self.whose_all(&parts, next + 1) {
                    // The parts of our name, as if they were several.
                    Whose::Others if is_listed => Whose::Unclear,
                    whose => whose,
                };
            }
        }
        match &self.firm.joined(text)[..] {
            [] => whole,
            names => self.whose_all(names, SEPARATORS.len()),
        }
    }

    /// Whose names `parts` are, if they agree.
    fn whose_all(&self, parts: &[&str], level: usize) -> Whose {
        let mut all = None;
        let mut is_named_like_us = false;
        for part in parts {
            if self.is_named_like_us(part) {
                is_named_like_us = true;
                continue;
            }
            let whose = self.whose(part, level);
            all = match (all, whose) {
                (all, Whose::Nobodys) => all,
                (None, whose) => Some(whose),
                (Some(all), whose) if all == whose => Some(all),
                _ => Some(Whose::Unclear),
            };
        }
        match all {
            Some(Whose::Ours) => Whose::Ours,
            _ if is_named_like_us => Whose::Unclear,
            all => all.unwrap_or(Whose::Nobodys),
        }
    }

    /// True for a domain such as `acme.example` where only the name `Acme` is known to be
    /// ours: it says nothing alone, and fits beside our name.
    fn is_named_like_us(&self, text: &str) -> bool {
        if !self.domains.is_empty() {
            return false;
        }
        let domain = domain_of(text.trim());
        let Some((label, end)) = domain.as_deref().and_then(|domain| domain.split_once('.')) else {
            return false;
        };
        let key = self.firm.core(&label.replace('-', " ")).key();
        !end.contains('.') && self.names.contains(&key)
    }

    /// True if a sign between the words of a name separates several: `Nord; Süd`. A sign
    /// that our own names have does not, and neither does one before a legal form.
    fn is_listed(&self, text: &str) -> bool {
        if domain_of(text).is_some() {
            return false;
        }
        let words = self.firm.core(text).words.len();
        let mut signs = text.char_indices();
        signs.any(|(at, sign)| {
            SEPARATORS.iter().any(|some| some.contains(&sign))
                && !self.separators.contains(sign)
                && (1..words).contains(&self.firm.core(&text[..at]).words.len())
        })
    }

    fn whose_whole(&self, text: &str) -> Whose {
        let text = text.trim();
        if text.contains('.')
            && let Some(domain) = domain_of(text)
        {
            if self.is_ours(domain.as_bytes()) {
                return Whose::Ours;
            }
            // Whose it is does not show where only names of ours are known.
            if self.domains.is_empty() && !self.names.contains(&self.firm.core(text).key()) {
                return Whose::Unclear;
            }
        }
        let core = self.firm.core(text);
        let key = core.key();
        let whole = match (core.short_front(), core.doubtful()) {
            (Some(form), _) => self.names.contains(&format!("{form}{key}")),
            (_, Some(form)) => self.names.contains(&format!("{key}{form}")),
            _ => false,
        };
        let is_shortened = self.shortened.get(&key);
        if whole {
            Whose::Ours
        } else if self.names.contains(&key) {
            match core.doubtful() {
                Some(_) => Whose::Unclear,
                None => Whose::Ours,
            }
        } else if let Some(form) = is_shortened {
            match core.has_form(form) {
                true => Whose::Ours,
                false => Whose::Unclear,
            }
        } else if self.firm.is_form(&key) || !key.contains(char::is_alphabetic) {
            // `GmbH` is not a name, and `4711` is rather a number.
            Whose::Nobodys
        } else if self.is_almost_ours(&key) {
            Whose::Unclear
        } else {
            Whose::Others
        }
    }

    /// True for a key that only a missing space or sign keeps from being ours: that of
    /// `AcmeGmbH`, or of `HM` for `H&M`.
    fn is_almost_ours(&self, key: &str) -> bool {
        let without = |name: &str| name.replace(JOINT, "");
        self.names.iter().any(|name| {
            let ends = key.strip_prefix(name.as_str());
            let begins = key.strip_suffix(name.as_str());
            let mut rest = ends.into_iter().chain(begins);
            rest.any(|rest| self.firm.is_form(rest))
                || (name.contains(JOINT) || key.contains(JOINT)) && without(name) == without(key)
        })
    }

    /// The owner of the address `text`; `None` if it is not an address, or if it
    /// contains several that disagree.
    pub(crate) fn domain(&self, text: &str) -> Option<Domain> {
        if !is_list(text) {
            return self.one_domain(text.trim());
        }
        let mut whose = None;
        each_address(text, |address| {
            let this = self.one_domain(address)?;
            let agrees = whose.is_none_or(|other| other == this);
            whose = Some(this);
            agrees.then_some(())
        })?;
        whose
    }

    fn one_domain(&self, address: &str) -> Option<Domain> {
        let (user, domain) = address.split_once(['@', '\u{ff20}'])?;
        if user.is_empty() || user.contains(char::is_whitespace) {
            return None;
        }
        if !is_plain(domain.as_bytes()) {
            return self.owner(domain_key(domain)?.as_bytes());
        }
        let domain = domain.strip_suffix('.').unwrap_or(domain).as_bytes();
        if !is_domain(domain) {
            return None;
        }
        let mut lower = [0; LONGEST_DOMAIN];
        let lower = lower.get_mut(..domain.len())?;
        lower.copy_from_slice(domain);
        lower.make_ascii_lowercase();
        self.owner(lower)
    }

    /// The owner of a domain, given as its key.
    fn owner(&self, domain: &[u8]) -> Option<Domain> {
        Some(if self.is_ours(domain) {
            Domain::Own
        } else if self.free_mail.contains(domain) {
            Domain::FreeMail
        } else {
            Domain::Other
        })
    }

    /// True for one of our domains, and for its subdomains.
    fn is_ours(&self, domain: &[u8]) -> bool {
        let is_ours = |own: &String| {
            domain
                .strip_suffix(own.as_bytes())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
        };
        self.domains.iter().any(is_ours)
    }
}

/// Between several names, then around what explains a name, then within what may be one
/// name or several. At the last level a dash between spaces separates too.
const SEPARATORS: [&[char]; 3] = [
    &[';', '|', '\n', '\r', '\t'],
    &['(', ')', '[', ']', '<', '>', '{', '}'],
    &[',', '/', ':'],
];

/// Longer names are taken apart at once.
const LONGEST_MARK: usize = 96;

/// The letters and digits of a name, without any `e` that may belong to an umlaut: what
/// all spellings of a word in ASCII have in common.
fn mark(name: &[u8]) -> Vec<u8> {
    let mut mark = Vec::with_capacity(name.len());
    each_of_mark(name, |byte| mark.push(byte));
    mark
}

/// Calls `each` with the bytes of a mark. Between words, an `e` stays.
fn each_of_mark(name: &[u8], mut each: impl FnMut(u8)) {
    let mut before = 0;
    for byte in name.iter().map(u8::to_ascii_lowercase) {
        if byte == b'.' {
            continue;
        }
        let is_letter = byte.is_ascii_alphanumeric();
        let may_be_umlaut = byte == b'e' && matches!(before, b'a' | b'o' | b'u');
        if is_letter && !may_be_umlaut {
            each(byte);
        }
        before = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(own: &[&str]) -> OwnTables {
        OwnTables::new(&Own::new(own), &Words::default())
    }

    /// Asserts whose name each text is, between `|`.
    fn assert_whose(own: &str, texts: &str, whose: Option<bool>) {
        let tables = tables(&[own]);
        for text in texts.split('|') {
            assert_eq!(
                tables.is_own_organization(text),
                whose,
                "{text:?} is {own:?}"
            );
        }
    }

    #[test]
    fn names_are_compared_without_case_punctuation_and_legal_form() {
        let ours = "Acme|ACME GmbH|acme, Ltd.|Acme G.m.b.H.|Acme sp. z o.o.|CÔNG TY TNHH ACME|\
            Acme GmbH & Co. KG|AG Acme|SARL Acme|Acme SAS|Acme B.V.|N.V. Acme|Acme SpA|\
            Acme S.r.l.|ACME AB|Acme A/S|Acme ApS|Oy Acme Ab|Acme Oyj|Acme s.r.o.|ACME, a.s.|\
            Acme d.o.o.|Acme Kft.|Acme Zrt.|Acme, S.L.|Acme Lda.|Acme Ltda.|EOOD Acme|OÜ Acme|\
            UAB \"Acme\"|SIA Acme|Acme Pty Ltd|Acme PLC|Acme LLP|Acme Pvt. Ltd.|Acme K.K.|\
            Acme JSC|CTCP Acme|Acme Sdn Bhd|PT Acme Tbk|Acme Nyrt.|Acme S.à r.l.";
        assert_whose("Acme", ours, Some(true));
        assert_whose(
            "Acme",
            "Acme Bakery|NotAcme|Globex|Acme Inc Holding|Globex AG|Acmeria|Nord e. K.",
            Some(false),
        );
        let ours = "ACME e. K.|Acme e.V.|Acme i.L.|Acme GmbH i. L.|Acme GmbH in Liquidation|\
            Acme sp. z o.o. w likwidacji|Acme GmbH i.G.|Firma Acme|Fa. Acme GmbH|Société Acme|\
            Sté Acme|Ets Acme|Établissements Acme|Spółka Acme|The Acme|Acme Joint Stock Company|\
            Công ty TNHH Một Thành Viên Acme|CÔNG TY TNHH 1 THÀNH VIÊN ACME|\
            Công ty TNHH Hai Thành Viên Acme|Acme Company Limited|\
            Công ty trách nhiệm hữu hạn một thành viên Acme|\
            Công ty Trách nhiệm hữu hạn Hai thành viên trở lên Acme";
        assert_whose("Acme", ours, Some(true));
        let unclear = "Acme Company|The Acme Company|Acme Company Inc.|AcmeGmbH|AcmeAG|\
            Acme GmbH & Nord AG|Nord AG und Acme SE|Acme Firma|acme.example|info@acme.example|\
            www.nord.example";
        assert_whose("Acme", unclear, None);
        assert_whose("Nord", "Acme GmbH & Ost AG|Acme GmbH & Co. KG", Some(false));
        assert_whose(
            "Acme Company",
            "Acme Company|The Acme Company Ltd",
            Some(true),
        );
        assert_whose(
            "Société Générale",
            "Societe Generale|SOCIÉTÉ GÉNÉRALE SA",
            Some(true),
        );
        assert_whose("Société Générale", "Generale", None);
        assert_whose("Acme", " - |GmbH|Acme Spa|4711|Ltd.", None);
        assert_whose("Acme GmbH", "Acme|SARL Acme", Some(true));
        assert_whose("SARL Acme", "Acme|Acme SAS", Some(true));
        assert_whose("AG", "AG", Some(true));
        // The form may be a part of the name.
        assert_whose(
            "AS Tallink",
            "AS Tallink|Tallink AS|Tallink a.s.",
            Some(true),
        );
        assert_whose("AS Tallink", "Tallink|Tallink Ltd", None);
        assert_whose("Limited Brands", "Brands|Brands Inc", Some(false));
        assert_whose("Acme Spa", "Acme Spa|ACME SpA", Some(true));
    }

    #[test]
    fn accents_and_words_for_and_do_not_distinguish_names() {
        for own in [
            "Müller Bau",
            "Muller Bau",
            "Mueller Bau",
            "MU\u{308}LLER-BAU GmbH",
        ] {
            let ours = "Müller Bau|Muller Bau|Mueller Bau AG|müller-bau|Mu\u{308}ller Bau";
            assert_whose(own, ours, Some(true));
            assert_whose(own, "Miller Bau|Möller Bau|Müllers Bau", Some(false));
        }
        for own in [
            "Weiß & Sohn",
            "Weiss und Sohn",
            "Weiss et Sohn",
            "Weiss i Sohn",
        ] {
            assert_whose(
                own,
                "Weiß & Sohn|Weiss y Sohn|Weiss và Sohn|Weiss oraz Sohn|WEISS + SOHN",
                Some(true),
            );
            assert_whose(own, "Weiß|Sohn und Weiß", Some(false));
        }
        assert_whose("Łódź Société", "Lodz Societe|Łódź Société SA", Some(true));
        assert_whose("Michael Bau", "Micha Bau", Some(false));
    }

    #[test]
    fn a_sign_between_single_letters_is_a_part_of_the_name() {
        assert_whose("H&M", "H&M|H & M AG|h+m|H und M GmbH|H&M Ltd", Some(true));
        assert_whose("H&M", "HM|HM AG|H M", None);
        assert_whose("S&P", "SP GmbH", None);
        assert_whose("HM", "H&M|H & M AG", None);
        assert_whose("S&P Global", "S&P Global Inc.|S & P Global", Some(true));
        assert_whose("H&M", "H|M|M&H|Hamm AG", Some(false));
    }

    #[test]
    fn a_list_is_not_the_name_that_joins_its_parts() {
        let listed = "Nord; Süd|Nord / Süd|Nord, Süd GmbH|Nord GmbH; Süd AG|Nord\nSüd";
        for text in listed.split('|') {
            let tables = tables(&["Nord und Süd GmbH"]);
            assert_ne!(tables.is_own_organization(text), Some(true), "{text}");
        }
        assert_whose(
            "Meier & Söhne",
            "Meier; Söhne|Meier / Söhne|Meier, Söhne",
            None,
        );
        assert_whose("Acme Nord", "Acme; Nord|Acme, Nord A/S", None);
        assert_whose(
            "Acme Nord",
            "Acme Nord, Inc.|Acme Nord A/S|Acme-Nord",
            Some(true),
        );
        assert_whose("Meier, Söhne & Co", "Meier, Söhne & Co.", Some(true));
    }

    #[test]
    fn several_names_have_to_agree() {
        let ours = "Acme; Acme GmbH|Acme (acme.example)|Acme (ACME GmbH)|Acme (4711)|Acme, Inc.|\
            https://www.acme.example/x|info@acme.example|Acme\nAcme Ltd|Acme / ACME SA";
        let tables = tables(&["Acme", "acme.example"]);
        let whose = |text: &str| tables.is_own_organization(&text.replace("\\n", "\n"));
        for text in ours.split('|') {
            assert_eq!(whose(text), Some(true), "{text}");
        }
        for text in [
            "Acme (Berlin)",
            "Acme; Globex",
            "Globex | Acme",
            "Acme / Globex",
            "Globex, Acme",
            "Acme - Einkauf",
            "Acme: Vertrieb",
            "Globex (Acme)",
            "Acme (globex.example)",
            "Acme GmbH, 10115 Berlin",
            "Otto; Emil; Acme",
        ] {
            assert_eq!(whose(text), None, "{text}");
        }
        for text in [
            "Globex; Initech",
            "Globex (Berlin)",
            "Acme & Globex",
            "acme.example.org",
        ] {
            assert_eq!(whose(text), Some(false), "{text}");
        }
        assert_whose("Emil", "Otto; Emil", None);
        // Our domains are not stated.
        assert_whose(
            "Acme",
            "Acme (acme.example)|Acme GmbH; www.acme.example",
            Some(true),
        );
        assert_whose(
            "Müller Bau",
            "Müller Bau GmbH <info@mueller-bau.example>",
            Some(true),
        );
        assert_whose(
            "Acme",
            "acme.example|Globex (acme.example)|Acme (globex.example)|\
             Acme (acme.globex.example)|Acme; Globex (acme.example)",
            None,
        );
        assert_whose(
            "Meier/Schmidt GmbH",
            "Meier / Schmidt|Meier/Schmidt; Meier Schmidt",
            Some(true),
        );
    }

    #[test]
    fn domains_match_whole_or_as_a_parent() {
        let tables = tables(&["acme.example", "Acme"]);
        for (address, whose) in [
            ("maria@acme.example", Some(Domain::Own)),
            ("ops@eu.ACME.example", Some(Domain::Own)),
            ("Maria Roe <maria@acme.example>", Some(Domain::Own)),
            ("x@notacme.example", Some(Domain::Other)),
            ("x@acme.example.org", Some(Domain::Other)),
            ("a@gmail.com", Some(Domain::FreeMail)),
            ("a@x.org; b@y.org", Some(Domain::Other)),
            ("a@x.org; b@acme.example", None),
            ("a@x.org b@y.org", Some(Domain::Other)),
            (
                "a@acme.example | mailto:b@acme.example\nC <c@acme.example>",
                Some(Domain::Own),
            ),
            ("Roe, Maria <maria@acme.example>", Some(Domain::Own)),
            ("a@gmail.com, b@acme.example", None),
            ("maria@acme.example and others", None),
            ("maria＠ＡＣＭＥ．example", Some(Domain::Own)),
            ("nobody", None),
            ("@acme.example", None),
            ("a@b", None),
        ] {
            assert_eq!(tables.domain(address), whose, "{address:?}");
        }
    }

    #[test]
    fn a_domain_is_taken_from_any_form_of_it() {
        for own in [
            "acme.example",
            "@acme.example",
            "info@acme.example",
            "https://www.acme.example/x",
            "www.acme.example",
            "mailto:info@acme.example",
            "*.acme.example",
            "*@acme.example",
        ] {
            assert!(Own::new([own]).has_domains(), "{own}");
            assert!(!Own::new([own]).has_names(), "{own}");
        }
        assert!(!Own::new(["Acme GmbH"]).has_domains());
        let umlaut = tables(&["müller.example"]);
        for text in [
            "a@xn--mller-kva.example",
            "a@MÜLLER.example",
            "a@mail.müller.example",
        ] {
            assert_eq!(umlaut.domain(text), Some(Domain::Own), "{text}");
        }
        let www = tables(&["www.acme.example"]);
        assert_eq!(www.domain("a@acme.example"), Some(Domain::Own));
    }
}
