//! The XML of a workbook's part, an item at a time.
//!
//! Owns what of XML is allowed, how much of it is held (one tag or text, and the names of
//! the open elements), and that only elements of the format are handed out: what is within
//! others is skipped. Comments are skipped. A document type, and with it any entity of its
//! own, is refused. Knows nothing of workbooks.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesStart, Event};

use super::bounds;
use super::fault::{Checked, Fault};
use super::namespaces::{Namespaces, Space, Vocabulary};
use super::package::{Content, Part};
use super::tag::{Tag, declare, may_declare, split};
use crate::text::quoted;

/// A part being read.
pub(super) struct Xml {
    reader: Reader<Metered>,
    buffer: Vec<u8>,
    vocabulary: Vocabulary,
    namespaces: Namespaces,
    /// The namespace of the root, once it was read. Without one, elements are the format's
    /// if they have no prefix.
    root: Option<Space>,
    /// How many elements are open.
    depth: usize,
    /// The name of the element that was handed out last, if it is not the format's.
    foreign: Option<String>,
}

/// A piece of XML. An empty element is one that starts and ends.
pub(super) enum Item<'x> {
    /// An element of the format starts.
    Start(Tag<'x>),
    /// Another one started. It is skipped, up to its end.
    Foreign(Tag<'x>),
    /// The element ends that started last and did not end, nor was skipped.
    End,
    /// A text, or a part of one.
    Text(Cow<'x, str>),
    /// A comment or an instruction.
    Other,
    /// The part is over.
    Over,
}

impl Xml {
    pub(super) fn of(part: &Part, vocabulary: Vocabulary) -> Self {
        let content = part.content();
        let mut reader = Reader::from_reader(Metered {
            content,
            left: 0,
            is_exceeded: false,
        });
        reader.config_mut().expand_empty_elements = true;
        Xml {
            reader,
            buffer: Vec::new(),
            vocabulary,
            namespaces: Namespaces::of(&vocabulary),
            root: None,
            depth: 0,
            foreign: None,
        }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Checked<Item<'_>> {
        if let Some(name) = self.foreign.take() {
            self.skip_all_but(self.vocabulary.read, &name)?;
        }
        self.piece()
    }

    /// Reads the element that was just opened up to its end, without a look at what is in
    /// it.
    pub(super) fn skip(&mut self) -> Checked<()> {
        self.skip_all_but(&[], "")
    }

    /// The same; an error if one of these elements of the format is in it.
    pub(super) fn skip_all_but(&mut self, refused: &[&str], within: &str) -> Checked<()> {
        let outer = self.depth;
        while self.depth >= outer {
            match self.piece()? {
                Item::Start(tag) if refused.contains(&tag.name()) => {
                    return Err(Fault::misplaced(tag.name(), within));
                }
                Item::Over => break,
                _ => {}
            }
        }
        self.foreign = None;
        Ok(())
    }

    /// Hands out the text of an element of this name that was just opened, up to its end.
    pub(super) fn text(
        &mut self,
        name: &str,
        mut each: impl FnMut(&str) -> Checked<()>,
    ) -> Checked<()> {
        loop {
            match self.next()? {
                Item::Text(piece) => each(&piece)?,
                Item::End | Item::Over => return Ok(()),
                Item::Start(tag) | Item::Foreign(tag) => {
                    return Err(Fault::misplaced(tag.full_name(), name));
                }
                Item::Other => {}
            }
        }
    }

    /// The next piece, also one of an element that is skipped.
    fn piece(&mut self) -> Checked<Item<'_>> {
        self.buffer.clear();
        // A text ends before the byte that follows it, which is looked at.
        self.reader.get_mut().left = bounds::TOKEN + 1;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(_) if self.reader.get_ref().left == 0 => return Err(too_long()),
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
                if may_declare(&tag) {
                    declare(&mut self.namespaces, self.depth, &tag)?;
                }
                let (prefix, name) = split(tag.name().into_inner());
                let space = self.namespaces.of_element(prefix)?;
                if self.depth == 1 {
                    check_root(self.root, &self.vocabulary, space, &tag)?;
                    self.root = Some(space);
                }
                let is_strict = self.root != Some(Space::Nothing);
                if space == Space::Nothing && is_strict && self.vocabulary.read.contains(&name) {
                    let found = format!("the element {} has no namespace", quoted(name));
                    return Err(Fault::Malformed(found));
                }
                let is_own = space == Space::Own || space == Space::Nothing && !is_strict;
                self.foreign = (!is_own).then(|| tag.name().into_inner().to_owned());
                let tag = Tag::new(tag, self.depth, &self.namespaces, is_strict);
                match is_own {
                    true => Item::Start(tag),
                    false => Item::Foreign(tag),
                }
            }
            Event::End(_) => {
                self.namespaces.close(self.depth);
                self.depth = self.depth.saturating_sub(1);
                Item::End
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
            Event::Decl(declaration) => {
                check_encoding(&declaration)?;
                Item::Other
            }
            Event::Eof if self.depth > 0 => return Err(malformed(&"it ends within an element")),
            Event::Eof => Item::Over,
            _ => Item::Other,
        })
    }

    /// How many bytes were unpacked so far.
    pub(super) fn unpacked(&self) -> u64 {
        self.reader.get_ref().content.get_ref().read
    }
}

