//! The XML of a workbook's part, an item at a time.
//!
//! Owns what of XML is allowed, and how much of it is held: one tag or text, and the
//! names of the open elements. Comments are skipped. A document type, and with it any
//! entity of its own, is refused. Knows nothing of workbooks.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::bounds;
use super::fault::{Checked, Fault};
use super::package::{Content, Part};

/// A part being read.
pub(super) struct Xml {
    reader: Reader<Metered>,
    buffer: Vec<u8>,
    /// How many elements are open.
    depth: usize,
}

/// A piece of XML. An empty element is one that starts and ends.
pub(super) enum Item<'x> {
    Start(Tag<'x>),
    End(BytesEnd<'x>),
    /// A text, or a part of one.
    Text(Cow<'x, str>),
    /// A comment or an instruction.
    Other,
    /// The part is over.
    Over,
}

/// The opening tag of an element.
pub(super) struct Tag<'x>(BytesStart<'x>);

impl Xml {
    pub(super) fn of(part: &Part) -> Self {
        let content = part.content();
        let mut reader = Reader::from_reader(Metered {
            content,
            left: bounds::TOKEN,
            is_exceeded: false,
        });
        reader.config_mut().expand_empty_elements = true;
        Xml {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Checked<Item<'_>> {
        self.buffer.clear();
        self.reader.get_mut().left = bounds::TOKEN;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(fault(self.reader.get_mut(), &error)),
        };
        Ok(match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > bounds::DEPTH {
                    return Err(Fault::Beyond(
                        format!("more than {} elements are within each other", bounds::DEPTH),
                        format!("at most {}", bounds::DEPTH),
                    ));
                }
                Item::Start(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Item::End(tag)
            }
            Event::Text(text) => Item::Text(text.xml10_content()),
            Event::CData(text) => Item::Text(text.xml10_content()),
            Event::GeneralRef(entity) => {
                if let Some(text) = resolve_xml_entity(&entity) {
                    return Ok(Item::Text(text.into()));
                }
                match entity.resolve_char_ref() {
                    Ok(Some(character)) => Item::Text(character.to_string().into()),
                    _ => return Err(malformed(&format!("unknown entity &{};", &*entity))),
                }
            }
            Event::DocType(_) => {
                return Err(malformed(
                    &"it has a document type (DTD), which workbooks never have",
                ));
            }
            Event::Eof if self.depth > 0 => return Err(malformed(&"it ends within an element")),
            Event::Eof => Item::Over,
            _ => Item::Other,
        })
    }

    /// Reads what remains, so that its size and checksum are known to be right. Its
    /// elements are not looked at.
    pub(super) fn finish(&mut self) -> Checked<()> {
        let content = &mut self.reader.get_mut().content;
        match io::copy(content, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(content
                .get_mut()
                .fault
                .take()
                .unwrap_or_else(|| malformed(&error))),
        }
    }

    /// How many bytes were unpacked so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.reader.get_ref().content.get_ref().read
    }
}

/// What is wrong, if the parser cannot go on.
fn fault(metered: &mut Metered, error: &quick_xml::Error) -> Fault {
    let most = bounds::size(bounds::TOKEN as u64);
    match metered.content.get_mut().fault.take() {
        Some(fault) => fault,
        None if metered.is_exceeded => Fault::Beyond(
            format!("a text or a tag is longer than {most}"),
            format!("texts and tags of at most {most}"),
        ),
        None => malformed(error),
    }
}

/// The message is cut: some quote the file.
fn malformed(what: &dyn std::fmt::Display) -> Fault {
    const MOST: usize = 200;
    let text = what.to_string();
    let text: String = text.chars().take(MOST).collect();
    Fault::Malformed(crate::text::visible(&text).into_owned())
}

impl Tag<'_> {
    /// Its name, without a prefix.
    pub(super) fn name(&self) -> &str {
        let name = self.0.name().into_inner();
        name.rsplit_once(':').map_or(name, |(_, name)| name)
    }

    /// The value of the attribute of exactly this name.
    pub(super) fn value(&self, name: &str) -> Checked<Option<Cow<'_, str>>> {
        self.find(|key| key == name)
    }

    /// The value of the attribute of this name with any prefix.
    pub(super) fn value_of_any(&self, name: &str) -> Checked<Option<Cow<'_, str>>> {
        self.find(|key| key.rsplit_once(':').map_or(key, |(_, name)| name) == name)
    }

    fn find(&self, is_it: impl Fn(&str) -> bool) -> Checked<Option<Cow<'_, str>>> {
        // The parser would compare each name with each other.
        for attribute in self.0.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| malformed(&error))?;
            if is_it(attribute.key.into_inner()) {
                return match attribute.value {
                    Cow::Borrowed(value) => unescape(value).map(Some),
                    Cow::Owned(value) => unescape(&value).map(|v| Some(v.into_owned().into())),
                }
                .map_err(|error| malformed(&error));
            }
        }
        Ok(None)
    }
}

/// Bytes of which the parser may hold only some at a time.
struct Metered {
    content: Content,
    /// How many it may still take for the piece that it reads.
    left: usize,
    is_exceeded: bool,
}

impl Read for Metered {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.content.read(to)
    }
}

impl BufRead for Metered {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            self.is_exceeded = true;
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.content.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.content.consume(amount);
    }
}
