//! The delimiter of a text.
//!
//! Owns the choice, by how evenly the first records are split, and the signs that could
//! be the delimiter if none of the usual ones splits anything.

use crate::format::csv::beginning::{Row, first_rows};

/// The delimiters that are detected; of equally good ones the first is used.
pub(super) const DELIMITERS: [u8; 4] = [b'\t', b';', b',', b'|'];

/// How many lines may precede the header.
pub(super) const MOST_BEFORE: usize = 10;

/// How well a delimiter splits the first records; better ones are greater.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// At least nine of ten records are as wide as the header, or else the share of
    /// such records in percent.
    even: usize,
    /// Some of them would not occur inside text.
    is_firm: bool,
    exactly: usize,
    width: usize,
}

/// The delimiter that splits the records of `sample` from `start` on most evenly; a
/// comma if none splits them.
pub(super) fn detect(sample: &[u8], start: usize, complete: bool) -> u8 {
    let fits = DELIMITERS.into_iter().rev().filter_map(|delimiter| {
        let rows = first_rows(sample, start, delimiter, complete);
        Some((fit(&rows, delimiter)?, delimiter))
    });
    let best = fits.max_by(|(one, _), (other, _)| one.cmp(other));
    best.map_or(b',', |(_, delimiter)| delimiter)
}

fn fit(rows: &[Row<'_>], delimiter: u8) -> Option<Fit> {
    let is_firm = !rows.iter().all(|row| is_loose(row, delimiter));
    let header = rows.first()?.width();
    let even = rows.iter().filter(|row| row.width() == header).count() * 100 / rows.len();
    let by_header = (header > 1).then_some(Fit {
        even: even.min(90),
        is_firm,
        exactly: even,
        width: header,
    });
    // Lines before the header may not be split. What a single record looks like can be
    // the doing of its quotes.
    let by_body = body(rows).filter(|body| {
        let count = rows.len() - body.at;
        is_firm && body.even >= 90 && count > 1
    });
    let by_body = by_body.map(|body| Fit {
        even: 89,
        is_firm,
        exactly: body.even,
        width: body.width,
    });
    by_header.max(by_body)
}

/// True if each delimiter in a record could be part of text: followed by a space, or a
/// comma between digits.
pub(super) fn is_loose(row: &Row<'_>, delimiter: u8) -> bool {
    matches!(delimiter, b',' | b';')
        && row.cells.windows(2).all(|pair| {
            let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            pair[1].starts_with(b" ")
                || delimiter == b',' && digit(pair[0].last()) && digit(pair[1].first())
        })
}

/// The beginning of records that are alike, after lines that are not.
#[derive(Debug)]
pub(super) struct Body {
    /// The row, from 1.
    pub(super) at: usize,
    pub(super) width: usize,
    /// The share of rows from there on that have this width, in percent.
    pub(super) even: usize,
}

/// The body of a text whose first row differs from the others, if there is one.
pub(super) fn body(rows: &[Row<'_>]) -> Option<Body> {
    let later = rows.get(1..)?;
    let count = |width: usize| later.iter().filter(|row| row.width() == width).count();
    let widths = later.iter().map(Row::width);
    let width = widths.max_by_key(|&width| (count(width), width))?;
    let at = 1 + later.iter().position(|row| row.width() == width)?;
    if width < 2 || at > MOST_BEFORE {
        return None;
    }
    Some(Body {
        at,
        width,
        even: count(width) * 100 / (rows.len() - at),
    })
}

/// Signs that hardly ever occur in text, and that some programs use as delimiters.
const SIGNS: [char; 22] = [
    '\t', ';', ',', '|', '~', '^', ':', '#', '!', '*', '\\', '@', '\u{1}', '\u{1c}', '\u{1d}',
    '\u{1e}', '\u{1f}', '¦', '§', '¬', '·', 'þ',
];

/// The sign that occurs equally often in each of `lines`, if there are several lines;
/// as a sequence if it always occurs in one.
pub(super) fn unused_sign(lines: &[&str]) -> Option<String> {
    let (first, rest) = lines.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let often = |line: &str, sign: &str| line.matches(sign).count();
    let signs = SIGNS.iter().filter_map(|sign| {
        let one = sign.to_string();
        let count = often(first, &one);
        let alike = rest.iter().all(|line| often(line, &one) == count);
        (count > 0 && alike).then_some((count, one))
    });
    // The first of the most frequent ones.
    let (count, one) = signs.rev().max_by_key(|(count, _)| *count)?;
    let together = (2..=3).rev().find_map(|times| {
        let several = one.repeat(times);
        let alike = lines
            .iter()
            .all(|line| often(line, &several) * times == count);
        alike.then_some(several)
    });
    Some(together.unwrap_or(one))
}

/// True if runs of two or more spaces split all of `lines` into the same number of
/// pieces.
pub(super) fn is_aligned(lines: &[&str]) -> bool {
    let pieces = |line: &&str| {
        line.trim_end()
            .split("  ")
            .filter(|piece| !piece.is_empty())
            .count()
    };
    let mut counts = lines.iter().map(pieces);
    let Some(first) = counts.next().filter(|first| *first > 1) else {
        return false;
    };
    lines.len() > 2 && counts.all(|count| count == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_splits_evenly() {
        for (sample, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n", b';'),
            ("a\tb c\n1\t2, 3\n", b'\t'),
            ("a|b\n1|2\n", b'|'),
            ("only\none\n", b','),
            ("name,note;x\n1,a\n2,b;c\n", b','),
            ("\"a;b\";c,d;e\n1;2;3\n", b';'),
            // Decimal commas in each record, also where no header shows it.
            ("1,5;2,5;3,5\n4,5;5,5;6,5\n", b';'),
            ("id;a\n1;2,5\n2;3\n", b';'),
            // Addresses.
            ("Name;Ort, Land\nA;Berlin, DE\nB;Wien, AT\n", b';'),
            ("Name\tOrt, Land\nA\tBerlin, DE\n", b'\t'),
            ("1|Berlin, DE\n2|Wien, AT\n", b'|'),
            ("name,tags\nA,x|y\nB,z|w\n", b','),
            ("1,x|y\n2,z|w\n", b','),
            // The header alone, or one record alone.
            ("Name;Vertrag, unterschrieben;Dauer\n", b';'),
            ("name,contract", b','),
            ("1;Muster, Max;2,5", b';'),
            // Lines before the header.
            ("Report 2024\n\na;b;c\n1;2,5;3\n", b';'),
            ("Kunden, Stand 2024\na;b;c\n1;2;3\n4;5;6\n7;8;9\n", b';'),
            ("30\n1\tx\ty\n2\tx\ty\n", b'\t'),
            // A stray line, and quotes that open where another sign splits.
            (
                "a,b,c\ny,y,\"\n\"\n\"x;y\tz\",\"x;y\tz\",\"\n\"\nodd\n",
                b',',
            ),
            // One column, in which texts hold signs.
            ("note\na; b\nc; d\ne; f\n", b','),
            ("\"a;b\"\n\"1;2\"\n", b','),
        ] {
            assert_eq!(
                char::from(detect(sample.as_bytes(), 0, true)),
                char::from(delimiter),
                "{sample:?}"
            );
        }
    }

    #[test]
    fn a_sample_that_ends_within_a_record_gives_the_same() {
        let text = "name;note\n".to_owned() + &"Muster;\"a, b\nc, d\"\n".repeat(5);
        for end in 10..text.len() {
            assert_eq!(detect(&text.as_bytes()[..end], 0, false), b';', "{end}");
        }
    }
}
