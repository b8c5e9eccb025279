//! The view that adds labels to a table.
//!
//! Owns how readings join the records, what happens to a text without one, and the columns
//! that are added. What stands between is decided by [`slots`](super::slots),
//! [`dates`](super::dates) and [`score`](super::score).

use super::code::{MISSING, UNREAD};
use super::planned::ColumnFeed;
use super::slots::{self, Slots};
use super::steps::Steps;
use super::tables::Known;
use super::{Planned, Target};
use crate::run::Evidence;
use crate::run::added::Field;
use crate::text::{quoted, visible};

/// The name of the table within the query: none that a column of it could have.
const RECORD: &str = "clientype_record";
/// The column that has a record as a whole, so that none of its columns can be mistaken for
/// one of the query.
const WHOLE: &str = "whole_record";
/// The added column that names a text without a reading.
const ERROR: &str = "reading_error";

/// The view.
pub(super) fn view(planned: &Planned<'_>, target: &Target, evidence: &Evidence) -> String {
    let (rules, dialect) = (planned.rules, target.dialect);
    let mut queries = vec![texts(planned, target)];
    queries.extend(planned.feeds.iter().map(|of| readings(planned, of, target)));
    let columns = planned.columns().into_iter();
    let names = columns.map(|column| text_of(planned, column));
    let names = names.chain([WHOLE.to_owned()]);
    let mut slots = Slots {
        planned,
        steps: Steps::new(dialect, queries, "texts", names),
        places: vec![None; planned.judging.slots()],
    };
    let [unread, error] = read(&mut slots);
    slots.substitute();
    slots.decide();
    slots.measure();
    let known = Known::all(&mut slots, &evidence.assumed);
    let cards = slots.cards(&known, target.details);
    let fields = Field::all(rules, target.details).into_iter();
    let fields: String = fields
        .map(|field| {
            let name = dialect.name_of(&field.name(rules, &target.prefix));
            format!("  {} AS {name},\n", slots.field(field, &cards, &unread))
        })
        .collect();
    let (queries, last) = slots.steps.finish();
    let (view, record) = (target.view.sql(dialect), dialect.unpacked(WHOLE));
    let named = dialect.name_of(&format!("{}{ERROR}", target.prefix));
    format!(
        "{}CREATE OR REPLACE VIEW {view} AS\nWITH\n{queries}\nSELECT {record},\n{fields}  {error} AS {named}\nFROM {last}{};\n",
        head(planned),
        dialect.last_fence()
    )
}

/// What the labels rest on.
fn head(planned: &Planned<'_>) -> String {
    let (rules, print) = (planned.rules, &planned.print);
    let of = rules.rulebook();
    let (name, as_of) = (visible(&of.name), rules.as_of());
    format!(
        "-- 3. The labels: rulebook {name} {} {}, readings of plan {print}.\n-- Lengths run up to {as_of}; for another day, print the view again.\n",
        visible(&of.version),
        of.hash()
    )
}

/// The name of a column's text within the query.
fn text_of(planned: &Planned<'_>, column: &str) -> String {
    let columns = planned.columns();
    let place = columns.iter().position(|name| *name == column);
    format!("text_{}", place.map_or(0, |place| place + 1))
}

/// The query for each record and its texts.
fn texts(planned: &Planned<'_>, target: &Target) -> String {
    let dialect = target.dialect;
    let columns = planned.columns().into_iter().map(|column| {
        let text = dialect.as_text(&format!("{RECORD}.{}", dialect.name_of(column)));
        let text = dialect.no_alias(&text);
        format!(",\n    {text} AS {}", text_of(planned, column))
    });
    let (columns, table) = (columns.collect::<String>(), target.table.sql(dialect));
    let record = dialect.whole(RECORD);
    format!(
        "-- the texts of each record\ntexts AS (\n  SELECT {record} AS {WHOLE}{columns}\n  FROM {table} AS {RECORD}\n)"
    )
}

/// The query for the readings of one column for one criterion. They may have been loaded
/// twice; a group shows PostgreSQL that a text is there once, so that it expects as many
/// records after the join as before it.
fn readings(planned: &Planned<'_>, of: &ColumnFeed, target: &Target) -> String {
    let dialect = target.dialect;
    let [text, code, plan, feed] =
        ["value", "code", "plan", "feed"].map(|name| dialect.name_of(name));
    let (table, number, print) = (target.readings.sql(dialect), of.number, &planned.print);
    format!(
        "feed_{number} AS (\n  SELECT {text} AS text, MAX({code}) AS code\n  FROM {table}\n  WHERE {plan} = '{print}' AND {feed} = {number}\n  GROUP BY {text}\n)"
    )
}

/// Joins the readings; returns the column that is true where a text has none, and the
/// expression that then names the text.
fn read(slots: &mut Slots<'_>) -> [String; 2] {
    let (planned, dialect) = (slots.planned, slots.steps.dialect);
    let (mut unread, mut errors) = (Vec::new(), String::new());
    for of in &planned.feeds {
        let (feed, text) = (format!("feed_{}", of.number), text_of(planned, &of.column));
        slots
            .steps
            .join(&format!("LEFT JOIN {feed} ON {feed}.text = texts.{text}"));
        let slot = of.feed.slot.index();
        let name = slots::name(planned.rules, slot);
        let code = format!(
            "COALESCE({feed}.code, CASE WHEN texts.{text} <> '' THEN {UNREAD} ELSE {MISSING} END)"
        );
        let place = slots.steps.define_place(&name, code);
        let is_unread = format!("{} = {UNREAD}", place.code);
        let begun = dialect.text(&format!("no reading of {}: ", quoted(&of.column)));
        errors += &format!("\n    WHEN {is_unread} THEN {begun} || {text}");
        unread.push(is_unread);
        slots.places[slot] = Some(place);
    }
    slots.steps.close("what each text is read as");
    let unread = slots.steps.define("is_unread", unread.join(" OR "));
    slots.steps.close("whether a text has no reading");
    let error = format!("CASE WHEN {unread} THEN CASE{errors} END END");
    [unread, error]
}
