//! One JSON object as a record: slots filled from it, labels added to it.
//!
//! Owns how fields are added to an object: after its last member, laid out as
//! that member is, so that a pretty object stays pretty. Shared by JSON and
//! NDJSON, which differ only in what stands between records.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::text::{
    Broken, Member, after_colon, key_end, object, skip_space, unescape, value_end, write_string,
};
use crate::columns::{Columns, Feed, How, Mapping};
use crate::error::Result;
use crate::formats::blocks::Beginning;
use crate::formats::{Desk, Fault, News, Passage, Sheet, input, sampled};
use crate::labels::{Frame, Labels};

/// More than that between two values is not expected again.
const LONGEST_EXPECTED: usize = 256;

/// What is known of the keys of the objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// The keys of the sample, in the order in which they were met.
    names: Vec<String>,
    /// By key of the sample: its values there.
    values: Vec<Vec<String>>,
    /// True where the sample is all there is.
    complete: bool,
    /// How many objects the sample had, whatever their keys.
    sampled: usize,
    uses: Vec<Use>,
    by_name: HashMap<String, usize>,
    /// What stood before the values of the last object: objects of one export
    /// mostly have the same keys in the same order, and are laid out alike.
    expected: Vec<Expected>,
    /// The columns that the user named and that turned up late.
    told: BTreeSet<String>,
    /// By slot: the key that feeds it, and how it was found.
    fed: Vec<Option<(String, How)>>,
    members: Vec<Member>,
    /// By member: its key's place in `uses`, if it is known.
    found: Vec<Option<usize>>,
    /// How the added members were laid out last.
    gap: Vec<u8>,
    colon: Vec<u8>,
    frame: Frame,
    /// By added field: its name as a JSON string, and whether its text may have
    /// to be escaped.
    quoted: Vec<Vec<u8>>,
    escapable: Vec<bool>,
}

