//! The opening tag of an element: its name and its attributes.
//!
//! Owns how names and values are read, that no attribute that is read is there twice, and
//! which namespaces a tag declares.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;

use super::fault::{Checked, Fault};
use super::namespaces::{Namespaces, Space};
use super::xml::malformed;
use crate::text::quoted;

/// What the declaration of a namespace begins with. Few tags have one.
static DECLARATION: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("xmlns"));

/// The opening tag of an element.
pub(super) struct Tag<'x> {
    tag: BytesStart<'x>,
    namespaces: &'x Namespaces,
    /// How many elements are open, with this one.
    pub(super) depth: usize,
    /// The root has a namespace.
    is_strict: bool,
}

impl<'x> Tag<'x> {
    #[inline]
    pub(super) fn new(
        tag: BytesStart<'x>,
        depth: usize,
        namespaces: &'x Namespaces,
        is_strict: bool,
    ) -> Self {
        Tag {
            tag,
            namespaces,
            depth,
            is_strict,
        }
    }

    /// Its name, without a prefix.
    #[inline]
    pub(super) fn name(&self) -> &str {
        split(self.full_name()).1
    }

    /// Its name, with its prefix.
    #[inline]
    pub(super) fn full_name(&self) -> &str {
        self.tag.name().into_inner()
    }

    /// The value of the attribute of exactly this name.
    pub(super) fn value(&self, name: &str) -> Checked<Option<Cow<'_, str>>> {
        let [value] = self.values([name])?;
        Ok(value)
    }

    /// The values of the attributes of exactly these names.
    pub(super) fn values<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Checked<[Option<Cow<'_, str>>; N]> {
        self.find(|key| names.iter().position(|name| *name == key))
    }

    /// The relationship that it refers to.
    pub(super) fn reference(&self) -> Checked<Option<Cow<'_, str>>> {
        let [value] = self.find(|key| {
            let (prefix, name) = split(key);
            let space = self.namespaces.of_prefix(prefix?);
            let is_it = space == Some(Space::References) || !self.is_strict;
            (name == "id" && is_it).then_some(0)
        })?;
        Ok(value)
    }

    /// The values of the attributes with names that have a place here.
    fn find<const N: usize>(
        &self,
        place: impl Fn(&str) -> Option<usize>,
    ) -> Checked<[Option<Cow<'_, str>>; N]> {
        let mut found = [const { None }; N];
        // The parser would compare each name with each other.
        for attribute in self.tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(&error))?;
            let key = attribute.key.into_inner();
            let Some(place) = place(key) else { continue };
            let value = match attribute.value {
                Cow::Borrowed(value) => unescape(value),
                Cow::Owned(value) => unescape(&value).map(|v| v.into_owned().into()),
            };
            let value = value.map_err(|error| malformed(&error))?;
            if found[place].replace(value).is_some() {
                let (key, name) = (quoted(key), quoted(self.full_name()));
                let found = format!("an element {name} has two attributes {key}");
                return Err(Fault::Malformed(found));
            }
        }
        Ok(found)
    }
}

/// A name's prefix, if it has one, and the rest.
#[inline]
pub(super) fn split(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, name),
    }
}

/// True if a tag declares a namespace; it may be true of another one that names it.
#[inline]
pub(super) fn may_declare(tag: &BytesStart<'_>) -> bool {
    DECLARATION.find(tag.as_bytes()).is_some()
}

/// Takes up the namespaces that the tag of an element at this depth declares.
pub(super) fn declare(
    namespaces: &mut Namespaces,
    depth: usize,
    tag: &BytesStart<'_>,
) -> Checked<()> {
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(&error))?;
        let prefix = match split(attribute.key.into_inner()) {
            (None, "xmlns") => "",
            (Some("xmlns"), prefix) => prefix,
            _ => continue,
        };
        let address = unescape(&attribute.value).map_err(|error| malformed(&error))?;
        namespaces.declare(depth, prefix, address.trim_ascii())?;
    }
    Ok(())
}
