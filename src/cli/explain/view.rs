//! What is shown of a record, in words, whatever the form.
//!
//! Owns which facts belong to which row, and how values, lengths and changes are
//! said. Knows nothing of lines, colours or brackets.

use clientype::columns::{Mapping, Role, Why};
use clientype::rules::changes::{Change, To};
use clientype::rules::compile::Rules;
use clientype::rules::evaluate::{Evidence, Verdict};
use clientype::rules::explain::{Applied, Gap};
use clientype::rules::read::Reading;
use clientype::rules::{Criterion, Kind, Rulebook, Scorecard};
use clientype::{Case, Fact, quoted};

/// Name, version and hash of a rulebook.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) hash: String,
}

impl Named {
    pub(super) fn of(rulebook: &Rulebook) -> Self {
        Named {
            name: rulebook.name.clone(),
            version: rulebook.version.clone(),
            hash: rulebook.hash(),
        }
    }
}

/// A record, its labels, and why.
pub(super) struct View<'v> {
    pub(super) case: &'v Case,
    pub(super) rulebook: &'v Named,
    pub(super) parts: Vec<Part<'v>>,
    /// What fields say that counts nowhere.
    pub(super) uncounted: Vec<Said<'v>>,
}

/// One scorecard.
pub(super) struct Part<'v> {
    pub(super) card: &'v Scorecard,
    pub(super) verdict: Verdict,
    pub(super) label: &'v str,
    /// Labels of the bands that are open upwards and downwards, and where these
    /// begin.
    pub(super) upper: (&'v str, i32),
    pub(super) lower: (&'v str, i32),
    pub(super) rows: Vec<Row<'v>>,
    pub(super) silences: Vec<Silence<'v>>,
    pub(super) changes: Vec<Changed<'v>>,
}

/// A field, what stands there, and what it is read as.
pub(super) struct Said<'v> {
    pub(super) criterion: &'v str,
    pub(super) column: &'v str,
    pub(super) text: &'v str,
    /// `None` if it is not understood.
    pub(super) read_as: Option<String>,
    /// How the column is read, where that is not plain.
    pub(super) remark: Option<String>,
}

/// A characteristic that counted.
pub(super) struct Row<'v> {
    pub(super) criterion: &'v str,
    pub(super) said: Vec<Said<'v>>,
    /// The days between which a length was measured.
    pub(super) days: Option<String>,
    /// As a record could say it, and as a person would.
    pub(super) read_as: String,
    pub(super) in_words: String,
    /// What other criteria had to say for it, and say.
    pub(super) given: Vec<(&'v str, String)>,
    pub(super) points: i32,
    pub(super) code: &'v str,
    pub(super) reason: &'v str,
    pub(super) sources: &'v [String],
}

/// A characteristic that had no evidence.
pub(super) struct Silence<'v> {
    pub(super) criterion: &'v str,
    /// What it is about.
    pub(super) says: &'v str,
    pub(super) evidence: Evidence,
    pub(super) said: Vec<Said<'v>>,
    /// What it is read as, if the rulebook has nothing for that.
    pub(super) in_words: Option<String>,
    /// What would be understood.
    pub(super) expected: String,
    /// Columns that could tell, and why they are not read.
    pub(super) unread: Vec<String>,
    pub(super) lowest: i32,
    pub(super) highest: i32,
}

/// A change that would give another label.
pub(super) struct Changed<'v> {
    pub(super) to: &'v str,
    pub(super) moves: Vec<Moved<'v>>,
}

/// One criterion that would have to say something else.
pub(super) struct Moved<'v> {
    pub(super) criterion: &'v str,
    /// What it is read as now, if it is known; as a record could say it, and as a
    /// person would.
    pub(super) from: Option<(String, String)>,
    /// What it says now is not understood.
    pub(super) is_unread: bool,
    /// A text that would do.
    pub(super) to: String,
    /// What that is read as, if it is not the text itself.
    pub(super) read_as: Option<&'v str>,
    /// Other values that would do as well.
    pub(super) or: Vec<&'v str>,
    /// All of them, as a person would say it.
    pub(super) in_words: String,
}

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

