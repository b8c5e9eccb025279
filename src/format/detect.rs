//! The format of an input, by its first bytes, and where these leave it open by its
//! name.
//!
//! Owns the detection. A stated format holds, unless the text is certainly something
//! else: then that is an error.

use crate::error::{Error, ErrorKind, Help, Setting};
use crate::format::json::text::{skip_space, value_end};
use crate::format::{BOM, Fault, FaultResult, foreign, ndjson};
use crate::input::{Format, Layout};

/// How a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begins {
    /// As a JSON object: `{"key":`.
    Object,
    /// As a JSON array.
    Array,
    /// As an object in the notation of a programming language: `{'key':`, `{key:`.
    LooseObject,
    /// As a text that is JSON as a whole, but neither object nor array.
    Scalar,
    /// With a bracket, as JSON does, but not as JSON goes on.
    Bracket,
    /// As no JSON does.
    Other,
}

/// Detects the format of an input. `sample` is its beginning; `None` asks for more of
/// it, and `enough` means that there is no more.
pub(crate) fn detect(
    layout: &Layout,
    name: &str,
    sample: &[u8],
    enough: bool,
) -> FaultResult<Option<Format>> {
    let from = match skip_space(sample, skipped(sample, layout.skip_lines)) {
        from if from < sample.len() => from,
        // Nothing is left, perhaps because it has no such lines.
        _ => skip_space(sample, skipped(sample, 0)),
    };
    let text = &sample[from..];
    if !layout.no_header {
        foreign::refuse(text, from)?;
    }
    let begins = begins(text, enough);
    if let Some(stated) = layout.format {
        return match (stated, begins) {
            (Format::Csv | Format::Tsv, Some(Begins::Object)) if !layout.no_header => {
                Err(not_as_stated(stated, from))
            }
            (Format::Csv | Format::Tsv, None) if !enough => Ok(None),
            _ => Ok(Some(stated)),
        };
    }
    let Some(begins) = begins else {
        return Ok(None);
    };
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let is_json = ending.as_deref() == Some("json");
    let by_ending = ending.as_deref().and_then(Format::from_ending);
    let is_lines = by_ending == Some(Format::Ndjson);
    Ok(match begins {
        Begins::Array => Some(Format::Json),
        Begins::Object if is_lines => Some(lines_or_document(text)),
        Begins::Object | Begins::LooseObject => match ndjson::looks_like(text) {
            Some(true) => Some(Format::Ndjson),
            None if !enough => None,
            _ => Some(Format::Json),
        },
        Begins::Scalar if is_lines => by_ending,
        Begins::Scalar => Some(Format::Json),
        // Perhaps damaged.
        Begins::Bracket | Begins::Other if is_lines && holds_objects(text) => by_ending,
        Begins::Bracket if ndjson::looks_like(text) == Some(true) && holds_objects(text) => {
            Some(Format::Ndjson)
        }
        Begins::Bracket if (is_lines || is_json) && !is_bracketed_name(text) => {
            by_ending.or(Some(Format::Json))
        }
        Begins::Other if is_json && holds_objects(text) => Some(Format::Json),
        // No header looks like this, so it is reported where it is damaged.
        Begins::Bracket | Begins::Other if by_ending.is_none() && is_of_objects(text) => {
            Some(Format::Json)
        }
        Begins::Bracket | Begins::Other => match by_ending {
            Some(Format::Tsv) => Some(Format::Tsv),
            _ => Some(Format::Csv),
        },
    })
}

/// The place after the byte order mark and this number of lines.
fn skipped(sample: &[u8], lines: usize) -> usize {
    let mut at = if sample.starts_with(BOM) {
        BOM.len()
    } else {
        0
    };
    for _ in 0..lines {
        let rest = &sample[at..];
        let Some(length) = memchr::memchr2(b'\n', b'\r', rest) else {
            return sample.len();
        };
        at += length
            + if rest[length..].starts_with(b"\r\n") {
                2
            } else {
                1
            };
    }
    at
}

