//! What becomes of the file that an output has: its owner, its mode, its names, its links.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::process::Command;

use super::{BIN, Folder, LABELLED, export, inode, is_root, mounted, skipped, without_labels};

fn labelled(folder: &Folder, path: &str) -> super::Ran {
    let ran = folder.run(&["classify", "in.csv", "-o", path]);
    ran.done(path);
    ran
}

#[test]
fn mode_and_owner_are_kept_without_special_bits() {
    for mode in [0o600, 0o640, 0o666, 0o444, 0o4755, 0o2755, 0o1644, 0o7777] {
        let folder = Folder::new();
        folder.write("out.csv", "old");
        let path = folder.path("out.csv");
        if is_root() {
            chown(&path, Some(1234), Some(2345)).unwrap();
        } else if mode == 0o444 {
            continue;
        }
        let before = fs::metadata(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        labelled(&folder, "out.csv");
        let after = fs::metadata(&path).unwrap();
        assert_eq!(after.mode() & 0o7777, mode & 0o777, "{mode:o}");
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert_ne!(after.ino(), before.ino(), "{mode:o}: replaced");
        assert_eq!(folder.read("out.csv"), LABELLED);
    }
}

#[test]
fn a_new_file_has_the_mode_of_a_new_file() {
    let folder = Folder::new();
    let command = "umask 027; clientype classify -q in.csv -o out.csv; stat -c %a out.csv";
    assert_eq!(folder.bash(command).out, "640\n");
}

#[test]
fn other_names_of_a_file_are_named() {
    for (links, words) in [
        (1, "another name of this file"),
        (2, "2 other names of this file"),
    ] {
        let folder = Folder::new();
        folder.write("out.csv", "old");
        for link in 0..links {
            fs::hard_link(folder.path("out.csv"), folder.path(&format!("hard{link}"))).unwrap();
        }
        let ran = labelled(&folder, "out.csv");
        assert!(ran.err.contains(&format!("out.csv: {words}")), "{ran:?}");
        assert_eq!(folder.read("hard0"), "old");
        assert_eq!(folder.read("out.csv"), LABELLED);
        // Of a file that is alone there is nothing to say.
        let ran = labelled(&folder, "out.csv");
        assert!(!ran.err.contains("other"), "{ran:?}");
    }
    let folder = Folder::new();
    folder.write("out.csv", "old");
    fs::hard_link(folder.path("out.csv"), folder.path("hard")).unwrap();
    let ran = folder.run(&["classify", "-q", "in.csv", "-o", "out.csv"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
}

#[test]
fn links_lead_to_their_file() {
    let folder = Folder::new();
    fs::create_dir(folder.path("sub")).unwrap();
    symlink("sub/two", folder.path("one")).unwrap();
    symlink("three", folder.path("sub/two")).unwrap();
    // First to one that is not there yet, then to that one.
    for _ in 0..2 {
        labelled(&folder, "one");
        assert!(folder.path("one").is_symlink() && folder.path("sub/two").is_symlink());
        assert_eq!(folder.read("sub/three"), LABELLED);
    }
    // They may lead to a folder that is not there.
    symlink("none/at/all", folder.path("lost")).unwrap();
    let ran = folder.run(&["classify", "in.csv", "-o", "lost"]);
    ran.refused("lost", &["there is no folder"]);
}

#[test]
fn links_in_a_circle_are_an_error() {
    let folder = Folder::new();
    symlink("b", folder.path("a")).unwrap();
    symlink("a", folder.path("b")).unwrap();
    symlink("self", folder.path("self")).unwrap();
    for (arguments, word) in [
        (&["classify", "in.csv", "-o", "a"][..], "circle"),
        (&["classify", "in.csv", "-o", "self"], "circle"),
        (&["classify", "in.csv", "--rejects", "a"], "circle"),
        (&["classify", "in.csv", "-o", "a/out.csv"], "a/out.csv"),
        (&["check", "in.csv", "--report", "text=a"], "circle"),
        (
            &[
                "check",
                "in.csv",
                "--key",
                "name",
                "--write-baseline",
                "--baseline",
                "a",
            ],
            "circle",
        ),
        (&["columns", "in.csv", "--freeze", "a"], "a: "),
    ] {
        folder.run(arguments).refused(word, &[word]);
        assert!(folder.path("a").is_symlink() && folder.path("self").is_symlink());
    }
}

#[test]
fn a_mount_point_is_written_in_place() {
    let folder = Folder::new();
    let script = "
        printf older-and-longer-than-what-replaces-it-%0200d 1 > real.csv; : > out.csv
        mount --bind real.csv out.csv || exit 3
        \"$BIN\" classify -q in.csv -o out.csv || exit 4
        cmp real.csv out.csv || exit 5
        mount --bind in.csv real.csv || exit 3
        # Not over the input, which would be lost with a failure.
        \"$BIN\" classify -q in.csv -o real.csv; code=$?
        cat out.csv; exit $code";
    if let Some(ran) = mounted(&folder, script) {
        ran.refused(script, &["mount point", "real.csv", "an input file"]);
        assert_eq!(ran.out, LABELLED);
        assert_eq!(folder.read("in.csv"), "name,contract\nA,yes\nB,no\n");
        assert_eq!(folder.names(), ["in.csv", "out.csv", "real.csv"]);
    }
}

#[test]
fn what_cannot_be_written_is_found_before_the_work() {
    let folder = Folder::new();
    // Standard input never ends, so nothing of it is waited for.
    let script = "
        mkfifo fifo; exec 3<>fifo
        mount -t tmpfs none /mnt || exit 3
        printf old > /mnt/out.csv; mount -o remount,ro /mnt || exit 3
        for output in '-o /mnt/out.csv' '-o /mnt/new.csv' '--rejects /mnt/bad.csv'; do
            timeout 20 \"$BIN\" classify --with in.csv $output <&3; test $? = 2 || exit 4
        done
        exit 2";
    if let Some(ran) = mounted(&folder, script) {
        let files = ["/mnt/out.csv", "/mnt/new.csv", "/mnt/bad.csv", "Read-only"];
        ran.refused(script, &files);
    }
}

#[test]
fn a_file_that_takes_no_change_is_refused() {
    if !is_root() {
        skipped("only root makes a file immutable");
        return;
    }
    for attribute in ["i", "a"] {
        let folder = Folder::new();
        folder.write("out.csv", "old");
        let set = |change: &str| {
            let mut command = Command::new("chattr");
            let done = command.arg(change).arg(folder.path("out.csv")).output();
            done.is_ok_and(|output| output.status.success())
        };
        if !set(&format!("+{attribute}")) {
            skipped("chattr does nothing here");
            return;
        }
        let ran = folder.run(&["classify", "in.csv", "-o", "out.csv"]);
        assert!(set(&format!("-{attribute}")));
        ran.refused(attribute, &["out.csv", "cannot be written"]);
        assert_eq!(folder.read("out.csv"), "old");
        assert_eq!(folder.names(), ["in.csv", "out.csv"]);
    }
}

#[test]
fn two_runs_onto_one_output_leave_one_whole_result() {
    let folder = Folder::new();
    folder.write("one.csv", &export(20_000));
    folder.write("two.csv", &export(10_000).replace("Customer", "Other"));
    for round in 0..4 {
        let inputs = ["one.csv", "two.csv"];
        let runs = inputs.map(|input| {
            let mut command = Command::new(BIN);
            command.args(["classify", "-q", input, "-o", "out.csv"]);
            command.current_dir(folder.0.path()).spawn().unwrap()
        });
        for mut run in runs {
            assert!(run.wait().unwrap().success());
        }
        let written = without_labels(&folder.read("out.csv"));
        let is_one = inputs.iter().any(|input| written == folder.read(input));
        assert!(is_one, "round {round}: a mix");
        assert_eq!(folder.names(), ["in.csv", "one.csv", "out.csv", "two.csv"]);
    }
}

#[test]
fn a_failed_run_leaves_the_file_as_it_is() {
    let folder = Folder::new();
    folder.write("out.csv", "old");
    folder.write("bad.csv", &(export(9_000) + "one field\n"));
    let before = inode(&folder.path("out.csv"));
    folder
        .run(&["classify", "bad.csv", "-o", "out.csv"])
        .refused("bad.csv", &["bad.csv"]);
    assert_eq!(folder.read("out.csv"), "old");
    assert_eq!(inode(&folder.path("out.csv")), before);
    assert_eq!(folder.names(), ["bad.csv", "in.csv", "out.csv"]);
}

#[test]
fn a_name_that_ends_in_a_slash_is_a_folder() {
    let folder = Folder::new();
    symlink("new/", folder.path("link")).unwrap();
    for path in ["new/", "new//", "./new/", "new/.", "link"] {
        for arguments in [
            &["classify", "in.csv", "-o", path][..],
            &["classify", "in.csv", "--rejects", path],
            &["check", "in.csv", "--report", &format!("json={path}")],
        ] {
            let ran = folder.run(arguments);
            ran.refused(path, &["names a folder, which is not there"]);
        }
    }
    let ran = folder.run(&["classify", "in.csv", "-o", "in.csv/"]);
    ran.refused("in.csv/", &["in.csv/"]);
    assert_eq!(folder.names(), ["in.csv", "link"]);
}

/// Sets an attribute of a file or folder; false where nobody can.
fn attribute(path: &std::path::Path, change: &str) -> bool {
    let done = Command::new("chattr").arg(change).arg(path).output();
    is_root() && done.is_ok_and(|output| output.status.success())
}

#[test]
fn a_folder_that_only_grows_gets_no_leftovers() {
    let folder = Folder::new();
    let sub = folder.path("sub");
    fs::create_dir(&sub).unwrap();
    folder.write("sub/in.csv", "name,contract\nA,yes\nB,no\n");
    folder.write("sub/old.csv", "old");
    if !attribute(&sub, "+a") {
        return skipped("no folder can be made that only grows");
    }
    let input = folder.run(&["classify", "-q", "sub/in.csv", "-o", "sub/in.csv"]);
    let old = folder.run(&["classify", "-q", "in.csv", "-o", "sub/old.csv"]);
    let new = folder.run(&["classify", "-q", "in.csv", "-o", "sub/new.csv"]);
    assert!(attribute(&sub, "-a"));
    input.refused("in.csv", &["cannot be replaced", "an input file"]);
    old.done("old.csv");
    new.done("new.csv");
    assert_eq!(folder.read("sub/in.csv"), "name,contract\nA,yes\nB,no\n");
    assert_eq!(folder.read("sub/old.csv"), LABELLED);
    assert_eq!(folder.read("sub/new.csv"), LABELLED);
    let names = fs::read_dir(&sub).unwrap().count();
    assert_eq!(names, 3, "nothing is left");
}

#[test]
fn a_folder_that_begins_only_to_grow_keeps_the_input() {
    let folder = Folder::new();
    let sub = folder.path("sub");
    fs::create_dir(&sub).unwrap();
    if !attribute(&sub, "+a") || !attribute(&sub, "-a") {
        return skipped("no folder can be made that only grows");
    }
    for (is_input, script) in [
        (true, "\"$BIN\" classify -q fifo sub/in.csv -o sub/in.csv"),
        (false, "\"$BIN\" classify -q fifo in.csv -o sub/in.csv"),
    ] {
        let before = "name,contract\nA,yes\nB,no\n";
        folder.write("sub/in.csv", before);
        let script = format!(
            "mkfifo fifo; {script} & pid=$!; exec 3> fifo; cat in.csv >&3
             for i in {{1..40}}; do ls -l /proc/$pid/fd | grep -q 'sub/#' && break; sleep 0.05; done
             chattr +a sub; exec 3>&-; wait $pid; code=$?
             chattr -a sub; rm fifo; exit $code"
        );
        let ran = folder.bash(&script);
        match is_input {
            true => {
                ran.refused(&script, &["sub/in.csv", "cannot be replaced"]);
                assert_eq!(folder.read("sub/in.csv"), before);
            }
            // What can be written in place is.
            false => {
                ran.done(&script);
                assert_eq!(folder.read("sub/in.csv").lines().count(), 5);
            }
        }
        for entry in fs::read_dir(&sub).unwrap() {
            let path = entry.unwrap().path();
            let is_left = path.file_name() != Some("in.csv".as_ref());
            if is_left {
                assert_eq!(fs::metadata(&path).unwrap().len(), 0, "{path:?}");
                fs::remove_file(path).unwrap();
            }
        }
    }
}

#[test]
fn errors_name_folders_and_no_temporary_files() {
    let folder = Folder::new();
    fs::create_dir(folder.path("nw")).unwrap();
    folder.write("bound.csv", "old");
    let script = "
        mount --bind bound.csv bound.csv || exit 3
        export TMPDIR=/none/at/all
        \"$BIN\" classify -q in.csv -o bound.csv; test $? = 2 || exit 4
        cat in.csv | \"$BIN\" classify -q --with in.csv; test $? = 2 || exit 5
        mount --bind nw nw && mount -o remount,ro,bind nw || exit 3
        \"$BIN\" classify -q in.csv -o nw/p";
    if let Some(ran) = mounted(&folder, script) {
        let folders = [
            "in /none/at/all, the folder for",
            "nw/p: ",
            "/nw: Read-only",
        ];
        ran.refused(script, &folders);
        assert_eq!(ran.err.matches("/none/at/all").count(), 2, "{ran:?}");
        assert!(!ran.err.contains(".clientype-"), "{ran:?}");
        assert!(!ran.err.contains("at path"), "{ran:?}");
    }
}
