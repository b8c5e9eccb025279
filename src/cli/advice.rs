//! What to do where most records come out Undetermined.
//!
//! Owns why that is, as far as columns and values show it, and which one thing could add
//! the most points. Never more than two lines a scorecard.

use std::collections::BTreeMap;

use super::report::{percent, shortened};
use super::wording;
use crate::columns::{Role, Why};
use crate::engine::compile::Rules;
use crate::error::{Phrase, Setting};
use crate::rulebook::{Criterion, Scorecard};
use crate::run::{Opened, Summary};
use crate::text::{grouped, joined, quoted};

/// How many criteria are named.
const NAMED: usize = 3;

/// What is known of the columns of all inputs.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// By criterion: a column feeds it.
    fed: Vec<bool>,
    /// Some column has the first or last day of a contract.
    of_contracts: bool,
    /// By criterion: the first column that could feed it, and why it does not.
    unused: BTreeMap<usize, (String, Why)>,
    /// By criterion: an order of dates that is not settled.
    undated: BTreeMap<usize, String>,
}

impl Evidence {
    /// Adds the columns of an input.
    pub(super) fn add(&mut self, rules: &Rules, opened: &Opened<'_>) {
        let fed = opened.mapping.fed(rules.rulebook().criteria.len());
        self.fed.resize(fed.len(), false);
        for (all, fed) in self.fed.iter_mut().zip(fed) {
            *all |= fed;
        }
        let mut feeds = opened.mapping.feeds.iter().flatten();
        self.of_contracts |= feeds.any(|feed| feed.role == Role::InForce);
        for (column, why) in opened.names.iter().zip(&opened.mapping.unused) {
            if let Some((criterion, why)) =
                why.as_ref().and_then(|why| Some((why.criterion()?, why)))
            {
                let of = self.unused.entry(criterion);
                of.or_insert_with(|| (column.clone(), why.clone()));
            }
        }
        for (column, _) in &opened.mapping.undated {
            for feed in &opened.mapping.feeds[*column] {
                let of = self.undated.entry(feed.criterion);
                of.or_insert_with(|| opened.names[*column].clone());
            }
        }
    }

    /// Adds criteria that other files, or what is assumed, may be evidence for.
    pub(super) fn add_elsewhere(&mut self, criteria: &[usize]) {
        for criterion in criteria {
            if self.fed.len() <= *criterion {
                self.fed.resize(criterion + 1, false);
            }
            self.fed[*criterion] = true;
        }
    }

    /// A scorecard that leaves most records Undetermined: why, and what would help most.
    pub(super) fn advice(&self, rules: &Rules, summary: &Summary) -> Vec<String> {
        let cards = rules.rulebook().scorecards.iter().enumerate();
        let lines = cards.filter_map(|(card, scorecard)| {
            let [_, _, undetermined] = summary.labels(card);
            let all = summary.records();
            (undetermined > all / 2).then(|| {
                let share = percent(undetermined, all);
                let name = &scorecard.name;
                let why = self.why(rules, scorecard);
                let help = self.help(rules, scorecard, summary);
                [
                    format!("{name} is Undetermined for {share}: {why}"),
                    format!("  help: {help}"),
                ]
            })
        });
        lines.flatten().collect()
    }

    fn is_fed(&self, criterion: usize) -> bool {
        self.fed.get(criterion).copied().unwrap_or(false)
    }

    /// On how few criteria the scorecard rests.
    fn why(&self, rules: &Rules, scorecard: &Scorecard) -> String {
        let criteria = criteria(rules, scorecard);
        let fed = criteria
            .iter()
            .filter(|(place, _)| self.feeds(rules, *place));
        let names: Vec<&str> = fed.map(|(_, criterion)| &*criterion.name).collect();
        let all = criteria.len();
        match names.len() {
            0 => format!("no column feeds any of its {all} criteria"),
            few if few <= NAMED => {
                let names = joined(&names, "and");
                format!("of its {all} criteria, columns feed only {names}")
            }
            some => format!(
                "columns feed {some} of its {all} criteria, but most records have too little evidence"
            ),
        }
    }

