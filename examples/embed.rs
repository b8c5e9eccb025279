//! The library in a few lines: read a record's texts, judge it, say why.
//!
//! Run with `cargo run --example embed`.

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use clientype::engine::compile::Rules;
use clientype::engine::evaluate::Evaluation;
use clientype::rulebook::Rulebook;
use clientype::value::Own;
use clientype::value::Value;

fn main() -> clientype::Result<()> {
    let own = Own::new(["Acme", "acme.example"]);
    let as_of = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(Rulebook::documents()?, &own, as_of)?;

    let mut readings = vec![Value::Missing; rules.rulebook().criteria.len()];
    for (name, text) in [
        ("contract", "ja"),
        ("duration", "3 Jahre"),
        ("email", "ann@globex.example"),
    ] {
        if let Some(criterion) = rules.criterion(name) {
            readings[criterion] = rules.read(criterion, text);
        }
    }
    let mut evaluation = Evaluation::default();
    rules.evaluate(
        &readings,
        &rules.plan(&vec![true; readings.len()]),
        &mut evaluation,
    );

    for (card, verdict) in evaluation.verdicts.iter().enumerate() {
        let scorecard = &rules.rulebook().scorecards[card];
        println!(
            "{}: {} ({:+})",
            scorecard.name,
            rules.label(card, verdict.label),
            verdict.score
        );
    }
    Ok(())
}
