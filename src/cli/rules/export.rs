//! Whose labels two rulebooks change, and what tipped them.
//!
//! Owns the forms in which that is printed of an export: in groups, the most frequent
//! first.

use crate::compare::{Compared, Crossing, Group, Settled};
use crate::engine::delta::{Cause, PartialScore};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::Bands;
use crate::error::Place;
use crate::rulebook::Rulebook;
use crate::text::visible;
use serde_json::{Value, json};

use crate::cli::markdown::escaped;
use crate::cli::report::{count, grouped};
use crate::cli::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};

/// So many groups are shown of each scorecard.
const MOST: usize = 20;

/// What a characteristic gave, in words.
fn given(of: PartialScore<'_>) -> String {
    match (of.reason_code, of.evidence) {
        (Some(code), _) => format!("{:+} {code}", of.points),
        (None, None) => "not looked at".to_owned(),
        (None, Some(Evidence::Missing)) => "missing".to_owned(),
        (None, Some(Evidence::NotUnderstood)) => "not understood".to_owned(),
        (None, Some(_)) => "no attribute".to_owned(),
    }
}

/// How the bands of a scorecard differ, in words.
fn bands(group: &Group<'_>, rulebooks: [&Rulebook; 2]) -> String {
    let cards = rulebooks.map(|of| of.scorecards.iter().find(|one| one.name == group.scorecard));
    let [Some(old), Some(new)] = cards else {
        return String::new();
    };
    let mut all = Vec::new();
    let pairs = Bands::of(old)
        .in_words()
        .into_iter()
        .zip(Bands::of(new).in_words());
    for ((before, from), (after, to)) in pairs {
        // Of the two, that which has to do with the change.
        if before != group.before && after != group.after {
            continue;
        }
        if before != after {
            all.push(format!("{before} is called {after}"));
        }
        if from != to {
            all.push(format!("{after} {from} -> {to}"));
        }
    }
    all.join(", ")
}

/// What tipped the records of a group.
fn tipped(group: &Group<'_>, rulebooks: [&Rulebook; 2]) -> String {
    match &group.cause {
        Cause::Characteristic(one) => {
            let (before, after) = (given(one.before), given(one.after));
            format!("{}: {before} -> {after}", one.criterion)
        }
        Cause::InitialScore { before, after } => {
            format!("the points before any evidence: {before:+} -> {after:+}")
        }
        Cause::Bands => format!("the bands: {}", bands(group, rulebooks)),
    }
}

/// The first records of a group.
fn first(group: &Group<'_>) -> String {
    let one = |place: &Place| {
        let record = place.record.map_or(String::new(), grouped);
        match (place.line, place.row) {
            (Some(line), _) => format!("{record} (line {line})"),
            (None, Some(row)) => format!("{record} (row {row})"),
            (None, None) => record,
        }
    };
    let places: Vec<String> = group.first.iter().map(one).collect();
    let more = match group.records > group.first.len() as u64 {
        true => ", ...",
        false => "",
    };
    format!("record {}{more}", places.join(", "))
}

/// `Client 9 -> 6, Customer 9 -> 12`, for the labels of either.
fn totals(crossing: &Crossing<'_>) -> String {
    let mut labels: Vec<&str> = Vec::new();
    for label in crossing.before.iter().chain(&crossing.after) {
        if !labels.contains(label) {
            labels.push(label);
        }
    }
    let sum = |is_it: &dyn Fn(&str, &str) -> bool| -> u64 {
        let pairs = crossing
            .pairs()
            .filter(|(before, after, _)| is_it(before, after));
        pairs.map(|(.., records)| records).sum()
    };
    let totals = labels.iter().map(|label| {
        let before = sum(&|before, _| before == *label);
        let after = sum(&|_, after| after == *label);
        format!("{label} {} -> {}", grouped(before), grouped(after))
    });
    totals.collect::<Vec<_>>().join(", ")
}

/// The columns that feed something else by the new rulebook.
fn columns([old, new]: [&Rulebook; 2], settled: &[Settled; 2]) -> Vec<String> {
    let feeds = |of: &Rulebook, settled: &Settled, column: &str| -> Vec<String> {
        let place = settled.names.iter().position(|name| name == column);
        let feeds = place.and_then(|place| settled.mapping.feeds.get(place));
        let feeds = feeds.into_iter().flatten();
        feeds
            .map(|feed| of.criteria[feed.criterion].name.clone())
            .collect()
    };
    let in_words = |feeds: Vec<String>| match feeds.is_empty() {
        true => "nothing".to_owned(),
        false => feeds.join(" and "),
    };
    let mut all = Vec::new();
    for column in &settled[1].names {
        let before = feeds(old, &settled[0], column);
        let after = feeds(new, &settled[1], column);
        if before != after {
            let column = crate::text::quoted(column);
            all.push(format!(
                "{column} feeds {} -> {}",
                in_words(before),
                in_words(after)
            ));
        }
    }
    all
}

/// `export.csv: 1,000 records, 3 changes of a label`, in two parts.
fn heading(name: &str, compared: &Compared<'_>) -> (String, String) {
    let records = count(compared.records, "record");
    let changes = count(compared.changes(), "change");
    let head = format!("{records}, {changes} of a label");
    (visible(name).into_owned(), head)
}

fn passed_over(compared: &Compared<'_>) -> Option<String> {
    let rejected = count(compared.rejected, "record");
    (compared.rejected > 0).then(|| format!("passed over: {rejected} that cannot be read"))
}

/// The groups of a scorecard.
fn groups_of<'c, 'r>(compared: &'c Compared<'r>, of: &Crossing<'_>) -> Vec<&'c Group<'r>> {
    let groups = compared.groups.iter();
    groups.filter(|one| one.scorecard == of.scorecard).collect()
}

