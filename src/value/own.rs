//! Our own organization's names and mail domains.
//!
//! Owns the comparison of a buyer's organization and address with ours.
//! `notacme.example` is not `acme.example`, and a name has to match as a whole; case,
//! accents, punctuation and legal forms are ignored.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use unicode_normalization::UnicodeNormalization;

use crate::lexicon::normalize::{header_key, spellings};
use crate::value::Words;

/// Our own organization's names and mail domains, as the user gave them.
#[derive(Debug, Clone, Default)]
pub struct Own {
    names: Vec<String>,
    domains: Vec<String>,
}

impl Own {
    /// Takes a text as a domain if it looks like one (`acme.example`, `@acme.example`,
    /// `info@acme.example`), else as a name.
    ///
    /// A domain is not taken as a name too: that would make every other organization's
    /// name differ from ours.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(texts: I) -> Self {
        let mut own = Own::default();
        for text in texts {
            let text = text.as_ref().trim();
            let domain = text.rsplit('@').next().unwrap_or(text);
            if let Some(domain) = domain_key(domain) {
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

/// The tables for comparing organizations and addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnTables {
    names: FxHashSet<String>,
    /// The first letters of our names, and of the legal forms that may precede them: a
    /// name that begins with another letter is not ours.
    initials: FxHashSet<char>,
    domains: Vec<String>,
    legal_forms: FxHashSet<String>,
    free_mail: FxHashSet<Cow<'static, [u8]>>,
}

/// The owner of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Domain {
    Own,
    Other,
    FreeMail,
}

/// A legal form has at most this many words: `sp. z o. o.`.
const LONGEST_FORM: usize = 5;

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
        for form in words.legal_forms() {
            spellings(form, |form| {
                tables.legal_forms.insert(header_key(form));
            });
        }
        let names = own.names.iter().chain(&own.domains);
        let composed = names.map(|name| name.nfc().collect::<String>());
        for name in composed {
            spellings(&name, |spelling| {
                let key = tables.name_key(spelling);
                tables.initials.extend(key.chars().next());
                tables.names.insert(key);
            });
        }
        let forms: Vec<char> = tables
            .legal_forms
            .iter()
            .filter_map(|form| form.chars().next())
            .collect();
        tables.initials.extend(forms);
        tables
    }

    /// Whether `text` names our own organization; `None` if it names no organization.
    pub(crate) fn is_own_organization(&self, text: &str) -> Option<bool> {
        let initial = text.chars().find(|c| c.is_alphanumeric())?;
        if !initial.to_lowercase().any(|c| self.initials.contains(&c)) && initial.is_ascii() {
            return Some(false);
        }
        let name = self.name_key(text);
        let is_own = self.names.contains(&name);
        // `GmbH` is not a name.
        (is_own || !self.legal_forms.contains(&name)).then_some(is_own)
    }

    /// The owner of the address `text`; `None` if it is not an address, or if it
    /// contains several that disagree.
    pub(crate) fn domain(&self, text: &str) -> Option<Domain> {
        if memchr::memchr3(b';', b',', b'<', text.as_bytes()).is_none() {
            return self.one_domain(text);
        }
        let mut whose = None;
        for address in text
            .split([';', ','])
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let address = match (address.find('<'), address.strip_suffix('>')) {
                (Some(open), Some(inner)) => inner.get(open + 1..)?,
                _ => address,
            };
            let this = self.one_domain(address)?;
            if whose.is_some_and(|other| other != this) {
                return None;
            }
            whose = Some(this);
        }
        whose
    }

    fn one_domain(&self, address: &str) -> Option<Domain> {
        let address = address.trim().as_bytes();
        let at = memchr::memchr(b'@', address)?;
        let (user, domain) = (&address[..at], &address[at + 1..]);
        let domain = domain.strip_suffix(b".").unwrap_or(domain);
        if user.is_empty() || user.iter().any(u8::is_ascii_whitespace) || !is_domain(domain) {
            return None;
        }
        let mut lower = [0; LONGEST_DOMAIN];
        let lower = lower.get_mut(..domain.len())?;
        lower.copy_from_slice(domain);
        lower.make_ascii_lowercase();
        let is_ours = |own: &String| {
            lower
                .strip_suffix(own.as_bytes())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
        };
        Some(if self.domains.iter().any(is_ours) {
            Domain::Own
        } else if self.free_mail.contains(&*lower) {
            Domain::FreeMail
        } else {
            Domain::Other
        })
    }

    /// A name without case, punctuation and legal forms.
    ///
    /// One-word forms are removed at the end; longer ones (`công ty tnhh`) at the front
    /// too, so that `AG Insurance` keeps its name.
    fn name_key(&self, name: &str) -> String {
        let words: Vec<String> = name
            .replace('.', "")
            .split(|c: char| !c.is_alphanumeric())
            .map(header_key)
            .filter(|word| !word.is_empty())
            .collect();
        let mut rest = &words[..];
        'forms: loop {
            for n in (1..=LONGEST_FORM.min(rest.len().saturating_sub(1))).rev() {
                let (head, tail) = rest.split_at(rest.len() - n);
                if self.legal_forms.contains(&tail.concat()) {
                    rest = head;
                    continue 'forms;
                }
                let (head, tail) = rest.split_at(n);
                if n > 1 && self.legal_forms.contains(&head.concat()) {
                    rest = tail;
                    continue 'forms;
                }
            }
            return rest.concat();
        }
    }
}

