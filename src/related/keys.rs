//! The keys of our records, and which key of a related file fits them.
//!
//! Owns the comparison of whole columns of keys: of several candidates the one counts
//! whose keys are found among ours, and a key that could be chance is never taken.

use std::sync::Arc;

use super::propose::{Candidate, Certainty, Spelling, Strength};
use super::read::{Folding, Key};
use super::{Opener, RelatedFile, open};
use crate::engine::compile::Rules;
use crate::error::{Error, ErrorKind, Phrase, Place, Result, Setting};
use crate::run::evidence::{Lookup, NO_KEY, NOT_FOUND};
use crate::run::gather::{Gathered, GatheredBatch, Gatherer, Wish};
use crate::run::keys::{KeyForm, KeyIndex};
use crate::run::{Opened, Options, Source};
use crate::text::quoted;

/// The share of their records that a key has to find, in percent.
const ENOUGH: u64 = 90;
/// Whole numbers are keys if at least this many different ones are found, and the largest
/// is beyond this share of ours, in percent.
const FEWEST_NUMBERS: usize = 7;
const WIDE: usize = 70;
/// Of at least this many, those that are all below this share of ours fit by chance.
const MANY: usize = 20;
const NARROW: usize = 10;
/// How many candidates an error lists.
const MOST_LISTED: usize = 8;

/// The keys of several columns of ours.
#[derive(Debug, Clone, Default)]
pub(super) struct OurKeys {
    pub(super) columns: Vec<OurColumn>,
}

/// The keys of one column of ours.
#[derive(Debug, Clone)]
pub(super) struct OurColumn {
    pub(super) column: String,
    pub(super) form: KeyForm,
    pub(super) index: Arc<KeyIndex>,
    /// How many records have a key.
    pub(super) records: u64,
    /// By key: what it leads to. Of the main input, the first record that has it; of a
    /// related file, the key of the main input, or [`OurColumn::UNCLEAR`].
    pub(super) targets: Arc<Vec<u32>>,
    /// By key: whether a record with it counts.
    pub(super) counts: Arc<Vec<bool>>,
    /// How a record of the main input finds its key, if this is not the main input.
    pub(super) root: Option<Lookup>,
}

impl OurColumn {
    /// The target of a key that leads to several.
    pub(super) const UNCLEAR: u32 = u32::MAX;

    pub(super) fn new(column: &str, form: &KeyForm) -> Self {
        OurColumn {
            column: column.to_owned(),
            form: form.clone(),
            index: Arc::default(),
            records: 0,
            targets: Arc::default(),
            counts: Arc::default(),
            root: None,
        }
    }

    /// Adds the key of a record, what it leads to, and whether the record counts.
    pub(super) fn add(&mut self, key: &[u8], target: u32, counts: bool) -> Result<()> {
        let (Some(index), Some(targets), Some(counting)) = (
            Arc::get_mut(&mut self.index),
            Arc::get_mut(&mut self.targets),
            Arc::get_mut(&mut self.counts),
        ) else {
            return Ok(());
        };
        let (number, is_new) = index.insert(key)?;
        self.records += 1;
        // Of the main input, all count.
        if self.root.is_some() {
            if is_new {
                counting.push(false);
            }
            counting[number as usize] |= counts;
        }
        match targets.get_mut(number as usize) {
            _ if is_new => targets.push(target),
            Some(known) if self.root.is_some() && *known != target => *known = Self::UNCLEAR,
            _ => {}
        }
        Ok(())
    }

    /// Whether nearly every key is there once.
    fn is_unique(&self) -> bool {
        self.index.len() as u64 * 20 >= self.records * 19
    }

    /// The whole number of a key, also behind letters, if it is short.
    fn number(&self, key: u32) -> Option<u64> {
        let key = self.index.key(key);
        let letters = key.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let digits = std::str::from_utf8(&key[letters..]).ok()?;
        let is_number = digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    }

    /// Whether all keys are whole numbers, or codes such as `C-001`, which fit any others.
    fn are_numbers(&self) -> bool {
        (0..self.index.len() as u32).all(|key| self.number(key).is_some())
    }

