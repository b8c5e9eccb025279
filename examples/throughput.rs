//! How fast records are labelled, compared with loops that only read, or copy.
//!
//! `cargo run --profile dist --example throughput [RECORDS]` makes the files from a
//! seed, runs one task after the other in several rounds, so that the machine's
//! condition affects all of them alike, and prints the best time of each. `... throughput
//! related [ACCOUNTS]` times labelling with evidence from contracts and orders instead.

#![allow(clippy::print_stdout, reason = "an example shows what it finds")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use clientype::Format;
use clientype::internals::columns::Override;
use clientype::internals::engine::compile::Rules;
use clientype::internals::rulebook::Rulebook;
use clientype::internals::value::Own;
use clientype::internals::{Opener, Options, Related, RelatedFile, Source, gather};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const BUFFER: usize = 256 * 1024;
const HEADER: &str = "id,name,contract,duration,customization,engagement,offering,revenue_model,service,affiliation,account_manager,frequency,city,notes";

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).peekable();
    let is_related = args.next_if(|arg| arg == "related").is_some();
    let records = match args.next() {
        Some(number) => number.parse()?,
        None => 1_000_000,
    };
    match is_related {
        true => print!("{}", related(records)?),
        false => print!("{}", run(records, 9)?),
    }
    Ok(())
}

/// Times all tasks `rounds` times on files with this number of records, and returns the
/// table.
pub(crate) fn run(records: usize, rounds: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let files = Files::make(folder.path(), records)?;
    let as_of = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;

    let csv = [
        ("csv crate: read and write", Task::CopyCsv),
        ("csv crate: read", Task::ReadCsv),
        ("read the bytes", Task::ReadBytes),
        (
            "find fields, label by one column",
            Task::Label(1, What::OneColumn),
        ),
        ("label", Task::Label(1, What::Csv)),
        ("label, 2 threads", Task::Label(2, What::Csv)),
        ("label with --details", Task::Label(1, What::Details)),
        (
            "label with --details, 2 threads",
            Task::Label(2, What::Details),
        ),
        ("label the first tenth", Task::Label(1, What::Tenth)),
        ("label the first hundredth", Task::Label(1, What::Hundredth)),
    ];
    let json = [
        ("serde_json: read and write", Task::CopyNdjson),
        ("label NDJSON", Task::Label(1, What::Ndjson)),
        ("label NDJSON, 2 threads", Task::Label(2, What::Ndjson)),
        ("label a JSON array", Task::Label(1, What::Json)),
        ("label a JSON array, 2 threads", Task::Label(2, What::Json)),
    ];
    let mut table = String::new();
    for (name, file, tasks) in [
        ("CSV", "all.csv", &csv[..]),
        ("NDJSON", "all.ndjson", &json),
    ] {
        let megabytes = files.path(file).metadata()?.len() as f64 / 1e6;
        let head = format!("{name}, {records} records, {megabytes:.0} MB");
        writeln!(table, "{head:<34}  seconds  ns/record  speed")?;
        let mut best = vec![f64::INFINITY; tasks.len()];
        for _ in 0..rounds {
            for ((_, task), best) in tasks.iter().zip(&mut best) {
                // Making room for the output of another task takes time too.
                File::create(files.path("out"))?;
                let start = Instant::now();
                task.run(&files, &rules)?;
                *best = best.min(start.elapsed().as_secs_f64());
            }
        }
        for ((name, task), seconds) in tasks.iter().zip(&best) {
            let of_all = seconds * f64::from(task.part());
            let each = of_all / records as f64 * 1e9;
            let speed = best[0] / of_all;
            writeln!(
                table,
                "{name:<34}  {seconds:>7.3}  {each:>9.0}  {speed:>4.2}x"
            )?;
        }
    }
    Ok(table)
}

