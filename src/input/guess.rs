//! In which encodings a line may be written.
//!
//! Owns what is suggested where text is not UTF-8 and nobody said what it is: how
//! the line reads in each encoding, the likeliest first. Nothing is ever read by
//! such a guess.

use encoding_rs::{
    Encoding, GBK, ISO_8859_2, MACINTOSH, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
    WINDOWS_1258,
};

use crate::input::decode::composed;

/// How many readings are shown, at most.
const MOST: usize = 4;
/// How many characters of the line around the byte are shown.
const SHOWN: usize = 60;
/// How many bytes of it are looked at on each side.
const NEAR: usize = 240;
/// How many bytes of the input's beginning are weighed.
const WEIGHED: usize = 16 * 1024;

/// What text is written in where it is not UTF-8, in the languages we read: the
/// commoner before the rarer. The last three are other scripts.
const CANDIDATES: [&Encoding; 8] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1258,
    ISO_8859_2,
    MACINTOSH,
    WINDOWS_1251,
    GBK,
    SHIFT_JIS,
];

/// Letters of German, French, Polish and Vietnamese.
const LETTERS: &str = "äöüßàâæçéèêëîïôœùûÿąćęłńóśźżăđơưÄÖÜÀÂÆÇÉÈÊËÎÏÔŒÙÛĄĆĘŁŃÓŚŹŻĂĐƠƯ";
/// What stands between words, or beside a number.
const SIGNS: &str = "’‘“”„‚«»‹›–—…·•\u{a0}€£§°²³½¼¾©®™№";

/// How a line reads in some encodings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The labels of these encodings, the likeliest first.
    pub(crate) labels: Vec<String>,
    pub(crate) text: String,
}

/// The lines of an input's beginning that are more than ASCII: what there is to
/// weigh if a later line is not UTF-8. Nothing where the beginning is UTF-8.
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

