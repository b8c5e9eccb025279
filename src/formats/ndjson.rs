//! NDJSON: an object on each line.
//!
//! Owns lines. What is in a line is a JSON object like any other.

use super::json::record::{Keys, no_object};
use super::json::text::{Broken, object, rough_end, skip_space, value_end};
use super::{BOM, Cut, Desk, Fault, Passage, SAMPLE_RECORDS, Sheet, input};
use crate::columns::Mapping;
use crate::error::Result;
use crate::intake::beginning;
use crate::labels::Labels;

const ADVICE: &str =
    "put each record on a line of its own (jq -c . does), or set such lines aside: --rejects FILE";

/// An open NDJSON input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    bom: usize,
    keys: Keys,
}

/// True where `text`, which begins with a brace, has records on lines: what ends
/// its first line is a brace, and what begins the next is one, which no JSON
/// document allows. `None` where it does not reach that far.
pub(super) fn looks_like(text: &[u8]) -> Option<bool> {
    let line = memchr::memchr(b'\n', text)?;
    let ends = text[..line].trim_ascii_end().ends_with(b"}");
    let next = skip_space(text, line);
    Some(ends && text.get(next)? == &b'{')
}

pub(super) fn cut(buffer: &[u8], complete: bool) -> Cut {
    if complete {
        return Cut::Last(buffer.len());
    }
    memchr::memrchr(b'\n', buffer).map_or(Cut::More, |at| Cut::Batch(at + 1))
}

impl Input {
    /// Looks at the first records; `None` where the sample holds none whole.
    pub(super) fn open(
        sample: &[u8],
        complete: bool,
    ) -> std::result::Result<Option<Self>, Box<Fault>> {
        let bom = if sample.starts_with(BOM) {
            BOM.len()
        } else {
            0
        };
        if complete && skip_space(sample, bom) == sample.len() {
            let error = input("the file is empty: no records")
                .expected("an object on each line: {\"contract\": \"yes\"}");
            return Err(Fault::of_input(0, error));
        }
        let end = match cut(&sample[bom..], complete) {
            Cut::Batch(end) | Cut::Last(end) => bom + end,
            Cut::More => return Ok(None),
        };
        // A line that is no text or no object is told of when its turn comes.
        let lines = sample[bom..end]
            .split(|&byte| byte == b'\n')
            .filter_map(|line| std::str::from_utf8(line).ok());
        let objects = lines
            .map(str::trim)
            .filter(|line| line.starts_with('{') && rough_end(line.as_bytes(), 0).is_some());
        let keys = Keys::sample(objects, complete, SAMPLE_RECORDS);
        if keys.names().0.is_empty() {
            // Nothing to learn from: perhaps since nothing is sound.
            check_first_line(&sample[..end], bom)?;
        }
        Ok(Some(Input { bom, keys }))
    }

    pub(super) fn names(&self) -> (&[String], bool) {
        self.keys.names()
    }

    pub(super) fn prologue(&self) -> usize {
        self.bom
    }

    /// True if there is not a single record.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn values(&self) -> (Vec<Vec<String>>, usize) {
        self.keys.values()
    }

    /// True if an object had this key.
    pub(super) fn met(&self, name: &str) -> bool {
        self.keys.met(name)
    }

    pub(super) fn settle(
        &mut self,
        mapping: &Mapping,
        labels: &Labels,
        replace: bool,
    ) -> Result<()> {
        self.keys.settle(mapping, labels, replace)
    }

    pub(super) fn label(
        &mut self,
        text: &str,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let bytes = text.as_bytes();
        let mut passage = Passage::new(text, desk);
        let mut line = 0;
        while line < bytes.len() {
            let end = memchr::memchr(b'\n', &bytes[line..]).map_or(bytes.len(), |i| line + i);
            let after = (end + 1).min(bytes.len());
            let start = skip_space(&bytes[..end], line);
            if start < end {
                sheet.records += 1;
                let labelled = self.line(&text[..end], line, start, &mut passage, desk, sheet);
                if let Err(fault) = labelled {
                    passage.pass(line, &mut sheet.out);
                    // Only what cannot be read as a record is set aside.
                    if !desk.set_aside || !fault.is_unreadable() {
                        return Err(fault);
                    }
                    sheet.rejects.extend_from_slice(&bytes[line..after]);
                    sheet.rejected += 1;
                    passage.skip(after);
                }
            }
            line = after;
        }
        passage.pass(bytes.len(), &mut sheet.out);
        Ok(())
    }

    /// Labels the record that begins at `start` of the `line` that ends with
    /// `text`.
    fn line(
        &mut self,
        text: &str,
        line: usize,
        start: usize,
        passage: &mut Passage<'_>,
        desk: &mut Desk<'_>,
        sheet: &mut Sheet,
    ) -> std::result::Result<(), Box<Fault>> {
        let parse = |text: &str, at| self.keys.parse(text, at);
        let end = object_line(text, start, sheet.records, parse)?;
        self.keys
            .label(text, start..end, line, passage, desk, sheet)
    }
}

/// The end of the object that begins at `start` and has the rest of `text`, a
/// line, to itself.
fn object_line(
    text: &str,
    start: usize,
    record: u64,
    parse: impl FnOnce(&str, usize) -> std::result::Result<usize, Broken>,
) -> std::result::Result<usize, Box<Fault>> {
    let bytes = text.as_bytes();
    let broken = |broken| Fault::broken(text, &broken, Some(record), Some(ADVICE));
    if bytes[start] != b'{' && value_end(bytes, start).is_ok() {
        return Err(no_object(text, start, record, ADVICE));
    }
    let end = parse(text, start).map_err(broken)?;
    let rest = skip_space(bytes, end);
    if rest < bytes.len() {
        return Err(broken(Broken {
            at: rest,
            expected: "one record on each line",
        }));
    }
    Ok(end)
}

/// Tells what is wrong with the first line that is not blank, if anything is.
fn check_first_line(sample: &[u8], bom: usize) -> std::result::Result<(), Box<Fault>> {
    let start = skip_space(sample, bom);
    let end = memchr::memchr(b'\n', &sample[start..]).map_or(sample.len(), |i| start + i);
    let text = std::str::from_utf8(&sample[..end]).map_err(|error| {
        Fault::not_utf8(sample, error.valid_up_to(), Some(1), &beginning(sample))
    })?;
    if start < end {
        object_line(text, start, 1, |text, at| {
            object(text.as_bytes(), at, &mut Vec::new())
        })?;
    }
    Ok(())
}
