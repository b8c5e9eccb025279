//! The encodings in which a line may be written.
//!
//! Owns the suggestion for text that is not UTF-8 and whose encoding is not stated: how
//! the line reads in each encoding, the likeliest first. A guess is only shown, and
//! nothing is read by it.

use encoding_rs::{ISO_8859_2, MACINTOSH, WINDOWS_1250, WINDOWS_1252, WINDOWS_1258};

use crate::input::Encoding;
use crate::input::decode::composed;
use crate::input::layout::Codec;

/// How many readings are shown, at most.
const MOST: usize = 4;
/// How many characters of the line around the byte are shown.
const SHOWN: usize = 60;
/// How many bytes on each side of it are looked at.
const NEAR: usize = 240;
/// How many bytes of the input's beginning are weighed.
const WEIGHED: usize = 16 * 1024;

/// The usual encodings, other than UTF-8, of the languages we read: more common ones
/// first.
const CANDIDATES: [&encoding_rs::Encoding; 5] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1258,
    ISO_8859_2,
    MACINTOSH,
];

/// Letters of German, French, Polish and Vietnamese.
const LETTERS: &str = "äöüßàâæçéèêëîïôœùûÿąćęłńóśźżăđơưÄÖÜÀÂÆÇÉÈÊËÎÏÔŒÙÛĄĆĘŁŃÓŚŹŻĂĐƠƯ";
/// Characters that occur between words, or next to a number.
const SIGNS: &str = "’‘“”„‚«»‹›–—…·•\u{a0}€§°©®™№";

/// How a line reads in some encodings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The labels of these encodings, the likeliest first.
    pub(crate) labels: Vec<String>,
    pub(crate) text: String,
}

/// The lines at an input's beginning that are not ASCII: they are weighed if a later
/// line is not UTF-8. Empty if the beginning is UTF-8.
pub(crate) fn beginning(sample: &[u8]) -> Vec<u8> {
    let mut lines = Vec::new();
    if std::str::from_utf8(sample).is_ok() {
        return lines;
    }
    for line in sample.split_inclusive(|byte| *byte == b'\n') {
        if lines.len() < WEIGHED && !line.is_ascii() {
            lines.extend_from_slice(&line[..line.len().min(WEIGHED)]);
        }
    }
    lines
}

/// How the line of `text` with the byte `at` reads in the likeliest encodings, judged
/// by the line itself and by the input's `beginning`.
pub(crate) fn readings(text: &[u8], at: usize, beginning: &[u8]) -> Vec<Reading> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let (before, behind) = text.split_at(at.min(text.len()));
    let start = before.iter().rposition(is_break).map_or(0, |i| i + 1);
    let before = &before[start.max(before.len().saturating_sub(NEAR))..];
    let end = behind.iter().position(is_break).unwrap_or(behind.len());
    let line = [before, &behind[..end.min(NEAR)]].concat();
    let mut weighed: Vec<(i64, String, String)> = Vec::new();
    // The points that one of DOS's encodings has to exceed.
    let mut limit = None;
    let standard = CANDIDATES.map(Encoding::standard);
    for encoding in standard.into_iter().chain(Encoding::of_dos()) {
        let texts = [&line, before, beginning].map(|bytes| decoded(encoding, bytes));
        if let [Some(line), Some(before), Some(beginning)] = texts {
            let label = encoding.name().to_ascii_lowercase();
            let text = cut(&line, before.chars().count());
            let points = points(&line) + points(&beginning);
            // Hardly any export is in one of DOS's: the others come first.
            let best = weighed.iter().map(|(points, ..)| *points).max();
            let is_of_dos = matches!(encoding.codec(), Codec::Dos(_));
            if !is_of_dos || points > *limit.get_or_insert(best.unwrap_or(0).max(0)) {
                weighed.push((points, label, text));
            }
        }
    }
    let is_likely = weighed.iter().any(|(points, ..)| *points >= 0);
    weighed.retain(|(points, ..)| *points >= 0 || !is_likely);
    weighed.sort_by_key(|(points, ..)| std::cmp::Reverse(*points));
    let mut readings: Vec<Reading> = Vec::new();
    for (_, label, text) in weighed {
        match readings.iter_mut().find(|reading| reading.text == text) {
            Some(reading) => reading.labels.push(label),
            None => readings.push(Reading {
                labels: vec![label],
                text,
            }),
        }
    }
    readings.truncate(MOST);
    readings
}

/// The text, if it is valid in this encoding: control characters of the upper half and
/// private-use characters are not.
fn decoded(encoding: Encoding, bytes: &[u8]) -> Option<String> {
    let text = match encoding.codec() {
        Codec::Standard(codec) => codec
            .decode_without_bom_handling_and_without_replacement(bytes)?
            .into_owned(),
        Codec::Dos(page) => {
            let characters = page.characters();
            let of_byte = |byte: &u8| characters[usize::from(*byte)];
            bytes.iter().map(of_byte).collect()
        }
    };
    let is_odd = |c| matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}');
    (!text.contains(is_odd)).then(|| match encoding.is(WINDOWS_1258) {
        true => composed(&text),
        false => text,
    })
}

