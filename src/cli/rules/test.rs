//! `clientype rules test`: whether a rulebook's cases come out as expected.
//!
//! Owns where cases come from and how what came of them is told.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::cases::{Terms, Tried, coverage, try_cases, try_csv};
use crate::rulebook::Rulebook;
use crate::rulebook::difference::condition_in_words;
use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::book::Book;
use super::{Test, Told};
use crate::cli::output::print;
use crate::cli::paper::{FAINT, PLAIN, Page, Paper, STRONG, span};
use crate::cli::rules::fall;
use crate::cli::rules::fall::Fall;
use crate::cli::{report, wording};

/// So many cases that failed are shown.
const MOST: usize = 50;

/// All that came of a test.
struct Outcome<'o> {
    rulebook: &'o Rulebook,
    base: Option<&'o Rulebook>,
    tried: Vec<One>,
    covered: Coverage<'o>,
    /// The least share that is to be covered.
    least: Option<f64>,
}

/// A case, and what came of it.
struct One {
    /// The file that it is in.
    file: String,
    tried: Tried,
    /// What comes of it by the rulebook that is extended, if that can judge it.
    before: Option<Tried>,
}

/// What the cases cover.
struct Coverage<'c> {
    /// How often each attribute applied: scorecard, criterion, code, condition, times,
    /// and whether the file states it.
    attributes: Vec<Covered<'c>>,
}

struct Covered<'c> {
    scorecard: &'c str,
    criterion: &'c str,
    code: &'c str,
    when: String,
    times: u64,
    /// The file states it: it is not only inherited.
    counts: bool,
}

pub(super) fn run(args: &Test) -> anyhow::Result<ExitCode> {
    let path = args.which.path()?;
    let book = Book::open(path.as_deref())?;
    let rulebook = book.rulebook()?;
    let terms = Terms {
        own: args.own.clone(),
        as_of: args.as_of,
        lenient: false,
    };
    // What is extended does not know all that a case may say or expect.
    let before = Terms {
        lenient: true,
        ..terms.clone()
    };
    let base = book.file.base.as_ref();
    let mut tried: Vec<One> = Vec::new();
    let mut add = |file: &str, now: Vec<Tried>, before: Option<Vec<Tried>>| {
        let before = before.into_iter().flatten().map(Some);
        let before = before.chain(std::iter::repeat_with(|| None));
        tried.extend(now.into_iter().zip(before).map(|(tried, before)| One {
            file: file.to_owned(),
            tried,
            before,
        }));
    };
    let stated = &book.file.cases;
    let earlier = base.and_then(|base| try_cases(base, stated, &before).ok());
    add(&book.name, try_cases(&rulebook, stated, &terms)?, earlier);
    for file in case_files(args, &book) {
        let name = file.to_string_lossy().into_owned();
        let csv = fs::read(&file).with_context(|| format!("{name}: the cases cannot be read"))?;
        let earlier = base.and_then(|base| try_csv(base, &name, &csv, &before).ok());
        add(&name, try_csv(&rulebook, &name, &csv, &terms)?, earlier);
    }
    if tried.is_empty() {
        bail!(
            "{}: it has no cases\n  expected: [[case]] in it, {} beside it, or --cases FILE",
            book.name,
            book.beside()
                .map_or("NAME.cases.csv".into(), |file| file.display().to_string())
        );
    }
    let covered = Coverage::new(&rulebook, &book, &tried);
    let outcome = Outcome {
        rulebook: &rulebook,
        base,
        tried,
        covered,
        least: args.min_coverage,
    };
    let text = match args.format {
        Told::Text => outcome.as_text(&Page::of_output(args.color))?,
        Told::Json => format!("{}\n", outcome.as_json()?),
    };
    print(&text)?;
    Ok(ExitCode::from(u8::from(!outcome.passed())))
}

fn case_files(args: &Test, book: &Book) -> Vec<PathBuf> {
    match args.cases.is_empty() {
        true => book
            .beside()
            .into_iter()
            .filter(|file| file.is_file())
            .collect(),
        false => args.cases.clone(),
    }
}

impl<'c> Coverage<'c> {
    fn new(rulebook: &'c Rulebook, book: &Book, tried: &[One]) -> Self {
        let counts = coverage(rulebook, tried.iter().map(|one| &one.tried));
        let mut attributes = Vec::new();
        for (i, card) in rulebook.scorecards.iter().enumerate() {
            for (j, characteristic) in card.characteristics.iter().enumerate() {
                for (k, one) in characteristic.attributes.iter().enumerate() {
                    attributes.push(Covered {
                        scorecard: &card.name,
                        criterion: &characteristic.criterion,
                        code: &one.reason_code,
                        when: condition_in_words(&one.when, &characteristic.criterion),
                        times: counts[i][j][k],
                        counts: book.file.stated.contains(&(i, j, k)),
                    });
                }
            }
        }
        Coverage { attributes }
    }

    /// How many of the attributes that count apply in some case, and how many there are.
    fn of(&self, counts: bool) -> (usize, usize) {
        let all = self.attributes.iter().filter(|one| one.counts == counts);
        (all.clone().filter(|one| one.times > 0).count(), all.count())
    }

