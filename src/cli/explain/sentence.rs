//! A sentence, of which some pieces are what a record says or calls its columns.
//!
//! Owns that these pieces stay apart, so that each form can show them as text and
//! nothing else.

use serde::{Serialize, Serializer};

use crate::text::quoted;

/// Pieces in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sentence(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Our own words.
    Ours(String),
    /// A text of the record.
    Theirs(String),
}

impl Sentence {
    pub(super) fn of(ours: impl Into<String>) -> Self {
        Sentence::default().ours(ours)
    }

    /// With words of ours behind.
    pub(super) fn ours(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Ours(text.into()));
        self
    }

    /// With a text of the record behind.
    pub(super) fn theirs(mut self, text: &str) -> Self {
        self.0.push(Piece::Theirs(text.to_owned()));
        self
    }

    /// With another sentence behind.
    pub(super) fn then(mut self, other: Sentence) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The sentences that there are, with `between` between them.
    pub(super) fn joined(all: impl IntoIterator<Item = Sentence>, between: &str) -> Self {
        let mut joined = Sentence::default();
        for (place, sentence) in all.into_iter().enumerate() {
            if place > 0 {
                joined = joined.ours(between);
            }
            joined = joined.then(sentence);
        }
        joined
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True where a program gets nothing of it.
    pub(super) fn is_blank(&self) -> bool {
        self.remark().is_empty()
    }

    /// As words of its own: without what joins it to those before it.
    fn remark(&self) -> String {
        let text = self.text();
        let text = text.trim_start_matches([' ', ',']);
        let inner = text
            .strip_prefix('(')
            .and_then(|text| text.strip_suffix(')'));
        inner.unwrap_or(text).to_owned()
    }

    /// As text, with what a record says in quotes.
    pub(super) fn text(&self) -> String {
        self.shown(str::to_owned, quoted)
    }

    /// With each piece shown in its way.
    pub(super) fn shown(
        &self,
        ours: impl Fn(&str) -> String,
        theirs: impl Fn(&str) -> String,
    ) -> String {
        let pieces = self.0.iter().map(|piece| match piece {
            Piece::Ours(text) => ours(text),
            Piece::Theirs(text) => theirs(text),
        });
        pieces.collect()
    }
}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.remark())
    }
}
