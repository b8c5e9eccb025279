//! One JSON object as a record: the texts of its columns, and fields added to it.
//!
//! Owns which key, or path to a value inside an object, fills which slots. Shared by
//! JSON and NDJSON, which differ only in the text between records.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::added::Added;
use super::text::{Broken, Member, object, unescape};
use std::borrow::Cow;

use super::values::{is_plain_object, value_text};
use super::walk::Walk;
use crate::error::{Help, Result};
use crate::format::convert;
use crate::format::records::{Passage, two};
use crate::format::{
    AddedFields, AddedValues, Binding, Cells, Fault, Out, TakeTexts, TextSlot, input, sampled,
};

/// What is known about the keys of the objects.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// The columns of the sample, in the order of their occurrence: its keys, and the
    /// paths to values inside its objects, which are not columns themselves.
    names: Vec<String>,
    /// By column of the sample: its values, and how many objects come before the first that
    /// has it.
    values: Vec<Vec<String>>,
    before: Vec<usize>,
    /// The keys of the sample, including those of objects.
    own: Vec<String>,
    /// True if the sample is the whole input.
    complete: bool,
    /// The number of objects in the sample.
    sampled: usize,
    /// What is read or written, after [`NOTHING`].
    columns: Vec<Column>,
    /// The columns of the sample until they are bound; then the places of those that are
    /// read or written, and as many names of others as are remembered.
    by_name: HashMap<String, usize>,
    /// How many of these names belong to nothing that is read, beyond those of the sample.
    others: usize,
    /// The number of the record, and by column that of the last one that has a member of
    /// its name.
    record: u64,
    member_in: Vec<u64>,
    walk: Walk,
    /// Fields are added to the object under this key, if a record has one there.
    within: Option<&'static str>,
    /// The place of the key under which the record is, if it has one.
    under: Option<Range<usize>>,
    /// Fields that have the name of an added one are overwritten.
    overwrites: bool,
    added: Added,
}

/// A column, and its use.
#[derive(Debug, Clone, Default)]
struct Column {
    name: String,
    slots: Vec<TextSlot>,
    /// The added field with this name.
    field: Option<usize>,
}

impl Column {
    /// Its place, once it stands among the others.
    fn place_among(self, columns: &mut Vec<Column>) -> usize {
        if self.slots.is_empty() && self.field.is_none() {
            return NOTHING;
        }
        columns.push(self);
        columns.len() - 1
    }
}

/// The position of a record in its batch.
#[derive(Debug, Clone)]
pub(crate) struct Stands {
    pub(crate) place: Range<usize>,
    pub(crate) number: u64,
}

/// The column of all keys of which nothing is read or written. Whether a key is one of
/// them is decided by its name, never by how many there are.
const NOTHING: usize = 0;

impl Keys {
    /// How many keys of which nothing is read are remembered after the sample, so that
    /// memory stays flat if keys are data (`{"id-1": ...}`). The others are looked up
    /// again each time.
    const MOST: usize = 10_000;
    /// The sample ends where its objects, times its columns, are more than this.
    const MOST_CELLS: usize = 1 << 22;