/// Times the labelling of this number of accounts, alone and with three times as many
/// contracts and ten times as many orders, by two threads; and DuckDB with the same joins,
/// if it is on the path.
pub(crate) fn related(accounts: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    make_related(&path, accounts)?;
    let as_of = jiff::civil::date(2026, 1, 31);
    let rules = Rules::compile(Rulebook::documents()?, &Own::new(["Acme"]), as_of)?;
    let opener = |name: &str| -> Opener {
        let file = path(name);
        Arc::new(move || {
            let name = file.to_string_lossy().into_owned();
            let reader = Box::new(File::open(&file)?);
            Ok(Source { name, reader })
        })
    };
    let stated = |name: &str| RelatedFile::new(name, opener(name));
    let two = Related {
        files: vec![stated("contracts.csv"), stated("orders.csv")],
        assume: Vec::new(),
    };
    let label = |related: Option<&Related>| -> Result<f64> {
        let start = Instant::now();
        let mut options = Options {
            threads: NonZero::new(2),
            ..Options::default()
        };
        let main = opener("accounts.csv");
        if let Some(related) = related {
            let found = gather(&rules, &options, related, std::slice::from_ref(&main))?;
            options.evidence = vec![found.evidence()];
        }
        let mut out = File::create(path("out"))?;
        let classify = clientype::internals::classify;
        classify(&rules, &options, vec![main()?], &mut out, None, &mut |_| {})?;
        Ok(start.elapsed().as_secs_f64())
    };
    let mut table = String::new();
    writeln!(
        table,
        "{accounts} accounts, 2 threads                seconds"
    )?;
    writeln!(
        table,
        "label the accounts                     {:>7.3}",
        label(None)?
    )?;
    writeln!(
        table,
        "with contracts and orders              {:>7.3}",
        label(Some(&two))?
    )?;
    let start = Instant::now();
    let mut duckdb = Command::new("duckdb");
    duckdb.current_dir(folder.path()).args(["-c", DUCKDB]);
    match duckdb.output() {
        Ok(output) if output.status.success() => {
            let seconds = start.elapsed().as_secs_f64();
            writeln!(
                table,
                "DuckDB: the same joins                 {seconds:>7.3}"
            )?;
        }
        _ => writeln!(table, "DuckDB: not on the path")?,
    }
    Ok(table)
}

/// The same joins, aggregates and conditions, for accounts of one organization.
const DUCKDB: &str = "SET threads = 2;
COPY (
  WITH c AS (
    SELECT account_id,
      max((status = 'Active' OR (status = 'Signed' AND end_date >= DATE '2026-01-31'))::INT) AS live,
      max((status IN ('Expired', 'Terminated') OR end_date < DATE '2026-01-31')::INT) AS ended,
      min(CASE WHEN status NOT IN ('Draft', 'Terminated') THEN start_date END) AS first_day,
      max(CASE WHEN status NOT IN ('Draft', 'Terminated') THEN end_date END) AS last_day
    FROM read_csv('contracts.csv') GROUP BY ALL),
  o AS (
    SELECT account_id, count(DISTINCT order_id) AS n, min(order_date) AS first_day,
      max(order_date) AS last_day
    FROM read_csv('orders.csv') WHERE status NOT IN ('cancelled', 'returned') GROUP BY ALL),
  s AS (
    SELECT a.*, CASE WHEN live = 1 THEN 3 ELSE 0 END
      + CASE WHEN live = 1 AND date_diff('month', c.first_day, c.last_day) >= 12 THEN 2 ELSE 0 END
      + CASE WHEN n > 0 AND coalesce(live, ended, 0) = 0 THEN
          CASE WHEN n = 1 THEN -5
            WHEN n >= 4 AND date_diff('month', o.first_day, o.last_day) >= 6 THEN -2
            ELSE -4 END
        ELSE 0 END AS score
    FROM read_csv('accounts.csv') a LEFT JOIN c USING (account_id) LEFT JOIN o USING (account_id))
  SELECT * EXCLUDE (score), CASE WHEN score >= 3 THEN 'Client' WHEN score <= -2 THEN 'Customer'
    ELSE 'Undetermined' END AS relationship_label, 'External' AS affiliation_label
  FROM s
) TO 'duckdb.csv' (HEADER);";

