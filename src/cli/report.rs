//! What a run reports on standard error.
//!
//! Owns the wording and the layout of that report.

use std::collections::BTreeMap;

use super::args::Judging;
use super::columns::filled;
use super::wording;
use crate::columns::{Feed, How, Role, Subject, Why};
use crate::engine::compile::Rules;
use crate::error::{Help, Place};
use crate::format::is_formula;
use crate::input::{Format, KnownBy};
use crate::related::{FileReport, Gathered, NotCounted, Taken, TakenBy};
use crate::run::{Furniture, Opened, Summary};
pub(super) use crate::text::grouped;
use crate::text::{joined, quoted, visible};
use crate::value::{DateOrder, Undecided};

/// How many texts that were not understood are shown for each criterion.
const UNREAD: usize = 5;
/// How many columns are named that show what records are about.
const SHOWN_BY: usize = 3;
/// How many characters of each.
const LONGEST: usize = 60;

/// Why a column is not used, and its place in the report; those with one reason share a
/// line.
fn unused(why: &Why) -> Option<(u8, &'static str)> {
    Some(match why {
        Why::NotCompared(_) => (0, "not compared (--own states who we are)"),
        Why::Unclear(_) => (
            1,
            "not used, since it isn't clear what they mean (--map settles it)",
        ),
        Why::Less(..) => (
            2,
            "not used, since another column is clearer (--map settles it)",
        ),
        Why::Elsewhere(_, subject, _) => (
            3,
            match subject {
                Subject::Purchases => "not used, since it is about what we buy (--map settles it)",
                Subject::Staff => "not used, since it is about our own staff (--map settles it)",
                Subject::Workers => {
                    "not used, since it is about those who did the work (--map settles it)"
                }
                Subject::Other => {
                    "not used, since other columns show that the records are about something else (--map settles it)"
                }
            },
        ),
        Why::Tied(..) => (4, "not used, since both could be meant (--map settles it)"),
        Why::OneForAll(_) => (
            8,
            "not used, since all records have the same address (--map reads it)",
        ),
        Why::NotUnderstood(_) => (
            5,
            "not used, since nothing in them is understood (--map reads them)",
        ),
        Why::Numbers(_) => (6, "not used, since they contain numbers (--map reads them)"),
        Why::TooLong(_) => (
            7,
            "not used, since their numbers may be years or days (--map reads them as months)",
        ),
        Why::Unknown
        | Why::NotPlanned
        | Why::Never(_)
        | Why::Late(..)
        | Why::Twin(_)
        | Why::Stated(_)
        | Why::NotTaken(_)
        | Why::Contradicts(_) => {
            return None;
        }
    })
}

/// Which column feeds which criterion.
pub(super) fn opened(rules: &Rules, judging: &Judging, opened: &Opened<'_>) -> String {
    let criteria = &rules.rulebook().criteria;
    let name = |criterion: usize| criteria[criterion].name.as_str();
    let mut lines = vec![input(opened)];
    let mapping = opened.mapping;
    if let Some((subject, shown)) = &mapping.subject {
        let shown = shown.iter().take(SHOWN_BY).map(|name| quoted(name));
        let shown: Vec<String> = shown.collect();
        let verb = if shown.len() == 1 { "shows" } else { "show" };
        let (about, shown) = (subject.name(), joined(&shown, "and"));
        lines.push(format!(
            "  the records are about {about}, as {shown} {verb}"
        ));
    }
    let mut fed: Vec<(&Feed, String)> = Vec::new();
    for (column, feeds) in opened.names.iter().zip(&mapping.feeds) {
        for feed in feeds {
            let remarks = remarks(rules, feed, judging.named_by(name(feed.criterion)));
            fed.push((feed, format!("{}{remarks}", quoted(column))));
        }
    }
    fed.sort_by_key(|(feed, _)| (feed.criterion, feed.turn()));
    let width = fed.iter().map(|(feed, _)| name(feed.criterion).len()).max();
    let width = width.unwrap_or(0);
    for (feed, column) in fed {
        lines.push(format!("  {:width$} <- {column}", name(feed.criterion)));
    }
    let mut columns: BTreeMap<(u8, &str), Vec<String>> = BTreeMap::new();
    let mut paired: Vec<&String> = Vec::new();
    for (column, why) in opened.names.iter().zip(&mapping.unused) {
        let why = why.as_ref();
        let of = why.and_then(|why| Some((why, unused(why)?, name(why.criterion()?))));
        let Some((why, text, criterion)) = of else {
            continue;
        };
        let mut shown = quoted(column);
        if let Why::Tied(_, other) = why {
            // Of two each names the other.
            let is_named = paired.contains(&column);
            paired.push(other);
            if is_named {
                continue;
            }
            shown += &format!(" and {}", quoted(other));
        }
        let of_text = columns.entry(text).or_default();
        of_text.push(format!("{shown} ({criterion})"));
    }
    for ((_, text), columns) in columns {
        lines.push(format!("  {text}: {}", columns.join(", ")));
    }
    for (column, undecided) in &mapping.undated {
        let column = quoted(&opened.names[*column]);
        lines.push(format!("  {column}: {}", ask(undecided)));
    }
    for (column, feed) in opened.otherwise {
        let by_itself = match feed {
            Some(feed) => format!("read as {}: {}", name(feed.criterion), feed.role_word()),
            None => "not read".to_owned(),
        };
        lines.push(format!(
            "  {}: read as in the files before; by itself it would be {by_itself}",
            quoted(column)
        ));
    }
    ended(&lines)
}

