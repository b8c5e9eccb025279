//! Related files: evidence for the records of an input that stands in other files.
//!
//! Owns what the user states of such files, and the order of the steps: the key by which
//! their records belong to those of the main input, their kind, and how their records
//! become one value for each key. What comes of it is [`Evidence`], which joins that of
//! each record as it is judged. Knows neither flags nor how a file is opened.

mod fold;
mod keys;
mod propose;
mod read;
mod report;

use std::sync::Arc;

use crate::columns::Override;
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Help, Phrase, Result, Setting};
use crate::input::Layout;
use crate::rulebook::related::checked::RelatedKind;
use crate::run::evidence::{Evidence, FileEvidence, Lookup, MOST_FILES};
use crate::run::{Options, Settling};
use crate::run::{Source, Summary};
use crate::text::{nearest, quoted};
use crate::value::{Kind, Value};

use self::keys::OurKeys;
use self::propose::{Candidate, Peeked, peek, propose};
use self::read::{Folding, Key};
pub use self::report::{FileReport, NotCounted, RelatedLine, Shows, Taken, TakenBy};

/// Opens an input from its beginning, each time that it is called.
pub type Opener = Arc<dyn Fn() -> std::io::Result<Source<'static>> + Send + Sync>;

/// A file with any number of records for a relationship.
#[derive(Clone)]
pub struct RelatedFile {
    /// Its name, as the user wrote it.
    pub name: String,
    /// Opens it.
    pub open: Opener,
    /// How it is laid out.
    pub layout: Layout,
    /// The column with its key, and the one of the main input that has the same keys.
    pub on: Option<(String, String)>,
    /// How its keys are compared, if that is settled: `exact`, `loose`, `domain`, or `numbers`
    /// with a prefix. Then no key is looked for.
    pub compared: Option<String>,
    /// Its kind, if the user states it.
    pub kind: Option<String>,
    /// The related file whose key it has instead.
    pub through: Option<String>,
    /// Only records count that have one of these texts in each of these columns.
    pub only: Vec<(String, Vec<String>)>,
    /// What each record that counts says: criterion and value.
    pub says: Vec<(String, String)>,
    /// What it means for a relationship to have no record.
    pub absent: Vec<(String, String)>,
    /// Which of its columns feed which criteria.
    pub overrides: Vec<Override>,
}

impl RelatedFile {
    /// A file of which nothing else is stated.
    pub fn new(name: &str, open: Opener) -> Self {
        RelatedFile {
            name: name.to_owned(),
            open,
            layout: Layout::default(),
            on: None,
            compared: None,
            kind: None,
            through: None,
            only: Vec::new(),
            says: Vec::new(),
            absent: Vec::new(),
            overrides: Vec::new(),
        }
    }
}

/// All that the user states of evidence outside of the main input.
#[derive(Clone, Default)]
pub struct Related {
    /// The files, in the order in which they count.
    pub files: Vec<RelatedFile>,
    /// What is true of every relationship whose records say nothing else.
    pub assume: Vec<(String, String)>,
}

/// The evidence, and how it was found.
#[derive(Debug, Default)]
pub struct Gathered {
    pub(crate) evidence: Arc<Evidence>,
    /// By file, in the order in which they were stated.
    pub files: Vec<FileReport>,
}

impl Gathered {
    /// The criteria that it may be evidence for.
    pub fn criteria(&self) -> Vec<usize> {
        self.evidence.criteria()
    }

    /// The evidence, for the options of a run.
    pub fn evidence(&self) -> Arc<Evidence> {
        Arc::clone(&self.evidence)
    }
}

/// Reads all related files, and returns the evidence in them for the records of `main`.
///
/// The main input is read once for its keys, and each related file once or twice. Memory
/// grows with the number of different keys, not with the number of records.
///
/// # Errors
///
/// [`ErrorKind::Usage`] for a criterion, value, kind or file that does not exist;
/// [`ErrorKind::Columns`] if a key is not there, not clear or does not fit; the errors of
/// reading.
pub fn gather(
    rules: &Rules,
    options: &Options,
    related: &Related,
    main: &[Opener],
) -> Result<Gathered> {
    gather_with(rules, options, related, main, &[])
}