    /// Whether all keys are whole numbers without letters.
    fn are_plain_numbers(&self) -> bool {
        let starts = |key: u32| self.index.key(key).first().is_some_and(u8::is_ascii_digit);
        self.are_numbers() && (0..self.index.len() as u32).all(starts)
    }

    /// How keys that fit are spread over ours: numbers from 1 to 5 are among any others.
    fn spread(&self, seen: &[bool]) -> Spread {
        if !self.are_numbers() {
            return Spread::default();
        }
        let ours = (0..self.index.len() as u32).filter_map(|key| self.number(key));
        let mut ours: Vec<u64> = ours.collect();
        ours.sort_unstable();
        let found = (0..).zip(seen).filter(|(_, seen)| **seen);
        let found: Vec<u64> = found.filter_map(|(key, _)| self.number(key)).collect();
        let most = found.iter().max().copied().unwrap_or(0);
        Spread {
            found: found.len(),
            rank: ours.partition_point(|one| *one <= most),
            ours: ours.len(),
        }
    }

    /// How a record of the main input finds its key.
    pub(super) fn root(&self) -> Lookup {
        self.root.clone().unwrap_or_else(|| Lookup {
            column: self.column.clone(),
            form: self.form.clone(),
            index: Arc::clone(&self.index),
        })
    }

    /// The key of the main input to which a key of this column leads, if it is clear.
    pub(super) fn target(&self, number: u32) -> Option<u32> {
        match &self.root {
            None => Some(number),
            Some(_) => {
                let target = self.targets.get(number as usize).copied();
                target.filter(|target| *target != Self::UNCLEAR)
            }
        }
    }

    /// Whether a record with this key counts.
    pub(super) fn counts(&self, number: u32) -> bool {
        self.counts.get(number as usize).copied().unwrap_or(true)
    }

    /// The same keys compared more loosely; `None` if two of them would become one that
    /// lead to different records.
    fn loosened(&self, form: &KeyForm) -> Result<Option<OurColumn>> {
        let mut loose = OurColumn {
            root: self.root.clone(),
            ..OurColumn::new(&self.column, form)
        };
        let mut written = Vec::new();
        for number in 0..self.index.len() as u32 {
            let key = String::from_utf8_lossy(self.index.key(number));
            form.write(&key, &mut written);
            if written.is_empty() {
                continue;
            }
            let known = loose.index.find(&written).is_some();
            if known && self.root.is_none() {
                return Ok(None);
            }
            let counts = self.counts.get(number as usize).copied();
            loose.add(
                &written,
                self.targets[number as usize],
                counts.unwrap_or(true),
            )?;
        }
        loose.records = self.records;
        let unclear = loose.targets.iter().filter(|one| **one == Self::UNCLEAR);
        let were_unclear = self.targets.iter().filter(|one| **one == Self::UNCLEAR);
        let are_clear = self.root.is_none()
            || (unclear.count().saturating_sub(were_unclear.count())) * 10 <= loose.index.len();
        Ok(are_clear.then_some(loose))
    }

    /// The forms in which keys may be compared more loosely.
    fn loose_forms(&self) -> Vec<KeyForm> {
        if self.form != KeyForm::Exact {
            return Vec::new();
        }
        let mut forms = vec![KeyForm::Loose];
        let mut prefix: Option<String> = None;
        for number in 0..self.index.len() as u32 {
            let key = String::from_utf8_lossy(self.index.key(number));
            match (KeyForm::prefix(&key), &prefix) {
                (Some(of_key), _) if of_key.is_empty() => {}
                (Some(of_key), None) => prefix = Some(of_key),
                (Some(of_key), Some(known)) if of_key == *known => {}
                // There is no common one.
                _ => return forms,
            }
        }
        // Theirs may have one though ours have none.
        forms.extend(prefix.map(KeyForm::Numbers));
        forms
    }
}

/// Lists the keys of the main input.
struct Listing {
    columns: Vec<OurColumn>,
    records: u32,
}

