//! NDJSON: one object per line.
//!
//! Owns lines. A line holds an ordinary JSON object, except in a file for
//! Elasticsearch's bulk interface: there most objects are preceded by an action line,
//! which is not a record.

use std::ops::Range;

use crate::error::{Help, Setting};
use crate::format::json::record::{Keys, Stands, no_object};
use crate::format::json::text::{Broken, Member, object, rough_end, skip_space, value_end};
use crate::format::records::Passage;
use crate::format::{
    AddedValues, CHECK_EXPORT, Counts, Cut, Fault, FaultResult, Out, Records, SAMPLE_RECORDS,
    TakeTexts, input,
};
use crate::input::{beginning, bom_length};

/// The keys that an action line may have besides its name.
const ACTION_KEYS: &str = "_id _index _parent _retry_on_conflict _routing _source _type _version \
    _version_type dynamic_templates if_primary_term if_seq_no parent pipeline require_alias \
    require_data_stream retry_on_conflict routing version version_type";

/// An open NDJSON input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(super) bom: usize,
    /// There are action lines between the records.
    pub(super) is_bulk: bool,
    /// The first lines have some.
    pub(super) has_actions: bool,
    pub(super) keys: Keys,
}

/// A line with an action for the document on the next line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// The document follows.
    Put,
    /// An object follows that has the document, or a part of it, under `doc`.
    Update,
    /// Nothing follows.
    Alone,
}

impl Action {
    /// The action, if the line is an action line.
    fn of(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii();
        let name = line.strip_prefix(b"{")?.trim_ascii_start();
        let actions = [
            (&b"\"index\""[..], Action::Put),
            (b"\"create\"", Action::Put),
            (b"\"update\"", Action::Update),
            (b"\"delete\"", Action::Alone),
        ];
        let mut actions = actions.into_iter();
        let (_, action) = actions.find(|(one, _)| name.starts_with(one))?;
        let (mut members, mut inner) = (Vec::new(), Vec::new());
        let is_all = object(line, 0, &mut members) == Ok(line.len());
        let [only] = &members[..] else { return None };
        object(line, only.value.start, &mut inner).ok()?;
        let is_known = |member: &Member| {
            let key = &line[member.key.start + 1..member.key.end - 1];
            ACTION_KEYS.split(' ').any(|known| known.as_bytes() == key)
        };
        (is_all && inner.iter().all(is_known)).then_some(action)
    }
}

/// True if `text`, which begins with a brace, has one record per line: its first line
/// ends with a brace and the next begins with one, which no JSON document allows.
/// `None` if it does not reach that far.
pub(super) fn looks_like(text: &[u8]) -> Option<bool> {
    let line = memchr::memchr(b'\n', text)?;
    let ends = text[..line].trim_ascii_end().ends_with(b"}");
    let next = skip_space(text, line);
    Some(ends && text.get(next)? == &b'{')
}

/// The end of the whole records in `buffer`; some have action lines if it `is_bulk`.
pub(super) fn cut(buffer: &[u8], complete: bool, is_bulk: bool) -> Cut {
    if complete {
        return Cut::Last(buffer.len());
    }
    let Some(mut end) = memchr::memrchr(b'\n', buffer).map(|at| at + 1) else {
        return Cut::More;
    };
    if !is_bulk {
        return Cut::Batch(end);
    }
    // An action stays with its document.
    let is_begun = |line| matches!(Action::of(line), Some(Action::Put | Action::Update));
    loop {
        let line = memchr::memrchr(b'\n', &buffer[..end - 1]).map_or(0, |at| at + 1);
        let last = &buffer[line..end];
        if !last.trim_ascii().is_empty() && !is_begun(last) {
            return Cut::Batch(end);
        }
        if line == 0 {
            return Cut::More;
        }
        end = line;
    }
}

impl Input {
    /// Reads the first records; `None` if the sample does not contain a whole one.
    pub(super) fn open(sample: &[u8], complete: bool) -> FaultResult<Option<Self>> {
        let bom = bom_length(sample);
        let start = skip_space(sample, bom);
        if complete && start == sample.len() {
            let error = input("the file is empty: no records")
                .expected("one object per line: {\"contract\": \"yes\"}")
                .help(CHECK_EXPORT);
            return Err(Fault::of_input(0, error));
        }
        let first = line_end(sample, start);
        let is_bulk = Action::of(&sample[start..first]).is_some();
        let end = match cut(&sample[bom..], complete, is_bulk) {
            Cut::Batch(end) | Cut::Last(end) => bom + end,
            Cut::More => return Ok(None),
        };
        // A line that is not text or not an object is reported when its turn comes.
        let lines = sample[bom..end]
            .split(|&byte| byte == b'\n')
            .filter_map(|line| std::str::from_utf8(line).ok());
        let objects = lines
            .map(str::trim)
            .filter(|line| !is_bulk || Action::of(line.as_bytes()).is_none())
            .filter(|line| line.starts_with('{') && rough_end(line.as_bytes(), 0).is_some());
        let keys = Keys::sample(objects, complete, SAMPLE_RECORDS);
        if keys.names().0.is_empty() {
            // Nothing to learn from, perhaps because nothing is valid.
            let start = start.min(end);
            check_line(sample, start, line_end(&sample[..end], start))?;
        }
        // A part of such a file may begin with a document.
        let mut lines = sample[bom..].split(|byte| *byte == b'\n');
        let has_actions = is_bulk || lines.any(|line| Action::of(line).is_some());
        Ok(Some(Input {
            bom,
            is_bulk,
            has_actions,
            keys,
        }))
    }
}

