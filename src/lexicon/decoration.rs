//! Suffixes that programs add to the names of fields.
//!
//! Owns the suffixes that CRMs and OData append to a field's own name. The meaning of
//! the name itself is found elsewhere.

use std::borrow::Cow;

use super::normalize::visible;

/// The suffix of a field with the words for another field's codes, as OData writes it.
const WORDS_OF_CODES: &str = "@OData.Community.Display.V1.FormattedValue";

/// The suffixes of fields that users have added in a CRM.
const ADDED_BY_USERS: [&str; 4] = ["__pc", "__c", "__C", "_c"];

/// The name of a field without a program's suffix. A trailing `#` becomes the word
/// "number".
pub(crate) fn undecorated(name: &str) -> Cow<'_, str> {
    match visible(name) {
        Cow::Borrowed(name) => plain(name),
        Cow::Owned(name) => Cow::Owned(plain(&name).into_owned()),
    }
}

fn plain(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    if let Some(of) = name.strip_suffix('#') {
        return Cow::Owned(format!("{of} number"));
    }
    let mut suffixes = [WORDS_OF_CODES].into_iter().chain(ADDED_BY_USERS);
    let plain = suffixes.find_map(|suffix| {
        let plain = name.strip_suffix(suffix)?;
        (!plain.is_empty()).then_some(plain)
    });
    Cow::Borrowed(plain.unwrap_or(name))
}

/// The field whose codes the field `name` has as words.
pub(crate) fn coded_field(name: &str) -> Option<&str> {
    name.strip_suffix(WORDS_OF_CODES)
}
