//! The cases of two rulebooks, judged by both.
//!
//! Owns how cases with a changed label are shown.

use serde_json::{Value, json};

use super::export::label_changes;
use super::mismatches::delta_rows;
use crate::cases::CaseResult;
use crate::cli::markdown::{escaped, row};
use crate::cli::report::count;
use crate::cli::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};
use crate::cli::wording;
use crate::engine::delta::{Delta, Pair};
use crate::rulebook::Rulebook;
use crate::text::quoted;

/// The number of cases that are shown.
const MOST: usize = 20;

/// The cases of rulebooks, judged by two.
#[derive(Default)]
pub(super) struct ComparedCases<'r> {
    /// The number of cases that both could judge.
    judged: usize,
    /// Cases that one of them could not judge, and why.
    unjudged: Vec<(String, String)>,
    /// Cases with another label.
    changed: Vec<ChangedCase<'r>>,
}

/// A case with another label.
struct ChangedCase<'r> {
    file: String,
    name: String,
    line: u64,
    delta: Delta<'r>,
}

impl<'r> ComparedCases<'r> {
    /// Adds the cases of a file, as both rulebooks judge them.
    pub(super) fn add(
        &mut self,
        file: &str,
        [old, new]: [&'r Rulebook; 2],
        before: Vec<CaseResult>,
        after: Vec<CaseResult>,
    ) {
        let pairs = Pair::all(old, new);
        for (CaseResult { case, judged, .. }, other) in before.iter().zip(&after) {
            let (earlier, later) = match (judged, &other.judged) {
                (Ok(earlier), Ok(later)) => (&earlier.evaluation, &later.evaluation),
                (Err(error), _) | (_, Err(error)) => {
                    let why = wording::error(error);
                    let why = why.lines().next().unwrap_or_default().to_owned();
                    self.unjudged.push((case.name.clone(), why));
                    continue;
                }
            };
            self.judged += 1;
            let deltas = pairs.iter().map(|pair| pair.delta(earlier, later));
            let changed = deltas.filter(|delta| delta.cause.is_some());
            self.changed.extend(changed.map(|delta| ChangedCase {
                file: file.to_owned(),
                name: case.name.clone(),
                line: case.line,
                delta,
            }));
        }
    }

    fn heading(&self) -> String {
        let cases = count(self.judged as u64, "case");
        let changes = label_changes(self.changed.len() as u64);
        format!("{cases} of both rulebooks, {changes}")
    }

    fn unjudged(&self) -> Option<String> {
        let (name, why) = self.unjudged.first()?;
        let (cases, name) = (count(self.unjudged.len() as u64, "case"), quoted(name));
        let both = "cannot be judged by both rulebooks, such as";
        Some(format!("{cases} {both} {name}: {why}"))
    }
}

impl ChangedCase<'_> {
    fn change(&self) -> String {
        let standings = [&self.delta.before, &self.delta.after];
        let standings = standings.map(|one| format!("{} ({:+})", one.label(), one.score));
        standings.join(" -> ")
    }

    fn rows(&self) -> impl Iterator<Item = String> {
        let rows = delta_rows(&self.delta).into_iter();
        rows.map(|row| row.to_string())
    }
}

pub(super) fn as_text(cases: &ComparedCases<'_>, screen: &Screen) -> String {
    let mut out = StyledText::new(screen);
    out.blank();
    out.hanging(0, 2, [span(STRONG, cases.heading())]);
    for one in cases.changed.iter().take(MOST) {
        let place = span(FAINT, format!(" ({}, line {})", one.file, one.line));
        out.hanging(2, 4, [span(STRONG, &*one.name), place]);
        let change = format!("{}: {}", one.delta.scorecard, one.change());
        out.hanging(4, 6, [span(PLAIN, change)]);
        one.rows()
            .for_each(|row| out.hanging(6, 8, [span(PLAIN, row)]));
    }
    if let more @ 1.. = cases.changed.len().saturating_sub(MOST) {
        let text = format!("and {more} more (--format json lists all)");
        out.hanging(0, 2, [span(FAINT, text)]);
    }
    if let Some(unjudged) = cases.unjudged() {
        out.hanging(0, 2, [span(PLAIN, unjudged)]);
    }
    out.text
}

pub(super) fn as_markdown(cases: &ComparedCases<'_>) -> String {
    let mut text = format!("\n{}\n", escaped(&cases.heading()));
    if !cases.changed.is_empty() {
        text += "\n| case | scorecard | change | since |\n| --- | --- | --- | --- |\n";
    }
    for one in cases.changed.iter().take(MOST) {
        let (change, since) = (one.change(), one.rows().collect::<Vec<_>>().join("; "));
        text += &row([&*one.name, one.delta.scorecard, &change, &since]);
    }
    if let more @ 1.. = cases.changed.len().saturating_sub(MOST) {
        text += &format!("\nand {more} more\n");
    }
    if let Some(unjudged) = cases.unjudged() {
        text += &format!("\n{}\n", escaped(&unjudged));
    }
    text
}

pub(super) fn as_json(cases: &ComparedCases<'_>) -> Value {
    let changes = cases.changed.iter().map(|one| {
        let (before, after) = (&one.delta.before, &one.delta.after);
        json!({
            "case": one.name,
            "file": one.file,
            "line": one.line,
            "scorecard": one.delta.scorecard,
            "before": {"label": before.label(), "score": before.score},
            "after": {"label": after.label(), "score": after.score},
            "moved": delta_rows(&one.delta),
        })
    });
    let unjudged = cases.unjudged.iter();
    let unjudged = unjudged.map(|(case, why)| json!({"case": case, "why": why}));
    json!({
        "judged": cases.judged,
        "changes": changes.collect::<Vec<_>>(),
        "not_judged": unjudged.collect::<Vec<_>>(),
    })
}