/// The same, and by file the records of the keys with these numbers.
pub(crate) fn gather_with(
    rules: &Rules,
    options: &Options,
    related: &Related,
    main: &[Opener],
    watched: &[Vec<u32>],
) -> Result<Gathered> {
    let mut evidence = Evidence {
        assumed: stated(rules, Setting::Assume, &related.assume)?,
        ..Evidence::default()
    };
    if related.files.len() > MOST_FILES {
        let found = format!("names {} files", related.files.len());
        return Err(Error::about(Setting::With, ErrorKind::Usage, found)
            .expected(format!("at most {MOST_FILES}")));
    }
    let order = in_order(&related.files)?;
    let mut gathering = Gathering {
        rules,
        options: reading(options),
        files: &related.files,
        peeked: Vec::new(),
        kinds: Vec::new(),
        watched,
    };
    for file in &related.files {
        let mut peeked = gathering.peek(file)?;
        let kind = gathering.kind(file, &peeked)?;
        peeked.is_partial = kind.is_some_and(|kind| kind.partial);
        if let Some(kind) = kind {
            peeked.kind = Some(kind.name.clone());
        }
        gathering.peeked.push(peeked);
        gathering.kinds.push(kind);
    }
    if related.files.is_empty() {
        return Ok(Gathered {
            evidence: Arc::new(evidence),
            files: Vec::new(),
        });
    }
    let peeked = peek(rules, &gathering.options, open(&main[0])?)?;
    let mut candidates = Vec::new();
    for (place, file) in related.files.iter().enumerate() {
        candidates.push(match file.through.as_deref() {
            Some(_) => Vec::new(),
            None => gathering.propose(place, file, &peeked, crate::columns::related::BUYERS)?,
        });
    }
    let ours = OurKeys::of(rules, &gathering.options, main, &candidates)?;
    let mut folded: Vec<Option<Folding>> = related.files.iter().map(|_| None).collect();
    for place in order {
        let file = &related.files[place];
        let through = file.through.as_deref().map(|name| {
            let parent = place_of(&related.files, name);
            parent.and_then(|parent| folded[parent].as_ref())
        });
        let of_children = gathering.children(place);
        let folding = match through {
            None => gathering.fold(place, &candidates[place], &ours, &peeked.name, of_children)?,
            Some(Some(parent)) => {
                let candidates = gathering.propose_through(place, file, parent)?;
                let ours = parent.hop();
                gathering.fold(place, &candidates, ours, &parent.report.file, of_children)?
            }
            Some(None) => return Err(not_a_file(file, &related.files)),
        };
        folded[place] = Some(folding);
    }
    let mut files = Vec::new();
    for folding in folded.into_iter().flatten() {
        let root = folding.root.clone();
        let same = |one: &Lookup| one.column == root.column && one.form == root.form;
        let lookup = evidence.lookups.iter().position(same).unwrap_or_else(|| {
            evidence.lookups.push(root);
            evidence.lookups.len() - 1
        });
        let place = files.len();
        let file = &related.files[place];
        let says = stated(rules, Setting::Says, &file.says)?;
        let absent = stated(rules, Setting::Absent, &file.absent)?;
        let (of_file, mut report) = folding.finish(rules, gathering.kinds[place]);
        report.state(rules, &says, &absent);
        evidence.files.push(FileEvidence {
            name: base_name(&file.name).to_owned(),
            lookup,
            says,
            absent,
            part_of: gathering.wholes(place),
            ..of_file
        });
        files.push(report);
    }
    Ok(Gathered {
        evidence: Arc::new(evidence),
        files,
    })
}

/// Related files while they are read.
struct Gathering<'g> {
    rules: &'g Rules,
    options: Options,
    files: &'g [RelatedFile],
    /// By file: its beginning, and its kind.
    peeked: Vec<Peeked>,
    kinds: Vec<Option<&'g RelatedKind>>,
    watched: &'g [Vec<u32>],
}

impl<'g> Gathering<'g> {
    /// The options for reading a file.
    fn options(&self, file: &RelatedFile) -> Options {
        let mut layout = file.layout.clone();
        // Exports of one system are encoded alike.
        layout.encoding = layout.encoding.or(self.options.layout.encoding);
        layout.max_record = self.options.layout.max_record;
        Options {
            layout,
            overrides: file.overrides.clone(),
            // A plan is about the main input.
            settling: Settling::Looking,
            ..self.options.clone()
        }
    }

    fn peek(&self, file: &RelatedFile) -> Result<Peeked> {
        peek(self.rules, &self.options(file), open(&file.open)?)
    }

