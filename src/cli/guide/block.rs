//! A text of the guide in blocks.
//!
//! Owns how Markdown is read: headings, paragraphs, lists, tables and code. Knows no
//! screen.

use anstyle::Style;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::cli::styled::{MORE, PLAIN, STRONG, Span, span};

/// A piece of a text.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// Its level, from 1.
    Heading(u8, Vec<Span>),
    Paragraph(Vec<Span>),
    /// Of a list: how deep it stands, from 1, what it begins with, and its text.
    Item(usize, String, Vec<Span>),
    Code(Vec<String>),
    /// The first row is the head.
    Table(Vec<Row>),
}

/// The cells of a row.
pub(super) type Row = Vec<Vec<Span>>;

/// What is being read.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    /// The lists that are open: each the number of its next item, if they are numbered.
    lists: Vec<Option<u64>>,
    /// The sign of the item that has no text yet.
    sign: Option<String>,
    is_strong: bool,
    code: Option<String>,
    table: Vec<Row>,
}

/// The blocks of a Markdown text.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        reader.read(event);
    }
    reader.blocks
}

impl Reader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::List(first)) => {
                self.end_text();
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => {
                self.end_text();
                self.sign = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let sign = format!("{number}. ");
                        *number += 1;
                        sign
                    }
                    _ => "- ".to_owned(),
                });
            }
            Event::End(TagEnd::Item | TagEnd::Paragraph) => self.end_text(),
            Event::Start(Tag::Strong) => self.is_strong = true,
            Event::End(TagEnd::Strong) => self.is_strong = false,
            Event::End(TagEnd::Heading(level)) => {
                let spans = std::mem::take(&mut self.spans);
                self.blocks.push(Block::Heading(level as u8, spans));
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.end_text();
                self.code = Some(String::new());
            }
            Event::End(TagEnd::CodeBlock) => {
                let code = self.code.take().unwrap_or_default();
                self.blocks
                    .push(Block::Code(code.lines().map(str::to_owned).collect()));
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => self.table.push(Row::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = std::mem::take(&mut self.spans);
                self.table
                    .last_mut()
                    .into_iter()
                    .for_each(|row| row.push(cell.clone()));
            }
            Event::End(TagEnd::Table) => {
                let table = std::mem::take(&mut self.table);
                self.blocks.push(Block::Table(table));
            }
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.spans.push(span(self.style(), text.into_string())),
            },
            Event::Code(text) => self.spans.push(span(MORE, text.into_string())),
            Event::SoftBreak | Event::HardBreak => self.spans.push(span(PLAIN, " ")),
            _ => {}
        }
    }

    fn style(&self) -> Style {
        match self.is_strong {
            true => STRONG,
            false => PLAIN,
        }
    }

    /// Ends a paragraph, or a paragraph of an item.
    fn end_text(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        if spans.is_empty() {
            return;
        }
        let depth = self.lists.len();
        self.blocks.push(match (depth, self.sign.take()) {
            (0, _) => Block::Paragraph(spans),
            (_, sign) => Block::Item(depth, sign.unwrap_or("  ".to_owned()), spans),
        });
    }
}