/// An error if the part does not begin with its root, or has another one after it.
fn check_root(
    before: Option<Space>,
    vocabulary: &Vocabulary,
    space: Space,
    tag: &BytesStart<'_>,
) -> Checked<()> {
    let (name, root) = (tag.name().into_inner(), vocabulary.root);
    if name.contains('\0') {
        return Err(other_encoding("UTF-16"));
    }
    let found = match before {
        Some(_) => format!("an element {} follows its end", quoted(name)),
        None if split(name).1 != root => {
            let (name, root) = (quoted(name), quoted(root));
            format!("it is an element {name} instead of {root}")
        }
        None if !matches!(space, Space::Own | Space::Nothing) => {
            format!("its element {} is of another namespace", quoted(name))
        }
        None => return Ok(()),
    };
    Err(Fault::Malformed(found))
}

/// An error if the part says that it is in another encoding than UTF-8. It is read as
/// UTF-8, so it cannot be UTF-16: some programs only say so.
fn check_encoding(declaration: &BytesDecl<'_>) -> Checked<()> {
    let Some(stated) = declaration.encoding() else {
        return Ok(());
    };
    let stated = stated.map_err(|error| malformed(&error))?;
    let known = ["utf-8", "utf8", "us-ascii", "ascii", "utf-16"];
    match known.iter().any(|known| stated.eq_ignore_ascii_case(known)) {
        true => Ok(()),
        false => Err(other_encoding(&quoted(&stated))),
    }
}

fn other_encoding(found: &str) -> Fault {
    Fault::Beyond(
        format!("its encoding is {found}, not UTF-8"),
        "XML in UTF-8, as spreadsheet programs write it".to_owned(),
    )
}

/// An error if this is anything but space between elements.
pub(super) fn check_blank(text: &str) -> Checked<()> {
    if text.trim_ascii().is_empty() {
        return Ok(());
    }
    let found = format!("it has the text {} outside of any value", quoted(text));
    Err(Fault::Malformed(found))
}

/// What is wrong, if the parser cannot go on.
fn fault(metered: &mut Metered, error: &quick_xml::Error) -> Fault {
    match metered.content.get_mut().fault.take() {
        Some(fault) => fault,
        None if metered.is_exceeded => too_long(),
        None if matches!(error, quick_xml::Error::Encoding(_)) => other_encoding("another one"),
        None => malformed(error),
    }
}

/// A piece is longer than it may be.
fn too_long() -> Fault {
    let most = bounds::size(bounds::TOKEN as u64);
    Fault::Beyond(
        format!("a text or a tag is longer than {most}"),
        format!("texts and tags of at most {most}"),
    )
}

/// The message is cut: some quote the file.
pub(super) fn malformed(what: &dyn std::fmt::Display) -> Fault {
    const MOST: usize = 200;
    let text = what.to_string();
    let text: String = text.chars().take(MOST).collect();
    Fault::Malformed(crate::text::visible(&text).into_owned())
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
        let filled = self.content.fill_buf()?;
        Ok(&filled[..filled.len().min(self.left)])
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.content.consume(amount);
    }
}
