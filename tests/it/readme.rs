//! What the README and the guide show is what the program prints, and what they name is
//! there. Their commands run in `transcripts.rs`.

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

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/labels.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (stands, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            stands, written,
            "UPDATE_GUIDE=1 cargo test readme writes it"
        );
    }
}

/// The README, the contributors' guide, and the topics of the guide, by file.
fn texts() -> Vec<(&'static str, &'static str)> {
    let mut texts = vec![
        ("README.md", include_str!("../../README.md")),
        (
            "CONTRIBUTING.md",
            include_str!("../../.github/CONTRIBUTING.md"),
        ),
    ];
    let topics = clientype::guide::Topic::ALL.iter();
    texts.extend(topics.map(|topic| (topic.name, topic.text)));
    texts
}

#[test]
fn every_path_that_is_named_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for (file, text) in texts() {
        let quoted = text.split('`').skip(1).step_by(2);
        let linked = text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let folders = ["src/", "tests/", "examples/", ".github/", ".ci/"];
        let is_path = |text: &&str| folders.iter().any(|folder| text.starts_with(folder));
        for path in quoted.chain(linked).filter(is_path) {
            assert!(root.join(path).exists(), "{file}: {path}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn every_topic_has_its_file_and_a_line_about_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide");
    let files = std::fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = names
        .filter_map(|name| Some(name.strip_suffix(".md")?.to_owned()))
        .collect();
    let topics = clientype::guide::Topic::ALL;
    let mut names: Vec<&str> = topics.iter().map(|topic| topic.name).collect();
    files.sort();
    names.sort_unstable();
    assert_eq!(names, files);
    let mut asked: Vec<&str> = names.clone();
    asked.extend(topics.iter().flat_map(|topic| topic.also));
    let all = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), all, "a name means one topic");
    for topic in topics {
        assert!(topic.text.starts_with("# "), "{}", topic.name);
        let about = topic.about();
        assert!(
            !about.contains('\n') && about.ends_with('.') && about.len() <= 80,
            "{about}"
        );
    }
}

#[test]
fn every_topic_that_is_named_is_there() {
    let sources = ["README.md", ".github", "src", "tests/cli"];
    let mut count = 0;
    for source in sources {
        for (file, text) in crate::voice::files(source) {
            for rest in text.split("clientype guide ").skip(1) {
                let names = rest.split(|c: char| !c.is_ascii_lowercase() && c != ',' && c != ' ');
                let list = names.take(1).collect::<String>();
                let name = list.split([',', ' ']).next().unwrap_or_default();
                if name.is_empty() {
                    continue;
                }
                count += 1;
                let is_wrong_on_purpose = ["tables", "nonsense"].contains(&name);
                assert!(
                    is_wrong_on_purpose || clientype::guide::Topic::find(name).is_some(),
                    "{file}: clientype guide {name}"
                );
            }
        }
    }
    assert!(count > 30, "{count}");
}

#[test]
fn the_readme_stays_short() {
    let lines = include_str!("../../README.md").lines().count();
    assert!(lines <= 250, "{lines} lines");
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
    // Those of one system stand in tables of their own.
    let systems = manifest["target"].as_table().unwrap().values();
    let mut used: Vec<&str> = systems
        .filter_map(toml::Value::as_table)
        .chain([&manifest])
        .flat_map(|of| {
            let kinds = ["dependencies", "build-dependencies", "dev-dependencies"];
            kinds.into_iter().filter_map(|kind| of.get(kind))
        })
        .flat_map(|kind| kind.as_table().unwrap().keys())
        .map(String::as_str)
        .collect();
    named.sort_unstable();
    used.sort_unstable();
    used.dedup();
    assert_eq!(named, used);
}

#[test]
fn every_code_of_a_finding_is_explained() {
    let guide = include_str!("../../src/guide/checking.md");
    let codes = clientype::check::Code::ALL.iter();
    let codes: String = codes
        .map(|code| format!("| `{}` | {} |\n", code.name(), code.says()))
        .collect();
    let table = format!("| code | means |\n| --- | --- |\n{codes}\n");
    assert!(guide.contains(&table), "{table}");
}

#[path = "../../examples/throughput.rs"]
#[allow(dead_code, missing_docs, reason = "it is a program of its own")]
mod throughput;

#[test]
fn the_benchmark_prints_what_the_performance_section_shows() {
    let guide = include_str!("../../src/guide/performance.md");
    let (_, shown) = guide
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
fn the_benchmark_of_related_files_labels_them() {
    let printed = throughput::related(60).unwrap();
    assert!(printed.contains("with contracts and orders"), "{printed}");
}

#[test]
fn the_speeds_in_the_readme_are_those_of_the_guide() {
    let readme = include_str!("../../README.md");
    let guide = include_str!("../../src/guide/performance.md");
    let (_, section) = readme.split_once("## Performance").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let speeds = section.split_whitespace().filter(|word| {
        word.strip_suffix('x')
            .is_some_and(|number| number.parse::<f64>().is_ok())
    });
    let speeds: Vec<&str> = speeds.collect();
    assert_eq!(speeds.len(), 4);
    for speed in speeds {
        assert!(guide.contains(&format!("  {speed}\n")), "{speed}");
    }
}

#[test]
fn the_proof_on_engines_has_no_different_label() {
    let readme = include_str!("../../README.md");
    let (_, shown) = readme.split_once("<!-- engines -->\n\n```text\n").unwrap();
    let (shown, _) = shown.split_once("```\n\n<!-- end of engines -->").unwrap();
    let (_, table) = shown.split_once("USD/TB\n").unwrap();
    // Rows, different, seconds, ns/record and USD/TB, after the name.
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let numbers = cells.last_chunk::<5>()?;
        let is_row = numbers.iter().all(|cell| cell.parse::<f64>().is_ok());
        is_row.then_some((line, *numbers))
    });
    let mut named = String::new();
    for (line, [rows, different, ..]) in rows {
        assert!(["300000", "3000000"].contains(&rows), "{line}");
        assert_eq!(different, "0", "{line}");
        named += line;
    }
    for engine in ["clientype", "DuckDB", "PostgreSQL", "Spark"] {
        assert!(named.contains(engine), "{engine}");
    }
}

#[test]
fn the_rulebooks_in_the_guide_are_sound_and_their_cases_come_out() {
    let guide = include_str!("../../src/guide/rulebooks.md");
    let blocks = guide.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks
        .filter_map(|block| block.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 3);
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
