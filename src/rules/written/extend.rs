//! A rulebook that states only what differs, laid over the one it extends.
//!
//! Owns what "field by field" means: things are found again by their names
//! (attributes by their reason codes, bands by the side to which they are open),
//! what is said replaces what is inherited, and what is new is added. It remembers
//! for each part of the outcome where the file states it.

use std::collections::BTreeMap;

use super::draft::{AttributeDraft, BandDraft, CharacteristicDraft, CriterionDraft, Draft};
use super::draft::{ScorecardDraft, StatementDraft};
use super::shape::{Table, Takes};
use super::structure::{Places, incomplete};
use crate::error::quoted;
use crate::rules::compile::nearest;
use crate::rules::lint::{Code, Flaw, Spot, did_you_mean};
use crate::rules::{
    Attribute, Band, Characteristic, Criterion, Kind, Rulebook, Scorecard, Statement,
};

/// A part of the outcome, and where the file states it, if it does.
type Stated<T> = (T, Option<Spot>);

/// The parts of a scorecard, each with where it is stated.
struct Card {
    of: Scorecard,
    at: Option<Spot>,
    bands: Vec<Stated<Band>>,
    characteristics: Vec<Sight>,
}

struct Sight {
    criterion: String,
    at: Option<Spot>,
    attributes: Vec<Stated<Attribute>>,
}

/// Where in the file the parts of the whole rulebook are stated: by part, and only
/// for those that the file states.
pub(super) type Origins = BTreeMap<Spot, Spot>;

/// The rulebook that `draft` makes of `base`; without one, by itself.
pub(super) fn extended(
    draft: &Draft,
    base: Option<&Rulebook>,
    places: &Places,
) -> (Rulebook, Origins, Vec<Flaw>) {
    let mut over = Over {
        places,
        extends: base.is_some(),
        flaws: Vec::new(),
    };
    let empty = Rulebook {
        name: String::new(),
        version: String::new(),
        statements: Vec::new(),
        criteria: Vec::new(),
        scorecards: Vec::new(),
        words: BTreeMap::new(),
    };
    let base = base.unwrap_or(&empty);
    if !over.extends {
        let flaws = incomplete(
            &super::shape::RULEBOOK,
            "the rulebook",
            &Spot::default(),
            places,
        );
        over.flaws.extend(flaws);
    }
    let statements = over.statements(&base.statements, &draft.statements);
    let criteria = over.criteria(&base.criteria, &draft.criteria);
    let cards = over.cards(&base.scorecards, &draft.scorecards);
    let mut words = base.words.clone();
    for (language, criteria) in &draft.words {
        let of_language = words.entry(language.clone()).or_default();
        for (criterion, values) in criteria {
            let of_criterion = of_language.entry(criterion.clone()).or_default();
            for (value, more) in values {
                of_criterion
                    .entry(value.clone())
                    .or_default()
                    .extend(more.iter().cloned());
            }
        }
    }

    let mut origins = Origins::new();
    let root = Spot::default();
    let mut whole = Rulebook {
        name: draft.name.clone(),
        version: draft.version.clone(),
        words,
        ..empty
    };
    for key in ["name", "version", "words", "case"] {
        origins.insert(root.key(key), root.key(key));
    }
    let mut note = |spot: &Spot, at: Option<Spot>| {
        if let Some(at) = at {
            origins.insert(spot.clone(), at);
        }
    };
    for (index, (statement, at)) in statements.into_iter().enumerate() {
        note(&root.item("statement", index), at);
        whole.statements.push(statement);
    }
    for (index, (criterion, at)) in criteria.into_iter().enumerate() {
        note(&root.item("criterion", index), at);
        whole.criteria.push(criterion);
    }
    for (index, card) in cards.into_iter().enumerate() {
        let spot = root.item("scorecard", index);
        note(&spot, card.at);
        let mut of = card.of;
        for (index, (band, at)) in card.bands.into_iter().enumerate() {
            note(&spot.item("band", index), at);
            of.bands.push(band);
        }
        for (index, sight) in card.characteristics.into_iter().enumerate() {
            let spot = spot.item("characteristic", index);
            note(&spot, sight.at);
            let mut attributes = Vec::new();
            for (index, (attribute, at)) in sight.attributes.into_iter().enumerate() {
                note(&spot.item("attribute", index), at);
                attributes.push(attribute);
            }
            of.characteristics.push(Characteristic {
                criterion: sight.criterion,
                attributes,
            });
        }
        whole.scorecards.push(of);
    }
    (whole, origins, over.flaws)
}