    /// Collects the keys of at most `most` objects, as far as they are valid.
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
        while keys.sampled < most && keys.sampled * keys.names.len() <= Self::MOST_CELLS {
            let Some(text) = objects.next() else { break };
            keys.sampled += 1;
            let mut walk = std::mem::take(&mut keys.walk);
            if walk.object(text, 0).is_ok() {
                let mut leaves = walk.leaves().iter().peekable();
                for (place, member) in walk.members().iter().enumerate() {
                    let name = walk.name(place);
                    if !own.contains(name) {
                        own.insert(name.to_owned());
                        keys.own.push(name.to_owned());
                    }
                    if !is_plain_object(text.as_bytes(), member.value.start) {
                        keys.add(name, &text[member.value.clone()]);
                    }
                    while let Some(leaf) =
                        leaves.next_if(|leaf| leaf.value.start < member.value.end)
                    {
                        keys.add(walk.path(leaf), &text[leaf.value.clone()]);
                    }
                }
            }
            keys.walk = walk;
        }
        keys.complete &= objects.peek().is_none();
        for values in &mut keys.values {
            values.resize(keys.sampled, String::new());
        }
        keys
    }

    /// Adds a value to those of a column of the sample.
    fn add(&mut self, name: &str, raw: &str) {
        let key = match self.by_name.get(name) {
            Some(key) => *key,
            None => {
                self.by_name.insert(name.to_owned(), self.names.len());
                self.names.push(name.to_owned());
                self.values.push(Vec::new());
                self.before.push(self.sampled - 1);
                self.names.len() - 1
            }
        };
        // One for each record, so that the values of a record stay aligned; if a key
        // occurs twice, the last value counts.
        let values = &mut self.values[key];
        values.resize(self.sampled - 1, String::new());
        values.push(sampled(&value_text(raw)));
    }

    /// The keys of the sample, as the header of converted records.
    pub(crate) fn header(&self) -> &[String] {
        &self.own
    }

    pub(crate) fn names(&self) -> (&[String], bool) {
        (&self.names, self.complete)
    }

    /// By column of the sample: how many of its objects come before the first that has it;
    /// and how many objects there are.
    pub(crate) fn first_objects(&self) -> (&[usize], usize) {
        (&self.before, self.sampled)
    }

    /// True if there is no object at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.complete && self.sampled == 0
    }

    pub(crate) fn values(&self) -> (Vec<Vec<String>>, usize) {
        (self.values.clone(), self.sampled)
    }

    /// Sets which slots the columns fill and which fields are added; `overwrites`
    /// allows them to replace existing fields.
    pub(crate) fn bind(
        &mut self,
        binding: &Binding,
        added: &AddedFields,
        overwrites: bool,
    ) -> Result<()> {
        // They are no longer needed.
        self.values = Vec::new();
        self.columns = vec![Column::default()];
        for (name, slots) in self.names.iter().zip(binding) {
            let column = Column {
                name: name.clone(),
                slots: slots.clone(),
                field: added.named(name),
            };
            let place = column.place_among(&mut self.columns);
            self.by_name.insert(name.clone(), place);
        }
        let mut own = self.own.iter();
        if let (Some(taken), false) = (own.find(|key| added.named(key).is_some()), overwrites) {
            return Err(crate::format::taken(taken));
        }
        self.overwrites = overwrites;
        self.added = Added::new(added);
        Ok(())
    }

    /// Notes the place of the key under which the next record is.
    pub(crate) fn under(&mut self, key: Range<usize>) {
        self.under = Some(key);
    }

    /// Finds the members of the object that begins at `at` and returns its end. After
    /// that the record can be read and written.
    pub(crate) fn parse(&mut self, text: &str, at: usize) -> std::result::Result<usize, Broken> {
        self.walk.object(text, at)
    }

    /// Adds fields to the object that a record has under a key, or to the record
    /// itself.
    pub(crate) fn add_within(&mut self, key: Option<&'static str>) {
        self.within = key;
    }

    /// Hands over the texts of the object that was just parsed.
    #[inline(always)]
    pub(crate) fn take_texts(
        &mut self,
        text: &str,
        stands: &Stands,
        added: &AddedFields,
        to: &mut impl TakeTexts,
    ) -> std::result::Result<(), Box<Fault>> {
        self.check_within(text, stands, added)?;
        let cells = ObjectCells {
            text,
            walk: &self.walk,
            key: self.under.clone(),
            passed: Cell::default(),
        };
        let is_kept_only = to.is_furniture(&cells);
        self.record += 1;
        self.member_in.resize(self.columns.len(), 0);
        for place in 0..self.walk.members().len() {
            let column = match self.walk.column_of_member(place) {
                Some(column) => column,
                None => self.find_member(place, added, to),
            };
            if column == NOTHING {
                continue;
            }
            self.member_in[column] = self.record;
            let column = &self.columns[column];
            if column.field.is_some() && !self.overwrites {
                let Stands { place, number } = stands;
                return Err(Fault::taken(place.start, *number, &column.name));
            }
            if !column.slots.is_empty() {
                let value = &self.walk.members()[place].value;
                take(column, text, value, is_kept_only, to);
            }
        }
        for place in 0..self.walk.leaves().len() {
            self.take_leaf(text, place, added, is_kept_only, to);
        }
        Ok(())
    }

    /// Hands over a value inside an object of the record.
    fn take_leaf(
        &mut self,
        text: &str,
        place: usize,
        added: &AddedFields,
        is_kept_only: bool,
        to: &mut impl TakeTexts,
    ) {
        let leaf = &self.walk.leaves()[place];
        let column = match self.walk.column_of(leaf) {
            Some(column) => column,
            None => {
                let (leaf, name) = (leaf.clone(), self.walk.path(leaf).to_owned());
                let column = self.column_named(&name, added, to);
                self.walk.set_column_of(&leaf, column);
                column
            }
        };
        // A key that is spelled like the path takes precedence.
        if column == NOTHING || self.member_in[column] == self.record {
            return;
        }
        let value = &self.walk.leaves()[place].value;
        take(&self.columns[column], text, value, is_kept_only, to);
    }

    /// The column of a member, if it is not known yet.
    fn find_member(&mut self, place: usize, added: &AddedFields, to: &mut impl TakeTexts) -> usize {
        let name = self.walk.name(place).to_owned();
        let column = self.column_named(&name, added, to);
        self.walk.set_column_of_member(place, column);
        column
    }

    /// The column `name`.
    fn column_named(&mut self, name: &str, added: &AddedFields, to: &mut impl TakeTexts) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let column = Column {
            slots: to.bind(name),
            field: added.named(name),
            name: name.to_owned(),
        };
        let place = column.place_among(&mut self.columns);
        self.member_in.resize(self.columns.len(), 0);
        if place != NOTHING {
            self.by_name.insert(name.to_owned(), place);
        } else if self.others < Self::MOST {
            self.others += 1;
            self.by_name.insert(name.to_owned(), place);
        }
        place
    }

    /// The object inside the record to which fields are added, if it has one.
    fn object_within(&self, text: &str) -> Option<(usize, Vec<Member>)> {
        let key = self.within?;
        let mut places = 0..self.walk.members().len();
        let around = places.rfind(|place| self.walk.name(*place) == key)?;
        let start = self.walk.members()[around].value.start;
        let mut members = Vec::new();
        let end = object(text.as_bytes(), start, &mut members);
        end.is_ok().then_some((start, members))
    }

    /// Refuses a field inside the record that has the name of an added one.
    fn check_within(
        &self,
        text: &str,
        stands: &Stands,
        added: &AddedFields,
    ) -> std::result::Result<(), Box<Fault>> {
        if self.within.is_none() || self.overwrites {
            return Ok(());
        }
        let Some((_, members)) = self.object_within(text) else {
            return Ok(());
        };
        let mut names = members
            .iter()
            .map(|member| unescape(&text[member.key.clone()]));
        match names.find(|name| added.named(name).is_some()) {
            Some(name) => Err(Fault::taken(stands.place.start, stands.number, &name)),
            None => Ok(()),
        }
    }

    /// Writes the object that was just read with its added fields.
    #[inline(always)]
    pub(crate) fn write(
        &mut self,
        text: &str,
        stands: &Stands,
        output: &Out<'_>,
        values: &impl AddedValues,
        passage: &mut Passage<'_>,
        out: &mut Vec<u8>,
    ) -> std::result::Result<(), Box<Fault>> {
        let (place, fields) = (&stands.place, output.added);
        if let Some(convert) = output.convert {
            let added = convert::Added {
                fields,
                texts: fields.texts(values),
            };
            let converted = convert.object(text, self.walk.members(), &added, out);
            converted.map_err(|error| Fault::new(place.start, stands.number, error))?;
            passage.skip(place.end);
        } else if let Some((at, members)) = self.object_within(text) {
            let field_of = |position: usize| {
                let name = unescape(&text[members[position].key.clone()]);
                fields.named(&name)
            };
            let object = (text, at, &members[..]);
            let field_of = self.overwrites.then_some(field_of);
            (self.added).write(object, field_of, fields, values, passage, out);
        } else {
            let (walk, columns) = (&self.walk, &self.columns);
            let field_of = |member: usize| match walk.column_of_member(member) {
                Some(column) => columns[column].field,
                None => fields.named(walk.name(member)),
            };
            let object = (text, place.start, walk.members());
            let field_of = self.overwrites.then_some(field_of);
            (self.added).write(object, field_of, fields, values, passage, out);
        }
        Ok(())
    }
}

