//! What a run tells on standard error.
//!
//! Owns the wording and the layout of that report. A standard error that is
//! closed is no reason to fail.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use super::Judging;
use crate::columns::{Feed, How, Role, Why};
use crate::engine::compile::Rules;
use crate::input::{Format, KnownBy, Origin};
use crate::run::{Opened, Summary};
pub(super) use crate::text::grouped;
use crate::text::quoted;
use crate::value::{DateOrder, Undecided};

/// So many texts that were not understood are shown for each criterion.
const UNREAD: usize = 5;
/// So many characters of each.
const LONGEST: usize = 60;

/// Whether it is for this reason.
type IsWhy = fn(&Why) -> bool;

/// Why columns are not used, and which of them are told together.
const UNUSED: [(&str, IsWhy); 8] = [
    ("not compared, since --own does not say who we are", |why| {
        matches!(why, Why::NotCompared(_))
    }),
    (
        "not used, since it is not clear what they say (--map tells)",
        |why| matches!(why, Why::Unclear(_)),
    ),
    (
        "not used, since another column says it more clearly (--map tells)",
        |why| matches!(why, Why::Less(..)),
    ),
    (
        "not used, since other columns say that the records are about something else (--map tells)",
        |why| matches!(why, Why::Elsewhere(_)),
    ),
    ("not used, since both could be meant (--map tells)", |why| {
        matches!(why, Why::Tied(..))
    }),
    (
        "not used, since nothing in them is understood (--map reads them)",
        |why| matches!(why, Why::NotUnderstood(_)),
    ),
    (
        "not used, since numbers are no words for it (--map reads them)",
        |why| matches!(why, Why::Numbers(_)),
    ),
    (
        "not used, since so many months would be more than fifty years (--map reads them)",
        |why| matches!(why, Why::TooLong(_)),
    ),
];

/// How wide the line is that shows progress, and that all else has to replace.
static SHOWN: Mutex<usize> = Mutex::new(0);

/// Writes `text` to standard error.
pub(super) fn tell(text: &str) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let clear = clear(std::mem::take(&mut *shown));
    let text: String = text.split_inclusive('\n').map(harmless).collect();
    drop(
        std::io::stderr()
            .lock()
            .write_all((clear + &text).as_bytes()),
    );
}

/// A line for a log that a CI runner may look through for commands, which begin with `::`,
/// `##[` or `##vso[`: with nothing in it that is one.
pub(super) fn harmless(line: &str) -> String {
    let line = line.replace("##[", "#\\u{23}[");
    let line = line.replace("##vso[", "#\\u{23}vso[");
    let indent = line.len() - line.trim_start().len();
    match line[indent..].strip_prefix("::") {
        Some(rest) => format!("{}\\u{{3a}}:{rest}", &line[..indent]),
        None => line,
    }
}

/// Shows `line`, which the next replaces; an empty one takes it away.
pub(super) fn progress(line: &str) {
    let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    // A line that wraps could not be taken away.
    let width = terminal_size::terminal_size_of(std::io::stderr());
    let width = width.map_or(80, |(width, _)| usize::from(width.0)).max(2) - 1;
    let line: String = line.chars().take(width).collect();
    let clear = clear(std::mem::replace(&mut *shown, line.chars().count()));
    let mut stderr = std::io::stderr().lock();
    drop(stderr.write_all((clear + &line).as_bytes()));
    drop(stderr.flush());
}

/// What takes a line of so many characters away.
fn clear(width: usize) -> String {
    match width {
        0 => String::new(),
        width => format!("\r{}\r", " ".repeat(width)),
    }
}

/// Which column feeds which criterion.
pub(super) fn opened(rules: &Rules, judging: &Judging, opened: &Opened<'_>) -> String {
    let criteria = &rules.rulebook().criteria;
    let name = |criterion: usize| criteria[criterion].name.as_str();
    let mut lines = vec![input(opened)];
    let mapping = opened.mapping;
    let mut fed: Vec<(&Feed, String)> = Vec::new();
    for (column, feeds) in opened.names.iter().zip(&mapping.feeds) {
        for feed in feeds {
            let remarks = remarks(rules, feed, judging.told_by(name(feed.criterion)));
            fed.push((feed, format!("{}{remarks}", quoted(column))));
        }
    }
    fed.sort_by_key(|(feed, _)| (feed.criterion, feed.turn()));
    let width = fed.iter().map(|(feed, _)| name(feed.criterion).len()).max();
    let width = width.unwrap_or(0);
    for (feed, column) in fed {
        lines.push(format!("  {:width$} <- {column}", name(feed.criterion)));
    }
    let unused = opened.names.iter().zip(&mapping.unused);
    let mut paired: Vec<String> = Vec::new();
    for (text, is) in UNUSED {
        let mut of = |(column, why): (&String, &Option<Why>)| {
            let why = why.as_ref().filter(|why| is(why))?;
            let criterion = name(why.criterion()?);
            Some(match why {
                // Of two each names the other.
                Why::Tied(_, other) if paired.contains(column) => {
                    paired.push(other.clone());
                    return None;
                }
                Why::Tied(_, other) => {
                    paired.push(other.clone());
                    format!("{} and {} ({criterion})", quoted(column), quoted(other))
                }
                _ => format!("{} ({criterion})", quoted(column)),
            })
        };
        let columns: Vec<String> = unused.clone().filter_map(&mut of).collect();
        if !columns.is_empty() {
            lines.push(format!("  {text}: {}", columns.join(", ")));
        }
    }
    for (column, undecided) in &mapping.undated {
        let column = quoted(&opened.names[*column]);
        lines.push(format!("  {column}: {}", ask(undecided)));
    }
    ended(&lines)
}