/// How the line of `text` with the byte `at` reads in the likeliest encodings, by
/// what it says and by what the input's `beginning` says.
pub(crate) fn readings(text: &[u8], at: usize, beginning: &[u8]) -> Vec<Reading> {
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let at = at.min(text.len());
    let start = text[..at].iter().rposition(is_break).map_or(0, |i| i + 1);
    let end = text[at..].iter().position(is_break);
    let end = end.map_or(text.len(), |i| at + i).min(at + NEAR);
    let start = start.max(at.saturating_sub(NEAR));
    let before = &text[start..at];
    let mut weighed: Vec<(i64, &'static Encoding, String)> = Vec::new();
    for encoding in CANDIDATES {
        let (Some(line), Some(all)) = (
            decoded(encoding, &text[start..end]),
            decoded(encoding, beginning),
        ) else {
            continue;
        };
        let (Some(of_line), Some(of_all)) = (plausible(&line), plausible(&all)) else {
            continue;
        };
        let place = decoded(encoding, before).map_or(0, |text| text.chars().count());
        weighed.push((of_line + of_all, encoding, cut(&line, place)));
    }
    // Other scripts only where nothing else makes sense.
    let any = weighed
        .iter()
        .any(|(points, encoding, _)| *points >= 0 && !is_other_script(encoding));
    let any_script = weighed.iter().any(|(points, ..)| *points > 0);
    weighed.retain(|(points, encoding, _)| {
        (*points >= 0 || !any_script) && !(any && is_other_script(encoding))
    });
    weighed.sort_by_key(|(points, ..)| std::cmp::Reverse(*points));
    let mut readings: Vec<Reading> = Vec::new();
    for (_, encoding, text) in weighed {
        let label = encoding.name().to_ascii_lowercase();
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

fn is_other_script(encoding: &'static Encoding) -> bool {
    [WINDOWS_1251, GBK, SHIFT_JIS].contains(&encoding)
}

/// The text, if it is one in this encoding.
fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let fits: fn(char) -> bool = if encoding == WINDOWS_1251 {
        |c| matches!(c, '\u{400}'..='\u{4ff}') || SIGNS.contains(c)
    } else if encoding == GBK {
        |c| matches!(c, '\u{4e00}'..='\u{9fa5}' | '\u{3001}'..='\u{3011}' | '\u{ff01}'..='\u{ff5e}')
    } else if encoding == SHIFT_JIS {
        |c| matches!(c, '\u{3001}'..='\u{30ff}' | '\u{4e00}'..='\u{9fa5}' | '\u{ff01}'..='\u{ff5e}')
    } else {
        |c| !matches!(c, '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}')
    };
    let fit = text.chars().all(|c| c.is_ascii() || fits(c))
        // The part of it that is in use has two bytes beyond these.
        && (encoding != GBK || bytes.iter().all(|b| matches!(b, ..0x80 | 0xa1..)));
    fit.then(|| match encoding == WINDOWS_1258 {
        true => composed(&text),
        false => text.into_owned(),
    })
}

/// Points for what is usual, against what is not; `None` for what cannot be.
fn plausible(text: &str) -> Option<i64> {
    let mut points = 0;
    let mut last: Option<char> = None;
    // Letters beyond ASCII in a row.
    let mut row = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let beside = [last, chars.peek().copied()].map(|c| c.is_some_and(char::is_alphabetic));
        let is_word = c.is_alphabetic() && !matches!(c, '\u{2b0}'..='\u{2ff}');
        row = if is_word && !c.is_ascii() { row + 1 } else { 0 };
        if matches!(c, '\u{300}'..='\u{36f}') {
            // A tone without a vowel is no text.
            return None;
        } else if c.is_ascii() {
            // Reads the same in all of them.
        } else if is_word {
            let is_clash = c.is_uppercase() && last.is_some_and(char::is_lowercase);
            let is_mixed =
                !is_latin(c) && last.is_some_and(|last| last.is_alphabetic() && is_latin(last));
            points += match () {
                () if is_clash || is_mixed => -4,
                () if (LETTERS.contains(c) || is_vietnamese(c)) && row <= 3 => 3,
                () if is_latin(c) && row <= 3 => 0,
                () if is_latin(c) => -4,
                () => 1,
            };
        } else {
            points += match (c, beside) {
                ('’', _) | (_, [false, false]) => 0,
                (_, [true, true]) => -4,
                _ if "£²³½¼¾".contains(c) => -3,
                _ if SIGNS.contains(c) => 0,
                _ => -3,
            };
        }
        last = Some(c);
    }
    Some(points)
}

/// Vowels with a tone, which no other language has.
fn is_vietnamese(c: char) -> bool {
    matches!(c, '\u{1ea0}'..='\u{1ef9}')
}

fn is_latin(c: char) -> bool {
    c < '\u{250}' || matches!(c, '\u{1e00}'..='\u{1eff}')
}

/// The part of a line around its character `at`.
fn cut(line: &str, at: usize) -> String {
    let length = line.chars().count();
    let last = length.saturating_sub(SHOWN);
    let skipped = at.saturating_sub(SHOWN / 2).min(last);
    let before = if skipped > 0 { "…" } else { "" };
    let after = if skipped < last { "…" } else { "" };
    let shown = line.chars().skip(skipped).take(SHOWN).map(shown);
    format!("{before}{}{after}", shown.collect::<String>())
}

/// What would break the line that it is shown on.
fn shown(c: char) -> char {
    if c.is_control() { ' ' } else { c }
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
    fn a_line_that_reads_the_same_in_several_encodings_is_shown_once() {
        let rows = rows(b"Stra\xdfe;M\xfcnchen", b"");
        assert_eq!(
            rows,
            ["windows-1252 windows-1250 windows-1258 iso-8859-2: Straße;München"]
        );
    }

    #[test]
    fn the_likeliest_language_comes_first() {
        for (encoding, text) in [
            (WINDOWS_1252, "Forêt d’Orléans à l’Ouest"),
            (WINDOWS_1250, "Usługi księgowe „Żółw”"),
            (ISO_8859_2, "Śląskie usługi, Łódź"),
            (MACINTOSH, "Größe über alles; né à Gênes"),
            (WINDOWS_1251, "Клиент; Договор"),
            (GBK, "客户名称,合同"),
            (SHIFT_JIS, "お客様名,契約"),
        ] {
            let (bytes, ..) = encoding.encode(text);
            let rows = rows(&bytes, b"");
            let first = rows.first().unwrap();
            let label = encoding.name().to_ascii_lowercase();
            assert!(first.contains(&label) && first.ends_with(text), "{rows:?}");
        }
        // Vietnamese, with the tones as marks of their own.
        let rows = rows(b"H\xf5\xf2p \xf0\xf4\xccng", b"");
        assert!(rows[0].starts_with("windows-1258: "), "{rows:?}");
    }

    #[test]
    fn what_reads_as_nonsense_is_left_out() {
        // 9C is a control character in ISO 8859-2, and a letter in the others.
        for row in rows(b"\x9cwi\xeato", b"") {
            assert!(!row.contains("iso-8859-2"), "{row}");
        }
    }

    #[test]
    fn the_beginning_tells_what_the_line_cannot() {
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