/// The names of columns that get an apostrophe too; `added` are those of the fields that
/// labelling adds.
pub(super) fn formulas(opened: &Opened<'_>, added: &[String]) -> String {
    // A column that is replaced has the name of the field that replaces it.
    let added = added.iter().filter(|name| !opened.names.contains(name));
    let names = opened.names.iter().chain(added);
    let names = names.filter(|name| is_formula(name));
    let names: Vec<String> = names.map(|name| quoted(name)).collect();
    match names.is_empty() {
        true => String::new(),
        false => ended(&[format!(
            "  named with an apostrophe, since they look like formulas: {}",
            names.join(", ")
        )]),
    }
}

/// How a column was found and is read, where that is not plain.
fn remarks(rules: &Rules, feed: &Feed, named_by: &str) -> String {
    let value = |value: u8| &rules.rulebook().criteria[feed.criterion].values[usize::from(value)];
    let how = match feed.how {
        How::Stated => Some(named_by.to_owned()),
        How::Values => Some("by its values".to_owned()),
        How::Words | How::Exact => None,
    };
    let role = match feed.role {
        Role::Plain | Role::Since => None,
        Role::Kind => Some("only what speaks against it".to_owned()),
        Role::Signed => Some("only to measure a term from".to_owned()),
        Role::InForce => Some("of a contract, which it shows to be in force or ended".to_owned()),
        Role::Filled(means, filling) => Some(filled(value(means), filling)),
        Role::Before(means) | Role::Flag(means) => Some(format!("yes means {}", value(means))),
        Role::Term => Some("a commitment, used where nothing else gives the length".to_owned()),
    };
    let unit = feed.bare_unit();
    let unit = unit.map(|unit| format!("a bare number counts {unit}"));
    let order = feed.date_order().map(order).map(str::to_owned);
    let remarks: Vec<String> = [how, role, unit, order].into_iter().flatten().collect();
    match remarks.is_empty() {
        true => String::new(),
        false => format!(" ({})", remarks.join("; ")),
    }
}

