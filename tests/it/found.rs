//! A `clientype.toml` that merely lies in the folder: it names nothing outside that folder,
//! and its use is always reported.

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

const EXPORT: &str = "name,contract\nHartmann,yes\n";
const REFUSED: &str = "this file was found, so it may only name files below its own folder";

/// A folder to run in, with an export, beside a folder with a file of somebody else.
fn place() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("here/sub")).unwrap();
    fs::create_dir(place.path().join("there")).unwrap();
    fs::write(place.path().join("here/in.csv"), EXPORT).unwrap();
    fs::write(place.path().join("there/theirs"), "their own words\n").unwrap();
    place
}

fn run(place: &TempDir, config: &str, arguments: &[&str]) -> Output {
    let folder = place.path().join("here");
    fs::write(folder.join("clientype.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The names and texts in the folder of somebody else.
fn theirs(place: &TempDir) -> Vec<(String, String)> {
    let files = fs::read_dir(place.path().join("there")).unwrap();
    let mut files: Vec<_> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

#[test]
fn a_configuration_that_was_found_names_nothing_outside_its_folder() {
    let place = place();
    let absolute = place.path().join("there/theirs").display().to_string();
    let check: &[&str] = &["check", "-q", "in.csv"];
    let classify: &[&str] = &["classify", "-q", "in.csv"];
    let cases: [(&str, &[&str]); 13] = [
        ("[report]\ntext = '../there/theirs'", check),
        ("[report]\ntext = '../there/new'", check),
        ("report = ['junit=sub/../../there/theirs']", check),
        ("report = 'sarif=nowhere/../../there/new'", check),
        ("[report]\ntext = '{absolute}'", check),
        ("[report]\ntext = '..'", check),
        ("baseline = '../there/theirs'", check),
        (
            "baseline = '../there/new.csv'",
            &["check", "--write-baseline", "in.csv"],
        ),
        ("rules = '../there/theirs'", classify),
        ("rules = '{absolute}'", &["rules", "show"]),
        ("rules = '/dev/stdin'", &["explain", "contract=yes"]),
        ("[[with]]\nfile = '../there/theirs'", classify),
        (
            "[[with]]\nfile = 'in.csv'\n[[with]]\nfile = '{absolute}'",
            &["columns", "in.csv"],
        ),
    ];
    let before = theirs(&place);
    for (config, arguments) in cases {
        let output = run(&place, &config.replace("{absolute}", &absolute), arguments);
        let said = errors(&output);
        assert_eq!(output.status.code(), Some(2), "{config}: {said}");
        assert!(said.starts_with("error: clientype.toml, line "), "{said}");
        assert!(said.contains(REFUSED), "{config}: {said}");
        assert!(!said.contains("their own words"), "{config}: {said}");
        assert_eq!(output.stdout, b"", "{config}");
        assert_eq!(theirs(&place), before, "{config}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_no_way_around_it() {
    use std::os::unix::fs::symlink;

    let place = place();
    let here = place.path().join("here");
    symlink("../there/theirs", here.join("file")).unwrap();
    symlink("../there/new", here.join("dangling")).unwrap();
    symlink("../there", here.join("folder")).unwrap();
    symlink("loop", here.join("loop")).unwrap();
    let before = theirs(&place);
    for path in ["file", "dangling", "folder/theirs", "folder/new", "loop"] {
        for config in ["[report]\ntext = 'PATH'", "rules = 'PATH'"] {
            let config = config.replace("PATH", path);
            let output = run(&place, &config, &["check", "-q", "in.csv"]);
            let said = errors(&output);
            assert_eq!(output.status.code(), Some(2), "{config}: {said}");
            assert!(said.contains(REFUSED), "{config}: {said}");
            assert_eq!(theirs(&place), before, "{config}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_not_opened() {
    let place = place();
    let fifo = place.path().join("here/fifo");
    let made = Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    for config in ["[report]\ntext = 'fifo'", "rules = 'fifo'"] {
        let output = run(&place, config, &["check", "-q", "in.csv"]);
        assert!(errors(&output).contains(REFUSED), "{}", errors(&output));
    }
}

#[cfg(unix)]
#[test]
fn a_configuration_that_is_a_link_out_of_the_folder_is_neither_read_nor_written() {
    use std::os::unix::fs::symlink;

    let place = place();
    let here = place.path().join("here");
    fs::write(place.path().join("there/theirs"), "own = 'Acme'\n").unwrap();
    let before = theirs(&place);
    for (target, verbs) in [
        (
            "../there/theirs",
            [
                &["classify", "in.csv"][..],
                &["columns", "--write-config", "in.csv"],
            ],
        ),
        (
            "../there/new",
            [
                &["columns", "--write-config", "in.csv"],
                &["columns", "--write-config", "in.csv"],
            ],
        ),
    ] {
        drop(fs::remove_file(here.join("clientype.toml")));
        symlink(target, here.join("clientype.toml")).unwrap();
        for verb in verbs {
            let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
            let output = command.current_dir(&here).args(verb).output().unwrap();
            let said = errors(&output);
            assert_eq!(output.status.code(), Some(2), "{verb:?}: {said}");
            assert!(said.contains("leads out of its folder"), "{said}");
            assert_eq!(theirs(&place), before, "{verb:?}");
        }
    }
    let mut named = Command::new(env!("CARGO_BIN_EXE_clientype"));
    fs::remove_file(here.join("clientype.toml")).unwrap();
    symlink("../there/theirs", here.join("clientype.toml")).unwrap();
    named.args(["classify", "--config", "clientype.toml", "in.csv"]);
    assert!(named.current_dir(&here).status().unwrap().success());
}

#[test]
fn below_its_folder_it_names_what_it_likes_and_a_named_one_names_anything() {
    let place = place();
    let inside = "[report]\ntext = 'sub/report.txt'";
    let output = run(&place, inside, &["check", "-q", "in.csv"]);
    assert!(output.status.success(), "{}", errors(&output));
    let report = place.path().join("here/sub/report.txt");
    assert!(fs::read_to_string(report).unwrap().contains("PASSED"));

    let absolute = place.path().join("here/sub/other.txt");
    let config = format!("[report]\ntext = '{}'", absolute.display());
    let output = run(&place, &config, &["check", "-q", "in.csv"]);
    assert!(output.status.success(), "{}", errors(&output));
    assert!(absolute.is_file());

    let outside = "[report]\ntext = '../there/report.txt'";
    let named = ["check", "-q", "--config", "clientype.toml", "in.csv"];
    let output = run(&place, outside, &named);
    assert!(output.status.success(), "{}", errors(&output));
    assert!(place.path().join("there/report.txt").is_file());

    // What a flag replaces does not count.
    let flag = ["check", "-q", "--report", "text=sub/flag.txt", "in.csv"];
    let output = run(&place, outside, &flag);
    assert!(output.status.success(), "{}", errors(&output));
}

#[test]
fn it_is_always_reported_that_a_configuration_was_found() {
    let place = place();
    let verbs: [&[&str]; 8] = [
        &["classify", "-q", "in.csv"],
        &["check", "-q", "in.csv"],
        &["explain", "contract=yes"],
        &["columns", "in.csv"],
        &["sql", "--table", "t", "--dialect", "duckdb"],
        &["rules", "show"],
        &["rules", "test"],
        &["rules", "diff", "documents", "documents"],
    ];
    for verb in verbs {
        let said = errors(&run(&place, "own = 'Acme'", verb));
        let line = "using settings from clientype.toml\n";
        assert_eq!(said.matches(line).count(), 1, "{verb:?}: {said}");
    }
    // A user who names it knows.
    let named = ["classify", "-q", "--config", "clientype.toml", "in.csv"];
    assert_eq!(errors(&run(&place, "own = 'Acme'", &named)), "");
}
