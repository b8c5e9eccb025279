//! The library as a service embeds it: an engine, one value per judgement, a binding for
//! records with the same headers, and a labeler for whole files.
//!
//! Owns the few calls that a service needs, in an order that cannot be confused. The
//! work is done elsewhere; nothing here reads a text or adds up points.

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
/// Threads can share it.
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
/// // Nothing shows whose organization it is.
/// assert_eq!(judgement.label("affiliation"), Some("Undetermined"));
/// # Ok::<(), clientype::Error>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    rules: Rules,
    overrides: Vec<Override>,
    date_order: Option<DateOrder>,
}

/// Sets up an [`Engine`].
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
    /// addresses are compared. Without any, organizations and addresses are not read.
    pub fn own<I: IntoIterator<Item = S>, S: Into<String>>(mut self, own: I) -> Self {
        self.own.extend(own.into_iter().map(Into::into));
        self
    }

    /// The day up to which open-ended durations are measured; by default today, which
    /// is looked up once, when a record needs it.
    pub fn as_of(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    /// The rulebook; by default the built-in one.
    pub fn rulebook(mut self, rulebook: Rulebook) -> Self {
        self.rulebook = Some(rulebook);
        self
    }

    /// Maps a column to a criterion, regardless of the column's name. If several
    /// columns are mapped to one criterion, the first with a value counts.
    pub fn map(mut self, criterion: impl Into<String>, column: impl Into<String>) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            read_as: Vec::new(),
            column: Some(column.into()),
        });
        self
    }

    /// Maps a column to a criterion, of which any text in the column means `value`: the
    /// number of a contract means that there is one.
    pub fn map_filled(
        mut self,
        criterion: impl Into<String>,
        value: impl Into<String>,
        column: impl Into<String>,
    ) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            read_as: vec!["filled".to_owned(), value.into()],
            column: Some(column.into()),
        });
        self
    }

    /// Maps a column to a criterion and states how it is read, in the words of
    /// `clientype guide plan`: `["dmy"]`, `["month", "commitment"]`, `["flag", "external"]`.
    pub fn map_as<W: Into<String>>(
        mut self,
        criterion: impl Into<String>,
        read_as: impl IntoIterator<Item = W>,
        column: impl Into<String>,
    ) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            read_as: read_as.into_iter().map(Into::into).collect(),
            column: Some(column.into()),
        });
        self
    }

    /// Switches a criterion off: it is not read from any record.
    pub fn without(mut self, criterion: impl Into<String>) -> Self {
        self.overrides.push(Override {
            criterion: criterion.into(),
            read_as: Vec::new(),
            column: None,
        });
        self
    }

    /// The order of numeric dates. Without it, a date such as `3/4/2024` is not read where
    /// no other value of its column shows the order.
    pub fn date_order(mut self, order: DateOrder) -> Self {
        self.date_order = Some(order);
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rulebook`](crate::ErrorKind::Rulebook) if the rulebook contradicts
    /// itself; [`ErrorKind::Usage`](crate::ErrorKind::Usage) if [`map`](Self::map) or
    /// [`without`](Self::without) names a criterion that the rulebook does not have.
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
    /// Returns a builder for an engine.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// The rulebook.
    pub fn rulebook(&self) -> &Rulebook {
        self.rules.rulebook()
    }

    /// Judges one record, given as pairs: the name of a criterion, or of a column as an
    /// export might have it, and its value. For many records with the same names, use
    /// [`bind`](Self::bind).
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
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) if a name does not feed a
    /// criterion, or if two names for the same criterion contradict each other. A value
    /// that is not recognized is not an error: it gives no evidence.
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

    /// Decides which of these columns feed which criterion, for records that have a
    /// text for each column. A name with several possible meanings (`Type`) is read
    /// only if the values of a [sample](Self::bind_with_sample) show which one is
    /// meant.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Columns`](crate::ErrorKind::Columns) if no column feeds a
    /// criterion, or if a column named by [`map`](EngineBuilder::map) does not exist.
    pub fn bind<S: AsRef<str>>(&self, headers: &[S]) -> Result<Binding<'_>> {
        self.bind_with_sample::<S, S>(headers, &[])
    }

    /// [`bind`](Self::bind), with the first records of an input, which show what
    /// ambiguous names mean and in which order numeric dates are written.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub fn bind_with_sample<S: AsRef<str>, V: AsRef<str>>(
        &self,
        headers: &[S],
        sample: &[Vec<V>],
    ) -> Result<Binding<'_>> {
        Binding::new(self, headers, sample)
    }

    /// Labels whole files in any input format.
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
