//! What the README shows is what the program prints, and what it names is there.

use std::process::Command;

const BEGIN: &str = "<!-- criteria: clientype rules show --format markdown -->\n";
const END: &str = "<!-- end of criteria -->";

#[test]
fn the_tables_of_criteria_are_what_the_program_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(["rules", "show", "--format", "markdown"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let written = format!("\n{printed}\n");

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (stands, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            stands, written,
            "UPDATE_README=1 cargo test readme writes it"
        );
    }
}

#[test]
fn every_path_in_the_readme_is_there() {
    let readme = include_str!("../../README.md");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let quoted = readme.split('`').skip(1).step_by(2);
    let folders = ["src/", "tests/", "examples/"];
    let paths = quoted.filter(|text| folders.iter().any(|folder| text.starts_with(folder)));
    let mut count = 0;
    for path in paths {
        assert!(root.join(path).exists(), "{path}");
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn every_dependency_has_its_reason() {
    let readme = include_str!("../../README.md");
    let (_, table) = readme.split_once("| dependency | why |").unwrap();
    let mut named: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .flat_map(|names| names.trim_end_matches(" (tests)").split(", "))
        .filter(|name| !name.starts_with('-'))
        .collect();
    let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
    let mut used: Vec<&str> = ["dependencies", "build-dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|kind| manifest[*kind].as_table().unwrap().keys())
        .map(String::as_str)
        .collect();
    named.sort_unstable();
    used.sort_unstable();
    used.dedup();
    assert_eq!(named, used);
}

#[test]
fn every_code_of_a_finding_is_explained() {
    let readme = include_str!("../../README.md");
    let codes = clientype::check::Code::ALL.iter();
    let codes: String = codes
        .map(|code| format!("| `{}` | {} |\n", code.name(), code.says()))
        .collect();
    let table = format!("| code | means |\n| --- | --- |\n{codes}\n");
    assert!(readme.contains(&table), "{table}");
}

#[path = "../../examples/throughput.rs"]
#[allow(dead_code, missing_docs, reason = "it is a program of its own")]
mod throughput;

#[test]
fn the_benchmark_prints_what_the_performance_section_shows() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme
        .split_once("<!-- throughput -->\n\n```text\n")
        .unwrap();
    let (shown, _) = shown
        .split_once("```\n\n<!-- end of throughput -->")
        .unwrap();
    // Everything but the numbers.
    let words = |table: &str| -> Vec<String> {
        let is_word = |word: &&str| !word.starts_with(|c: char| c.is_ascii_digit());
        let line = |line: &str| {
            line.split_whitespace()
                .filter(is_word)
                .collect::<Vec<_>>()
                .join(" ")
        };
        table.lines().map(line).collect()
    };
    let printed = throughput::run(200, 1).unwrap();
    assert_eq!(words(shown), words(&printed));
}

#[test]
fn the_rulebooks_in_the_readme_are_sound_and_their_cases_come_out() {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## Rules of your own\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks = section.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2);
    let mut cases = 0;
    for block in blocks {
        let head = match block.contains("extend = ") {
            true => "",
            false => "name = \"mine\"\nversion = \"1\"\nextend = \"documents\"\n",
        };
        let file = clientype::internals::rulebook::file::RuleFile::read(&format!("{head}{block}"));
        assert_eq!(file.diagnostics, []);
        let options = clientype::internals::CaseOptions::default();
        let results =
            clientype::internals::run_cases(&file.rulebook.unwrap(), &file.cases, &options)
                .unwrap();
        assert!(
            results.iter().all(clientype::internals::CaseResult::passed),
            "{results:?}"
        );
        cases += results.len();
    }
    assert_eq!(cases, 1);
}
