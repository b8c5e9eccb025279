//! Turns the vocabulary and the rulebook into what the program finds ready:
//! nothing is collected when it begins.
//!
//! Owns which keys a row of the vocabulary is found under. The tables are read
//! by `src/rules/lexicon.rs`, which tells what they look like. The rulebook comes
//! out as JSON, which takes a tenth of the time to read, and the words as their
//! digest.

#[allow(dead_code, unreachable_pub, reason = "it belongs to the library")]
#[path = "src/rules/vocabulary.rs"]
mod vocabulary;
#[allow(dead_code, unreachable_pub, reason = "it belongs to the library")]
#[path = "src/rules/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// By key: criterion and value of each row that has it, in the order of the rows.
#[derive(Default)]
struct Table(BTreeMap<String, Vec<(&'static str, &'static str)>>);

impl Table {
    fn add(&mut self, key: &str, meaning: (&'static str, &'static str)) {
        // Signs such as `--`, which every reader knows.
        if key.is_empty() {
            return;
        }
        let meanings = self.0.entry(key.to_owned()).or_default();
        // The last of equal ones counts.
        meanings.retain(|other| *other != meaning);
        meanings.push(meaning);
    }

    fn write(&self, folder: &Path, name: &str) -> io::Result<()> {
        let mut places = vec![0_u32; (2 * self.0.len()).next_power_of_two()];
        let mut text = String::new();
        for (key, meanings) in &self.0 {
            let mut place = words::hash(key) as usize % places.len();
            while places[place] != 0 {
                place = (place + 1) % places.len();
            }
            places[place] = u32::try_from(text.len() + 1).map_err(io::Error::other)?;
            text.push_str(key);
            for (criterion, value) in meanings {
                text.extend(["\t", criterion, ",", value]);
            }
            text.push('\n');
        }
        let places: Vec<u8> = places
            .iter()
            .flat_map(|place| place.to_le_bytes())
            .collect();
        fs::write(folder.join(format!("{name}.txt")), text)?;
        fs::write(folder.join(format!("{name}.places")), places)
    }
}

fn main() -> io::Result<()> {
    let files = [
        "documents.toml",
        "never.csv",
        "vocabulary.csv",
        "vocabulary.rs",
        "words.rs",
    ];
    for file in files {
        println!("cargo::rerun-if-changed=src/rules/{file}");
    }
    println!("cargo::rerun-if-changed=build.rs");

    let (mut cells, mut headers) = (Table::default(), Table::default());
    for entry in vocabulary::entries() {
        let meaning = (entry.criterion, entry.value);
        let is_of_headers = vocabulary::is_of_headers(entry.value);
        if is_of_headers || entry.criterion == "length" {
            words::spellings(entry.word, |word| {
                headers.add(&words::header_key(word), meaning);
            });
        }
        if !is_of_headers && entry.value != "(legal_form)" {
            each_cell_key(entry.word, |key| cells.add(key, meaning));
        }
    }
    let mut never = Table::default();
    for line in vocabulary::NEVER.lines().skip(1) {
        let mut fields = line.splitn(3, ',');
        if let (Some(reason), Some(language), Some(word)) =
            (fields.next(), fields.next(), fields.next())
        {
            words::spellings(word, |word| {
                never.add(&words::header_key(word), (language, reason));
            });
        }
    }
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let folder: &Path = folder.as_ref();
    let rulebook = fs::read_to_string("src/rules/documents.toml")?;
    let mut rulebook: toml::Table = rulebook.parse().map_err(io::Error::other)?;
    // They are read from the text by whoever tests it, and decide no label.
    rulebook.remove("case");
    fs::write(
        folder.join("documents.json"),
        serde_json::to_vec(&rulebook)?,
    )?;
    let mut digest = Sha256::new();
    for words in [vocabulary::TEXT, vocabulary::NEVER] {
        digest.update(words);
    }
    fs::write(folder.join("words.sha256"), digest.finalize())?;
    cells.write(folder, "cells")?;
    headers.write(folder, "headers")?;
    never.write(folder, "never")
}

/// Calls `each` with the cell keys of a word in all its spellings; of all the
/// words for yes or no where it stands for them.
fn each_cell_key(word: &str, mut each: impl FnMut(&str)) {
    let mut key = String::new();
    let mut of = |word: &str| {
        words::spellings(word, |spelling| {
            words::cell_key(spelling, &mut key);
            each(&key);
        });
    };
    match word {
        "(yes)" => vocabulary::beginning_with("*,yes,").for_each(|entry| of(entry.word)),
        "(no)" => vocabulary::beginning_with("*,no,").for_each(|entry| of(entry.word)),
        _ => of(word),
    }
}
