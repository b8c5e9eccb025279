//! Packed bytes, unpacked.
//!
//! Owns gzip and zstd: how they are known, and what is said of a stream that is
//! cut off or damaged. Knows nothing of what was packed.

use std::io::{self, BufRead, BufReader, ErrorKind as Kind, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::{Error, ErrorKind};
use crate::input::Bytes;

/// How many packed bytes are read at a time.
const BUFFER: usize = 32 * 1024;

/// How an input was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip, with one member or several.
    Gzip,
    /// zstd, with one frame or several.
    Zstd,
}

impl Packing {
    /// As a message names it.
    pub fn name(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }

    /// What bytes that begin so are packed with, if they are.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Packing::Gzip),
            // A frame, or one to be skipped before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Some(Packing::Zstd)
            }
            _ => None,
        }
    }

    /// The name of the file without what the packing added to it.
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
        match self {
            Packing::Gzip => Box::new(Gzip(MultiGzDecoder::new(packed))),
            Packing::Zstd => Box::new(Zstd::new(packed)),
        }
    }

    /// The error where the stream cannot be unpacked any further.
    fn trouble(self, source: &io::Error) -> io::Error {
        let name = self.name();
        let mut found = format!("the {name} stream is damaged: {source}");
        let mut next: Option<&(dyn std::error::Error + 'static)> = Some(source);
        while let Some(error) = next {
            let io = error.downcast_ref::<io::Error>();
            match io {
                // The system's, not the stream's.
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
            .expected("a stream that is whole")
            .help("get the file again from where it came from");
        io::Error::other(error)
    }
}

struct Gzip<'i>(MultiGzDecoder<BufReader<Bytes<'i>>>);

impl Read for Gzip<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.0.read(to).map_err(|error| match error.kind() {
            Kind::Interrupted => error,
            _ => Packing::Gzip.trouble(&error),
        })
    }
}

/// The frames of a zstd stream.
struct Zstd<'i> {
    packed: BufReader<Bytes<'i>>,
    decoder: FrameDecoder,
    /// A frame has begun and is not over.
    within: bool,
    /// How many bytes of the frame came out.
    unpacked: u64,
}

impl<'i> Zstd<'i> {
    fn new(packed: BufReader<Bytes<'i>>) -> Self {
        Zstd {
            packed,
            decoder: FrameDecoder::new(),
            within: false,
            unpacked: 0,
        }
    }

    /// Begins the next frame that is not to be skipped; false where none follows.
    fn begin(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.packed) {
                Ok(()) => {
                    (self.within, self.unpacked) = (true, 0);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.packed).take(length.into());
                    if io::copy(&mut skipped, &mut io::sink())? < length.into() {
                        return Err(Kind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Checks a frame that is over. The decoder itself does not.
    fn end(&mut self) -> io::Result<()> {
        self.within = false;
        let checksum = self.decoder.get_checksum_from_data();
        let size = self.decoder.content_size();
        if checksum.is_some() && checksum != self.decoder.get_calculated_checksum() {
            return Err(io::Error::other("its checksum does not fit"));
        }
        if size != 0 && size != self.unpacked {
            return Err(io::Error::other("its size does not fit"));
        }
        Ok(())
    }

    fn step(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.within || self.begin()? {
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = self.decoder.decode_blocks(&mut self.packed, one);
                decoded.map_err(io::Error::other)?;
            }
            let read = self.decoder.read(to)?;
            self.unpacked += read as u64;
            if read > 0 {
                return Ok(read);
            }
            self.end()?;
        }
        Ok(0)
    }
}

impl Read for Zstd<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        self.step(to).map_err(|error| Packing::Zstd.trouble(&error))
    }
}
