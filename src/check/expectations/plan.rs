//! The expectation that comes with a plan: an export is read as the plan says.
//!
//! Owns the comparison of a plan with what an export would show by itself. What the user
//! stated holds, and where an export shows nothing it contradicts nothing.

use crate::check::context::Context;
use crate::check::finding::{Code, Scope};
use crate::columns::{Columns, Feed, How, Mapping, Override, Why};
use crate::engine::compile::Rules;
use crate::error::{Place, Result, Setting};
use crate::run::{Opened, Options, Summary};
use crate::text::quoted;
use crate::value::DateOrder;

/// Fewer values show less of a column than its name and a plan.
const ENOUGH: usize = 20;

/// How inputs differ from a plan.
pub(crate) struct PlanDrift<'c> {
    rule: usize,
    rules: &'c Rules,
    /// What the user stated; the rest of the plan was found.
    stated: Vec<Override>,
    date_order: Option<DateOrder>,
}

impl<'c> PlanDrift<'c> {
    pub(crate) fn new(options: &Options, context: &mut Context<'c>) -> Option<Self> {
        if !options.settling.is_frozen() {
            return None;
        }
        let says = "the input is read as the plan says".to_owned();
        let stated = options.overrides.iter();
        let stated = stated.filter(|one| !one.is_found());
        Some(PlanDrift {
            rule: context.rule(Setting::Frozen, says),
            rules: context.rules,
            stated: stated.cloned().collect(),
            date_order: options.date_order,
        })
    }

    pub(crate) fn open(&self, input: &Opened<'_>, context: &mut Context<'_>) -> Result<()> {
        let plan = input.columns[0].planned();
        let mut columns = Columns::new(self.rules, &self.stated)?;
        columns.serials = input.origin.stores_days();
        columns.date_order = self.date_order;
        // A stated column may be missing, which is found at the end.
        let Ok(today) = columns.settle(input.names, input.values, false) else {
            return Ok(());
        };
        for (place, name) in input.names.iter().enumerate() {
            if input.names[..place].contains(name) {
                continue;
            }
            let values = input.values.get(place).map_or(&[][..], Vec::as_slice);
            if values.iter().all(|value| value.trim().is_empty()) {
                continue;
            }
            let planned = plan.iter().filter(|(column, _)| column == name);
            let planned: Vec<&Feed> = planned.map(|(_, feed)| feed).collect();
            for feed in &planned {
                if feed.how != How::Stated {
                    let other = read_otherwise(&columns, feed, &today, place, values);
                    self.find(other, name, feed.criterion, input, context);
                }
            }
            for feed in &today.feeds[place] {
                let is_known = planned.iter().any(|one| one.criterion == feed.criterion);
                let is_new = feed.how != How::Stated && !is_known;
                if is_new && columns.is_understood(feed, values) {
                    let criterion = &self.rules.rulebook().criteria[feed.criterion].name;
                    let other = Some(format!("by itself it would be read as {criterion}"));
                    self.find(other, name, feed.criterion, input, context);
                }
            }
        }
        Ok(())
    }

    fn find(
        &self,
        other: Option<String>,
        column: &str,
        criterion: usize,
        input: &Opened<'_>,
        context: &mut Context<'_>,
    ) {
        let Some(other) = other else { return };
        let criterion = &context.criterion(criterion).name;
        let code = Code::PlanReadOtherwise;
        context.find_about(Scope::All, code, self.rule, |finding| {
            let name = quoted(column);
            finding.place = of_file(input.file);
            finding.message = format!("the column {name} does not fit the plan: {other}");
            finding.column = Some(column.to_owned());
            finding.subject = Some(criterion.clone());
            finding.found = Some(other);
            finding.expected =
                "what the plan says; see the columns, and write the plan again".into();
        });
    }

    pub(crate) fn end(&self, summary: &Summary, context: &mut Context<'_>) {
        for (file, columns) in &summary.unseen {
            for column in columns {
                let code = Code::PlanColumnMissing;
                context.find_about(Scope::All, code, self.rule, |finding| {
                    finding.place = of_file(file);
                    finding.message =
                        format!("the plan reads {}, which is missing", quoted(column));
                    finding.column = Some(column.clone());
                    finding.expected = "each column of the plan".into();
                });
            }
        }
    }
}

/// How a column would be read instead of as `feed`, if its values show that.
fn read_otherwise(
    columns: &Columns<'_>,
    feed: &Feed,
    today: &Mapping,
    place: usize,
    values: &[String],
) -> Option<String> {
    let filled = values
        .iter()
        .filter(|value| !value.trim().is_empty())
        .count();
    let mut feeds = today.feeds[place].iter();
    let same = feeds.find(|one| one.criterion == feed.criterion);
    let Some(other) = same else {
        return match today.unused[place].as_ref()? {
            // Another column, or none, was stated for it.
            Why::Stated(_) | Why::NotCompared(_) => None,
            Why::Unclear(_) | Why::Unknown | Why::NotUnderstood(_)
                if columns.is_understood(feed, values) =>
            {
                None
            }
            Why::NotUnderstood(_) => Some("nothing in it is understood".to_owned()),
            // Few values show little.
            _ if filled < ENOUGH => None,
            _ => Some("by itself it would not be read".to_owned()),
        };
    };
    match (feed.order_word(), other.order_word()) {
        (planned, Some(found)) if planned != Some(found) => Some(match planned {
            Some(planned) => format!("its dates are {found}, not {planned}"),
            None => format!("its dates are {found}, and the plan states no order"),
        }),
        _ if feed.role_word() != other.role_word() && filled >= ENOUGH => {
            let role = other.role_word();
            Some(format!("by itself it would be read as {role}"))
        }
        _ => None,
    }
}

fn of_file(file: &str) -> Place {
    Place {
        file: Some(file.to_owned()),
        ..Place::default()
    }
}
