//! The program itself, with a configuration, a plan, rulebooks and related files in its folder:
//! it ends with a code of its own, prints nothing that a terminal would obey, and gives the same
//! labels by a plan as without it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use super::case::Case;
use super::labelled::{Find, plain, same};

pub(crate) const WORDS: &[&str] = &[
    "verb=classify",
    "verb=check",
    "verb=columns",
    "verb=explain",
    "verb=sql",
    "verb=read",
    "verb=rules~check",
    "verb=rules~show",
    "verb=rules~test",
    "freeze",
    "threads",
    "name=main.csv",
    "name=main.json",
    "name=main.ndjson",
    "name=odd\u{1b}[31m.csv",
    "no-main",
    "arg=--details",
    "arg=--summary",
    "arg=--strict",
    "arg=--replace",
    "arg=--prefix=x",
    "arg=-f=json",
    "arg=-f=csv",
    "arg=-f=ndjson",
    "arg=-f=markdown",
    "arg=-f=junit",
    "arg=-f=sarif",
    "arg=-f=github",
    "arg=-f=table",
    "arg=-f=text",
    "arg=--rejects=rejects.csv",
    "arg=-o=out.csv",
    "arg=-q",
    "arg=--unique=id",
    "arg=--key=id",
    "arg=--baseline=baseline.csv",
    "arg=--strict-baseline",
    "arg=--write-baseline",
    "arg=--expect=relationship=Kind",
    "arg=--max-undetermined=5%",
    "arg=--min-agreement=98%",
    "arg=--min-match=95%",
    "arg=--require=contract",
    "arg=--no-unread-values",
    "arg=--min-records=3",
    "arg=--label-language=de",
    "arg=--rules=rules.toml",
    "arg=--own=Acme",
    "arg=--with=with.csv",
    "arg=--on=customer_id=id",
    "arg=--says=service=law",
    "arg=--absent=contract=no",
    "arg=--assume=contract=yes",
    "arg=--config=plan.toml",
    "arg=--config=clientype.toml",
    "arg=--no-totals",
    "arg=--row=1",
    "arg=--row=3",
    "arg=--where=id=1",
    "arg=--limit=2",
    "arg=--sources",
    "arg=--map=contract=x",
    "arg=--map=contract=",
    "arg=--table=crm.a",
    "arg=--table=a\"b",
    "arg=--dialect=duckdb",
    "arg=--dialect=spark",
    "arg=--dialect=postgres",
    "arg=--part=view",
    "arg=--view=v",
    "arg=--encoding=windows-1252",
    "arg=--delimiter=;",
    "arg=--skip-lines=1",
    "arg=--no-header",
    "arg=--ragged=pad",
    "arg=--input-format=csv",
    "arg=--date-order=dmy",
    "arg=--format=json",
    "arg=--color=always",
    "arg=--write-config",
    "arg=contract=yes",
    "arg=duration=3~years",
    "arg=Vertrag=ja",
    "arg=affiliation=employee",
];

pub(crate) const TOKENS: &[&str] = &[
    "=== clientype.toml\n",
    "=== plan.toml\n",
    "=== with.csv\n",
    "=== rules.toml\n",
    "=== baseline.csv\n",
    "as-of = 2026-01-31\n",
    "as-of = \"2026-01-31\"\n",
    "own = [\"Acme\"]\n",
    "own = \"Acme\"\n",
    "frozen = true\n",
    "[map]\n",
    "contract = \"Contract\"\n",
    "contract = { column = \"Contract no\", filled = \"yes\" }\n",
    "[[with]]\nfile = \"with.csv\"\n",
    "on = \"customer_id=id\"\n",
    "compared = \"exact\"\n",
    "as = \"contracts\"\n",
    "through = \"with.csv\"\n",
    "says.service = \"law\"\n",
    "absent.contract = \"no\"\n",
    "only.status = [\"Active\"]\n",
    "unique = [\"id\"]\n",
    "key = \"id\"\n",
    "require = [\"contract\"]\n",
    "min-records = 3\n",
    "max-undetermined = { relationship = \"20%\" }\n",
    "max-undetermined = \"5%\"\n",
    "min-agreement = \"0.1%\"\n",
    "[expect]\nrelationship = \"Kind\"\n",
    "warn = [\"value-not-understood\"]\n",
    "allow = \"short-record\"\n",
    "[assume]\ncontract = \"yes\"\n",
    "rules = \"rules.toml\"\n",
    "rulebook = \"documents 1 x\"\n",
    "input-format = \"csv\"\n",
    "delimiter = \";\"\n",
    "skip-lines = 1\n",
    "no-header = true\n",
    "fields = 3\n",
    "trailing-delimiter = true\n",
    "ragged = \"pad\"\n",
    "encoding = \"windows-1252\"\n",
    "sheet = \"A\"\n",
    "date-order = \"dmy\"\n",
    "no-totals = true\n",
    "lenient = true\n",
    "[report]\njunit = \"r.xml\"\n",
    "order = \"dmy\"",
    "role = \"since\"",
    "unit = \"month\"",
    "flag = \"employee\"",
    "sparse = true",
    "by = \"name\"",
    "commitment = true",
    "since = \"relationship\"",
    "until = \"contract\"",
    "like = \"number\"",
    "override = \"yes\"",
    "=",
    "\"",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\n",
    "'",
    "\\",
    "\\u001b",
    "#",
    "-1",
    "true",
    "1e400",
    "99999999999999999999",
    "\u{1b}[31m",
    "\u{202e}",
    "é",
    "id",
    "1",
    "yes",
    "no",
    "Customer",
    "Client",
    "contract",
    "\r\n",
];

