//! The rows of an input as a check sees them.
//!
//! Owns which columns are watched besides what is judged, and the fold that shows each
//! row to a check. What the check makes of it is not known here.

use crate::columns::not_there;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Result, Setting};
use crate::find::places;
use crate::run::{
    Fold, LateTexts, Opened, Options, Reading, Row, Rulebook, Source, Summary, Wanted, rows,
};
use crate::text::quoted;

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
pub(crate) struct Watching<'t> {
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
    /// Looks at a row, in the order of the input.
    fn inspect(&mut self, row: &mut Row<'_>) -> Result<()>;
}

/// Judges all records of `source` as [`classify`](crate::classify()) does, and lets an
/// `inspector` look at each, with what else is `watching`.
///
/// # Errors
///
/// What ends a run of `classify`; a column that is watched and that no record has; what
/// the inspector returns. The second part says how far it came.
pub(crate) fn inspect(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    watching: Watching<'_>,
    inspector: &mut dyn Inspector,
) -> (Result<()>, Summary) {
    let file = source.name.clone();
    let mut watch = Watch {
        watching,
        inspector,
        met: vec![false; watching.columns.len()],
        names: Vec::new(),
    };
    let reading = Reading {
        is_judged: !watching.unjudged,
        passes_over: false,
        only: None,
    };
    let rulebook = Rulebook { name: "", rules };
    let (result, summary, _) = rows(&[rulebook], options, source, reading, &mut watch);
    let mut columns = watching.columns.iter().zip(&watch.met);
    let unmet = columns.find(|(column, met)| !**met && !column.is_optional);
    let result = match (result, unmet) {
        (
            Ok(()),
            Some((
                Watched {
                    setting, column, ..
                },
                _,
            )),
        ) if summary.records() > 0 => Err(not_there(*setting, column, &watch.names)),
        (result, _) => result,
    };
    let result = result.map_err(|error| error.in_file(&file));
    (result, summary)
}

/// The fold that shows rows to an inspector.
struct Watch<'w> {
    watching: Watching<'w>,
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
        for (number, watched) in (0..).zip(self.watching.columns) {
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
            unrecognized: self.watching.values,
        })
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        for (number, _) in row.texts() {
            self.met[number as usize] = true;
        }
        self.inspector.inspect(row)
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
