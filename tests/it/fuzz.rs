//! The targets of `tests/fuzz` over their stored inputs, each of which was a find once or shows a
//! shape, and over some that are made of them.

#[path = "../fuzz/targets/mod.rs"]
#[allow(dead_code, reason = "shares are about runs without end")]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use self::targets::mutate::{Random, mutated};
use self::targets::target;
use crate::effort::quick_or_long;

/// The stored inputs of a target, with their names.
fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let files = fs::read_dir(folder.join(name)).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let inputs = paths.into_iter().map(|path| {
        let input = fs::read(&path).unwrap();
        (path, input)
    });
    inputs.collect()
}

/// Runs a target over its stored inputs, and over this number of others, few or many.
fn holds(name: &str, quick: u64, long: u64) {
    let (target, corpus) = (target(name).unwrap(), corpus(name));
    for (path, input) in &corpus {
        if let Err(why) = target.run(input) {
            panic!("{}: {why}", path.display());
        }
    }
    let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, input)| input).collect();
    for run in 0..quick_or_long(quick, long) {
        let mut random = Random::new(1, run);
        let input = mutated(&inputs, target.words, target.tokens, &mut random);
        if let Err(why) = target.run(&input) {
            let input = input.escape_ascii();
            panic!("run {run} of {name}: {why}\n{input}");
        }
    }
}

#[test]
fn tables_keep_their_records_and_fields() {
    holds("csv", 150, 30_000);
}

#[test]
fn objects_keep_their_values() {
    holds("json", 200, 30_000);
}

#[test]
fn several_inputs_are_one() {
    holds("several", 150, 20_000);
}

#[test]
fn packing_and_encoding_change_nothing_and_damage_is_seen() {
    holds("packed", 300, 20_000);
}

#[test]
fn workbooks_made_by_hand_are_read_or_refused() {
    holds("workbook", 300, 20_000);
}

#[test]
fn related_files_and_their_keys_are_read_alike_in_all_parts() {
    holds("related", 100, 10_000);
}

#[test]
fn a_plan_gives_each_record_alone_what_it_gets_among_others() {
    holds("plan", 300, 20_000);
}

#[test]
fn an_explanation_has_the_label_of_the_labelling() {
    holds("explain", 150, 10_000);
}

#[test]
fn a_record_in_words_has_the_label_of_the_record() {
    holds("words", 300, 20_000);
}

#[test]
fn rulebooks_are_written_as_they_were_read() {
    holds("rulebook", 10, 2_000);
}

#[test]
fn the_program_ends_well_whatever_stands_in_its_folder() {
    holds("program", 10, 500);
}
