//! The library as a service embeds it: an engine, one value per judgement, a binding for
//! records with the same headers, and a labeler for whole files.
//!
//! Owns the few calls that a service needs, in an order that cannot be got wrong. What
//! they do is done elsewhere; nothing here reads a text or adds up points.

mod binding;
mod judgement;
mod labeler;

use std::borrow::Cow;

use jiff::civil::Date;

use crate::columns::{Columns, Override};
use crate::engine::compile::{AsOf, Rules};
use crate::error::Result;
use crate::find::case_of;
use crate::rulebook::Rulebook;
use crate::run::Options;
use crate::value::{DateOrder, Own};

pub use self::binding::Binding;
pub use self::judgement::{Alternative, Explanation, Judgement, Reason, Verdict};
pub use self::labeler::Labeler;

/// A rulebook, our own names and the as-of day, ready to judge records.
///
/// Any number of threads can share it.
///
/// ```
/// use clientype::Engine;
///
/// let engine = Engine::builder()
///     .own(["Acme", "acme.example"])
///     .as_of(jiff::civil::date(2026, 1, 31))
///     .build()?;
/// let judgement = engine.judge([("Vertrag", "ja"), ("Kunde seit", "2019-05-01")])?;
/// assert_eq!(judgement.label("relationship"), Some("Client"));
/// // Nobody said whose organization it is.
/// assert_eq!(judgement.label("affiliation"), Some("Undetermined"));
/// # Ok::<(), clientype::Error>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: Rules,
    overrides: Vec<Override>,
    date_order: Option<DateOrder>,
}

/// States what an [`Engine`] goes by.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct EngineBuilder {
    own: Vec<String>,
    as_of: Option<Date>,
    rulebook: Option<Rulebook>,
    overrides: Vec<Override>,
    date_order: Option<DateOrder>,
}

impl EngineBuilder {
    /// Our own organization's names and mail domains, with which organizations and
    /// addresses are compared. Without any, these are not read.
    pub fn own<I: IntoIterator<Item = S>, S: Into<String>>(mut self, own: I) -> Self {
        self.own.extend(own.into_iter().map(Into::into));
        self
    }

    /// The day up to which open-ended durations are measured; today unless stated, which
    /// is asked for once, when a record needs it.
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// The rulebook; the built-in one unless stated.
    pub fn rulebook(mut self, rulebook: Rulebook) -> Self {
        self.rulebook = Some(rulebook);
        self
    }

    /// States the column of a criterion, whatever its name is. Of several columns for
    /// one criterion the first that says something counts.
    pub fn map(mut self, criterion: impl Into<String>, column: impl Into<String>) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            column: Some(column.into()),
        });
        self
    }

    /// Switches a criterion off: whatever a record says of it, it is not read.
    pub fn without(mut self, criterion: impl Into<String>) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            column: None,
        });
        self
    }

    /// The order of dates in digits, where their column does not show it. Without it,
    /// a day such as `3/4/2024` is not read.
    pub fn date_order(mut self, order: DateOrder) -> Self {
        self.date_order = Some(order);
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`](crate::ErrorKind::Rulebook) where the rulebook
    /// contradicts itself; [`ErrorKind::Usage`](crate::ErrorKind::Usage) where
    /// [`map`](Self::map) or [`without`](Self::without) names no criterion of it.
    pub fn build(self) -> Result<Engine> {
        let rulebook = match self.rulebook {
            Some(rulebook) => rulebook,
            None => Rulebook::documents()?,
        };
        let today = AsOf::WhenNeeded(|| jiff::Zoned::now().date());
        let as_of = self.as_of.map_or(today, AsOf::Day);
        let engine = Engine {
            rules: Rules::compile(rulebook, &Own::new(&self.own), as_of)?,
            overrides: self.overrides,
            date_order: self.date_order,
        };
        engine.columns()?;
        Ok(engine)
    }
}

impl Engine {
    /// States what an engine goes by, step by step.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// The rulebook.
    pub fn rulebook(&self) -> &Rulebook {
        self.rules.rulebook()
    }

    /// Judges one record, given as words: names of criteria, or of columns as an export
    /// might have them, and what they say. For many records with the same names,
    /// [`bind`](Self::bind) them.
    ///
    /// ```
    /// # let engine = clientype::Engine::builder().build()?;
    /// let judgement = engine.judge([("contract", "yes"), ("duration", "3 years")])?;
    /// assert_eq!(judgement.label("relationship"), Some("Client"));
    /// # Ok::<(), clientype::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) where a name is none that feeds
    /// a criterion, or where two that feed the same one contradict each other. A value
    /// that is not recognized is no error: it is no evidence.
    pub fn judge<K: AsRef<str>, V: AsRef<str>>(
        &self,
        record: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Judgement<'_>> {
        let words: Vec<(K, V)> = record.into_iter().collect();
        let case = case_of(&self.rules, &self.options(), &words)?;
        Ok(Judgement {
            rules: &self.rules,
            values: case.values().into(),
            off: case.off.into(),
            evaluation: Cow::Owned(case.evaluation),
        })
    }

    /// Finds out which of these columns feed which criterion, for records of which each
    /// has a text for each column. A name that can mean several things (`Type`) is read
    /// only where the values of a [sample](Self::bind_with_sample) show what it means.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) where no column feeds any
    /// criterion, or a column that [`map`](EngineBuilder::map) names is not there.
    pub fn bind<S: AsRef<str>>(&self, headers: &[S]) -> Result<Binding<'_>> {
        self.bind_with_sample::<S, S>(headers, &[])
    }

    /// [`bind`](Self::bind), with the first records of an input, which show what doubtful
    /// names mean and in which order the digits of dates are.
    ///
    /// # Errors
    ///
    /// As of [`bind`](Self::bind).
    pub fn bind_with_sample<S: AsRef<str>, V: AsRef<str>>(
        &self,
        headers: &[S],
        sample: &[Vec<V>],
    ) -> Result<Binding<'_>> {
        Binding::new(self, headers, sample)
    }

    /// Labels whole files in any format that is read.
    pub fn labeler(&self) -> Labeler<'_> {
        let options = self.options();
        Labeler {
            engine: self,
            options,
        }
    }

    fn options(&self) -> Options {
        Options {
            overrides: self.overrides.clone(),
            date_order: self.date_order,
            ..Options::default()
        }
    }

    fn columns(&self) -> Result<Columns<'_>> {
        let mut columns = Columns::new(&self.rules, &self.overrides)?;
        columns.date_order = self.date_order;
        Ok(columns)
    }
}
