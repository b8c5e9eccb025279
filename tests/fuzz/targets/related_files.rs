//! Related files and their keys: neither threads nor batches nor the other records of the main
//! file change what a record gets.

use std::io::Cursor;
use std::num::NonZero;
use std::sync::Arc;

use clientype::Format;
use clientype::internals::{Opener, Options, Related, RelatedFile, Settling, Source, gather};

use super::case::Case;
use super::delimited::records;
use super::labelled::{Cut, Find, bounded, label, mapped, options, rules, same, sound};

pub(crate) const WORDS: &[&str] = &[
    "on1=customer_id=id",
    "on1=id=id",
    "on1=email=email",
    "on1=domain=website",
    "on1=x=y",
    "on2=customer_id=id",
    "on2=contract_id=contract_id",
    "on1=Kunde=Nr",
    "compared1=exact",
    "compared1=loose",
    "compared1=domain",
    "compared1=numbers~C",
    "compared2=exact",
    "compared1=numbers~",
    "as1=contracts",
    "as1=orders",
    "as1=staff",
    "as1=nothing",
    "as2=orders",
    "as2=invoices",
    "through2=with1",
    "through1=with2",
    "through1=with1",
    "says1=service=law",
    "says1=contract=yes",
    "says1=contract=hm",
    "says1=x=y",
    "says2=affiliation=employee",
    "absent1=contract=no",
    "absent1=affiliation=external",
    "absent1=duration=1~month",
    "only1=status=Active",
    "only1=status=Active|Open",
    "only1=nix=1",
    "assume=contract=yes",
    "assume=service=retail",
    "assume=x=1",
    "map1=start_date=Von",
    "map1=contract=",
    "map1=contract=status",
    "batch=1",
    "batch=20",
    "batch=200",
    "threads=2",
    "threads=3",
    "cut=1",
    "cut=3",
    "cut=50",
    "details",
    "plan",
    "map=contract=contract",
    "map=duration=duration",
    "format=ndjson",
    "in=csv",
    "delimiter=,",
    "no-totals",
    "frozen",
    "pad",
    "rejects",
    "same=1",
];

pub(crate) const TOKENS: &[&str] = &[
    "\"",
    ",",
    ";",
    "\n",
    "\r\n",
    "id",
    "customer_id",
    "Customer ID",
    "contract_id",
    "email",
    "website",
    "account",
    "Kunden-Nr",
    "KdNr",
    "status",
    "start_date",
    "end_date",
    "order_date",
    "service",
    "amount",
    "Active",
    "Expired",
    "Cancelled",
    "2024-03-01",
    "2026-12-31",
    "31.12.2025",
    "C-001",
    "C001",
    "c 1",
    "1",
    "01",
    "0001",
    "1.0",
    "A1",
    "",
    "  ",
    "\u{a0}",
    "a@acme.example",
    "https://www.globex.example/x",
    "globex.example",
    "{\"id\":1}",
    "{\"id\":\"1\",\"contract\":\"yes\"}\n",
    "[",
    "]",
    "null",
    "=== with2\n",
    "ß",
    "SS",
    "É",
    "é",
    "\u{feff}",
    "AXA",
    "BQB",
    "axa ",
    "-",
    "n/a",
    "0",
    "Total",
];

fn opener(name: String, bytes: &[u8], cut: Option<usize>) -> Opener {
    let bytes: Arc<[u8]> = bytes.into();
    Arc::new(move || {
        let bytes = Vec::from(&*bytes);
        Ok(Source {
            name: name.clone(),
            reader: match cut {
                None => Box::new(Cursor::new(bytes)),
                Some(at_a_time) => Box::new(Owned {
                    bytes,
                    at: 0,
                    at_a_time,
                    is_interrupted: false,
                }),
            },
        })
    })
}

/// [`Cut`], of bytes that it owns.
struct Owned {
    bytes: Vec<u8>,
    at: usize,
    at_a_time: usize,
    is_interrupted: bool,
}

impl std::io::Read for Owned {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let mut cut = Cut {
            rest,
            at_a_time: self.at_a_time,
            is_interrupted: self.is_interrupted,
        };
        let read = cut.read(to);
        self.is_interrupted = cut.is_interrupted;
        self.at += read.as_ref().map_or(0, |read| *read);
        read
    }
}

fn pair(text: &str) -> Option<(String, String)> {
    let (one, other) = text.split_once('=')?;
    Some((one.to_owned(), other.to_owned()))
}

