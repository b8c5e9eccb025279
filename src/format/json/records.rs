//! The records of a batch of a JSON document, one after the other.
//!
//! Owns what may occur between two of them.

use super::record::Stands;
use super::text::{Broken, after_colon, key_end, skip_space};
use super::{Input, Series, as_ndjson, object_at};
use crate::error::Help;
use crate::format::records::Passage;
use crate::format::{
    AddedValues, Batch, Counts, Fault, FaultResult, Out, Records, TakeTexts, input,
};

/// The records of a batch.
pub(crate) struct JsonRecords<'b> {
    input: &'b mut Input,
    batch: Batch<'b>,
    out: Out<'b>,
    passage: Passage<'b>,
    /// The next byte to read.
    at: usize,
    /// A record ended, and no comma followed yet.
    comma_due: bool,
    /// Everything before it is valid: the last record, and the text up to the comma
    /// after it.
    sound: usize,
    stands: Stands,
    /// A key comes before each record.
    is_keyed: bool,
}

impl<'b> JsonRecords<'b> {
    pub(crate) fn new(input: &'b mut Input, batch: Batch<'b>, out: Out<'b>) -> Self {
        JsonRecords {
            is_keyed: input.series() == Series::Members,
            input,
            batch,
            out,
            passage: Passage::new(batch.text, out.convert.is_none()),
            at: 0,
            comma_due: !batch.first,
            sound: 0,
            stands: Stands {
                place: 0..0,
                number: 0,
            },
        }
    }

    /// Moves past the key of the next record.
    fn pass_key(&mut self) -> FaultResult {
        let json = self.batch.text.as_bytes();
        let key = key_end(json, self.at);
        if let Ok(end) = &key {
            self.input.keys.under(self.at..*end);
        }
        let value = key.and_then(|end| after_colon(json, end));
        let value = value.and_then(|at| match json.get(at) {
            Some(_) => Ok(at),
            None => Err(Broken {
                at,
                expected: "an object",
            }),
        });
        let record = Some(self.stands.number);
        self.at = value.map_err(|broken| Fault::broken(self.batch.text, &broken, record, None))?;
        Ok(())
    }

    /// The fault of a comma after the last record.
    #[cold]
    fn comma_at_end(&self) -> Box<Fault> {
        let of = match self.input.series() {
            Series::Members => "object",
            Series::Elements | Series::Single => "array",
        };
        let error = input(format!("there is a comma before the end of the {of}"))
            .expected("a record after each comma")
            .help("remove the comma after the last record");
        Fault::of_input(self.at, error).with_character()
    }

    /// The fault of something other than a comma after a record.
    #[cold]
    fn no_comma(&self) -> Box<Fault> {
        let expected = match self.input.series() {
            Series::Single => "the end of the text",
            Series::Members => "`,` or `}`",
            Series::Elements => "`,` or `]`",
        };
        let help = Help::from("put a comma between the records").or(as_ndjson()
            .in_case("each line is an object of its own, without brackets around them all"));
        let (at, record) = (self.at, Some(self.stands.number));
        Fault::broken(
            self.batch.text,
            &Broken { at, expected },
            record,
            Some(help),
        )
    }
}

impl Records for JsonRecords<'_> {
    #[inline(always)]
    fn next(&mut self, to: &mut impl TakeTexts) -> Option<FaultResult> {
        let text = self.batch.text;
        let bytes = text.as_bytes();
        loop {
            self.at = skip_space(bytes, self.at);
            let has_record = self.stands.number > 0 || !self.batch.first;
            match bytes.get(self.at) {
                None if self.batch.last && !self.comma_due && has_record => {
                    return Some(Err(self.comma_at_end()));
                }
                None => return None,
                Some(b',') if self.comma_due => {
                    self.comma_due = false;
                    self.sound = self.at;
                    self.at += 1;
                }
                Some(_) if self.comma_due => return Some(Err(self.no_comma())),
                Some(_) => break,
            }
        }
        self.stands.number += 1;
        if self.is_keyed
            && let Err(fault) = self.pass_key()
        {
            return Some(Err(fault));
        }
        let (at, keys) = (self.at, &mut self.input.keys);
        let parse = |text: &str, at| keys.parse(text, at);
        let end = match object_at(text, at, self.stands.number, parse) {
            Ok(end) => end,
            Err(fault) => return Some(Err(fault)),
        };
        self.stands.place = at..end;
        let taken = (self.input.keys).take_texts(text, &self.stands, self.out.added, to);
        self.at = end;
        self.comma_due = true;
        Some(taken)
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
        self.passage.written(self.sound, out)
    }

    #[inline(always)]
    fn write(&mut self, values: &impl AddedValues, out: &mut Vec<u8>) -> FaultResult {
        let (text, output, passage) = (self.batch.text, &self.out, &mut self.passage);
        (self.input.keys).write(text, &self.stands, output, values, passage, out)?;
        self.sound = self.at;
        Ok(())
    }

    fn reject(&mut self, _: &mut Vec<u8>, _: &mut Vec<u8>) -> bool {
        false
    }

    fn break_off(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.sound, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.passage.pass(self.batch.text.len(), out);
    }

    fn counts(&self) -> Counts {
        Counts::default()
    }
}
