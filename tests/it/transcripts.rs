//! Runs the sessions in `tests/cli/*.md`, and every command block of the README and of the
//! guide, against the real binary: a test for each file.
//!
//! A block that begins with ```` ```console ```` holds commands (`$ ...`), each
//! followed by what it prints on standard output and standard error and, where
//! it is not 0, by `[exit CODE]`. In what is expected, `[..]` stands for any text
//! within a line and `...` for any lines. A block ```` ```sh ```` is run for its
//! exit code alone. Each file gets a folder of its own with the examples and
//! with `tests/cli/files`.

use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BINARY: &str = env!("CARGO_BIN_EXE_clientype");

/// One command, and what is expected of it.
struct Step {
    line: usize,
    command: String,
    expected: Option<String>,
    code: i32,
}

fn steps(markdown: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut block = None;
    for (i, line) in markdown.lines().enumerate() {
        if let Some(language) = line.strip_prefix("```") {
            block = if block.is_some() {
                None
            } else {
                Some(language.trim().to_owned())
            };
            continue;
        }
        let new = |command: &str, expected| Step {
            line: i + 1,
            command: command.to_owned(),
            expected,
            code: 0,
        };
        match block.as_deref() {
            Some("sh") if !line.trim().is_empty() => steps.push(new(line, None)),
            Some("console") => {
                if let Some(command) = line.strip_prefix("$ ") {
                    steps.push(new(command, Some(String::new())));
                } else if let Some(step) = steps.last_mut() {
                    match line
                        .strip_prefix("[exit ")
                        .and_then(|rest| rest.strip_suffix(']'))
                    {
                        Some(code) => step.code = code.trim().parse().unwrap(),
                        None => *step.expected.get_or_insert_default() += &format!("{line}\n"),
                    }
                }
            }
            _ => {}
        }
    }
    steps
}