/// How a column was found and is read, where that is not plain.
fn remarks(rules: &Rules, feed: &Feed, told_by: &str) -> String {
    let value = |value: u8| &rules.rulebook().criteria[feed.criterion].values[usize::from(value)];
    let mut remarks = Vec::new();
    match feed.how {
        How::Stated => remarks.push(told_by.to_owned()),
        How::Values => remarks.push("by its values".to_owned()),
        How::Words | How::Exact => {}
    }
    match feed.role {
        Role::Plain | Role::Since => {}
        Role::Filled(means) => remarks.push(format!("filled in means {}", value(means))),
        Role::Before(means) | Role::Flag(means) => {
            remarks.push(format!("yes means {}", value(means)));
        }
        Role::Term => remarks.push("a commitment, where nothing else tells the length".to_owned()),
    }
    if let Some(unit) = feed.bare_unit() {
        remarks.push(format!("a bare number counts {unit}"));
    }
    remarks.extend(feed.date_order().map(order).map(str::to_owned));
    match remarks.is_empty() {
        true => String::new(),
        false => format!(" ({})", remarks.join("; ")),
    }
}

/// Asks for the order of a date.
pub(super) fn ask(undecided: &Undecided) -> String {
    let orders = undecided.orders.iter();
    let flags: Vec<String> = orders
        .map(|order| format!("--date-order {}", order.name()))
        .collect();
    let text = quoted(&undecided.text);
    format!(
        "{text} could be two days; say the order: {}",
        flags.join(" or ")
    )
}

/// An order of dates in words.
pub(super) fn order(order: DateOrder) -> &'static str {
    match order {
        DateOrder::Dmy => "the day first",
        DateOrder::Mdy => "the month first",
        DateOrder::Ymd => "the year first",
    }
}

/// What the input is, and what it was before.
pub(super) fn input(opened: &Opened<'_>) -> String {
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
    format!("{}: {what}", opened.file)
}

/// What came out: labels, and what was not understood.
pub(super) fn summary(rules: &Rules, summary: &Summary, rejects: Option<&str>) -> String {
    let mut lines = late(rules, summary);
    lines.push(format!("{} labelled", count(summary.records(), "record")));
    lines.extend(labels(rules, summary));
    lines.extend(happenings(summary, rejects));
    lines.extend(not_understood(rules, summary));
    ended(&lines)
}

/// The same where labels, and what was not understood, are shown otherwise.
pub(super) fn brief(rules: &Rules, summary: &Summary, rejects: Option<&str>) -> String {
    let mut lines = late(rules, summary);
    lines.push(format!("{} labelled", count(summary.records(), "record")));
    lines.extend(happenings(summary, rejects));
    ended(&lines)
}

/// How often which label was given.
fn labels(rules: &Rules, summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for (card, scorecard) in rules.rulebook().scorecards.iter().enumerate() {
        let [upper, lower, neither] = summary.labels(card);
        let shares = [(1, lower), (0, upper), (2, neither)]
            .map(|(label, count)| format!("{} {}", rules.label(card, label), grouped(count)));
        lines.push(format!("  {}: {}", scorecard.name, shares.join(", ")));
    }
    lines
}

/// What happened beside.
fn happenings(summary: &Summary, rejects: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    if summary.actions > 0 {
        lines.push(format!(
            "{} between the records (index, create, update, delete) not labelled",
            count(summary.actions, "action line")
        ));
    }
    if summary.padded > 0 {
        let records = count(summary.padded, "short record");
        lines.push(format!("{records} filled up with empty fields"));
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
    lines
}

/// The texts that were not understood, by criterion.
fn not_understood(rules: &Rules, summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
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
    lines
}

/// The columns that turned up late.
pub(super) fn late(rules: &Rules, summary: &Summary) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (criterion, column, file, record) in &summary.late {
        let criterion = &rules.rulebook().criteria[*criterion].name;
        lines.push(format!(
            "{file}: from record {record} on, {} feeds {criterion}",
            quoted(column)
        ));
    }
    for (criterion, column, file, record) in &summary.ignored {
        let criterion = &rules.rulebook().criteria[*criterion].name;
        lines.push(format!(
            "{file}: from record {record} on, {} is not used, since another column feeds {criterion} (--map tells)",
            quoted(column)
        ));
    }
    lines
}

/// The lines, each with its line break.
pub(super) fn ended(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line, "\n"]).collect()
}

pub(super) fn shortened(value: &str) -> String {
    if value.chars().count() > LONGEST {
        quoted(&value.chars().take(LONGEST).chain(['…']).collect::<String>())
    } else {
        quoted(value)
    }
}

pub(super) fn count(number: u64, what: &str) -> String {
    format!(
        "{} {what}{}",
        grouped(number),
        if number == 1 { "" } else { "s" }
    )
}