/// The place of the next line feed at or after `at`, or the end.
fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length)
}

/// The records of a batch, one after the other.
pub(crate) struct NdjsonRecords<'b> {
    input: &'b mut Input,
    text: &'b str,
    out: Out<'b>,
    passage: Passage<'b>,
    /// Where the next line begins.
    line: usize,
    /// The beginning of the record, including its action line.
    begin: Option<usize>,
    within: Option<&'static str>,
    /// The beginning of the current record, including its action line, and the place
    /// after its line.
    whole: Range<usize>,
    stands: Stands,
    /// The current record cannot be read.
    is_broken: bool,
    counts: Counts,
}

impl<'b> NdjsonRecords<'b> {
    pub(crate) fn new(input: &'b mut Input, text: &'b str, out: Out<'b>) -> Self {
        NdjsonRecords {
            input,
            text,
            out,
            passage: Passage::new(text, out.convert.is_none()),
            line: 0,
            begin: None,
            within: None,
            whole: 0..0,
            stands: Stands {
                place: 0..0,
                number: 0,
            },
            is_broken: false,
            counts: Counts::default(),
        }
    }

    /// Reads the record that begins at `start` of a line that ends at `end`.
    #[inline(always)]
    fn read(&mut self, start: usize, end: usize, to: &mut impl TakeTexts) -> FaultResult {
        let keys = &mut self.input.keys;
        keys.add_within(self.within.take());
        let parse = |text: &str, at| keys.parse(text, at);
        // If such lines are set aside already, the help does not suggest it.
        let help = if self.out.rejects {
            apart
        } else {
            apart_or_aside
        };
        self.is_broken = true;
        let line = &self.text[..end];
        let end = object_line(line, start, self.stands.number, help, parse)?;
        self.is_broken = false;
        self.stands.place = start..end;
        keys.take_texts(self.text, &self.stands, self.out.added, to)
    }
}

impl Records for NdjsonRecords<'_> {
    #[inline(always)]
    fn next(&mut self, to: &mut impl TakeTexts) -> Option<FaultResult> {
        let bytes = self.text.as_bytes();
        while self.line < bytes.len() {
            let line = self.line;
            let end = line_end(bytes, line);
            self.line = (end + 1).min(bytes.len());
            let start = skip_space(&bytes[..end], line);
            let action = match self.input.is_bulk {
                true => Action::of(&bytes[line..end]),
                false => None,
            };
            if let Some(action) = action {
                self.counts.actions += 1;
                self.begin = (action != Action::Alone).then_some(line);
                // Elasticsearch accepts no other keys next to `doc`.
                self.within = (action == Action::Update).then_some("doc");
            } else if start < end {
                self.stands.number += 1;
                self.whole = self.begin.take().unwrap_or(line)..self.line;
                self.stands.place = start..start;
                return Some(self.read(start, end, to));
            }
        }
        None
    }

    fn number(&self) -> u64 {
        self.stands.number
    }

    fn start(&self) -> usize {
        self.stands.place.start
    }

    fn length(&self) -> usize {
        self.stands.place.len()
    }

    fn written(&self, out: &[u8]) -> usize {
        self.passage.written(self.whole.start, out)
    }

    #[inline(always)]
    fn write(&mut self, values: &impl AddedValues, out: &mut Vec<u8>) -> FaultResult {
        let (output, passage) = (&self.out, &mut self.passage);
        (self.input.keys).write(self.text, &self.stands, output, values, passage, out)
    }

    #[cold]
    fn reject(&mut self, out: &mut Vec<u8>, rejects: &mut Vec<u8>) -> bool {
        // Only lines that cannot be read as a record are set aside.
        if !self.is_broken {
            return false;
        }
        self.passage.pass(self.whole.start, out);
        rejects.extend_from_slice(&self.text.as_bytes()[self.whole.clone()]);
        self.passage.skip(self.whole.end);
        true
    }

    fn break_off(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.whole.start, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.text.len(), out);
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}

fn apart() -> Help {
    Help::from("put each record on its own line (jq -c . does that)")
}

fn apart_or_aside() -> Help {
    apart().or(Help::set("set such lines aside", Setting::Rejects, "FILE"))
}

/// The end of the object that begins at `start` and must be alone on the rest of its
/// line, `text`.
fn object_line(
    text: &str,
    start: usize,
    record: u64,
    help: fn() -> Help,
    parse: impl FnOnce(&str, usize) -> Result<usize, Broken>,
) -> FaultResult<usize> {
    let bytes = text.as_bytes();
    // Also if the line does not have the closing bracket.
    let help = match bytes[start] {
        b'[' => || Help::set("read the array as JSON", Setting::InputFormat, "json"),
        _ => help,
    };
    let broken = |broken| Fault::broken(text, &broken, Some(record), Some(help()));
    if bytes[start] != b'{' && value_end(bytes, start).is_ok() {
        return Err(no_object(text, start, record, help()));
    }
    let end = parse(text, start).map_err(broken)?;
    let rest = skip_space(bytes, end);
    if rest < bytes.len() {
        return Err(broken(Broken {
            at: rest,
            expected: "one record per line",
        }));
    }
    Ok(end)
}

/// Checks a line of the sample.
fn check_line(sample: &[u8], start: usize, end: usize) -> FaultResult {
    let text = std::str::from_utf8(&sample[..end]).map_err(|error| {
        Fault::not_utf8(sample, error.valid_up_to(), Some(1), &beginning(sample))
    })?;
    if start < end {
        object_line(text, start, 1, apart_or_aside, |text, at| {
            object(text.as_bytes(), at, &mut Vec::new())
        })?;
    }
    Ok(())
}