    /// The kind of a file: as the user states it, or as its name or its first column shows.
    fn kind(&self, file: &RelatedFile, peeked: &Peeked) -> Result<Option<&'g RelatedKind>> {
        let kinds = self.rules.related();
        let of = |name: &str| kinds.iter().find(|kind| kind.name == name);
        match &file.kind {
            Some(name) => of(name).map(Some).ok_or_else(|| {
                let names = kinds.iter().map(|kind| kind.name.as_str());
                let near = nearest(name, names.clone());
                let names: Vec<&str> = names.collect();
                let found = format!("{}: there is no kind of files {}", file.name, quoted(name));
                let error = Error::new(ErrorKind::Usage, found).expected(match names.is_empty() {
                    true => "no kind, since the rulebook has none".to_owned(),
                    false => format!("one of {}", names.join(", ")),
                });
                match near {
                    Some(near) => error.help(Help::did_you_mean(near)),
                    None => error,
                }
            }),
            None => Ok(peeked.kind.as_deref().and_then(of)),
        }
    }

    /// The keys that may relate a file to `ours`, whose records are of this kind.
    fn propose(
        &self,
        place: usize,
        file: &RelatedFile,
        ours: &Peeked,
        our_kind: &str,
    ) -> Result<Vec<Candidate>> {
        propose(file, &self.peeked[place], ours, our_kind)
    }

    fn propose_through(
        &self,
        place: usize,
        file: &RelatedFile,
        parent: &Folding,
    ) -> Result<Vec<Candidate>> {
        let parent = parent.place;
        let kind = self.peeked[parent].kind.clone();
        self.propose(place, file, &self.peeked[parent], &kind.unwrap_or_default())
    }

    /// Whether the records of a file are parts of those of the file that it is related
    /// through.
    fn are_parts(&self, place: usize) -> bool {
        let Some(kind) = self.kinds[place] else {
            return false;
        };
        let mut through = self.files[place].through.as_deref();
        while let Some(parent) = through.and_then(|name| place_of(self.files, name)) {
            let of = self.kinds[parent].map(|kind| &kind.name);
            if of.is_some_and(|of| kind.part_of.contains(of)) {
                return true;
            }
            through = self.files[parent].through.as_deref();
        }
        false
    }

    /// The files of whose records those of a file are a part.
    fn wholes(&self, place: usize) -> Vec<usize> {
        let Some(kind) = self.kinds[place] else {
            return Vec::new();
        };
        // What contracts show is known of the relationship, and asked by `unless`.
        let takes_what_it_is_about = |of: &RelatedKind| {
            let about = of.about.map(|about| self.rules.in_force()[about].criterion);
            of.take
                .iter()
                .any(|(criterion, _)| Some(*criterion) == about)
        };
        let is_whole =
            |of: &RelatedKind| kind.part_of.contains(&of.name) && !takes_what_it_is_about(of);
        let kinds = self.kinds.iter().enumerate();
        let wholes = kinds.filter(|(_, of)| of.is_some_and(is_whole));
        wholes.map(|(place, _)| place).collect()
    }

    /// The columns by which other files may be related through this one.
    fn children(&self, place: usize) -> Vec<String> {
        let parent = &self.peeked[place];
        let kind = parent.kind.clone().unwrap_or_default();
        let mut columns = Vec::new();
        for (child, file) in self.files.iter().enumerate() {
            let through = file.through.as_deref();
            if through.and_then(|name| place_of(self.files, name)) != Some(place) {
                continue;
            }
            let candidates = self.propose(child, file, parent, &kind).unwrap_or_default();
            columns.extend(candidates.into_iter().map(|one| one.ours));
        }
        columns.sort();
        columns.dedup();
        columns
    }

    /// Settles the key of a file, and folds its records.
    fn fold(
        &self,
        place: usize,
        candidates: &[Candidate],
        ours: &OurKeys,
        our_name: &str,
        hops: Vec<String>,
    ) -> Result<Folding> {
        let file = &self.files[place];
        let read = |key: &Key| {
            let options = self.options(file);
            let mut folding = Folding::new(self.rules, place, file, self.kinds[place], key, &hops);
            folding.are_parts = self.are_parts(place);
            folding.watched = self.watched.get(place).cloned().unwrap_or_default();
            let source = open(&file.open)?;
            let read = crate::run::gather(self.rules, &options, source, false, &mut folding)?;
            folding.report.not_understood = not_understood(self.rules, &read);
            Ok(folding)
        };
        let matched = |keys: &[Key]| {
            let options = self.options(file);
            keys::matched(self.rules, &options, open(&file.open)?, keys)
        };
        let is_partial = self.kinds[place].is_some_and(|kind| kind.partial);
        keys::settle(
            file, candidates, ours, our_name, is_partial, &read, &matched,
        )
    }
}

