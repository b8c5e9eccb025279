//! The view that adds labels to a table.
//!
//! Owns how readings join the records, what happens to a text without one, and the columns
//! that are added. What stands between is decided by [`slots`](super::slots),
//! [`dates`](super::dates) and [`score`](super::score).

use super::planned::ColumnFeed;
use super::readings::MISSING;
use super::slots::{self, Slots};
use super::steps::Steps;
use super::{Planned, Target};
use crate::run::Evidence;
use crate::run::added::Field;
use crate::text::{quoted, visible};
use crate::value::Kind;

/// The name of the table within the query: none that a column of it could have.
const RECORD: &str = "clientype_record";
/// The column that has a record as a whole, so that none of its columns can be mistaken for
/// one of the query.
const WHOLE: &str = "whole_record";
/// The column that names a text without a reading.
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
    let error = read(&mut slots);
    slots.substitute();
    slots.decide();
    slots.measure();
    let known = slots.known(&evidence.assumed);
    let cards = slots.cards(&known, target.details);
    let fields = Field::all(rules, target.details).into_iter();
    let fields: String = fields
        .map(|field| {
            let name = dialect.name_of(&field.name(rules, &target.prefix));
            format!("  {} AS {name},\n", slots.field(field, &cards, &error))
        })
        .collect();
    let (queries, last) = slots.steps.finish();
    let (view, record) = (target.view.sql(dialect), dialect.unpacked(WHOLE));
    let named = dialect.name_of(&format!("{}{ERROR}", target.prefix));
    format!(
        "{}CREATE OR REPLACE VIEW {view} AS\nWITH\n{queries}\nSELECT {record},\n{fields}  {error} AS {named}\nFROM {last};\n",
        head(planned)
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
        format!(",\n    NULLIF({text}, '') AS {}", text_of(planned, column))
    });
    let (columns, table) = (columns.collect::<String>(), target.table.sql(dialect));
    let record = dialect.whole(RECORD);
    format!(
        "-- the texts of each record\ntexts AS (\n  SELECT {record} AS {WHOLE}{columns}\n  FROM {table} AS {RECORD}\n)"
    )
}

/// The query for the readings of one column for one criterion. They may have been loaded
/// twice.
fn readings(planned: &Planned<'_>, of: &ColumnFeed, target: &Target) -> String {
    let dialect = target.dialect;
    let kind = planned.rules.rulebook().criteria[of.feed.criterion].kind;
    let known = match kind {
        Kind::Choice | Kind::Organization | Kind::Address => "choice",
        Kind::Length => "length",
        Kind::Date => "day",
    };
    let [text, state, known, plan, feed] =
        ["value", "state", known, "plan", "feed"].map(|name| dialect.name_of(name));
    let (table, number, print) = (target.readings.sql(dialect), of.number, &planned.print);
    format!(
        "feed_{number} AS (\n  SELECT DISTINCT {text} AS text, {state} AS state, {known} AS known\n  FROM {table}\n  WHERE {plan} = '{print}' AND {feed} = {number}\n)"
    )
}

/// Joins the readings; returns the name of the column that names a text without one.
fn read(slots: &mut Slots<'_>) -> String {
    let (planned, dialect) = (slots.planned, slots.steps.dialect);
    let mut without = Vec::new();
    for of in &planned.feeds {
        let (feed, text) = (format!("feed_{}", of.number), text_of(planned, &of.column));
        slots
            .steps
            .join(&format!("LEFT JOIN {feed} ON {feed}.text = texts.{text}"));
        let slot = of.feed.slot.index();
        let name = slots::name(planned.rules, slot);
        let state = format!("COALESCE({feed}.state, '{MISSING}')");
        let place = slots
            .steps
            .define_place(&name, format!("{feed}.known"), state);
        slots.places[slot] = Some(place);
        let begun = dialect.text(&format!("no reading of {}: ", quoted(&of.column)));
        without.push(format!(
            "\n      WHEN texts.{text} IS NOT NULL AND {feed}.state IS NULL THEN {begun} || texts.{text}"
        ));
    }
    let error = format!("CASE{} END", without.concat());
    let error = slots.steps.define(ERROR, error);
    slots.steps.close("what each text is read as");
    error
}
