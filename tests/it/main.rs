//! All tests that see the crate from outside, in one binary: it is linked once, and
//! its tests run side by side.
//!
//! Data that they read stands beside: transcripts in `tests/cli`, golden cases in
//! `tests/golden*.csv`.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic, and its name says what it holds"
)]

mod bombs;
mod check;
mod compare;
mod config;
mod dependencies;
mod effort;
mod explain;
#[cfg(target_os = "linux")]
mod faults;
mod found;
#[cfg(target_os = "linux")]
mod fuzz;
mod golden;
mod growth;
mod keys;
mod kinds;
mod kinds_cases;
mod late;
mod layers;
mod library;
#[cfg(target_os = "linux")]
mod memory;
mod plan;
mod printed;
mod properties;
mod readme;
mod related;
mod rules;
#[cfg(target_os = "linux")]
mod soak;
mod sources;
mod sql;
#[cfg(target_os = "linux")]
mod terminal;
mod threads;
mod transcripts;
mod voice;
mod workbooks;
