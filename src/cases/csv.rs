//! Cases in a CSV file.
//!
//! Owns which columns hold expectations, and the line of each case. All other columns are
//! the record, and are read like those of an export.

use std::io::Cursor;

use crate::cases::{CaseOptions, CaseResult, no_day, rules_on};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Place, Result, Setting};
use crate::find::{Case, Selection, lookup};
use crate::rulebook::file::RuleCase;
use crate::rulebook::{Rulebook, Scorecard};
use crate::run::{Options, Source};
use crate::text::{nearest, quoted};

/// The line breaks of a CSV file. Its reader starts a record after the end of the previous
/// one, which may be in the middle of a line break.
struct Lines(Vec<usize>);

impl Lines {
    fn of_bytes(csv: &[u8]) -> Self {
        Lines(memchr::memchr_iter(b'\n', csv).collect())
    }

    /// The line, from 1, of the record that begins at or just after this byte.
    fn at(&self, csv: &[u8], byte: u64) -> u64 {
        let begin = usize::try_from(byte).unwrap_or(usize::MAX).min(csv.len());
        let breaks = csv[begin..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begin = begin + breaks.count();
        1 + self.0.partition_point(|at| *at < begin) as u64
    }
}

/// The delimiter with which the header has a column of expected labels.
fn delimiter(csv: &[u8]) -> u8 {
    let header = csv.split(|byte| matches!(byte, b'\r' | b'\n')).next();
    let header = header.unwrap_or_default();
    let fits = |delimiter: &u8| {
        let mut fields = header.split(|byte| byte == delimiter);
        fields.any(|field| unquoted(field.trim_ascii()).starts_with(EXPECTED.as_bytes()))
    };
    let mut known = [b',', b';', b'\t', b'|'].into_iter();
    known.find(fits).unwrap_or(b',')
}

fn unquoted(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\"").unwrap_or(field)
}

/// The prefix of columns of expected labels.
const EXPECTED: &str = "expected_";

/// Judges the cases of a CSV file. A column `case`, `id` or `name` has their names,
/// `expected_NAME` the expected label of the scorecard NAME, `expected_reasons` reason
/// codes separated by `;`. All other columns are the record, and are read like those of
/// any CSV file.
///
/// # Errors
///
/// [`ErrorKind::Input`] if the file is not valid CSV, [`ErrorKind::Columns`] if it has no
/// column of expected labels or one for an unknown scorecard, and the errors of
/// [`lookup`].
pub fn run_csv_cases(
    rulebook: &Rulebook,
    name: &str,
    csv: &[u8],
    options: &CaseOptions,
) -> Result<Vec<CaseResult>> {
    let csv = csv.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(csv);
    let lines = Lines::of_bytes(csv);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(csv))
        .from_reader(csv);
    let broken = |error: csv::Error| {
        let place = Place {
            line: error.position().map(|at| lines.at(csv, at.byte())),
            ..Place::default()
        };
        let found = match error.kind() {
            csv::ErrorKind::UnequalLengths {
                expected_len, len, ..
            } => {
                format!("this case has {len} fields, but the header has {expected_len}")
            }
            _ => format!("the cases cannot be read: {error}"),
        };
        Error::new(ErrorKind::Input, found)
            .at(place)
            .expected("CSV in UTF-8, each case with as many fields as the header")
            .in_file(name)
    };
    let headers = reader.headers().map_err(broken)?.clone();
    let columns = CaseColumns::new(rulebook, &headers, options.lenient)
        .map_err(|error| error.in_file(name))?;
    let mut cases = Vec::new();
    let mut bare = csv::Writer::from_writer(Vec::new());
    let written = "writing to memory cannot fail";
    bare.write_record(columns.rest(&headers)).expect(written);
    for record in reader.records() {
        let record = record.map_err(broken)?;
        bare.write_record(columns.rest(&record)).expect(written);
        let begins = record.position().map_or(0, csv::Position::byte);
        let case = columns.case(&record, cases.len() + 1, lines.at(csv, begins));
        if !options.lenient {
            check_expected(rulebook, &case).map_err(|error| error.in_file(name))?;
        }
        cases.push(case);
    }
    let bare = bare.into_inner().expect(written);
    // Without a day, the result must not depend on it: an open-ended length differs between
    // these two days.
    let days = match options.as_of {
        Some(day) => vec![day],
        None => vec![jiff::civil::date(2000, 1, 1), jiff::civil::date(2100, 1, 1)],
    };
    let mut judged = Vec::new();
    let mut all = Vec::new();
    for day in days {
        let rules = rules_on(rulebook, &options.own, Some(day))?;
        judged.push(judge_all(&rules, name, &bare, cases.len())?);
        all.push(rules);
    }
    let results = cases.into_iter().enumerate().map(|(place, case)| {
        let mut on_days = judged.iter_mut().map(|day| day[place].take());
        let first = on_days.next().flatten();
        let values = |case: &Option<Case>| case.as_ref().map(Case::values);
        let is_open = on_days.any(|other| values(&other) != values(&first));
        let unread = || Error::new(ErrorKind::Input, "the record cannot be read");
        let judged = match is_open {
            true => Err(no_day().help(Phrase::from("use ").set(Setting::AsOf, "2026-01-31"))),
            false => first.ok_or_else(unread),
        };
        CaseResult::new(&all[0], case, judged)
    });
    Ok(results.collect())
}

