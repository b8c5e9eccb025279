//! JSON and NDJSON: what is accepted is JSON, and its values stay what serde_json reads.

use clientype::Format;
use serde_json::Value;

use super::case::Case;
use super::delimited::records;
use super::labelled::{Find, Labelled, is_subsequence, label, options, rules, steady_with};

pub(crate) const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\\u0000",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\u0022",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1e5",
    "1E-7",
    "0.10",
    "12345678901234567890",
    "{}",
    "[]",
    "\"contract\":\"yes\"",
    "\"contract\":",
    "\"duration\":\"3 years\"",
    "\"start_date\":\"2024-05-01\"",
    "\"email\":\"a@acme.example\"",
    "\"relationship_label\":\"Client\"",
    "\"affiliation_label\":1",
    "\"a\":{\"b\":1}",
    "\"contract\":{\"value\":\"no\"}",
    "{\"contract\":\"yes\"}",
    "{\"records\":[",
    "{\"index\":{}}\n",
    "{\"create\":{\"_id\":\"1\"}}\n",
    "{\"data\":{\"edges\":[{\"node\":",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\u{feff}",
    "\u{1e}",
    "\0",
    "//",
    "'",
    "NaN",
    "\u{e9}",
    "\\/",
    "\\x",
    "\u{2028}",
    "{\"name\":\"Total\"}",
    "\"\":1",
    "\"@odata.context\":\"x\",\"value\":[",
    "[[[[",
    "{\"a\":{\"a\":{\"a\":",
];

/// An array, an object with records in it, or lines.
pub(crate) fn run(case: &Case<'_>) -> Find {
    let mut options = options(case);
    if options.layout.format.is_none() && !case.says("any") {
        let format = if case.says("lines") {
            Format::Ndjson
        } else {
            Format::Json
        };
        options.layout.format = Some(format);
    }
    let input = case.main();
    let labelled = steady_with(rules(), &options, case, &[input], input.len())?;
    let Some(format @ (Format::Json | Format::Ndjson)) = options.layout.format else {
        return Ok(());
    };
    if labelled.result.is_err() || case.says("rejects") {
        return Ok(());
    }
    // Some marks, as of a text sequence, may stand between records.
    let text = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    if options.replace || !options.prefix.is_empty() || text.trim_ascii().is_empty() {
        return Ok(());
    }
    match options.format {
        None => as_it_was(text, &labelled, format),
        Some(other) if other == format => as_it_was(text, &labelled, format),
        Some(Format::Csv) => table(text, &labelled, format),
        _ => Ok(()),
    }
}

/// The values of a text, one a line for NDJSON.
fn values(text: &[u8], format: Format) -> Result<Vec<Value>, serde_json::Error> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match format {
        Format::Json => serde_json::from_slice(text).map(|value| vec![value]),
        _ => serde_json::Deserializer::from_slice(text)
            .into_iter()
            .collect(),
    }
}

/// Takes the added fields out of all objects.
fn without_added(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|key, _| {
                !(key.starts_with("relationship_")
                    || key.starts_with("affiliation_")
                    || key == "rulebook")
            });
            object.values_mut().for_each(without_added);
        }
        Value::Array(values) => values.iter_mut().for_each(without_added),
        _ => {}
    }
}

/// serde_json has limits that JSON has not.
fn is_limit(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    ["recursion", "out of range", "surrogate", "hex escape"]
        .iter()
        .any(|one| text.contains(one))
}

fn as_it_was(text: &[u8], labelled: &Labelled, format: Format) -> Find {
    if !is_subsequence(text, &labelled.out) {
        return Err(format!(
            "bytes are lost: {:?}",
            String::from_utf8_lossy(&labelled.out)
        ));
    }
    let mut before = match values(text, format) {
        Ok(values) => values,
        Err(error) if is_limit(&error) => return Ok(()),
        Err(error) => return Err(format!("accepted, but no JSON: {error}")),
    };
    let mut after = match values(&labelled.out, format) {
        Ok(values) => values,
        Err(error) => {
            return Err(format!(
                "the output isn't JSON: {error}: {:?}",
                String::from_utf8_lossy(&labelled.out)
            ));
        }
    };
    before.iter_mut().for_each(without_added);
    after.iter_mut().for_each(without_added);
    match before == after {
        true => Ok(()),
        false => Err(format!("{before:?} became {after:?}")),
    }
}

/// A table of the records: labelled again, it has the same labels.
fn table(text: &[u8], labelled: &Labelled, format: Format) -> Find {
    let Some(records) = records(&labelled.out, b',') else {
        return Err("the csv crate cannot read the table".to_owned());
    };
    if labelled.out.is_empty() {
        return Ok(());
    }
    let widths: Vec<usize> = records.iter().map(csv::ByteRecord::len).collect();
    if widths.windows(2).any(|two| two[0] != two[1]) {
        return Err(format!("a table of {widths:?} fields"));
    }
    // Back again: each text of a flat object is in its column.
    let Ok(values) = values(text, format) else {
        return Ok(());
    };
    let objects: Vec<&Value> = match (&values[..], format) {
        ([Value::Array(values)], Format::Json) => values.iter().collect(),
        (values, Format::Ndjson) => values.iter().collect(),
        _ => return Ok(()),
    };
    if objects.len() + 1 != records.len() {
        return Ok(());
    }
    for (object, record) in objects.iter().zip(&records[1..]) {
        let Value::Object(object) = object else {
            continue;
        };
        for (key, value) in object {
            let Value::String(value) = value else {
                continue;
            };
            let names = records[0].iter().zip(record);
            let mut of_key = names.filter(|(name, _)| *name == key.as_bytes());
            if let (Some((_, field)), None) = (of_key.next(), of_key.next())
                && field != value.as_bytes()
            {
                return Err(format!(
                    "{key:?} is {value:?}, and became {:?}",
                    String::from_utf8_lossy(field)
                ));
            }
        }
    }
    let mut again = super::labelled::options(&Case::of(b"replace\n"));
    again.layout.format = Some(Format::Csv);
    again.layout.delimiter = Some(b',');
    // What a table looks like may make it ambiguous; then it is an error.
    label(rules(), &again, &[&labelled.out], false, None);
    Ok(())
}
