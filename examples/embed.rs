//! The library in a few lines: judge a record and explain it; bind headers and judge many.
//!
//! Run with `cargo run --example embed`.

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use clientype::{Engine, Result};

fn main() -> Result<()> {
    let engine = Engine::builder()
        .own(["Acme", "acme.example"])
        .as_of(jiff::civil::date(2026, 1, 31))
        .build()?;

    let judgement = engine.judge([
        ("contract", "ja"),
        ("start_date", "2019-05-01"),
        ("email", "ann@globex.example"),
    ])?;
    for verdict in judgement.verdicts() {
        println!(
            "{}: {} ({:+})",
            verdict.scorecard, verdict.label, verdict.score
        );
        for reason in judgement.reasons(verdict.scorecard) {
            println!("  {:+} {}", reason.points, reason.reason);
        }
    }

    let mut binding = engine.bind(&["id", "Vertrag", "Laufzeit"])?;
    for record in [["1", "ja", "3 Jahre"], ["2", "nein", ""]] {
        println!(
            "{}: {:?}",
            record[0],
            binding.judge(&record).label("relationship")
        );
    }
    Ok(())
}