/// Asks for the order of a date.
pub(super) fn ask(undecided: &Undecided) -> String {
    let orders = undecided.orders.iter().map(|order| order.name());
    let order = wording::phrase(&Help::state_date_order(orders).phrase());
    format!(
        "{} could be two different days; {order}",
        quoted(&undecided.text)
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
    let mut what = opened.format.title().to_owned();
    let origin = opened.origin;
    if let Some(sheet) = &origin.sheet {
        let (name, number, of) = (quoted(&sheet.name), sheet.number, sheet.of);
        what = format!("sheet {name} ({number} of {of}) of a workbook, read as {what}");
    } else if let (Some(delimiter), Format::Csv) = (opened.delimiter, opened.format) {
        what.push_str(&format!(" with {:?} between fields", char::from(delimiter)));
    }
    if opened.is_keyed {
        what.push_str(" with a record under each key (keys are kept in JSON only)");
    }
    if let Some(packing) = &origin.packing {
        what.push_str(&format!(", unpacked from {}", packing.name()));
    }
    if let Some((encoding, known_by)) = &origin.encoding {
        let known_by = match known_by {
            KnownBy::Mark => "byte order mark",
            KnownBy::Layout => "--encoding",
        };
        let name = encoding.name();
        what.push_str(&format!(", read as {name} ({known_by}), written as UTF-8"));
    }
    format!("{}: {what}", opened.file)
}

/// The result: how many records got which label.
pub(super) fn result(rules: &Rules, summary: &Summary) -> String {
    let mut lines = vec![format!("{} labelled", count(summary.records(), "record"))];
    for (card, scorecard) in rules.rulebook().scorecards.iter().enumerate() {
        let [upper, lower, neither] = summary.labels(card);
        let shares = [(1, lower), (0, upper), (2, neither)]
            .map(|(label, count)| format!("{} {}", rules.label(card, label), grouped(count)));
        lines.push(format!("  {}: {}", scorecard.name, shares.join(", ")));
    }
    ended(&lines)
}

/// What else became of the records, and what was not understood, unless that is shown
/// otherwise.
pub(super) fn rest(
    rules: &Rules,
    summary: &Summary,
    rejects: Option<&str>,
    is_brief: bool,
) -> String {
    let mut lines = late(rules, summary);
    if summary.actions > 0 {
        let lines_of = count(summary.actions, "action line");
        let kinds = "index, create, update, delete";
        let between = format!("between the records ({kinds}) not labelled");
        lines.push(format!("{lines_of} {between}"));
    }
    lines.extend(furnished(summary));
    if summary.padded > 0 {
        let records = count(summary.padded, "short record");
        lines.push(format!("{records} filled up with empty fields"));
    }
    if summary.rejected > 0 {
        let (records, file) = (
            count(summary.rejected, "record"),
            rejects.unwrap_or("--rejects"),
        );
        lines.push(format!("{records} could not be read and went to {file}"));
    }
    if summary.left_out > 0 {
        let columns = count(summary.left_out as u64, "column");
        let why = "the terminal is too narrow (-f csv shows all)";
        lines.push(format!("{columns} left out: {why}"));
    }
    if !is_brief {
        lines.extend(not_understood(rules, summary));
    }
    ended(&lines)
}

/// The kinds of records that are not about a buyer, in the order of the report.
pub(super) const FURNITURE: [Furniture; 3] =
    [Furniture::Total, Furniture::Footer, Furniture::Header];

/// A kind of record that is not about a buyer, as a key.
pub(super) fn furniture_kind(kind: Furniture) -> &'static str {
    match kind {
        Furniture::Total => "total",
        Furniture::Footer => "footer",
        Furniture::Header => "header",
    }
}

/// The records that are not about a buyer, and where they are.
pub(super) fn furnished(summary: &Summary) -> Vec<String> {
    let lines = FURNITURE.into_iter().filter_map(|kind| {
        let (all, places) = summary.furnished.of(kind);
        let is = match (kind, all) {
            (_, 0) => return None,
            (Furniture::Total, 1) => "is a total",
            (Furniture::Total, _) => "are totals",
            (Furniture::Footer, 1) => "is a footer",
            (Furniture::Footer, _) => "are footers",
            (Furniture::Header, 1) => "repeats the header",
            (Furniture::Header, _) => "repeat the header",
        };
        let records = count(all, "record");
        let more = and_more(all - places.len() as u64, false);
        let more = more.map_or(String::new(), |more| format!(", {more}"));
        let places = in_files(places, summary.files > 1);
        Some(format!("{records} {is}, so no evidence: {places}{more}"))
    });
    lines.collect()
}

/// `lines 3, 9`; of several files, `a.csv lines 3, 9; b.csv line 4`.
fn in_files(places: &[Place], are_several: bool) -> String {
    let of_file = |places: &[Place]| {
        let number = |place: &Place| place.line.or(place.row).or(place.record).unwrap_or(0);
        let what = match &places[0] {
            Place { line: Some(_), .. } => "line",
            Place { row: Some(_), .. } => "row",
            _ => "record",
        };
        let plural = if places.len() == 1 { "" } else { "s" };
        let numbers = places.iter().map(|place| grouped(number(place)));
        let numbers: Vec<String> = numbers.collect();
        let file = match (&places[0].file, are_several) {
            (Some(file), true) => format!("{file} "),
            _ => String::new(),
        };
        format!("{file}{what}{plural} {}", numbers.join(", "))
    };
    let files = places.chunk_by(|one, next| one.file == next.file);
    files.map(of_file).collect::<Vec<_>>().join("; ")
}

