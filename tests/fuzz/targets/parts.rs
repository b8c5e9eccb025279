//! Plans: any part of an input gets the labels of the whole, and what feeds no criterion
//! changes nothing.

use std::num::NonZero;

use clientype::Format;
use clientype::internals::{Filter, Options, Selection, Settling, Source, case_of, lookup};

use super::case::Case;
use super::delimited::records;
use super::labelled::{Find, label, options, rules, sound, steady_with};

/// A record alone, and its labels by the whole.
pub(crate) fn planned(case: &Case<'_>) -> Find {
    let mut options = options(case);
    options.settling = Settling::Plan;
    options.layout.frozen = true;
    options.no_totals = true;
    options.layout.skip_lines = 0;
    options.layout.no_header = false;
    options.format = None;
    let is_lines = options.layout.format == Some(Format::Ndjson) || case.says("lines");
    if is_lines {
        options.layout.format = Some(Format::Ndjson);
    } else {
        options.layout.format = Some(Format::Csv);
        options.layout.delimiter = Some(b',');
    }
    let main = case.main();
    let labelled = steady_with(rules(), &options, case, &[main], main.len())?;
    if labelled.result.is_err() || case.says("rejects") {
        return Ok(());
    }
    match is_lines {
        true => lines(&options, main, &labelled.out),
        false => rows(&options, main, &labelled.out),
    }
}