const FREE: &[&str] = &["-q", "--details", "--summary", "--strict"];

/// The folder in which this process runs the program.
fn folder() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() {
            memory.to_owned()
        } else {
            std::env::temp_dir()
        };
        base.join(format!("clientype-fuzz-{}", std::process::id()))
    });
    &FOLDER
}

/// Removes the folder; the end of a series of runs.
pub(crate) fn clean() {
    drop(fs::remove_dir_all(folder()));
}

fn binary() -> PathBuf {
    if let Some(path) = option_env!("CARGO_BIN_EXE_clientype") {
        return path.into();
    }
    if let Some(path) = std::env::var_os("CLIENTYPE") {
        return path.into();
    }
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let built = ["release", "debug"].map(|profile| target.join(profile).join("clientype"));
    built
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_default()
}

fn output(args: &[String]) -> Result<Output, String> {
    let output = Command::new(binary())
        .args(args)
        .current_dir(folder())
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("the program is missing ({error}): cargo build --release"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0..=2) => {}
        code => return Err(format!("{args:?} ended with {code:?}: {text}")),
    }
    if text.contains("panicked at") {
        return Err(format!("{args:?}: {text}"));
    }
    plain(&text).map_err(|why| format!("{args:?}: standard error: {why}"))?;
    if output.status.code() == Some(2) && text.trim().is_empty() {
        return Err(format!("{args:?} fails, and says nothing"));
    }
    Ok(output)
}

/// A name that stays within the folder.
fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(['/', '\0']) && !name.starts_with('.') && name.len() < 100
}

pub(crate) fn run(case: &Case<'_>) -> Find {
    let folder = folder();
    drop(fs::remove_dir_all(folder));
    fs::create_dir_all(folder).map_err(|error| format!("no folder: {error}"))?;
    let main = case
        .value("name")
        .filter(|name| is_name(name))
        .unwrap_or_else(|| "main.csv".to_owned());
    for (place, (name, text)) in case.files.iter().enumerate() {
        let name = if place == 0 { &main } else { name.trim() };
        if is_name(name) {
            drop(fs::write(folder.join(name), text));
        }
    }
    // What leads out of the folder is left alone.
    let args: Vec<String> = case
        .all("arg")
        .filter(|arg| !arg.contains("..") && !arg.contains('/'))
        .collect();
    let found = match case.says("freeze") {
        true => frozen(&args, &main, case.main()),
        false => verb(case, args, &main),
    };
    drop(fs::remove_dir_all(folder));
    found
}

fn verb(case: &Case<'_>, mut args: Vec<String>, main: &str) -> Find {
    let verb = case.value("verb").unwrap_or_else(|| "classify".to_owned());
    let mut words: Vec<String> = verb.split(' ').map(str::to_owned).collect();
    words.append(&mut args);
    if !case.says("no-main") {
        words.push(main.to_owned());
    }
    let first = output(&words)?;
    let shows = ["columns", "explain"].contains(&&*verb);
    if shows && !words.iter().any(|word| word.contains("color")) {
        plain(&String::from_utf8_lossy(&first.stdout))
            .map_err(|why| format!("{words:?}: standard output: {why}"))?;
    }
    if case.says("threads")
        && verb == "classify"
        && !words.iter().any(|word| word.starts_with("-o"))
    {
        words.insert(1, "--threads=3".to_owned());
        let second = output(&words)?;
        if first.status.code() != second.status.code() {
            return Err(format!(
                "{words:?}: {:?} and {:?}",
                first.status, second.status
            ));
        }
        // The usage names the flags that were given.
        if String::from_utf8_lossy(&first.stderr).contains("Usage:") {
            return Ok(());
        }
        same("standard output", &first.stdout, &second.stdout)?;
        same("standard error", &first.stderr, &second.stderr)?;
    }
    Ok(())
}