    /// True if a column feeds the criterion, or the dates that it is measured between.
    fn feeds(&self, rules: &Rules, place: usize) -> bool {
        let criteria = &rules.rulebook().criteria;
        let dates = criteria[place].from_dates.as_ref();
        let start = dates.and_then(|dates| rules.criterion(&dates.start));
        let in_force = rules.in_force().iter().filter(|one| one.criterion == place);
        let mut days = in_force.flat_map(|one| [one.start, one.end]);
        self.is_fed(place)
            || start.is_some_and(|start| self.is_fed(start))
            || self.of_contracts && days.any(|day| self.is_fed(day))
    }

    /// What could add the most points.
    fn help(&self, rules: &Rules, scorecard: &Scorecard, summary: &Summary) -> String {
        let mut best: Option<(u32, String)> = None;
        let mut offer = |points: u32, help: String| {
            if best.as_ref().is_none_or(|(most, _)| points > *most) {
                best = Some((points, help));
            }
        };
        let criteria = criteria(rules, scorecard);
        // What is there already comes first where it could add as much.
        for (place, criterion) in &criteria {
            let points = most_points(scorecard, &criterion.name);
            if let Some((column, why)) = self.unused.get(place).filter(|_| !self.is_fed(*place)) {
                offer(points, in_use(&criterion.name, column, why));
            }
            let dates = criterion.from_dates.as_ref();
            let start = dates.and_then(|dates| rules.criterion(&dates.start));
            let undated = start.and_then(|start| self.undated.get(&start));
            if let Some(column) = undated {
                let order = wording::flag(Setting::DateOrder);
                let column = quoted(column);
                offer(
                    points,
                    format!("state the order of the dates in {column}: {order} dmy, mdy or ymd"),
                );
            }
            let (texts, _) = summary.not_understood(*place);
            let count: u64 = texts.iter().map(|(_, count)| count).sum();
            if let (Some((text, _)), true) = (texts.first(), count > summary.records() / 2) {
                offer(
                    points,
                    format!(
                        "{} values of {} are not understood, such as {}; a rulebook can add words for them (clientype guide rulebooks)",
                        grouped(count),
                        criterion.name,
                        shortened(text)
                    ),
                );
            }
        }
        for (place, criterion) in &criteria {
            if !self.feeds(rules, *place) && !self.unused.contains_key(place) {
                let points = most_points(scorecard, &criterion.name);
                let map = Phrase::default().map(&criterion.name, "COLUMN");
                let (name, map) = (&criterion.name, wording::phrase(&map));
                offer(
                    points,
                    format!(
                        "{name} could add most: {}; if a column has it: {map}",
                        criterion.says
                    ),
                );
            }
        }
        best.map_or_else(
            || "see what one record lacks: clientype explain --row 1 FILE".to_owned(),
            |(_, help)| help,
        )
    }
}

/// How a column that is there comes to be used.
fn in_use(criterion: &str, column: &str, why: &Why) -> String {
    match why {
        Why::NotCompared(_) => {
            let own = wording::phrase(&Phrase::default().set(Setting::Own, "NAME_OR_DOMAIN"));
            format!(
                "state who we are, so that {} can be compared: {own}",
                quoted(column)
            )
        }
        _ => {
            let map = wording::phrase(&Phrase::default().map(criterion, column));
            format!("if {} means {criterion}: {map}", quoted(column))
        }
    }
}

/// The criteria of a scorecard, with their places in the rulebook.
fn criteria<'r>(rules: &'r Rules, scorecard: &Scorecard) -> Vec<(usize, &'r Criterion)> {
    let of = scorecard.characteristics.iter();
    let places = of.filter_map(|one| rules.criterion(&one.criterion));
    places
        .map(|place| (place, &rules.rulebook().criteria[place]))
        .collect()
}

/// The most points that a criterion can add or take.
fn most_points(scorecard: &Scorecard, criterion: &str) -> u32 {
    let of = scorecard
        .characteristics
        .iter()
        .filter(|one| one.criterion == criterion);
    let points = of
        .flat_map(|one| &one.attributes)
        .map(|one| one.partial_score.unsigned_abs());
    points.max().unwrap_or(0)
}
