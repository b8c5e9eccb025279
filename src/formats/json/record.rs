//! One JSON object as a record: slots filled from it, labels added to it.
//!
//! Owns how fields are added to an object: after its last member, laid out as
//! that member is, so that a pretty object stays pretty. Shared by JSON and
//! NDJSON, which differ only in what stands between records.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::text::{Broken, Member, object, skip_space, unescape, write_string};
use crate::columns::{Columns, Feed, How, Mapping};
use crate::error::Result;
use crate::formats::{Desk, Fault, News, Passage, Sheet, input, sampled};
use crate::labels::Labels;

/// What is known of the keys of the objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// The keys of the sample, in the order in which they were met.
    names: Vec<String>,
    /// By key of the sample: its values there.
    values: Vec<Vec<String>>,
    /// True where the sample is all there is.
    complete: bool,
    /// True where an object was there, whatever its keys.
    any: bool,
    uses: Vec<Use>,
    by_name: HashMap<String, usize>,
    /// The raw keys of the last object, each with its use: objects of one
    /// export mostly have the same keys in the same order.
    last: Vec<(Vec<u8>, usize)>,
    /// The columns that the user named and that turned up late.
    told: BTreeSet<String>,
    /// By criterion: the key that feeds it, and how it was found.
    fed: Vec<Option<(String, How)>>,
    members: Vec<Member>,
    /// By added field: its name as a JSON string.
    quoted: Vec<Vec<u8>>,
}

/// What a key is used for.
#[derive(Debug, Clone)]
struct Use {
    name: String,
    feeds: Vec<Feed>,
    /// The added field that has this name.
    label: Option<usize>,
    /// Not met in the sample.
    late: bool,
}

impl Keys {
    /// So many keys are remembered, so that memory stays flat where keys are
    /// data (`{"id-1": ...}`).
    const MOST: usize = 10_000;