impl Gatherer for Listing {
    fn open(&mut self, _: &Opened<'_>) -> Result<Wish> {
        let columns = self.columns.iter();
        Ok(Wish {
            listed: columns
                .map(|one| (one.column.clone(), one.form.clone()))
                .collect(),
            ..Wish::default()
        })
    }

    fn batch(&mut self, batch: &GatheredBatch, _: &dyn Fn(&Gathered) -> Place) -> Result<()> {
        for row in 0..batch.rows.len() {
            for (listed, column) in self.columns.iter_mut().enumerate() {
                let key = batch.key(row, listed);
                if !key.is_empty() {
                    column.add(key, self.records, true)?;
                }
            }
            self.records = self.records.saturating_add(1);
        }
        Ok(())
    }
}

impl OurKeys {
    /// Reads the keys of the main input that `candidates` need.
    pub(super) fn of(
        rules: &Rules,
        options: &Options,
        main: &[Opener],
        candidates: &[Vec<Candidate>],
    ) -> Result<Self> {
        let mut columns: Vec<OurColumn> = Vec::new();
        for candidate in candidates.iter().flatten() {
            let same = |one: &OurColumn| one.column == candidate.ours && one.form == candidate.form;
            if !columns.iter().any(same) {
                columns.push(OurColumn::new(&candidate.ours, &candidate.form));
            }
        }
        let mut listing = Listing {
            columns,
            records: 0,
        };
        if !listing.columns.is_empty() {
            for opener in main {
                crate::run::gather(rules, options, open(opener)?, true, &mut listing)?;
            }
        }
        Ok(OurKeys {
            columns: listing.columns,
        })
    }

    fn column(&self, of: &Candidate) -> Option<&OurColumn> {
        let mut columns = self.columns.iter();
        columns.find(|one| one.column == of.ours && one.form == of.form)
    }
}

/// How whole numbers that fit are spread over ours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spread {
    /// How many different ones are found, of how many.
    found: usize,
    ours: usize,
    /// The place of the largest one among ours.
    rank: usize,
}

impl Spread {
    /// They are spread over most of ours.
    fn is_wide(self) -> bool {
        self.found >= FEWEST_NUMBERS && self.rank * 100 >= self.ours * WIDE
    }

    /// They are among the first of many.
    fn is_narrow(self) -> bool {
        self.ours >= MANY && self.rank * 100 < self.ours * NARROW
    }
}

/// How well a key fits.
#[derive(Debug, Clone, Default)]
pub(super) struct Match {
    pub(super) found: u64,
    pub(super) not_found: u64,
    /// How many of our keys are found.
    pub(super) ours: u64,
    /// By key: how often the two lead to different records.
    pub(super) differs: Vec<u64>,
    /// How whole numbers are spread over ours.
    pub(super) spread: Spread,
}

impl Match {
    pub(super) fn is_enough(&self) -> bool {
        self.found > 0 && self.found * 100 >= (self.found + self.not_found) * ENOUGH
    }

    /// Whether a key fits: of a list that ours refer to, ours have to be there.
    fn fits(&self, key: &Key) -> bool {
        match key.strength {
            Strength::Foreign => {
                self.ours > 0 && self.ours * 100 >= key.ours.index.len() as u64 * ENOUGH
            }
            _ => self.is_enough() && key.speaks(self),
        }
    }
}

/// Compares the keys of a related file with ours, in several ways.
struct Matching<'m> {
    keys: &'m [Key],
    matches: Vec<Match>,
    seen: Vec<Vec<bool>>,
}

