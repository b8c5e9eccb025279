//! First lines that are not the header, though they look like one.
//!
//! Owns two of them: names of groups of columns above the header, and a header with
//! another delimiter than the records.

use super::beginning::{Row, first_rows};
use super::delimiter::{DELIMITERS, is_loose};
use super::doubts::{Doubts, shown};
use crate::error::{Help, Setting};
use crate::format::{Fault, input};
use crate::input::line_breaks;
use crate::lexicon::normalize::{folded, header_key, header_words};
use crate::text::{joined, quoted};

impl Doubts<'_> {
    /// A header that another delimiter splits into as many names as the records have
    /// fields.
    pub(super) fn other_delimiter(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        if self.no_header {
            return None;
        }
        let rows_of = |delimiter: &u8| {
            let rows = first_rows(self.sample, first.start, *delimiter, self.complete);
            (*delimiter, rows)
        };
        let split: Vec<(u8, Vec<Row<'_>>)> = DELIMITERS.iter().map(rows_of).collect();
        let pairs = split
            .iter()
            .flat_map(|one| split.iter().map(move |other| (one, other)));
        let (of_names, of_records) = pairs
            .filter(|((of_names, _), (of_records, _))| of_names != of_records)
            .find(|((of_names, by_names), (_, by_records))| {
                let width = by_names.first().map_or(0, Row::width);
                let (Some(header), records) = (by_records.first(), by_records.get(1..)) else {
                    return false;
                };
                let records = records.unwrap_or_default();
                let others = by_names.get(1..).unwrap_or_default();
                // Each could still be split as the names are.
                let is_split = others.iter().all(|row| row.width() == width)
                    && !others.iter().all(|row| is_loose(row, *of_names));
                width > 1
                    && header.width() == 1
                    && !records.is_empty()
                    && records.iter().all(|row| row.width() == width)
                    && !is_split
            })
            .map(|((of_names, _), (of_records, _))| (*of_names, *of_records))?;
        let line = line_breaks(&self.sample[..first.start]) + 1;
        let (from, to) = (in_sed(of_names), in_sed(of_records));
        let error = input(format!(
            "the column names have {} between them, but the records {}",
            shown(of_names),
            shown(of_records)
        ))
        .expected("the same delimiter in each line")
        .help(Help::convert(
            "replace it between the names, if no name contains it",
            format!("sed '{line} s/{from}/{to}/g' FILE"),
        ));
        Some(Fault::of_input(first.start, error))
    }

    /// Names of groups of columns, with the column names below them.
    pub(super) fn groups(&self, first: &Row<'_>) -> Option<Box<Fault>> {
        let [_, names, records @ ..] = self.rows else {
            return None;
        };
        let known = |row: &Row<'_>| {
            let texts = row.texts().filter(|text| !text.is_empty());
            texts.filter(|text| (self.known)(text)).count()
        };
        let groups: Vec<String> = first.texts().filter(|text| !text.is_empty()).collect();
        let mut once = groups.clone();
        once.sort();
        once.dedup();
        let is_repeated = once.len() < groups.len();
        let has_gaps = first.filled() < names.width() || is_repeated;
        let (of_groups, of_names) = (known(first), known(names));
        let enough = if is_repeated { 1 } else { 2 };
        let is_header = of_names > of_groups || of_names == of_groups && of_names >= enough;
        let mut rest = records.iter();
        let is_likely = is_header
            && names.filled() > once.len()
            && rest.all(|row| row.width() == names.width() && known(row) < of_names);
        let is_one = is_likely || self.are_names(first, names, records);
        if self.no_header || groups.is_empty() || !has_gaps || !is_one {
            return None;
        }
        let lines = line_breaks(&self.sample[..names.start]);
        let groups: Vec<String> = once.iter().take(3).map(|name| quoted(name)).collect();
        let error = input(format!(
            "the first line looks like names of groups, {}: the column names seem to be on line {}",
            joined(&groups, "and"),
            lines + 1
        ))
        .expected("the column names in the first line")
        .help(Help::set("", Setting::SkipLines, lines.to_string()));
        Some(Fault::of_input(first.start, error))
    }

    /// True if the row below the first has a name for each column, as no record below it
    /// has, though it names nothing that feeds a criterion.
    fn are_names(&self, first: &Row<'_>, names: &Row<'_>, records: &[Row<'_>]) -> bool {
        let mut keys: Vec<String> = names.texts().map(|text| header_key(&text)).collect();
        keys.sort();
        let is_name = |text: &String| {
            let is_short = text.chars().count() <= MOST_IN_NAME;
            is_short && !text.contains(|c: char| c.is_ascii_digit() || c == '@')
        };
        let are_distinct = keys.windows(2).all(|pair| pair[0] != pair[1]);
        if first.width() != names.width()
            || !are_distinct
            || keys.iter().any(String::is_empty)
            || !names.texts().all(|text| is_name(&text))
            || records.is_empty()
        {
            return false;
        }
        let usual = |row: &Row<'_>| row.texts().filter(|text| self.is_usual(text)).count();
        let (of_first, of_names) = (usual(first), usual(names));
        of_names >= 2
            && of_names * 2 >= names.width()
            && of_names > of_first.min(1)
            && records
                .iter()
                .all(|row| row.width() == names.width() && usual(row) * 2 < row.filled().max(1))
    }

    /// True for the name of a column as exports have it, whether it is read or not.
    fn is_usual(&self, text: &str) -> bool {
        let words = header_words(text);
        let mut each = words.iter().map(|word| folded(word));
        let is_word = |word: String| USUAL.split_ascii_whitespace().any(|one| one == word);
        !words.is_empty() && ((self.known)(text) || each.all(is_word))
    }
}

/// No name of a column is longer, where two lines may be the header.
const MOST_IN_NAME: usize = 40;

/// Words that make up names of columns in exports, without accents.
const USUAL: &str = "\
    adres adresse address account amount anfang beginn betrag bis branche city client code \
    company compte contact contract contrat country cp customer data date datum de debut \
    description dia dien do du duree e email end ende fin firma from hop dong id industry \
    imie kategoria kategorie category kod koniec konto kontakt kraj kunde kwota laenge land \
    length mail miasto montant mst nachname name nazwa nazwisko ngay no nom nr num number \
    numer numero nummer od opis ort osoba owner pays person pho phone plz poczatek postal \
    prenom quan region rodzaj rozpoczecia rue since so stadt start status statut strasse \
    street telefon telephone tel ten termin thanh to typ type ulica umowa umowy value \
    vertrag ville von vorname wartosc wert zakonczenia zip";

/// A delimiter in a command of sed.
fn in_sed(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "\\t".to_owned(),
        other => char::from(other).to_string(),
    }
}