    /// Collects the keys of at most `most` objects, as far as they are sound.
    pub(crate) fn sample<'t>(
        objects: impl Iterator<Item = &'t str>,
        complete: bool,
        most: usize,
    ) -> Self {
        let mut keys = Keys {
            complete,
            ..Keys::default()
        };
        let mut members = Vec::new();
        let mut objects = objects.peekable();
        for text in objects.by_ref().take(most) {
            keys.any = true;
            if object(text.as_bytes(), 0, &mut members).is_err() {
                continue;
            }
            for member in &members {
                let name = unescape(&text[member.key.clone()]).into_owned();
                if keys.names.len() < Self::MOST && !keys.by_name.contains_key(&name) {
                    keys.by_name.insert(name.clone(), keys.names.len());
                    keys.names.push(name.clone());
                    keys.values.push(Vec::new());
                }
                if let Some(key) = keys.by_name.get(&name) {
                    keys.values[*key].push(sampled(&value_text(&text[member.value.clone()])));
                }
            }
        }
        keys.complete &= objects.peek().is_none();
        keys
    }

    pub(crate) fn names(&self) -> (&[String], bool) {
        (&self.names, self.complete)
    }

    /// True if there is not a single object.
    pub(crate) fn is_empty(&self) -> bool {
        self.complete && !self.any
    }

    pub(crate) fn values(&self) -> &[Vec<String>] {
        &self.values
    }

    /// True if an object of the sample had this key, or a later one had it and
    /// the user named it.
    pub(crate) fn met(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name) || self.told.contains(name)
    }

    pub(crate) fn settle(
        &mut self,
        mapping: &Mapping,
        labels: &Labels,
        replace: bool,
    ) -> Result<()> {
        let label = |name: &String| labels.names().iter().position(|label| label == name);
        let use_of = |(name, feeds): (&String, &Vec<Feed>)| Use {
            name: name.clone(),
            feeds: feeds.clone(),
            label: label(name),
            late: false,
        };
        self.uses = self.names.iter().zip(&mapping.feeds).map(use_of).collect();
        if let (Some(taken), false) = (self.uses.iter().find(|key| key.label.is_some()), replace) {
            return Err(crate::formats::taken(&taken.name));
        }
        for key in &self.uses {
            for feed in &key.feeds {
                if self.fed.len() <= feed.criterion {
                    self.fed.resize(feed.criterion + 1, None);
                }
                self.fed[feed.criterion] = Some((key.name.clone(), feed.how));
            }
        }
        self.quoted = labels
            .names()
            .iter()
            .map(|name| {
                let mut quoted = Vec::new();
                write_string(name, &mut quoted);
                quoted
            })
            .collect();
        Ok(())
    }

    /// The use of the key at `position` of an object.
    fn find(
        &mut self,
        position: usize,
        raw: &str,
        columns: &Columns<'_>,
        labels: &Labels,
    ) -> usize {
        if let Some((known, found)) = self.last.get(position)
            && known == raw.as_bytes()
        {
            return *found;
        }
        let name = unescape(raw);
        let known = self.by_name.get(name.as_ref()).copied();
        let found = known.unwrap_or_else(|| {
            // Beyond `MOST` keys the last place is used again and again.
            self.uses.truncate(Self::MOST);
            let feeds = columns.feeds(&name);
            if feeds.iter().any(|feed| feed.how == How::Told) {
                self.told.insert(name.clone().into_owned());
            }
            self.uses.push(Use {
                feeds,
                label: labels.names().iter().position(|label| *label == name),
                late: true,
                name: name.clone().into_owned(),
            });
            self.uses.len() - 1
        });
        if found < Self::MOST && position < Self::MOST {
            self.by_name.entry(name.into_owned()).or_insert(found);
            self.last
                .resize_with(self.last.len().max(position + 1), || {
                    (Vec::new(), usize::MAX)
                });
            self.last[position] = (raw.as_bytes().to_vec(), found);
        }
        found
    }

    /// True if the key `name` can feed `feed`: nothing else does, or it is the
    /// one that does. An error if it competes with another.
    fn accept(
        &self,
        name: &str,
        feed: &Feed,
        news: &[News],
        columns: &Columns<'_>,
    ) -> Result<Option<bool>> {
        let sampled = self.fed.get(feed.criterion).and_then(Option::as_ref);
        let late = news
            .iter()
            .find(|news| news.criterion == feed.criterion)
            .map(|news| news.column.as_str());
        match (sampled, late) {
            (Some((_, how)), _) if *how > feed.how => Ok(None),
            (Some((other, _)), _) => Err(columns.two_columns(feed.criterion, other, name)),
            (None, Some(other)) if other != name => {
                Err(columns.two_columns(feed.criterion, other, name))
            }
            (None, Some(_)) => Ok(Some(false)),
            (None, None) => Ok(Some(true)),
        }
    }

    /// Finds the members of the object that begins at `at` and returns its
    /// end; [`label`](Keys::label) labels it then.
    pub(crate) fn parse(&mut self, text: &str, at: usize) -> std::result::Result<usize, Broken> {
        object(text.as_bytes(), at, &mut self.members)
    }

    /// Judges the object that was just parsed and writes it with its labels.
    /// A record at fault leaves the sheet as it was. The text up to `sound`
    /// belongs to the records before.
    pub(crate) fn label(
        &mut self,
        text: &str,
        place: Range<usize>,
        sound: usize,
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let members = std::mem::take(&mut self.members);
        let written = passage.written(sound, &sheet.out);
        let mut result = self.judge(text, place.start, &members, written, desk, sheet);
        if result.is_ok() {
            if let Some(convert) = &mut desk.convert {
                result = convert
                    .object(text, &members, &desk.judge, desk.labels, &mut sheet.out)
                    .map_err(|error| Fault::new(place.start, sheet.records, error));
                passage.skip(place.end);
            } else {
                self.write(text, place.start, &members, passage, desk, &mut sheet.out);
            }
        }
        self.members = members;
        result
    }

    fn judge(
        &mut self,
        text: &str,
        at: usize,
        members: &[Member],
        written: usize,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let record = sheet.records;
        desk.judge.begin();
        for (position, member) in members.iter().enumerate() {
            let found = self.find(
                position,
                &text[member.key.clone()],
                desk.columns,
                desk.labels,
            );
            let key = &self.uses[found];
            if key.label.is_some() && !desk.replace {
                return Err(Fault::taken(at, record, &key.name));
            }
            for feed in &key.feeds {
                if key.late && desk.judge.rules.can_read(feed.criterion) {
                    let accepted = self.accept(&key.name, feed, &sheet.news, desk.columns);
                    match accepted.map_err(|error| Fault::new(at, record, error))? {
                        None => continue,
                        Some(false) => {}
                        Some(true) => sheet.news.push(News {
                            criterion: feed.criterion,
                            column: key.name.clone(),
                            record,
                            at,
                            written,
                        }),
                    }
                }
                let told = desk
                    .judge
                    .take(feed, text, member.value.clone(), value_text);
                let criteria = &desk.judge.rules.rulebook().criteria;
                told.map_err(|unread| {
                    Fault::unread(
                        at,
                        record,
                        &key.name,
                        &unread,
                        &criteria[unread.criterion].name,
                    )
                })?;
            }
        }
        let told = desk.judge.decide();
        told.map_err(|unread| {
            let name = &desk.judge.rules.rulebook().criteria[unread.criterion].name;
            let column = self
                .fed
                .get(unread.criterion)
                .and_then(Option::as_ref)
                .map_or("", |(column, _)| column);
            Fault::unread(at, record, column, &unread, name)
        })
    }

    /// Writes the object that begins at `at` up to the end of its last member,
    /// with the added fields behind it.
    fn write(
        &self,
        text: &str,
        at: usize,
        members: &[Member],
        passage: &mut Passage<'_>,
        desk: &Desk<'_>,
        out: &mut Vec<u8>,
    ) {
        let bytes = text.as_bytes();
        let mut there = vec![false; self.quoted.len()];
        if desk.replace {
            for (position, member) in members.iter().enumerate() {
                let raw = &text[member.key.clone()];
                // Each key was looked up a moment ago, so that this is quick.
                let label = match self.last.get(position) {
                    Some((known, found)) if known == raw.as_bytes() => self.uses[*found].label,
                    _ => self.quoted.iter().position(|quoted| {
                        unescape(raw) == unescape(&String::from_utf8_lossy(quoted))
                    }),
                };
                if let Some(field) = label {
                    there[field] = true;
                    passage.pass(member.value.start, out);
                    write_added(field, desk, out);
                    passage.skip(member.value.end);
                }
            }
        }
        let (gap, colon, end) = match members {
            [] => (&b""[..], &b":"[..], at + 1),
            [.., last] => {
                let colon = &bytes[last.key.end..last.value.start];
                (gap_before(bytes, at, members, colon), colon, last.value.end)
            }
        };
        passage.pass(end, out);
        let mut first = members.is_empty();
        for (field, name) in self
            .quoted
            .iter()
            .enumerate()
            .filter(|(field, _)| !there[*field])
        {
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(gap);
            out.extend_from_slice(name);
            out.extend_from_slice(colon);
            write_added(field, desk, out);
        }
    }
}

