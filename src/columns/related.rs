//! The columns of related files.
//!
//! Owns what their names show: of what kind a file is, whom or what a key identifies, and,
//! given the kind, which columns feed criteria and which show the state of a record. The
//! kind settles most doubts that the columns of other inputs leave: the status of a
//! contract, in a file of contracts, is that of a contract.

use std::collections::BTreeSet;

use super::names::{NameMeaning, Names};
use super::settle::{Rivals, Sample, add};
use super::subject::About;
use super::values::{are_numbers, undated};
use super::{Columns, Feed, How, Mapping, Role, Why, runs};
use crate::engine::compile::Rules;
use crate::error::Result;
use crate::lexicon::decoration::undecorated;
use crate::lexicon::normalize::header_words;
use crate::lexicon::vocabulary;
use crate::rulebook::related::checked::{FoldRule, RelatedKind};
use crate::rulebook::related::{State, StateWord};
use crate::value::Kind;
use crate::value::filled::Filling;

/// The kind of those that a main file is about.
pub(crate) const BUYERS: &str = "buyers";

/// The same where a word also stands for other firms, such as our own.
pub(crate) const PARTIES: &str = "parties";

/// What the name of a column shows about a key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyName {
    /// The kinds of what its words name: `orders` of `Order No`.
    kinds: Vec<String>,
    pub(crate) part: KeyPart,
    /// No other word says that it is something else, as in `Customer age`.
    pub(crate) is_key: bool,
}

impl KeyName {
    /// The kind of what the key identifies in a file of the `own` kind, if it is clear.
    pub(crate) fn of(&self, own: Option<&str>) -> Option<&str> {
        match &self.kinds[..] {
            [kind] => Some(kind),
            // `Deal - Organization ID`, in a file of deals.
            [one, other] if Some(one.as_str()) == own => Some(other),
            [one, other] if Some(other.as_str()) == own => Some(one),
            _ => None,
        }
    }

    /// Its name has no word for what it identifies.
    pub(crate) fn is_bare(&self) -> bool {
        self.kinds.is_empty()
    }
}

/// By what a key identifies something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyPart {
    /// A number or a code.
    Number,
    /// The domain of a web or mail address.
    Domain,
    /// A mail address.
    Mail,
    /// A name.
    Name,
    /// The column's name does not show it: `Client`.
    Bare,
}

/// How the columns of a related file are used.
#[derive(Debug, Clone, Default)]
pub(crate) struct RelatedColumns {
    pub(crate) mapping: Mapping,
    /// Columns that show the state of a record.
    pub(crate) states: Vec<(usize, StateSign)>,
    /// Columns that name, where they are filled in, somebody else than a buyer.
    pub(crate) others: Vec<usize>,
    /// Columns that have, where they are filled in, a key of what a record is a part of.
    pub(crate) parts: Vec<usize>,
    /// The column with the day of a record, if there is exactly one.
    pub(crate) day: Option<usize>,
    /// The columns with goods and how many there are of each.
    pub(crate) goods: Vec<usize>,
    /// The columns that tell records apart.
    pub(crate) identity: Vec<usize>,
}

/// How a column shows the state of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateSign {
    /// By a word for it.
    Words,
    /// Only by a word for this state.
    Only(State),
    /// By a word for it, or for a value of this criterion, which it is about.
    Of(usize),
    /// By anything but no.
    Flagged(State),
    /// By a yes.
    Affirmed(State),
    /// By a no.
    Denied(State),
    /// By an answer or a day of signing.
    Signed,
    /// By a word for another kind of record; this is the criterion that it should be about.
    KindOf(Option<usize>),
}

