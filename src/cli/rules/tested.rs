//! The cases of two rulebooks, judged by both.
//!
//! Owns what is told of those that get another label.

use crate::cases::Tried;
use crate::rulebook::Rulebook;
use serde_json::{Value, json};

use super::fall::{Fall, moved};
use crate::cli::markdown::escaped;
use crate::cli::paper::{FAINT, PLAIN, Page, Paper, STRONG, span};
use crate::cli::report::count;
use crate::cli::wording;

/// So many cases are shown.
const MOST: usize = 20;

/// The cases of rulebooks, judged by two.
#[derive(Default)]
pub(super) struct Tested {
    /// How many cases both could judge.
    judged: usize,
    /// What one of them could not judge: the case, and why.
    unjudged: Vec<(String, String)>,
    /// Those with another label.
    moved: Vec<MovedCase>,
}

/// A case with another label.
struct MovedCase {
    file: String,
    name: String,
    line: u64,
    scorecard: String,
    before: (String, i32),
    after: (String, i32),
    /// Criteria, and what they gave before and after.
    steps: Vec<(String, String, String)>,
}

impl Tested {
    /// Adds the cases of a file, as both rulebooks judge them.
    pub(super) fn add(
        &mut self,
        file: &str,
        [old, new]: [&Rulebook; 2],
        before: Vec<Tried>,
        after: Vec<Tried>,
    ) {
        for (one, other) in before.iter().zip(&after) {
            let (earlier, later) = match (&one.judged, &other.judged) {
                (Ok(earlier), Ok(later)) => (earlier, later),
                (Err(error), _) | (_, Err(error)) => {
                    let why = wording::error(error);
                    let why = why.lines().next().unwrap_or_default().to_owned();
                    self.unjudged.push((one.case.name.clone(), why));
                    continue;
                }
            };
            self.judged += 1;
            let (earlier, later) = (Fall::new(old, earlier), Fall::new(new, later));
            for card in &new.scorecards {
                let places = (earlier.card(&card.name), later.card(&card.name));
                let (Some((from, _)), Some((to, _))) = places else {
                    continue;
                };
                if earlier.label(from) != later.label(to) {
                    self.moved.push(MovedCase {
                        file: file.to_owned(),
                        name: one.case.name.clone(),
                        line: one.case.line,
                        scorecard: card.name.clone(),
                        before: (earlier.label(from).to_owned(), earlier.score(from)),
                        after: (later.label(to).to_owned(), later.score(to)),
                        steps: moved(&earlier, &later, &card.name),
                    });
                }
            }
        }
    }

    fn heading(&self) -> String {
        let changes = count(self.moved.len() as u64, "change");
        format!(
            "{} of both rulebooks, {changes} of a label",
            count(self.judged as u64, "case")
        )
    }

    fn unjudged(&self) -> Option<String> {
        let (name, why) = self.unjudged.first()?;
        Some(format!(
            "{} cannot be judged by both, such as {}: {why}",
            count(self.unjudged.len() as u64, "case"),
            crate::text::quoted(name)
        ))
    }
}

impl MovedCase {
    fn change(&self) -> String {
        format!(
            "{} ({:+}) -> {} ({:+})",
            self.before.0, self.before.1, self.after.0, self.after.1
        )
    }

    fn steps(&self) -> Vec<String> {
        let steps = self.steps.iter();
        let steps = steps.map(|(name, before, after)| format!("{name}: {before} -> {after}"));
        steps.collect()
    }
}

pub(super) fn as_text(tested: &Tested, page: &Page) -> String {
    let mut paper = Paper::new(page);
    paper.blank();
    paper.wrapped(2, &[], &[span(STRONG, tested.heading())]);
    for one in tested.moved.iter().take(MOST) {
        let place = format!(" ({}, line {})", one.file, one.line);
        paper.wrapped(
            4,
            &[span(PLAIN, "  ")],
            &[span(STRONG, &*one.name), span(FAINT, place)],
        );
        let change = format!("{}: {}", one.scorecard, one.change());
        paper.wrapped(6, &[span(PLAIN, "    ")], &[span(PLAIN, change)]);
        for step in one.steps() {
            paper.wrapped(8, &[span(PLAIN, "      ")], &[span(PLAIN, step)]);
        }
    }
    if let more @ 1.. = tested.moved.len().saturating_sub(MOST) {
        paper.wrapped(
            2,
            &[],
            &[span(
                FAINT,
                format!("and {more} more (--format json has all)"),
            )],
        );
    }
    if let Some(told) = tested.unjudged() {
        paper.wrapped(2, &[], &[span(PLAIN, told)]);
    }
    paper.text
}

pub(super) fn as_markdown(tested: &Tested) -> String {
    let mut text = format!("\n{}\n", escaped(&tested.heading()));
    if !tested.moved.is_empty() {
        text += "\n| case | scorecard | change | since |\n| --- | --- | --- | --- |\n";
    }
    for one in tested.moved.iter().take(MOST) {
        let cells = [
            one.name.clone(),
            one.scorecard.clone(),
            one.change(),
            one.steps().join("; "),
        ];
        text += &format!("| {} |\n", cells.map(|cell| escaped(&cell)).join(" | "));
    }
    if let more @ 1.. = tested.moved.len().saturating_sub(MOST) {
        text += &format!("\nand {more} more\n");
    }
    if let Some(told) = tested.unjudged() {
        text += &format!("\n{}\n", escaped(&told));
    }
    text
}

pub(super) fn as_json(tested: &Tested) -> Value {
    let moved = tested.moved.iter().map(|one| {
        let steps = one.steps.iter();
        let steps = steps.map(|(criterion, before, after)| {
            json!({"criterion": criterion, "before": before, "after": after})
        });
        json!({
            "case": one.name,
            "file": one.file,
            "line": one.line,
            "scorecard": one.scorecard,
            "before": {"label": one.before.0, "score": one.before.1},
            "after": {"label": one.after.0, "score": one.after.1},
            "moved": steps.collect::<Vec<_>>(),
        })
    });
    let unjudged = tested
        .unjudged
        .iter()
        .map(|(case, why)| json!({"case": case, "why": why}));
    json!({
        "judged": tested.judged,
        "changes": moved.collect::<Vec<_>>(),
        "not_judged": unjudged.collect::<Vec<_>>(),
    })
}
