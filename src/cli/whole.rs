//! Files that are read whole: rulebooks, configurations, plans and cases.
//!
//! Owns how large such a file may be, so that a device or a wrong file ends with an error
//! rather than with the memory. TOML is measured before it is parsed: its parser takes some
//! 50 bytes for each word and sign, and a thousand for each table.

use std::io::{self, Read};
use std::path::Path;

use super::output::opened;
use crate::text::grouped;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

/// The most that a file may have.
pub(super) struct Bound {
    mib: u64,
    words: usize,
    tables: usize,
}

/// Of a rulebook: far more than one with 60,000 attributes has.
pub(super) const RULEBOOK: Bound = Bound {
    mib: 8,
    words: 3_000_000,
    tables: 300_000,
};

/// Of a configuration or a plan: far more than one with 10,000 columns has.
pub(super) const CONFIGURATION: Bound = Bound {
    mib: 8,
    words: 500_000,
    tables: 100_000,
};

/// The most that other files may have.
const MOST_MIB: u64 = 32;

/// All of a file.
pub(super) fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    limited(opened(path)?, MOST_MIB)
}

/// All of a configuration or a plan.
pub(super) fn configuration(path: &Path) -> io::Result<String> {
    let not_utf8 = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text");
    let bytes = CONFIGURATION.bytes(opened(path)?)?;
    let text = String::from_utf8(bytes).map_err(not_utf8)?;
    CONFIGURATION.check(&text)?;
    Ok(text)
}

fn limited(reader: impl Read, mib: u64) -> io::Result<Vec<u8>> {
    let most = mib << 20;
    let mut bytes = Vec::new();
    let read = reader.take(most + 1).read_to_end(&mut bytes)?;
    match read as u64 > most {
        true => Err(too_large(format!("it is larger than {mib} MiB"))),
        false => Ok(bytes),
    }
}

fn too_large(found: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, found)
}

impl Bound {
    /// All that a reader gives.
    pub(super) fn bytes(&self, reader: impl Read) -> io::Result<Vec<u8>> {
        limited(reader, self.mib)
    }

    /// Refuses TOML with more words or tables. A header, a dot in a key and an inline table
    /// count as a table each: each can be one.
    pub(super) fn check(&self, text: &str) -> io::Result<()> {
        let (mut words, mut tables, mut is_first) = (0, 0, true);
        for token in Source::new(text).lex() {
            words += 1;
            tables += match token.kind() {
                TokenKind::LeftSquareBracket => usize::from(is_first),
                TokenKind::Dot | TokenKind::LeftCurlyBracket => 1,
                _ => 0,
            };
            is_first = token.kind() == TokenKind::Newline;
            if words > self.words {
                let most = grouped(self.words as u64);
                return Err(too_large(format!(
                    "it has more than {most} words and signs"
                )));
            }
            if tables > self.tables {
                let most = grouped(self.tables as u64);
                return Err(too_large(format!("it has more than {most} tables")));
            }
        }
        Ok(())
    }
}