/// How `text` begins; `None` if it is too short to know.
fn begins(text: &[u8], enough: bool) -> Option<Begins> {
    let unknown = |at: usize| at >= text.len() && !enough;
    match text.first() {
        None => (enough).then_some(Begins::Other),
        Some(b'{') => object(text, enough),
        Some(b'[') => {
            let first = skip_space(text, 1);
            if text.get(first) == Some(&b'{') {
                let inside = object(&text[first..], enough)?;
                return Some(match inside {
                    Begins::Object | Begins::LooseObject => Begins::Array,
                    _ => Begins::Bracket,
                });
            }
            match value_end(text, 0) {
                Ok(end) if unknown(end) => None,
                Ok(end) if ends_line(text, end) => Some(Begins::Array),
                // Names in brackets, as in `[1],[2]`.
                Ok(_) => Some(Begins::Bracket),
                // Cut off after sound JSON, or there is not enough of it.
                Err(broken) if broken.at >= text.len() => enough.then_some(Begins::Array),
                Err(broken) if broken.at > first && text[..broken.at].contains(&b',') => {
                    let between = text[first..broken.at].trim_ascii_end();
                    Some(match between.ends_with(b",") && text[first] == b'[' {
                        true => Begins::Array,
                        false => Begins::Bracket,
                    })
                }
                Err(_) => Some(Begins::Bracket),
            }
        }
        Some(b'"') => {
            let Ok(end) = value_end(text, 0) else {
                return (text.contains(&b'\n') || enough).then_some(Begins::Other);
            };
            let holds = [&b"\"{\\\""[..], b"\"[{\\\"", b"\"{ \\\""];
            Some(match holds.iter().any(|first| text.starts_with(first)) {
                // JSON in a string.
                true if ends_line(text, end) || text.get(end) == Some(&b',') => Begins::Scalar,
                _ => Begins::Other,
            })
        }
        Some(_) => Some(Begins::Other),
    }
}

/// How a text that begins with a brace goes on.
fn object(text: &[u8], enough: bool) -> Option<Begins> {
    let first = skip_space(text, 1);
    let cut_off = |at: usize| at >= text.len() && !enough;
    let key_end = match text.get(first) {
        None => return enough.then_some(Begins::Bracket),
        Some(b'}') if cut_off(first + 1) => return None,
        Some(b'}') => {
            let after = skip_space(text, first + 1);
            let is_object = ends_line(text, first + 1)
                || matches!(text.get(after), Some(b']'))
                || text.get(after) == Some(&b',') && {
                    text.get(skip_space(text, after + 1)) == Some(&b'{')
                };
            return Some(if is_object {
                Begins::Object
            } else {
                Begins::Bracket
            });
        }
        Some(b'"') => match value_end(text, first) {
            Ok(end) => end,
            Err(broken) if cut_off(broken.at) => return None,
            Err(_) => return Some(Begins::Bracket),
        },
        Some(b'\'') => match memchr::memchr(b'\'', &text[first + 1..]) {
            Some(length) => first + length + 2,
            None if !enough => return None,
            None => return Some(Begins::Bracket),
        },
        Some(_) => {
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
            let word = text[first..].iter().take_while(|byte| is_word(byte));
            first + word.count()
        }
    };
    let colon = skip_space(text, key_end);
    if cut_off(colon) {
        return None;
    }
    let is_quoted = text[first] == b'"';
    Some(match text.get(colon) {
        Some(b':') if is_quoted => Begins::Object,
        Some(b':') if key_end > first => {
            // `{id:int},name` is a header; an object goes to the end of its line.
            if !enough && !text.contains(&b'\n') {
                return None;
            }
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
            let line = line.trim_ascii_end();
            let line = line.strip_suffix(b"]").unwrap_or(line);
            let line = line.strip_suffix(b",").unwrap_or(line).trim_ascii_end();
            match line.ends_with(b"}") || line == b"{" || first > line.len() {
                true => Begins::LooseObject,
                false => Begins::Bracket,
            }
        }
        _ => Begins::Bracket,
    })
}

/// True if nothing else follows on the line.
fn ends_line(text: &[u8], at: usize) -> bool {
    let rest = text[at..].iter();
    let next = rest.copied().find(|byte| !matches!(byte, b' ' | b'\t'));
    matches!(next, None | Some(b'\n' | b'\r'))
}

/// NDJSON by its ending, unless the first value needs several lines.
fn lines_or_document(text: &[u8]) -> Format {
    match value_end(text, 0) {
        Ok(end) if text[..end].contains(&b'\n') => Format::Json,
        _ => Format::Ndjson,
    }
}

/// True if a later line begins as an object does, or the first one contains an array of
/// objects.
fn holds_objects(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    memchr::memmem::find(first, b"[{\"").is_some()
        || lines
            .map(<[u8]>::trim_ascii_start)
            .any(|line| line.starts_with(b"{\"") || line.starts_with(b"[{"))
}

/// True if the first line is one of JSON, as far as single signs show it: a bracket or a
/// comma, and objects behind it.
fn is_of_objects(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    let holds = |what: &[u8]| memchr::memmem::find(line, what).is_some();
    matches!(line.first(), Some(b'{' | b'[' | b',' | b'}' | b']'))
        && (line.starts_with(b"{\"") || holds(b"{\"") && holds(b"\":"))
}