/// Hands over the text of a column in a record.
#[inline(always)]
fn take(
    column: &Column,
    text: &str,
    value: &Range<usize>,
    is_kept_only: bool,
    to: &mut impl TakeTexts,
) {
    if is_plain_object(text.as_bytes(), value.start) {
        return;
    }
    if is_kept_only {
        return keep(column, text, value, to);
    }
    for slot in &column.slots {
        to.take(*slot, text, value.clone(), value_text);
    }
}

/// Hands over the text of a column in a record of which texts are only kept.
#[cold]
fn keep(column: &Column, text: &str, value: &Range<usize>, to: &mut impl TakeTexts) {
    for slot in &column.slots {
        to.keep(*slot, &text[value.clone()], value_text);
    }
}

/// The cells of an object in their order: its members, and the values in objects inside
/// it instead of these objects.
struct ObjectCells<'r> {
    text: &'r str,
    walk: &'r Walk,
    /// The place of the key under which the object is, if it has one.
    key: Option<Range<usize>>,
    /// How many members and values come before the cell that was found last: cells are
    /// looked at in order.
    passed: Cell<(usize, usize)>,
}

/// A cell of an object: the place of a member, or of a value in an object inside it.
enum ObjectCell {
    Member(usize),
    Leaf(usize),
}

