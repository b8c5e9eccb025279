//! `clientype rules test`: whether the results of a rulebook's cases are as expected.
//!
//! Owns where cases come from and how their results are shown.

use std::process::ExitCode;

use crate::cases::{CaseOptions, CaseResult, coverage, run_cases, run_csv_cases};
use crate::cli::whole;
use crate::find::Case;
use crate::rulebook::Rulebook;
use crate::rulebook::difference::condition_in_words;
use crate::rulebook::file::RuleFile;
use crate::text::visible;
use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::{Value, json};

use super::book::Book;
use super::{CASES, RulebookId, Test, TextOrJson};
use crate::cli::printed::{self, Printed, print};
use crate::cli::rules::mismatches::FailedCase;
use crate::cli::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};
use crate::cli::{report, wording};

/// The number of failed cases that are shown.
const MOST: usize = 50;

/// The outcome of a test.
struct Outcome<'o> {
    rulebook: &'o Rulebook,
    base: Option<&'o Rulebook>,
    cases: Vec<TestedCase>,
    coverage: Vec<Covered<'o>>,
    /// The lowest share that may be covered, from 0 to 1.
    least: Option<f64>,
}

/// A case and its results.
struct TestedCase {
    /// The file that it is in.
    file: String,
    result: CaseResult,
    /// The result by the rulebook that is extended, if that can judge it.
    before: Option<CaseResult>,
}

/// An attribute, and how often it applied.
#[derive(Serialize)]
struct Covered<'c> {
    scorecard: &'c str,
    criterion: &'c str,
    reason_code: &'c str,
    when: String,
    /// The number of cases in which it applied.
    cases: u64,
    /// Whether it counts for coverage: the file states it, and does not only inherit it.
    counts: bool,
}

pub(super) fn run(args: &Test) -> anyhow::Result<ExitCode> {
    let path = args.which.path()?;
    let book = Book::open(path.as_deref(), RuleFile::read)?;
    let mut files = args.which.files(path.as_deref());
    for cases in book.beside().iter().chain(&args.cases) {
        files.reads(CASES, cases);
    }
    files.check()?;
    let rulebook = book.rulebook()?;
    let options = CaseOptions {
        own: args.own.clone(),
        as_of: args.as_of,
        lenient: false,
    };
    // The extended rulebook may not know everything that a case has or expects.
    let before = CaseOptions {
        lenient: true,
        ..options.clone()
    };
    let base = book.file.base.as_ref();
    let mut cases: Vec<TestedCase> = Vec::new();
    let mut add = |file: &str, now: Vec<CaseResult>, before: Option<Vec<CaseResult>>| {
        let mut before = before.into_iter().flatten();
        cases.extend(now.into_iter().map(|result| TestedCase {
            file: file.to_owned(),
            result,
            before: before.next(),
        }));
    };
    let stated = &book.file.cases;
    let earlier = base.and_then(|base| run_cases(base, stated, &before).ok());
    add(&book.name, run_cases(&rulebook, stated, &options)?, earlier);
    let beside = book.beside().filter(|file| file.is_file());
    let beside = beside.filter(|_| args.cases.is_empty());
    for file in beside.iter().chain(&args.cases) {
        let name = file.to_string_lossy();
        let csv = whole::bytes(file)
            .with_context(|| format!("{}: the cases cannot be read", printed::path(file)))?;
        let earlier = base.and_then(|base| run_csv_cases(base, &name, &csv, &before).ok());
        add(
            &name,
            run_csv_cases(&rulebook, &name, &csv, &options)?,
            earlier,
        );
    }
    if cases.is_empty() {
        let beside = book.beside();
        let beside = beside.map_or("NAME.cases.csv".into(), |file| printed::path(&file));
        bail!(
            "{}: the rulebook has no cases\n  expected: [[case]] tables in it, the file {beside}, or --cases FILE",
            visible(&book.name)
        );
    }
    let outcome = Outcome {
        rulebook: &rulebook,
        base,
        coverage: covered(&rulebook, &book, &cases),
        cases,
        least: args.min_coverage,
    };
    let screen = Screen::of_output(args.color.when);
    match args.format {
        TextOrJson::Text => print(&outcome.as_text(&screen), Printed::on(&screen))?,
        TextOrJson::Json => print(&format!("{}\n", outcome.as_json()), Printed::Json)?,
    }
    Ok(ExitCode::from(u8::from(!outcome.passed())))
}

fn covered<'c>(rulebook: &'c Rulebook, book: &Book, cases: &[TestedCase]) -> Vec<Covered<'c>> {
    let counts = coverage(rulebook, cases.iter().map(|one| &one.result));
    let mut all = Vec::new();
    for (i, card) in rulebook.scorecards.iter().enumerate() {
        for (j, characteristic) in card.characteristics.iter().enumerate() {
            for (k, one) in characteristic.attributes.iter().enumerate() {
                all.push(Covered {
                    scorecard: &card.name,
                    criterion: &characteristic.criterion,
                    reason_code: &one.reason_code,
                    when: condition_in_words(&one.when, &characteristic.criterion),
                    cases: counts[i][j][k],
                    counts: book.file.stated.contains(&(i, j, k)),
                });
            }
        }
    }
    all
}

