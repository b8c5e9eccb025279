//! The outcome as annotations of GitHub Actions, one on each line of the log.
//!
//! A step shows ten errors and ten warnings. If there are more, the tenth sums up the
//! rest.

use crate::check::{Finding, Severity};

use super::report::{Report, sentence};
use crate::cli::printed::Printed;
use crate::cli::report::{count, grouped};

/// At most this many annotations of a kind are shown for a step.
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
    let [errors, warnings] = report.checked.totals();
    // The error that it could not be judged takes a place too.
    let taken = usize::from(report.error.is_some());
    let rooms = [
        (Severity::Error, errors, SHOWN - taken),
        (Severity::Warning, warnings, SHOWN),
    ];
    for (severity, total, room) in rooms {
        let all = report.checked.findings.iter();
        let of: Vec<&Finding> = all.filter(|one| one.severity == severity).collect();
        let fits = total <= room as u64 && of.len() as u64 == total;
        let shown = of.len().min(if fits { room } else { room - 1 });
        text.extend(of[..shown].iter().map(|finding| annotation(finding)));
        if let hidden @ 1.. = total - shown as u64 {
            text += &rest(report, severity, hidden);
        }
    }
    let last = format!("clientype: {}: {}\n", report.outcome(), report.headline());
    text + &Printed::Lines.safe(&last)
}

fn annotation(finding: &Finding) -> String {
    let mut says = sentence(finding);
    if let (Some("<stdin>"), Some(line)) = (finding.place.file.as_deref(), finding.place.line) {
        says = format!("line {line}, {says}");
    }
    let (kind, place) = (finding.severity.name(), &finding.place);
    let title = format!("clientype {}", finding.code.name());
    line(kind, place.file.as_deref(), place.line, &title, &says)
}

/// The annotation that sums up those that are not shown.
fn rest(report: &Report<'_>, severity: Severity, hidden: u64) -> String {
    let counts = report.checked.counts.iter().filter_map(|(code, of)| {
        let of = of[severity as usize];
        (of > 0).then(|| format!("{} {}", grouped(of), code.name()))
    });
    let counts: Vec<String> = counts.collect();
    let what = severity.name();
    let hidden = count(hidden, &format!("more {what}"));
    let says = format!("{hidden}; in total: {}", counts.join(", "));
    line(what, None, None, "clientype", &says)
}

fn line(kind: &str, file: Option<&str>, line: Option<u64>, title: &str, says: &str) -> String {
    let mut properties = Vec::new();
    // Standard input is not a file that GitHub could show.
    if let Some(file) = file.filter(|file| *file != "<stdin>") {
        properties.push(format!("file={}", property(file)));
        properties.extend(line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(title)));
    format!("::{kind} {}::{}\n", properties.join(","), data(says))
}

/// `text`, escaped for the runner and with hidden characters made visible.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    let text = text.replace('\r', "%0D").replace('\n', "%0A");
    Printed::Lines.safe(&text).into_owned()
}

/// `text`, escaped for a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