/// The text in the slot for a JSON value: what a string says, nothing for null
/// and for what is empty, and any other value as it is written.
fn value_text(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes() {
        [b'"', ..] => unescape(raw),
        [b'n', ..] => Cow::Borrowed(""),
        [b'{' | b'[', inner @ .., _] if skip_space(inner, 0) == inner.len() => Cow::Borrowed(""),
        _ => Cow::Borrowed(raw),
    }
}

/// What stands between the last member and the comma before it. Where it is
/// the only one, its line break tells, or the space after its colon.
fn gap_before<'t>(bytes: &'t [u8], at: usize, members: &[Member], colon: &'t [u8]) -> &'t [u8] {
    match members {
        [.., before, last] => &bytes[skip_space(bytes, before.value.end) + 1..last.key.start],
        [only] if bytes[at + 1..only.key.start].contains(&b'\n') => &bytes[at + 1..only.key.start],
        _ => colon.strip_prefix(b":").unwrap_or_default(),
    }
}

fn write_added(field: usize, desk: &Desk<'_>, out: &mut Vec<u8>) {
    let kind = desk.labels.fields()[field];
    if kind.is_number() {
        desk.labels
            .write(kind, desk.judge.rules, &desk.judge.evaluation, out);
    } else {
        let mut text = Vec::new();
        desk.labels
            .write(kind, desk.judge.rules, &desk.judge.evaluation, &mut text);
        write_string(&String::from_utf8_lossy(&text), out);
    }
}

/// The fault of a record that is no object.
pub(crate) fn no_object(text: &str, at: usize, record: u64, advice: &str) -> Box<Fault> {
    let what = match text.as_bytes().get(at) {
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    };
    let error = input(format!("the record is {what}"))
        .expected("an object: {\"contract\": \"yes\", ...}")
        .advice(advice);
    Fault::new(at, record, error).with_character()
}
