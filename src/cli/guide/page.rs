//! How the guide looks on a terminal.
//!
//! Owns the layout: what is set in, how tables fit, and what a search shows.

use unicode_width::UnicodeWidthStr;

use crate::cli::styled::{FAINT, MORE, PLAIN, STRONG, Span, StyledText, span};
use crate::guide::Topic;

use super::block::{Block, Row, blocks};

/// What stands below a heading is set in by that many columns.
const INDENT: usize = 2;
/// The last column of a table is at least that wide, or the table is shown as a list.
const NARROWEST: usize = 28;

/// A whole topic.
pub(super) fn topic(page: &mut StyledText, topic: &Topic) {
    let blocks = blocks(topic.text);
    let mut before = None;
    for block in &blocks {
        if before.is_some_and(|before| is_apart(before, block)) {
            page.blank();
        }
        show(page, block);
        before = Some(block);
    }
}

/// Items of one list stand together.
fn is_apart(before: &Block, block: &Block) -> bool {
    !matches!((before, block), (Block::Item(..), Block::Item(..)))
}

fn show(page: &mut StyledText, block: &Block) {
    match block {
        Block::Heading(level, spans) => {
            let text: String = spans.iter().map(|Span(_, text)| text.as_str()).collect();
            let text = match level {
                1 => text.to_uppercase(),
                _ => text,
            };
            page.hanging(0, 0, [span(STRONG, text)]);
        }
        Block::Paragraph(spans) => {
            let head = [span(PLAIN, " ".repeat(INDENT))];
            page.wrapped(INDENT, &head, &quoted(page, spans));
        }
        Block::Item(depth, sign, spans) => {
            let indent = INDENT * depth;
            let head = [span(PLAIN, format!("{}{sign}", " ".repeat(indent)))];
            page.wrapped(indent + sign.len(), &head, &quoted(page, spans));
        }
        Block::Code(lines) => {
            for line in lines {
                let style = match line.starts_with("$ ") {
                    true => STRONG,
                    false => PLAIN,
                };
                page.line(&[
                    span(PLAIN, " ".repeat(2 * INDENT)),
                    span(style, line.as_str()),
                ]);
            }
        }
        Block::Table(rows) => table(page, rows),
    }
}

/// Code is in backticks where there is no colour to set it apart.
fn quoted(page: &StyledText, spans: &[Span]) -> Vec<Span> {
    let code = |one: &Span| match one {
        Span(style, text) if *style == MORE && !page.screen.colour => {
            span(PLAIN, format!("`{text}`"))
        }
        other => other.clone(),
    };
    spans.iter().map(code).collect()
}

fn width(spans: &[Span]) -> usize {
    spans.iter().map(|Span(_, text)| text.width()).sum()
}

/// Columns side by side, the last one wrapped; where it would be too narrow, each row is an
/// item with its cells below one another.
fn table(page: &mut StyledText, rows: &[Row]) {
    let rows: Vec<Row> = rows
        .iter()
        .map(|row| row.iter().map(|cell| quoted(page, cell)).collect())
        .collect();
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(widest).collect();
    let Some((last, first)) = widths.split_last() else {
        return;
    };
    let before: usize = INDENT + first.iter().map(|width| width + 2).sum::<usize>();
    let room = page.width().saturating_sub(before);
    if room < (*last).min(NARROWEST) {
        listed(page, &rows);
        return;
    }
    for (place, row) in rows.iter().enumerate() {
        let mut head = vec![span(PLAIN, " ".repeat(INDENT))];
        let style = |one: &Span| match place {
            0 => span(FAINT, one.1.as_str()),
            _ => one.clone(),
        };
        for (cell, width) in row.iter().zip(first) {
            head.extend(cell.iter().map(style));
            let gap = width + 2 - self::width(cell);
            head.push(span(PLAIN, " ".repeat(gap)));
        }
        let rest: Vec<Span> = row.iter().skip(first.len()).flatten().map(style).collect();
        page.wrapped(before, &head, &rest);
    }
}

fn listed(page: &mut StyledText, rows: &[Row]) {
    let Some((names, rows)) = rows.split_first() else {
        return;
    };
    for row in rows {
        for (place, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let name = names.get(place).map(|name| text(name)).unwrap_or_default();
            let (indent, head) = match place {
                0 => (INDENT, "- ".to_owned()),
                _ if name.is_empty() || names.len() == 2 => (INDENT + 2, String::new()),
                _ => (INDENT + 2, format!("{name}: ")),
            };
            let mut spans = vec![span(FAINT, head)];
            spans.extend(cell.iter().cloned());
            page.wrapped(INDENT + 4, &[span(PLAIN, " ".repeat(indent))], &spans);
        }
    }
}

fn text(spans: &[Span]) -> String {
    spans.iter().map(|Span(_, text)| text.as_str()).collect()
}

/// The blocks that contain `word`, each section below its name. False if there are none.
pub(super) fn search(page: &mut StyledText, topics: &[Topic], word: &str) -> bool {
    let wanted = word.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let mut found = false;
    for topic in topics {
        let mut section = String::new();
        let mut shown = None;
        for block in &blocks(topic.text) {
            let hits: Vec<Block> = match block {
                Block::Heading(1, _) => continue,
                Block::Heading(_, spans) => {
                    section = text(spans);
                    continue;
                }
                Block::Paragraph(spans) | Block::Item(_, _, spans) if has(&text(spans)) => {
                    vec![block.clone()]
                }
                Block::Code(lines) => {
                    let lines: Vec<String> =
                        lines.iter().filter(|line| has(line)).cloned().collect();
                    (!lines.is_empty())
                        .then_some(Block::Code(lines))
                        .into_iter()
                        .collect()
                }
                Block::Table(rows) => {
                    let row_has = |row: &&Row| row.iter().any(|cell| has(&text(cell)));
                    let mut kept: Vec<Row> = rows.iter().skip(1).filter(row_has).cloned().collect();
                    if !kept.is_empty() {
                        kept.splice(0..0, rows.first().cloned());
                    }
                    (!kept.is_empty())
                        .then_some(Block::Table(kept))
                        .into_iter()
                        .collect()
                }
                _ => Vec::new(),
            };
            for hit in &hits {
                if shown.as_ref() != Some(&section) {
                    if found {
                        page.blank();
                    }
                    let place = match section.is_empty() {
                        true => topic.name.to_owned(),
                        false => format!("{}: {section}", topic.name),
                    };
                    page.hanging(0, 0, [span(STRONG, place)]);
                    shown = Some(section.clone());
                }
                show(page, hit);
                found = true;
            }
        }
    }
    found
}
