//! CSV and TSV: records and fields are those of the csv crate, and nothing but the added
//! fields is new.

use clientype::Format;

use super::case::Case;
use super::labelled::{Find, Labelled, is_subsequence, options, rules, steady, steady_with};

pub(crate) const TOKENS: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{feff}",
    "sep=;\n",
    "sep=,\r\n",
    "contract",
    "duration",
    "start_date",
    "end_date",
    "email",
    "organization",
    "relationship_label",
    "affiliation_label",
    "yes",
    "no",
    "ja",
    "3 years",
    "2024-05-01",
    "01.02.2023",
    "Total",
    "Summe",
    "Acme GmbH",
    "a@acme.example",
    "\u{feff}\"",
    "\0",
    "é",
    "\u{2028}",
    "\u{202e}",
    "\u{1b}[31m",
    "#",
    "Page 1 of 2",
    "\"a\nb\"",
    "\"x\"y",
    "=1+1",
    "id,contract\n1,yes\n",
    ",,,,",
    "\";\"",
    "\u{a0}",
];

/// A table in any shape: the format is not stated unless by the words.
pub(crate) fn run(case: &Case<'_>) -> Find {
    let mut options = options(case);
    if options.layout.format.is_none() && !case.says("any") {
        let tabs = options.layout.delimiter.is_none() && case.says("tabs");
        options.layout.format = Some(if tabs { Format::Tsv } else { Format::Csv });
    }
    if options.layout.format == Some(Format::Csv)
        && options.layout.delimiter.is_none()
        && !case.says("detected")
    {
        options.layout.delimiter = Some(b',');
    }
    let input = case.main();
    let labelled = steady_with(rules(), &options, case, &[input], input.len())?;
    let is_tabled = matches!(options.layout.format, Some(Format::Csv | Format::Tsv));
    if labelled.result.is_err() || !is_tabled {
        return Ok(());
    }
    let delimiter = match options.layout.format {
        Some(Format::Tsv) => options.layout.delimiter.or(Some(b'\t')),
        _ => options.layout.delimiter,
    };
    let Some(delimiter) = delimiter else {
        return Ok(());
    };
    let is_plain = options.layout.skip_lines == 0
        && !options.layout.no_header
        && !options.replace
        && !options.layout.trailing_delimiter
        && options.layout.fields.is_none()
        && options.prefix.is_empty()
        && !case.says("pad")
        && !case.says("rejects")
        && !names_delimiter(input);
    if !is_plain {
        return Ok(());
    }
    // The delimiter says more than the format.
    let is = match delimiter {
        b'\t' => Format::Tsv,
        _ => Format::Csv,
    };
    match options.format {
        None => as_it_was(input, &labelled, delimiter, options.details),
        Some(format) if format == is => as_it_was(input, &labelled, delimiter, options.details),
        Some(Format::Json) => converted(input, &labelled, delimiter, true),
        Some(Format::Ndjson) => converted(input, &labelled, delimiter, false),
        Some(format) => rewritten(input, &labelled, delimiter, format),
    }
}

/// True for a text that begins with `sep=`, in any case.
fn names_delimiter(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    text.get(..4)
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case(b"sep="))
}

/// The records of a text as the csv crate reads them.
pub(crate) fn records(text: &[u8], delimiter: u8) -> Option<Vec<csv::ByteRecord>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true);
    reader
        .from_reader(text)
        .byte_records()
        .collect::<Result<_, _>>()
        .ok()
}

