//! How the columns of an input are read, and what they contain.
//!
//! Owns what a survey reports. It processes records as labelling does, so that it sees
//! what labelling would see.

use std::collections::{BTreeMap, HashMap};

use crate::columns::{Columns, Feed, Parts, Why};
use crate::engine::compile::Rules;
use crate::error::Result;
use crate::format::beginning;
use crate::run::{
    Fold, LateTexts, Opened, Options, Reading, Row, Rulebook, Source, Unrecognized, Wanted, rows,
};
use crate::value::{Undecided, Value};

/// How many different values of a column are kept as samples.
const SAMPLES: usize = 3;
/// How many texts of a column are remembered, and their greatest length in bytes.
const REMEMBERED: usize = 1000;
const SHORT: usize = 64;
/// How many columns are looked at, including those that turn up late; more only if they
/// may feed a criterion.
const MOST_COLUMNS: u32 = 10_000;

/// One column of an input: how it is read, and what it contains.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its place among the columns, from 0.
    pub place: usize,
    /// How it is read; `None` if it is not read.
    pub feed: Option<Feed>,
    /// Why it is not read.
    pub why: Option<Why>,
    /// A numeric date, if nothing shows its order.
    pub undated: Option<Undecided>,
    /// How many records have a value there other than a missing one.
    pub filled: u64,
    /// How many of these values are understood.
    pub understood: u64,
    /// The first different values, at most three.
    pub samples: Vec<String>,
    /// The values that are not understood and how often each occurs, the most frequent
    /// first.
    pub not_understood: Vec<(String, u64)>,
}

/// All columns of an input. A column that feeds several criteria is listed once for
/// each.
#[derive(Debug, Clone, Default)]
pub struct Surveyed {
    /// The columns, in the order of the input.
    pub columns: Vec<Column>,
    /// How many records were read.
    pub records: u64,
    /// How many more could not be read.
    pub rejected: u64,
}

/// Reads all of `source` and reports its columns. Records that cannot be read are
/// skipped where possible.
///
/// # Errors
///
/// Those of [`classify`](crate::run::classify()), except that an input without a column
/// for any criterion is not an error.
pub fn survey(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    opened: &mut (dyn FnMut(&Opened<'_>) + Send),
) -> Result<Surveyed> {
    let mut survey = Survey {
        rules,
        opened,
        columns: Vec::new(),
        uses: Vec::new(),
        first_late: 0,
        parts: Parts::default(),
        key: String::new(),
    };
    let reading = Reading {
        is_judged: false,
        passes_over: true,
        only: None,
    };
    let rulebook = Rulebook { name: "", rules };
    let options = options.reading_only();
    let (result, summary, _) = rows(&[rulebook], &options, source, reading, &mut survey);
    result?;
    Ok(Surveyed {
        columns: survey.columns.into_iter().map(Seen::into_column).collect(),
        records: summary.records(),
        rejected: summary.rejected,
    })
}

/// A survey in progress.
struct Survey<'s> {
    rules: &'s Rules,
    opened: &'s mut (dyn FnMut(&Opened<'_>) + Send),
    columns: Vec<Seen>,
    /// By number of a text: the columns, one for each criterion that its column feeds.
    uses: Vec<Vec<usize>>,
    /// The number of the first late column.
    first_late: usize,
    /// The columns that play each part.
    parts: Parts<usize>,
    key: String,
}

/// One column, and what was seen in it.
struct Seen {
    column: Column,
    unrecognized: Unrecognized,
    /// What is known of texts that may occur again.
    known: HashMap<String, Content>,
}

/// What a text contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    Something,
    NotRecognized,
}

