//! Text in any encoding, as UTF-8.
//!
//! Owns streaming decoding that never replaces anything: bytes without a meaning in the
//! encoding are an error. UTF-8 is not decoded here.

use std::io::{self, Read};

use encoding_rs::{DecoderResult, WINDOWS_1258};
use unicode_normalization::char::compose;

use crate::error::{Error, ErrorKind, Help, Phrase, Setting};
use crate::input::layout::Codec;
use crate::input::{Bytes, Encoding};

/// How many bytes are decoded at a time.
const STEP: usize = 32 * 1024;
/// No malformed sequence is longer, including the bytes after it that were inspected.
const LONGEST: usize = 16;

/// How the encoding is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// A byte order mark.
    Mark,
    /// [`Layout::encoding`](crate::Layout::encoding).
    Layout,
}

/// What turns bytes into characters.
enum Decoder {
    Standard(Box<encoding_rs::Decoder>),
    /// The character of each byte.
    Bytes(Vec<char>),
}

/// Reads text as UTF-8.
pub(super) struct Decoding<'i> {
    encoded: Bytes<'i>,
    encoding: Encoding,
    known_by: KnownBy,
    decoder: Decoder,
    /// The last decoded bytes, for a message, and the bytes to decode next.
    raw: Vec<u8>,
    decoded: usize,
    /// Nothing follows `raw`.
    complete: bool,
    /// What was decoded, how much of it was handed out, and how much may be: the last
    /// letter may still be composed with a following mark.
    text: String,
    given: usize,
    ready: usize,
    /// The error to return once all text was handed out.
    trouble: Option<Error>,
    /// Only ASCII occurred so far.
    is_plain: bool,
    is_over: bool,
}

impl<'i> Decoding<'i> {
    /// Decodes the bytes after a byte order mark, if there was one.
    pub(super) fn new(encoded: Bytes<'i>, encoding: Encoding, known_by: KnownBy) -> Self {
        Decoding {
            encoded,
            encoding,
            known_by,
            decoder: match encoding.codec() {
                Codec::Standard(codec) => {
                    Decoder::Standard(Box::new(codec.new_decoder_without_bom_handling()))
                }
                Codec::Dos(page) => Decoder::Bytes(page.characters()),
            },
            raw: Vec::new(),
            decoded: 0,
            complete: false,
            text: String::new(),
            given: 0,
            ready: 0,
            trouble: None,
            is_plain: true,
            is_over: false,
        }
    }

