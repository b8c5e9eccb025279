//! What the records of an input are about, and whom a column is about.
//!
//! Owns the decision that records are not about buyers: a list of our own staff, or of
//! what we buy. Also whom a column is about if it does not show that itself: beside a
//! column that names the buyer, one with our own users is about those who did the work.
//! A column that shows this contains more than answers, since `Employee?` is a question.

use std::collections::BTreeMap;

use super::mapping::{Mapping, Subject};
use super::names::{Marks, NameMeaning};
use super::settle::Sample;
use super::values::are_numbers;
use super::{Columns, Feed, How, Role, Why};
use crate::value::Kind;

/// What the columns of an input are about.
#[derive(Debug, Default)]
pub(super) struct About {
    /// By column: whom it names.
    parties: Vec<Option<Party>>,
    /// By column: whether its name has a word for the buyer, though it may name nobody.
    says_buyer: Vec<bool>,
    /// What all records are about, and the columns that show it.
    all: Option<(Subject, Vec<usize>)>,
    /// The column that names those from whom we buy.
    supplier: Option<usize>,
    /// Some column is about single pieces of work.
    activity: Option<usize>,
    /// Some column is about a document other than a contract.
    document: Option<usize>,
    /// Criteria that single columns show the records not to be about, and the first such
    /// column; and the first that shows it not only for bare numbers.
    unless: BTreeMap<usize, [Option<usize>; 2]>,
    /// By column: the last one up to it that names somebody; and the first of all.
    nearest: Vec<Option<usize>>,
    somebody: Option<usize>,
}

/// Whom a column names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Party {
    Buyer,
    Worker,
}

/// This many columns that only hint at a list of our own staff show it together.
const HINTS: usize = 2;

impl About {
    /// The columns `columns` of `sample`, which the user did not choose.
    pub(super) fn new(columns: &Columns<'_>, sample: &Sample<'_>) -> Self {
        let mut about = About {
            parties: vec![None; sample.names.len()],
            says_buyer: vec![false; sample.names.len()],
            ..About::default()
        };
        if columns.chosen {
            return about;
        }
        let raw: Vec<Marks> = (sample.names.iter())
            .map(|name| columns.names.marks(name))
            .collect();
        about.says_buyer = raw.iter().map(|marks| marks.buyer).collect();
        let marks: Vec<Marks> = (raw.iter().enumerate())
            .map(|(column, marks)| columns.supported(*marks, sample.values(column)))
            .collect();
        let with = |is: fn(&Marks) -> bool| -> Vec<usize> {
            (0..marks.len())
                .filter(|column| is(&marks[*column]))
                .collect()
        };
        for (party, marks) in about.parties.iter_mut().zip(&marks) {
            *party = match (marks.buyer, marks.worker) {
                (true, _) => Some(Party::Buyer),
                (false, true) => Some(Party::Worker),
                (false, false) => None,
            };
        }
        let mut nearest = None;
        for (column, party) in about.parties.iter().enumerate() {
            if party.is_some() {
                nearest = Some(column);
                about.somebody = about.somebody.or(nearest);
            }
            about.nearest.push(nearest);
        }
        let first = |columns: Vec<usize>| columns.first().copied();
        about.supplier = first(with(|marks| marks.supplier));
        about.activity = first(with(|marks| marks.activity));
        about.document = first(with(|marks| marks.document));
        let names_firms = sample.names.iter().any(|name| columns.is_of_firms(name));
        let has_buyer = about.parties.contains(&Some(Party::Buyer));
        let mut staff = with(|marks| marks.staff);
        let key = with(|marks| marks.staff_key).into_iter().take(1);
        let nobody_else = !has_buyer && !names_firms;
        let is_key = |key: &usize| {
            let meaning = columns.names.find(sample.names[*key]);
            let is_dedicated = matches!(meaning, NameMeaning::Means((_, Role::Filled(..)), _));
            *key == 0 && !is_dedicated && (nobody_else || marks[0].id)
        };
        staff.extend(key.filter(is_key));
        if nobody_else {
            staff.extend(with(|marks| marks.staff_person));
        }
        let hints = with(|marks| marks.staff || marks.staff_hint);
        about.all = match about.supplier {
            _ if has_buyer => None,
            _ if !staff.is_empty() => {
                staff.extend(hints);
                staff.sort_unstable();
                staff.dedup();
                Some((Subject::Staff, staff))
            }
            // Those who work for a firm have a title too.
            _ if hints.len() >= HINTS && !names_firms => Some((Subject::Staff, hints)),
            Some(supplier) => Some((Subject::Purchases, vec![supplier])),
            None => None,
        };
        for (column, name) in sample.names.iter().enumerate() {
            let unless = columns.names.spoils(name).into_iter();
            if !columns.are_answers(sample.values(column)) {
                for (of, bare) in unless {
                    let [any, not_bare] = about.unless.entry(of).or_default();
                    any.get_or_insert(column);
                    if !bare {
                        not_bare.get_or_insert(column);
                    }
                }
            }
        }
        about
    }

    /// Adds what all records are about to `mapping`.
    pub(super) fn describe(&self, sample: &Sample<'_>, mapping: &mut Mapping) {
        mapping.subject = self.all.as_ref().map(|(subject, shown)| {
            let names = shown.iter().map(|column| sample.names[*column].to_owned());
            (*subject, names.collect())
        });
    }

    /// Whether all records are about our own staff.
    pub(super) fn is_of_staff(&self) -> bool {
        matches!(self.all, Some((Subject::Staff, _)))
    }

