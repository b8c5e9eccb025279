//! Scorecards, laid over those that are inherited.

use std::collections::BTreeMap;

use crate::rulebook::codes::Code;
use crate::rulebook::diagnostic::Spot;
use crate::rulebook::file::draft::{
    AttributeDraft, BandDraft, CharacteristicDraft, ScorecardDraft,
};
use crate::rulebook::file::extend::over::{Meant, Named, Over};
use crate::rulebook::file::extend::{Stated, replace};
use crate::rulebook::{Attribute, Band, Condition, Scorecard};
use crate::text::{did_you_mean, nearest, quoted};

/// The parts of a scorecard, each with where it is stated.
pub(crate) struct Card {
    pub(crate) of: Scorecard,
    pub(crate) at: Option<Spot>,
    pub(crate) bands: Vec<Stated<Band>>,
    pub(crate) characteristics: Vec<Sight>,
}

/// A characteristic, and where it and its attributes are stated.
pub(crate) struct Sight {
    pub(crate) criterion: String,
    pub(crate) at: Option<Spot>,
    pub(crate) attributes: Vec<Stated<Attribute>>,
}

/// Where further attributes are put.
#[derive(Default)]
struct Further<'d> {
    /// So many stand before all inherited ones.
    first: usize,
    /// By the reason code behind which they stand: so many of them.
    behind: BTreeMap<&'d str, usize>,
}

impl Card {
    fn inherited(of: &Scorecard) -> Self {
        let sights = of.characteristics.iter().map(|one| Sight {
            criterion: one.criterion.clone(),
            at: None,
            attributes: one
                .attributes
                .iter()
                .map(|one| (one.clone(), None))
                .collect(),
        });
        Card {
            at: None,
            bands: of.bands.iter().map(|band| (band.clone(), None)).collect(),
            characteristics: sights.collect(),
            of: Scorecard {
                bands: Vec::new(),
                characteristics: Vec::new(),
                ..of.clone()
            },
        }
    }
}

