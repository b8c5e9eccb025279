//! Lines for a person: where they break, and their colours.
//!
//! Owns what all of these texts have in common. Colours never
//! say anything alone.

use std::ffi::OsString;

use crate::text::visible;
use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::args::When;
use super::printed;

/// Where the width of a terminal is not known.
const WIDTH: usize = 80;
/// No line is made narrower.
const NARROWEST: usize = 24;

/// How wide a text may be, and whether it has colours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// Columns of a line.
    pub(super) width: usize,
    pub(super) colour: bool,
}

impl Screen {
    /// That of standard output, coloured as the user says.
    pub(super) fn of_output(color: When) -> Self {
        Screen {
            width: width(),
            colour: colours(color, printed::is_to_terminal(), &|name| {
                std::env::var_os(name)
            }),
        }
    }

    /// That of a file.
    pub(super) fn of_file() -> Self {
        Screen {
            width: WIDTH,
            colour: false,
        }
    }
}

pub(super) const STRONG: Style = Style::new().bold();
pub(super) const FAINT: Style = Style::new().dimmed();
pub(super) const PLAIN: Style = Style::new();
pub(super) const MORE: Style = AnsiColor::Cyan.on_default();
pub(super) const LESS: Style = AnsiColor::Yellow.on_default();

/// A piece of a line in one style.
#[derive(Debug, Clone)]
pub(super) struct Span(pub(super) Style, pub(super) String);

/// Text of one line: a break within it, and all else that is hidden, is shown.
pub(super) fn span(style: Style, text: impl Into<String>) -> Span {
    let text = text.into();
    Span(style, visible(&text).into_owned())
}

/// Lines as they are written.
pub(super) struct StyledText {
    pub(super) screen: Screen,
    pub(super) text: String,
}

impl StyledText {
    pub(super) fn new(screen: &Screen) -> Self {
        StyledText {
            screen: *screen,
            text: String::new(),
        }
    }