impl<'r> Names<'r> {
    /// The kinds that the words of a name show, each once: longer runs of words first,
    /// and no word counts for two.
    fn kinds(&self, words: &[String]) -> Vec<&'r str> {
        self.kinds_and_rest(words).0
    }

    /// The same, and the words that show none.
    fn kinds_and_rest(&self, words: &[String]) -> (Vec<&'r str>, Vec<String>) {
        let mut covered = vec![false; words.len()];
        let mut kinds: Vec<&str> = Vec::new();
        for (at, run) in runs(words) {
            let place = at..at + run.len();
            if covered[place.clone()].contains(&true) {
                continue;
            }
            let Some(kind) = self.kind_of(run) else {
                continue;
            };
            covered[place].fill(true);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let rest = words.iter().zip(covered).filter(|(_, covered)| !covered);
        (kinds, rest.map(|(word, _)| word.clone()).collect())
    }

    /// Whether words only say by what a key identifies something.
    fn are_of_keys(&self, words: &[String]) -> bool {
        let marks = ["id", "key_part", "name", "mail", "domain", "key_filler"];
        words.is_empty()
            || (1..=words.len()).any(|n| {
                let run = words[..n].concat();
                let is_number = run.bytes().all(|byte| byte.is_ascii_digit());
                let is_part = marks.iter().any(|mark| self.has_mark(&run, mark));
                let is_compound = n == 1
                    && self.compound(&words[0]).is_some_and(|(head, tail)| {
                        self.are_of_keys(&[head.to_owned()]) && self.has_mark(tail, "id")
                    });
                (is_number || is_part || is_compound) && self.are_of_keys(&words[n..])
            })
    }

    /// The kind that a run of words shows.
    fn kind_of(&self, run: &[String]) -> Option<&'r str> {
        let of = |key: &str| {
            let mut rows = self.headers_of(key).rev();
            rows.find_map(|(of, value)| (of == vocabulary::RELATED).then_some(value))
        };
        if let Some(kind) = of(&run.concat()) {
            return Some(kind);
        }
        let [word] = run else { return None };
        let marks = self.marks(word);
        let by_mark = match (marks.buyer, marks.supplier, marks.worker || marks.staff) {
            (true, false, false) => Some(BUYERS),
            (false, true, _) => Some("suppliers"),
            (false, false, true) => Some("staff"),
            _ => None,
        };
        // `Auftrag` of `Auftragsnummer`, and of `Auftrags`.
        by_mark.or_else(|| {
            let head = self.compound(word).map_or(word.as_str(), |(head, _)| head);
            let stems = ["", "s", "n", "en", "es"];
            stems.iter().find_map(|end| of(head.strip_suffix(end)?))
        })
    }
}

fn are_blank(values: &[String]) -> bool {
    values.iter().all(|value| value.trim().is_empty())
}

/// One of the days between which something is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SpanPart {
    First,
    Last,
}

