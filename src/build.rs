//! Turns the vocabulary and the rulebook into what the program finds ready:
//! nothing is collected when it begins.
//!
//! Owns what is made of which file. The tables are made by `src/lexicon/table.rs`
//! and read by `src/lexicon/lookup.rs`. The rulebook comes out as JSON, which takes
//! a tenth of the time to read, and the words as their digest.

#[allow(dead_code, unreachable_pub, reason = "it belongs to the library")]
#[path = "lexicon/normalize.rs"]
mod normalize;
#[path = "lexicon/table.rs"]
mod table;
#[allow(dead_code, unreachable_pub, reason = "it belongs to the library")]
#[path = "lexicon/vocabulary.rs"]
mod vocabulary;

use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

use table::{Table, Tables};

fn main() -> io::Result<()> {
    let files = [
        "lexicon/never.csv",
        "lexicon/normalize.rs",
        "lexicon/table.rs",
        "lexicon/vocabulary.csv",
        "lexicon/vocabulary.rs",
        "rulebook/documents.toml",
    ];
    for file in files {
        println!("cargo::rerun-if-changed=src/{file}");
    }
    println!("cargo::rerun-if-changed=src/build.rs");

    let mut tables = Tables::default();
    for entry in vocabulary::entries() {
        let meaning = (entry.criterion, entry.value);
        match table::answer(entry.value, entry.word) {
            Some(answer) => vocabulary::beginning_with(&format!("*,{answer},"))
                .for_each(|entry| tables.add(meaning, entry.word)),
            None => tables.add(meaning, entry.word),
        }
    }
    let mut never = Table::default();
    for (reason, language, word) in vocabulary::never() {
        never.add_name((language, reason), word);
    }
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let folder: &Path = folder.as_ref();
    let rulebook = fs::read_to_string("src/rulebook/documents.toml")?;
    let mut rulebook: toml::Table = rulebook.parse().map_err(io::Error::other)?;
    // They are read from the text by those who test it, and decide no label.
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
    write(&tables.cells, folder, "cells")?;
    write(&tables.headers, folder, "headers")?;
    write(&never, folder, "never")
}

fn write(table: &Table<'_>, folder: &Path, name: &str) -> io::Result<()> {
    let written = table.written().ok_or(io::ErrorKind::FileTooLarge)?;
    fs::write(folder.join(format!("{name}.txt")), written.text)?;
    fs::write(folder.join(format!("{name}.places")), written.places)
}
