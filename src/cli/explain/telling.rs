//! A case put into words.
//!
//! Owns which facts belong to which row, and how values, lengths and changes are
//! said.

use clientype::columns::{Mapping, Role, Why};
use clientype::rules::changes::{Change, To};
use clientype::rules::compile::Rules;
use clientype::rules::explain::{Applied, Gap};
use clientype::rules::read::Reading;
use clientype::rules::{Criterion, Kind, Scorecard};
use clientype::{Case, Fact, quoted};

use super::view::{Changed, Moved, Named, Part, Row, Said, Silence, View, listed};

impl<'v> View<'v> {
    pub(super) fn new(
        rules: &'v Rules,
        rulebook: &'v Named,
        case: &'v Case,
        names: &[String],
        mapping: &Mapping,
    ) -> Self {
        let words = Words {
            rules,
            case,
            unread: unread(rules, names, mapping),
        };
        let cards = rules.rulebook().scorecards.iter().enumerate();
        View {
            parts: cards.map(|(place, card)| words.part(place, card)).collect(),
            uncounted: words.uncounted(),
            case,
            rulebook,
        }
    }
}

/// By criterion: a column that could tell it, and why it is not read.
fn unread(rules: &Rules, names: &[String], mapping: &Mapping) -> Vec<(usize, String)> {
    let whys = names.iter().zip(&mapping.unused);
    let told = whys.filter_map(|(name, why)| {
        let why = why.as_ref()?;
        let name = quoted(name);
        let text = match why {
            Why::NotCompared(criterion) => {
                let criterion = &rules.rulebook().criteria[*criterion];
                format!("{name} is compared only if --own {}", own(criterion))
            }
            Why::Unclear(_) => format!("whether {name} tells it is not clear (--map tells)"),
            Why::Tied(_, other) => format!(
                "{name} and {} could both tell it, and contradict each other (--map tells)",
                quoted(other)
            ),
            Why::Elsewhere(_) => format!(
                "{name} is not read, since other columns say that the records are about something else (--map tells)"
            ),
            Why::NotUnderstood(_) => {
                format!("{name} is not read, since none of its values is understood")
            }
            Why::Numbers(_) => format!("{name} is not read, since it holds numbers"),
            Why::TooLong(_) => {
                format!("{name} is not read, since so many months would be more than fifty years")
            }
            Why::Unknown | Why::Never(_) | Why::Less(..) | Why::Twin(_) | Why::Told(_) => {
                return None;
            }
        };
        Some((why.criterion()?, text))
    });
    told.collect()
}

/// What it takes to compare a criterion with who we are.
fn own(criterion: &Criterion) -> &'static str {
    match criterion.kind {
        Kind::Address => "tells a mail domain of ours",
        _ => "tells a name of ours",
    }
}

/// What turns a case into words.
struct Words<'v> {
    rules: &'v Rules,
    case: &'v Case,
    unread: Vec<(usize, String)>,
}

