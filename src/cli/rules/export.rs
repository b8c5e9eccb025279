//! Whose labels two rulebooks change, and what tipped them.
//!
//! Owns the forms in which that is printed of an export: in groups, the most frequent
//! first.

use crate::engine::delta::{Cause, PartialScore};
use crate::engine::evaluate::Evidence;
use crate::engine::waterfall::Bands;
use crate::error::Place;
use crate::pipeline::{Compared, Crossing, Group, Settled};
use crate::rulebook::Rulebook;
use crate::text::visible;
use serde_json::{Value, json};

use crate::cli::markdown::escaped;
use crate::cli::paper::{FAINT, PLAIN, Page, Paper, STRONG, span};
use crate::cli::report::{count, grouped};

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
    let told = labels.iter().map(|label| {
        let before = sum(&|before, _| before == *label);
        let after = sum(&|_, after| after == *label);
        format!("{label} {} -> {}", grouped(before), grouped(after))
    });
    told.collect::<Vec<_>>().join(", ")
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
    let told = |feeds: Vec<String>| match feeds.is_empty() {
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
                told(before),
                told(after)
            ));
        }
    }
    all
}

pub(super) fn as_text(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
    page: &Page,
) -> String {
    let mut paper = Paper::new(page);
    paper.blank();
    let head = format!(
        "{}: {}, {} of a label",
        visible(name),
        count(compared.records, "record"),
        count(compared.changes(), "change")
    );
    paper.wrapped(2, &[], &[span(STRONG, head)]);
    if compared.rejected > 0 {
        let told = format!(
            "passed over: {} that cannot be read",
            count(compared.rejected, "record")
        );
        paper.wrapped(2, &[], &[span(PLAIN, told)]);
    }
    for told in columns(rulebooks, &compared.settled) {
        paper.wrapped(4, &[span(PLAIN, "  ")], &[span(PLAIN, told)]);
    }
    for crossing in &compared.scorecards {
        paper.blank();
        let totals = format!(": {}", totals(crossing));
        paper.wrapped(
            2,
            &[],
            &[span(STRONG, crossing.scorecard), span(PLAIN, totals)],
        );
        let groups = || {
            compared
                .groups
                .iter()
                .filter(|group| group.scorecard == crossing.scorecard)
        };
        let widest = groups()
            .map(|group| grouped(group.records).len())
            .max()
            .unwrap_or(1)
            + 2;
        for group in groups().take(MOST) {
            let head = [span(
                STRONG,
                format!("{:>widest$}  ", grouped(group.records)),
            )];
            let change = format!("{} -> {}", group.before, group.after);
            let by = format!(", tipped by {}", tipped(group, rulebooks));
            paper.wrapped(widest + 2, &head, &[span(STRONG, change), span(PLAIN, by)]);
            let blank = [span(PLAIN, " ".repeat(widest + 2))];
            paper.wrapped(widest + 2, &blank, &[span(FAINT, first(group))]);
        }
        if let more @ 1.. = groups().count().saturating_sub(MOST) {
            let told = format!("and {more} more kinds of change (--format json has all)");
            paper.wrapped(2, &[span(PLAIN, "  ")], &[span(FAINT, told)]);
        }
    }
    for told in rest(compared) {
        paper.wrapped(2, &[], &[span(PLAIN, told)]);
    }
    paper.text
}

/// What else there is to say.
fn rest(compared: &Compared<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (names, which) in [
        (&compared.only_before, "old"),
        (&compared.only_after, "new"),
    ] {
        if !names.is_empty() {
            let names = names.join(", ");
            all.push(format!(
                "{names}: only the {which} rulebook asks this, so it is not compared"
            ));
        }
    }
    if compared.ungrouped > 0 {
        let more = count(compared.ungrouped, "change");
        all.push(format!(
            "and {more} of other kinds, which are too many to tell apart"
        ));
    }
    all
}

pub(super) fn as_markdown(
    name: &str,
    rulebooks: [&Rulebook; 2],
    compared: &Compared<'_>,
) -> String {
    let mut text = format!(
        "\n**{}**: {}, {} of a label\n",
        escaped(&visible(name)),
        count(compared.records, "record"),
        count(compared.changes(), "change")
    );
    if compared.rejected > 0 {
        let passed = count(compared.rejected, "record");
        text += &format!("\npassed over: {passed} that cannot be read\n");
    }
    for told in columns(rulebooks, &compared.settled) {
        text += &format!("- {}\n", escaped(&told));
    }
    for crossing in &compared.scorecards {
        let groups = || {
            compared
                .groups
                .iter()
                .filter(|group| group.scorecard == crossing.scorecard)
        };
        text += &format!(
            "\n**{}**: {}\n",
            escaped(crossing.scorecard),
            escaped(&totals(crossing))
        );
        if groups().next().is_none() {
            continue;
        }
        text += "\n| records | change | tipped by | such as |\n| ---: | --- | --- | --- |\n";
        for group in groups().take(MOST) {
            let change = format!("{} -> {}", group.before, group.after);
            let cells = [
                grouped(group.records),
                change,
                tipped(group, rulebooks),
                first(group),
            ];
            text += &format!("| {} |\n", cells.map(|cell| escaped(&cell)).join(" | "));
        }
        if let more @ 1.. = groups().count().saturating_sub(MOST) {
            text += &format!("\nand {more} more kinds of change\n");
        }
    }
    for told in rest(compared) {
        text += &format!("\n{}\n", escaped(&told));
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
