//! The rows of an input as a check sees them.
//!
//! Owns which columns are watched besides what is judged, and the fold that shows each
//! row to a check. What the check makes of it is not known here.

use crate::columns::not_there;
use crate::engine::compile::Rules;
use crate::engine::evaluate::Evaluation;
use crate::error::{Error, ErrorKind, Place, Result, Setting};
use crate::find::places;
use crate::run::{
    Fold, LateTexts, Opened, Options, Reading, Row, Rulebook, Source, Summary, UnrecognizedText,
    Wanted, rows,
};
use crate::text::quoted;
use crate::value::Value;

/// A column that is to be watched, and what asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watched {
    /// The option that names it.
    pub(crate) setting: Setting,
    pub(crate) column: String,
    /// It may be that it is not there.
    pub(crate) is_optional: bool,
}

/// What else is wanted of all rows than their labels.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard<'t> {
    /// What they say in these columns.
    pub(crate) columns: &'t [Watched],
    /// The values that are not recognized.
    pub(crate) values: bool,
    /// They need no column that feeds a criterion: only what they say is asked for.
    pub(crate) unjudged: bool,
}

/// Looks at rows.
pub(crate) trait Inspector: Send {
    /// Takes notice of an input, before its first record.
    fn opens(&mut self, opened: &Opened<'_>) -> Result<()>;
    /// Looks at a record, in the order of the input.
    fn inspect(&mut self, record: &mut Inspected<'_, '_>) -> Result<()>;
}

/// A record, as it was judged.
pub(crate) struct Inspected<'i, 'r>(&'i mut Row<'r>);

impl Inspected<'_, '_> {
    /// By scorecard, as verdicts number them.
    pub(crate) fn labels(&self) -> &[u8] {
        self.0.labels(0)
    }

    /// What a criterion was read as; of a start, that of the relationship itself too.
    pub(crate) fn value(&self, criterion: usize) -> Value {
        self.0.value(0, criterion)
    }

    /// What it says in a column that is watched, without spaces around it; `None` where
    /// it does not have it.
    pub(crate) fn text(&self, watched: usize) -> Option<&str> {
        let number = u32::try_from(watched).ok()?;
        self.0.text(number).map(str::trim)
    }

    /// The values that were not recognized, if they are watched.
    pub(crate) fn unread(&self) -> impl Iterator<Item = &UnrecognizedText> {
        self.0.unrecognized()
    }

    /// The line on which it begins; in a workbook there are none.
    pub(crate) fn line(&mut self) -> Option<u64> {
        self.0.line()
    }

    /// Its number in its file.
    pub(crate) fn number(&self) -> u64 {
        self.0.number()
    }

    /// Where it begins.
    pub(crate) fn place(&mut self) -> Place {
        self.0.place()
    }

    /// The evidence that its labels rest on.
    pub(crate) fn evaluation(&mut self) -> &Evaluation {
        self.0.evaluation(0)
    }
}

/// Judges all records of `source` as [`classify`](crate::classify()) does, and lets an
/// `inspector` look at each, with what else is `heard`.
///
/// # Errors
///
/// What ends a run of `classify`; a column that is watched and that no record has; what
/// the inspector returns. The second part says how far it came.
pub(crate) fn inspect(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    heard: Heard<'_>,
    inspector: &mut dyn Inspector,
) -> (Result<()>, Summary) {
    let file = source.name.clone();
    let mut watch = Watch {
        heard,
        inspector,
        met: vec![false; heard.columns.len()],
        names: Vec::new(),
    };
    let reading = Reading {
        is_judged: !heard.unjudged,
        passes_over: false,
        only: None,
    };
    let rulebook = Rulebook { name: "", rules };
    let (result, summary, _) = rows(&[rulebook], options, source, reading, &mut watch);
    let mut columns = heard.columns.iter().zip(&watch.met);
    let unmet = columns.find(|(column, met)| !**met && !column.is_optional);
    let result = match (result, unmet) {
        (Ok(()), Some((Watched { setting, column, .. }, _))) if summary.records() > 0 => {
            Err(not_there(*setting, column, &watch.names))
        }
        (result, _) => result,
    };
    let result = result.map_err(|error| error.in_file(&file));
    (result, summary)
}

/// The fold that shows rows to an inspector.
struct Watch<'w> {
    heard: Heard<'w>,
    inspector: &'w mut dyn Inspector,
    /// By column that is watched: a record has it.
    met: Vec<bool>,
    /// The columns of the input.
    names: Vec<String>,
}

impl Fold for Watch<'_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        let mut columns = Vec::new();
        let mut late = Vec::new();
        for (number, watched) in (0..).zip(self.heard.columns) {
            let Watched {
                setting,
                column,
                is_optional,
            } = watched;
            match places(column, input.names)[..] {
                [one] => columns.push((one, number)),
                // Where there are no records, there are no columns to be missed.
                [] if input.is_complete && (*is_optional || input.names.is_empty()) => {}
                [] if input.is_complete => {
                    return Err(not_there(*setting, column, input.names));
                }
                [] => late.push((column.clone(), number)),
                [..] => return Err(there_twice(*setting, column)),
            }
        }
        self.inspector.opens(input)?;
        self.names = input.names.to_vec();
        Ok(Wanted {
            columns,
            late: LateTexts::Named(late),
            unrecognized: self.heard.values,
        })
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        for (number, _) in row.texts() {
            self.met[number as usize] = true;
        }
        self.inspector.inspect(&mut Inspected(row))
    }
}

fn there_twice(setting: Setting, column: &str) -> Error {
    let found = format!(
        "names the column {}, which is there more than once",
        quoted(column)
    );
    Error::about(setting, ErrorKind::Columns, found)
        .expected("a column whose name no other has")
        .help("rename one of them")
}

/// A column as it is spelled among `names`, if it is the only one that is meant.
pub(crate) fn named(column: &str, names: &[String]) -> String {
    match places(column, names)[..] {
        [one] => names[one].clone(),
        _ => column.to_owned(),
    }
}