/// True for a name in brackets, as some programs write a header: `{id},name`.
fn is_bracketed_name(text: &[u8]) -> bool {
    let close = if text[0] == b'{' { b'}' } else { b']' };
    let signs = b"{}[]\"':,;|\t\n\r";
    let end = text[1..].iter().position(|byte| signs.contains(byte));
    end.is_some_and(|end| {
        let behind = &text[end + 2..];
        text[end + 1] == close
            && end > 0
            && matches!(
                behind.first(),
                None | Some(b',' | b';' | b'|' | b'\t' | b'\n' | b'\r')
            )
    })
}

/// The fault of JSON that is stated to be something else.
fn not_as_stated(stated: Format, at: usize) -> Box<Fault> {
    let found = format!("says {}, but this is JSON", stated.title());
    let error = Error::about(Setting::InputFormat, ErrorKind::Usage, found)
        .expected("column names in the first line")
        .help(Help::leave_out(Setting::InputFormat));
    Fault::of_input(at, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(name: &str, text: &str) -> Option<Format> {
        detect(&Layout::default(), name, text.as_bytes(), true).unwrap()
    }

    #[test]
    fn text_is_known_by_its_first_bytes_whichever_its_ending() {
        const OBJECT: &str = "{\"contract\":\"yes\"}\n";
        let lines = OBJECT.repeat(2);
        let array = format!("[{OBJECT}]");
        let pretty = "{\n  \"contract\": \"yes\"\n}\n";
        for ending in ["", ".csv", ".tsv", ".txt", ".json", ".ndjson", ".xls"] {
            let name = format!("export{ending}");
            let format = |text: &str| format(&name, text);
            assert_eq!(format(&array), Some(Format::Json), "{name}");
            assert_eq!(format("[]"), Some(Format::Json), "{name}");
            assert_eq!(format("[ {} ]"), Some(Format::Json), "{name}");
            assert_eq!(format(pretty), Some(Format::Json), "{name}");
            assert_eq!(format(&lines), Some(Format::Ndjson), "{name}");
            assert_eq!(
                format("{'contract': 'yes'}\n{'contract': 'no'}\n"),
                Some(Format::Ndjson),
                "{name}"
            );
            let csv = if ending == ".tsv" {
                Format::Tsv
            } else {
                Format::Csv
            };
            for text in [
                "contract,name\nyes,A\n",
                "contract\nyes\n",
                "[Name],[City]\n",
                "{id},name\n",
                "[1],[2]\n",
                "{id}\n",
                "[id]\n",
                "<id>,name\n",
                "\"contract\",\"name\"\n",
                "\"contract\"\n\"yes\"\n",
            ] {
                assert_eq!(format(text), Some(csv), "{name}: {text}");
            }
        }
        for text in [
            "[,{\"contract\":\"yes\"},{\"contract\":\"no\"}]\n",
            "{,\"contract\":\"yes\"},{\"contract\":\"no\"}\n",
            ",{\"contract\":\"yes\"}]\n",
            "{\"contract\" \"yes\"}\n",
            "]{\"contract\":\"yes\"}\n",
        ] {
            assert_eq!(format("<stdin>", text), Some(Format::Json), "{text}");
        }
        for text in ["[x,contract\n", "{x,contract\n", "{id:int},name\n"] {
            assert_eq!(format("a.csv", text), Some(Format::Csv), "{text}");
            assert_eq!(format("a", text), Some(Format::Csv), "{text}");
        }
    }

    #[test]
    fn a_stated_format_holds_unless_it_cannot() {
        let stated = |format, text: &str| {
            let layout = Layout {
                format: Some(format),
                ..Layout::default()
            };
            detect(&layout, "a.json", text.as_bytes(), true).ok()
        };
        assert_eq!(stated(Format::Csv, "a,b\n"), Some(Some(Format::Csv)));
        assert_eq!(stated(Format::Csv, "{a},b\n"), Some(Some(Format::Csv)));
        assert_eq!(stated(Format::Csv, "{\"a\":1}\n"), None);
        assert_eq!(stated(Format::Json, "a,b\n"), Some(Some(Format::Json)));
        assert_eq!(stated(Format::Json, "<html>\n<head>"), None);
    }

    #[test]
    fn a_cut_off_sample_never_decides_otherwise_than_the_whole() {
        for text in [
            "[{\"contract\":\"yes\"}]\n",
            "{\"contract\":\"yes\"}\n{\"contract\":\"no\"}\n",
            "{}\n{}\n",
            "[1],[2]\nx,y\n",
            "[[1, 2], [3, 4]]\n",
            "{'contract': 'yes'}\n{'contract': 'no'}\n",
            "\"{\\\"a\\\":1}\"\n",
        ] {
            let whole = format("x", text);
            for end in 0..text.len() {
                let layout = Layout::default();
                let part = detect(&layout, "x", &text.as_bytes()[..end], false).unwrap();
                assert!(part.is_none() || part == whole, "{:?}", &text[..end]);
            }
        }
    }
}