/// The texts that were not understood, by criterion.
fn not_understood(rules: &Rules, summary: &Summary) -> Vec<String> {
    let mut lines = Vec::new();
    for (criterion, of) in rules.rulebook().criteria.iter().enumerate() {
        let (ranked, others) = summary.not_understood(criterion);
        if ranked.is_empty() {
            continue;
        }
        if lines.is_empty() {
            lines.push("not understood, so no evidence:".to_owned());
        }
        let mut shown = most_frequent(ranked.iter().copied(), UNREAD);
        shown.extend(and_more(
            ranked.len().saturating_sub(UNREAD) as u64,
            others > 0,
        ));
        lines.push(format!("  {}: {}", of.name, shown.join(", ")));
    }
    lines
}

/// The `most` most frequent texts, and how often each was met.
pub(super) fn most_frequent<'t>(
    ranked: impl Iterator<Item = (&'t str, u64)>,
    most: usize,
) -> Vec<String> {
    let shown = ranked.take(most);
    let shown = shown.map(|(text, times)| format!("{} {}x", shortened(text), grouped(times)));
    shown.collect()
}

/// How many more there are, and whether there may be others beside.
pub(super) fn and_more(more: u64, others: bool) -> Option<String> {
    let at_least = if others { "at least " } else { "" };
    (more > 0 || others).then(|| format!("and {at_least}{} more", grouped(more)))
}

/// The columns that turned up late.
pub(super) fn late(rules: &Rules, summary: &Summary) -> Vec<String> {
    let lines = |columns: &[(usize, String, String, u64)], before: &str, after: &str| {
        let lines = columns.iter().map(|(criterion, column, file, record)| {
            let (column, of) = (quoted(column), &rules.rulebook().criteria[*criterion].name);
            format!("{file}: from record {record} on, {column} {before} {of}{after}")
        });
        lines.collect::<Vec<_>>()
    };
    let settles = " (--map settles it)";
    [
        lines(&summary.late, "feeds", ""),
        lines(
            &summary.ignored,
            "is not used, since another column feeds",
            settles,
        ),
        lines(&summary.unclear, "is not read, but may change", settles),
    ]
    .concat()
}

/// The lines, each with its line break; one within it would begin another, so it is shown.
pub(super) fn ended(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("{}\n", visible(line)))
        .collect()
}

/// A text in quotes, or its beginning.
pub(super) fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => quoted(&format!("{}…", &value[..end])),
        None => quoted(value),
    }
}

/// A number of things.
pub(super) fn count(number: u64, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", grouped(number))
}

/// A share, rounded to a whole number of percent.
pub(super) fn percent(part: u64, of: u64) -> String {
    match of {
        0 => "0%".to_owned(),
        of => {
            let percent = part as f64 / of as f64 * 100.0;
            // Neither all nor nothing unless it is.
            let shown = match percent.round() {
                100.0 if part < of => "more than 99".to_owned(),
                0.0 if part > 0 => "less than 1".to_owned(),
                rounded => rounded.to_string(),
            };
            format!("{shown}%")
        }
    }
}

/// What was found in related files.
pub(super) fn related(rules: &Rules, gathered: &Gathered, summary: &Summary) -> String {
    let mut lines = Vec::new();
    let counts = summary.evidence();
    for (place, file) in gathered.files.iter().enumerate() {
        let of = |counts: &[u64]| counts.get(place).copied().unwrap_or(0);
        let contradicted = counts.map_or(0, |counts| of(&counts.contradicted));
        lines.extend(related_file(rules, file, contradicted));
    }
    ended(&lines)
}

