//! What another user's files and folders allow.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use super::{Folder, LABELLED, as_nobody};

fn mode(folder: &Folder, name: &str, mode: u32) {
    fs::set_permissions(folder.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_whose_owner_cannot_be_kept_is_written_in_place() {
    let folder = Folder::new();
    let Some(nobody) = as_nobody(&folder) else {
        return;
    };
    // An open folder, one that takes no new file, one where files belong to their owners.
    for (number, of_folder) in [0o777, 0o755, 0o1777].into_iter().enumerate() {
        let name = format!("folder{number}");
        fs::create_dir(folder.path(&name)).unwrap();
        mode(&folder, &name, of_folder);
        let file = format!("{name}/out.csv");
        folder.write(
            &file,
            "a text that is longer than the new one: "
                .repeat(20)
                .as_str(),
        );
        mode(&folder, &file, 0o4666);
        let before = fs::metadata(folder.path(&file)).unwrap();
        let command = format!("{nobody} classify -q in.csv -o {file}");
        folder.bash(&command).done(&command);
        let after = fs::metadata(folder.path(&file)).unwrap();
        assert_eq!(folder.read(&file), LABELLED, "{of_folder:o}");
        assert_eq!(after.ino(), before.ino(), "{of_folder:o}");
        assert_eq!((after.uid(), after.mode() & 0o7777), (before.uid(), 0o666));
        // It stays as it is if the run fails.
        folder.write("bad.csv", "name,contract\nA,yes\nB\n");
        let command = format!("{nobody} classify -q bad.csv -o {file}");
        folder.bash(&command).refused(&command, &["bad.csv"]);
        assert_eq!(folder.read(&file), LABELLED);
        // And an input is not written over in place.
        folder.write(&file, "name,contract\nA,yes\n");
        let command = format!("{nobody} classify -q {file} -o {file}");
        folder
            .bash(&command)
            .refused(&command, &["cannot be replaced", "an input file"]);
        assert_eq!(folder.read(&file), "name,contract\nA,yes\n");
        let names = fs::read_dir(folder.path(&name)).unwrap().count();
        assert_eq!(names, 1, "nothing is left");
    }
}

#[test]
fn a_folder_that_takes_no_file_is_an_error_at_once() {
    let folder = Folder::new();
    let Some(nobody) = as_nobody(&folder) else {
        return;
    };
    let before = folder.names();
    for output in ["-o new.csv", "--rejects new.csv"] {
        let command = format!("{nobody} classify -q in.csv {output}");
        folder
            .bash(&command)
            .refused(&command, &["new.csv", "denied"]);
    }
    folder.write("out.csv", "old");
    mode(&folder, "out.csv", 0o444);
    let command = format!("{nobody} classify -q in.csv -o out.csv");
    folder
        .bash(&command)
        .refused(&command, &["out.csv", "denied"]);
    fs::remove_file(folder.path("out.csv")).unwrap();
    assert_eq!(folder.names(), before);
}

#[test]
fn an_unreadable_file_is_named() {
    let folder = Folder::new();
    let Some(nobody) = as_nobody(&folder) else {
        return;
    };
    folder.write("secret.csv", "name,contract\nA,yes\n");
    folder.write("secret.toml", "");
    mode(&folder, "secret.csv", 0o600);
    mode(&folder, "secret.toml", 0o600);
    for arguments in [
        "classify -q secret.csv",
        "classify -q in.csv --with secret.csv",
        "check -q in.csv --with secret.csv",
        "columns in.csv --with secret.csv",
        "classify -q in.csv --rules secret.toml",
        "classify -q in.csv --config secret.toml",
        "check in.csv --key name --baseline secret.csv",
        "rules show secret.toml",
        "rules test documents --cases secret.csv",
    ] {
        let ran = folder.bash(&format!("{nobody} {arguments}"));
        ran.refused(arguments, &["secret."]);
        assert!(!ran.out.contains("Client"), "{arguments}: {ran:?}");
    }
}