impl ObjectCells<'_> {
    fn cell(&self, place: usize) -> ObjectCell {
        let (members, leaves) = (self.walk.members(), self.walk.leaves());
        if leaves.is_empty() {
            return ObjectCell::Member(place);
        }
        let (mut member, mut leaf) = self.passed.get();
        if member + leaf > place {
            (member, leaf) = (0, 0);
        }
        while member + leaf < place {
            match self.is_member(member, leaf) {
                true => member += 1,
                false => leaf += 1,
            }
        }
        debug_assert!(member + leaf < members.len() + leaves.len());
        self.passed.set((member, leaf));
        match self.is_member(member, leaf) {
            true => ObjectCell::Member(member),
            false => ObjectCell::Leaf(leaf),
        }
    }

    /// True if this member begins before this value.
    fn is_member(&self, member: usize, leaf: usize) -> bool {
        let member = self.walk.members().get(member).map(|one| one.value.start);
        let leaf = self.walk.leaves().get(leaf).map(|one| one.value.start);
        match (member, leaf) {
            (Some(member), Some(leaf)) => member < leaf,
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }

    fn value(&self, place: usize) -> &Range<usize> {
        match self.cell(place) {
            ObjectCell::Member(place) => &self.walk.members()[place].value,
            ObjectCell::Leaf(place) => &self.walk.leaves()[place].value,
        }
    }
}

impl Cells for ObjectCells<'_> {
    #[inline(always)]
    fn count(&self) -> usize {
        self.walk.members().len() + self.walk.leaves().len()
    }

    fn raw(&self, place: usize) -> &[u8] {
        let (bytes, value) = (self.text.as_bytes(), self.value(place));
        match &bytes[value.clone()] {
            [b'n', ..] => b"",
            [b'{', ..] if is_plain_object(bytes, value.start) => b"",
            raw => raw,
        }
    }

    #[inline(always)]
    fn glance(&self, place: usize) -> [u8; 3] {
        let members = self.walk.members();
        // The key has to be looked at too.
        if self.key.is_some() {
            return [0; 3];
        }
        let (Some(first), Some(member)) = (members.first(), members.get(place)) else {
            return [0; 3];
        };
        let bytes = self.text.as_bytes();
        let is_empty = match bytes.get(first.value.start) {
            Some(b'"') => bytes.get(first.value.start + 1) == Some(&b'"'),
            Some(byte) => matches!(byte, b'n' | b'{'),
            None => true,
        };
        // `null`, `true` and `false` are not texts.
        if is_empty || bytes.get(member.value.start) != Some(&b'"') {
            return [0; 3];
        }
        let at = |place: usize| bytes.get(place..).map_or([0; 2], two);
        let ([one, two], [name, _]) = (at(member.value.start), at(member.key.start));
        [one, two, name]
    }

    fn key(&self) -> Option<Cow<'_, str>> {
        Some(unescape(&self.text[self.key.clone()?]))
    }

    fn text(&self, place: usize) -> Cow<'_, str> {
        value_text(&self.text[self.value(place).clone()])
    }

    fn name(&self, place: usize) -> Option<&str> {
        Some(match self.cell(place) {
            ObjectCell::Member(place) => self.walk.name(place),
            ObjectCell::Leaf(place) => self.walk.path(&self.walk.leaves()[place]),
        })
    }
}

/// The fault of a record that is not an object.
pub(crate) fn no_object(text: &str, at: usize, record: u64, help: Help) -> Box<Fault> {
    let error = input(format!("the record is {}", kind(text, at)))
        .expected("an object: {\"contract\": \"yes\", ...}")
        .help(help);
    Fault::new(at, record, error).with_character()
}

/// The name of the kind of value at `at`, which is not an object.
pub(crate) fn kind(text: &str, at: usize) -> &'static str {
    match text.as_bytes().get(at) {
        Some(b'"') => "a string",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}