    fn share(&self) -> f64 {
        match self.of(true) {
            (_, 0) => 1.0,
            (covered, all) => covered as f64 / all as f64,
        }
    }
}

impl Outcome<'_> {
    fn failed(&self) -> impl Iterator<Item = &One> {
        self.tried.iter().filter(|one| !one.tried.passed())
    }

    fn covers_enough(&self) -> bool {
        self.least.is_none_or(|least| self.covered.share() >= least)
    }

    fn passed(&self) -> bool {
        self.failed().next().is_none() && self.covers_enough()
    }

    fn as_text(&self, page: &Page) -> anyhow::Result<String> {
        let mut paper = Paper::new(page);
        for One {
            file,
            tried: one,
            before,
        } in self.failed().take(MOST)
        {
            let place = format!(" ({file}, line {})", one.case.line);
            let name = [
                span(STRONG, "FAILED "),
                span(STRONG, &*one.case.name),
                span(FAINT, place),
            ];
            paper.wrapped(2, &[], &name);
            match &one.judged {
                Err(error) => {
                    for line in format!("it cannot be judged: {}", wording::error(error)).lines() {
                        paper.wrapped(6, &[span(PLAIN, "  ")], &[span(PLAIN, line)]);
                    }
                }
                Ok(judged) => {
                    let before = self.base.zip(before.as_ref());
                    let fall = Fall::new(self.rulebook, judged);
                    for miss in &one.misses {
                        fall::told(&fall, miss, before, &mut paper);
                    }
                    for told in fall::unread(judged, self.rulebook) {
                        paper.wrapped(4, &[span(PLAIN, "  ")], &[span(PLAIN, told)]);
                    }
                }
            }
            paper.blank();
        }
        let failed = self.failed().count();
        if failed > MOST {
            paper.line(&[span(
                PLAIN,
                format!("and {} more failed (--format json has all)", failed - MOST),
            )]);
            paper.blank();
        }
        let (covered, all) = self.covered.of(true);
        let cases = report::count(self.tried.len() as u64, "case");
        let named = format!("{} {}", self.rulebook.name, self.rulebook.version);
        let result = match failed {
            0 => "all as expected".to_owned(),
            failed => format!("{failed} not as expected"),
        };
        paper.wrapped(
            2,
            &[],
            &[span(STRONG, format!("{named}: {cases}, {result}"))],
        );
        let stated = match self.base {
            Some(_) => " that it states",
            None => "",
        };
        let percent = (self.covered.share() * 1000.0).floor() / 10.0;
        let mut told = format!(
            "coverage: {covered} of {all} attributes{stated} apply in some case ({percent} %)"
        );
        if let Some(least) = self.least.filter(|_| !self.covers_enough()) {
            told += &format!(", less than {} %", least * 100.0);
        }
        paper.wrapped(2, &[], &[span(PLAIN, told)]);
        let without = self.covered.attributes.iter();
        let without = without.filter(|one| one.counts && one.times == 0);
        for one in without {
            let place = format!("never: {}, {}: ", one.scorecard, one.criterion);
            let when = format!(" ({})", one.when);
            let all = [
                span(PLAIN, place),
                span(STRONG, one.code),
                span(FAINT, when),
            ];
            paper.wrapped(4, &[span(PLAIN, "  ")], &all);
        }
        if let (Some(_), (covered, all @ 1..)) = (self.base, self.covered.of(false)) {
            let told = format!("of those that it inherits, {covered} of {all}");
            paper.wrapped(2, &[], &[span(FAINT, told)]);
        }
        Ok(paper.text)
    }

    fn as_json(&self) -> anyhow::Result<Value> {
        let failed = self.failed().map(|failed| {
            let (file, one) = (&failed.file, &failed.tried);
            let fall = one
                .judged
                .as_ref()
                .ok()
                .map(|judged| Fall::new(self.rulebook, judged));
            let before = self.base.zip(failed.before.as_ref());
            let misses = one.misses.iter();
            let misses: Vec<Value> = (fall.iter())
                .flat_map(|fall| misses.clone().map(|miss| fall::as_json(fall, miss, before)))
                .collect();
            json!({
                "case": one.case.name,
                "file": file,
                "line": one.case.line,
                "not_read": one.judged.as_ref().map_or(Vec::new(), |judged| fall::unread(judged, self.rulebook)),
                "error": one.judged.as_ref().err().map(wording::error),
                "misses": misses,
            })
        });
        let failed: Vec<Value> = failed.collect();
        let (covered, all) = self.covered.of(true);
        let attributes = self.covered.attributes.iter().map(|one| {
            json!({
                "scorecard": one.scorecard,
                "criterion": one.criterion,
                "reason_code": one.code,
                "when": one.when,
                "cases": one.times,
                "counts": one.counts,
            })
        });
        Ok(json!({
            "passed": self.passed(),
            "rulebook": {
                "name": self.rulebook.name,
                "version": self.rulebook.version,
                "hash": self.rulebook.hash(),
            },
            "cases": self.tried.len(),
            "failed": failed,
            "coverage": {
                "covered": covered,
                "of": all,
                "share": (self.covered.share() * 1e4).floor() / 1e4,
                "attributes": attributes.collect::<Vec<_>>(),
            },
        }))
    }
}
