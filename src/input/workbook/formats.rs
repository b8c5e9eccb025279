//! The formats of numbers: whether one is a date, a length of time or neither.
//!
//! Owns which formats show days. A cell refers to a style by its place, and a style to a
//! format by its number.

use std::collections::HashMap;

use super::fault::{Checked, Fault};
use super::namespaces::{MAIN, Vocabulary};
use super::package::Part;
use super::xml::{Item, Xml};
use crate::text::quoted;

/// The elements of the part with the styles.
const STYLES: Vocabulary = Vocabulary {
    root: "styleSheet",
    namespaces: MAIN,
    // Extensions hold formats of their own.
    read: &["numFmts", "cellXfs"],
};

/// What a number is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Number,
    /// A day, a time of day, or both.
    Date,
    /// A length of time.
    Length,
}

/// A list of the part with the styles.
#[derive(Clone, Copy)]
enum List {
    Formats,
    Styles,
    Other,
}

/// What the styles of cells show numbers as, by their places.
#[derive(Default)]
pub(super) struct Formats(Vec<Shown>);

impl Formats {
    pub(super) fn read(part: &Part) -> Checked<Self> {
        let mut own = HashMap::<u32, Shown>::new();
        // The numbers of the formats that the styles have; 0 is that of a plain number.
        let mut styles = Vec::<u32>::new();
        let (mut has_formats, mut has_styles) = (false, false);
        // The child of the root that is open.
        let mut list = List::Other;
        let mut xml = Xml::of(part, STYLES);
        loop {
            match xml.next()? {
                Item::Start(tag) => match (tag.depth, tag.name(), list) {
                    (2, "numFmts", _) if !has_formats => {
                        (list, has_formats) = (List::Formats, true);
                    }
                    (2, "cellXfs", _) if !has_styles => {
                        (list, has_styles) = (List::Styles, true);
                    }
                    (2, name @ ("numFmts" | "cellXfs"), _) => {
                        return Err(Fault::twice(format!("elements {}", quoted(name))));
                    }
                    (2, ..) => list = List::Other,
                    (3, "numFmt", List::Formats) => {
                        let number = tag.value("numFmtId")?.and_then(|id| id.parse().ok());
                        let code = tag.value("formatCode")?;
                        if let (Some(number), Some(code)) = (number, code) {
                            let shown = shown_by(&code);
                            if own
                                .insert(number, shown)
                                .is_some_and(|before| before != shown)
                            {
                                let two = format!("formats with the number {number}");
                                return Err(Fault::twice(two));
                            }
                        }
                    }
                    (3, "xf", List::Styles) => {
                        let number = tag.value("numFmtId")?.and_then(|id| id.parse().ok());
                        styles.push(number.unwrap_or(0));
                    }
                    _ => {}
                },
                Item::Over => {
                    let shown = |number| *own.get(&number).unwrap_or(&built_in(number));
                    return Ok(Formats(styles.into_iter().map(shown).collect()));
                }
                _ => {}
            }
        }
    }

    /// What a cell with this style shows a number as.
    pub(super) fn of(&self, style: Option<usize>) -> Shown {
        let shown = style.and_then(|style| self.0.get(style));
        shown.copied().unwrap_or(Shown::Number)
    }
}

/// What a format shows that every program has, by its number. The dates from 27 on are
/// those of East Asian languages.
fn built_in(number: u32) -> Shown {
    match number {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Date,
        46 => Shown::Length,
        _ => Shown::Number,
    }
}

/// What a format code shows numbers as: `dd/mm/yyyy` a date, `[h]:mm` a length of time.
/// Only the part for positive numbers counts.
fn shown_by(code: &str) -> Shown {
    let mut characters = code.chars();
    // Brackets that are open.
    let mut brackets = 0_u32;
    // An A was read, which may be that of AM/PM.
    let mut after_a = false;
    // The letter of a length of time, as in `[h]`, and the character before.
    let (mut is_length, mut before) = (false, ' ');
    while let Some(c) = characters.next() {
        match c {
            // The next one is shown as it is.
            '_' | '\\' | '*' => {
                before = characters.next().unwrap_or(c);
                continue;
            }
            '"' => drop(characters.by_ref().find(|c| *c == '"')),
            ';' => return Shown::Number,
            '[' => brackets = brackets.saturating_add(1),
            ']' if brackets == 1 && is_length => return Shown::Length,
            ']' => brackets = brackets.saturating_sub(1),
            'a' | 'A' if !after_a && brackets == 0 => after_a = true,
            'p' | 'm' | '/' | 'P' | 'M' if after_a && brackets == 0 => return Shown::Date,
            'd' | 'm' | 'h' | 'y' | 's' | 'D' | 'M' | 'H' | 'Y' | 'S'
                if !after_a && brackets == 0 =>
            {
                return Shown::Date;
            }
            _ if is_length && c.eq_ignore_ascii_case(&before) => {}
            _ => is_length = before == '[' && matches!(c.to_ascii_lowercase(), 'm' | 'h' | 's'),
        }
        before = c;
    }
    Shown::Number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_shows_a_date_a_length_of_time_or_a_number() {
        for (code, shown) in [
            ("DD/MM/YY", Shown::Date),
            ("H:MM:SS;@", Shown::Date),
            ("m\"M\"d\"D\";@", Shown::Date),
            ("[$-404]e\"\\xfc\"m\"\\xfc\"d\"\\xfc\"", Shown::Date),
            ("ha/p\\\\m", Shown::Date),
            ("*-yyyy-mm-dd", Shown::Date),
            ("[h]:mm:ss", Shown::Length),
            ("[ss].000", Shown::Length),
            ("[>=100][Magenta][s].00", Shown::Length),
            (
                "[Blue]\\+[h]:mm;[Red]\\-[h]:mm;[Green][h]:mm",
                Shown::Length,
            ),
            ("#,##0\\ [$\\u20bd-46D]", Shown::Number),
            (
                "\"Y: \"0.00\"m\";\"Y: \"-0.00\"m\";\"Y: <num>m\";@",
                Shown::Number,
            ),
            ("\"$\"#,##0_);[Red](\"$\"#,##0)", Shown::Number),
            ("0_ ;[Red]\\-0\\ ", Shown::Number),
            ("\\Y000000", Shown::Number),
            ("#,##0.0####\" YMD\"", Shown::Number),
            ("[>=100][Magenta]General", Shown::Number),
            ("#,##0*y", Shown::Number),
            ("General", Shown::Number),
        ] {
            assert_eq!(shown_by(code), shown, "{code}");
        }
        // More brackets than anything counts.
        assert_eq!(shown_by(&"[".repeat(100_000)), Shown::Number);
    }
}
