//! The outcome as annotations of GitHub Actions, one on each line of the log.
//!
//! Of errors and of warnings a step shows ten; where there are more, the tenth sums the
//! rest up.

use crate::check::{Finding, Severity};

use super::report::{Report, counted, sentence};
use crate::cli::report::harmless;

/// So many of a kind are shown of a step.
const SHOWN: usize = 10;

pub(super) fn write(report: &Report<'_>) -> String {
    let mut text = String::new();
    if let Some((error, place)) = &report.error {
        let file = place.file.as_deref();
        text += &line("error", file, place.line, "clientype", error);
    }
    for note in &report.notes {
        text += &line("notice", None, None, "clientype", note);
    }
    let [errors, warnings] = report.totals();
    // That it could not be judged is an error too.
    let taken = usize::from(report.error.is_some());
    for (severity, total, taken) in [
        (Severity::Error, errors, taken),
        (Severity::Warning, warnings, 0),
    ] {
        let all = report.findings().iter();
        let of: Vec<&Finding> = all.filter(|one| one.severity == severity).collect();
        let room = SHOWN - taken;
        let fits = total <= room as u64 && of.len() as u64 == total;
        let shown = match fits {
            true => of.len(),
            false => of.len().min(room - 1),
        };
        for finding in &of[..shown] {
            text += &annotation(finding);
        }
        let hidden = total - shown as u64;
        if hidden > 0 {
            text += &rest(report, severity, hidden);
        }
    }
    let headline = harmless(&report.headline());
    text += &format!("clientype: {}: {headline}\n", report.outcome());
    text
}

fn annotation(finding: &Finding) -> String {
    let mut says = sentence(finding);
    if let (Some("<stdin>"), Some(line)) = (finding.place.file.as_deref(), finding.place.line) {
        says = format!("line {line}, {says}");
    }
    let title = format!("clientype {}", finding.code.name());
    let file = finding.place.file.as_deref();
    line(
        finding.severity.name(),
        file,
        finding.place.line,
        &title,
        &says,
    )
}

/// What sums up those that are not shown.
fn rest(report: &Report<'_>, severity: Severity, hidden: u64) -> String {
    let counts = report.counts().filter_map(|(code, [errors, warnings])| {
        let of = match severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
        };
        (of > 0).then(|| format!("{} {}", crate::text::grouped(of), code.name()))
    });
    let counts: Vec<String> = counts.collect();
    let what = severity.name();
    let says = format!(
        "{}; in all {}",
        counted(hidden, &format!("more {what}")),
        counts.join(", ")
    );
    line(what, None, None, "clientype", &says)
}

fn line(kind: &str, file: Option<&str>, line: Option<u64>, title: &str, says: &str) -> String {
    let mut properties = Vec::new();
    // What came in by a pipe is no file that could be shown.
    if let Some(file) = file.filter(|file| *file != "<stdin>") {
        properties.push(format!("file={}", property(file)));
        properties.extend(line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(title)));
    format!("::{kind} {}::{}\n", properties.join(","), data(says))
}

/// `text` as the runner takes it, with nothing hidden in it.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    let text = text.replace('\r', "%0D").replace('\n', "%0A");
    crate::text::visible(&text).replace("##[", "#\\u{23}[")
}

/// The same within a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
