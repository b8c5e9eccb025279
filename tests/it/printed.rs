//! What is printed steers no terminal and gives no command to a CI runner, with any text in
//! files, rulebooks and words.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::effort::quick_or_long;

/// A text that attacks a terminal, a log and a report: lines of a log, commands of three runners, escapes
/// of a terminal, marks that reorder or hide text.
const HOSTILE: &str = "X\n::error::B\r\u{1b}]0;t\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{2028}\u{2029}\
    ##vso[task]##[error]y##teamcity[x]\u{feff}\u{7f}\u{e0041}|`<b>&]]>%0A,a=b";

/// True of what may not reach a terminal or a log.
fn is_forbidden(c: char) -> bool {
    c != '\n' && c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fffe}'
            | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// What is wrong with a printed text, if anything is. A break within data would begin a line
/// that then looks like a message of its own. `annotates` allows our own annotations.
pub(crate) fn fault(text: &str, annotates: bool) -> Option<String> {
    if let Some(c) = text.chars().find(|c| is_forbidden(*c)) {
        return Some(format!("has {c:?}"));
    }
    for line in text.lines() {
        let begins = line.trim_start();
        let is_ours = ["error", "warning", "notice"].iter().any(|kind| {
            let ours = begins.strip_prefix(&format!("::{kind} "));
            ours.is_some_and(|rest| {
                rest.starts_with("file=") || rest.starts_with("title=clientype")
            })
        });
        if begins.starts_with("::") && !(annotates && is_ours) {
            return Some(format!("commands: {line}"));
        }
        if ["\\u{3a}:error::B", "\\u003a:error::B", "&#58;:error::B"]
            .iter()
            .any(|begin| begins.starts_with(begin))
        {
            return Some(format!("breaks a line: {line}"));
        }
        for (at, _) in line.match_indices("##") {
            let name = line[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            if name.starts_with('[') {
                return Some(format!("commands: {line}"));
            }
        }
    }
    None
}

/// The hostile text as the name of a file.
fn hostile_name(ending: &str) -> String {
    HOSTILE.replace('/', "") + ending
}

fn quoted_csv(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The hostile text within a TOML string.
fn in_toml(text: &str) -> String {
    let escape = |c: char| match c as u32 {
        0..0x20 | 0x7f => format!("\\u{:04X}", c as u32),
        _ => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// A folder with hostile files of every kind.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let (cell, json) = (quoted_csv(HOSTILE), serde_json::to_string(HOSTILE).unwrap());
    let text =
        format!("id,contract,frequency,{cell}\n1,yes,weekly,a\n2,{cell},{cell},{cell}\n3,no,,b\n");
    write("ok.csv", &text);
    write(&hostile_name(".csv"), &text);
    write("short.csv", &format!("{text}4,{cell}\n"));
    write("twice.csv", &format!("contract,{cell},{cell}\nyes,1,2\n"));
    write(
        &hostile_name(".json"),
        &format!(
            "[{{\"id\":1,\"contract\":\"yes\",{json}:{json}}},{{\"id\":2,\"contract\":{json}}}]"
        ),
    );
    write(
        "broken.json",
        &format!("[{{\"contract\":\"yes\",{json}:1}},{{\"contract\":tru}}]"),
    );
    write(
        "lines.ndjson",
        &format!("{{\"contract\":{json},{json}:1}}\n{json}\n"),
    );
    let toml = in_toml(HOSTILE);
    let rules = format!(
        "# \u{202e}##vso[x] \u{9b}\nname = \"n\"\nversion = \"1\"\nextend = \"documents\"\n\
         [[statement]]\nid = \"x.y\"\nsays = \"{toml}\"\n\
         [[criterion]]\nname = \"crit\"\nsays = \"{toml}\"\nkind = \"choice\"\nvalues = [\"{toml}\", \"b\"]\n\
         [words.en]\ncrit.\"(column)\" = [\"{toml}\"]\ncrit.\"{toml}\" = [\"{toml}\", \"w\"]\n\
         [[scorecard]]\nname = \"relationship\"\n\
         [[scorecard.band]]\nlabel = \"{toml}\"\nat_least = 2\n\
         [[scorecard.band]]\nlabel = \"B{toml}\"\nat_most = -2\n\
         [[scorecard.characteristic]]\ncriterion = \"crit\"\n\
         [[scorecard.characteristic.attribute]]\nwhen.crit = \"{toml}\"\npartial_score = 3\n\
         reason_code = \"crit-x\"\nreason = \"{toml}\"\nsources = [\"x.y\"]\n\
         [[case]]\nname = \"{toml}\"\nrecord.crit = \"b\"\nexpect.relationship = \"{toml}\"\n"
    );
    write("rules.toml", &rules);
    write(&hostile_name(".toml"), &rules);
    write(
        "wrong.toml",
        &format!(
            "name = \"{toml}\"\nversion = \"1\"\nextend = \"documents\"\n\"{toml}\" = \"{toml}\"\n\
             [[criterion]]\nname = \"{toml}\"\nsays = \"s\"\nkind = \"choice\"\n\
             values = [\"\\u0000\", \"{toml}\"]\nlength_means = \"zzz\"\n"
        ),
    );
    write(&hostile_name("-own.toml"), "own = [\"x\"]\n");
    write("delimiter.toml", &format!("delimiter = \"{toml}\"\n"));
    write("key.toml", &format!("\"{toml}\" = 1\n"));
    write(
        "map.toml",
        &format!("[map]\ncontract = \"{toml}\"\n\"{toml}\" = \"id\"\n"),
    );
    folder
}

/// Runs the program there, and finds what is wrong with what it prints for people.
fn swept(folder: &Path, words: &[&str]) -> Option<String> {
    let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(words)
        .current_dir(folder)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    // Records and programs for others pass as they are.
    let is_data = matches!(words[0], "classify" | "read" | "sql") && !words.contains(&"table");
    let err = String::from_utf8(ran.stderr).unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    let out_fault = fault(&out, words.contains(&"github")).filter(|_| !is_data);
    let code = ran.status.code();
    let wrong_code = (!matches!(code, Some(0..=2))).then(|| format!("ends with {code:?}"));
    let fault = out_fault.or_else(|| fault(&err, false)).or(wrong_code)?;
    Some(format!(
        "{words:?}: {fault}\n--- stdout\n{out}\n--- stderr\n{err}"
    ))
}

#[test]
fn no_verb_and_no_format_prints_what_steers_a_terminal_or_a_runner() {
    let folder = folder();
    let [csv, json, toml, own, missing] =
        [".csv", ".json", ".toml", "-own.toml", "-missing"].map(hostile_name);
    let files = [
        csv.as_str(),
        "ok.csv",
        json.as_str(),
        "lines.ndjson",
        "broken.json",
        "short.csv",
        "twice.csv",
        missing.as_str(),
    ];
    let pair = format!("{HOSTILE}={HOSTILE}");
    let of_contract = format!("contract={HOSTILE}");
    let of_label = format!("relationship={HOSTILE}");
    let h = HOSTILE;
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for file in files {
        runs.extend([
            vec!["classify", file],
            vec!["classify", "-f", "table", file],
            vec!["classify", "--summary", "--strict", file],
            vec!["classify", "--own", h, "--prefix", h, file],
            vec!["classify", "--map", &of_contract, file],
            vec!["classify", "--map", &pair, file],
            vec!["classify", "--sheet", h, file],
            vec!["classify", "--with", file, "--on", &pair, "ok.csv"],
            vec!["classify", "--with", file, "ok.csv"],
            vec!["columns", file],
            vec!["columns", "-f", "json", file],
            vec!["rules", "diff", "documents", "rules.toml", file],
            vec!["read", "--config", "map.toml", file],
        ]);
        for format in ["text", "json", "junit", "sarif", "github", "markdown"] {
            runs.push(vec!["check", "-f", format, file]);
            runs.push(vec![
                "check",
                "-f",
                format,
                "--no-unread-values",
                "--require",
                "contract",
                "--unique",
                h,
                file,
            ]);
            runs.push(vec![
                "check", "-f", format, "--key", h, "--expect", &of_label, file,
            ]);
            runs.push(vec![
                "check",
                "-f",
                format,
                "--with",
                file,
                "--on",
                "id=id",
                "--rules",
                "rules.toml",
                "ok.csv",
            ]);
        }
        for format in ["text", "json", "markdown"] {
            runs.push(vec!["explain", "-f", format, "--row", "2", file]);
            runs.push(vec!["explain", "-f", format, "--where", &pair, file]);
            runs.push(vec![
                "explain",
                "-f",
                format,
                "--row",
                "2",
                "--rules",
                "rules.toml",
                file,
            ]);
        }
    }
    for format in ["text", "json", "markdown"] {
        runs.extend([
            vec!["explain", "-f", format, &of_contract, "frequency=weekly"],
            vec!["explain", "-f", format, &pair],
            vec![
                "explain",
                "-f",
                format,
                "--sources",
                "--rules",
                "rules.toml",
                "crit=b",
                "contract=yes",
            ],
            vec![
                "explain",
                "-f",
                format,
                "--sources",
                "--rules",
                "rules.toml",
                "crit=w",
            ],
            vec!["rules", "show", "-f", format, "rules.toml"],
            vec!["rules", "show", "-f", format, "--diff", "rules.toml"],
            vec![
                "rules",
                "show",
                "-f",
                format,
                "--statement",
                "x.y",
                "rules.toml",
            ],
            vec!["rules", "show", "-f", format, "--statement", h],
            vec!["rules", "diff", "-f", format, "documents", &toml],
            vec![
                "rules",
                "diff",
                "-f",
                format,
                "documents",
                "rules.toml",
                &csv,
            ],
        ]);
    }
    for rules in [
        "rules.toml",
        "wrong.toml",
        "key.toml",
        toml.as_str(),
        missing.as_str(),
    ] {
        runs.extend([
            vec!["rules", "show", "-f", "toml", rules],
            vec!["rules", "check", rules],
            vec!["rules", "check", "-f", "json", rules],
            vec!["rules", "test", rules],
            vec!["rules", "test", "-f", "json", rules],
            vec!["classify", "--summary", "--rules", rules, "ok.csv"],
            vec![
                "check",
                "--summary",
                "--max-undetermined",
                "0%",
                "--rules",
                rules,
                "ok.csv",
            ],
            vec!["sql", "--table", h, "--dialect", "duckdb", "--rules", rules],
        ]);
    }
    for config in [
        "delimiter.toml",
        "key.toml",
        "map.toml",
        own.as_str(),
        missing.as_str(),
    ] {
        runs.extend([
            vec!["classify", "--config", config, "ok.csv"],
            vec!["check", "-f", "github", "--config", config, "ok.csv"],
            vec!["columns", "--config", config, "ok.csv"],
            vec![
                "sql",
                "--config",
                config,
                "--table",
                "t",
                "--dialect",
                "spark",
            ],
        ]);
    }
    for option in [
        "--as-of",
        "--assume",
        "--config",
        "--date-order",
        "--delimiter",
        "--encoding",
        "--format",
        "--map",
        "--on",
        "--output",
        "--rejects",
        "--rulebook",
        "--rules",
        "--says",
        "--sheet",
        "--skip-lines",
        "--threads",
        "--unknown\n::error::B",
        h,
    ] {
        runs.push(vec!["classify", "ok.csv", option, h]);
    }
    for option in [
        "--allow",
        "--baseline",
        "--expect",
        "--label-language",
        "--max-undetermined",
        "--min-agreement",
        "--min-records",
        "--report",
        "--require",
        "--unique",
        "--warn",
    ] {
        runs.push(vec!["check", "ok.csv", option, h]);
    }
    let report = format!("junit={h}/x");
    let plan = hostile_name("-plan.toml");
    runs.extend([
        vec![h],
        vec![&csv],
        vec!["explain", h],
        vec!["explain", "--row", h, "ok.csv"],
        vec!["guide", h],
        vec!["guide", "--search", h],
        vec!["help", h],
        vec!["rules", h],
        vec!["rules", "check", "--explain", h],
        vec!["completions", h],
        vec!["man", "--dir", h],
        vec!["check", "--report", &report, "ok.csv"],
        vec!["columns", "--freeze", &plan, "ok.csv"],
        vec!["classify", "--config", &plan, "ok.csv"],
        vec![
            "columns",
            "--map",
            "crit:filled:b=contract",
            "--rules",
            "rules.toml",
            "ok.csv",
        ],
        vec![
            "columns",
            "--map",
            "crit:z=contract",
            "--rules",
            "rules.toml",
            "ok.csv",
        ],
        vec![
            "classify",
            "--assume",
            "crit=z",
            "--rules",
            "rules.toml",
            "ok.csv",
        ],
    ]);
    // The quick run takes some of each kind.
    let step = quick_or_long(5, 1);
    let runs = runs.iter().step_by(step);
    let faults: Vec<String> = runs
        .filter_map(|words| swept(folder.path(), words))
        .collect();
    assert!(
        faults.is_empty(),
        "{} faults, such as\n{}",
        faults.len(),
        faults[0]
    );
}

/// Colours are ours, and all else is shown, also where a style surrounds it.
#[test]
fn colours_surround_what_is_shown_and_nothing_else_passes() {
    let folder = folder();
    for words in [
        &["explain", "--color", "always", "--row", "2", "ok.csv"][..],
        &[
            "explain",
            "--color",
            "always",
            "--rules",
            "rules.toml",
            "crit=w",
        ],
        &["rules", "show", "--color", "always", "rules.toml"],
        &["rules", "check", "--color", "always", "wrong.toml"],
        &["check", "--color", "always", "--no-unread-values", "ok.csv"],
    ] {
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(words)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let mut plain = String::new();
        for (place, piece) in String::from_utf8(ran.stdout)
            .unwrap()
            .split("\u{1b}[")
            .enumerate()
        {
            let end = piece.find('m').filter(|_| place > 0);
            let style = &piece[..end.unwrap_or(0)];
            assert!(
                style.chars().all(|c| c.is_ascii_digit() || c == ';'),
                "{words:?}: {style:?}"
            );
            plain += &piece[end.map_or(0, |end| end + 1)..];
        }
        assert_eq!(fault(&plain, false), None, "{words:?}: {plain}");
        assert!(plain.contains("\\u{202e}"), "{words:?}: {plain}");
    }
}

#[test]
fn records_pass_as_they_are() {
    let folder = folder();
    let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
        .args(["classify", "-q", "ok.csv"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(ran.stdout).unwrap();
    let cell = quoted_csv(HOSTILE);
    assert!(out.contains(&format!("2,{cell},{cell},{cell},")), "{out}");
}

/// A rulebook as it is printed has the values of its file.
#[test]
fn a_rulebook_that_is_printed_is_the_same_rulebook() {
    let folder = folder();
    let run = |words: &[&str]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(words)
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        String::from_utf8(ran.stdout).unwrap()
    };
    fs::write(
        folder.path().join("printed.toml"),
        run(&["rules", "show", "-f", "toml", "rules.toml"]),
    )
    .unwrap();
    let json =
        ["rules.toml", "printed.toml"].map(|file| run(&["rules", "show", "-f", "json", file]));
    assert_eq!(json[0], json[1]);
}

/// A path that is not UTF-8 is the path that it is.
#[cfg(target_os = "linux")]
#[test]
fn the_cases_beside_a_rulebook_are_found_by_its_very_path() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    fs::write(
        path(b"r\xff.toml"),
        "name = \"r\"\nversion = \"1\"\nextend = \"documents\"\n",
    )
    .unwrap();
    fs::write(
        path(b"r\xff.cases.csv"),
        "name,contract,expected_relationship\nwrong,yes,Customer\n",
    )
    .unwrap();
    let run = |words: &[&OsStr]| {
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(words)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let texts = [ran.stdout, ran.stderr].map(|text| String::from_utf8(text).unwrap());
        (ran.status.code(), texts.concat())
    };
    let rules = OsStr::from_bytes(b"r\xff.toml");
    let (code, text) = run(&[OsStr::new("rules"), OsStr::new("test"), rules]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("FAILED wrong"), "{text}");
    // Nor does another rulebook that is shown alike stand for it.
    fs::write(
        path(b"r\xfe.toml"),
        "name = \"r\"\nversion = \"2\"\nextend = \"documents\"\n",
    )
    .unwrap();
    fs::write(
        path(b"r\xfe.cases.csv"),
        "name,contract,expected_relationship\nright,yes,Client\nalso,no,Customer\n",
    )
    .unwrap();
    let other = OsStr::from_bytes(b"r\xfe.toml");
    let (_, text) = run(&[OsStr::new("rules"), OsStr::new("diff"), rules, other]);
    assert!(text.contains("3 cases of both rulebooks"), "{text}");
    // A plan is text, so it cannot name such a file.
    fs::write(folder.path().join("a.csv"), "contract\nyes\n").unwrap();
    let words = ["columns", "--freeze", "plan.toml", "a.csv", "--rules"].map(OsStr::new);
    let (code, text) = run(&[&words[..], &[rules]].concat());
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("is not UTF-8, so a plan cannot name it"),
        "{text}"
    );
}

/// No help lists alternatives where there are none.
#[test]
fn no_message_offers_one_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", "contract\nyes\n");
    write(
        "length.toml",
        "name = \"r\"\nversion = \"1\"\nextend = \"documents\"\n[[criterion]]\nname = \"since\"\n\
         says = \"s\"\nkind = \"length\"\nlength_means = \"x\"\ngroups.g = [\"y\"]\n\
         [words.en]\nsince.\"(filled z)\" = [\"w\"]\n",
    );
    write(
        "bare.toml",
        "[[with]]\nfile = \"a.csv\"\non = \"contract=contract\"\nas = \"x\"\n",
    );
    for key in [
        "delimiter",
        "encoding",
        "sheet",
        "date-order",
        "input-format",
        "ragged",
        "as-of",
    ] {
        write(&format!("{key}.toml"), &format!("{key} = \"\"\n"));
    }
    let keys = [
        "delimiter",
        "encoding",
        "sheet",
        "date-order",
        "input-format",
        "ragged",
        "as-of",
    ];
    let keys = keys.map(|key| format!("{key}.toml"));
    let mut runs = vec![
        vec!["rules", "check", "length.toml"],
        vec!["classify", "--rules", "length.toml", "a.csv"],
        vec!["rules", "show", "--statement", "x", "length.toml"],
        vec!["classify", "--delimiter", "", "a.csv"],
        vec!["classify", "--date-order", "", "a.csv"],
        vec!["classify", "--sheet", "", "a.csv"],
        vec!["check", "--warn", "", "a.csv"],
    ];
    runs.extend(
        keys.iter()
            .map(|key| vec!["classify", "--config", key, "a.csv"]),
    );
    for words in runs {
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(&words)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let text = String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap();
        for line in text.lines().map(str::trim_end) {
            let is_open = ["one of", "expected", "expected:", "values:", "take"]
                .iter()
                .any(|end| line.ends_with(end));
            assert!(!is_open, "{words:?}: {text}");
        }
    }
}

mod formulas {
    use super::*;

    fn run(folder: &Path, words: &[&str]) -> (i32, String, String) {
        let ran = Command::new(env!("CARGO_BIN_EXE_clientype"))
            .args(words)
            .current_dir(folder)
            .output()
            .unwrap();
        let texts = [ran.stdout, ran.stderr].map(|text| String::from_utf8(text).unwrap());
        let [out, err] = texts;
        (ran.status.code().unwrap(), out, err)
    }

    #[test]
    fn cells_and_names_get_an_apostrophe_where_records_are_converted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("a.json"),
            r#"[{"contract":"yes","=n":"=1+1","b":-5,"c":"-5","d":"\t@x","e":"+49 30 1"}]"#,
        )
        .unwrap();
        let (code, out, err) = run(
            folder.path(),
            &["classify", "--escape-formulas", "-f", "csv", "a.json"],
        );
        assert_eq!(code, 0, "{err}");
        assert_eq!(
            out,
            "contract,'=n,b,c,d,e,relationship_label,affiliation_label\nyes,'=1+1,-5,-5,'\t@x,'+49 30 1,Client,Undetermined\n"
        );
        assert!(
            err.contains("named with an apostrophe, since they look like formulas: \"=n\""),
            "{err}"
        );
        // So do the names that labelling adds.
        let prefixed = "classify --escape-formulas --prefix = -f csv a.json";
        let words: Vec<&str> = prefixed.split(' ').collect();
        let (_, out, err) = run(folder.path(), &words);
        assert!(
            out.contains(",'=relationship_label,'=affiliation_label\n"),
            "{out}"
        );
        let listed = "like formulas: \"=n\", \"=relationship_label\", \"=affiliation_label\"\n";
        assert!(err.contains(listed), "{err}");
        let (_, tsv, _) = run(
            folder.path(),
            &["classify", "-q", "--escape-formulas", "-f", "tsv", "a.json"],
        );
        assert!(tsv.contains("\t'=1+1\t-5\t"), "{tsv}");
        let (_, plain, _) = run(folder.path(), &["classify", "-q", "-f", "csv", "a.json"]);
        assert!(plain.contains("yes,=1+1,-5"), "{plain}");
    }

    #[test]
    fn a_sheet_has_its_formulas_escaped_and_a_csv_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "contract,n\nyes,=1\n").unwrap();
        for (words, says) in [
            (
                &["classify", "--escape-formulas", "a.csv"][..],
                "byte for byte from CSV to CSV",
            ),
            (
                &["classify", "--escape-formulas", "-f", "csv", "a.csv"],
                "byte for byte from CSV to CSV",
            ),
            (
                &["classify", "--escape-formulas", "-f", "json", "a.csv"],
                "the output is JSON",
            ),
            (
                &["classify", "--escape-formulas", "-f", "table", "a.csv"],
                "the output is table",
            ),
        ] {
            let (code, out, err) = run(folder.path(), words);
            assert_eq!((code, out.as_str()), (2, ""), "{words:?}");
            assert!(err.contains(says), "{words:?}: {err}");
        }
        let (code, out, _) = run(
            folder.path(),
            &["classify", "-q", "--escape-formulas", "-f", "tsv", "a.csv"],
        );
        assert_eq!(code, 0);
        assert!(out.contains("yes\t'=1\t"), "{out}");
    }
}