impl<'v> Words<'v> {
    fn part(&self, place: usize, card: &'v Scorecard) -> Part<'v> {
        let verdict = self.case.evaluation.verdicts[place];
        let why = self.case.explanation(self.rules, place);
        let label = |label: u8| self.rules.label(place, label);
        let from = |score: fn(&clientype::rules::Band) -> Option<i32>| {
            card.bands.iter().find_map(score).unwrap_or_default()
        };
        Part {
            card,
            verdict,
            label: label(verdict.label),
            upper: (label(0), from(|band| band.at_least)),
            lower: (label(1), from(|band| band.at_most)),
            rows: why.reasons.iter().map(|one| self.row(card, *one)).collect(),
            silences: why.gaps.iter().map(|gap| self.silence(card, gap)).collect(),
            changes: (why.changes.iter())
                .filter_map(|change| self.changed(change, label(change.to)))
                .collect(),
        }
    }

    fn row(&self, card: &'v Scorecard, applied: Applied) -> Row<'v> {
        let characteristic = &card.characteristics[applied.characteristic];
        let attribute = &characteristic.attributes[applied.attribute];
        let criterion = characteristic.criterion.as_str();
        let ground = self.index(criterion).map(|index| &self.case.grounds[index]);
        let others = attribute.when.keys().filter(|name| *name != criterion);
        let reading = |name: &str| self.index(name).map(|index| self.in_words(index));
        Row {
            criterion,
            said: self.said(criterion),
            days: ground.and_then(|ground| {
                let (from, to) = ground.days?;
                Some(match ground.facts.len() {
                    2.. => format!("from {from} to {to}"),
                    _ => format!("from {from} until {to}, the as-of date"),
                })
            }),
            read_as: self
                .index(criterion)
                .map(|index| self.as_said(index))
                .unwrap_or_default(),
            in_words: reading(criterion).unwrap_or_default(),
            given: others
                .map(|name| (name.as_str(), reading(name).unwrap_or_default()))
                .collect(),
            points: attribute.partial_score,
            code: &attribute.reason_code,
            reason: &attribute.reason,
            sources: &attribute.sources,
        }
    }

    fn silence(&self, card: &'v Scorecard, gap: &Gap) -> Silence<'v> {
        let criterion = card.characteristics[gap.characteristic].criterion.as_str();
        let index = self.index(criterion).unwrap_or_default();
        let ground = &self.case.grounds[index];
        let about = ground
            .facts
            .first()
            .map(|fact| self.case.facts[*fact].criterion);
        let unread = self.unread.iter().filter(|(about, _)| *about == index);
        let mut unread: Vec<String> = unread.map(|(_, text)| text.clone()).collect();
        if unread.is_empty() && !self.rules.can_read(index) {
            unread.push(format!(
                "it counts only if --own {}",
                own(self.criterion(index))
            ));
        }
        Silence {
            criterion,
            says: &self.criterion(index).says,
            evidence: gap.evidence,
            said: self.said(criterion),
            in_words: ground.reading.is_known().then(|| self.in_words(index)),
            expected: self.rules.would_be_understood(about.unwrap_or(index)),
            unread,
            lowest: gap.lowest,
            highest: gap.highest,
        }
    }

    fn changed(&self, change: &Change, to: &'v str) -> Option<Changed<'v>> {
        let moved = |one: &clientype::rules::changes::Move| {
            let of = self.criterion(one.criterion);
            let text = self.rules.example(one.criterion, &one.to)?;
            let now = self.case.grounds[one.criterion].reading;
            let is_known = now.is_known();
            let values: Vec<&'v str> = match &one.to {
                To::OneOf(values) => values.iter().map(|value| value_of(of, *value)).collect(),
                To::Length { .. } => Vec::new(),
            };
            let read_as = values.first().copied().filter(|value| *value != text);
            let in_words = match &one.to {
                To::OneOf(_) => match read_as {
                    Some(value) => format!("{value}, such as {text}"),
                    None => listed(&values),
                },
                To::Length { from, below, .. } => match below {
                    None => format!("{} or longer", from.in_words()),
                    Some(below) if *from == Default::default() => {
                        format!("less than {}", below.in_words())
                    }
                    Some(below) => {
                        format!(
                            "{} or longer, but less than {}",
                            from.in_words(),
                            below.in_words()
                        )
                    }
                },
            };
            Some(Moved {
                criterion: &of.name,
                from: is_known.then(|| (self.as_said(one.criterion), self.in_words(one.criterion))),
                is_unread: now == Reading::NotUnderstood,
                read_as,
                or: values.get(1..).unwrap_or_default().to_vec(),
                in_words,
                to: text,
            })
        };
        Some(Changed {
            to,
            moves: change.moves.iter().map(moved).collect::<Option<_>>()?,
        })
    }

    /// Fields that say something and count nowhere.
    fn uncounted(&self) -> Vec<Said<'v>> {
        let cards = self.rules.rulebook().scorecards.iter();
        let asked = cards.flat_map(|card| &card.characteristics);
        let asked: Vec<usize> = asked
            .filter_map(|characteristic| self.index(&characteristic.criterion))
            .collect();
        let counted: Vec<usize> = asked
            .iter()
            .flat_map(|index| self.case.grounds[*index].facts.iter().copied())
            .collect();
        let facts = self.case.facts.iter().enumerate();
        facts
            .filter(|(place, fact)| !counted.contains(place) && fact.reading != Reading::Missing)
            .map(|(_, fact)| self.said_by(fact))
            .collect()
    }

    fn index(&self, criterion: &str) -> Option<usize> {
        self.rules.criterion(criterion)
    }

    fn criterion(&self, index: usize) -> &'v Criterion {
        &self.rules.rulebook().criteria[index]
    }

    /// The fields that tell what counts for a criterion.
    fn said(&self, criterion: &str) -> Vec<Said<'v>> {
        let Some(index) = self.index(criterion) else {
            return Vec::new();
        };
        let facts = self.case.grounds[index].facts.iter();
        facts
            .map(|fact| self.said_by(&self.case.facts[*fact]))
            .collect()
    }

    fn said_by(&self, fact: &'v Fact) -> Said<'v> {
        let of = self.criterion(fact.criterion);
        let value = |value: u8| value_of(of, value);
        let is_read = fact.reading.is_known();
        let remark = match fact.role {
            Role::Filled(means) if fact.reading == Reading::Value(means) => {
                Some(format!("filled in means {}", value(means)))
            }
            Role::Before(means) | Role::Flag(means) if is_read => {
                Some(format!("yes means {}", value(means)))
            }
            Role::Term if is_read => Some("the length of a commitment".to_owned()),
            _ => None,
        };
        Said {
            criterion: &of.name,
            column: &fact.column,
            text: &fact.text,
            read_as: is_read.then(|| said(of, fact.reading)),
            remark,
        }
    }

    /// What a criterion is read as, as a record could say it.
    fn as_said(&self, index: usize) -> String {
        said(self.criterion(index), self.case.grounds[index].reading)
    }

    /// The same, as a person would.
    fn in_words(&self, index: usize) -> String {
        match self.case.grounds[index].reading {
            Reading::Length(length) => length.in_words(),
            _ => self.as_said(index),
        }
    }
}

fn value_of(criterion: &Criterion, value: u8) -> &str {
    criterion
        .values
        .get(usize::from(value))
        .map_or("", String::as_str)
}

fn said(criterion: &Criterion, reading: Reading) -> String {
    match reading {
        Reading::Missing | Reading::NotUnderstood => String::new(),
        Reading::Value(value) => value_of(criterion, value).to_owned(),
        Reading::Length(length) => length.to_string(),
        Reading::Date(day) => day.to_string(),
    }
}
