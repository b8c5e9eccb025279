//! The statements that reasons cite: what they say, and which document each is from.
//!
//! Owns how that document is named: after the beginning of the statement's id.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::check::Language;
use crate::rulebook::{Rulebook, Statement};

use super::view::Section;

/// The statements that the reasons of these sections cite, each once, in order of first
/// mention.
pub(super) fn cited<'r>(rulebook: &'r Rulebook, sections: &[Section<'_>]) -> Vec<&'r Statement> {
    let by_id = rulebook.statements.iter().map(|one| (&*one.id, one));
    let mut by_id: BTreeMap<&str, &Statement> = by_id.collect();
    let reasons = sections.iter().flat_map(|section| &section.reasons);
    let cited = reasons.flat_map(|row| row.sources);
    cited.filter_map(|id| by_id.remove(&**id)).collect()
}

/// The document that a statement is from: `Vietnamese document` for the built-in
/// statement `vi.contract`, `firm` for another rulebook's `firm.mandate`. Empty if the id
/// names none.
pub(super) fn document(of: &Statement) -> String {
    static BUILT_IN: LazyLock<Vec<Statement>> = LazyLock::new(|| {
        let documents = Rulebook::documents();
        documents.map_or_else(|_| Vec::new(), |rulebook| rulebook.statements)
    });
    let Some((document, _)) = of.id.split_once('.') else {
        return String::new();
    };
    let is_built_in = BUILT_IN
        .iter()
        .any(|one| one.id == of.id && one.says == of.says);
    match Language::from_code(document).filter(|_| is_built_in) {
        Some(language) => format!("{language} document"),
        None => document.to_owned(),
    }
}

/// Statements as a JSON object, by id.
pub(super) struct ById<'c>(pub(super) &'c [&'c Statement]);

impl Serialize for ById<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Cited<'c> {
            says: &'c str,
            document: String,
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for one in self.0 {
            let (says, document) = (one.says.as_str(), document(one));
            map.serialize_entry(&one.id, &Cited { says, document })?;
        }
        map.end()
    }
}
