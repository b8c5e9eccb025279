//! Records with the same columns, judged one after the other.
//!
//! Owns which column of such a record fills which slot.

use std::borrow::Cow;

use super::{Engine, Judgement};
use crate::columns::Feed;
use crate::engine::evaluate::Keep;
use crate::error::Result;
use crate::run::judging::Judging;
use crate::run::memo::{Digest, Known, Memo};
use crate::value::Value;

/// An engine bound to the columns of records.
///
/// ```
/// let engine = clientype::Engine::builder().build()?;
/// let mut binding = engine.bind(&["id", "Vertrag", "Laufzeit"])?;
/// for (record, label) in [(["1", "ja", "3 Jahre"], "Client"), (["2", "nein", ""], "Customer")] {
///     assert_eq!(binding.judge(&record).label("relationship"), Some(label));
/// }
/// # Ok::<(), clientype::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Binding<'e> {
    judging: Judging<'e>,
    /// By slot.
    values: Vec<Value>,
    /// The columns that are read, by their places, and the values of their texts.
    feeds: Vec<(usize, Feed, Memo)>,
    columns: Vec<(String, String)>,
    off: Vec<usize>,
    key: String,
}

impl<'e> Binding<'e> {
    pub(super) fn new<S: AsRef<str>, V: AsRef<str>>(
        engine: &'e Engine,
        headers: &[S],
        sample: &[Vec<V>],
    ) -> Result<Self> {
        let columns = engine.columns()?;
        let text = |record: &Vec<V>, column: usize| {
            let text = record.get(column).map_or("", AsRef::as_ref);
            crate::format::sampled(text)
        };
        let values: Vec<Vec<String>> = (0..headers.len())
            .map(|column| sample.iter().map(|record| text(record, column)).collect())
            .collect();
        let mapping = columns.settle(headers, &values, true)?;
        if mapping.is_empty() {
            return Err(columns.nothing_fed(headers, &mapping));
        }
        let feeds = mapping.feeds.iter().enumerate();
        let feeds = feeds.flat_map(|(column, feeds)| {
            let feeds = feeds.iter();
            feeds.map(move |feed| (column, *feed, Memo::default()))
        });
        let feeds: Vec<(usize, Feed, Memo)> = feeds.collect();
        let criteria = &engine.rulebook().criteria;
        let named = feeds.iter().map(|(column, feed, _)| {
            let criterion = criteria[feed.criterion].name.clone();
            (criterion, headers[*column].as_ref().to_owned())
        });
        let judging = Judging::new(&engine.rules, &columns, &mapping, Keep::Evidence);
        Ok(Binding {
            values: vec![Value::Missing; judging.slots()],
            judging,
            columns: named.collect(),
            off: columns.switched_off(),
            feeds,
            key: String::new(),
        })
    }

    /// The criteria that are read, each with the name of its column.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let columns = self.columns.iter();
        columns.map(|(criterion, column)| (criterion.as_str(), column.as_str()))
    }

    /// Judges a record with these texts, in the order of the headers. Missing texts at
    /// the end count as empty, and further ones are ignored. Texts that occurred before
    /// need no allocation.
    pub fn judge<S: AsRef<str>>(&mut self, record: &[S]) -> Judgement<'_> {
        self.values.fill(Value::Missing);
        self.judging.abandon();
        for (column, feed, memo) in &mut self.feeds {
            let Some(text) = record.get(*column).map(AsRef::as_ref) else {
                continue;
            };
            let digest = Digest::of(text.as_bytes(), 0..text.len());
            let known = digest.as_ref().and_then(|digest| memo.recall(digest));
            if let Some(Known {
                value, is_plain, ..
            }) = known
            {
                self.values[feed.slot.index()] = value;
                if !is_plain {
                    self.judging.set_silent(feed.slot);
                }
                continue;
            }
            let (values, key) = (&mut self.values, &mut self.key);
            let (value, is_silent) = self.judging.read(values, feed, text, key);
            if let Some(digest) = digest {
                let known = Known {
                    value,
                    counted: 0,
                    is_plain: !is_silent,
                };
                memo.remember(digest, known);
            }
        }
        // Dates that contradict each other give no length.
        self.judging.settle(&mut self.values, &mut ());
        self.judging.evaluate(&self.values);
        let rules = self.judging.rules;
        let criteria = rules.rulebook().criteria.len();
        Judgement {
            rules,
            evaluation: Cow::Borrowed(&self.judging.evaluation),
            values: Cow::Borrowed(&self.values[..criteria]),
            off: Cow::Borrowed(&self.off),
        }
    }
}