/// The output less the added fields is the input.
fn as_it_was(input: &[u8], labelled: &Labelled, delimiter: u8, has_details: bool) -> Find {
    let out = &labelled.out;
    if !is_subsequence(input, out) {
        return Err(format!(
            "bytes are lost: {:?}",
            String::from_utf8_lossy(out)
        ));
    }
    let (Some(before), Some(after)) = (records(input, delimiter), records(out, delimiter)) else {
        return Err("the csv crate cannot read it".to_owned());
    };
    if before.len() != after.len() {
        return Err(format!("{} records became {}", before.len(), after.len()));
    }
    let mut added = None;
    for (before, after) in before.iter().zip(&after) {
        let more = after.len().checked_sub(before.len());
        // All records get the same number of fields.
        if more.is_none() || more != *added.get_or_insert(more) {
            return Err(format!("{before:?} became {after:?}"));
        }
        // Where records end with a delimiter, the added fields stand before it.
        let is_moved =
            before.iter().next_back() == Some(b"") && after.iter().next_back() == Some(b"");
        let kept = before.len() - usize::from(is_moved);
        if !before.iter().take(kept).eq(after.iter().take(kept)) {
            return Err(format!("{before:?} became {after:?}"));
        }
    }
    let labels: [&[u8]; 5] = [
        b"Client",
        b"Customer",
        b"Undetermined",
        b"Internal",
        b"External",
    ];
    let has_own = || {
        labels
            .iter()
            .any(|label| input.windows(label.len()).any(|at| at == *label))
    };
    let is_empty_line = |record: &csv::ByteRecord| record.len() == 1 && record[0].is_empty();
    if has_details
        || !delimiter.is_ascii_punctuation() && delimiter != b'\t'
        || has_own()
        || before.iter().any(is_empty_line)
    {
        return Ok(());
    }
    // Byte by byte, where labels are found by their text.
    let delimiter = char::from(delimiter);
    let mut text = String::from_utf8_lossy(out).into_owned();
    text = text.replacen(
        &format!("{delimiter}relationship_label{delimiter}affiliation_label"),
        "",
        1,
    );
    for one in ["Client", "Customer", "Undetermined"] {
        for other in ["Internal", "External", "Undetermined"] {
            text = text.replace(&format!("{delimiter}{one}{delimiter}{other}"), "");
        }
    }
    let expected = String::from_utf8_lossy(input);
    match text == expected || text == format!("{expected}\n") || text == format!("{expected}\r\n") {
        true => Ok(()),
        false => Err(format!(
            "less its labels, the output is another text: {text:?}"
        )),
    }
}

/// Objects that have each field as the csv crate reads it.
fn converted(input: &[u8], labelled: &Labelled, delimiter: u8, is_array: bool) -> Find {
    let out = &labelled.out;
    let objects: Vec<serde_json::Value> = match is_array {
        true => serde_json::from_slice(out).map_err(|error| format!("no JSON: {error}"))?,
        false => {
            let lines = out
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty());
            let lines = lines.map(serde_json::from_slice);
            lines
                .collect::<Result<_, _>>()
                .map_err(|error| format!("no NDJSON: {error}"))?
        }
    };
    let Some(records) = records(input, delimiter) else {
        return Err("the csv crate cannot read it".to_owned());
    };
    let Some((header, records)) = records.split_first() else {
        return Ok(());
    };
    if objects.len() != records.len() {
        return Err(format!(
            "{} records became {}",
            records.len(),
            objects.len()
        ));
    }
    for (record, object) in records.iter().zip(&objects) {
        for (place, (name, field)) in header.iter().zip(record).enumerate() {
            let is_twice = header
                .iter()
                .enumerate()
                .any(|(other, of)| other != place && of == name);
            if is_twice || name.is_empty() {
                continue;
            }
            let (Ok(name), Ok(field)) = (std::str::from_utf8(name), std::str::from_utf8(field))
            else {
                continue;
            };
            let has = object.get(name).and_then(serde_json::Value::as_str);
            if has != Some(field) {
                return Err(format!(
                    "{name:?} is {field:?}, and became {:?}",
                    object.get(name)
                ));
            }
        }
    }
    Ok(())
}

/// A table in another format has the same fields.
fn rewritten(input: &[u8], labelled: &Labelled, delimiter: u8, format: Format) -> Find {
    let other = match format {
        Format::Csv => b',',
        Format::Tsv => b'\t',
        _ => return Ok(()),
    };
    let (Some(before), Some(after)) = (records(input, delimiter), records(&labelled.out, other))
    else {
        return Err("the csv crate cannot read it".to_owned());
    };
    if before.len() != after.len() {
        return Err(format!("{} records became {}", before.len(), after.len()));
    }
    let header = before.first().map_or(0, csv::ByteRecord::len);
    for (before, after) in before.iter().zip(&after) {
        // A delimiter at the end, which the header does not have, ends no field.
        let is_end = before.len() > header && before.iter().next_back() == Some(b"");
        let kept = before.len() - usize::from(is_end);
        let is_same = before.iter().take(kept).eq(after.iter().take(kept));
        if !is_same {
            return Err(format!("{before:?} became {after:?}"));
        }
    }
    Ok(())
}

/// Several tables are one.
pub(crate) fn several(case: &Case<'_>) -> Find {
    let inputs: Vec<&[u8]> = case.files.iter().map(|(_, bytes)| *bytes).collect();
    steady(rules(), case, &inputs).map(drop)
}
