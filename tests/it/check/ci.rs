//! The snippets for CI: their commands run, and write the files that later steps upload.

use std::fs;
use std::path::Path;
use std::process::Command;

use saphyr::{LoadableYamlNode, Yaml};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn load<'y>(text: &'y str) -> Yaml<'y> {
    let mut documents = Yaml::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join("examples/ci").join(name)).unwrap()
}

/// A checkout with the customer list.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("examples")).unwrap();
    let list = "examples/customers.csv";
    let _ = fs::copy(Path::new(ROOT).join(list), folder.path().join(list)).unwrap();
    folder
}

/// Runs a command as a CI runner does: in a shell, with the binary on the PATH.
fn run(folder: &Path, command: &str) -> i32 {
    let bin = Path::new(env!("CARGO_BIN_EXE_clientype")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-ec", command])
        .current_dir(folder)
        .env("PATH", path)
        .env("GITHUB_STEP_SUMMARY", folder.join("step-summary.md"))
        .output()
        .unwrap();
    output.status.code().unwrap()
}

/// The list with a label changed to one that is wrong.
fn spoil(folder: &Path) {
    let path = folder.join("examples/customers.csv");
    let text = fs::read_to_string(&path).unwrap();
    let spoilt = text.replace("company,Client", "company,Customer");
    assert_ne!(text, spoilt);
    fs::write(path, spoilt).unwrap();
}

#[test]
fn the_workflow_for_github_runs() {
    let text = read("github-actions.yml");
    let workflow = load(&text);
    let steps = workflow["jobs"]["check"]["steps"].as_vec().unwrap();
    let commands: Vec<&str> = steps
        .iter()
        .filter_map(|step| step.as_mapping_get("run")?.as_str())
        .collect();
    assert_eq!(commands.len(), 2);
    let folder = folder();
    for command in &commands {
        assert_eq!(run(folder.path(), command), 0, "{command}");
    }
    let upload = steps.last().unwrap();
    let sarif = upload["with"]["sarif_file"].as_str().unwrap();
    assert!(folder.path().join(sarif).exists());
    let summary = folder.path().join("step-summary.md");
    assert!(fs::read_to_string(&summary).unwrap().contains("passed"));
    // The steps that show the outcome also run after a failure, and find their files.
    spoil(folder.path());
    assert_eq!(run(folder.path(), commands[0]), 1);
    assert_eq!(run(folder.path(), commands[1]), 0);
    assert!(fs::read_to_string(summary).unwrap().contains("failed"));
    for step in &steps[2..] {
        assert_eq!(step["if"].as_str(), Some("always()"));
    }
}

#[test]
fn the_job_for_gitlab_runs() {
    let text = read("gitlab-ci.yml");
    let job = &load(&text)["customers"];
    let folder = folder();
    for command in job["script"].as_vec().unwrap() {
        let command = command.as_str().unwrap();
        assert_eq!(run(folder.path(), command), 0, "{command}");
        let artifacts = &job["artifacts"];
        let reports = artifacts["paths"].as_vec().unwrap().iter();
        for report in reports.chain([&artifacts["reports"]["junit"]]) {
            let path = folder.path().join(report.as_str().unwrap());
            assert!(path.exists(), "{path:?}");
        }
        spoil(folder.path());
        assert_eq!(run(folder.path(), command), 1, "{command}");
    }
}

#[test]
fn the_hook_for_pre_commit_runs() {
    let text = read("pre-commit-config.yaml");
    let config = load(&text);
    let hook = &config["repos"][0]["hooks"][0];
    let entry = hook["entry"].as_str().unwrap();
    // pre-commit appends the files that changed.
    let command = format!("{entry} examples/customers.csv");
    let folder = folder();
    assert_eq!(run(folder.path(), &command), 0, "{command}");
    spoil(folder.path());
    assert_eq!(run(folder.path(), &command), 1, "{command}");
}

#[test]
fn the_configuration_asks_for_what_holds() {
    let folder = folder();
    fs::write(folder.path().join("clientype.toml"), read("clientype.toml")).unwrap();
    let command = "clientype check examples/customers.csv";
    assert_eq!(run(folder.path(), command), 0);
    assert!(folder.path().join("clientype.xml").exists());
    spoil(folder.path());
    assert_eq!(run(folder.path(), command), 1);
}
