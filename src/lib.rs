//! Says of each record that a business keeps about a buyer whether they are a
//! **Customer** or a **Client**, and **Internal** or **External**, by rules that anybody
//! can read.
//!
//! An [`Engine`] judges records: one by one with [`Engine::judge`], many with the same
//! headers with a [`Binding`], whole files with a [`Labeler`]. A [`Judgement`] has a
//! [`Verdict`] for each scorecard of the [`Rulebook`], with reasons, and explains it. The
//! command line judges by the same engine, so that both give the same labels.
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
//! [`find`] looks records up in a file and says all about them, [`compare`] reports which
//! labels another rulebook would change, [`check`] holds a file to expectations.

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
mod input;
mod lexicon;
mod rulebook;
mod run;
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
pub use run::Summary;
pub use value::DateOrder;

/// What this crate's own tests look into. No part of the library: it may change at any
/// time.
#[doc(hidden)]
#[allow(missing_docs, reason = "they are documented where they stand")]
pub mod internals {
    pub use crate::cases::{CaseOptions, CaseResult, Mismatch, coverage, run_cases, run_csv_cases};
    pub use crate::compare::{Changed, Compared, Crossing, Group, Settled, compare};
    pub use crate::find::{Case, Fact, Filter, Ground, Looked, Selection, Unused, case_of, lookup};
    pub use crate::input::{KnownBy, Meter, Origin, Packing, Sheet};
    pub use crate::run::{Census, Opened, Options, Source, classify};
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
    pub mod value {
        pub use crate::value::*;
    }
}
