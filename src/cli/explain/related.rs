//! The records of related files behind a fact.
//!
//! Owns how they are named: the lines, and what each says.

use crate::cli::report::{grouped, not_counted};
use crate::columns::Why;
use crate::engine::compile::Rules;
use crate::error::Place;
use crate::find::{Case, FactSource, Unused};
use crate::related::{FileReport, RelatedLine, TakenBy, base_name};
use crate::text::joined;
use crate::value::{Kind, Value};

/// How many lines are named with the same text.
const MOST: usize = 6;

/// Names the records behind each fact of a case that stands in a related file.
pub(super) fn name_records(rules: &Rules, files: &[FileReport], case: &mut Case) {
    let keys = case.keys.clone();
    let lines = |file: usize| -> Vec<&RelatedLine> {
        let key = keys.get(file).copied().flatten();
        let lines = files.get(file).map_or(&[][..], |file| &file.lines);
        lines.iter().filter(|line| Some(line.key) == key).collect()
    };
    for fact in &mut case.facts {
        fact.text = match fact.source {
            FactSource::File(file) => text(rules, &files[file], &lines(file), Some(fact.criterion)),
            FactSource::Assumed | FactSource::Record => continue,
        };
    }
    for (place, file) in files.iter().enumerate() {
        let of = |source: FactSource| source == FactSource::File(place);
        let is_named = case.facts.iter().any(|fact| of(fact.source))
            || case.unused.iter().any(|unused| of(unused.source));
        let first = file.taken.first();
        if let (false, false, Some(taken)) = (is_named, lines(place).is_empty(), first) {
            case.unused.push(Unused {
                column: base_name(&file.file).to_owned(),
                text: String::new(),
                why: Why::NotTaken(taken.criterion),
                source: FactSource::File(place),
            });
        }
    }
    for unused in &mut case.unused {
        if let FactSource::File(file) = unused.source {
            unused.text = text(rules, &files[file], &lines(file), unused.why.criterion());
        }
    }
}

/// `lines 14 and 77: in force; line 15: ended 2023-12-31`.
fn text(
    rules: &Rules,
    file: &FileReport,
    lines: &[&RelatedLine],
    criterion: Option<usize>,
) -> String {
    if lines.is_empty() {
        return "no record".to_owned();
    }
    let taken = file
        .taken
        .iter()
        .find(|one| Some(one.criterion) == criterion);
    let by = taken.map(|one| &one.by);
    if by == Some(&TakenBy::Span) {
        let counted = lines.iter().filter(|line| line.not_counted.is_none());
        let counted: Vec<&RelatedLine> = counted.copied().collect();
        let first = counted.iter().filter_map(|line| line.days[0]).min();
        let last = counted
            .iter()
            .map(|line| line.days[1].unwrap_or(rules.as_of()))
            .max();
        if let (Some(first), Some(last)) = (first, last) {
            let places: Vec<&Place> = counted.iter().map(|line| &line.place).collect();
            return format!("{}: {first} to {last}", numbered(&places));
        }
    }
    let mut groups: Vec<(String, Vec<&Place>)> = Vec::new();
    for line in lines {
        let says = says(rules, line, criterion, taken.map(|one| &one.by));
        match groups.iter_mut().find(|(text, _)| *text == says) {
            Some((_, places)) => places.push(&line.place),
            None => groups.push((says, vec![&line.place])),
        }
    }
    let groups = groups.iter().map(|(says, places)| match says.as_str() {
        "" => numbered(places),
        says => format!("{}: {says}", numbered(places)),
    });
    groups.collect::<Vec<_>>().join("; ")
}

/// What a record says of a criterion.
fn says(
    rules: &Rules,
    line: &RelatedLine,
    criterion: Option<usize>,
    by: Option<&TakenBy>,
) -> String {
    let [first, last] = line.days;
    let mut values = line.values.iter();
    let value = values.find(|(of, _)| Some(*of) == criterion);
    if let Some(why) = line.not_counted {
        return match value {
            Some((of, Value::Choice(value))) => {
                rules.rulebook().criteria[*of].value(*value).to_owned()
            }
            _ => not_counted(why)
                .split(", ")
                .next()
                .unwrap_or_default()
                .to_owned(),
        };
    }
    let in_force = |criterion: usize| {
        let mut all = rules.in_force().iter();
        all.find(|one| one.criterion == criterion)
    };
    match (by, value) {
        (Some(TakenBy::Says(_)), _) => "as stated".to_owned(),
        (_, Some((of, Value::Choice(value)))) => match in_force(*of) {
            Some(one) if *value == one.during => match first {
                Some(first) if first > rules.as_of() => format!("signed, to begin {first}"),
                _ => "in force".to_owned(),
            },
            Some(one) if *value == one.after => match last {
                Some(last) if last < rules.as_of() => format!("ended {last}"),
                _ => "ended".to_owned(),
            },
            _ => rules.rulebook().criteria[*of].value(*value).to_owned(),
        },
        (_, Some((of, value))) if rules.rulebook().criteria[*of].kind == Kind::Length => {
            rules.rulebook().criteria[*of].text_of(*value)
        }
        _ => String::new(),
    }
}

/// `line 3`, `lines 3, 9 and 12`, and how many more there are.
fn numbered(places: &[&Place]) -> String {
    let number = |place: &&&Place| place.line.or(place.row).or(place.record).unwrap_or(0);
    let what = match places[0] {
        Place { line: Some(_), .. } => "line",
        Place { row: Some(_), .. } => "row",
        _ => "record",
    };
    let mut numbers: Vec<String> = places
        .iter()
        .take(MOST)
        .map(|place| number(&place).to_string())
        .collect();
    let more = places.len().saturating_sub(MOST);
    if more > 0 {
        numbers.push(format!("{} more", grouped(more as u64)));
    }
    let plural = if places.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", joined(&numbers, "and"))
}