pub(super) fn as_text(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
    screen: &Screen,
) -> String {
    let mut out = StyledText::new(screen);
    out.blank();
    let (name, head) = heading(name, compared);
    out.wrapped(2, &[], &[span(STRONG, format!("{name}: {head}"))]);
    if let Some(text) = passed_over(compared) {
        out.wrapped(2, &[], &[span(PLAIN, text)]);
    }
    for text in columns(rulebooks, &compared.settled) {
        out.wrapped(4, &[span(PLAIN, "  ")], &[span(PLAIN, text)]);
    }
    for crossing in &compared.scorecards {
        out.blank();
        let totals = span(PLAIN, format!(": {}", totals(crossing)));
        out.wrapped(2, &[], &[span(STRONG, crossing.scorecard), totals]);
        let groups = groups_of(compared, crossing);
        let widths = groups.iter().map(|one| grouped(one.records).len());
        let width = widths.max().unwrap_or(1) + 2;
        for group in groups.iter().take(MOST) {
            let records = format!("{:>width$}  ", grouped(group.records));
            let change = format!("{} -> {}", group.before, group.after);
            let by = format!(", tipped by {}", tipped(group, rulebooks));
            let text = [span(STRONG, change), span(PLAIN, by)];
            out.wrapped(width + 2, &[span(STRONG, records)], &text);
            let blank = [span(PLAIN, " ".repeat(width + 2))];
            out.wrapped(width + 2, &blank, &[span(FAINT, first(group))]);
        }
        if let more @ 1.. = groups.len().saturating_sub(MOST) {
            let text = format!("and {more} more kinds of change (--format json has all)");
            out.wrapped(2, &[span(PLAIN, "  ")], &[span(FAINT, text)]);
        }
    }
    for text in rest(compared) {
        out.wrapped(2, &[], &[span(PLAIN, text)]);
    }
    out.text
}

/// What else there is to say.
fn rest(compared: &Compared<'_>) -> Vec<String> {
    let only = [
        (&compared.only_before, "old"),
        (&compared.only_after, "new"),
    ];
    let only = only.into_iter().filter(|(names, _)| !names.is_empty());
    let only = only.map(|(names, which)| {
        let names = names.join(", ");
        format!("{names}: only the {which} rulebook asks this, so it is not compared")
    });
    let more = count(compared.ungrouped, "change");
    let more = (compared.ungrouped > 0)
        .then(|| format!("and {more} of other kinds, which are too many to tell apart"));
    only.chain(more).collect()
}

pub(super) fn as_markdown(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
) -> String {
    let (name, head) = heading(name, compared);
    let mut text = format!("\n**{}**: {head}\n", escaped(&name));
    if let Some(passed) = passed_over(compared) {
        text += &format!("\n{passed}\n");
    }
    for column in columns(rulebooks, &compared.settled) {
        text += &format!("- {}\n", escaped(&column));
    }
    for crossing in &compared.scorecards {
        let (name, totals) = (escaped(crossing.scorecard), escaped(&totals(crossing)));
        text += &format!("\n**{name}**: {totals}\n");
        let groups = groups_of(compared, crossing);
        if groups.is_empty() {
            continue;
        }
        text += "\n| records | change | tipped by | such as |\n| ---: | --- | --- | --- |\n";
        for group in groups.iter().take(MOST) {
            let cells = [
                grouped(group.records),
                format!("{} -> {}", group.before, group.after),
                tipped(group, rulebooks),
                first(group),
            ];
            text += &format!("| {} |\n", cells.map(|cell| escaped(&cell)).join(" | "));
        }
        if let more @ 1.. = groups.len().saturating_sub(MOST) {
            text += &format!("\nand {more} more kinds of change\n");
        }
    }
    for one in rest(compared) {
        text += &format!("\n{}\n", escaped(&one));
    }
    text
}

pub(super) fn as_json(name: &str, rulebooks: [&Rulebook; 2], compared: &Compared<'_>) -> Value {
    let cards = compared.scorecards.iter().map(|crossing| {
        let pairs = crossing.pairs().filter(|(.., records)| *records > 0);
        let pairs = pairs.map(|(before, after, records)| json!({"before": before, "after": after, "records": records}));
        json!({
            "scorecard": crossing.scorecard,
            "changes": crossing.changes(),
            "labels": pairs.collect::<Vec<_>>(),
        })
    });
    let groups = compared.groups.iter().map(|group| {
        let partial = |of: &PartialScore<'_>| json!({"points": of.points, "reason_code": of.reason_code, "says": given(*of)});
        let tip = match &group.cause {
            Cause::Characteristic(one) => json!({
                "characteristic": one.criterion,
                "before": partial(&one.before),
                "after": partial(&one.after),
            }),
            Cause::InitialScore { before, after } => json!({"initial_score": {"before": before, "after": after}}),
            Cause::Bands => json!({"bands": bands(group, rulebooks)}),
        };
        let first = group.first.iter();
        let first = first.map(|place| json!({"record": place.record, "line": place.line, "row": place.row}));
        json!({
            "scorecard": group.scorecard,
            "before": group.before,
            "after": group.after,
            "records": group.records,
            "tipped_by": tip,
            "first": first.collect::<Vec<_>>(),
        })
    });
    json!({
        "file": name,
        "records": compared.records,
        "rejected": compared.rejected,
        "scorecards": cards.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "ungrouped": compared.ungrouped,
        "columns": columns(rulebooks, &compared.settled),
        "only_before": compared.only_before,
        "only_after": compared.only_after,
    })
}