fn lines(options: &Options, main: &[u8], out: &[u8]) -> Find {
    let of = |text: &[u8]| -> Vec<Vec<u8>> {
        let lines = text
            .split(|byte| *byte == b'\n')
            .map(|line| line.trim_ascii().to_vec());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (before, after) = (of(main), of(out));
    // Where a record takes several lines, or a line has several records.
    if before.len() != after.len() || before.len() > 12 {
        return Ok(());
    }
    let are_alone = before
        .iter()
        .all(|line| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok());
    for (line, expected) in before.iter().zip(&after).filter(|_| are_alone) {
        let (alone, _) = label(rules(), options, &[line], false, None);
        if let Err(error) = &alone.result {
            return Err(format!("{} alone: {error}", String::from_utf8_lossy(line)));
        }
        if alone.out.trim_ascii() != *expected {
            let (one, other) = (
                String::from_utf8_lossy(expected),
                String::from_utf8_lossy(&alone.out),
            );
            return Err(format!("{one} alone is {other}"));
        }
    }
    Ok(())
}

fn rows(options: &Options, main: &[u8], out: &[u8]) -> Find {
    let (Some(before), Some(after)) = (records(main, b','), records(out, b',')) else {
        return Err("the csv crate cannot read it".to_owned());
    };
    if before.len() != after.len() {
        return Err(format!("{} records became {}", before.len(), after.len()));
    }
    if before.len() > 12
        || options.replace
        || options.layout.trailing_delimiter
        || options.layout.fields.is_some()
        || options.layout.ragged == clientype::Ragged::Pad
    {
        return Ok(());
    }
    for (record, expected) in before.iter().zip(&after).skip(1) {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        // A column more, first, which nothing reads.
        let mut alone = csv::ByteRecord::from(vec![&b"zzq"[..]]);
        alone.extend(before[0].iter());
        let mut with = csv::ByteRecord::from(vec![&b"1"[..]]);
        with.extend(record.iter());
        let written = writer
            .write_byte_record(&alone)
            .and_then(|()| writer.write_byte_record(&with));
        let Ok(text) = written
            .map_err(drop)
            .and_then(|()| writer.into_inner().map_err(drop))
        else {
            return Ok(());
        };
        if before[0].iter().any(|name| name == b"zzq") {
            return Ok(());
        }
        let (labelled, _) = label(rules(), options, &[&text], false, None);
        if let Err(error) = &labelled.result {
            return Err(format!("{record:?} alone: {error}"));
        }
        let alone = records(&labelled.out, b',').unwrap_or_default();
        let is_same = alone
            .get(1)
            .is_some_and(|alone| alone.iter().skip(1).eq(expected.iter()));
        if !is_same {
            return Err(format!("{expected:?} alone is {:?}", alone.get(1)));
        }
    }
    Ok(())
}

/// The label by `explain` is the label by `classify`.
pub(crate) fn explained(case: &Case<'_>) -> Find {
    let mut options = options(case);
    options.format = Some(Format::Ndjson);
    options.prefix = String::new();
    options.details = true;
    if options.layout.format.is_none() {
        options.layout.format = Some(if case.says("lines") {
            Format::Ndjson
        } else {
            Format::Csv
        });
    }
    let main = case.main();
    let labelled = steady_with(rules(), &options, case, &[main], main.len())?;
    let source = |bytes| Source {
        name: "input0".to_owned(),
        reader: Box::new(bytes),
    };
    if let Some(condition) = case.value("where")
        && let Some((column, value)) = condition.split_once('=')
    {
        let filter = Filter {
            column: column.to_owned(),
            value: value.to_owned(),
        };
        let mut found = 0;
        let selection = Selection::Where(vec![filter], 3);
        let looked = lookup(rules(), &options, &selection, source(main), &mut |_| {
            found += 1;
            Ok(())
        });
        match looked {
            Err(error) => sound(&error)?,
            Ok(looked) if looked.found != found => {
                return Err(format!("{} found, {found} shown", looked.found));
            }
            Ok(_) => {}
        }
    }
    if labelled.result.is_err() || case.says("rejects") || labelled.others > 0 || options.replace {
        return Ok(());
    }
    let values: Vec<serde_json::Value> = serde_json::Deserializer::from_slice(&labelled.out)
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    let furnished = |value: &serde_json::Value| {
        value["relationship_coverage"].is_null() || value["relationship_coverage"] == ""
    };
    for (place, value) in values.iter().enumerate().take(8) {
        let Some(number) = NonZero::new(place as u64 + 1) else {
            continue;
        };
        let mut cases = Vec::new();
        let looked = lookup(
            rules(),
            &options,
            &Selection::Record(number),
            source(main),
            &mut |case| {
                cases.push(case);
                Ok(())
            },
        );
        if let Err(error) = looked {
            return Err(format!(
                "labelled, but explaining record {number} fails: {error}"
            ));
        }
        let Some(explained) = cases.first() else {
            return Err(format!("record {number} is labelled, but not found"));
        };
        if explained.furniture.is_some() || furnished(value) {
            continue;
        }
        for (card, name) in ["relationship", "affiliation"].iter().enumerate() {
            let verdict = explained.evaluation.verdicts[card];
            let label = rules().label(card, verdict.label);
            let expected = &value[format!("{name}_label")];
            if *expected != label || value[format!("{name}_score")] != verdict.score {
                return Err(format!(
                    "record {number}: {expected} and {} by labelling, {label} and {} by explaining",
                    value[format!("{name}_score")],
                    verdict.score
                ));
            }
        }
    }
    Ok(())
}

/// A record in words: each line `KEY=VALUE`.
pub(crate) fn worded(case: &Case<'_>) -> Find {
    let options = options(case);
    let text = String::from_utf8_lossy(case.main());
    let words: Vec<(&str, &str)> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), value))
        .filter(|(key, _)| !key.is_empty())
        .collect();
    if words.is_empty() {
        return Ok(());
    }
    let run = || case_of(rules(), &options, &words);
    let explained_case = match super::labelled::bounded(text.len(), run)? {
        Ok(explained_case) => explained_case,
        Err(error) => return sound(&error),
    };
    for card in 0..2 {
        let why = explained_case.explanation(rules(), card);
        let verdict = explained_case.evaluation.verdicts[card];
        let points: i32 = why
            .waterfall
            .applied()
            .map(|(_, attribute)| attribute.partial_score)
            .sum();
        let initial = rules().rulebook().scorecards[card].initial_score;
        if initial + points != verdict.score {
            return Err(format!("{initial} and {points} are not {}", verdict.score));
        }
    }
    // As a file of one record.
    let mut record = serde_json::Map::new();
    for (key, value) in &words {
        if record.insert((*key).to_owned(), (*value).into()).is_some() {
            return Ok(());
        }
    }
    let line = serde_json::Value::from(record).to_string();
    let options = Options {
        layout: clientype::Layout {
            format: Some(Format::Ndjson),
            ..clientype::Layout::default()
        },
        format: None,
        details: true,
        prefix: String::new(),
        replace: false,
        no_totals: true,
        ..options
    };
    let (labelled, _) = label(rules(), &options, &[line.as_bytes()], false, None);
    if labelled.result.is_err() {
        return Ok(());
    }
    let value: serde_json::Value =
        serde_json::from_slice(&labelled.out).map_err(|error| error.to_string())?;
    for (card, name) in ["relationship", "affiliation"].iter().enumerate() {
        let label = rules().label(card, explained_case.evaluation.verdicts[card].label);
        let expected = &value[format!("{name}_label")];
        if *expected != label {
            return Err(format!(
                "{expected} by labelling, {label} by explaining words"
            ));
        }
    }
    Ok(())
}