/// Writes accounts, three times as many contracts and ten times as many orders.
fn make_related(path: &dyn Fn(&str) -> PathBuf, accounts: usize) -> io::Result<()> {
    let mut seed = Seed(0x9E37_79B9_7F4A_7C15);
    let create = |name: &str| File::create(path(name)).map(BufWriter::new);
    let mut out = create("accounts.csv")?;
    writeln!(out, "account_id,company,city,segment,created")?;
    for number in 1..=accounts {
        let name = seed.of(&["Globex", "Initech", "Umbrella", "Hooli", "Vandelay"]);
        let (city, day) = (seed.below(500), seed.below(28) + 1);
        writeln!(
            out,
            "A{number:07},{name} {number} Ltd,City {city},mid,2021-03-{day:02}"
        )?;
    }
    out.flush()?;
    let mut out = create("contracts.csv")?;
    writeln!(
        out,
        "contract_id,account_id,start_date,end_date,status,value"
    )?;
    for number in 1..=3 * accounts {
        let (account, day) = (seed.below(accounts) + 1, seed.below(28) + 1);
        let (year, years) = (2018 + seed.below(7), 1 + seed.below(3));
        let states = [
            "Active",
            "Active",
            "Expired",
            "Draft",
            "Terminated",
            "Signed",
        ];
        let (state, value) = (seed.of(&states), seed.below(90_000));
        let end = year + years;
        writeln!(
            out,
            "C{number},A{account:07},{year}-05-{day:02},{end}-04-{day:02},{state},{value}"
        )?;
    }
    out.flush()?;
    let mut out = create("orders.csv")?;
    writeln!(out, "order_id,account_id,order_date,status,amount")?;
    for number in 1..=10 * accounts {
        let (account, day) = (seed.below(accounts) + 1, seed.below(28) + 1);
        let (year, month) = (2023 + seed.below(3), seed.below(12) + 1);
        let states = ["completed", "completed", "shipped", "cancelled", "returned"];
        let (state, amount) = (seed.of(&states), seed.below(900));
        writeln!(
            out,
            "O{number},A{account:07},{year}-{month:02}-{day:02},{state},{amount}.50"
        )?;
    }
    out.flush()
}

/// What is timed.
enum Task {
    ReadBytes,
    ReadCsv,
    CopyCsv,
    CopyNdjson,
    /// With this number of threads.
    Label(usize, What),
}

enum What {
    Csv,
    /// Only the contract is read.
    OneColumn,
    Details,
    Tenth,
    Hundredth,
    Ndjson,
    Json,
}

impl Task {
    /// Its input is one part in this many of the other inputs.
    fn part(&self) -> u32 {
        match self {
            Task::Label(_, What::Tenth) => 10,
            Task::Label(_, What::Hundredth) => 100,
            _ => 1,
        }
    }

    fn run(&self, files: &Files, rules: &Rules) -> Result<()> {
        let (input, output) = (files.path("all.csv"), files.path("out"));
        let (threads, what) = match self {
            Task::ReadBytes => return read_bytes(&input),
            Task::ReadCsv => return read_csv(&input),
            Task::CopyCsv => return copy_csv(&input, &output),
            Task::CopyNdjson => return copy_ndjson(&files.path("all.ndjson"), &output),
            Task::Label(threads, what) => (*threads, what),
        };
        let (input, format) = match what {
            What::Csv | What::OneColumn | What::Details => (input, Format::Csv),
            What::Tenth => (files.path("tenth.csv"), Format::Csv),
            What::Hundredth => (files.path("hundredth.csv"), Format::Csv),
            What::Ndjson => (files.path("all.ndjson"), Format::Ndjson),
            What::Json => (files.path("all.json"), Format::Json),
        };
        let criteria = rules.rulebook().criteria.iter();
        let off = criteria.map(|criterion| Override {
            criterion: criterion.name.clone(),
            read_as: Vec::new(),
            column: None,
        });
        let options = Options {
            layout: clientype::Layout {
                format: Some(format),
                ..clientype::Layout::default()
            },
            threads: NonZero::new(threads),
            details: matches!(what, What::Details),
            overrides: match what {
                What::OneColumn => off.filter(|one| one.criterion != "contract").collect(),
                _ => Vec::new(),
            },
            ..Options::default()
        };
        let source = Source {
            name: input.to_string_lossy().into_owned(),
            reader: Box::new(File::open(input)?),
        };
        let mut out = File::create(output)?;
        clientype::internals::classify(rules, &options, vec![source], &mut out, None, &mut |_| {})?;
        Ok(())
    }
}

fn read_bytes(input: &Path) -> Result<()> {
    let (mut file, mut buffer) = (File::open(input)?, vec![0; BUFFER]);
    while file.read(&mut buffer)? > 0 {}
    Ok(())
}

fn read_csv(input: &Path) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(BUFFER)
        .from_path(input)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {}
    Ok(())
}