    /// The column about another document, which may be the one that was signed.
    pub(super) fn document(&self) -> Option<usize> {
        self.document
    }

    /// Whether the records are certainly one for each buyer, or for what has this column:
    /// nothing else is named first.
    pub(super) fn is_of_buyers(
        &self,
        columns: &Columns<'_>,
        sample: &Sample<'_>,
        column: usize,
    ) -> bool {
        let first = sample.names.first().copied().unwrap_or_default();
        self.document.is_none()
            && (column == 0
                || self.parties.first() == Some(&Some(Party::Buyer))
                || columns.is_of_firms(first)
                || columns.names.is_idle(first))
    }

    /// Whom the column is about, if not the buyer, and the column that shows it.
    fn other(
        &self,
        columns: &Columns<'_>,
        column: usize,
        feed: &Feed,
        values: &[String],
    ) -> Option<(Subject, usize)> {
        let kind = columns.rules.rulebook().criteria[feed.criterion].kind;
        if let Some((subject, shown)) = &self.all {
            return Some((*subject, *shown.first()?));
        }
        if let Some(supplier) = self.supplier
            && columns.is_of_contracts(feed.criterion)
        {
            return Some((Subject::Purchases, supplier));
        }
        let is_flag = matches!(feed.role, Role::Before(_) | Role::Flag(_));
        if self.supplier.is_some() && kind == Kind::Organization && feed.how == How::Values {
            // The buyer may be us.
            return Some((Subject::Purchases, self.supplier?));
        }
        let is_of_somebody = is_flag
            || feed.how == How::Values
            || matches!(kind, Kind::Address | Kind::Organization);
        if is_of_somebody && let Some(worker) = self.worker(column, is_flag) {
            return Some((Subject::Workers, worker));
        }
        let is_bare = match kind {
            // A start that does not name what it begins.
            Kind::Date => feed.role == Role::Plain,
            Kind::Length => feed.bare_unit().is_none() && are_numbers(values),
            _ => false,
        };
        let [any, not_bare] = self.unless.get(&feed.criterion)?;
        let shown = if is_bare { any } else { not_bare };
        shown.map(|shown| (Subject::Other, shown))
    }

    /// The column that shows that `column` is about those who did the work: the nearest
    /// column that names somebody, the one before first; for a flag, one about their work.
    fn worker(&self, column: usize, is_flag: bool) -> Option<usize> {
        let of_buyers = self.parties.contains(&Some(Party::Buyer));
        if !of_buyers || self.says_buyer[column] {
            return None;
        }
        if is_flag {
            return self.activity;
        }
        let nearest = self
            .nearest
            .get(column)
            .copied()
            .flatten()
            .or(self.somebody);
        nearest.filter(|column| self.parties[*column] == Some(Party::Worker))
    }
}

impl Columns<'_> {
    /// Why a column is about something else than the buyer, if other columns show that.
    ///
    /// A column with exactly a criterion's own name is always about the buyer, if its
    /// values are understood.
    pub(super) fn elsewhere(
        &self,
        sample: &Sample<'_>,
        about: &About,
        column: usize,
        feed: &Feed,
    ) -> Option<Why> {
        let (name, values) = (sample.names[column], sample.values(column));
        if feed.how == How::Stated {
            return None;
        }
        let (subject, shown) = about.other(self, column, feed, values)?;
        let is_choice = self.rules.rulebook().criteria[feed.criterion].kind == Kind::Choice;
        let is_own = is_choice && self.names.own(name) == Some(feed.criterion);
        // The texts of a column that turns up late are not known yet.
        let is_understood = values.is_empty() || self.is_understood(feed, values);
        if is_own && subject != Subject::Workers && is_understood {
            return None;
        }
        let shown = sample.names[shown].to_owned();
        Some(Why::Elsewhere(feed.criterion, subject, shown))
    }

    /// What of the `marks` of a column its values do not contradict: a question names
    /// nobody, and neither does a number of people.
    pub(super) fn supported(&self, marks: Marks, values: &[String]) -> Marks {
        if marks == Marks::default() {
            return marks;
        }
        let is_empty = values.iter().all(|value| value.trim().is_empty());
        // The number 1 is not a yes where numbers are expected.
        let is_answered = self.are_answers(values) && !(marks.id && are_numbers(values));
        let is_about = !is_empty && !is_answered;
        let names = is_about && !marks.count && (marks.id || !are_numbers(values));
        Marks {
            buyer: marks.buyer && is_about && !marks.count,
            // `Customer/Supplier` says which of them.
            supplier: marks.supplier && names && !marks.buyer,
            worker: marks.worker && names,
            staff: marks.staff && is_about,
            staff_hint: marks.staff_hint && names,
            staff_key: marks.staff_key && names,
            staff_person: marks.staff_person && names,
            ..marks
        }
    }

    /// Whether a column of this name certainly has the names of organizations.
    fn is_of_firms(&self, name: &str) -> bool {
        let kind = |criterion: usize| self.rules.rulebook().criteria[criterion].kind;
        match self.names.find(name) {
            NameMeaning::Means((criterion, _), _) => kind(criterion) == Kind::Organization,
            _ => false,
        }
    }

    /// Whether a criterion is that of a contract, its days or its length.
    fn is_of_contracts(&self, criterion: usize) -> bool {
        let mut in_force = self.rules.in_force().iter();
        let mut derived = self.rules.derived().iter();
        in_force.any(|one| [one.criterion, one.start, one.end].contains(&criterion))
            || derived.any(|one| [one.length, one.start, one.end].contains(&criterion))
    }
}