/// The shape of the tables under `key`.
fn shape_of(table: &'static Table, key: &str) -> &'static Table {
    let key = table.keys.iter().find(|one| one.name == key);
    match key.map(|key| &key.takes) {
        Some(Takes::Tables(shape)) => shape,
        _ => table,
    }
}

struct Over<'p> {
    places: &'p Places,
    extends: bool,
    flaws: Vec<Flaw>,
}

impl Over<'_> {
    fn flaw(&mut self, code: Code, at: Spot, found: String, mend: String) {
        self.flaws.push(Flaw::new(code, at, found, mend));
    }

    /// Whether a new table says all that it has to. `inherited` are the names of
    /// those that it may be meant to change.
    fn is_complete(
        &mut self,
        path: &[&str],
        [name, key]: [&str; 2],
        at: &Spot,
        inherited: &[&str],
    ) -> bool {
        let shape = path
            .iter()
            .fold(&super::shape::RULEBOOK, |shape, key| shape_of(shape, key));
        let kind = path.last().copied().unwrap_or_default();
        let what = format!("the {kind} {}", quoted(name));
        let missing = incomplete(shape, &what, at, self.places);
        if missing.is_empty() {
            return true;
        }
        match nearest(name, inherited.iter().copied()) {
            Some(near) if self.extends => self.flaw(
                Code::NotInherited,
                at.key(key),
                format!(
                    "no {kind} {} is inherited, and it is not told whole",
                    quoted(name)
                ),
                format!("{} To add one, say all of it", did_you_mean(near)),
            ),
            _ => self.flaws.extend(missing),
        }
        false
    }

    /// Takes out what is to be removed; true if that is what the table is for.
    fn removes<T>(
        &mut self,
        remove: bool,
        place: Option<usize>,
        from: &mut Vec<T>,
        [kind, name]: [&str; 2],
        at: &Spot,
    ) -> bool {
        if !remove {
            return false;
        }
        match place {
            Some(place) => drop(from.remove(place)),
            None => self.flaw(
                Code::NotInherited,
                at.key("remove"),
                format!(
                    "no {kind} {} is inherited, so none can be left out",
                    quoted(name)
                ),
                "take this table out, or name one that is inherited".to_owned(),
            ),
        }
        true
    }

    /// True, and a flaw, if the file has told `name` before, at `first`.
    fn is_twice(
        &mut self,
        first: Option<Spot>,
        [kind, name]: [&str; 2],
        at: &Spot,
        key: &str,
    ) -> bool {
        let Some(first) = first else { return false };
        let flaw = Flaw::new(
            Code::DefinedTwice,
            at.key(key),
            format!("{kind} {} is there twice", quoted(name)),
            "make them one table, or give this one another name",
        );
        self.flaws
            .push(flaw.beside(first.key(key), "the first one"));
        true
    }

    /// Tells that a table changes nothing, if it does not.
    fn must_change(&mut self, changes: bool, [kind, name]: [&str; 2], at: &Spot) {
        if !changes {
            self.flaw(
                Code::ChangesNothing,
                at.clone(),
                format!("the {kind} {} is inherited just so", quoted(name)),
                "take this table out, or say what is to differ".to_owned(),
            );
        }
    }

    fn statements(
        &mut self,
        base: &[Statement],
        drafts: &[StatementDraft],
    ) -> Vec<Stated<Statement>> {
        let mut all: Vec<Stated<Statement>> = base.iter().map(|one| (one.clone(), None)).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("statement", index);
            let place = all
                .iter()
                .position(|(one, at)| one.id == draft.id && at.is_none());
            let name = ["statement", &*draft.id];
            let mut told = all.iter().filter(|(one, _)| one.id == draft.id);
            if self.is_twice(told.find_map(|(_, at)| at.clone()), name, &at, "id") {
                continue;
            }
            if self.removes(draft.remove, place, &mut all, name, &at) {
                continue;
            }
            let Some(place) = place else {
                let ids: Vec<&str> = base.iter().map(|one| &*one.id).collect();
                self.is_complete(&["statement"], [&draft.id, "id"], &at, &ids);
                let new = Statement {
                    id: draft.id.clone(),
                    says: draft.says.clone().unwrap_or_default(),
                    not_a_rule: draft.not_a_rule.clone(),
                };
                all.push((new, Some(at)));
                continue;
            };
            let (one, stated) = &mut all[place];
            let mut changes = replace(&mut one.says, &draft.says);
            if draft.not_a_rule.is_some() && one.not_a_rule != draft.not_a_rule {
                one.not_a_rule.clone_from(&draft.not_a_rule);
                changes = true;
            }
            *stated = Some(at.clone());
            self.must_change(changes, name, &at);
        }
        all
    }

    fn criteria(
        &mut self,
        base: &[Criterion],
        drafts: &[CriterionDraft],
    ) -> Vec<Stated<Criterion>> {
        let mut all: Vec<Stated<Criterion>> = base.iter().map(|one| (one.clone(), None)).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("criterion", index);
            let place = all
                .iter()
                .position(|(one, at)| one.name == draft.name && at.is_none());
            let name = ["criterion", &*draft.name];
            let mut told = all.iter().filter(|(one, _)| one.name == draft.name);
            if self.is_twice(told.find_map(|(_, at)| at.clone()), name, &at, "name") {
                continue;
            }
            if self.removes(draft.remove, place, &mut all, name, &at) {
                continue;
            }
            let is_new = place.is_none();
            if is_new {
                let names: Vec<&str> = base.iter().map(|one| &*one.name).collect();
                self.is_complete(&["criterion"], [&draft.name, "name"], &at, &names);
                let new = Criterion {
                    name: draft.name.clone(),
                    says: String::new(),
                    kind: draft.kind.unwrap_or(Kind::Choice),
                    values: Vec::new(),
                    groups: BTreeMap::new(),
                    length_means: None,
                    from_dates: None,
                };
                all.push((new, None));
            }
            let place = place.unwrap_or(all.len() - 1);
            let before = all[place].0.clone();
            self.criterion(&mut all[place].0, draft, is_new, &at);
            all[place].1 = Some(at.clone());
            let changes = is_new || all[place].0 != before;
            self.must_change(changes, name, &at);
        }
        all
    }

    fn criterion(&mut self, one: &mut Criterion, draft: &CriterionDraft, is_new: bool, at: &Spot) {
        replace(&mut one.says, &draft.says);
        replace(&mut one.kind, &draft.kind);
        match &draft.values {
            Some(values) => one.values.clone_from(values),
            None if is_new => {
                let fixed = one.kind.fixed_values().unwrap_or_default();
                one.values = fixed.iter().map(|value| (*value).to_owned()).collect();
            }
            None => {}
        }
        one.values.extend(draft.more_values.iter().cloned());
        if is_new && !draft.more_values.is_empty() {
            self.flaw(
                Code::NotInherited,
                at.key("more_values"),
                format!(
                    "{} is new, so there are no values to add to",
                    quoted(&one.name)
                ),
                "say `values`".to_owned(),
            );
        }
        for (group, members) in &draft.groups {
            one.groups.insert(group.clone(), members.clone());
        }
        for (group, members) in &draft.more_groups {
            let known = one.groups.keys().map(String::as_str);
            let near = nearest(group, known);
            let near = near
                .map(did_you_mean)
                .unwrap_or_else(|| "say it under `groups`".to_owned());
            match one.groups.get_mut(group) {
                Some(of) => of.extend(members.iter().cloned()),
                None => self.flaw(
                    Code::NotInherited,
                    at.key("more_groups").key(group),
                    format!("no group {} is inherited", quoted(group)),
                    near,
                ),
            }
        }
        if draft.length_means.is_some() {
            one.length_means.clone_from(&draft.length_means);
        }
        if draft.from_dates.is_some() {
            one.from_dates.clone_from(&draft.from_dates);
        }
    }

    fn cards(&mut self, base: &[Scorecard], drafts: &[ScorecardDraft]) -> Vec<Card> {
        let inherited = |of: &Scorecard| Card {
            of: Scorecard {
                bands: Vec::new(),
                characteristics: Vec::new(),
                ..of.clone()
            },
            at: None,
            bands: of.bands.iter().map(|band| (band.clone(), None)).collect(),
            characteristics: (of.characteristics.iter())
                .map(|one| Sight {
                    criterion: one.criterion.clone(),
                    at: None,
                    attributes: one
                        .attributes
                        .iter()
                        .map(|one| (one.clone(), None))
                        .collect(),
                })
                .collect(),
        };
        let mut all: Vec<Card> = base.iter().map(inherited).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("scorecard", index);
            let is_it = |card: &Card| card.of.name == draft.name && card.at.is_none();
            let place = all.iter().position(is_it);
            let name = ["scorecard", &*draft.name];
            let mut told = all.iter().filter(|card| card.of.name == draft.name);
            if self.is_twice(told.find_map(|card| card.at.clone()), name, &at, "name") {
                continue;
            }
            if self.removes(draft.remove, place, &mut all, name, &at) {
                continue;
            }
            let place = place.unwrap_or_else(|| {
                let names: Vec<&str> = base.iter().map(|one| &*one.name).collect();
                self.is_complete(&["scorecard"], [&draft.name, "name"], &at, &names);
                let new = Scorecard {
                    name: draft.name.clone(),
                    question: String::new(),
                    initial_score: 0,
                    bands: Vec::new(),
                    characteristics: Vec::new(),
                };
                all.push(inherited(&new));
                all.len() - 1
            });
            let card = &mut all[place];
            let changes = replace(&mut card.of.question, &draft.question)
                | replace(&mut card.of.initial_score, &draft.initial_score);
            let says_more = !draft.bands.is_empty() || !draft.characteristics.is_empty();
            card.at = Some(at.clone());
            for (index, band) in draft.bands.iter().enumerate() {
                self.band(&mut card.bands, band, &at.item("band", index));
            }
            for (index, one) in draft.characteristics.iter().enumerate() {
                self.sight(
                    &mut card.characteristics,
                    one,
                    &at.item("characteristic", index),
                );
            }
            self.must_change(changes || says_more, name, &at);
        }
        all
    }

    fn band(&mut self, bands: &mut Vec<Stated<Band>>, draft: &BandDraft, at: &Spot) {
        let alike = |(band, at): &Stated<Band>| {
            at.is_none()
                && match (draft.at_least, draft.at_most) {
                    (None, None) => Some(&band.label) == draft.label.as_ref(),
                    (least, _) => band.at_least.is_some() == least.is_some(),
                }
        };
        let Some(place) = bands.iter().position(alike) else {
            let label = draft.label.as_deref().unwrap_or_default();
            if self.is_complete(&["scorecard", "band"], [label, "label"], at, &[]) {
                let new = Band {
                    label: label.to_owned(),
                    at_least: draft.at_least,
                    at_most: draft.at_most,
                };
                bands.push((new, Some(at.clone())));
            }
            return;
        };
        let (band, stated) = &mut bands[place];
        let before = band.clone();
        replace(&mut band.label, &draft.label);
        band.at_least = draft.at_least.or(band.at_least);
        band.at_most = draft.at_most.or(band.at_most);
        let changes = *band != before;
        *stated = Some(at.clone());
        self.must_change(changes, ["band", &before.label], at);
    }

    fn sight(&mut self, sights: &mut Vec<Sight>, draft: &CharacteristicDraft, at: &Spot) {
        let is_it = |one: &Sight| one.criterion == draft.criterion && one.at.is_none();
        let place = sights.iter().position(is_it);
        let name = ["characteristic", &*draft.criterion];
        let mut told = sights.iter().filter(|one| one.criterion == draft.criterion);
        if self.is_twice(told.find_map(|one| one.at.clone()), name, at, "criterion") {
            return;
        }
        if self.removes(draft.remove, place, sights, name, at) {
            return;
        }
        let place = place.unwrap_or_else(|| {
            let names: Vec<&str> = sights.iter().map(|one| &*one.criterion).collect();
            let path = ["scorecard", "characteristic"];
            self.is_complete(&path, [&draft.criterion, "criterion"], at, &names);
            sights.push(Sight {
                criterion: draft.criterion.clone(),
                at: None,
                attributes: Vec::new(),
            });
            sights.len() - 1
        });
        let sight = &mut sights[place];
        sight.at = Some(at.clone());
        // What is new and has no place of its own comes first, in the order of the file.
        let mut first = 0;
        for (index, one) in draft.attributes.iter().enumerate() {
            let at = at.item("attribute", index);
            self.attribute(&mut sight.attributes, one, &at, &mut first);
        }
        let says_more = !draft.attributes.is_empty();
        self.must_change(says_more, name, at);
    }

    fn attribute(
        &mut self,
        all: &mut Vec<Stated<Attribute>>,
        draft: &AttributeDraft,
        at: &Spot,
        first: &mut usize,
    ) {
        let code = &draft.reason_code;
        let is_it = |(one, at): &Stated<Attribute>| one.reason_code == *code && at.is_none();
        let name = ["attribute", &**code];
        if self.extends && all.iter().filter(|one| is_it(one)).count() > 1 {
            let found = format!(
                "several inherited attributes have the code {}",
                quoted(code)
            );
            let mend =
                "it cannot be told which is meant: remove the characteristic, and say it anew";
            return self.flaw(
                Code::NotInherited,
                at.key("reason_code"),
                found,
                mend.to_owned(),
            );
        }
        let place = all.iter().position(is_it);
        let is_before = |place: usize, first: usize| place < first;
        if draft.remove && place.is_some_and(|place| is_before(place, *first)) {
            *first -= 1;
        }
        if self.removes(draft.remove, place, all, name, at) {
            return;
        }
        if let Some(place) = place {
            if draft.after.is_some() {
                let found = format!("{} is inherited, and stays in its place", quoted(code));
                let mend = "leave `after` out, or remove it and add another under a new code";
                self.flaw(Code::NotInherited, at.key("after"), found, mend.to_owned());
            }
            let (one, stated) = &mut all[place];
            let before = one.clone();
            for (criterion, condition) in &draft.when {
                one.when.insert(criterion.clone(), condition.clone());
            }
            replace(&mut one.partial_score, &draft.partial_score);
            replace(&mut one.reason, &draft.reason);
            replace(&mut one.sources, &draft.sources);
            *stated = Some(at.clone());
            let changes = *one != before;
            return self.must_change(changes, name, at);
        }
        let codes: Vec<String> = all.iter().map(|(one, _)| one.reason_code.clone()).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let path = ["scorecard", "characteristic", "attribute"];
        if !self.is_complete(&path, [code, "reason_code"], at, &codes) {
            return;
        }
        let new = Attribute {
            when: draft.when.clone(),
            partial_score: draft.partial_score.unwrap_or_default(),
            reason_code: code.clone(),
            reason: draft.reason.clone().unwrap_or_default(),
            sources: draft.sources.clone().unwrap_or_default(),
        };
        let place = match &draft.after {
            None => {
                let place = if self.extends { *first } else { all.len() };
                *first += 1;
                place
            }
            Some(after) => match codes.iter().position(|code| code == after) {
                Some(place) => {
                    if is_before(place, *first) {
                        *first += 1;
                    }
                    place + 1
                }
                None => {
                    let near = nearest(after, codes.iter().copied()).map(did_you_mean);
                    let mend = near.unwrap_or_else(|| format!("take one of {}", codes.join(", ")));
                    let found = format!("no attribute here has the code {}", quoted(after));
                    return self.flaw(Code::NotInherited, at.key("after"), found, mend);
                }
            },
        };
        all.insert(place, (new, Some(at.clone())));
    }
}

/// Puts what is said into the place of what is inherited; true if that differs.
fn replace<T: Clone + PartialEq>(inherited: &mut T, said: &Option<T>) -> bool {
    match said {
        Some(said) if said != inherited => {
            inherited.clone_from(said);
            true
        }
        _ => false,
    }
}
