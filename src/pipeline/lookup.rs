//! Records that are asked for, one by one.
//!
//! Owns the two ways to such a record: it is looked for in an input, or told in
//! words. Both are judged as all records are.

use super::{Options, Purpose, Run, Source};
use crate::columns::Columns;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Result, Setting};
use crate::judge::{Case, Judge, Selection, Witness};
use crate::sink::Sink;
use crate::text::quoted;

/// So many bytes are searched at a time.
const BATCH: usize = 16 * 1024;

/// What a search has come to.
#[derive(Debug, Clone, Default)]
pub struct Looked {
    /// How many records were told of.
    pub found: usize,
    /// There is at least one more than was asked for.
    pub more: bool,
    /// How many records there were, those that could not be read with them.
    pub records: u64,
    /// How many of them could not be read, and were passed over.
    pub rejected: u64,
    /// What a record says that is what was asked for but for its case, if none says
    /// just that.
    pub near: Option<String>,
}

/// Looks for records in `source` and tells of each once it is found. Value ends with
/// the last one that is asked for; memory does not grow with the input.
///
/// A record is judged as [`classify`](super::classify()) with the same options would
/// judge it; what these say of the output, of threads and of strictness does not
/// count. Records that cannot be read are passed over, if that can be done, but not
/// the one that is asked for by its number. With conditions, reading ends with the
/// first record beyond those that are asked for.
///
/// # Errors
///
/// What ends a run of `classify`, up to the last record that is asked for;
/// [`ErrorKind::Columns`] for a condition on a column that is not there; what `tell`
/// returns. That there is no such record is no error.
pub fn lookup(
    rules: &Rules,
    options: &Options,
    asked: &Selection,
    source: Source<'_>,
    tell: &mut (dyn FnMut(Case) -> Result<()> + Send),
) -> Result<Looked> {
    let options = Options {
        // All that is found in a batch is held until it is told.
        batch: options.batch.min(BATCH),
        ..options.reading_only()
    };
    let (mut out, mut rejects) = (std::io::sink(), std::io::sink());
    let name = source.name.clone();
    let sink = Sink::new(&mut out, Some(&mut rejects));
    let mut run = Run::new(rules, &options, sink, false)?;
    let purpose = Purpose::Lookup(asked.clone(), tell);
    let testimony = run
        .file(source, purpose, &mut |_| {})
        .map_err(|error| error.in_file(&name))?
        .testimony;
    if let (Some(column), 0) = (testimony.unmet.first(), testimony.found) {
        let found = format!("names the column {}, which no record has", quoted(column));
        let error = Error::about(Setting::Where, ErrorKind::Columns, found)
            .expected("a column of the input, spelled as it is there")
            .in_file(&name);
        return Err(match &testimony.alike {
            Some(alike) => error.help(Help::DidYouMean(vec![alike.clone()])),
            None => error,
        });
    }
    Ok(Looked {
        found: testimony.found,
        more: testimony.more,
        records: run.summary.records() + run.summary.rejected,
        rejected: run.summary.rejected,
        near: testimony.near,
    })
}

/// Judges a record that is in no file: `words` are criteria, or names of columns,
/// and what they say.
///
/// ```
/// use clientype::engine::compile::Rules;
/// use clientype::rulebook::Rulebook;
/// use clientype::value::Own;
/// use clientype::{Options, case_of};
///
/// let as_of = jiff::civil::date(2026, 1, 31);
/// let rules = Rules::compile(Rulebook::documents()?, &Own::default(), as_of)?;
/// let words = [("Vertrag", "ja"), ("duration", "3y")];
/// let case = case_of(&rules, &Options::default(), &words)?;
/// assert_eq!(rules.label(0, case.evaluation.verdicts[0].label), "Client");
/// assert_eq!(case.facts[0].column, "Vertrag");
/// # Ok::<(), clientype::Error>(())
/// ```
///
/// # Errors
///
/// [`ErrorKind::Columns`] where a name is none that feeds a criterion, or where two
/// that feed the same one contradict each other. Values that are not understood are
/// no error.
pub fn case_of<K: AsRef<str>, V: AsRef<str>>(
    rules: &Rules,
    options: &Options,
    words: &[(K, V)],
) -> Result<Case> {
    let names: Vec<String> = words
        .iter()
        .map(|(key, _)| key.as_ref().to_owned())
        .collect();
    let values: Vec<Vec<String>> = (words.iter())
        .map(|(_, value)| vec![crate::format::sampled(value.as_ref())])
        .collect();
    // What is not understood is to be shown, not to be left out.
    let columns = Columns::new(rules, &options.overrides)?
        .dated(options.date_order)
        .strict(true)
        .chosen();
    let mapping = columns.settle(&names, &values, true)?;
    columns.all_used(&names, &values, &mapping)?;
    let criteria = rules.rulebook().criteria.len();
    let (witness, heard) = Witness::of_words(&names, &mapping, &columns);
    let others = columns.others(&mapping);
    let mut judge =
        Judge::new(rules, &mapping.fed(criteria), &others, false, true).heard_by(witness);
    judge.begin(1, 0);
    let said = |_| unreachable!("nothing is strict here");
    for ((_, text), feeds) in words.iter().zip(&heard.feeds) {
        let text = text.as_ref();
        for feed in feeds {
            let taken = judge.take(feed, text, 0..text.len(), std::borrow::Cow::Borrowed);
            taken.unwrap_or_else(said);
        }
    }
    judge.decide().unwrap_or_else(said);
    let mut cases = judge.pass(1);
    let mut case = cases
        .pop()
        .unwrap_or_else(|| unreachable!("the first record is asked for"));
    case.place = crate::error::Place::default();
    Ok(case)
}
