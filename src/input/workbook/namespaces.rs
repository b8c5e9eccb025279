//! Which elements of a part are those of its format: a name means nothing without its
//! namespace.
//!
//! Owns what the prefixes of the open elements stand for, and the namespaces that the
//! format has had. Knows nothing of what the elements hold.

use super::bounds;
use super::fault::{Checked, Fault};
use crate::text::quoted;

/// What the elements of a part are called.
#[derive(Clone, Copy)]
pub(super) struct Vocabulary {
    /// The element that is around all others.
    pub(super) root: &'static str,
    /// The namespaces of its elements: each program writes one of them.
    pub(super) namespaces: &'static [&'static str],
    /// The elements that are read. They are refused where they would be overlooked.
    pub(super) read: &'static [&'static str],
}

/// The namespaces of workbooks, in the transitional and in the strict form of the format.
pub(super) const MAIN: &[&str] = &[
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
];
/// The namespaces of the attributes that refer to relationships.
const REFERENCES: [&str; 2] = [
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
];

/// What a prefix stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The part's own namespace.
    Own,
    /// The one of attributes that refer to relationships.
    References,
    Other,
    /// None at all: no default namespace is declared.
    Nothing,
}

/// The namespaces that the open elements declare.
pub(super) struct Namespaces {
    own: &'static [&'static str],
    /// The innermost are the last.
    declared: Vec<Declared>,
    /// That of names without a prefix.
    default: Space,
}

struct Declared {
    /// How deep the element is that declares it.
    depth: usize,
    /// Empty for the default namespace.
    prefix: Box<str>,
    space: Space,
}

impl Namespaces {
    pub(super) fn of(vocabulary: &Vocabulary) -> Self {
        Namespaces {
            own: vocabulary.namespaces,
            declared: Vec::new(),
            default: Space::Nothing,
        }
    }

    /// Takes up a declaration of the element at this depth: an empty prefix is that of
    /// the default namespace, an empty address takes it back.
    pub(super) fn declare(&mut self, depth: usize, prefix: &str, address: &str) -> Checked<()> {
        let before = self.declared.iter().rev();
        let mut of_element = before.take_while(|one| one.depth == depth);
        if of_element.any(|one| &*one.prefix == prefix) {
            let found = format!("the prefix {} is declared twice", quoted(prefix));
            return Err(Fault::Malformed(found));
        }
        if self.declared.len() == bounds::NAMESPACES || prefix.len() > bounds::PREFIX {
            let (most, length) = (bounds::NAMESPACES, bounds::PREFIX);
            return Err(Fault::Beyond(
                format!("more than {most} namespaces are declared, or one with a long prefix"),
                format!("at most {most} namespaces, with prefixes of at most {length} bytes"),
            ));
        }
        let space = match address {
            "" => Space::Nothing,
            _ if self.own.contains(&address) => Space::Own,
            _ if REFERENCES.contains(&address) => Space::References,
            _ => Space::Other,
        };
        self.declared.push(Declared {
            depth,
            prefix: prefix.into(),
            space,
        });
        self.default = self.last("").unwrap_or(Space::Nothing);
        Ok(())
    }

    /// Forgets what the elements from this depth on declare, which are over.
    #[inline]
    pub(super) fn close(&mut self, depth: usize) {
        if self.declared.last().is_some_and(|one| one.depth >= depth) {
            let open = self.declared.partition_point(|one| one.depth < depth);
            self.declared.truncate(open);
            self.default = self.last("").unwrap_or(Space::Nothing);
        }
    }

    /// The namespace of an element with this prefix, or with none.
    #[inline]
    pub(super) fn of_element(&self, prefix: Option<&str>) -> Checked<Space> {
        match prefix {
            None => Ok(self.default),
            Some(prefix) => self.of_prefix(prefix).ok_or_else(|| {
                let found = format!("the prefix {} is not declared", quoted(prefix));
                Fault::Malformed(found)
            }),
        }
    }

    /// The namespace that a prefix stands for, if it is declared.
    pub(super) fn of_prefix(&self, prefix: &str) -> Option<Space> {
        match prefix {
            "xml" => Some(Space::Other),
            _ => self.last(prefix).filter(|space| *space != Space::Nothing),
        }
    }

    fn last(&self, prefix: &str) -> Option<Space> {
        let mut declared = self.declared.iter().rev();
        let last = declared.find(|one| &*one.prefix == prefix);
        last.map(|one| one.space)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_stands_for_what_the_innermost_open_element_declares() {
        let mut all = Namespaces::of(&Vocabulary {
            root: "a",
            namespaces: MAIN,
            read: &[],
        });
        let prefixed = |all: &Namespaces| all.of_element(Some("x"));
        assert_eq!(all.of_element(None), Ok(Space::Nothing));
        assert!(prefixed(&all).is_err());
        all.declare(1, "", MAIN[1]).unwrap();
        all.declare(1, "x", "urn:other").unwrap();
        all.declare(2, "x", MAIN[0]).unwrap();
        all.declare(3, "", "").unwrap();
        all.declare(3, "x", REFERENCES[0]).unwrap();
        assert_eq!(all.of_element(None), Ok(Space::Nothing));
        assert_eq!(prefixed(&all), Ok(Space::References));
        all.close(3);
        assert_eq!(all.of_element(None), Ok(Space::Own));
        assert_eq!(prefixed(&all), Ok(Space::Own));
        all.close(2);
        assert_eq!(prefixed(&all), Ok(Space::Other));
        all.close(1);
        assert_eq!(all.of_element(None), Ok(Space::Nothing));
    }

    #[test]
    fn neither_many_namespaces_nor_long_prefixes_nor_two_of_one_name_are_held() {
        let mut all = Namespaces::of(&Vocabulary {
            root: "a",
            namespaces: MAIN,
            read: &[],
        });
        let long = "x".repeat(bounds::PREFIX + 1);
        assert!(matches!(all.declare(1, &long, "a"), Err(Fault::Beyond(..))));
        for number in 0..bounds::NAMESPACES {
            all.declare(1, &number.to_string(), "a").unwrap();
        }
        assert!(matches!(all.declare(1, "0", "b"), Err(Fault::Malformed(_))));
        assert!(matches!(all.declare(2, "x", "a"), Err(Fault::Beyond(..))));
    }
}
