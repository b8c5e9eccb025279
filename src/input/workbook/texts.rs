//! Texts with runs of formatting: those that cells share, and those within a cell.
//!
//! Owns how such a text is read, and the table of the shared ones, which is held in
//! memory. How many there are is counted: what the part claims is not looked at.

use super::bounds;
use super::fault::{Checked, Fault};
use super::namespaces::{MAIN, Vocabulary};
use super::package::Part;
use super::tag::Tag;
use super::xml::{Item, Xml, check_blank};
use crate::text::{grouped, quoted};

/// The elements of the part with the shared texts.
const SHARED: Vocabulary = Vocabulary {
    root: "sst",
    namespaces: MAIN,
    read: &["si", "r", "t"],
};

/// The texts that cells share.
#[derive(Default)]
pub(super) struct Texts {
    /// All of them, one after the other.
    text: String,
    /// Where each ends. A part unpacks to less than 4 GiB.
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn read(part: &Part) -> Checked<Self> {
        let mut texts = Texts::default();
        let mut xml = Xml::of(part, SHARED);
        loop {
            match xml.next()? {
                Item::Start(tag) if tag.depth == 1 => {
                    if let Some(claimed) = tag.value("uniqueCount")? {
                        check_claim(&claimed, part.size)?;
                    }
                }
                Item::Start(tag) => match tag.name() {
                    "si" => {
                        read(&mut xml, &mut texts.text)?;
                        let end = u32::try_from(texts.text.len());
                        texts.ends.push(end.expect("a part is at most 4 GiB long"));
                    }
                    "extLst" => xml.skip()?,
                    name => return Err(Fault::misplaced(name, SHARED.root)),
                },
                Item::Over => return Ok(texts),
                _ => {}
            }
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let before = number.checked_sub(1).map(|before| self.ends[before]);
        Some(&self.text[before.unwrap_or(0) as usize..end])
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }
}

/// An error if a part of this size claims to hold more texts than it can.
fn check_claim(claimed: &str, size: u64) -> Checked<()> {
    let number = claimed.trim().parse().unwrap_or(u64::MAX);
    let most = (size / bounds::SHARED_TEXT).max(bounds::TEXTS_CLAIMED);
    if number <= most {
        return Ok(());
    }
    let (claimed, size) = (quoted(claimed), grouped(size));
    Err(Fault::Beyond(
        format!("it claims to hold {claimed} shared texts in {size} bytes"),
        "as many texts as there are".to_owned(),
    ))
}

/// Adds the text of an element that was just opened, up to its end: its runs, one after
/// the other, without hints on their pronunciation.
pub(super) fn read(xml: &mut Xml, to: &mut String) -> Checked<()> {
    let start = to.len();
    let mut in_run = false;
    loop {
        match xml.next()? {
            Item::Start(tag) => match tag.name() {
                "t" => {
                    let (from, is_kept) = (to.len(), keeps_spaces(&tag)?);
                    xml.text("t", |piece| {
                        to.push_str(piece);
                        check_length(to.len() - start)
                    })?;
                    finish(to, from, is_kept);
                }
                "r" if !in_run => in_run = true,
                "rPr" | "rPh" | "phoneticPr" | "extLst" => xml.skip()?,
                name => return Err(Fault::misplaced(name, if in_run { "r" } else { "a text" })),
            },
            Item::Text(text) => check_blank(&text)?,
            Item::End if in_run => in_run = false,
            Item::End => return Ok(()),
            Item::Over => return Err(Fault::Malformed("it ends within a text".to_owned())),
            _ => {}
        }
    }
}

/// An error if a cell's text is longer than it may be.
pub(super) fn check_length(bytes: usize) -> Checked<()> {
    if bytes <= bounds::CELL {
        return Ok(());
    }
    let most = bounds::size(bounds::CELL as u64);
    Err(Fault::Beyond(
        format!("the text of a cell is longer than {most}"),
        format!("cells of at most {most}; spreadsheet programs allow 32,767 characters"),
    ))
}

fn keeps_spaces(tag: &Tag<'_>) -> Checked<bool> {
    Ok(tag.value("xml:space")?.as_deref() == Some("preserve"))
}

/// Turns the XML text from `from` on into the text that it is.
fn finish(to: &mut String, from: usize, is_kept: bool) {
    let raw = &to[from..];
    let trimmed = match is_kept {
        true => raw,
        false => raw.trim_matches([' ', '\t', '\r', '\n']),
    };
    if trimmed.len() < raw.len() || trimmed.contains("_x") {
        let text = unescaped(trimmed);
        to.truncate(from);
        to.push_str(&text);
    }
}

/// The text with the characters that XML cannot hold: `_x000D_` is one, by its number in
/// UTF-16. A pair of surrogates is one character. Half a pair is not a character: its
/// escape stays as it is written.
pub(super) fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('_') {
        let (before, from) = rest.split_at(at);
        unescaped.push_str(before);
        let (character, length) = match character(from) {
            Some((character, length)) => (character, length),
            None => ('_', 1),
        };
        unescaped.push(character);
        rest = &from[length..];
    }
    unescaped.push_str(rest);
    unescaped
}

/// The character that the text begins with, if it is written by its number, and how many
/// bytes that takes.
fn character(text: &str) -> Option<(char, usize)> {
    let first = unit(text)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some((character, ESCAPE));
    }
    let pair = [first, unit(&text[ESCAPE..])?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((character, 2 * ESCAPE))
}

/// The length of `_x000D_`.
const ESCAPE: usize = 7;

/// The number of the character that the text begins with, if it is written like that.
fn unit(text: &str) -> Option<u16> {
    let digits = text.get(..ESCAPE)?.strip_prefix("_x")?.strip_suffix('_')?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_cannot_hold_are_written_by_their_numbers() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDCF7_!", "\u{1f4f7}!"),
            ("_xD83D__xD83D__xDCF7_", "_xD83D_\u{1f4f7}"),
            ("_xD83D_ _xdcf7_", "_xD83D_ _xdcf7_"),
            ("_xDCF7__xD83D_", "_xDCF7__xD83D_"),
            ("_xD83D__x0041_", "_xD83D_A"),
            ("_xD83D__a_xDCF7_", "_xD83D__a_xDCF7_"),
            ("_xD83D_é", "_xD83D_é"),
            ("_x00_ _xyzzy_ _", "_x00_ _xyzzy_ _"),
            ("_xé00_", "_xé00_"),
        ] {
            assert_eq!(unescaped(text), expected, "{text}");
        }
    }
}