impl Names<'_> {
    /// Whether words only name records of the kind `own`, and change nothing else.
    fn are_of(&self, words: &[String], own: &str) -> bool {
        let (kinds, rest) = self.kinds_and_rest(words);
        kinds.iter().all(|kind| *kind == own) && rest.iter().all(|word| self.is_filler(word))
    }

    /// Whether a name is that of a column with kinds of documents, of records of the kind
    /// `own`.
    fn is_kind_of_document(&self, words: &[String], own: &str) -> bool {
        let mut all = runs(words);
        all.any(|(at, run)| {
            let rest = [&words[..at], &words[at + run.len()..]].concat();
            let is_kind = self.has_mark(&run.concat(), "kind_of_document");
            let is_compound = || {
                let [word] = run else { return false };
                let parts = self.compound(word);
                parts.is_some_and(|(head, tail)| {
                    self.has_mark(tail, "kind_of_document") && self.are_of(&[head.to_owned()], own)
                })
            };
            (is_kind || is_compound()) && self.are_of(&rest, own)
        })
    }

    /// What is left of a name that may show a state of records of the kind `own`: without
    /// the words that change nothing, and also without those for a reason, a day or a flag.
    fn state_in(&self, words: &[String], own: &str) -> [String; 2] {
        let is_idle = |word: &str| {
            self.is_filler(word)
                || self.has_mark(word, "day")
                || self.are_of(&[word.to_owned()], own)
                || self.is_on(word)
        };
        let mut whole = words.to_vec();
        whole.retain(|word| !is_idle(word));
        let mut state: Vec<&str> = words.iter().map(String::as_str).collect();
        while let Some((at, run)) = runs(words).find(|(at, run)| {
            let place = *at..at + run.len();
            state[place].iter().all(|word| !word.is_empty())
                && self.has_mark(&run.concat(), "of_state")
        }) {
            state[at..at + run.len()].fill("");
        }
        for word in &mut state {
            // `Storno` of `Stornogrund`.
            let parts = ["of_state", "tail"].iter();
            let parts = parts
                .filter_map(|mark| self.compound_with(word, mark))
                .next();
            *word = parts.map_or(*word, |(head, _)| head);
        }
        state.retain(|word| !word.is_empty() && !is_idle(word));
        [whole.join(" "), state.join(" ")]
    }

    /// Which of the days of a span a column has, if its name only says that.
    pub(super) fn span_part(&self, name: &str, own: &str) -> Option<SpanPart> {
        let words = header_words(&undecorated(name));
        let is_idle = |word: &String| {
            let marks = ["day", "of_span"];
            marks.iter().any(|mark| self.has_mark(word, mark)) || self.is_on(word)
        };
        runs(&words).find_map(|(at, run)| {
            let key = run.concat();
            let part = match (
                self.has_mark(&key, "first_day"),
                self.has_mark(&key, "last_day"),
            ) {
                (true, false) => SpanPart::First,
                (false, true) => SpanPart::Last,
                _ => return None,
            };
            let mut rest = [&words[..at], &words[at + run.len()..]].concat();
            rest.retain(|word| !is_idle(word));
            self.are_of(&rest, own).then_some(part)
        })
    }
}