/// A plan gives the labels that looking gives.
fn frozen(args: &[String], main: &str, text: &[u8]) -> Find {
    let with = |first: &[&str], others: &[&str]| {
        let first = first.iter().map(|word| (*word).to_owned());
        let others = others.iter().map(|word| (*word).to_owned());
        first
            .chain(args.iter().cloned())
            .chain(others)
            .collect::<Vec<String>>()
    };
    let is_plain = args.iter().all(|arg| {
        let free = [
            "--own=",
            "--map=",
            "--with=",
            "--on=",
            "--says=",
            "--absent=",
            "--assume=",
            "--no-totals",
            "--date-order=",
            "--delimiter=",
            "--input-format=",
        ];
        FREE.contains(&&**arg) || free.iter().any(|one| arg.starts_with(one))
    });
    if !is_plain || folder().join("clientype.toml").exists() {
        return Ok(());
    }
    let args_of = |of: &[String]| {
        of.iter()
            .filter(|arg| !FREE.contains(&&***arg))
            .cloned()
            .collect::<Vec<_>>()
    };
    let mut freeze = vec![
        "columns".to_owned(),
        "--freeze=plan.toml".to_owned(),
        "--as-of=2026-01-31".to_owned(),
    ];
    freeze.extend(args_of(args));
    freeze.push(main.to_owned());
    let written = output(&freeze)?;
    let looked = output(
        &with(&["classify", "-q", "--as-of=2026-01-31"], &[main])
            .into_iter()
            .enumerate()
            .filter(|(place, word)| *place < 3 || word != "-q")
            .map(|(_, word)| word)
            .collect::<Vec<_>>(),
    )?;
    if written.status.code() != Some(0) || looked.status.code() != Some(0) {
        return Ok(());
    }
    let free: Vec<&str> = args
        .iter()
        .map(String::as_str)
        .filter(|arg| FREE.contains(arg) && *arg != "-q")
        .collect();
    let mut planned = vec!["classify", "-q", "--config=plan.toml"];
    planned.extend(&free);
    planned.push(main);
    let planned: Vec<String> = planned.into_iter().map(str::to_owned).collect();
    let whole = output(&planned)?;
    if whole.status.code() != Some(0) {
        return Err(format!(
            "by its own plan: {}",
            String::from_utf8_lossy(&whole.stderr)
        ));
    }
    same("output by its plan", &looked.stdout, &whole.stdout)?;
    // Each line alone, where lines are records.
    let (lines, labelled): (Vec<&[u8]>, Vec<&[u8]>) = (
        text.split_inclusive(|byte| *byte == b'\n').collect(),
        whole
            .stdout
            .split_inclusive(|byte| *byte == b'\n')
            .collect(),
    );
    let is_lines = main.ends_with(".ndjson");
    let are_records = lines.len() == labelled.len()
        && lines.len() <= 6
        && !text.contains(&b'\r')
        && (is_lines || !text.contains(&b'"'));
    let is_table = main.ends_with(".csv") && !matches!(text.first(), Some(b'{' | b'['));
    let skipped = usize::from(is_table);
    if !are_records || !is_lines && !is_table || args.iter().all(|arg| arg != "--no-totals") {
        return Ok(());
    }
    for (line, expected) in lines.iter().zip(&labelled).skip(skipped) {
        let part = [&lines[..skipped].concat(), *line].concat();
        drop(fs::write(folder().join(main), part));
        let alone = output(&planned)?;
        let last = alone
            .stdout
            .split_inclusive(|byte| *byte == b'\n')
            .nth(skipped)
            .unwrap_or_default();
        if line.trim_ascii().is_empty() {
            continue;
        }
        if alone.status.code() != Some(0) {
            return Err(format!(
                "{:?} alone, by the plan: {}",
                String::from_utf8_lossy(line),
                String::from_utf8_lossy(&alone.stderr)
            ));
        }
        same(
            "a record alone",
            expected.trim_ascii_end(),
            last.trim_ascii_end(),
        )?;
    }
    Ok(())
}