/// What the words state of the files after the main one.
fn related(case: &Case<'_>, cut: Option<usize>) -> Related {
    let files = case
        .files
        .iter()
        .enumerate()
        .skip(1)
        .map(|(place, (_, bytes))| {
            let word = |name: &str| format!("{name}{place}");
            let name = format!("with{place}");
            let only = case.all(&word("only")).filter_map(|text| pair(&text));
            let only =
                only.map(|(column, texts)| (column, texts.split('|').map(str::to_owned).collect()));
            RelatedFile {
                on: case.value(&word("on")).and_then(|text| pair(&text)),
                compared: case.value(&word("compared")),
                kind: case.value(&word("as")),
                through: case.value(&word("through")),
                only: only.collect(),
                says: case
                    .all(&word("says"))
                    .filter_map(|text| pair(&text))
                    .collect(),
                absent: case
                    .all(&word("absent"))
                    .filter_map(|text| pair(&text))
                    .collect(),
                overrides: case
                    .all(&word("map"))
                    .filter_map(|text| mapped(&text))
                    .collect(),
                ..RelatedFile::new(&name, opener(name.clone(), bytes, cut))
            }
        });
    Related {
        files: files.collect(),
        assume: case.all("assume").filter_map(|text| pair(&text)).collect(),
    }
}

/// The options with the evidence, and the report on it in words.
fn gathered(
    case: &Case<'_>,
    options: &Options,
    main: &[u8],
    cut: Option<usize>,
) -> Result<(Options, String), clientype::Error> {
    let openers = [opener("main".to_owned(), main, cut)];
    let gathered = gather(rules(), options, &related(case, cut), &openers)?;
    let mut options = options.clone();
    options.evidence = vec![gathered.evidence()];
    Ok((options, format!("{:?}", gathered.files)))
}

pub(crate) fn run(case: &Case<'_>) -> Find {
    let options = options(case);
    let main = case.main();
    let size: usize = case.files.iter().map(|(_, bytes)| bytes.len()).sum();
    let aside = case.says("rejects");
    let once = || {
        let (options, report) = gathered(case, &options, main, None)?;
        let (labelled, error) = label(rules(), &options, &[main], aside, None);
        Ok::<_, clientype::Error>((labelled, error, report))
    };
    let whole = bounded(size, once)?;
    if let Err(error) | Ok((_, Some(error), _)) = &whole {
        sound(error)?;
    }
    let cut = case.number("cut", 1 << 20);
    let varied = Options {
        batch: case.number("batch", 1 << 20).unwrap_or(options.batch),
        threads: case
            .number("threads", 8)
            .and_then(NonZero::new)
            .or(options.threads),
        ..options.clone()
    };
    let again = gathered(case, &varied, main, cut).map(|(options, report)| {
        let (labelled, _) = label(rules(), &options, &[main], aside, cut);
        (labelled, report)
    });
    let (whole, report) = match (whole, again) {
        (Err(one), Err(other)) if one.to_string() == other.to_string() => return Ok(()),
        (Ok((whole, _, report)), Ok((again, other))) => {
            if report != other {
                return Err(format!("in one piece: {report}\nin parts: {other}"));
            }
            if whole.result != again.result {
                return Err(format!(
                    "in one piece: {:?}\nin parts: {:?}",
                    whole.result, again.result
                ));
            }
            same("output", &whole.out, &again.out)?;
            (whole, report)
        }
        (one, other) => {
            let one = one
                .map(|(whole, ..)| whole.result)
                .map_err(|error| error.to_string());
            let other = other
                .map(|(labelled, _)| labelled.result)
                .map_err(|error| error.to_string());
            return Err(format!("in one piece: {one:?}\nin parts: {other:?}"));
        }
    };
    drop(report);
    let is_plan = options.settling == Settling::Plan
        && options.layout.frozen
        && options.no_totals
        && options.layout.format == Some(Format::Csv)
        && options.layout.delimiter == Some(b',')
        && options.format.is_none()
        && !aside
        && related(case, None)
            .files
            .iter()
            .all(|file| file.on.is_some() && file.compared.is_some() && file.kind.is_some());
    if is_plan && whole.result.is_ok() {
        return one_by_one(case, &options, main, &whole.out);
    }
    Ok(())
}

/// Under a plan each record alone gets what it gets among others.
fn one_by_one(case: &Case<'_>, options: &Options, main: &[u8], out: &[u8]) -> Find {
    let (Some(before), Some(after)) = (records(main, b','), records(out, b',')) else {
        return Ok(());
    };
    if before.len() != after.len() || before.len() < 3 || before.len() > 12 {
        return Ok(());
    }
    for (record, expected) in before.iter().zip(&after).skip(1) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let written = writer
            .write_byte_record(&before[0])
            .and_then(|()| writer.write_byte_record(record));
        let Ok(alone) = written
            .map_err(drop)
            .and_then(|()| writer.into_inner().map_err(drop))
        else {
            return Ok(());
        };
        let alone_options = gathered(case, options, &alone, None);
        let (alone_options, _) = match alone_options {
            Ok(options) => options,
            // A key has to be there once.
            Err(_) => continue,
        };
        let (labelled, _) = label(rules(), &alone_options, &[&alone], false, None);
        if let Err(error) = &labelled.result {
            return Err(format!("{record:?} alone: {error}"));
        }
        let alone = records(&labelled.out, b',').unwrap_or_default();
        if alone.get(1) != Some(expected) {
            return Err(format!("{expected:?} alone is {:?}", alone.get(1)));
        }
    }
    Ok(())
}
