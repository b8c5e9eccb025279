//! The labels of an export that change between two rulebooks, and what tipped them.
//!
//! Owns the forms in which they are printed: in groups, the most frequent first.

use crate::compare::{Compared, Crossing, Group, Settled};
use crate::engine::delta::{Cause, PartialScore};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::Bands;
use crate::error::Place;
use crate::rulebook::Rulebook;
use crate::text::{quoted, visible};
use serde_json::{Value, json};

use crate::cli::markdown::{escaped, row};
use crate::cli::report::{count, grouped};
use crate::cli::styled::{FAINT, PLAIN, STRONG, Screen, StyledText, span};

/// The most groups that are shown of each scorecard.
const MOST: usize = 20;

/// The contribution of a characteristic, in words.
fn given(of: PartialScore<'_>) -> String {
    match (of.reason_code, of.evidence) {
        (Some(code), _) => format!("{:+} {code}", of.points),
        (None, None) => "not used".to_owned(),
        (None, Some(Evidence::Missing)) => "missing".to_owned(),
        (None, Some(Evidence::NotUnderstood)) => "not understood".to_owned(),
        (None, Some(_)) => "no attribute".to_owned(),
    }
}

/// How the bands of a scorecard differ, in words.
fn bands(group: &Group<'_>, rulebooks: [&Rulebook; 2]) -> String {
    let cards = rulebooks.map(|of| of.scorecards.iter().find(|one| one.name == group.scorecard));
    let [Some(old), Some(new)] = cards.map(|card| card.map(|card| Bands::of(card).in_words()))
    else {
        return String::new();
    };
    let mut all = Vec::new();
    for ((before, from), (after, to)) in old.into_iter().zip(new) {
        // Only the band that is involved in the change.
        if before != group.before && after != group.after {
            continue;
        }
        if before != after {
            all.push(format!("{before} is renamed to {after}"));
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
            format!("the initial score: {before:+} -> {after:+}")
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
    let mut places: Vec<String> = group.first.iter().map(one).collect();
    if group.records > group.first.len() as u64 {
        places.push("...".to_owned());
    }
    format!("record {}", places.join(", "))
}

/// `Client 9 -> 6, Customer 9 -> 12`, for the labels of both rulebooks.
fn totals(crossing: &Crossing<'_>) -> String {
    let mut totals: Vec<(&str, u64, u64)> = Vec::new();
    for label in crossing.before.iter().chain(&crossing.after) {
        if !totals.iter().any(|(known, ..)| known == label) {
            totals.push((label, 0, 0));
        }
    }
    for (label, before, after) in &mut totals {
        for (from, to, records) in crossing.pairs() {
            *before += if from == *label { records } else { 0 };
            *after += if to == *label { records } else { 0 };
        }
    }
    let totals = totals.iter();
    let totals = totals.map(|(label, before, after)| {
        format!("{label} {} -> {}", grouped(*before), grouped(*after))
    });
    totals.collect::<Vec<_>>().join(", ")
}

/// The columns that feed another criterion by the new rulebook.
fn columns(rulebooks: [&Rulebook; 2], settled: &[Settled; 2]) -> Vec<String> {
    let fed = |which: usize, column: &str| {
        let Settled { names, mapping, .. } = &settled[which];
        let place = names.iter().position(|name| name == column);
        let feeds = place.and_then(|place| mapping.feeds.get(place));
        let feeds = feeds.into_iter().flatten();
        let names = feeds.map(|feed| rulebooks[which].criteria[feed.criterion].name.as_str());
        match &names.collect::<Vec<_>>()[..] {
            [] => "nothing".to_owned(),
            names => names.join(" and "),
        }
    };
    let changed = settled[1].names.iter().filter_map(|column| {
        let (before, after) = (fed(0, column), fed(1, column));
        let column = quoted(column);
        (before != after).then(|| format!("{column} feeds {before} -> {after}"))
    });
    changed.collect()
}

/// `no labels change`, `1 label changes`, `3 labels change`.
pub(super) fn label_changes(number: u64) -> String {
    match number {
        0 => "no labels change".to_owned(),
        1 => "1 label changes".to_owned(),
        _ => format!("{} labels change", grouped(number)),
    }
}

/// `1,000 records, 3 labels change`.
fn heading(compared: &Compared<'_>) -> String {
    let records = count(compared.records, "record");
    format!("{records}, {}", label_changes(compared.changes()))
}

fn passed_over(compared: &Compared<'_>) -> Option<String> {
    let rejected = count(compared.rejected, "record");
    (compared.rejected > 0).then(|| format!("skipped: {rejected} that cannot be read"))
}

/// The groups of a scorecard that are shown, and the number of others.
fn groups_of<'c, 'r>(compared: &'c Compared<'r>, of: &Crossing<'_>) -> (Vec<&'c Group<'r>>, usize) {
    let groups = compared.groups.iter();
    let mut groups: Vec<_> = groups.filter(|one| one.scorecard == of.scorecard).collect();
    let more = groups.len().saturating_sub(MOST);
    groups.truncate(MOST);
    (groups, more)
}

pub(super) fn as_text(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
    screen: &Screen,
) -> String {
    let mut out = StyledText::new(screen);
    out.blank();
    let head = format!("{}: {}", visible(name), heading(compared));
    out.hanging(0, 2, [span(STRONG, head)]);
    if let Some(text) = passed_over(compared) {
        out.hanging(0, 2, [span(PLAIN, text)]);
    }
    for text in columns(rulebooks, &compared.settled) {
        out.hanging(2, 4, [span(PLAIN, text)]);
    }
    for crossing in &compared.scorecards {
        out.blank();
        let totals = span(PLAIN, format!(": {}", totals(crossing)));
        out.hanging(0, 2, [span(STRONG, crossing.scorecard), totals]);
        let (groups, more) = groups_of(compared, crossing);
        // The first group is the most frequent one.
        let first_of_all = groups.first().map_or(1, |one| grouped(one.records).len());
        let width = first_of_all + 2;
        for group in groups {
            let records = format!("{:>width$}  ", grouped(group.records));
            let change = span(STRONG, format!("{} -> {}", group.before, group.after));
            let by = span(PLAIN, format!(", tipped by {}", tipped(group, rulebooks)));
            out.wrapped(width + 2, &[span(STRONG, records)], &[change, by]);
            out.hanging(width + 2, width + 2, [span(FAINT, first(group))]);
        }
        if more > 0 {
            let text = format!("and {more} more kinds of change (--format json lists all)");
            out.hanging(2, 2, [span(FAINT, text)]);
        }
    }
    for text in rest(compared) {
        out.hanging(0, 2, [span(PLAIN, text)]);
    }
    out.text
}

/// Scorecards that are not compared, and changes without a group.
fn rest(compared: &Compared<'_>) -> Vec<String> {
    let only = [
        (&compared.only_before, "old"),
        (&compared.only_after, "new"),
    ];
    let only = only.into_iter().filter(|(names, _)| !names.is_empty());
    let only = only.map(|(names, which)| {
        let names = names.join(", ");
        format!("{names}: only in the {which} rulebook, so not compared")
    });
    let more = count(compared.ungrouped, "change");
    let more = (compared.ungrouped > 0)
        .then(|| format!("and {more} of other kinds, which are too many to list"));
    only.chain(more).collect()
}

pub(super) fn as_markdown(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
) -> String {
    let name = escaped(&visible(name));
    let mut text = format!("\n**{name}**: {}\n", heading(compared));
    if let Some(passed) = passed_over(compared) {
        text += &format!("\n{passed}\n");
    }
    for column in columns(rulebooks, &compared.settled) {
        text += &format!("- {}\n", escaped(&column));
    }
    for crossing in &compared.scorecards {
        let (name, totals) = (escaped(crossing.scorecard), escaped(&totals(crossing)));
        text += &format!("\n**{name}**: {totals}\n");
        let (groups, more) = groups_of(compared, crossing);
        if !groups.is_empty() {
            text += "\n| records | change | tipped by | examples |\n| ---: | --- | --- | --- |\n";
        }
        for group in groups {
            let (records, change) = (grouped(group.records), [group.before, group.after]);
            let (change, by) = (change.join(" -> "), tipped(group, rulebooks));
            text += &row([records, change, by, first(group)]);
        }
        if more > 0 {
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