/// Judges the records of a CSV file; `records` is their number.
fn judge_all(rules: &Rules, name: &str, csv: &[u8], records: usize) -> Result<Vec<Option<Case>>> {
    let mut judged: Vec<Option<Case>> = std::iter::repeat_with(|| None).take(records).collect();
    let mut keep = |case: Case| {
        // From 1.
        let number = case.place.record.unwrap_or_default();
        let place = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        if let Some(place) = place.and_then(|place| judged.get_mut(place)) {
            *place = Some(case);
        }
        Ok(())
    };
    if records > 0 {
        let source = Source {
            name: name.to_owned(),
            reader: Box::new(Cursor::new(csv.to_vec())),
        };
        let mut options = Options::default();
        options.layout.format = Some(crate::input::Format::Csv);
        options.layout.delimiter = Some(b',');
        let every = Selection::Where(Vec::new(), usize::MAX);
        lookup(rules, &options, &every, source, &mut keep)?;
    }
    Ok(judged)
}

/// The roles of the columns of a CSV file with cases.
struct CaseColumns {
    name: Option<usize>,
    /// Columns, and the scorecards whose labels they hold.
    expected: Vec<(usize, String)>,
    reasons: Option<usize>,
}

impl CaseColumns {
    fn new(rulebook: &Rulebook, headers: &csv::StringRecord, lenient: bool) -> Result<Self> {
        let find = |name: &str| headers.iter().position(|header| header.trim() == name);
        let mut columns = CaseColumns {
            name: ["case", "id", "name"].iter().find_map(|name| find(name)),
            expected: Vec::new(),
            reasons: find("expected_reasons"),
        };
        let cards: Vec<&str> = rulebook.scorecards.iter().map(|card| &*card.name).collect();
        for (column, header) in headers.iter().enumerate() {
            let card = header.trim().strip_prefix(EXPECTED);
            let Some(card) = card.filter(|_| Some(column) != columns.reasons) else {
                continue;
            };
            if !cards.contains(&card) && !lenient {
                let found = format!("{} does not name a scorecard", quoted(header));
                let error = Error::new(ErrorKind::Columns, found).expected(format!(
                    "{EXPECTED} followed by one of {}",
                    cards.join(", ")
                ));
                return Err(match nearest(card, cards.iter().copied()) {
                    Some(near) => error.help(format!("did you mean {EXPECTED}{near}?")),
                    None => error,
                });
            }
            columns.expected.push((column, card.to_owned()));
        }
        if columns.expected.is_empty() {
            let of_each = cards.iter().map(|card| format!("{EXPECTED}{card}"));
            let of_each = of_each.collect::<Vec<_>>().join(" or ");
            let error = Error::new(ErrorKind::Columns, "there is no column of expected labels");
            return Err(error.expected(format!("a column named {of_each}")));
        }
        Ok(columns)
    }

    /// The fields of the record.
    fn rest<'f>(&self, fields: &'f csv::StringRecord) -> Vec<&'f str> {
        let is_ours = |column: &usize| {
            let expected = self.expected.iter().map(|(column, _)| *column);
            let mut ours = expected.chain(self.name).chain(self.reasons);
            ours.any(|own| own == *column)
        };
        let rest = (0..fields.len()).filter(|column| !is_ours(column));
        rest.map(|column| &fields[column]).collect()
    }

    fn case(&self, record: &csv::StringRecord, number: usize, line: u64) -> RuleCase {
        let name = match self.name.map_or("", |column| record[column].trim()) {
            "" => format!("record {number}"),
            name => name.to_owned(),
        };
        let expect = self.expected.iter();
        let expect = expect.map(|(column, card)| (card.clone(), record[*column].trim().to_owned()));
        let reasons = self.reasons.map_or("", |column| &record[column]);
        let reasons = reasons.split(';').map(|code| code.trim().to_owned());
        RuleCase {
            name,
            record: Vec::new(),
            expect: expect.filter(|(_, label)| !label.is_empty()).collect(),
            reasons: reasons.filter(|code| !code.is_empty()).collect(),
            own: None,
            as_of: None,
            line,
        }
    }
}

/// Rejects a case that expects an unknown label or reason code.
fn check_expected(rulebook: &Rulebook, case: &RuleCase) -> Result<()> {
    let error = |found: String, expected: String| {
        let place = Place {
            line: Some(case.line),
            ..Place::default()
        };
        let error = Error::new(ErrorKind::Input, found).at(place);
        Err(error.expected(expected))
    };
    for (name, label) in &case.expect {
        let card = rulebook.scorecards.iter().find(|card| card.name == *name);
        let labels: Vec<&str> = card.into_iter().flat_map(Scorecard::labels).collect();
        if !labels.contains(&&**label) {
            let found = format!("{name} has no label {}", quoted(label));
            return error(found, format!("one of {}", labels.join(", ")));
        }
    }
    for code in &case.reasons {
        if (rulebook.attributes()).all(|(_, one)| one.reason_code != *code) {
            let found = format!("unknown reason code {}", quoted(code));
            return error(
                found,
                "a reason code listed by `clientype rules show`".to_owned(),
            );
        }
    }
    Ok(())
}
