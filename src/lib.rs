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
//! use clientype::engine::compile::Rules;
//! use clientype::engine::evaluate::Evaluation;
//! use clientype::value::Value;
//! use clientype::rulebook::Rulebook;
//! use clientype::value::Own;
//!
//! let rules = Rules::compile(
//!     Rulebook::documents()?,
//!     &Own::new(["Acme", "acme.example"]),
//!     jiff::civil::date(2026, 1, 31),
//! )?;
//!
//! let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
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

mod cases;
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod columns;
mod compare;
#[cfg(test)]
#[path = "../tests/it/effort.rs"]
mod effort;
pub mod engine;
mod error;
mod find;
mod format;
pub mod input;
pub mod lexicon;
pub mod rulebook;
mod run;
mod survey;
mod text;
pub mod value;

pub use cases::{Miss, Terms, Tried, coverage, try_cases, try_csv};
pub use compare::{Changed, Compared, Crossing, Group, Settled, compare};
pub use error::{Error, ErrorKind, Help, LikelyColumns, Part, Phrase, Place, Result, Setting};
pub use find::{Case, Fact, Filter, Ground, Looked, Selection, Unused, case_of, lookup};
pub use input::{Encoding, Format, KnownBy, Layout, Meter, Origin, Packing, Ragged, Sheet};
pub use run::{Census, Opened, Options, Source, Summary, classify};
pub use survey::{Column, Surveyed, survey};
pub use text::{grouped, quoted, visible};
