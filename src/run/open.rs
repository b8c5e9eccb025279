//! The beginning of an input: how much is read before its columns are decided.
//!
//! Owns the sample, and its checks.

use std::borrow::Cow;

use super::batch::placed;
use super::furniture;
use super::{Rulebook, Run};
use crate::columns::Columns;
use crate::error::{Error, ErrorKind, Help, Phrase, Place, Result, Setting};
use crate::format::{self, Cells, Fault, FaultResult, Input, SAMPLE_RECORDS, too_long};
use crate::input::{Format, Intake, Layout, Origin, Position, Ragged};
use crate::lexicon::normalize::header_key;

/// How much is read before columns are decided; more, up to the second limit, if that
/// contains fewer than [`SAMPLE_RECORDS`], and beyond that until there is a whole one.
pub(super) const SAMPLE: usize = 64 * 1024;
const SAMPLE_MOST: usize = 1024 * 1024;
/// How many fields the records of CSV may be stated to have: as many as JSON may have keys.
const MOST_FIELDS: usize = 1 << 20;

/// How much of an input a sample is.
#[derive(Debug, Clone, Copy)]
struct Amount {
    /// The whole input, or all that can be read of it.
    is_all: bool,
    /// As much as is read for more records.
    is_most: bool,
}

impl Amount {
    /// True if nothing more is read for a sample with this number of whole records: a long
    /// record decides as much as a short one.
    fn is_enough(self, records: usize) -> bool {
        self.is_all || records >= SAMPLE_RECORDS || self.is_most && records > 0
    }
}

/// An input, the first values of its columns, and the number of records they come from.
type Sampled = (Input, Vec<Vec<String>>, usize);

impl Run<'_, '_> {
    /// Reads as much as is needed to know the input, and returns the first values of
    /// its columns.
    pub(super) fn open(
        &self,
        intake: &mut Intake<'_>,
        file: &str,
        origin: &Origin,
    ) -> Result<(Input, Vec<Vec<String>>)> {
        let mut layout = self.options.layout.clone();
        layout.frozen |= self.options.settling.is_frozen();
        if origin.sheet.is_some() {
            // A sheet is written as CSV with commas, whichever file it comes from.
            layout.format = Some(Format::Csv);
            layout.delimiter = Some(b',');
        }
        if layout.frozen && layout.format.is_none() {
            let found = "is not stated, and under a plan nothing is detected";
            return Err(Error::about(Setting::InputFormat, ErrorKind::Usage, found)
                .expected("csv, tsv, json or ndjson"));
        }
        if layout.fields.is_some_and(|fields| fields > MOST_FIELDS) {
            let found = format!("is more than {MOST_FIELDS}");
            return Err(Error::about(Setting::Fields, ErrorKind::Usage, found)
                .expected("as many fields as the records have"));
        }
        let name = origin.name_inside(file);
        let mut size = SAMPLE;
        let longest = layout.longest();
        // So much is read in any case, and records that are too long are found later.
        let most = longest.max(SAMPLE_MOST) + SAMPLE;
        loop {
            intake.fill(size);
            let (sample, complete) = (intake.buffer(), intake.is_complete());
            let amount = Amount {
                is_all: intake.is_at_end(),
                is_most: sample.len() >= SAMPLE_MOST,
            };
            let format = match origin.sheet {
                Some(_) => Ok(layout.format),
                None => format::detect(&layout, name, sample, amount.is_all || amount.is_most),
            };
            let format =
                format.map_err(|fault| placed(*fault, &Position::default(), sample, file))?;
            if let Some(format) = format {
                let opened = self.columns.iter().map(|columns| {
                    let opened = self.sample(columns, format, &layout, sample, complete, amount);
                    opened.map_err(|fault| placed(*fault, &Position::default(), sample, file))
                });
                let opened = opened.collect();
                let opened = self.of_all(opened)?.into_iter();
                let opened: Option<Vec<Sampled>> = opened.collect();
                if let Some(opened) = opened {
                    for (input, ..) in &opened {
                        only_for_csv(&layout, input)?;
                        refuse_bulk(&layout, input)?;
                    }
                    self.find_the_same(&opened, sample)?;
                    let first = opened.into_iter().next();
                    if let Some((input, values, records)) = first
                        && amount.is_enough(records)
                    {
                        return Ok((input, values));
                    }
                }
            }
            size = (sample.len() * 2).min(most + 1);
            let stands = sample.len();
            if stands > most {
                let what = "neither a header nor a record ends within the first";
                let fault = Fault::of_input(0, too_long(what, longest));
                return Err(placed(*fault, &Position::default(), &[], file));
            }
            if let Err(error) = intake.check() {
                let fault = Fault::of_input(stands, error);
                return Err(placed(*fault, &Position::default(), intake.buffer(), file));
            }
        }
    }

