//! One JSON object as a record: slots filled from it, labels added to it.
//!
//! Owns which key, or path to what is in an object, feeds what. Shared by JSON
//! and NDJSON, which differ only in what stands between records.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use crate::columns::{Columns, Feed, How, Mapping};
use crate::error::{Help, Result};
use crate::format::blocks::Beginning;
use crate::format::json::added::Added;
use crate::format::json::paths::{Leaf, Paths};
use crate::format::json::text::{
    Broken, Member, after_colon, key_end, object, skip_space, unescape, value_end,
};
use crate::format::json::values::{is_plain_object, value_text};
use crate::format::{Desk, Fault, News, Passage, Sheet, input, sampled};
use crate::labels::Labels;

/// More than that between two values is not expected again.
const LONGEST_EXPECTED: usize = 256;

/// What is known of the keys of the objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// The columns of the sample, in the order in which they were met: its keys,
    /// and the paths to what is in its objects, which are no columns themselves.
    names: Vec<String>,
    /// By column of the sample: its values there.
    values: Vec<Vec<String>>,
    /// The keys of the sample, those of objects with them.
    own: Vec<String>,
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
    paths: Paths,
    /// Fields are added to the object under this key, if a record has one there.
    within: Option<&'static str>,
    added: Added,
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

/// What becomes of a key that no record of the sample had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Late {
    /// It feeds its criterion, and no record of the batch had it before.
    NewlyUsed,
    Used,
    /// A key of the sample feeds it.
    NewlyIgnored,
    Ignored,
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
        let mut own = HashSet::new();
        let mut objects = objects.peekable();
        for text in objects.by_ref().take(most) {
            keys.sampled += 1;
            if keys.parse(text, 0).is_err() {
                continue;
            }
            let (members, paths) = (
                std::mem::take(&mut keys.members),
                std::mem::take(&mut keys.paths),
            );
            let mut leaves = paths.leaves().iter().peekable();
            for member in &members {
                let name = unescape(&text[member.key.clone()]);
                if own.len() < Self::MOST && own.insert(name.clone().into_owned()) {
                    keys.own.push(name.clone().into_owned());
                }
                if !is_plain_object(text.as_bytes(), member.value.start) {
                    keys.add(&name, &text[member.value.clone()]);
                }
                while let Some(leaf) = leaves.next_if(|leaf| leaf.value.start < member.value.end) {
                    keys.add(paths.path(leaf), &text[leaf.value.clone()]);
                }
            }
            (keys.members, keys.paths) = (members, paths);
        }
        keys.complete &= objects.peek().is_none();
        for values in &mut keys.values {
            values.resize(keys.sampled, String::new());
        }
        keys
    }

    /// Adds a value to those of a column of the sample.
    fn add(&mut self, name: &str, raw: &str) {
        if self.names.len() < Self::MOST && !self.by_name.contains_key(name) {
            self.by_name.insert(name.to_owned(), self.names.len());
            self.names.push(name.to_owned());
            self.values.push(Vec::new());
        }
        if let Some(key) = self.by_name.get(name) {
            // One for each record, so that values of a record stand side by side;
            // of a key that is there twice the last one counts.
            let values = &mut self.values[*key];
            values.resize(self.sampled - 1, String::new());
            values.push(sampled(&value_text(raw)));
        }
    }

    /// The keys of the sample as a header of records that are written otherwise.
    pub(crate) fn header(&self) -> &[String] {
        &self.own
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
        if let (Some(taken), false) = (self.own.iter().find(|key| label(key).is_some()), replace) {
            return Err(crate::format::taken(taken));
        }
        for key in &self.uses {
            for feed in &key.feeds {
                if self.fed.len() <= feed.seat {
                    self.fed.resize(feed.seat + 1, None);
                }
                self.fed[feed.seat] = Some((key.name.clone(), feed.how));
            }
        }
        self.added = Added::new(labels);
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
        desk: &mut Desk<'_>,
    ) -> usize {
        if let Some(found) = self.found[position] {
            return found;
        }
        let member = &members[position];
        let name = unescape(&text[member.key.clone()]);
        let found = self.use_of(&name, desk);
        if found < Self::MOST {
            self.found[position] = Some(found);
            let before = position.checked_sub(1).map(|before| &members[before]);
            let from = before.map_or(at + 1, |before| before.value.end);
            self.expect(position, text, from, member, found);
        }
        found
    }

    /// The use of a value in an object of the record.
    fn find_within(&mut self, leaf: &Leaf, desk: &mut Desk<'_>) -> usize {
        if let Some(found) = self.paths.found(leaf) {
            return found;
        }
        let path = self.paths.path(leaf).to_owned();
        let found = self.use_of(&path, desk);
        if found < Self::MOST {
            self.paths.set_found(leaf, found);
        }
        found
    }

    /// The use of the column `name`, in a place below `MOST` if it will be known
    /// again.
    fn use_of(&mut self, name: &str, desk: &mut Desk<'_>) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        // Beyond `MOST` keys the last place is used again and again.
        self.uses.truncate(Self::MOST);
        let mut feeds = desk.columns.feeds(name);
        let has_room = self.uses.len() < Self::MOST;
        let surveyed = desk.judge.admit(name, &feeds, has_room);
        let late = surveyed.is_none();
        if let Some(surveyed) = surveyed {
            feeds = surveyed;
        }
        feeds.extend(desk.judge.asks_about(name, &feeds, desk.columns));
        feeds.extend(desk.judge.watches_late(name, &feeds));
        let labels = desk.labels.names();
        self.uses.push(Use {
            feeds,
            label: labels.iter().position(|label| label == name),
            late,
            name: name.to_owned(),
        });
        let found = self.uses.len() - 1;
        if found < Self::MOST {
            self.by_name.insert(name.to_owned(), found);
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

    /// What becomes of a late key `name` that would feed `feed`. An error if it
    /// competes with another late one.
    fn accept(
        &self,
        name: &str,
        feed: &Feed,
        news: &[News],
        columns: &Columns<'_>,
    ) -> Result<Late> {
        if self.fed.get(feed.seat).is_some_and(Option::is_some) {
            let mut told = news.iter();
            return Ok(match told.any(|news| news.column == name) {
                true => Late::Ignored,
                false => Late::NewlyIgnored,
            });
        }
        let mut late = news.iter().filter(|news| news.used);
        match late.find(|news| news.seat == feed.seat) {
            None => Ok(Late::NewlyUsed),
            Some(other) if other.column == name => Ok(Late::Used),
            Some(other) => Err(columns.two_columns(feed.criterion, &other.column, name)),
        }
    }

    /// Finds the members of the object that begins at `at` and returns its
    /// end; [`label`](Keys::label) labels it then. As [`object`] does it, but
    /// quicker where an object looks as the last one did.
    pub(crate) fn parse(&mut self, text: &str, at: usize) -> std::result::Result<usize, Broken> {
        let json = text.as_bytes();
        self.found.clear();
        self.paths.begin();
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
            at = match json.get(value) {
                Some(b'{') => self.paths.walk(text, value, &text[key.clone()])?,
                _ => value_end(json, value)?,
            };
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
        let result = self.label_members(text, place, sound, &members, passage, desk, sheet);
        self.members = members;
        result
    }

    /// Makes that fields are added to the object that a record has under a key,
    /// or to the record itself.
    pub(crate) fn add_within(&mut self, key: Option<&'static str>) {
        self.within = key;
    }

    #[inline(always)]
    #[allow(
        clippy::too_many_arguments,
        reason = "all of a record that is labelled"
    )]
    fn label_members(
        &mut self,
        text: &str,
        place: Range<usize>,
        sound: usize,
        members: &[Member],
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let name_of = |member: &Member| unescape(&text[member.key.clone()]);
        let label_named = |member: &Member, labels: &Labels| {
            let name = name_of(member);
            labels.names().iter().position(|label| *label == name)
        };
        let within = self.within.and_then(|key| {
            let around = members.iter().rfind(|member| name_of(member) == key)?;
            let mut members = Vec::new();
            let end = object(text.as_bytes(), around.value.start, &mut members);
            end.is_ok().then_some((around.value.start, members))
        });
        if let (Some((_, members)), false) = (&within, desk.replace) {
            let labels = members
                .iter()
                .find_map(|member| label_named(member, desk.labels));
            if let Some(label) = labels {
                let name = &desk.labels.names()[label];
                return Err(Fault::taken(place.start, sheet.records, name));
            }
        }
        let written = passage.written(sound, &sheet.out);
        self.judge(text, place.start, members, written, desk, sheet)?;
        if let Some(convert) = &mut desk.convert {
            let converted = convert.object(text, members, &desk.judge, desk.labels, &mut sheet.out);
            converted.map_err(|error| Fault::new(place.start, sheet.records, error))?;
            passage.skip(place.end);
        } else if let Some((at, members)) = within {
            let label_of = |position: usize| label_named(&members[position], desk.labels);
            let object = (at, &members[..]);
            self.added
                .write(text, object, label_of, passage, desk, &mut sheet.out);
        } else {
            let label_of = |position: usize| match self.found[position] {
                Some(found) => self.uses[found].label,
                None => label_named(&members[position], desk.labels),
            };
            let object = (place.start, members);
            self.added
                .write(text, object, label_of, passage, desk, &mut sheet.out);
        }
        Ok(())
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
        desk.judge.begin(record, at);
        for (position, member) in members.iter().enumerate() {
            let found = self.find(text, at, position, members, desk);
            let key = &self.uses[found];
            if key.label.is_some() && !desk.replace {
                return Err(Fault::taken(at, record, &key.name));
            }
            if !key.feeds.is_empty() {
                self.feed(found, text, at, member.value.clone(), written, desk, sheet)?;
            }
        }
        let leaves = self.paths.leaves().len();
        for place in 0..leaves {
            let leaf = self.paths.leaves()[place].clone();
            let found = self.find_within(&leaf, desk);
            // A key that is itself written like the path is the column.
            if !self.uses[found].feeds.is_empty() && !self.found.contains(&Some(found)) {
                self.feed(found, text, at, leaf.value, written, desk, sheet)?;
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

    /// Fills the slots that a column feeds with its value in the object that
    /// begins at `at`.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "all of a record that is judged")]
    fn feed(
        &mut self,
        found: usize,
        text: &str,
        at: usize,
        value: Range<usize>,
        written: usize,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let record = sheet.records;
        if is_plain_object(text.as_bytes(), value.start) {
            return Ok(());
        }
        let key = &self.uses[found];
        for feed in &key.feeds {
            if key.late && feed.how == How::Told && !self.told.contains(&key.name) {
                self.told.insert(key.name.clone());
            }
            if key.late
                && !desk.judge.only_hears(feed.seat)
                && desk.judge.rules.can_read(feed.criterion)
            {
                let accepted = self.accept(&key.name, feed, &sheet.news, desk.columns);
                let late = accepted.map_err(|error| Fault::new(at, record, error))?;
                let used = matches!(late, Late::Used | Late::NewlyUsed);
                if matches!(late, Late::NewlyUsed | Late::NewlyIgnored) {
                    sheet.news.push(News {
                        criterion: feed.criterion,
                        seat: feed.seat,
                        used,
                        column: key.name.clone(),
                        record,
                        at,
                        written,
                        rejected: sheet.rejects.len(),
                    });
                }
                if !used {
                    continue;
                }
            }
            let told = desk.judge.take(feed, text, value.clone(), value_text);
            let criteria = &desk.judge.rules.rulebook().criteria;
            told.map_err(|unread| {
                let criterion = &criteria[unread.criterion].name;
                Fault::unread(at, record, &key.name, &unread, criterion)
            })?;
        }
        Ok(())
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

/// The fault of a record that is no object.
pub(crate) fn no_object(text: &str, at: usize, record: u64, help: Help) -> Box<Fault> {
    let error = input(format!("the record is {}", kind(text, at)))
        .expected("an object: {\"contract\": \"yes\", ...}")
        .help(help);
    Fault::new(at, record, error).with_character()
}

/// What the value at `at`, which is no object, is called.
pub(crate) fn kind(text: &str, at: usize) -> &'static str {
    match text.as_bytes().get(at) {
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}
