//! The mapping that `columns --write-config` keeps is the one that was found.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clientype"))
        .current_dir(folder)
        .args(arguments)
        .args([
            "--own",
            "Acme",
            "--own",
            "acme.example",
            "--as-of",
            "2026-01-31",
        ])
        .output()
        .unwrap()
}

#[test]
fn what_is_written_gives_the_labels_that_were_given_without_it() {
    let root = Path::new(ROOT);
    let mut files = vec![root.join("examples/relationships.csv")];
    files.extend(
        fs::read_dir(root.join("tests/cli/files"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    files.sort();
    let mut compared = 0;
    for file in files {
        let folder = tempfile::tempdir().unwrap();
        let path = file.to_str().unwrap();
        let label = || run(folder.path(), &["classify", "-q", "--details", path]);
        let before = label();
        if !before.status.success() {
            continue;
        }
        let written = run(folder.path(), &["columns", "--write-config", path]);
        let report = String::from_utf8_lossy(&written.stderr).into_owned();
        assert!(written.status.success(), "{path}: {report}");
        let config = fs::read_to_string(folder.path().join("clientype.toml")).unwrap();
        let after = label();
        let report = String::from_utf8_lossy(&after.stderr).into_owned();
        assert!(after.status.success(), "{path}: {report}\n{config}");
        assert_eq!(
            String::from_utf8_lossy(&before.stdout),
            String::from_utf8_lossy(&after.stdout),
            "{path}\n{config}"
        );
        compared += 1;
    }
    assert!(compared > 30, "{compared} files were labelled");
}