/// `a, b or c`.
pub(super) fn listed(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

impl Part<'_> {
    /// `+5 points, where Client begins at +3 and Customer at -2; ...`.
    pub(super) fn in_words(&self) -> String {
        let ((above, from), (below, to)) = (self.upper, self.lower);
        let score = self.verdict.score;
        let distances = self.distances().into_iter();
        let distances: Vec<String> = distances
            .map(|(by, label)| {
                let way = if by > 0 { "more" } else { "less" };
                format!("{} {way} would make it {label}", by.abs())
            })
            .collect();
        format!(
            "{} point{}, where {above} begins at {} and {below} at {}; {}. {} of {} characteristics are known.",
            signed(score.into()),
            if score.abs() == 1 { "" } else { "s" },
            signed(from.into()),
            signed(to.into()),
            distances.join(", "),
            self.verdict.known,
            self.verdict.characteristics
        )
    }

    /// How many points less, or more, would give which label; the nearest first.
    pub(super) fn distances(&self) -> Vec<(i32, &str)> {
        let score = self.verdict.score;
        let ((above, from), (below, to)) = (self.upper, self.lower);
        let between = (from - to > 1).then_some(clientype::rules::compile::UNDETERMINED);
        let mut distances = match self.verdict.label {
            0 => vec![match between {
                Some(between) => (from - 1 - score, between),
                None => (to - score, below),
            }],
            1 => vec![match between {
                Some(between) => (to + 1 - score, between),
                None => (from - score, above),
            }],
            _ => vec![(from - score, above), (to - score, below)],
        };
        distances.sort_by_key(|(by, _)| by.abs());
        distances
    }
}

impl Said<'_> {
    /// True where the words are those of the criteria themselves: there is nothing
    /// to tell beside what they are read as.
    pub(super) fn is_plain(&self) -> bool {
        self.column == self.criterion && self.read_as.as_deref() == Some(self.text.trim())
    }

    /// The same, where the row of another field does not say it: `contract: yes,
    /// "Vertrag" says "ja"`.
    pub(super) fn apart(&self) -> String {
        let read_as = self.read_as.as_deref().unwrap_or("not understood");
        format!("{}: {read_as}, {}", self.criterion, self.in_words())
    }

    /// `"Vertrag" says "ja"`.
    pub(super) fn in_words(&self) -> String {
        let column = quoted(self.column);
        if self.text.trim().is_empty() {
            return format!("{column} is empty");
        }
        let remark = self.remark.as_ref();
        let remark = remark.map_or(String::new(), |remark| format!(" ({remark})"));
        format!("{column} says {}{remark}", quoted(self.text.trim()))
    }
}

impl Row<'_> {
    /// What the record says for it, if that is more than what it is read as.
    pub(super) fn said_in_words(&self) -> Option<String> {
        let told = self.said.iter().filter(|said| !said.is_plain());
        let mut told: Vec<String> = told.map(Said::in_words).collect();
        told.extend(self.days.clone());
        (!told.is_empty()).then(|| told.join(", "))
    }

    /// What other criteria had to say for it.
    pub(super) fn given_in_words(&self) -> Option<String> {
        let given = self.given.iter();
        let given: Vec<String> = given
            .map(|(criterion, value)| format!("{criterion}: {value}"))
            .collect();
        (!given.is_empty()).then(|| format!("with {}", given.join(" and ")))
    }
}

impl Silence<'_> {
    /// Why it had no evidence.
    pub(super) fn in_words(&self) -> String {
        let said: Vec<String> = self.said.iter().map(Said::in_words).collect();
        let said = said.join(", ");
        let mut told = match self.evidence {
            Evidence::NotUnderstood => {
                format!(
                    "not understood: {said}; understood would be {}",
                    self.expected
                )
            }
            Evidence::NoAttribute => format!(
                "the rulebook has nothing for {}",
                self.in_words.clone().unwrap_or_default()
            ),
            Evidence::Missing | Evidence::Applied(_) if said.is_empty() => {
                format!("missing: {}", self.says)
            }
            Evidence::Missing | Evidence::Applied(_) => {
                format!("missing, {said}: {}", self.says)
            }
        };
        for unread in &self.unread {
            told += "; ";
            told += unread;
        }
        told
    }

    /// What it could add.
    pub(super) fn range(&self) -> String {
        let ends = [self.lowest, self.highest].map(|points| signed(points.into()));
        ends.join(" to ")
    }
}

impl Changed<'_> {
    /// `if contract were no (now yes) and frequency once (not known now)`.
    pub(super) fn in_words(&self) -> String {
        let moves: Vec<String> = (self.moves.iter().enumerate())
            .map(|(place, moved)| {
                let now = match &moved.from {
                    Some((_, now)) => format!("now {now}"),
                    None if moved.is_unread => "not understood now".to_owned(),
                    None => "not known now".to_owned(),
                };
                let were = if place == 0 { "were " } else { "" };
                format!("{} {were}{} ({now})", moved.criterion, moved.in_words)
            })
            .collect();
        format!("if {}", moves.join(" and "))
    }
}

/// Points with their sign; none has no sign.
pub(super) fn signed(points: i64) -> String {
    match points {
        0 => "0".to_owned(),
        points => format!("{points:+}"),
    }
}