/// What was found in a related file.
fn related_file(rules: &Rules, file: &FileReport, contradicted: u64) -> Vec<String> {
    let (theirs, ours) = (quoted(&file.theirs), quoted(&file.ours));
    let kind = file.kind.as_ref().map(|(name, _)| format!("{name}, "));
    let kind = kind.unwrap_or_default();
    let with_key = file.records - file.without_key;
    let mut found = format!(
        "{}: {kind}by {theirs} = {ours}: {} of {} found, for {} of {}",
        file.file,
        grouped(file.found),
        count(with_key, "record"),
        grouped(file.keys.0),
        grouped(file.keys.1),
    );
    if file.orphans > 0 {
        found += &format!("; {} not among ours", grouped(file.orphans));
    }
    if file.without_key > 0 {
        found += &format!("; {} without a key", grouped(file.without_key));
    }
    let mut lines = vec![found];
    let name = |criterion: usize| rules.rulebook().criteria[criterion].name.as_str();
    let width = file.taken.iter().map(|one| name(one.criterion).len()).max();
    let width = width.unwrap_or(0);
    for taken in &file.taken {
        lines.push(format!(
            "  {:width$} <- {}",
            name(taken.criterion),
            taken_by(rules, taken)
        ));
    }
    lines.extend(related_notes(file));
    for (criterion, texts) in &file.not_understood {
        let shown = texts.iter().map(|(text, count)| (text.as_str(), *count));
        let shown = most_frequent(shown, UNREAD).join(", ");
        lines.push(format!("  {}: not understood: {shown}", name(*criterion)));
    }
    if contradicted > 0 {
        let records = count(contradicted, "record");
        lines.push(format!(
            "  contradicts {records} of ours; these count as they are"
        ));
    }
    lines
}

/// Remarks on a related file.
pub(super) fn related_notes(file: &FileReport) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(ignored) = &file.ignored {
        lines.push(format!("  keys are compared without {ignored}"));
    }
    for (why, records) in &file.not_counted {
        let records = count(*records, "record");
        let mut line = format!("  {records} {}", not_counted(*why));
        if *why == NotCounted::Unknown {
            let texts = file.unknown_states.iter();
            let texts = texts.map(|(text, count)| (text.as_str(), *count));
            line += &format!(": {}", most_frequent(texts, UNREAD).join(", "));
        }
        lines.push(line);
    }
    if file.unclear > 0 {
        lines.push(format!(
            "  {} belong to several of ours, so to none",
            count(file.unclear, "record")
        ));
    }
    if file.repeated > 0 {
        let records = count(file.repeated, "record");
        lines.push(format!(
            "  {records} of ours have a key that another one has too"
        ));
    }
    for (column, undecided) in &file.mapping.undated {
        let column = file
            .names
            .get(*column)
            .map_or(String::new(), |name| quoted(name));
        lines.push(format!("  {column}: {}", ask(undecided)));
    }
    lines
}

/// How a criterion is found in a related file.
pub(super) fn taken_by(rules: &Rules, taken: &Taken) -> String {
    let columns: Vec<String> = taken.columns.iter().map(|name| quoted(name)).collect();
    let columns = match columns.is_empty() {
        true => String::new(),
        false => format!(" ({})", columns.join(", ")),
    };
    let text = match &taken.by {
        TakenBy::InForce => format!("in force on {}{columns}", rules.as_of()),
        TakenBy::Span => format!("from the first day to the last{columns}"),
        TakenBy::Columns => columns
            .trim_start_matches(" (")
            .trim_end_matches(')')
            .to_owned(),
        TakenBy::Often => format!("from how many there are and when{columns}"),
        TakenBy::Means(value) => format!("{value}, since there are such records"),
        TakenBy::Goods(value) => format!("{value}, since the records name goods"),
        TakenBy::Says(value) => format!("{value} for each record (as stated)"),
        TakenBy::Absent(value) => format!("{value} without a record (as stated)"),
    };
    match taken.conflicts {
        0 => text,
        conflicts => format!("{text}; {} without agreement", grouped(conflicts)),
    }
}

/// Why records of a related file do not count.
pub(super) fn not_counted(why: NotCounted) -> &'static str {
    match why {
        NotCounted::Draft => "not made yet, so not counted",
        NotCounted::Void => "cancelled, returned, lost or deleted, so not counted",
        NotCounted::Gone => "over, so not counted",
        NotCounted::OtherState => "in a state that does not count",
        NotCounted::Unknown => "in a state that is not understood, so not counted",
        NotCounted::Others => "of another kind or about somebody else, so not counted",
        NotCounted::Parent => "of records that do not count",
    }
}
