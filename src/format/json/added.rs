//! The fields that are added to an object.
//!
//! Owns where they go: after the last member, laid out like that member, so that a
//! pretty-printed object stays so; or in place of members with their names.

use crate::format::json::text::{Member, skip_space, write_string};
use crate::format::records::Passage;
use crate::format::{AddedFields, AddedValue, AddedValues, Frame};

/// How added fields are written.
#[derive(Debug, Clone, Default)]
pub(super) struct Added {
    /// How they were laid out last.
    gap: Vec<u8>,
    colon: Vec<u8>,
    frame: Frame,
    /// By added field: its name as a JSON string, and whether its text may have to be
    /// escaped.
    quoted: Vec<Vec<u8>>,
    escapable: Vec<bool>,
}

impl Added {
    pub(super) fn new(fields: &AddedFields) -> Self {
        let special = |byte: u8| byte < 0x20 || matches!(byte, b'"' | b'\\');
        let quoted = |name: &String| {
            let mut quoted = Vec::new();
            write_string(name, &mut quoted);
            quoted
        };
        Added {
            quoted: fields.names().iter().map(quoted).collect(),
            escapable: (0..fields.names().len())
                .map(|field| fields.may_hold(field, special))
                .collect(),
            ..Added::default()
        }
    }

    /// Writes an object, given as its text, its beginning and its members, up to the
    /// end of its last member, followed by the added fields. `field_of` returns the
    /// added field that a member already is, and that overwrites it.
    #[inline(always)]
    pub(super) fn write(
        &mut self,
        (text, at, members): (&str, usize, &[Member]),
        field_of: Option<impl Fn(usize) -> Option<usize>>,
        fields: &AddedFields,
        values: &impl AddedValues,
        passage: &mut Passage<'_>,
        out: &mut Vec<u8>,
    ) {
        let bytes = text.as_bytes();
        let there = match field_of {
            Some(field_of) => self.overwrite(members, &field_of, fields, values, passage, out),
            None => Vec::new(),
        };
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
                self.frame = self.frame_of(gap, colon, fields);
            }
            return fields.write_framed(&self.frame, values, out);
        }
        self.write_each(
            members.is_empty(),
            &there,
            [gap, colon],
            fields,
            values,
            out,
        );
    }

    /// Writes the values of members that are added fields, and returns which ones.
    fn overwrite(
        &self,
        members: &[Member],
        field_of: &dyn Fn(usize) -> Option<usize>,
        fields: &AddedFields,
        values: &dyn AddedValues,
        passage: &mut Passage<'_>,
        out: &mut Vec<u8>,
    ) -> Vec<usize> {
        let mut there = Vec::new();
        for (position, member) in members.iter().enumerate() {
            if let Some(field) = field_of(position) {
                there.push(field);
                passage.pass(member.value.start, out);
                self.write_field(field, fields, values.of(field), out);
                passage.skip(member.value.end);
            }
        }
        there
    }

    /// Writes the remaining added fields, one by one.
    fn write_each(
        &self,
        mut first: bool,
        there: &[usize],
        [gap, colon]: [&[u8]; 2],
        fields: &AddedFields,
        values: &dyn AddedValues,
        out: &mut Vec<u8>,
    ) {
        let names = self.quoted.iter().enumerate();
        for (field, name) in names.filter(|(field, _)| !there.contains(field)) {
            if !first {
                out.push(b',');
            }
            first = false;
            out.extend_from_slice(gap);
            out.extend_from_slice(name);
            out.extend_from_slice(colon);
            self.write_field(field, fields, values.of(field), out);
        }
    }

    /// The text around the added fields in this layout.
    fn frame_of(&self, gap: &[u8], colon: &[u8], fields: &AddedFields) -> Frame {
        let mut texts = Vec::new();
        let mut text = Vec::new();
        for (field, name) in self.quoted.iter().enumerate() {
            let quote: &[u8] = if fields.is_number(field) { b"" } else { b"\"" };
            text.extend([b",", gap, name, colon, quote].concat());
            texts.push(std::mem::replace(&mut text, quote.to_vec()));
        }
        texts.push(text);
        Frame::new(texts)
    }

    fn write_field(
        &self,
        field: usize,
        fields: &AddedFields,
        value: AddedValue<'_>,
        out: &mut Vec<u8>,
    ) {
        if fields.is_number(field) {
            fields.write(field, value, out);
        } else if !self.escapable[field] {
            out.push(b'"');
            fields.write(field, value, out);
            out.push(b'"');
        } else {
            write_string(&fields.text(field, value), out);
        }
    }
}

/// The space between the last member and the comma before it. If it is the only member,
/// its line break decides, or the space after its colon.
fn gap_before<'t>(bytes: &'t [u8], at: usize, members: &[Member], colon: &'t [u8]) -> &'t [u8] {
    match members {
        [.., before, last] => &bytes[skip_space(bytes, before.value.end) + 1..last.key.start],
        [only] if bytes[at + 1..only.key.start].contains(&b'\n') => &bytes[at + 1..only.key.start],
        _ => colon.strip_prefix(b":").unwrap_or_default(),
    }
}
