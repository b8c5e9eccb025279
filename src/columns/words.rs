//! The words for a feed: its role, order and unit, as a configuration and a program get them.
//!
//! Owns the way back from a feed to the words that state it.

use super::mapping::{Feed, How, Role};
use super::read_as::{ROLES, SERIAL, SPARSE};
use crate::engine::compile::Rules;
use crate::value::Kind;
use crate::value::filled::Filling;
use crate::value::read::Sense;

impl Feed {
    /// The word for its role.
    pub(crate) fn role_word(&self) -> &'static str {
        match (self.role, self.sense) {
            (Role::Flag(_), _) => "flag",
            (Role::Before(_), _) => "override",
            (Role::Filled(..), _) => "filled",
            (Role::Since, _) => "relationship",
            (Role::InForce, _) => "contract",
            (Role::Signed, _) => "signing",
            (Role::Term, _) => "commitment",
            (_, Sense::Decided) => "careful",
            (_, Sense::Status) => "status",
            (_, Sense::Running(..)) => "running",
            (_, Sense::Veto(true, Some(_))) => "over",
            (_, Sense::Veto(false, _)) => "active",
            (_, Sense::Veto(true, None)) => "void",
            (Role::Kind, _) => "kind",
            (Role::Plain, _) => "states",
        }
    }

    /// The value that a flag or a text means.
    pub(crate) fn means<'r>(&self, rules: &'r Rules) -> Option<&'r str> {
        let (Role::Flag(value) | Role::Before(value) | Role::Filled(value, _)) = self.role else {
            return None;
        };
        let of = &rules.rulebook().criteria[self.criterion];
        of.values.get(usize::from(value)).map(String::as_str)
    }

    /// The word for the order of its dates.
    pub(crate) fn order_word(&self) -> Option<&'static str> {
        match self.sense {
            Sense::Dated(order) => Some(order.name()),
            Sense::Serial => Some(SERIAL),
            _ => None,
        }
    }

    /// What its texts are read as: `words`, `answer`, `length`, `day`, `number`, `name`,
    /// `text`, `organization` or `address`.
    pub(crate) fn sense_word(&self, rules: &Rules) -> &'static str {
        match (self.role, rules.rulebook().criteria[self.criterion].kind) {
            (Role::Flag(_) | Role::Before(_), _) => "answer",
            (Role::Filled(_, Filling::Any), _) => "text",
            (Role::Filled(_, filling), _) => filling.name(),
            _ if matches!(self.sense, Sense::Running(..) | Sense::Veto(..)) => "answer",
            (_, Kind::Choice) => "words",
            (_, Kind::Length) => "length",
            (_, Kind::Date) => "day",
            (_, Kind::Organization) => "organization",
            (_, Kind::Address) => "address",
        }
    }

    /// How the column is read, as a configuration writes it: the keys with their values.
    /// What a plain entry means anyway is left out.
    pub(crate) fn words(&self, rules: &Rules) -> Vec<(&'static str, String)> {
        let of = &rules.rulebook().criteria[self.criterion];
        let value = |value: u8| of.values[usize::from(value)].clone();
        let mut words = Vec::new();
        match self.role {
            Role::Flag(means) => words.push(("flag", value(means))),
            Role::Before(means) => words.push(("override", value(means))),
            Role::Filled(means, filling) => {
                words.push(("filled", value(means)));
                if filling != Filling::Any {
                    words.push(("like", filling.name().to_owned()));
                }
            }
            Role::InForce => {
                let mut in_force = rules.in_force().iter();
                let is_end = in_force.any(|one| one.end == self.criterion);
                let key = if is_end { "until" } else { "since" };
                words.push((key, "contract".to_owned()));
            }
            Role::Since | Role::Kind | Role::Plain | Role::Signed | Role::Term => {
                let word = self.role_word();
                let role = ROLES.iter().find(|(known, ..)| *known == word);
                // By its name it may be something else.
                let is_plain = word == "states" && !(self.how == How::Stated && self.is_fixed);
                let role = role.filter(|_| !is_plain);
                words.extend(role.map(|(_, key, value, _)| (*key, (*value).to_owned())));
            }
        }
        words.extend(self.order_word().map(|order| ("order", order.to_owned())));
        if let Sense::Bare(unit) = self.sense {
            words.push(("unit", unit.plural().trim_end_matches('s').to_owned()));
        }
        let found = match self.how {
            How::Stated => None,
            How::Exact => Some("name"),
            How::Words => Some("words"),
            How::Values => Some("values"),
        };
        words.extend(found.map(|by| ("by", by.to_owned())));
        if self.is_sparse {
            words.push((SPARSE, "true".to_owned()));
        }
        words
    }
}