/// A fresh folder with all that the commands name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(
        &Path::new(ROOT).join("examples"),
        &folder.path().join("examples"),
    );
    copy(&Path::new(ROOT).join("tests/cli/files"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            let _ = fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Runs a command in a shell that finds the binary by its name, and returns
/// what it prints and its exit code.
fn run(command: &str, folder: &Path) -> (String, i32) {
    let bin = Path::new(BINARY).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("COLUMNS")
        .output()
        .unwrap();
    (
        String::from_utf8_lossy(&output.stdout).into_owned(),
        output.status.code().unwrap_or(-1),
    )
}

fn matches(expected: &[&str], actual: &[&str]) -> bool {
    match (expected, actual) {
        (["...", rest @ ..], _) => (0..=actual.len()).any(|skip| matches(rest, &actual[skip..])),
        ([first, rest @ ..], [line, lines @ ..]) => {
            line_matches(first, line) && matches(rest, lines)
        }
        ([], []) => true,
        _ => false,
    }
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = actual.strip_prefix(parts.next().unwrap_or("")) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    for (i, part) in parts.iter().enumerate() {
        let found = if i + 1 == parts.len() {
            rest.ends_with(part).then(|| rest.len() - part.len())
        } else {
            rest.find(part)
        };
        let Some(at) = found else { return false };
        rest = &rest[at + part.len()..];
    }
    parts.is_empty() && rest.is_empty() || !parts.is_empty()
}

/// Fails with all commands of a file that print or return something else than it says.
fn runs_as_written(file: &str) {
    let folder = folder();
    let markdown = fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
    let steps = steps(&markdown);
    assert!(!steps.is_empty(), "{file} has no commands");
    let mut failures = Vec::new();
    for step in steps {
        let command = step
            .command
            .replace("cargo run --release -- ", "clientype ");
        // The first two are what is running now, the third runs in another test, and `.ci/run`
        // builds the wheel and installs it.
        let elsewhere = [
            "cargo test",
            "CLIENTYPE_TESTS=long cargo test",
            "cargo run --profile dist --example throughput",
            ".ci/wheel dist",
            "pip install target/wheels/clientype-*.whl",
        ];
        if elsewhere.contains(&&*command) {
            continue;
        }
        assert!(
            !command.contains("cargo "),
            "{file}:{}: no test can run this",
            step.line
        );
        let (actual, code) = run(&command, folder.path());
        let fits = step.expected.as_ref().is_none_or(|expected| {
            matches(
                &expected.lines().collect::<Vec<_>>(),
                &actual.lines().collect::<Vec<_>>(),
            )
        });
        if code != step.code || !fits {
            failures.push(format!(
                "{file}:{}: $ {command}\n--- expected, exit {}\n{}--- got, exit {code}\n{actual}",
                step.line,
                step.code,
                step.expected.unwrap_or_default(),
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_transcript_has_its_test() {
    let tests = include_str!("transcripts.rs");
    let files = fs::read_dir(Path::new(ROOT).join("tests/cli")).unwrap();
    let mut transcripts = 0;
    for file in files.map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|ending| ending == "md") {
            let name = file.file_name().unwrap().to_str().unwrap();
            let call = format!("runs_as_written(\"tests/cli/{name}\")");
            assert!(tests.contains(&call), "no test calls {call}");
            transcripts += 1;
        }
    }
    assert!(transcripts > 0);
}

#[test]
fn bad_input() {
    runs_as_written("tests/cli/bad-input.md");
}

#[test]
fn check() {
    runs_as_written("tests/cli/check.md");
}

#[test]
fn columns() {
    runs_as_written("tests/cli/columns.md");
}

#[test]
fn csv_shapes() {
    runs_as_written("tests/cli/csv-shapes.md");
}

#[test]
fn dates_and_lengths() {
    runs_as_written("tests/cli/dates-and-lengths.md");
}

#[test]
fn encodings() {
    runs_as_written("tests/cli/encodings.md");
}

#[test]
fn explain() {
    runs_as_written("tests/cli/explain.md");
}

#[test]
fn formats() {
    runs_as_written("tests/cli/formats.md");
}

#[test]
fn json_shapes() {
    runs_as_written("tests/cli/json-shapes.md");
}

#[test]
fn mistakes() {
    runs_as_written("tests/cli/mistakes.md");
}

#[test]
fn options() {
    runs_as_written("tests/cli/options.md");
}

#[test]
fn other_kinds() {
    runs_as_written("tests/cli/other-kinds.md");
}

#[test]
fn packed() {
    runs_as_written("tests/cli/packed.md");
}

#[test]
fn first_contact() {
    runs_as_written("tests/cli/first-contact.md");
}

#[test]
fn manual() {
    runs_as_written("tests/cli/manual.md");
}

#[test]
fn related() {
    runs_as_written("tests/cli/related.md");
}

#[test]
fn rules() {
    runs_as_written("tests/cli/rules.md");
}

#[test]
fn sql() {
    runs_as_written("tests/cli/sql.md");
}

#[test]
fn subjects() {
    runs_as_written("tests/cli/subjects.md");
}

#[test]
fn values() {
    runs_as_written("tests/cli/values.md");
}

#[test]
fn words() {
    runs_as_written("tests/cli/words.md");
}

#[test]
fn totals() {
    runs_as_written("tests/cli/totals.md");
}

#[test]
fn workbook() {
    runs_as_written("tests/cli/workbook.md");
}

#[test]
fn readme() {
    runs_as_written("README.md");
}

#[test]
fn guide() {
    let topics = clientype::guide::Topic::ALL.iter();
    let mut run = 0;
    for topic in topics.filter(|topic| topic.text.contains("```console\n")) {
        runs_as_written(&format!("src/guide/{}.md", topic.name));
        run += 1;
    }
    assert!(run >= 8, "{run}");
}

/// Every verb, and what stands below `rules`.
const VERBS: [&str; 15] = [
    "classify",
    "check",
    "columns",
    "explain",
    "rules",
    "rules show",
    "rules check",
    "rules test",
    "rules diff",
    "rules schema",
    "sql",
    "read",
    "guide",
    "completions",
    "man",
];

#[test]
fn every_example_in_the_help_runs() {
    let folder = folder();
    let mut all = 0;
    for verb in VERBS {
        let (help, code) = run(&format!("clientype {verb} --help"), folder.path());
        assert_eq!(code, 0);
        let (_, examples) = help.split_once("Examples:").unwrap();
        for example in examples
            .lines()
            .filter_map(|line| line.strip_prefix("    "))
        {
            let (output, code) = run(example, folder.path());
            assert_eq!(code, 0, "$ {example}\n{output}");
            all += 1;
        }
    }
    assert!(all >= 25, "{all}");
}

#[test]
fn the_short_help_fits_a_screen() {
    let folder = folder();
    for verb in VERBS {
        let (help, _) = run(&format!("COLUMNS=80 clientype {verb} -h"), folder.path());
        let lines: Vec<&str> = help.lines().collect();
        assert!(lines.len() <= 24, "{verb}: {} lines\n{help}", lines.len());
        let wide = lines.iter().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{verb}");
    }
}

#[test]
fn each_option_in_the_help_takes_three_lines_at_most() {
    let folder = folder();
    for verb in VERBS {
        let (help, _) = run(
            &format!("COLUMNS=80 clientype {verb} --help"),
            folder.path(),
        );
        let mut options = 0;
        for paragraph in help.split("\n\n") {
            let is_option = |line: &&str| line.trim_start().starts_with('-');
            let lines: Vec<&str> = paragraph
                .lines()
                .filter(|line| line.starts_with("  "))
                .collect();
            if lines.first().is_some_and(is_option) {
                assert!(lines.len() <= 3, "{verb}:\n{paragraph}");
                assert!(
                    !paragraph.contains("possible values"),
                    "{verb}:\n{paragraph}"
                );
                options += 1;
            }
        }
        assert!(options > 0, "{verb}");
    }
}

#[test]
fn the_help_of_an_option_names_all_its_values() {
    let folder = folder();
    for (verb, option, values) in [
        ("classify", "--format", "csv tsv json ndjson table"),
        ("classify", "--input-format", "csv tsv json ndjson"),
        ("classify", "--ragged", "error pad"),
        ("classify", "--date-order", "dmy mdy ymd"),
        ("check", "--format", "text json junit sarif github markdown"),
        ("check", "--report", "text json junit sarif github markdown"),
        ("check", "--label-language", "de en fr pl vi"),
        ("check", "--fail-on", "error warning"),
        ("explain", "--format", "text json markdown"),
        ("explain", "--color", "auto always never"),
        ("columns", "--format", "text json"),
        ("rules show", "--format", "text toml json markdown"),
        ("rules check", "--fail-on", "error warning"),
        ("rules diff", "--format", "text json markdown"),
    ] {
        let (help, _) = run(&format!("clientype {verb} --help"), folder.path());
        let paragraph = help
            .split("\n\n")
            .find(|text| text.contains(&format!("{option} <")));
        let paragraph = paragraph.unwrap_or_else(|| panic!("{verb} {option}"));
        for value in values.split(' ') {
            assert!(paragraph.contains(value), "{verb} {option} {value}");
        }
        // And there is no other.
        let (error, code) = run(
            &format!("clientype {verb} {option} nonsense"),
            folder.path(),
        );
        assert_eq!(code, 2, "{error}");
        if let Some((_, listed)) = error.split_once("possible values: ") {
            let listed = listed.split(']').next().unwrap_or_default();
            assert_eq!(
                listed.split(", ").count(),
                values.split(' ').count(),
                "{error}"
            );
        }
    }
}