    pub(super) fn width(&self) -> usize {
        self.screen.width.max(NARROWEST)
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        self.hanging(0, 0, [span(FAINT, text)]);
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// Lines of which the first is set in by `first` spaces, and the others by `rest`.
    pub(super) fn hanging<const N: usize>(&mut self, first: usize, rest: usize, spans: [Span; N]) {
        self.wrapped(rest, &[span(PLAIN, " ".repeat(first))], &spans);
    }

    /// Lines that begin with `head`, or below it with as many spaces.
    pub(super) fn wrapped(&mut self, indent: usize, head: &[Span], spans: &[Span]) {
        let room = self.width().saturating_sub(indent);
        for (place, line) in broken(spans, room).into_iter().enumerate() {
            let mut whole = match place {
                0 => head.to_vec(),
                _ => vec![span(PLAIN, " ".repeat(indent))],
            };
            whole.extend(line);
            self.line(&whole);
        }
    }

    pub(super) fn line(&mut self, spans: &[Span]) {
        let mut line = String::new();
        for Span(style, text) in spans {
            match self.screen.colour && *style != PLAIN && !text.trim().is_empty() {
                true => line += &format!("{style}{text}{style:#}"),
                false => line += text,
            }
        }
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }
}

/// Spans as lines of at most `room` columns, broken at spaces, and within words that
/// are longer; at least one line. Spans without a space between them are one word.
pub(super) fn broken(spans: &[Span], room: usize) -> Vec<Vec<Span>> {
    let room = room.max(8);
    let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
    let mut at = 0;
    for word in words(spans) {
        let width: usize = word.iter().map(|Span(_, text)| text.width()).sum();
        // A mark without a width begins a line too.
        let is_begun = lines.last().is_some_and(|line| !line.is_empty());
        let mut gap = if is_begun { " " } else { "" };
        if is_begun && at + gap.len() + width > room {
            lines.push(Vec::new());
            (at, gap) = (0, "");
        }
        for Span(style, text) in &word {
            for piece in pieces(text, room) {
                if at > 0 && at + gap.len() + piece.width() > room {
                    lines.push(Vec::new());
                    (at, gap) = (0, "");
                }
                push(&mut lines, *style, gap, piece);
                at += gap.len() + piece.width();
                gap = "";
            }
        }
    }
    lines
}

/// Adds a piece to the last line.
fn push(lines: &mut [Vec<Span>], style: Style, gap: &str, piece: &str) {
    let Some(line) = lines.last_mut() else { return };
    match line.last_mut() {
        Some(Span(last, text)) if *last == style => {
            text.push_str(gap);
            text.push_str(piece);
        }
        _ => line.push(Span(style, format!("{gap}{piece}"))),
    }
}

/// The words of spans; one of them may have several styles.
fn words(spans: &[Span]) -> Vec<Vec<Span>> {
    let mut words: Vec<Vec<Span>> = Vec::new();
    let mut is_apart = true;
    for Span(style, text) in spans {
        for (place, part) in text.split(' ').enumerate() {
            is_apart |= place > 0;
            if part.is_empty() {
                continue;
            }
            if std::mem::take(&mut is_apart) {
                words.push(Vec::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(Span(*style, part.to_owned()));
            }
        }
    }
    words
}

/// A word in pieces that are at most as wide as `room`.
pub(super) fn pieces(word: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while rest.width() > room {
        let mut ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        // At least one character, and as many as there is room for.
        let first = ends.next().unwrap_or(rest.len());
        let end = ends.take_while(|end| rest[..*end].width() <= room).last();
        let (piece, more) = rest.split_at(end.unwrap_or(first));
        pieces.push(piece);
        rest = more;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// How wide a line may be.
fn width() -> usize {
    let given = || std::env::var("COLUMNS").ok()?.parse().ok();
    let width = printed::terminal_width()
        .or_else(given)
        .filter(|width| *width > 0);
    width.unwrap_or(WIDTH)
}

/// Whether to colour where the user says `when`, by whether the output is a terminal, and
/// by the environment.
fn colours(when: When, is_terminal: bool, variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let says_no = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
            let is_dumb = variable("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !says_no && !is_dumb
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::effort::cases;
    use proptest::prelude::*;

    fn style() -> impl Strategy<Value = Style> {
        prop::sample::select(vec![PLAIN, STRONG, FAINT])
    }

    fn text(line: &[Span]) -> String {
        line.iter().map(|Span(_, text)| text.as_str()).collect()
    }

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn lines_are_as_wide_as_there_is_room_and_lose_nothing(
            spans in prop::collection::vec((style(), "[a-c \\u{e9}\\u{6f22}\\u{301}]{0,40}"), 0..5),
            room in 0..30_usize,
        ) {
            let spans: Vec<Span> = spans.into_iter().map(|(style, text)| Span(style, text + " ")).collect();
            let lines = broken(&spans, room);
            prop_assert!(!lines.is_empty());
            for line in &lines {
                prop_assert!(text(line).width() <= room.max(8), "{line:?}");
            }
            let bare = |text: &str| text.replace(' ', "");
            let broken: String = lines.iter().map(|line| bare(&text(line))).collect();
            prop_assert_eq!(broken, bare(&text(&spans)));
            // Words that fit stay whole.
            let words: Vec<String> = lines.iter().flat_map(|line| text(line).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
            for word in text(&spans).split(' ').filter(|word| !word.is_empty() && word.width() <= 8) {
                prop_assert!(words.iter().any(|known| known == word), "{word:?} in {words:?}");
            }
        }
    }

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        for (when, is_terminal, name, value, is_coloured) in [
            (When::Auto, true, "", "", true),
            (When::Auto, true, "NO_COLOR", "", true),
            (When::Auto, false, "", "", false),
            (When::Auto, false, "NO_COLOR", "1", false),
            (When::Auto, true, "NO_COLOR", "1", false),
            (When::Auto, true, "TERM", "dumb", false),
            (When::Never, true, "", "", false),
            // What the command line says counts more.
            (When::Always, false, "NO_COLOR", "1", true),
        ] {
            let variable = |asked: &str| (asked == name).then(|| OsString::from(value));
            let found = colours(when, is_terminal, &variable);
            assert_eq!(found, is_coloured, "{when:?} {is_terminal} {name}={value}");
        }
    }
}
