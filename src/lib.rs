//! Says of each record that a business keeps about a buyer whether he is a
//! **Customer** or a **Client**, and **Internal** or **External**, by rules
//! that anybody can read.
//!
//! A record is a row of texts. [`rules`] reads each text as a value of a
//! criterion, finds the attribute that applies, adds up the points and names
//! the label. [`classify`] does that for files in any of the [`Format`]s,
//! faithful to every byte that it passes through; [`lookup`] and [`case_of`] tell
//! of one record why, [`compare`] which labels another rulebook would change, and
//! [`check`](check::check) holds a file to what somebody asks of it.
//!
//! ```
//! use clientype::rules::compile::Rules;
//! use clientype::rules::evaluate::Evaluation;
//! use clientype::rules::read::Reading;
//! use clientype::rules::{Own, Rulebook};
//!
//! let rules = Rules::compile(
//!     Rulebook::documents()?,
//!     &Own::new(["Acme", "acme.example"]),
//!     jiff::civil::date(2026, 1, 31),
//! )?;
//!
//! let mut readings = vec![Reading::Missing; rules.rulebook().criteria.len()];
//! for (criterion, text) in [("contract", "ja"), ("duration", "3 Jahre"), ("email", "ann@globex.example")] {
//!     let criterion = rules.criterion(criterion).unwrap();
//!     readings[criterion] = rules.read(criterion, text);
//! }
//!
//! let mut evaluation = Evaluation::default();
//! rules.evaluate(&readings, &rules.plan(&vec![true; readings.len()]), &mut evaluation);
//! let [relationship, affiliation] = evaluation.verdicts[..] else { unreachable!() };
//! assert_eq!((rules.label(0, relationship.label), relationship.score), ("Client", 5));
//! assert_eq!((rules.label(1, affiliation.label), affiliation.score), ("External", -5));
//! # Ok::<(), clientype::Error>(())
//! ```

pub mod check;
pub mod columns;
#[cfg(test)]
#[path = "../tests/it/effort.rs"]
mod effort;
mod error;
mod formats;
mod intake;
mod judge;
mod labels;
mod layout;
mod pipeline;
pub mod rules;
mod sink;
mod trial;

pub use error::{Error, ErrorKind, Place, Result, grouped, quoted, visible};
pub use formats::Format;
pub use intake::{KnownBy, Meter, Origin, Packing, Sheet};
pub use judge::{Case, Census, Fact, Filter, Ground, Selection, Unused};
pub use layout::{Encoding, Layout, Ragged};
pub use pipeline::{
    Changed, Column, Compared, Crossing, Group, Looked, Opened, Options, Settled, Source, Summary,
    Surveyed, case_of, classify, compare, lookup, survey,
};
pub use trial::{Miss, Terms, Tried, coverage, try_cases, try_csv};