impl Columns<'_> {
    /// The kind of a related file, by the words of its `name`, if they show exactly one.
    pub(crate) fn kind_of_file(&self, name: &str) -> Option<String> {
        let kinds = self.names.kinds(&header_words(name));
        match kinds[..] {
            [kind] => Some(kind.to_owned()),
            // `client_orders` has orders, those of buyers.
            [one, other] => {
                let are_buyers = |kind: &str| kind == BUYERS || kind == PARTIES;
                let kind = if are_buyers(one) { other } else { one };
                (are_buyers(one) || are_buyers(other)).then(|| kind.to_owned())
            }
            _ => None,
        }
    }

    /// What the name of a column shows about a key in it.
    pub(crate) fn key_name(&self, name: &str) -> KeyName {
        let words = header_words(&undecorated(name));
        let (kinds, rest) = self.names.kinds_and_rest(&words);
        let has = |mark: &str| {
            let of_word = |word: &String| self.names.has_mark(word, mark);
            words.iter().any(of_word) || self.names.compound_has_mark(&words, mark)
        };
        let is_mail = match self.names.find(name) {
            NameMeaning::Means((criterion, _), _) => {
                self.rules.rulebook().criteria[criterion].kind == Kind::Address
            }
            _ => false,
        };
        let part = match (
            has("domain"),
            is_mail || has("mail"),
            has("id") || has("key_part"),
            has("name"),
        ) {
            (true, ..) => KeyPart::Domain,
            (_, true, ..) => KeyPart::Mail,
            (_, _, true, _) => KeyPart::Number,
            (_, _, _, true) => KeyPart::Name,
            _ => KeyPart::Bare,
        };
        KeyName {
            kinds: kinds.into_iter().map(str::to_owned).collect(),
            part,
            is_key: !self.names.marks(name).count && self.names.are_of_keys(&rest),
        }
    }

    /// Decides how the columns of a related file of this `kind` are used. `key` is the
    /// column by which its records belong to others.
    ///
    /// # Errors
    ///
    /// As [`settle`](Columns::settle).
    pub(crate) fn related<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        complete: bool,
        kind: Option<&RelatedKind>,
        key: &str,
    ) -> Result<RelatedColumns> {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        let resolved = self.resolve_stated(&names, complete)?;
        let sample = Sample::new(names, values);
        let mut columns = RelatedColumns {
            mapping: Mapping {
                feeds: vec![Vec::new(); sample.names.len()],
                unused: vec![None; sample.names.len()],
                ..Mapping::default()
            },
            ..RelatedColumns::default()
        };
        let mut rivals = Rivals::new();
        for column in 0..sample.names.len() {
            let name = resolved
                .get(&column)
                .map_or(sample.names[column], String::as_str);
            let values = sample.values(column);
            let (feeds, why) = self.sure(name);
            if feeds.iter().any(|feed| feed.how == How::Stated) {
                for feed in feeds {
                    let feed = self.meant(self.sensed(feed, values), name, values);
                    add(&mut rivals, column, feed);
                }
                continue;
            }
            columns.mapping.unused[column] = why;
            if name == key {
                continue;
            }
            let signs = self.state_signs(kind, name, values);
            columns
                .states
                .extend(signs.iter().map(|sign| (column, *sign)));
            let Some(kind) = kind else { continue };
            let is_state = signs
                .iter()
                .any(|sign| !matches!(sign, StateSign::KindOf(_)));
            let mut taken = match is_state {
                true => Vec::new(),
                false => self.taken(
                    kind,
                    feeds,
                    name,
                    values,
                    &mut columns.mapping.unused[column],
                ),
            };
            taken.retain(|feed| match self.contradicted(feed, values) {
                Some(why) => {
                    columns.mapping.unused[column] = Some(why);
                    false
                }
                None => true,
            });
            // A day of signing shows that a contract was signed.
            if taken.iter().any(|feed| feed.role == Role::Signed) {
                columns.states.push((column, StateSign::Signed));
            }
            // `Month to month` for a term.
            if taken.iter().any(|feed| feed.role == Role::Term)
                && let Some(about) = kind.about
            {
                let about = self.rules.in_force()[about].criterion;
                columns
                    .states
                    .push((column, StateSign::KindOf(Some(about))));
            }
            for feed in taken {
                add(&mut rivals, column, self.sensed(feed, values));
            }
            let key = self.key_name(name);
            let of = key.of(Some(&kind.name));
            if of.is_some_and(|of| kind.part_of.iter().any(|part| part == of)) && !is_state {
                columns.parts.push(column);
            }
            if kind.about.is_some() && self.names_supplier(name, values) {
                columns.others.push(column);
            }
        }
        columns.day = self.day_of(&sample, kind);
        if let (Some(column), Some(kind)) = (columns.day, kind)
            && kind.about.is_none()
            && let Some(derived) = self.rules.derived().first()
        {
            let feed = self.feed(derived.start, Role::Plain, How::Words, sample.names[column]);
            let feed = self.sensed(feed, sample.values(column));
            columns.mapping.unused[column] = None;
            add(&mut rivals, column, feed);
        }
        for ((criterion, ..), rivals) in &rivals {
            if self.rules.can_read(*criterion) {
                self.choose(&sample, rivals, &mut columns.mapping)?;
            }
        }
        self.assign(&mut columns.mapping);
        self.undated(&sample, &mut columns.mapping);
        columns.goods = self.goods(&sample);
        columns.identity = self.identity(&sample, kind);
        Ok(columns)
    }

    /// The rulebook whose criteria the columns feed.
    pub(crate) fn rules(&self) -> &Rules {
        self.rules
    }

    /// Whether all records are about somebody else than buyers, as other columns than the
    /// `key` show: contracts with our own staff, orders from our suppliers.
    pub(crate) fn is_of_others<S: AsRef<str>>(
        &self,
        names: &[S],
        values: &[Vec<String>],
        kind: Option<&RelatedKind>,
        key: &str,
    ) -> bool {
        let sample = Sample::new(names.iter().map(AsRef::as_ref).collect(), values);
        let is_about = kind.is_some_and(|kind| kind.about.is_some());
        let key = sample.names.iter().position(|name| *name == key);
        let names_buyer = key.is_some_and(|key| self.names.marks(sample.names[key]).buyer);
        is_about && !names_buyer && About::new(self, &sample).is_of_staff()
    }

    /// Whether a column names suppliers where it is filled in, also if these `values`, the
    /// first ones, are blank.
    fn names_supplier(&self, name: &str, values: &[String]) -> bool {
        let marks = self.names.marks(name);
        match are_blank(values) {
            true => marks.supplier && !marks.buyer && !marks.count,
            false => self.supported(marks, values).supplier,
        }
    }

    /// The feeds of a column that a kind takes.
    fn taken(
        &self,
        kind: &RelatedKind,
        feeds: Vec<Feed>,
        name: &str,
        values: &[String],
        unused: &mut Option<Why>,
    ) -> Vec<Feed> {
        let mut taken: Vec<Feed> = Vec::new();
        let about = kind.about.map(|about| &self.rules.in_force()[about]);
        let days = self.names.of_some_document(name).into_iter();
        let days = days.map(|(criterion, role)| self.feed(criterion, role, How::Words, name));
        for feed in feeds.into_iter().chain(days) {
            let criterion = feed.criterion;
            let is_flag = matches!(feed.role, Role::Flag(_) | Role::Before(_));
            if let Some(about) = about {
                let term = self.rules.derived().iter();
                let is_term = term
                    .clone()
                    .any(|one| one.length == criterion && one.start == about.start);
                if is_term {
                    taken.push(self.feed(criterion, Role::Term, feed.how, name));
                    continue;
                }
                if [about.start, about.end].contains(&criterion) {
                    taken.push(self.feed(criterion, Role::InForce, feed.how, name));
                    continue;
                }
                if criterion == about.criterion {
                    match feed.role {
                        Role::Filled(_, Filling::Day) => {
                            taken.push(self.feed(about.start, Role::Signed, feed.how, name));
                        }
                        // That there is a number does not show that it is in force.
                        Role::Filled(..) => {}
                        _ => taken.push(feed),
                    }
                    continue;
                }
            }
            let mut take = kind.take.iter();
            match take.find(|(of, _)| *of == criterion) {
                Some((_, FoldRule::Flag)) if !is_flag => {}
                Some(_) => {
                    taken.push(feed);
                    continue;
                }
                None => {}
            }
            *unused = Some(Why::NotTaken(criterion));
        }
        if let (Some(about), true) = (about, taken.is_empty()) {
            let criterion = match self.names.span_part(name, &kind.name) {
                Some(SpanPart::First) => about.start,
                Some(SpanPart::Last) => about.end,
                None => return taken,
            };
            let feed = self.feed(criterion, Role::InForce, How::Words, name);
            if self.is_understood(&self.sensed(feed, values), values) {
                *unused = None;
                taken.push(feed);
            }
        }
        taken
    }

    /// How a column shows the state of a record of this kind, if it does.
    fn state_signs(
        &self,
        kind: Option<&RelatedKind>,
        name: &str,
        values: &[String],
    ) -> Vec<StateSign> {
        let words = header_words(&undecorated(name));
        let own = kind.map_or("", |kind| &kind.name);
        let about = kind.and_then(|kind| kind.about);
        let about = about.map(|about| self.rules.in_force()[about].criterion);
        let is_answered = self.are_answers(values);
        let is_blank = are_blank(values);
        let mut key = String::new();
        // The contract itself, answered by yes or no.
        let is_about = matches!(
            self.names.find(name),
            NameMeaning::Means((criterion, Role::Plain), _) if Some(criterion) == about
        );
        if is_about && is_answered {
            return vec![StateSign::Signed];
        }
        if let Some((status, rest)) = self.names.status_and_rest(&words) {
            // Another one than that of the record: a payment's, a delivery's.
            let is_own = self.names.are_of(&rest, own);
            let is_signature = self.rules.state_word(&status, &mut key) == Some(StateWord::Signed);
            return match (is_own, about) {
                (true, Some(_)) if is_signature => vec![StateSign::Signed],
                (true, Some(criterion)) if !is_answered => vec![StateSign::Of(criterion)],
                (true, None) if !is_answered && !is_signature => vec![StateSign::Words],
                (false, _) if !is_answered && !are_numbers(values) => {
                    vec![StateSign::Only(State::Void)]
                }
                _ => Vec::new(),
            };
        }
        if self.names.is_kind_of_document(&words, own) && !is_answered && !are_numbers(values) {
            return vec![StateSign::KindOf(about)];
        }
        let state = self.names.state_in(&words, own);
        // Numbers other than 0 and 1 are amounts.
        let is_amount = are_numbers(values) && !is_answered;
        let whole = self.rules.state_word(&state[0], &mut key);
        match whole.or_else(|| self.rules.state_word(&state[1], &mut key)) {
            _ if is_amount => Vec::new(),
            Some(StateWord::State(state @ (State::Void | State::Gone))) => {
                vec![StateSign::Flagged(state)]
            }
            Some(StateWord::State(State::Draft)) => vec![StateSign::Affirmed(State::Draft)],
            Some(StateWord::State(State::Open)) if is_answered || is_blank => {
                vec![StateSign::Denied(State::Gone)]
            }
            _ => Vec::new(),
        }
    }

    /// The column with the day of each record: its name says that it is one, of the record
    /// itself.
    fn day_of(&self, sample: &Sample<'_>, kind: Option<&RelatedKind>) -> Option<usize> {
        let kind = kind?;
        let derived = self.rules.derived().first()?;
        let day = |column: &usize| {
            let words = header_words(&undecorated(sample.names[*column]));
            // `Bestelldatum` is the day of a `Bestellung`.
            let parts = words
                .iter()
                .flat_map(|word| match self.names.compound(word) {
                    Some((head, tail)) if self.names.has_mark(tail, "day") => vec![head, tail],
                    _ => vec![word.as_str()],
                });
            let is_day = |word: &str| self.names.has_mark(word, "day") || self.names.is_on(word);
            let (days, rest): (Vec<&str>, Vec<&str>) = parts.partition(|word| is_day(word));
            let rest: Vec<String> = rest.into_iter().map(str::to_owned).collect();
            !days.is_empty() && self.names.are_of(&rest, &kind.name)
        };
        let is_date = |column: &usize| {
            let values = sample.values(*column);
            let name = sample.names[*column];
            let feed = self.feed(derived.start, Role::Plain, How::Words, name);
            self.is_understood(&self.sensed(feed, values), values) || undated(values).is_some()
        };
        let mut days = (0..sample.names.len()).filter(day).filter(is_date);
        let first = days.next()?;
        days.next().is_none().then_some(first)
    }

    /// The columns with goods and how many there are of each, if there are both.
    fn goods(&self, sample: &Sample<'_>) -> Vec<usize> {
        let with = |is: &dyn Fn(&[String]) -> bool| {
            let mut names = sample.names.iter();
            names.position(|name| is(&header_words(&undecorated(name))))
        };
        let goods = with(&|words| self.names.kinds(words) == ["products"]);
        let is_quantity = |word: &String| self.names.has_mark(word, "quantity");
        let quantity = with(&|words| words.iter().any(is_quantity));
        goods
            .zip(quantity)
            .map_or(Vec::new(), |(goods, quantity)| vec![goods, quantity])
    }

    /// The columns that tell records apart: their own key, or else all.
    fn identity(&self, sample: &Sample<'_>, kind: Option<&RelatedKind>) -> Vec<usize> {
        let is_own_key = |column: &usize| {
            let key = self.key_name(sample.names[*column]);
            let is_own = match (key.of(None), kind) {
                (Some(of), Some(kind)) => *of == kind.name,
                (None, _) => *column == 0 && key.is_bare(),
                (Some(_), None) => false,
            };
            let values = sample.values(*column);
            let different: BTreeSet<&str> = values.iter().map(|value| value.trim()).collect();
            let is_filled = !values.is_empty() && !different.contains("");
            // Lines of one order have the same number.
            is_own
                && key.part == KeyPart::Number
                && is_filled
                && 2 * different.len() >= values.len().min(20)
        };
        let columns = 0..sample.names.len();
        match columns.clone().find(is_own_key) {
            Some(key) => vec![key],
            None => columns.collect(),
        }
    }
}