/// What stood between two values.
#[derive(Debug, Clone, Default)]
struct Expected {
    bytes: Beginning,
    /// The key therein, with its quotes.
    key: Range<usize>,
    /// The key's place in `uses`.
    found: usize,
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
            keys.sampled += 1;
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
        self.complete && self.sampled == 0
    }

    pub(crate) fn values(&self) -> (Vec<Vec<String>>, usize) {
        (self.values.clone(), self.sampled)
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
        // They have told what they can.
        self.values = Vec::new();
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
                if self.fed.len() <= feed.seat {
                    self.fed.resize(feed.seat + 1, None);
                }
                self.fed[feed.seat] = Some((key.name.clone(), feed.how));
            }
        }
        let special = |byte: u8| byte < 0x20 || matches!(byte, b'"' | b'\\');
        let fields = labels.fields().iter();
        self.escapable = fields
            .map(|field| labels.may_hold(*field, special))
            .collect();
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

    /// The use of the key at `position` of the object in `text` that begins at
    /// `at`.
    fn find(
        &mut self,
        text: &str,
        at: usize,
        position: usize,
        members: &[Member],
        columns: &Columns<'_>,
        labels: &Labels,
    ) -> usize {
        if let Some(found) = self.found[position] {
            return found;
        }
        let member = &members[position];
        let name = unescape(&text[member.key.clone()]);
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
        if found < Self::MOST {
            self.by_name.entry(name.into_owned()).or_insert(found);
            self.found[position] = Some(found);
            let before = position.checked_sub(1).map(|before| &members[before]);
            let from = before.map_or(at + 1, |before| before.value.end);
            self.expect(position, text, from, member, found);
        }
        found
    }

    /// Remembers what stands before a value, from `from` on.
    fn expect(&mut self, position: usize, text: &str, from: usize, member: &Member, found: usize) {
        let bytes = &text.as_bytes()[from..member.value.start];
        if position >= Self::MOST || bytes.len() > LONGEST_EXPECTED {
            return;
        }
        let places = self.expected.len().max(position + 1);
        self.expected.resize_with(places, Expected::default);
        let expected = &mut self.expected[position];
        expected.bytes.set(bytes);
        expected.key = member.key.start - from..member.key.end - from;
        expected.found = found;
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
        let sampled = self.fed.get(feed.seat).and_then(Option::as_ref);
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
    /// end; [`label`](Keys::label) labels it then. As [`object`] does it, but
    /// quicker where an object looks as the last one did.
    pub(crate) fn parse(&mut self, text: &str, at: usize) -> std::result::Result<usize, Broken> {
        let json = text.as_bytes();
        self.found.clear();
        if json.get(at) != Some(&b'{') {
            return object(json, at, &mut self.members);
        }
        self.members.clear();
        let mut at = at + 1;
        loop {
            let position = self.members.len();
            let (key, value, found) = match self.expected.get(position) {
                Some(expected)
                    if expected.bytes.len() > 0 && expected.bytes.begins(&json[at..]) =>
                {
                    let key = at + expected.key.start..at + expected.key.end;
                    let value = skip_space(json, at + expected.bytes.len());
                    (key, value, Some(expected.found))
                }
                _ => {
                    let Some(key) = next_key(json, at, position == 0)? else {
                        return Ok(skip_space(json, at) + 1);
                    };
                    let key = key..key_end(json, key)?;
                    let value = after_colon(json, key.end)?;
                    (key, value, None)
                }
            };
            at = value_end(json, value)?;
            self.members.push(Member {
                key,
                value: value..at,
            });
            self.found.push(found);
            if json.get(at) == Some(&b'}') {
                return Ok(at + 1);
            }
        }
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
            let found = self.find(text, at, position, members, desk.columns, desk.labels);
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
                            rejected: sheet.rejects.len(),
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
                .get(unread.seat)
                .and_then(Option::as_ref)
                .map_or("", |(column, _)| column);
            Fault::unread(at, record, column, &unread, name)
        })
    }

    /// Writes the object that begins at `at` up to the end of its last member,
    /// with the added fields behind it.
    fn write(
        &mut self,
        text: &str,
        at: usize,
        members: &[Member],
        passage: &mut Passage<'_>,
        desk: &Desk<'_>,
        out: &mut Vec<u8>,
    ) {
        let bytes = text.as_bytes();
        let mut there: Vec<usize> = Vec::new();
        if desk.replace {
            for (position, member) in members.iter().enumerate() {
                let label = match self.found[position] {
                    Some(found) => self.uses[found].label,
                    None => {
                        let name = unescape(&text[member.key.clone()]);
                        desk.labels.names().iter().position(|label| *label == name)
                    }
                };
                if let Some(field) = label {
                    there.push(field);
                    passage.pass(member.value.start, out);
                    self.write_added(field, desk, out);
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
        if there.is_empty() && !members.is_empty() && !self.escapable.contains(&true) {
            if self.gap != gap || self.colon != colon || self.frame.is_none() {
                gap.clone_into(&mut self.gap);
                colon.clone_into(&mut self.colon);
                self.frame = self.frame_of(gap, colon, desk.labels);
            }
            let evaluation = &desk.judge.evaluation;
            return desk.labels.write_framed(&self.frame, evaluation, out);
        }
        let mut first = members.is_empty();
        let names = self.quoted.iter().enumerate();
        for (field, name) in names.filter(|(field, _)| !there.contains(field)) {
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(gap);
            out.extend_from_slice(name);
            out.extend_from_slice(colon);
            self.write_added(field, desk, out);
        }
    }

    /// What stands around the added fields if they are laid out like this.
    fn frame_of(&self, gap: &[u8], colon: &[u8], labels: &Labels) -> Frame {
        let mut texts = Vec::new();
        let mut text = Vec::new();
        for (field, name) in labels.fields().iter().zip(&self.quoted) {
            let quote: &[u8] = if field.is_number() { b"" } else { b"\"" };
            text.extend([b",", gap, name, colon, quote].concat());
            texts.push(std::mem::replace(&mut text, quote.to_vec()));
        }
        texts.push(text);
        Frame::new(texts)
    }

    fn write_added(&self, field: usize, desk: &Desk<'_>, out: &mut Vec<u8>) {
        let evaluation = &desk.judge.evaluation;
        let kind = desk.labels.fields()[field];
        if kind.is_number() {
            desk.labels.write(kind, evaluation, out);
        } else if !self.escapable[field] {
            out.push(b'"');
            desk.labels.write(kind, evaluation, out);
            out.push(b'"');
        } else {
            let mut text = Vec::new();
            desk.labels.write(kind, evaluation, &mut text);
            write_string(&String::from_utf8_lossy(&text), out);
        }
    }
}

/// The place of the key that follows `at`, behind a comma unless it is the
/// first; `None` where the object ends.
fn next_key(json: &[u8], at: usize, first: bool) -> std::result::Result<Option<usize>, Broken> {
    let at = skip_space(json, at);
    match json.get(at) {
        Some(b'}') => Ok(None),
        _ if first => Ok(Some(at)),
        Some(b',') => Ok(Some(skip_space(json, at + 1))),
        _ => Err(Broken {
            at,
            expected: "`,` or `}`",
        }),
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