    /// Opens an input with the columns that one rulebook knows; `None` asks for more of
    /// it.
    fn sample(
        &self,
        columns: &Columns<'_>,
        format: Format,
        layout: &Layout,
        sample: &[u8],
        complete: bool,
        amount: Amount,
    ) -> FaultResult<Option<Sampled>> {
        let feeds = |key: &str| columns.knows(key);
        let Some(input) = Input::open(format, layout, sample, complete, &feeds)? else {
            return Ok(None);
        };
        let (mut values, records) = input.values(sample, complete);
        self.leave_out_furniture(&input, &mut values);
        // Under a plan it is settled how an input is read.
        if !layout.frozen && amount.is_enough(records) {
            let stated = |name: &str| self.is_stated(name);
            input.check(sample, complete, &feeds, &stated)?;
        }
        Ok(Some((input, values, records)))
    }

    /// Removes the values of records that are not about a buyer, so that they do not
    /// decide what a column means.
    fn leave_out_furniture(&self, input: &Input, values: &mut [Vec<String>]) {
        if self.options.no_totals {
            return;
        }
        let rules = self.rulebooks[0].rules;
        let records = values.iter().map(Vec::len).min().unwrap_or(0);
        let mut key = String::new();
        let mut is_furniture = |record: usize| {
            let cells = SampledCells {
                names: input.names().0,
                has_header: input.has_header(),
                values,
                record,
            };
            let is_blank = |text: &str| rules.is_blank(text, &mut key);
            furniture::is_possible(&cells, &self.addable, &mut 0)
                && furniture::kind(&cells, &self.addable, is_blank).is_some()
        };
        let out: Vec<usize> = (0..records).filter(|one| is_furniture(*one)).collect();
        for record in out.into_iter().rev() {
            for values in &mut *values {
                values.remove(record);
            }
        }
    }

    /// True for the name of a column that the user named.
    fn is_stated(&self, name: &str) -> bool {
        let overrides = self.options.overrides.iter();
        let mut named = overrides.filter_map(|one| one.column.as_deref().map(header_key));
        let key = header_key(name);
        !key.is_empty() && named.any(|named| named == key)
    }

    /// Refuses an input in which the rulebooks find different records.
    fn find_the_same(&self, opened: &[Sampled], sample: &[u8]) -> Result<()> {
        let starts = opened.iter().map(|(input, ..)| input.first_record(sample));
        let starts: Vec<usize> = starts.collect();
        if starts.iter().all(|start| *start == starts[0]) {
            return Ok(());
        }
        let finds = |(start, rulebook): (&usize, &Rulebook<'_>)| {
            let place = Position::default().place_after(&sample[..*start], "", false);
            let place = Place {
                line: place.line,
                record: Some(1),
                ..Place::default()
            };
            format!("{} finds the first at {place}", rulebook.name)
        };
        let finds: Vec<String> = starts.iter().zip(&self.rulebooks).map(finds).collect();
        let found = format!(
            "the rulebooks do not find the same records: {}",
            finds.join(" and ")
        );
        Err(Error::new(ErrorKind::Input, found)
            .expected("the same records with both rulebooks")
            .help("provide only the records, as one array or one per line"))
    }
}

/// The cells of a record of the sample.
struct SampledCells<'s> {
    names: &'s [String],
    has_header: bool,
    /// By column.
    values: &'s [Vec<String>],
    record: usize,
}

impl Cells for SampledCells<'_> {
    fn count(&self) -> usize {
        self.values.len()
    }

    fn raw(&self, place: usize) -> &[u8] {
        self.values[place][self.record].as_bytes()
    }

    fn text(&self, place: usize) -> Cow<'_, str> {
        Cow::Borrowed(&self.values[place][self.record])
    }

    fn name(&self, place: usize) -> Option<&str> {
        let name = self.names.get(place);
        name.filter(|_| self.has_header).map(String::as_str)
    }
}

/// Refuses action lines under a plan, which may see any part of a file.
fn refuse_bulk(layout: &Layout, input: &Input) -> Result<()> {
    if !layout.frozen || !input.is_bulk() {
        return Ok(());
    }
    let found = "there are action lines between the records, which a plan does not read";
    Err(Error::new(ErrorKind::Input, found)
        .expected("only records, one on each line")
        .help("leave the action lines out, or read the file without a plan"))
}

/// Refuses CSV options for an input that is not CSV.
fn only_for_csv(layout: &Layout, input: &Input) -> Result<()> {
    let stated = [
        (layout.skip_lines > 0, Setting::SkipLines),
        (layout.no_header, Setting::NoHeader),
        (layout.ragged != Ragged::Error, Setting::Ragged),
        (layout.fields.is_some(), Setting::Fields),
        (layout.trailing_delimiter, Setting::TrailingDelimiter),
        (layout.delimiter.is_some(), Setting::Delimiter),
    ];
    let what = stated.iter().find(|(is_stated, _)| *is_stated);
    let (Some((_, setting)), Input::Json(_) | Input::Ndjson(_)) = (what, input) else {
        return Ok(());
    };
    let found = format!(
        "applies only to CSV, and this is {}",
        input.format().title()
    );
    let omit = Phrase::from("omit ").setting(*setting);
    Err(Error::about(*setting, ErrorKind::Usage, found)
        .expected("CSV or TSV")
        .help(Help::from(omit).or(Help::set("set the format", Setting::InputFormat, "csv"))))
}