impl Survey<'_> {
    /// Adds a column whose texts carry the next number.
    fn add(&mut self, column: Column) {
        if let Some(uses) = self.uses.last_mut() {
            uses.push(self.columns.len());
        }
        self.columns.push(Seen {
            column,
            unrecognized: Unrecognized::default(),
            known: HashMap::new(),
        });
    }

    /// Adds a column that turned up late. As in labelling, it does not feed a criterion
    /// that another column feeds more clearly.
    fn admit(&mut self, name: &str, columns: &Columns<'_>) {
        let meaning = columns.late(name);
        let feeds = meaning.feeds;
        let open = feeds
            .iter()
            .find(|feed| self.rules.can_read(feed.criterion) && self.parts.rival(feed).is_none());
        self.uses.push(Vec::new());
        let other = feeds.first().and_then(|feed| {
            let fed = self.parts.rival(feed);
            fed.map(|seen| Why::Late(feed.criterion, self.columns[*seen].column.name.clone()))
        });
        let why = other.or(meaning.why).unwrap_or(Why::Unknown);
        // A record without it shows nothing.
        let open = open.copied().map(|mut feed| {
            feed.is_sparse = true;
            feed
        });
        if let Some(feed) = &open {
            self.parts.add_late(feed, self.columns.len());
        }
        self.add(Column {
            name: name.to_owned(),
            place: self.uses.len() - 1,
            feed: open,
            why: Some(why),
            ..Column::default()
        });
    }
}

impl Fold for Survey<'_> {
    fn open(&mut self, input: &Opened<'_>) -> Result<Wanted> {
        (self.opened)(input);
        let mapping = input.mapping;
        let undated = mapping.undated.iter();
        let undated: BTreeMap<usize, &Undecided> =
            undated.map(|(column, of)| (*column, of)).collect();
        for (column, name) in input.names.iter().enumerate() {
            let feeds = mapping.feeds.get(column).into_iter().flatten();
            let mut feeds: Vec<Option<Feed>> = feeds.copied().map(Some).collect();
            if feeds.is_empty() {
                feeds.push(None);
            }
            let undated = undated.get(&column);
            self.uses.push(Vec::new());
            for feed in feeds {
                if let Some(feed) = &feed {
                    self.parts.add(feed, self.columns.len());
                }
                self.add(Column {
                    name: name.clone(),
                    place: column,
                    feed,
                    why: mapping.unused.get(column).cloned().flatten(),
                    undated: undated.map(|undecided| (*undecided).clone()),
                    ..Column::default()
                });
            }
        }
        self.first_late = self.uses.len();
        let first = u32::try_from(self.first_late).unwrap_or(u32::MAX);
        Ok(Wanted {
            columns: (0..self.first_late).zip(0..).collect(),
            late: LateTexts::All(first..MOST_COLUMNS.max(first)),
            unrecognized: false,
        })
    }

    fn row(&mut self, row: &mut Row<'_>) -> Result<()> {
        while let Some(name) = row.late().get(self.uses.len() - self.first_late) {
            self.admit(name, row.columns());
        }
        for (number, text) in row.texts() {
            for column in &self.uses[number as usize] {
                self.columns[*column].take(self.rules, text, &mut self.key);
            }
        }
        Ok(())
    }
}

impl Seen {
    fn take(&mut self, rules: &Rules, text: &str, key: &mut String) {
        let known = self.known.get(text).copied();
        let content = known.unwrap_or_else(|| self.content(rules, text, key));
        if known.is_none() && text.len() <= SHORT && self.known.len() < REMEMBERED {
            self.known.insert(text.to_owned(), content);
        }
        if content == Content::Nothing {
            return;
        }
        let column = &mut self.column;
        column.filled += 1;
        if column.samples.len() < SAMPLES {
            let text = beginning(text.trim());
            if !column.samples.contains(&text) {
                column.samples.push(text);
            }
        }
        match content {
            Content::NotRecognized => self.unrecognized.add_bounded(text.trim(), 1),
            _ => column.understood += 1,
        }
    }

    fn content(&self, rules: &Rules, text: &str, key: &mut String) -> Content {
        if rules.is_blank(text, key) {
            return Content::Nothing;
        }
        let value =
            (self.column.feed).map(|feed| rules.read_in(feed.criterion, text, feed.sense, key));
        match value {
            Some(Value::NotRecognized) => Content::NotRecognized,
            _ => Content::Something,
        }
    }

    fn into_column(self) -> Column {
        let ranked = self.unrecognized.ranked().into_iter();
        Column {
            not_understood: ranked
                .map(|(text, count)| (text.to_owned(), count))
                .collect(),
            ..self.column
        }
    }
}