/// The greatest length of a domain, in bytes.
const LONGEST_DOMAIN: usize = 255;

/// A domain in lower case, without a trailing dot; `None` if it is not a domain.
pub(crate) fn domain_key(domain: &str) -> Option<String> {
    let domain = domain.trim();
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    is_domain(domain.as_bytes()).then(|| domain.to_ascii_lowercase())
}

/// True for labels of letters, digits and hyphens separated by dots.
fn is_domain(domain: &[u8]) -> bool {
    let (mut dots, mut after_dot) = (0, true);
    for &byte in domain {
        let is_dot = byte == b'.';
        if is_dot && after_dot || !is_dot && !IN_LABEL[usize::from(byte)] {
            return false;
        }
        dots += usize::from(is_dot);
        after_dot = is_dot;
    }
    dots > 0 && !after_dot && domain.len() <= LONGEST_DOMAIN
}

/// The bytes of a label: letters of any script, digits, `-` and `_`.
const IN_LABEL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric() || c == b'-' || c == b'_' || !c.is_ascii();
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(own: &[&str]) -> OwnTables {
        OwnTables::new(&Own::new(own), &Words::default())
    }

    #[test]
    fn names_are_compared_without_case_punctuation_and_legal_form() {
        let acme = tables(&["Acme"]);
        let ours = "Acme|ACME GmbH|acme, Ltd.|Acme G.m.b.H.|Acme sp. z o.o.|CÔNG TY TNHH ACME|\
            Acme GmbH & Co. KG";
        for name in ours.split('|') {
            assert_eq!(acme.is_own_organization(name), Some(true), "{name:?}");
        }
        for name in "Acme Bakery|NotAcme|Globex|AG Acme|Acme Inc Holding".split('|') {
            assert_eq!(acme.is_own_organization(name), Some(false), "{name:?}");
        }
        assert_eq!(acme.is_own_organization(" - "), None);
        for (own, name) in [("Acme GmbH", "Acme"), ("AG", "AG")] {
            assert_eq!(
                tables(&[own]).is_own_organization(name),
                Some(true),
                "{own}"
            );
        }
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
            ("nobody", None),
            ("@acme.example", None),
            ("a@b", None),
        ] {
            assert_eq!(tables.domain(address), whose, "{address:?}");
        }
    }

    #[test]
    fn a_domain_is_taken_from_any_form_of_it() {
        for own in ["acme.example", "@acme.example", "info@acme.example"] {
            assert!(Own::new([own]).has_domains(), "{own}");
            assert!(!Own::new([own]).has_names(), "{own}");
        }
        assert!(!Own::new(["Acme GmbH"]).has_domains());
    }
}