/// The letters of the languages we read, minus everything else that is not ASCII.
fn points(text: &str) -> i64 {
    let mut points = 0;
    let mut last = ' ';
    // Runs of non-ASCII letters: words have few of them.
    let mut row = 0;
    let mut characters = text.chars().filter(|c| !c.is_ascii_control()).peekable();
    while let Some(c) = characters.next() {
        row = if c.is_alphabetic() && !c.is_ascii() {
            row + 1
        } else {
            0
        };
        let is_vietnamese = ('\u{1ea0}'..='\u{1ef9}').contains(&c);
        let next = characters.peek().copied().unwrap_or(' ');
        let is_inside = last.is_alphabetic() && next.is_alphabetic();
        let is_clash = c.is_uppercase() && last.is_lowercase();
        // A capital between a letter and a small one, or a sign within a word.
        let is_odd = match c.is_alphabetic() {
            true => c.is_uppercase() && is_inside && next.is_lowercase(),
            false => is_inside && !is_mark(c) && !"’·•\u{a0}–—".contains(c),
        };
        points += match c {
            _ if c.is_ascii() => 0,
            _ if is_odd => -3,
            // No word has a vowel with such an accent after this one.
            _ if last == 'a' && "àâæèêôœù".contains(c) => -2,
            _ if SIGNS.contains(c) => 0,
            _ if (LETTERS.contains(c) || is_vietnamese) && row <= 3 && !is_clash => 1,
            _ => -1,
        };
        last = c;
    }
    points
}

/// True for a mark over or under the letter before it.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The part of a line around its character `at`; characters that would break the shown
/// line become spaces.
fn cut(line: &str, at: usize) -> String {
    let length = line.chars().count();
    let last = length.saturating_sub(SHOWN);
    let skipped = at.saturating_sub(SHOWN / 2).min(last);
    let before = if skipped > 0 { "…" } else { "" };
    let after = if skipped < last { "…" } else { "" };
    let shown: String = line.chars().skip(skipped).take(SHOWN).collect();
    format!("{before}{}{after}", shown.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels and the text of each row.
    fn rows(line: &[u8], beginning: &[u8]) -> Vec<String> {
        let at = std::str::from_utf8(line).unwrap_err().valid_up_to();
        let rows = readings(line, at, beginning);
        let row = |row: Reading| format!("{}: {}", row.labels.join(" "), row.text);
        rows.into_iter().map(row).collect()
    }

    #[test]
    fn the_likeliest_language_comes_first() {
        for (encoding, text) in [
            (WINDOWS_1252, "Forêt d’Orléans à l’Ouest"),
            (WINDOWS_1250, "Usługi księgowe „Żółw”"),
            (ISO_8859_2, "Śląskie usługi, Łódź"),
            (MACINTOSH, "Größe über alles; né à Gênes"),
        ] {
            let (bytes, ..) = encoding.encode(text);
            let rows = rows(&bytes, b"");
            let first = rows.first().unwrap();
            let label = encoding.name().to_ascii_lowercase();
            assert!(first.contains(&label) && first.ends_with(text), "{rows:?}");
        }
        // Vietnamese, with the tones as separate marks.
        let rows = rows(b"H\xf5\xf2p \xf0\xf4\xccng", b"");
        assert!(rows[0].starts_with("windows-1258: "), "{rows:?}");
    }

    #[test]
    fn code_pages_of_dos_are_suggested_where_nothing_else_reads_better() {
        for (line, first) in [
            (
                &b"Vertr\x84ge f\x81r M\x94bel"[..],
                "cp850 cp437 cp852: Verträge für Möbel",
            ),
            (b"caf\x82 \x85 c\x93t\x82", "cp850 cp437: café à côté"),
            (
                b"Us\x88uga ksi\xa9gowa \xbd\xa2\x88w",
                "cp852: Usługa księgowa Żółw",
            ),
            (b"Ma\x88ecki", "cp852: Małecki"),
            (b"Ma\x88ecki;\x97liwa;B\xa5k", "cp852: Małecki;Śliwa;Bąk"),
            (b"B\xa5k;Ma\x88ecki", "cp852: Bąk;Małecki"),
        ] {
            assert_eq!(rows(line, b"")[0], first);
        }
        for text in ["Größe", "Société à Gênes", "Verträge"] {
            let (bytes, ..) = WINDOWS_1252.encode(text);
            let rows = rows(&bytes, b"");
            assert!(!rows.iter().any(|row| row.contains("cp8")), "{rows:?}");
        }
    }

    #[test]
    fn the_beginning_shows_what_the_line_cannot() {
        let line = b"W\xf3jcik";
        assert!(rows(line, b"")[0].starts_with("windows-1252 "));
        let (polish, ..) = WINDOWS_1250.encode("Łódź;Świętokrzyska\nżółw\n");
        assert!(rows(line, &polish)[0].starts_with("windows-1250"));
    }

    #[test]
    fn a_long_line_is_cut_around_the_byte() {
        let line = [&[b'a'; 100][..], b"\xfc", &[b'b'; 100]].concat();
        let shown = &rows(&line, b"")[0];
        let text = shown.split_once(": ").unwrap().1;
        assert_eq!(text.chars().count(), SHOWN + 2);
        assert!(text.starts_with('…') && text.contains("aüb") && text.ends_with('…'));
    }
}
