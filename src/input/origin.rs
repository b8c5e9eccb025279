//! What an input is before it is UTF-8 text.
//!
//! Owns the order of detection, by the first bytes: unpack, refuse what cannot be read,
//! take a workbook's sheet, decode. UTF-8 is left alone.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Error, ErrorKind, Help, Phrase, Place, Result, Setting};
use crate::input::decode::{Decoding, KnownBy};
use crate::input::unpack::Packing;
use crate::input::workbook::Sheet;
use crate::input::{BOM, Bytes, Encoding, Intake, Layout, foreign, workbook};

/// How many bytes are looked at.
const HEAD: usize = 4096;

/// What an input was before it became UTF-8 text.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// How it was packed, if it was.
    pub packing: Option<Packing>,
    /// Its encoding if it was not UTF-8, and how that is known.
    pub encoding: Option<(Encoding, KnownBy)>,
    /// The sheet that is read, if it is a workbook.
    pub sheet: Option<Sheet>,
    /// How much of it has been read.
    pub meter: Meter,
}

/// Counts the bytes of an input as they are read.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<AtomicU64>);

impl Meter {
    /// How many bytes were read so far.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Detects what `reader` contains and turns it into UTF-8 text, or into bytes that
/// later turn out not to be UTF-8.
pub(crate) fn open<'i>(reader: Bytes<'i>, layout: &Layout) -> Result<(Intake<'i>, Origin)> {
    let mut origin = Origin::default();
    let meter = origin.meter.clone();
    let mut bytes = Beginning::of(Box::new(Metered { reader, meter }));
    origin.packing = Packing::of(&bytes.head);
    if let Some(packing) = origin.packing {
        bytes = Beginning::of(packing.unpack(bytes.whole()));
    }
    if bytes.head.starts_with(workbook::ZIP) {
        let (sheet, rows) = workbook::open(bytes.whole(), layout)?;
        origin.sheet = Some(sheet);
        return Ok((Intake::new(rows), origin));
    }
    foreign::refuse(&bytes.head)?;
    if layout.sheet.is_some() {
        return Err(Error::about(
            Setting::Sheet,
            ErrorKind::Usage,
            "selects a sheet, but this is not a workbook",
        )
        .expected("an .xlsx workbook")
        .help(Help::leave_out(Setting::Sheet)));
    }
    origin.encoding = encoding(&bytes.head, layout.encoding)?;
    let Some((encoding, known_by)) = origin.encoding else {
        return Ok((Intake::new(bytes.whole()), origin));
    };
    if known_by == KnownBy::Mark {
        bytes.head.drain(..2);
    }
    let decoding = Decoding::new(bytes.whole(), encoding, known_by);
    Ok((Intake::new(Box::new(decoding)), origin))
}

impl Origin {
    /// The file name without the extension of its packing.
    pub(crate) fn name_inside<'n>(&self, name: &'n str) -> &'n str {
        self.packing
            .map_or(name, |packing| packing.name_inside(name))
    }

    /// True if a number without a format may be a date, as spreadsheets store it.
    pub(crate) fn stores_days(&self) -> bool {
        self.sheet.as_ref().is_some_and(|sheet| !sheet.from_1904)
    }

    /// The error with its place in the original file.
    pub(crate) fn placed(&self, error: Error) -> Error {
        let writing = matches!(error.kind(), ErrorKind::Writing(_));
        match &self.sheet {
            Some(sheet) if !writing => {
                let place = self.place(error.place().clone());
                let is_at_beginning = place.record.is_none();
                match sheet.another().filter(|_| is_at_beginning) {
                    Some(help) => error.at(place).or_help(help),
                    None => error.at(place),
                }
            }
            _ => error,
        }
    }

    /// The place in the original file: in a workbook, the sheet and row instead of the
    /// line of the text made from it.
    pub(crate) fn place(&self, place: Place) -> Place {
        let Some(sheet) = &self.sheet else {
            return place;
        };
        Place {
            sheet: Some(sheet.name.clone()),
            // It may have been placed already.
            row: place.line.map(|line| sheet.row_of_line(line)).or(place.row),
            line: None,
            character: None,
            ..place
        }
    }
}

/// The encoding of text that is not UTF-8, by its mark or as stated.
fn encoding(head: &[u8], stated: Option<Encoding>) -> Result<Option<(Encoding, KnownBy)>> {
    match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(utf32()),
        [0xff, 0xfe, ..] => return Ok(Some((Encoding::standard(UTF_16LE), KnownBy::Mark))),
        [0xfe, 0xff, ..] => return Ok(Some((Encoding::standard(UTF_16BE), KnownBy::Mark))),
        _ if head.starts_with(BOM) => return Ok(None),
        _ => {}
    }
    if let Some(seems) = seems_utf16(head)
        && stated != Some(seems)
    {
        let name = seems.name();
        let stated = stated.map_or("UTF-8", Encoding::name);
        let found =
            format!("this looks like {name} without a byte order mark: every second byte is NUL");
        return Err(Error::new(ErrorKind::Input, found)
            .expected(format!("text in {stated}"))
            .help(Help::set("", Setting::Encoding, name.to_ascii_lowercase())));
    }
    let legacy = stated.filter(|stated| !stated.is(UTF_8));
    Ok(legacy.map(|encoding| (encoding, KnownBy::Layout)))
}

/// UTF-16 by its NULs: text in every language we read has many single-byte characters,
/// and none of them is NUL.
fn seems_utf16(head: &[u8]) -> Option<Encoding> {
    let (pairs, _) = head.as_chunks::<2>();
    let little = pairs.iter().filter(|pair| pair[1] == 0).count();
    let big = pairs.iter().filter(|pair| pair[0] == 0).count();
    let many = pairs.len().div_ceil(2).max(3);
    match (little, big) {
        (little, 0) if little >= many => Some(Encoding::standard(UTF_16LE)),
        (0, big) if big >= many => Some(Encoding::standard(UTF_16BE)),
        _ => None,
    }
}

fn utf32() -> Error {
    Error::new(ErrorKind::Input, "this is UTF-32 text")
        .expected(
            Phrase::from("UTF-8, UTF-16, or an encoding given by ").setting(Setting::Encoding),
        )
        .help(Help::convert("convert it", "iconv -f UTF-32 -t UTF-8 FILE"))
}

/// The first bytes of an input, inspected before it is read.
struct Beginning<'i> {
    head: Vec<u8>,
    /// What ended the inspection, if it failed: it is returned in its turn.
    trouble: Option<io::Error>,
    rest: Bytes<'i>,
}

impl<'i> Beginning<'i> {
    fn of(mut bytes: Bytes<'i>) -> Self {
        let mut head = Vec::with_capacity(HEAD);
        let looked = (&mut bytes).take(HEAD as u64).read_to_end(&mut head);
        Beginning {
            head,
            trouble: looked.err(),
            rest: bytes,
        }
    }

    /// All bytes, as if none had been inspected.
    fn whole(self) -> Bytes<'i> {
        let head = io::Cursor::new(self.head);
        Box::new(head.chain(Trouble(self.trouble)).chain(self.rest))
    }
}

/// Nothing, or a failure, once.
struct Trouble(Option<io::Error>);

impl Read for Trouble {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

struct Metered<'i> {
    reader: Bytes<'i>,
    meter: Meter,
}

impl Read for Metered<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(to)?;
        self.meter.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