pub(crate) const PLAN_WORDS: &[&str] = &[
    "map=contract=contract",
    "map=duration=duration",
    "map=start_date=start_date",
    "map=end_date=end_date",
    "map=email=email",
    "map=organization=organization",
    "map=service=service",
    "map=contract:filled:yes=contract_number",
    "map=affiliation:flag:employee=is_employee",
    "map=start_date:dmy=since",
    "map=start_date:serial=since",
    "map=start_date:since=since",
    "map=duration:commitment=term",
    "map=duration:months=term",
    "map=duration:month=term",
    "map=engagement=engagement",
    "map=contract:filled-number:yes=note",
    "map=contract=note",
    "map=contract:fallback=note",
    "map=x=y",
    "map=duration:commitment:sparse=term",
    "strict",
    "lines",
    "in=ndjson",
    "in=csv",
    "batch=1",
    "batch=40",
    "threads=3",
    "cut=1",
    "cut=7",
    "details",
    "census",
    "date-order=dmy",
    "date-order=mdy",
    "rejects",
    "pad",
    "replace",
    "map=duration:year=term",
    "map=end_date:contract=end_date",
    "map=start_date:by-name:dmy=since",
    "map=contract:override:yes=note",
];

pub(crate) const PLAN_TOKENS: &[&str] = &[
    "contract",
    "duration",
    "start_date",
    "end_date",
    "email",
    "organization",
    "service",
    "contract_number",
    "is_employee",
    "since",
    "term",
    "engagement",
    "note",
    "affiliation",
    "yes",
    "no",
    "ja",
    "nein",
    "3 years",
    "6",
    "60",
    "P1Y",
    "45000",
    "2019-01-31",
    "31/01/2019",
    "01/31/2019",
    "3/4/2019",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "Acme",
    "a@acme.example",
    "@",
    "V-17",
    "n/a",
    "-",
    "hm",
    "rolling",
    ",",
    "\n",
    "\"",
    "\r\n",
    "\u{a0}",
    "½",
    "1½ years",
    "employee",
    "supplier",
    "law",
    "retail",
    "ongoing",
    "10^9",
    "1e9 years",
    "-3 months",
    "{\"contract\":\"yes\"}\n",
    "\"contract\":\"no\",",
    "\"term\":6,",
    "null",
    "true",
    "false",
    "[]",
    "{\"a\":1}",
    "\"contract\":[\"yes\",\"no\"],",
    "\"contract\":{\"x\":\"yes\"},",
    "=",
    "unbefristet",
    "since 2019",
    "2019-2021",
    "seit 5 Jahren",
    "٣ سنوات",
    "３年",
    "三年",
    "&amp;",
    "&#x41;",
    "%",
];
