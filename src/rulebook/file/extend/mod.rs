//! A rulebook that states only what differs, laid over the one it extends.
//!
//! Owns what comes of both, and for each part of it where the file states it. How
//! things are found again, and what becomes of them, is told for facts and for
//! scorecards in files of their own.

mod cards;
mod facts;
mod over;

use std::collections::BTreeMap;

use self::cards::Card;
use self::over::Over;
use crate::rulebook::diagnostic::{Flaw, Spot};
use crate::rulebook::file::draft::Draft;
use crate::rulebook::file::structure::{Places, incomplete};
use crate::rulebook::{Characteristic, Criterion, OwnWords, Rulebook, Statement};
use crate::text::quoted;

/// A part of the outcome, and where the file states it, if it does.
type Stated<T> = (T, Option<Spot>);

/// Where in the file the parts of the whole rulebook are stated.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// By part, and only for those that the file states.
    stated: BTreeMap<Spot, Spot>,
    /// What the file leaves out of what it inherits, by name, and where it says so.
    pub(crate) removed: Vec<(String, Spot)>,
    /// The criteria that it changes, by name, and where.
    pub(crate) criteria: Vec<(String, Spot)>,
    /// What the parts are called.
    pub(crate) names: BTreeMap<Spot, String>,
}

impl Origins {
    /// Where the file states this very part.
    pub(crate) fn stated(&self, part: &Spot) -> Option<&Spot> {
        self.stated.get(part)
    }

    /// Where the file states what stands there; `None` where that is inherited.
    pub(crate) fn of(&self, spot: &Spot) -> Option<Spot> {
        let mut up = Some(spot.clone());
        while let Some(part) = up {
            if let Some(at) = self.stated.get(&part) {
                let way = spot.below(&part)?;
                // A part of a table that is stated may be inherited itself.
                let mut parts = ["/band/", "/characteristic/", "/attribute/"].iter();
                let is_part = parts.any(|part| way.starts_with(part));
                return (!is_part).then(|| at.then(way));
            }
            up = part.parent();
        }
        None
    }

    /// The attributes that the file states: scorecard, characteristic, attribute.
    pub(crate) fn attributes(&self, rulebook: &Rulebook) -> Vec<(usize, usize, usize)> {
        let mut stated = Vec::new();
        for (i, card) in rulebook.scorecards.iter().enumerate() {
            let spot = Spot::default().item("scorecard", i);
            for (j, characteristic) in card.characteristics.iter().enumerate() {
                let spot = spot.item("characteristic", j);
                for k in 0..characteristic.attributes.len() {
                    if self.stated.contains_key(&spot.item("attribute", k)) {
                        stated.push((i, j, k));
                    }
                }
            }
        }
        stated
    }

    fn note(&mut self, part: &Spot, at: Option<Spot>, kind: &str, name: &str) {
        self.names
            .insert(part.clone(), format!("the {kind} {}", quoted(name)));
        if let Some(at) = at {
            self.stated.insert(part.clone(), at);
        }
    }
}

/// The rulebook that `draft` makes of `base`; without one, by itself.
pub(crate) fn extended(
    draft: &Draft,
    base: Option<&Rulebook>,
    places: &Places,
) -> (Rulebook, Origins, Vec<Flaw>) {
    let mut over = Over::new(places, base);
    let empty = Rulebook {
        name: draft.name.clone(),
        version: draft.version.clone(),
        statements: Vec::new(),
        criteria: Vec::new(),
        scorecards: Vec::new(),
        words: BTreeMap::new(),
    };
    if base.is_none() {
        let root = Spot::default();
        let flaws = incomplete(
            &crate::rulebook::file::shape::RULEBOOK,
            "the rulebook",
            &root,
            places,
        );
        over.flaws.extend(flaws.into_iter().map(|mut flaw| {
            flaw.mend += &format!(
                ", or inherit it: extend = {:?}",
                crate::rulebook::file::BUILT_IN
            );
            flaw
        }));
    }
    let base = base.unwrap_or(&empty);
    let statements = over.statements(&base.statements, &draft.statements);
    let criteria = over.criteria(&base.criteria, &draft.criteria);
    let cards = over.cards(&base.scorecards, &draft.scorecards);
    let mut origins = Origins {
        removed: std::mem::take(&mut over.removed),
        ..Origins::default()
    };
    let root = Spot::default();
    for key in ["name", "version", "words", "case"] {
        origins.stated.insert(root.key(key), root.key(key));
    }
    let mut whole = Rulebook {
        words: base.words.clone(),
        ..empty.clone()
    };
    add_words(&mut whole.words, &draft.words);
    whole.statements = put_statements(statements, &mut origins);
    whole.criteria = put_criteria(criteria, &over, &mut origins);
    put_cards(cards, &mut whole, &mut origins);
    (whole, origins, over.flaws)
}

fn add_words(words: &mut OwnWords, more: &OwnWords) {
    for (language, criteria) in more {
        let of_language = words.entry(language.clone()).or_default();
        for (criterion, values) in criteria {
            let of_criterion = of_language.entry(criterion.clone()).or_default();
            for (value, more) in values {
                let of_value = of_criterion.entry(value.clone()).or_default();
                of_value.extend(more.iter().cloned());
            }
        }
    }
}

fn put_statements(all: Vec<Stated<Statement>>, origins: &mut Origins) -> Vec<Statement> {
    let put = |(index, (one, at)): (usize, Stated<Statement>)| {
        let spot = Spot::default().item("statement", index);
        origins.note(&spot, at, "statement", &one.id);
        one
    };
    all.into_iter().enumerate().map(put).collect()
}

fn put_criteria(
    all: Vec<Stated<Criterion>>,
    over: &Over<'_>,
    origins: &mut Origins,
) -> Vec<Criterion> {
    let put = |(index, (one, at)): (usize, Stated<Criterion>)| {
        let spot = Spot::default().item("criterion", index);
        // What joins inherited values and groups stands under keys of its own.
        let joined = over
            .joined
            .iter()
            .filter(|joined| joined.criterion == one.name);
        for joined in joined {
            origins
                .stated
                .insert(spot.then(&joined.way), joined.at.clone());
        }
        if let Some(at) = &at {
            origins.criteria.push((one.name.clone(), at.clone()));
        }
        origins.note(&spot, at, "criterion", &one.name);
        one
    };
    all.into_iter().enumerate().map(put).collect()
}

fn put_cards(cards: Vec<Card>, whole: &mut Rulebook, origins: &mut Origins) {
    for (index, card) in cards.into_iter().enumerate() {
        let spot = Spot::default().item("scorecard", index);
        let mut of = card.of;
        origins.note(&spot, card.at, "scorecard", &of.name);
        for (index, (band, at)) in card.bands.into_iter().enumerate() {
            origins.note(&spot.item("band", index), at, "band", &band.label);
            of.bands.push(band);
        }
        for (index, sight) in card.characteristics.into_iter().enumerate() {
            let spot = spot.item("characteristic", index);
            origins.note(&spot, sight.at, "characteristic", &sight.criterion);
            let mut attributes = Vec::new();
            for (index, (one, at)) in sight.attributes.into_iter().enumerate() {
                let spot = spot.item("attribute", index);
                origins.note(&spot, at, "attribute", &one.reason_code);
                attributes.push(one);
            }
            of.characteristics.push(Characteristic {
                criterion: sight.criterion,
                attributes,
            });
        }
        whole.scorecards.push(of);
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