impl Gatherer for Matching<'_> {
    fn open(&mut self, _: &Opened<'_>) -> Result<Wish> {
        Ok(Wish {
            lookups: self.keys.iter().map(Key::lookup).collect(),
            ..Wish::default()
        })
    }

    fn batch(&mut self, batch: &GatheredBatch, _: &dyn Fn(&Gathered) -> Place) -> Result<()> {
        for row in 0..batch.rows.len() {
            let hits = batch.hits(row);
            for (place, &hit) in hits.iter().enumerate() {
                let of = &mut self.matches[place];
                match hit {
                    NO_KEY => {}
                    NOT_FOUND => of.not_found += 1,
                    hit => {
                        of.found += 1;
                        self.seen[place][hit as usize] = true;
                        let target = |place: usize, hit: u32| {
                            self.keys[place].ours.targets.get(hit as usize)
                        };
                        for (other, &other_hit) in hits.iter().enumerate() {
                            let is_found = other_hit < NOT_FOUND;
                            if is_found && target(place, hit) != target(other, other_hit) {
                                of.differs[other] += 1;
                            }
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Compares keys of a related file with ours.
pub(super) fn matched(
    rules: &Rules,
    options: &Options,
    source: Source<'_>,
    keys: &[Key],
) -> Result<Vec<Match>> {
    let mut matching = Matching {
        keys,
        matches: keys
            .iter()
            .map(|_| Match {
                differs: vec![0; keys.len()],
                ..Match::default()
            })
            .collect(),
        seen: keys
            .iter()
            .map(|key| vec![false; key.ours.index.len()])
            .collect(),
    };
    crate::run::gather(rules, options, source, false, &mut matching)?;
    let seen = matching.seen.iter().zip(keys);
    for (of, (seen, key)) in matching.matches.iter_mut().zip(seen) {
        of.ours = seen.iter().filter(|seen| **seen).count() as u64;
        of.spread = key.ours.spread(seen);
    }
    Ok(matching.matches)
}

/// Settles by which of the candidates a file is related, and reads it by that.
pub(super) fn settle(
    file: &RelatedFile,
    candidates: &[Candidate],
    ours: &OurKeys,
    our_name: &str,
    is_partial: bool,
    read: &dyn Fn(&Key) -> Result<Folding>,
    matched: &dyn Fn(&[Key]) -> Result<Vec<Match>>,
) -> Result<Folding> {
    let mut keys: Vec<Key> = Vec::new();
    if let (Some(compared), [candidate]) = (&file.compared, candidates) {
        let trouble = Trouble { file, our_name };
        return read(&settled(candidate, compared, ours, &trouble)?);
    }
    for candidate in candidates {
        let Some(column) = ours.column(candidate) else {
            continue;
        };
        let is_usable = column.is_unique()
            || matches!(candidate.strength, Strength::Stated | Strength::Foreign)
            || column.root.is_some();
        if is_usable && column.index.len() > 0 {
            keys.push(Key {
                theirs: candidate.theirs.clone(),
                strength: candidate.strength,
                ours: column.clone(),
            });
        }
    }
    let trouble = Trouble { file, our_name };
    if keys.is_empty() {
        return Err(trouble.no_key(candidates, ours));
    }
    // Mostly one is better than all others, which then need no look.
    keys.sort_by_key(|key| key.strength);
    let is_best = match &keys[..] {
        [best, next, ..] => best.strength < next.strength,
        _ => true,
    };
    if let (Some(key), true) = (keys.first(), is_best)
        && key.strength != Strength::Foreign
    {
        let folding = read(key)?;
        let of = match key.ours.root {
            None => Match {
                spread: key.ours.spread(&folding.seen()),
                ..folding.fit()
            },
            Some(_) => folding.fit(),
        };
        let is_clear = key.ours.root.is_none() || !key.ours.are_numbers() || key.is_certain();
        if is_clear && of.fits(key) {
            return Ok(folding);
        }
    }
    let exact = keys.len();
    for place in 0..exact {
        for form in keys[place].ours.loose_forms() {
            if let Some(ours) = keys[place].ours.loosened(&form)? {
                keys.push(Key {
                    ours,
                    ..keys[place].clone()
                });
            }
        }
    }
    let matches = matched(&keys)?;
    // The first form that finds enough counts.
    let mut fits: Vec<usize> = Vec::new();
    for (place, of) in matches.iter().enumerate() {
        let is_first = !fits
            .iter()
            .any(|one| keys[*one].is_same_columns(&keys[place]));
        if is_first && of.fits(&keys[place]) {
            fits.push(place);
        }
    }
    fits.sort_by_key(|place| keys[*place].strength);
    let Some(&best) = fits.first() else {
        if keys[0].strength == Strength::Stated {
            return match matches[0].found > 0 || is_partial {
                true => read(&keys[0]),
                false => Err(trouble.nothing_found(&keys[0])),
            };
        }
        return Err(trouble.too_few(&keys[..exact], &matches));
    };
    let is_rival = |place: &&usize| keys[**place].strength == keys[best].strength;
    let rivals = fits.iter().filter(is_rival);
    let differ = rivals
        .clone()
        .any(|place| matches[best].differs[*place] > 0);
    if differ {
        let rivals: Vec<usize> = rivals.copied().collect();
        return Err(trouble.tied(&rivals, &keys, &matches));
    }
    read(&keys[best])
}

/// The key of a file for which all is settled, though none of ours may have it.
fn settled(
    candidate: &Candidate,
    compared: &str,
    ours: &OurKeys,
    trouble: &Trouble<'_>,
) -> Result<Key> {
    let Some(form) = KeyForm::from_name(compared) else {
        let found = format!("keys are compared {}, which is not known", quoted(compared));
        let error = trouble.error(found);
        return Err(error.expected("exact, loose, domain, or numbers with a prefix"));
    };
    let column = ours.column(candidate).cloned();
    let column = column.unwrap_or_else(|| OurColumn::new(&candidate.ours, &candidate.form));
    let column = match form == column.form {
        true => column,
        false => column.loosened(&form)?.ok_or_else(|| {
            let found = format!("two different keys are the same when compared {compared}");
            trouble.error(found).expected("each key once")
        })?,
    };
    Ok(Key {
        theirs: candidate.theirs.clone(),
        strength: candidate.strength,
        ours: column,
    })
}

impl Key {
    fn lookup(&self) -> Lookup {
        Lookup {
            column: self.theirs.clone(),
            form: self.ours.form.clone(),
            index: Arc::clone(&self.ours.index),
        }
    }

    /// Whether its names say for certain what it identifies.
    fn is_certain(&self) -> bool {
        matches!(
            self.strength,
            Strength::Stated | Strength::Names(_, Certainty::Certain, _)
        )
    }

    /// Whether its names say for certain what it identifies, or its keys do not fit by
    /// chance.
    fn speaks(&self, of: &Match) -> bool {
        let are_numbers = || self.ours.are_plain_numbers();
        let is_wide = of.spread.is_wide();
        // Most of ours are there.
        let are_ours = of.ours * 2 >= self.ours.index.len() as u64;
        match self.strength {
            Strength::Stated | Strength::Foreign => true,
            Strength::Names(_, Certainty::Certain, _) => !of.spread.is_narrow() || !are_numbers(),
            Strength::Names(Spelling::Same, Certainty::Likely, _) => {
                is_wide || are_ours || !are_numbers()
            }
            Strength::Names(_, Certainty::Likely, _) => is_wide || !are_numbers(),
            Strength::Values => !self.ours.are_numbers(),
        }
    }

    fn is_same_columns(&self, other: &Key) -> bool {
        self.theirs == other.theirs && self.ours.column == other.ours.column
    }
}

/// What is wrong with the key of a file.
struct Trouble<'t> {
    file: &'t RelatedFile,
    our_name: &'t str,
}

impl Trouble<'_> {
    fn error(&self, found: String) -> Error {
        Error::new(ErrorKind::Columns, found).in_file(&self.file.name)
    }

    fn on(&self, help: &str, pairs: &[(&str, &str)]) -> Phrase {
        let pairs = pairs
            .iter()
            .map(|(theirs, ours)| format!("{theirs}={ours}"));
        let set = |phrase: Phrase, pair: String| phrase.set(Setting::On, pair);
        Phrase::from(help).each(pairs, " or ", set)
    }

    fn no_key(&self, candidates: &[Candidate], ours: &OurKeys) -> Error {
        let columns = candidates.iter().filter_map(|one| ours.column(one));
        let columns: Vec<&OurColumn> = columns.collect();
        if !columns.is_empty() {
            let is_empty = columns.iter().all(|column| column.index.len() == 0);
            let (found, help) = match is_empty {
                true => (
                    format!("no record of {} has a key", self.our_name),
                    "leave the file out".into(),
                ),
                false => {
                    let one = &candidates[0];
                    let ours = quoted(&one.ours);
                    let found = format!(
                        "{ours} of {} has the same key in several records",
                        self.our_name
                    );
                    (
                        found,
                        self.on(
                            "if they are one relationship each: ",
                            &[(&one.theirs, &one.ours)],
                        ),
                    )
                }
            };
            return self
                .error(found)
                .expected("a key that each record has once")
                .help(help);
        }
        let found = format!(
            "no column shows by its name which record of {} it belongs to",
            self.our_name
        );
        let help = match candidates.first() {
            Some(one) => self.on("state the key: ", &[(&one.theirs, &one.ours)]),
            None => self.on("state the key: ", &[("THEIRS", "OURS")]),
        };
        let through = " (or `through`, in clientype.toml, for a file related to another one)";
        self.error(found)
            .expected("a column with the keys of these records, such as \"customer_id\" for \"id\"")
            .help(help.text(through))
    }

    fn nothing_found(&self, key: &Key) -> Error {
        let (theirs, ours) = (quoted(&key.theirs), quoted(&key.ours.column));
        let found = format!(
            "{ours} of {} has none of the keys in {theirs}",
            self.our_name
        );
        let other = self.on("state another key: ", &[("THEIRS", "OURS")]);
        self.error(found)
            .expected("at least one record that belongs to another")
            .help(other.text(", or leave the file out"))
    }

    fn listed(&self, keys: &[&Key], matches: &[&Match]) -> String {
        let lines = keys.iter().zip(matches).take(MOST_LISTED);
        let lines = lines.map(|(key, of)| {
            let all = of.found + of.not_found;
            let percent = |part: u64, all: u64| part * 100 / all.max(1);
            let theirs = percent(of.found, all);
            let ours = percent(of.ours, key.ours.index.len() as u64);
            let (one, other) = (quoted(&key.theirs), quoted(&key.ours.column));
            format!("\n    {one} = {other}: {theirs}% of their records found, {ours}% of ours")
        });
        lines.collect()
    }

    fn too_few(&self, keys: &[Key], matches: &[Match]) -> Error {
        let is_empty = matches.iter().all(|of| of.found + of.not_found == 0);
        if is_empty {
            return self
                .error("no record has a key".to_owned())
                .expected("at least one record that belongs to another")
                .help("leave the file out as long as it is empty");
        }
        let all: Vec<&Key> = keys.iter().collect();
        let of: Vec<&Match> = matches.iter().take(keys.len()).collect();
        let is_chance = keys
            .iter()
            .zip(matches)
            .any(|(key, of)| of.is_enough() && !key.speaks(of));
        let why = match is_chance {
            true => "only whole numbers speak for a key, and these fit any others",
            false => "no key finds 90% of the records",
        };
        let found = format!("{why} in {}:{}", self.our_name, self.listed(&all, &of));
        let pairs = keys.iter().take(2);
        let pairs: Vec<_> = pairs.map(|key| (&*key.theirs, &*key.ours.column)).collect();
        self.error(found)
            .expected("a key that finds at least 90% of the records")
            .help(self.on("if one of them is right: ", &pairs))
    }

    fn tied(&self, rivals: &[usize], keys: &[Key], matches: &[Match]) -> Error {
        let all: Vec<&Key> = rivals.iter().map(|place| &keys[*place]).collect();
        let of: Vec<&Match> = rivals.iter().map(|place| &matches[*place]).collect();
        let found = format!(
            "several keys fit {}, and they lead to different records:{}",
            self.our_name,
            self.listed(&all, &of)
        );
        let pairs = all.iter().take(3);
        let pairs: Vec<_> = pairs.map(|key| (&*key.theirs, &*key.ours.column)).collect();
        self.error(found)
            .expected("one key")
            .help(self.on("choose one: ", &pairs))
    }
}