/// By criterion, the texts that were not understood.
fn not_understood(rules: &Rules, read: &Summary) -> Vec<(usize, Vec<(String, u64)>)> {
    let of = |criterion: usize| {
        let (ranked, _) = read.not_understood(criterion);
        let texts = ranked.into_iter();
        let texts = texts.map(|(text, count)| (text.to_owned(), count));
        let texts: Vec<(String, u64)> = texts.collect();
        (!texts.is_empty()).then_some((criterion, texts))
    };
    (0..rules.rulebook().criteria.len())
        .filter_map(of)
        .collect()
}

/// The options for reading related files: nothing is written.
fn reading(options: &Options) -> Options {
    Options {
        format: None,
        replace: true,
        details: false,
        census: false,
        strict: false,
        records: None,
        evidence: Vec::new(),
        ..options.clone()
    }
}

fn open(opener: &Opener) -> Result<Source<'static>> {
    opener().map_err(Error::reading)
}

/// The part of a path after the last separator.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The place of the file that a name means.
fn place_of(files: &[RelatedFile], name: &str) -> Option<usize> {
    let exact = files.iter().position(|file| file.name == name);
    exact.or_else(|| {
        let same = |file: &&RelatedFile| base_name(&file.name) == base_name(name);
        let mut alike = files.iter().filter(same);
        let first = alike.next()?;
        let place = files.iter().position(|file| std::ptr::eq(file, first));
        place.filter(|_| alike.next().is_none())
    })
}

/// The places of the files, each after the one that it is related through.
fn in_order(files: &[RelatedFile]) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < files.len() {
        let before = order.len();
        for (place, file) in files.iter().enumerate() {
            let parent = match &file.through {
                None => None,
                Some(name) => match place_of(files, name) {
                    Some(parent) => Some(parent),
                    None => return Err(not_a_file(file, files)),
                },
            };
            let is_ready = parent.is_none_or(|parent| order.contains(&parent));
            if is_ready && !order.contains(&place) {
                order.push(place);
            }
        }
        if order.len() == before {
            let mut left = files.iter().enumerate();
            let left = left.find(|(place, _)| !order.contains(place));
            let name = left.map_or("", |(_, file)| &file.name);
            let found = format!("{name} is related through itself");
            return Err(Error::new(ErrorKind::Usage, found)
                .expected("files of which one is related to the main input"));
        }
    }
    Ok(order)
}

fn not_a_file(file: &RelatedFile, files: &[RelatedFile]) -> Error {
    let through = file.through.as_deref().unwrap_or_default();
    let found = format!(
        "{} is related through {}, which is not a related file",
        file.name,
        quoted(through)
    );
    let others = files.iter().filter(|other| !std::ptr::eq(*other, file));
    let others: Vec<&str> = others.map(|file| file.name.as_str()).collect();
    Error::new(ErrorKind::Usage, found).expected(match others.is_empty() {
        true => "another related file".to_owned(),
        false => format!("one of {}", others.join(", ")),
    })
}

/// The criteria and values that the user states.
fn stated(
    rules: &Rules,
    setting: Setting,
    pairs: &[(String, String)],
) -> Result<Vec<(usize, Value)>> {
    let mut all: Vec<(usize, Value)> = Vec::new();
    for (name, text) in pairs {
        let option = Phrase::default().set(setting, format!("{name}={text}"));
        let Some(criterion) = rules.criterion(name.trim()) else {
            return Err(crate::columns::no_criterion(rules, option, name));
        };
        let of = &rules.rulebook().criteria[criterion];
        let named = of.values.iter().position(|value| value == text.trim());
        let value = match (named.and_then(|place| u8::try_from(place).ok()), of.kind) {
            (Some(value), _) => Value::Choice(value),
            (None, Kind::Choice | Kind::Length) => rules.read(criterion, text),
            // An organization or an address is not the same for all.
            (None, _) => Value::NotRecognized,
        };
        let is_usable = value.is_known() && of.kind != Kind::Date;
        if !is_usable {
            let found = option.text(format!(
                " states {}, which {} does not have",
                quoted(text),
                of.name
            ));
            return Err(Error::new(ErrorKind::Usage, found).expected(match of.kind {
                Kind::Date => "a criterion other than a day".into(),
                _ if !of.values.is_empty() => {
                    Phrase::from(format!("one of {}", of.values.join(", ")))
                }
                _ => of.would_be_understood(),
            }));
        }
        match all.iter().find(|(known, _)| *known == criterion) {
            Some((_, other)) if *other != value => {
                let found = option.text(format!(" contradicts another value for {}", of.name));
                return Err(Error::new(ErrorKind::Usage, found).expected("one value"));
            }
            Some(_) => {}
            None => all.push((criterion, value)),
        }
    }
    Ok(all)
}