fn copy_csv(input: &Path, output: &Path) -> Result<()> {
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(BUFFER)
        .has_headers(false)
        .from_path(input)?;
    let mut writer = csv::WriterBuilder::new()
        .buffer_capacity(BUFFER)
        .from_path(output)?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        record.push_field(b"Undetermined");
        writer.write_byte_record(&record)?;
    }
    Ok(writer.flush()?)
}

fn copy_ndjson(input: &Path, output: &Path) -> Result<()> {
    let mut reader = BufReader::with_capacity(BUFFER, File::open(input)?);
    let mut writer = BufWriter::with_capacity(BUFFER, File::create(output)?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 0 {
        let mut record: serde_json::Value = serde_json::from_str(&line)?;
        record["label"] = "Undetermined".into();
        serde_json::to_writer(&mut writer, &record)?;
        writer.write_all(b"\n")?;
        line.clear();
    }
    Ok(writer.flush()?)
}

/// The folder with the same records in several formats, and with the output.
struct Files(PathBuf);

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn make(folder: &Path, records: usize) -> io::Result<Self> {
        let files = Files(folder.to_owned());
        let create =
            |name: &str| Ok::<_, io::Error>(BufWriter::new(File::create(files.path(name))?));
        let mut tables = [
            (create("all.csv")?, records),
            (create("tenth.csv")?, records / 10),
            (create("hundredth.csv")?, records / 100),
        ];
        for (table, _) in &mut tables {
            writeln!(table, "{HEADER}")?;
        }
        let (mut ndjson, mut json) = (create("all.ndjson")?, create("all.json")?);
        let mut seed = Seed(0x2545_F491_4F6C_DD1D);
        for number in 0..records {
            let (cells, notes) = record(number, &mut seed);
            let line = format!("{},\"{notes}\"\n", cells.join(","));
            for (table, upto) in &mut tables {
                if number < *upto {
                    table.write_all(line.as_bytes())?;
                }
            }
            let values = cells.iter().chain([&notes]);
            let members = HEADER.split(',').zip(values);
            let members: Vec<String> = members
                .map(|(key, value)| format!("{key:?}: {value:?}"))
                .collect();
            let object = format!("{{{}}}", members.join(", "));
            writeln!(ndjson, "{object}")?;
            write!(json, "{}\n{object}", if number == 0 { '[' } else { ',' })?;
        }
        writeln!(json, "\n]")?;
        for (table, _) in &mut tables {
            table.flush()?;
        }
        ndjson.flush()?;
        json.flush()?;
        Ok(files)
    }
}

/// The fields of a record, and its notes: each value is drawn at random, so that no
/// processor can predict a record. One in five has a line break in its notes.
fn record(number: usize, seed: &mut Seed) -> (Vec<String>, String) {
    let words = ["sed", "ipsum", "elit", "lorem", "amet", "dolor", "tempor"];
    let months = seed.below(60) + 1;
    let notes: Vec<&str> = (0..6).map(|_| seed.of(&words)).collect();
    let between = if number.is_multiple_of(5) { "\n" } else { " " };
    let cells: [&str; 11] = [
        seed.of(&["yes", "no", "ja", ""]),
        seed.of(&["18 months", "3y", "7 years", "P1Y6M", "5"]),
        seed.of(&["custom", "standard", ""]),
        seed.of(&["ongoing", "transactional", "project", ""]),
        seed.of(&["product", "professional service", "service", ""]),
        seed.of(&["retainer", "subscription", "per_purchase", ""]),
        seed.of(&["law", "retail", "bakery", "consulting", "advertising", ""]),
        seed.of(&["company", "consumer", "employee", "partner", ""]),
        seed.of(&["dedicated", "shared", ""]),
        seed.of(&["regular", "occasional", "once", ""]),
        seed.of(&["Sed", "Elit", "Amet", "Dolor"]),
    ];
    let mut record = vec![number.to_string(), format!("Buyer {number} {}", notes[0])];
    record.extend(cells.map(str::to_owned));
    if months.is_multiple_of(3) {
        record[3] = format!("{months} months");
    }
    (
        record,
        notes[..3].join(" ") + between + &notes[3..].join(" "),
    )
}

/// Numbers that are the same on every machine.
struct Seed(u64);

impl Seed {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % bound
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}
