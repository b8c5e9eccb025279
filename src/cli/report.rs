//! What a run tells on standard error.
//!
//! Owns the wording and the layout of that report. A standard error that is
//! closed is no reason to fail.

use std::io::Write as _;

use clientype::columns::How;
use clientype::rules::compile::Rules;
use clientype::{Format, KnownBy, Opened, Origin, Summary, quoted};

/// So many texts that were not understood are shown for each criterion.
const UNREAD: usize = 5;
/// So many characters of each.
const LONGEST: usize = 60;

/// Writes `text` to standard error.
pub(super) fn tell(text: &str) {
    drop(std::io::stderr().lock().write_all(text.as_bytes()));
}

/// Which column feeds which criterion.
pub(super) fn opened(rules: &Rules, opened: &Opened<'_>) -> String {
    let criteria = &rules.rulebook().criteria;
    let name = |criterion: usize| criteria[criterion].name.as_str();
    let mut lines = vec![format!("{}: {}", opened.file, what(opened))];
    let mapping = opened.mapping;
    let mut fed: Vec<(usize, String)> = Vec::new();
    for (column, feeds) in opened.names.iter().zip(&mapping.feeds) {
        for feed in feeds {
            let how = match feed.how {
                How::Told => " (--map)",
                How::Values => " (by its values)",
                How::Words | How::Exact => "",
            };
            let unit = feed.bare_unit().map_or(String::new(), |unit| {
                format!(" (a bare number counts {unit})")
            });
            fed.push((feed.criterion, format!("{}{how}{unit}", quoted(column))));
        }
    }
    fed.sort_by_key(|(criterion, _)| *criterion);
    let width = fed
        .iter()
        .map(|(criterion, _)| name(*criterion).len())
        .max()
        .unwrap_or(0);
    for (criterion, column) in fed {
        lines.push(format!("  {:width$} <- {column}", name(criterion)));
    }
    let column_of = |(column, criterion): &(usize, usize)| {
        format!("{} ({})", quoted(&opened.names[*column]), name(*criterion))
    };
    if !mapping.idle.is_empty() {
        let columns: Vec<String> = mapping.idle.iter().map(column_of).collect();
        lines.push(format!(
            "  not compared, since --own does not say who we are: {}",
            columns.join(", ")
        ));
    }
    if !mapping.near.is_empty() {
        let columns: Vec<String> = mapping.near.iter().map(column_of).collect();
        lines.push(format!(
            "  not used, since it is not clear what they say (--map tells): {}",
            columns.join(", ")
        ));
    }
    ended(&lines)
}

/// What the input is, and what it was before.
fn what(opened: &Opened<'_>) -> String {
    let Origin {
        packing,
        encoding,
        sheet,
        ..
    } = opened.origin;
    let mut what = opened.format.title().to_owned();
    if let Some(sheet) = sheet {
        let (name, number, of) = (quoted(&sheet.name), sheet.number, sheet.of);
        what = format!("sheet {name} ({number} of {of}) of a workbook, read as {what}");
    } else if let (Some(delimiter), Format::Csv) = (opened.delimiter, opened.format) {
        what.push_str(&format!(" with {:?} between fields", char::from(delimiter)));
    }
    if let Some(packing) = packing {
        what.push_str(&format!(", unpacked from {}", packing.name()));
    }
    if let Some((encoding, known_by)) = encoding {
        let known_by = match known_by {
            KnownBy::Mark => "byte order mark",
            KnownBy::Layout => "--encoding",
        };
        let name = encoding.name();
        what.push_str(&format!(", read as {name} ({known_by}), written as UTF-8"));
    }
    what
}

/// What came out: labels, and what was not understood.
pub(super) fn summary(rules: &Rules, summary: &Summary, rejects: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (criterion, column, file, record) in &summary.late {
        let criterion = &rules.rulebook().criteria[*criterion].name;
        lines.push(format!(
            "{file}: from record {record} on, {} feeds {criterion}",
            quoted(column)
        ));
    }
    lines.push(format!("{} labelled", count(summary.records(), "record")));
    for (card, scorecard) in rules.rulebook().scorecards.iter().enumerate() {
        let [upper, lower, neither] = summary.labels(card);
        let shares = [(1, lower), (0, upper), (2, neither)]
            .map(|(label, count)| format!("{} {}", rules.label(card, label), grouped(count)));
        lines.push(format!("  {}: {}", scorecard.name, shares.join(", ")));
    }
    if summary.rejected > 0 {
        let file = rejects.unwrap_or("--rejects");
        lines.push(format!(
            "{} could not be read and went to {file}",
            count(summary.rejected, "record")
        ));
    }
    if summary.left_out > 0 {
        lines.push(format!(
            "{} left out: the terminal is too narrow (-f csv shows all)",
            count(summary.left_out as u64, "column")
        ));
    }
    let mut heading = Some("not understood, so no evidence:");
    for (criterion, of) in rules.rulebook().criteria.iter().enumerate() {
        let (ranked, others) = summary.not_understood(criterion);
        if ranked.is_empty() {
            continue;
        }
        lines.extend(heading.take().map(str::to_owned));
        let mut shown: Vec<String> = ranked
            .iter()
            .take(UNREAD)
            .map(|(value, count)| format!("{} {}x", shortened(value), grouped(*count)))
            .collect();
        let more = ranked.len().saturating_sub(UNREAD);
        if more > 0 || others > 0 {
            let at_least = if others > 0 { "at least " } else { "" };
            shown.push(format!("and {at_least}{} more", grouped(more as u64)));
        }
        lines.push(format!("  {}: {}", of.name, shown.join(", ")));
    }
    ended(&lines)
}

/// The lines, each with its line break.
fn ended(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

fn shortened(value: &str) -> String {
    if value.chars().count() > LONGEST {
        quoted(&value.chars().take(LONGEST).chain(['…']).collect::<String>())
    } else {
        quoted(value)
    }
}

fn count(number: u64, what: &str) -> String {
    format!(
        "{} {what}{}",
        grouped(number),
        if number == 1 { "" } else { "s" }
    )
}

/// Digits in groups of three: `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