    /// Reads and decodes more.
    fn step(&mut self) -> io::Result<()> {
        if self.decoded == self.raw.len() && !self.complete {
            self.refill()?;
        }
        self.text.drain(..self.given);
        self.given = 0;
        self.text.reserve(4 * STEP);
        let raw = &self.raw[self.decoded..];
        let (result, read) = match &mut self.decoder {
            Decoder::Standard(decoder) => {
                decoder.decode_to_string_without_replacement(raw, &mut self.text, self.complete)
            }
            Decoder::Bytes(characters) => {
                let characters = raw.iter().map(|byte| characters[usize::from(*byte)]);
                self.text.extend(characters);
                (DecoderResult::InputEmpty, raw.len())
            }
        };
        self.decoded += read;
        match result {
            DecoderResult::InputEmpty => self.is_over = self.complete,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, behind) => {
                let end = self.decoded.saturating_sub(behind.into());
                let start = end.saturating_sub(length.into());
                self.trouble = Some(self.malformed(&self.raw[start..end], ""));
            }
        }
        if self.encoding.is_legacy() {
            self.check_controls();
        }
        self.ready = self.text.len();
        if self.encoding.is(WINDOWS_1258) {
            self.text = composed(&self.text);
            let last = self.text.char_indices().next_back();
            self.ready = match last {
                Some((at, _)) if !self.is_over && self.trouble.is_none() => at,
                _ => self.text.len(),
            };
        }
        Ok(())
    }

    fn refill(&mut self) -> io::Result<()> {
        let kept = self.raw.len().saturating_sub(LONGEST);
        self.raw.drain(..kept);
        self.decoded = self.raw.len();
        self.raw.resize(self.decoded + STEP, 0);
        let read = self.encoded.read(&mut self.raw[self.decoded..]);
        self.raw
            .truncate(self.decoded + *read.as_ref().unwrap_or(&0));
        self.complete = read? == 0;
        if self.is_plain && self.encoding.is_legacy() {
            self.check_utf8();
        }
        Ok(())
    }

    /// UTF-8 decoded as another encoding gives wrong text, and in most encodings
    /// without an error.
    fn check_utf8(&mut self) {
        let new = &self.raw[self.decoded..];
        let Some(plain) = new.iter().position(|byte| !byte.is_ascii()) else {
            return;
        };
        self.is_plain = false;
        // The last character may continue in the next bytes.
        let sound = match std::str::from_utf8(new) {
            Err(error) if error.error_len().is_none() => &new[..error.valid_up_to()],
            Err(_) => return,
            Ok(_) => new,
        };
        let first = std::str::from_utf8(&sound[plain.min(sound.len())..]);
        let first = first.ok().and_then(|text| text.chars().next());
        let Some(first) = first else { return };
        let name = self.encoding.name();
        let bytes = hex(&new[plain..plain + first.len_utf8()]);
        let error = Error::new(
            ErrorKind::Input,
            format!("the text is UTF-8, not {name}: found {bytes}, UTF-8 for {first:?}"),
        )
        .expected(self.expected())
        .help(Help::leave_out(Setting::Encoding));
        self.raw.truncate(self.decoded + plain);
        self.complete = true;
        self.trouble = Some(error);
    }

    /// Text does not contain control characters of the upper half: such a byte is a
    /// character of another encoding.
    fn check_controls(&mut self) {
        let is_control = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
        let Some(at) = self.text.find(is_control) else {
            return;
        };
        let control: String = self.text[at..].chars().take(1).collect();
        let bytes = match self.encoding.codec() {
            Codec::Standard(codec) => codec.encode(&control).0,
            Codec::Dos(_) => return,
        };
        self.trouble = Some(self.malformed(&bytes, ", a control character"));
        self.text.truncate(at);
    }

    fn malformed(&self, bytes: &[u8], why: &str) -> Error {
        let name = self.encoding.name();
        let help = match self.known_by {
            KnownBy::Mark => Help::from("export or download the file again"),
            KnownBy::Layout => Help::set("set the actual encoding", Setting::Encoding, "LABEL")
                .or(Help::from("correct the text").in_case(&format!("it is {name}"))),
        };
        Error::new(
            ErrorKind::Input,
            format!("the text is not {name}: found {}{why}", hex(bytes)),
        )
        .expected(self.expected())
        .help(help)
    }

    fn expected(&self) -> Phrase {
        let source = match self.known_by {
            KnownBy::Mark => Phrase::from("its byte order mark"),
            KnownBy::Layout => Phrase::from(Setting::Encoding),
        };
        let encoding = Phrase::from(format!("{}, given by ", self.encoding.name()));
        encoding.then(source)
    }
}

impl Read for Decoding<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        while self.given == self.ready {
            if let Some(error) = self.trouble.take() {
                self.is_over = true;
                return Err(io::Error::other(error));
            }
            if self.is_over {
                return Ok(0);
            }
            self.step()?;
        }
        let ready = &self.text.as_bytes()[self.given..self.ready];
        let size = ready.len().min(to.len());
        to[..size].copy_from_slice(&ready[..size]);
        self.given += size;
        Ok(size)
    }
}

/// Composes letters with the marks that follow them. Only Windows-1258 writes tones as
/// separate marks.
pub(super) fn composed(text: &str) -> String {
    let mut composed = String::with_capacity(text.len());
    let mut last = None;
    for c in text.chars() {
        last = match last.and_then(|before| compose(before, c)) {
            Some(both) => Some(both),
            None => {
                composed.extend(last);
                Some(c)
            }
        };
    }
    composed.extend(last);
    composed
}

/// Bytes as messages show them: `the bytes C3 BC`.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    let s = if bytes.len() == 1 { "" } else { "s" };
    format!("the byte{s} {}", digits.join(" "))
}
