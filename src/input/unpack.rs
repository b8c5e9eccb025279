//! Packed bytes, unpacked.
//!
//! Owns gzip and zstd: how they are detected, and the error of a stream that is cut off
//! or damaged. Knows nothing of the content.

use std::io::{self, BufRead, BufReader, ErrorKind as Kind, Read};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::{Error, ErrorKind, Help};
use crate::input::Bytes;

/// How many packed bytes are read at a time.
const BUFFER: usize = 32 * 1024;
/// How many zeros may follow a gzip stream, as copies from tapes and block devices have them.
const PADDING: usize = 1024 * 1024;

/// How an input was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip, with one member or several.
    Gzip,
    /// zstd, with one frame or several.
    Zstd,
}

impl Packing {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// The packing of bytes that begin like this, if they are packed.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            // A frame, or a skippable frame before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Packing::Zstd)
            }
            _ => None,
        }
    }

    /// The file name without the extension of the packing.
    pub(super) fn name_inside(self, name: &str) -> &str {
        let endings: &[&str] = match self {
            Packing::Gzip => &["gz", "gzip"],
            Packing::Zstd => &["zst", "zstd"],
        };
        match name.rsplit_once('.') {
            Some((inside, ending)) if endings.iter().any(|e| ending.eq_ignore_ascii_case(e)) => {
                inside
            }
            _ => name,
        }
    }

    /// The bytes that were packed.
    pub(super) fn unpack<'i>(self, packed: Bytes<'i>) -> Bytes<'i> {
        let packed = BufReader::with_capacity(BUFFER, packed);
        let reader: Bytes<'i> = match self {
            Packing::Gzip => Box::new(Gzip::Member(Box::new(GzDecoder::new(packed)))),
            Packing::Zstd => Box::new(Zstd {
                packed,
                frame: FrameDecoder::new(),
                unpacked: None,
            }),
        };
        Box::new(Unpacking {
            packing: self,
            reader,
        })
    }

    /// The error if the stream cannot be unpacked any further.
    fn trouble(self, source: io::Error) -> io::Error {
        if source.get_ref().is_some_and(|within| within.is::<Error>()) {
            return source;
        }
        let source = &source;
        let name = self.name();
        let mut found = format!("the {name} stream is damaged: {source}");
        let mut next: Option<&(dyn std::error::Error + 'static)> = Some(source);
        while let Some(error) = next {
            let io = error.downcast_ref::<io::Error>();
            match io {
                // An error of the system, not of the stream.
                Some(io) if io.raw_os_error().is_some() => {
                    return io::Error::other(Error::reading_failed(io));
                }
                Some(io) if io.kind() == Kind::UnexpectedEof => {
                    found = match self {
                        Packing::Gzip => "the gzip stream is cut off, or something else follows it",
                        Packing::Zstd => "the zstd stream is cut off",
                    }
                    .to_owned();
                    break;
                }
                _ => {}
            }
            let within = io.and_then(io::Error::get_ref);
            next = within.map_or(error.source(), |within| Some(within));
        }
        let error = Error::new(ErrorKind::Input, found)
            .expected("a complete stream")
            .help("export or download the file again");
        io::Error::other(error)
    }
}

/// The error of a stream that takes more memory to unpack than it may: it is not damaged.
fn window(requested: u64, most: u64) -> Error {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    let (requested, most) = (mib(requested), mib(most));
    Error::new(
        ErrorKind::Input,
        format!("to unpack this zstd stream, a window of {requested} MiB is needed"),
    )
    .expected(format!("a window of at most {most} MiB"))
    .help(Help::convert("unpack it", "zstd -dcM2048MB FILE"))
}

/// Unpacked bytes, with an [`Error`] if the stream ends too early.
struct Unpacking<'i> {
    packing: Packing,
    reader: Bytes<'i>,
}

impl Read for Unpacking<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.reader.read(to).map_err(|error| match error.kind() {
            Kind::Interrupted => error,
            _ => self.packing.trouble(error),
        })
    }
}

/// The members of a gzip stream.
enum Gzip<'i> {
    Member(Box<GzDecoder<BufReader<Bytes<'i>>>>),
    End,
}

impl Gzip<'_> {
    /// Goes on to the next member, if one follows; zeros may precede it.
    fn go_on(&mut self) -> io::Result<()> {
        let Gzip::Member(member) = std::mem::replace(self, Gzip::End) else {
            return Ok(());
        };
        let mut packed = member.into_inner();
        let mut padding = 0;
        loop {
            let next = match packed.fill_buf() {
                Err(error) if error.kind() == Kind::Interrupted => continue,
                next => next?,
            };
            let zeros = next.iter().take_while(|byte| **byte == 0).count();
            let (is_end, has_more) = (next.is_empty(), zeros < next.len());
            packed.consume(zeros);
            padding += zeros;
            if is_end {
                return Ok(());
            }
            if padding > PADDING {
                // As for other bytes that do not begin a member.
                return Err(Kind::UnexpectedEof.into());
            }
            if has_more {
                *self = Gzip::Member(Box::new(GzDecoder::new(packed)));
                return Ok(());
            }
        }
    }
}

impl Read for Gzip<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while let Gzip::Member(member) = self {
            let read = member.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            self.go_on()?;
        }
        Ok(0)
    }
}

/// The frames of a zstd stream.
struct Zstd<'i> {
    packed: BufReader<Bytes<'i>>,
    frame: FrameDecoder,
    /// How many bytes of the frame were unpacked; none between two frames.
    unpacked: Option<u64>,
}

impl Zstd<'_> {
    /// Begins the next frame that is not skippable; false if none follows.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            let begun = self.frame.init(&mut self.packed);
            let Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) = begun
            else {
                if let Err(FrameDecoderError::WindowSizeTooBig { requested, max }) = begun {
                    return Err(io::Error::other(window(requested, max)));
                }
                self.unpacked = Some(0);
                return begun.map(|()| true).map_err(io::Error::other);
            };
            let mut skipped = (&mut self.packed).take(length.into());
            if io::copy(&mut skipped, &mut io::sink())? < length.into() {
                return Err(Kind::UnexpectedEof.into());
            }
        }
        Ok(false)
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.unpacked.is_some() || self.begin()? {
            let frame = &mut self.frame;
            while frame.can_collect() == 0 && !frame.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = frame.decode_blocks(&mut self.packed, one);
                decoded.map_err(io::Error::other)?;
            }
            let read = frame.read(to)?;
            let unpacked = self.unpacked.unwrap_or(0) + read as u64;
            self.unpacked = Some(unpacked);
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            // The decoder itself does not check a finished frame.
            self.unpacked = None;
            let checksum = frame.get_checksum_from_data();
            if checksum.is_some() && checksum != frame.get_calculated_checksum() {
                return Err(io::Error::other("its checksum does not match"));
            }
            if ![0, unpacked].contains(&frame.content_size()) {
                return Err(io::Error::other("its size does not match"));
            }
        }
        Ok(0)
    }
}
