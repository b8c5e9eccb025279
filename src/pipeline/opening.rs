//! The beginning of an input: how much of it is read until its columns can be
//! settled.
//!
//! Owns the sample, and what is asked of it.

use super::Run;
use super::labelling::placed;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::format;
use crate::format::{Fault, Input, SAMPLE_RECORDS};
use crate::input::{Format, Intake, Layout, Origin, Position, Ragged};
use crate::lexicon::normalize::header_key;

/// So much is read before columns are settled; more, up to the second, if it
/// holds fewer than [`SAMPLE_RECORDS`], and beyond that until there is one.
const SAMPLE: usize = 64 * 1024;
const SAMPLE_MOST: usize = 1024 * 1024;

impl Run<'_, '_> {
    /// Reads as much as it takes to know the input, and returns the first
    /// values of its columns.
    pub(super) fn open(
        &self,
        intake: &mut Intake<'_>,
        file: &str,
        origin: &Origin,
    ) -> Result<(Input, Vec<Vec<String>>)> {
        let mut layout = self.options.layout.clone();
        if origin.sheet.is_some() {
            // A sheet is written as CSV with commas, whatever its name is.
            layout.format = Some(Format::Csv);
            layout.delimiter = Some(b',');
        }
        let name = origin.name_inside(file);
        let mut size = SAMPLE;
        let feeds = |key: &str| self.columns.knows(key);
        let overrides = self.options.overrides.iter();
        let named: Vec<String> = overrides
            .filter_map(|one| one.column.as_deref().map(header_key))
            .filter(|key| !key.is_empty())
            .collect();
        let told = |name: &str| named.contains(&header_key(name));
        loop {
            intake.fill(size);
            let (sample, complete) = (intake.buffer(), intake.is_complete());
            let enough = intake.is_at_end() || sample.len() >= SAMPLE_MOST;
            let format = format::detect(layout.format, name, sample, enough);
            let open = |format| Input::open(format, &layout, sample, complete, &feeds);
            let opened = format.map_or(Ok(None), open);
            if let Some(input) =
                opened.map_err(|fault| placed(*fault, &Position::default(), sample, file))?
            {
                only_for_csv(&layout, &input)?;
                let (values, records) = input.values(sample);
                if enough || records >= SAMPLE_RECORDS {
                    let checked = input.check(sample, complete, &feeds, &told);
                    checked.map_err(|fault| placed(*fault, &Position::default(), sample, file))?;
                    return Ok((input, values));
                }
            }
            size = sample.len() * 2;
            let stands = sample.len();
            if let Err(error) = intake.check() {
                let fault = Fault::of_input(stands, error);
                return Err(placed(*fault, &Position::default(), intake.buffer(), file));
            }
        }
    }
}

/// Refuses what can only be said of CSV where the input is no CSV.
fn only_for_csv(layout: &Layout, input: &Input) -> Result<()> {
    let said = [
        (layout.skip_lines > 0, Setting::SkipLines),
        (layout.no_header, Setting::NoHeader),
        (layout.ragged != Ragged::Error, Setting::Ragged),
        (layout.delimiter.is_some(), Setting::Delimiter),
    ];
    let what = said.iter().find(|(said, _)| *said);
    let (Some((_, setting)), Input::Json(_) | Input::Ndjson(_)) = (what, input) else {
        return Ok(());
    };
    let found = format!("is for CSV, and this is {}", input.format().title());
    let left_out = Phrase::from("leave ").setting(*setting).text(" out");
    Err(Error::about(*setting, ErrorKind::Usage, found)
        .expected("CSV or TSV")
        .help(Help::from(left_out).or(Help::set("name the format", Setting::InputFormat, "csv"))))
}