impl Outcome<'_> {
    fn failed(&self) -> impl Iterator<Item = &TestedCase> {
        self.cases.iter().filter(|one| !one.result.passed())
    }

    fn failed_case<'f>(&'f self, case: &'f Case, before: Option<&'f CaseResult>) -> FailedCase<'f> {
        let before = before.and_then(|before| before.judged.as_ref().ok());
        FailedCase {
            rulebook: self.rulebook,
            case,
            inherited: self.base.zip(before),
        }
    }

    /// The number of attributes that apply in some case, and of all: of those that
    /// count for coverage, or of the others.
    fn covered(&self, counts: bool) -> (usize, usize) {
        let all = self.coverage.iter().filter(|one| one.counts == counts);
        (all.clone().filter(|one| one.cases > 0).count(), all.count())
    }

    fn share(&self) -> f64 {
        match self.covered(true) {
            (_, 0) => 1.0,
            (covered, all) => covered as f64 / all as f64,
        }
    }

    fn covers_enough(&self) -> bool {
        self.least.is_none_or(|least| self.share() >= least)
    }

    fn passed(&self) -> bool {
        self.failed().next().is_none() && self.covers_enough()
    }

    fn as_text(&self, screen: &Screen) -> String {
        let mut out = StyledText::new(screen);
        for failed in self.failed().take(MOST) {
            let one = &failed.result;
            let name = span(STRONG, format!("FAILED {}", one.case.name));
            let place = format!(" ({}, line {})", failed.file, one.case.line);
            out.hanging(0, 2, [name, span(FAINT, place)]);
            match &one.judged {
                Err(error) => {
                    for line in format!("cannot be judged: {}", wording::error(error)).lines() {
                        out.hanging(2, 6, [span(PLAIN, line)]);
                    }
                }
                Ok(judged) => {
                    let failed = self.failed_case(judged, failed.before.as_ref());
                    for mismatch in &one.mismatches {
                        failed.show(mismatch, &mut out);
                    }
                    for text in failed.unread() {
                        out.hanging(2, 4, [span(PLAIN, text)]);
                    }
                }
            }
            out.blank();
        }
        let failed = self.failed().count();
        if let more @ 1.. = failed.saturating_sub(MOST) {
            let text = format!("and {more} more failed (--format json lists all)");
            out.line(&[span(PLAIN, text)]);
            out.blank();
        }
        let (covered, all) = self.covered(true);
        let cases = report::count(self.cases.len() as u64, "case");
        let result = match failed {
            0 => "all as expected".to_owned(),
            failed => format!("{failed} not as expected"),
        };
        let (name, version) = (&self.rulebook.name, &self.rulebook.version);
        let text = format!("{name} {version}: {cases}, {result}");
        out.hanging(0, 2, [span(STRONG, text)]);
        let stated = self.base.map_or("", |_| " stated in the file");
        let percent = (self.share() * 1000.0).floor() / 10.0;
        let mut text = format!(
            "coverage: {covered} of {all} attributes{stated} apply in some case ({percent}%)"
        );
        if let Some(least) = self.least.filter(|_| !self.covers_enough()) {
            text += &format!(", less than {}%", least * 100.0);
        }
        out.hanging(0, 2, [span(PLAIN, text)]);
        let without = self.coverage.iter();
        for one in without.filter(|one| one.counts && one.cases == 0) {
            let place = format!("never: {}, {}: ", one.scorecard, one.criterion);
            let (code, when) = (span(STRONG, one.reason_code), format!(" ({})", one.when));
            out.hanging(2, 4, [span(PLAIN, place), code, span(FAINT, when)]);
        }
        if let (Some(_), (covered, all @ 1..)) = (self.base, self.covered(false)) {
            let text = format!("inherited attributes: {covered} of {all}");
            out.hanging(0, 2, [span(FAINT, text)]);
        }
        out.text
    }

    fn as_json(&self) -> Value {
        let failed = self.failed().map(|failed| {
            let one = &failed.result;
            let judged = one.judged.as_ref();
            let case = judged
                .ok()
                .map(|judged| self.failed_case(judged, failed.before.as_ref()));
            let misses = case
                .iter()
                .flat_map(|case| one.mismatches.iter().map(|one| case.as_json(one)));
            json!({
                "case": one.case.name,
                "file": failed.file,
                "line": one.case.line,
                "not_read": case.as_ref().map_or(Vec::new(), FailedCase::unread),
                "error": judged.err().map(wording::error),
                "misses": misses.collect::<Vec<_>>(),
            })
        });
        let failed: Vec<Value> = failed.collect();
        let (covered, all) = self.covered(true);
        json!({
            "passed": self.passed(),
            "rulebook": RulebookId::of(self.rulebook),
            "cases": self.cases.len(),
            "failed": failed,
            "coverage": {
                "covered": covered,
                "of": all,
                "share": (self.share() * 1e4).floor() / 1e4,
                "attributes": self.coverage,
            },
        })
    }
}
