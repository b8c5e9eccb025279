//! Labels each record that a business keeps about a buyer as **Customer** or
//! **Client**, and as **Internal** or **External**, by rules that anybody can read.
//!
//! An [`Engine`] judges records: one by one with [`Engine::judge`], many with the same
//! headers with a [`Binding`], whole files with a [`Labeler`]. A [`Judgement`] has a
//! [`Verdict`] for each scorecard of the [`Rulebook`], with reasons, and can explain
//! it. The command line uses the same engine, so both give the same labels.
//!
//! ```
//! use clientype::Engine;
//!
//! let engine = Engine::builder()
//!     .own(["Acme", "acme.example"])
//!     .as_of(jiff::civil::date(2026, 1, 31))
//!     .build()?;
//! let judgement = engine.judge([
//!     ("contract", "ja"),
//!     ("start_date", "2019-05-01"),
//!     ("email", "ann@globex.example"),
//! ])?;
//! let relationship = judgement.verdict("relationship").unwrap();
//! assert_eq!((relationship.label, relationship.score), ("Client", 5));
//! assert_eq!(judgement.label("affiliation"), Some("External"));
//!
//! let reasons = judgement.reasons("relationship");
//! assert_eq!(reasons[0].reason_code, "contract-signed");
//! # Ok::<(), clientype::Error>(())
//! ```
//!
//! [`find`] looks records up in a file and explains them, [`compare`] reports which
//! labels another rulebook would change, [`check`] tests a file against expectations.

#![cfg_attr(
    not(feature = "cli"),
    allow(
        dead_code,
        reason = "the command line uses more than the library offers"
    )
)]

mod cases;
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod columns;
pub mod compare;
#[cfg(test)]
#[path = "../tests/it/effort.rs"]
mod effort;
mod embed;
mod engine;
mod error;
pub mod find;
mod format;
pub mod guide;
mod input;
mod lexicon;
mod related;
mod rulebook;
mod run;
mod sql;
mod survey;
mod text;
mod value;

pub use embed::{
    Alternative, Binding, Engine, EngineBuilder, Explanation, Judgement, Labeler, Reason, Verdict,
};
pub use error::{Error, ErrorKind, Help, Part, Phrase, Place, Result, Setting};
pub use input::{Encoding, Format, Layout, Ragged};
pub use rulebook::Rulebook;
pub use rulebook::diagnostic::Diagnostic;
pub use run::{Furnished, Furniture, Summary};
pub use value::DateOrder;

/// Internals for this crate's own tests. Not part of the library: they may change at
/// any time.
#[doc(hidden)]
#[allow(missing_docs, reason = "they are documented in their modules")]
pub mod internals {
    pub use crate::cases::{CaseOptions, CaseResult, Mismatch, coverage, run_cases, run_csv_cases};
    pub use crate::compare::{Changed, Compared, Crossing, Group, Settled, compare};
    pub use crate::find::{Case, Fact, Filter, Ground, Looked, Selection, Unused, case_of, lookup};
    pub use crate::input::{KnownBy, Meter, Origin, Packing, Sheet};
    pub use crate::related::{
        FileReport, Gathered, NotCounted, Opener, Related, RelatedFile, RelatedLine, Shows, Taken,
        TakenBy, gather,
    };
    pub use crate::run::{Census, Evidence, Opened, Options, Settling, Source, Together, classify};
    pub use crate::survey::{Column, Surveyed, survey};
    pub use crate::text::{grouped, quoted, visible};

    pub mod columns {
        pub use crate::columns::*;
    }
    pub mod engine {
        pub use crate::engine::*;
    }
    pub mod lexicon {
        pub use crate::lexicon::*;
    }
    pub mod rulebook {
        pub use crate::rulebook::*;
    }
    pub mod sql {
        pub use crate::sql::*;
    }
    pub mod value {
        pub use crate::value::*;
    }
}