impl Over<'_> {
    pub(crate) fn cards(&mut self, base: &[Scorecard], drafts: &[ScorecardDraft]) -> Vec<Card> {
        let mut all: Vec<Card> = base.iter().map(Card::inherited).collect();
        for (index, draft) in drafts.iter().enumerate() {
            let at = Spot::default().item("scorecard", index);
            let table = Named {
                path: &["scorecard"],
                key: "name",
                name: &draft.name,
                at: &at,
                remove: draft.remove,
            };
            let meant = self.meant(&table, &mut all, |card| (&card.of.name, card.at.as_ref()));
            let place = match meant {
                Meant::Done => continue,
                Meant::Change(place) => place,
                Meant::Add(_) => {
                    all.push(Card::inherited(&Scorecard {
                        name: draft.name.clone(),
                        question: String::new(),
                        initial_score: 0,
                        bands: Vec::new(),
                        characteristics: Vec::new(),
                    }));
                    all.len() - 1
                }
            };
            let card = &mut all[place];
            let changes = replace(&mut card.of.question, &draft.question)
                | replace(&mut card.of.initial_score, &draft.initial_score);
            let says_more = !draft.bands.is_empty() || !draft.characteristics.is_empty();
            card.at = Some(at.clone());
            for (index, band) in draft.bands.iter().enumerate() {
                self.band(&mut card.bands, band, &at.item("band", index));
            }
            for (index, one) in draft.characteristics.iter().enumerate() {
                let at = at.item("characteristic", index);
                self.characteristic(&mut card.characteristics, one, &at);
            }
            if matches!(meant, Meant::Change(_)) {
                self.must_change(changes || says_more, ["scorecard", &draft.name], &at);
            }
        }
        all
    }

    /// A band is found again by the side to which it is open, or else by its label.
    fn band(&mut self, bands: &mut Vec<Stated<Band>>, draft: &BandDraft, at: &Spot) {
        let alike = |(band, at): &Stated<Band>| {
            at.is_none()
                && match (draft.at_least, draft.at_most) {
                    (None, None) => Some(&band.label) == draft.label.as_ref(),
                    (least, _) => band.at_least.is_some() == least.is_some(),
                }
        };
        let Some(place) = bands.iter().position(alike) else {
            let table = Named {
                path: &["scorecard", "band"],
                key: "label",
                name: draft.label.as_deref().unwrap_or_default(),
                at,
                remove: false,
            };
            if self.is_complete(&table, &[]) {
                let new = Band {
                    label: table.name.to_owned(),
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

    fn characteristic(&mut self, all: &mut Vec<Sight>, draft: &CharacteristicDraft, at: &Spot) {
        let table = Named {
            path: &["scorecard", "characteristic"],
            key: "criterion",
            name: &draft.criterion,
            at,
            remove: draft.remove,
        };
        let meant = self.meant(&table, all, |one| (&one.criterion, one.at.as_ref()));
        let place = match meant {
            Meant::Done => return,
            Meant::Change(place) => place,
            Meant::Add(_) => {
                all.push(Sight {
                    criterion: draft.criterion.clone(),
                    at: None,
                    attributes: Vec::new(),
                });
                all.len() - 1
            }
        };
        let one = &mut all[place];
        one.at = Some(at.clone());
        let mut further = Further::default();
        for (index, attribute) in draft.attributes.iter().enumerate() {
            let at = at.item("attribute", index);
            self.attribute(&mut one.attributes, attribute, &at, &mut further);
        }
        if matches!(meant, Meant::Change(_)) {
            let says_more = !draft.attributes.is_empty();
            self.must_change(says_more, ["characteristic", &draft.criterion], at);
        }
    }

    /// An attribute is found again by its reason code, which several may share.
    fn attribute<'d>(
        &mut self,
        all: &mut Vec<Stated<Attribute>>,
        draft: &'d AttributeDraft,
        at: &Spot,
        further: &mut Further<'d>,
    ) {
        let code = &draft.reason_code;
        let table = Named {
            path: &["scorecard", "characteristic", "attribute"],
            key: "reason_code",
            name: code,
            at,
            remove: draft.remove,
        };
        let alike = |(one, _): &&Stated<Attribute>| one.reason_code == *code;
        let inherited = all.iter().filter(alike).filter(|(_, at)| at.is_none());
        if inherited.count() > 1 {
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
        let told = all.iter().filter(alike).find_map(|(_, at)| at.clone());
        if let Some(first) = told {
            // A further one for the same reason is told whole.
            let is_whole =
                !draft.when.is_empty() && draft.partial_score.is_some() && draft.reason.is_some();
            return match is_whole && !draft.remove {
                true => self.further(all, draft, at, further),
                false => self.twice(&table, &first),
            };
        }
        match self.meant(&table, all, |(one, at)| (&one.reason_code, at.as_ref())) {
            Meant::Done | Meant::Add(false) => {}
            Meant::Add(true) => self.further(all, draft, at, further),
            Meant::Change(place) => {
                if draft.after.is_some() {
                    let found = format!("{} is inherited, and stays in its place", quoted(code));
                    let mend = "leave `after` out, or remove it and add another under a new code";
                    self.flaw(Code::NotInherited, at.key("after"), found, mend.to_owned());
                }
                let (one, stated) = &mut all[place];
                let before = one.clone();
                for (criterion, condition) in &draft.when {
                    one.when.insert(criterion.clone(), plain(condition));
                }
                replace(&mut one.partial_score, &draft.partial_score);
                replace(&mut one.reason, &draft.reason);
                replace(&mut one.sources, &draft.sources);
                *stated = Some(at.clone());
                let changes = *one != before;
                self.must_change(changes, ["attribute", code], at);
            }
        }
    }

    /// Puts a further attribute where it is tried: before the inherited ones, or behind
    /// one of them; those with the same place in the order of the file.
    fn further<'d>(
        &mut self,
        all: &mut Vec<Stated<Attribute>>,
        draft: &'d AttributeDraft,
        at: &Spot,
        further: &mut Further<'d>,
    ) {
        let place = match &draft.after {
            None if self.extends => {
                further.first += 1;
                further.first - 1
            }
            None => all.len(),
            Some(after) => {
                let Some(place) = all.iter().position(|(one, _)| one.reason_code == *after) else {
                    if self.extends {
                        let codes: Vec<&str> =
                            all.iter().map(|(one, _)| &*one.reason_code).collect();
                        let near = nearest(after, codes.iter().copied()).map(did_you_mean);
                        let mend =
                            near.unwrap_or_else(|| format!("take one of {}", codes.join(", ")));
                        let found = format!("no attribute here has the code {}", quoted(after));
                        self.flaw(Code::NotInherited, at.key("after"), found, mend);
                    }
                    return;
                };
                if place < further.first {
                    further.first += 1;
                }
                let behind = further.behind.entry(after).or_default();
                *behind += 1;
                (place + *behind).min(all.len())
            }
        };
        let new = Attribute {
            when: draft
                .when
                .iter()
                .map(|(name, one)| (name.clone(), plain(one)))
                .collect(),
            partial_score: draft.partial_score.unwrap_or_default(),
            reason_code: draft.reason_code.clone(),
            reason: draft.reason.clone().unwrap_or_default(),
            sources: draft.sources.clone().unwrap_or_default(),
        };
        all.insert(place, (new, Some(at.clone())));
    }
}

/// A list of one is that one, so that equal rules are equal however they are written.
fn plain(condition: &Condition) -> Condition {
    match condition {
        Condition::AnyOf(several) if several.len() == 1 => Condition::One(several[0].clone()),
        other => other.clone(),
    }
}
