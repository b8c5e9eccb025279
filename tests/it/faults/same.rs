//! Outputs that are files which are read, and two outputs that are one file.

use super::{Folder, LABELLED};

/// Each command is refused, with these words, and the files stay as they were.
fn refused(prepare: &str, commands: &[(&str, &[&str])]) {
    for (command, words) in commands {
        let folder = Folder::new();
        folder.bash(prepare).done(prepare);
        let before = folder.names().into_iter().map(|name| {
            let text = std::fs::read(folder.path(&name)).unwrap_or_default();
            (name, text)
        });
        let before: Vec<_> = before.collect();
        folder.bash(command).refused(command, words);
        for (name, text) in before {
            let now = std::fs::read(folder.path(&name)).unwrap_or_default();
            assert_eq!(now, text, "{command}: {name}");
        }
        let names = folder.names();
        assert!(
            names.iter().all(|name| !name.starts_with(".clientype-")),
            "{command}: {names:?}"
        );
    }
}

#[test]
fn two_outputs_are_never_one_file() {
    refused(
        "ln in.csv hard.csv; : > there.csv; ln there.csv hard-there.csv; ln -s there.csv soft.csv; ln -s new.csv soft-new.csv",
        &[
            (
                "clientype classify in.csv --rejects so.csv > so.csv",
                &["so.csv", "--rejects", "standard output"],
            ),
            (
                "clientype classify in.csv --rejects so.csv >> so.csv",
                &["so.csv", "--rejects", "standard output"],
            ),
            (
                "clientype classify in.csv -o a.csv --rejects ./a.csv",
                &["--rejects", "--output"],
            ),
            (
                "clientype classify in.csv -o there.csv --rejects hard-there.csv",
                &["--rejects", "--output"],
            ),
            (
                "clientype classify in.csv -o there.csv --rejects soft.csv",
                &["--rejects", "--output"],
            ),
            (
                "clientype classify in.csv -o new.csv --rejects soft-new.csv",
                &["--rejects", "--output"],
            ),
            (
                "clientype classify in.csv -o /dev/fd/3 --rejects there.csv 3>>there.csv",
                &["--rejects", "--output"],
            ),
            (
                "clientype classify in.csv --rejects - > so.csv",
                &["--rejects", "standard output"],
            ),
            (
                "clientype classify in.csv --rejects /dev/stdout > so.csv",
                &["--rejects", "standard output"],
            ),
            (
                "clientype check in.csv --report json=a --report text=a",
                &["--report"],
            ),
            (
                "clientype check in.csv --report json=/dev/fd/3 --report text=/dev/fd/4 3>so 4>so",
                &["--report", "/dev/fd/3"],
            ),
            (
                "clientype check in.csv --report json=/dev/fd/3 3>so >so",
                &["--report", "standard output"],
            ),
            (
                "clientype check in.csv --report json=so > so",
                &["--report", "standard output"],
            ),
            (
                "clientype check in.csv --report json=a --rejects a",
                &["--report", "--rejects"],
            ),
            (
                "clientype check in.csv --key name --write-baseline --baseline a.csv --rejects a.csv",
                &["--write-baseline", "--rejects"],
            ),
            (
                "clientype check in.csv --key name --write-baseline --baseline so.csv > so.csv",
                &["--write-baseline", "standard output"],
            ),
            (
                "clientype columns in.csv --write-config > clientype.toml",
                &["--write-config", "standard output"],
            ),
        ],
    );
}

#[test]
fn no_output_is_written_over_what_is_read() {
    refused(
        "ln in.csv hard.csv; ln -s in.csv soft.csv; \
         clientype rules show --format toml > book.toml; ln book.toml book-too.toml; \
         printf 'case,contract,expected_relationship\\na,yes,Client\\n' > book.cases.csv; \
         printf 'id,name\\n1,A\\n' > with.csv; printf 'date-order = \"dmy\"\\n' > c.toml; \
         printf 'name,relationship_label,affiliation_label\\n' > base.csv",
        &[
            (
                "clientype classify --rejects in.csv < in.csv",
                &["in.csv", "--rejects", "standard input"],
            ),
            (
                "clientype classify --rejects hard.csv - < in.csv",
                &["--rejects", "standard input"],
            ),
            (
                "clientype classify in.csv --rejects soft.csv",
                &["soft.csv", "--rejects", "in.csv"],
            ),
            (
                "clientype classify in.csv --rejects hard.csv",
                &["hard.csv", "--rejects", "in.csv"],
            ),
            (
                "clientype classify in.csv --rejects ./in.csv",
                &["--rejects", "an input file"],
            ),
            (
                "clientype classify in.csv >> in.csv",
                &["in.csv", "standard output", "an input file"],
            ),
            (
                "clientype classify in.csv >> hard.csv",
                &["in.csv", "standard output"],
            ),
            (
                "clientype classify < in.csv >> in.csv",
                &["standard output", "standard input"],
            ),
            (
                "clientype classify <> in.csv 1<&0",
                &["standard output", "standard input"],
            ),
            (
                "clientype classify in.csv -o /dev/fd/3 3>>in.csv",
                &["--output", "an input file"],
            ),
            (
                "clientype classify in.csv -o /proc/self/fd/3 3>>hard.csv",
                &["--output", "in.csv"],
            ),
            (
                "clientype classify /dev/fd/4 -o /dev/fd/3 3>>in.csv 4<in.csv",
                &["--output", "/dev/fd/4"],
            ),
            (
                "clientype classify -o /dev/stdin < in.csv",
                &["--output", "standard input"],
            ),
            (
                "clientype classify in.csv --rules book.toml -o book.toml",
                &["--output", "the rulebook"],
            ),
            (
                "clientype classify in.csv --rules book.toml -o book-too.toml",
                &["--output", "book.toml"],
            ),
            (
                "clientype classify in.csv --rules book.toml --rejects book.toml",
                &["--rejects", "the rulebook"],
            ),
            (
                "clientype classify in.csv --rules - -o book.toml < book.toml",
                &["--output", "standard input"],
            ),
            (
                "clientype classify in.csv --config c.toml -o c.toml",
                &["--output", "the configuration"],
            ),
            (
                "cp c.toml clientype.toml; clientype classify in.csv --rejects clientype.toml; code=$?; rm clientype.toml; exit $code",
                &["--rejects", "the configuration"],
            ),
            (
                "clientype classify in.csv --with with.csv -o with.csv",
                &["--output", "a related file"],
            ),
            (
                "clientype classify in.csv --with with.csv --rejects with.csv",
                &["--rejects", "a related file"],
            ),
            (
                "clientype classify in.csv --with with.csv >> with.csv",
                &["standard output", "a related file"],
            ),
            (
                "clientype check in.csv --report json=in.csv",
                &["--report", "an input file"],
            ),
            (
                "clientype check --report json=in.csv < in.csv",
                &["--report", "standard input"],
            ),
            (
                "clientype check in.csv --rules book.toml --report json=book-too.toml",
                &["--report", "book.toml"],
            ),
            (
                "clientype check in.csv --key name --baseline base.csv --report text=base.csv",
                &["--report", "the baseline"],
            ),
            (
                "clientype check in.csv --key name --baseline in.csv --write-baseline",
                &["--write-baseline", "an input file"],
            ),
            (
                "clientype check in.csv >> in.csv",
                &["standard output", "an input file"],
            ),
            (
                "clientype check in.csv --key name --baseline base.csv >> base.csv",
                &["standard output", "the baseline"],
            ),
            (
                "clientype columns in.csv --freeze in.csv",
                &["--freeze", "an input file"],
            ),
            (
                "clientype columns --freeze in.csv < in.csv",
                &["--freeze", "standard input"],
            ),
            (
                "clientype columns in.csv --freeze hard.csv",
                &["--freeze", "in.csv"],
            ),
            (
                "clientype columns in.csv --freeze /dev/fd/3 3>>in.csv",
                &["--freeze", "an input file"],
            ),
            (
                "clientype columns in.csv --rules book.toml --freeze book.toml",
                &["--freeze", "the rulebook"],
            ),
            (
                "clientype columns in.csv >> in.csv",
                &["standard output", "an input file"],
            ),
            (
                "clientype explain --row 1 in.csv >> in.csv",
                &["standard output", "an input file"],
            ),
            (
                "clientype explain contract=yes --rules book.toml >> book.toml",
                &["standard output", "the rulebook"],
            ),
            (
                "clientype rules show book.toml >> book.toml",
                &["standard output", "the rulebook"],
            ),
            (
                "clientype rules check book.toml >> book-too.toml",
                &["standard output", "book.toml"],
            ),
            (
                "clientype rules test book.toml >> book.toml",
                &["standard output", "the rulebook"],
            ),
            (
                "clientype rules diff documents book.toml >> book.toml",
                &["standard output", "the rulebook"],
            ),
            (
                "clientype rules diff documents book.toml in.csv >> in.csv",
                &["standard output", "an input file"],
            ),
            (
                "clientype sql --config c.toml --table t --dialect duckdb >> c.toml",
                &["standard output", "the configuration"],
            ),
            (
                "clientype read --config c.toml in.csv >> in.csv",
                &["standard output", "an input file"],
            ),
            (
                "cp c.toml clientype.toml; clientype rules check >> clientype.toml; code=$?; rm clientype.toml; exit $code",
                &["standard output", "the configuration"],
            ),
            (
                "clientype rules check --config c.toml >> c.toml",
                &["standard output", "the configuration"],
            ),
            (
                "clientype rules show --config c.toml >> c.toml",
                &["standard output", "the configuration"],
            ),
            (
                "clientype rules test --config c.toml >> c.toml",
                &["standard output", "the configuration"],
            ),
            (
                "clientype rules diff documents book.toml --config c.toml >> c.toml",
                &["standard output", "the configuration"],
            ),
            (
                "clientype rules test book.toml >> book.cases.csv",
                &["standard output", "a file with cases"],
            ),
            (
                "clientype rules diff book.toml documents >> book.cases.csv",
                &["standard output", "a file with cases"],
            ),
            (
                "clientype rules diff documents book.toml >> book.cases.csv",
                &["standard output", "a file with cases"],
            ),
        ],
    );
}

#[test]
fn an_input_may_be_replaced_when_all_of_it_is_read() {
    for command in [
        "clientype classify -q in.csv -o in.csv",
        "clientype classify -q -o in.csv < in.csv",
        "clientype classify -q ./in.csv -o $PWD/in.csv",
        "ln -s in.csv soft.csv; clientype classify -q in.csv -o soft.csv && test -L soft.csv",
    ] {
        let folder = Folder::new();
        folder.bash(command).done(command);
        assert_eq!(folder.read("in.csv"), LABELLED, "{command}");
    }
}

#[test]
fn what_is_no_file_may_be_shared() {
    let folder = Folder::new();
    for command in [
        "clientype classify -q in.csv --rejects /dev/null > /dev/null",
        "clientype classify -q in.csv -o /dev/null --rejects /dev/null 2> /dev/null",
        "clientype check in.csv --report json=/dev/null --report text=/dev/null > /dev/null",
        "clientype classify -q in.csv > both 2>&1",
        "clientype classify -q in.csv 2>&1 | cat > /dev/null",
        "clientype classify -q in.csv -o /dev/stderr 2> log",
        "clientype check in.csv --report json=/dev/stdout > log",
        "clientype check in.csv --report json=/dev/stderr > log 2>&1",
    ] {
        folder.bash(command).done(command);
    }
}

#[test]
fn a_report_never_goes_into_a_file_with_another_part() {
    // Nor is it lost with the file that an output replaces.
    let folder = Folder::new();
    let command = "clientype classify in.csv -o out.csv 2>out.csv";
    let ran = folder.bash(command);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    // The refusal does not go there either.
    for command in [
        "clientype classify in.csv 2>>in.csv",
        "clientype classify in.csv >>in.csv 2>&1",
        "clientype classify < in.csv 2>>in.csv",
        "clientype check in.csv 2>>in.csv",
        "clientype columns in.csv 2>>in.csv",
        "clientype explain --row 1 in.csv 2>>in.csv",
        "clientype classify in.csv 2>>clientype.toml",
        "clientype columns in.csv --config clientype.toml 2>>clientype.toml",
        "clientype classify in.csv --with with.csv 2>>with.csv",
        "clientype rules check book.toml 2>>book.toml",
        "clientype man --dir pages 2>>pages/clientype.1",
    ] {
        let folder = Folder::new();
        folder.write("clientype.toml", "date-order = \"dmy\"\n");
        folder.write("with.csv", "name,contract\nA,yes\n");
        folder.write("book.toml", "extend = \"documents\"\n");
        std::fs::create_dir(folder.path("pages")).unwrap();
        let files = ["in.csv", "clientype.toml", "with.csv", "book.toml"];
        let before = files.map(|name| folder.read(name));
        let ran = folder.bash(command);
        assert_eq!(ran.code, Some(2), "{command}: {ran:?}");
        assert_eq!((ran.out, ran.err), Default::default(), "{command}");
        assert_eq!(files.map(|name| folder.read(name)), before, "{command}");
    }
    // It is not held back where standard error is another file.
    let folder = Folder::new();
    folder.write("clientype.toml", "date-order = \"dmy\"\n");
    for command in [
        "clientype classify in.csv > out 2> log",
        "clientype columns in.csv > out 2> log",
        "clientype explain contract=yes > out 2> log",
        "clientype rules show > out 2> log; echo 'using settings from clientype.toml' > log",
        "clientype classify none.csv 2> log; test $? = 2",
        "clientype classify in.csv --rejects in.csv 2> log; test $? = 2",
    ] {
        folder.bash(command).done(command);
        let log = folder.read("log");
        let first = "using settings from clientype.toml\n";
        assert!(log.starts_with(first), "{command}: {log}");
        assert_eq!(log.matches(first).count(), 1, "{command}: {log}");
    }
}

#[test]
fn one_folder_by_two_paths_has_the_same_files() {
    let folder = Folder::new();
    let script = "
        mkdir a b && mount --bind a b || exit 3
        \"$BIN\" classify in.csv -o a/new --rejects b/new; test $? = 2 || exit 4
        \"$BIN\" check in.csv --report json=a/new --report text=b/new; test $? = 2 || exit 5
        test -z \"$(ls -A a)\" || exit 6
        \"$BIN\" classify -q in.csv -o a/new --rejects b/other || exit 7
        exit 2";
    if let Some(ran) = super::mounted(&folder, script) {
        ran.refused(
            script,
            &["b/new: --rejects and --output (a/new)", "--report"],
        );
    }
}

#[test]
fn a_disk_is_not_shared() {
    let folder = Folder::new();
    let script = "
        truncate -s 1M disk; printf 'name,contract\\nA,yes\\n' | dd of=disk conv=notrunc status=none
        L=$(losetup --show -f disk) || exit 3
        trap 'losetup -d $L' EXIT
        major=$((16#$(stat -c %t $L))); minor=$((16#$(stat -c %T $L)))
        mknod other b $major $minor || exit 3
        before=$(md5sum < $L)
        for words in \"$L -o $L\" \"$L -o other\" \"in.csv --rejects $L --with $L\" \"in.csv -o $L --rejects other\"; do
            \"$BIN\" classify $words; test $? = 2 || exit 4
        done
        \"$BIN\" classify < $L -o other; test $? = 2 || exit 4
        \"$BIN\" classify < $L >> other; test $? = 2 || exit 4
        test \"$before\" = \"$(md5sum < $L)\" || exit 5
        exit 2";
    let Some(ran) = super::mounted(&folder, script) else {
        return;
    };
    if ran.code == Some(3) {
        return super::skipped("no file can be used as a disk here");
    }
    ran.refused(
        script,
        &["an input file", "a related file", "standard input"],
    );
}

#[test]
fn manual_pages_are_outputs_too() {
    let folder = Folder::new();
    let command = "mkdir mm; clientype man --dir mm > mm/clientype.1";
    folder.bash(command).refused(
        command,
        &["a manual page", "standard output", "mm/clientype.1"],
    );
    assert_eq!(folder.bash("ls mm").out, "clientype.1\n");
    let command = "clientype man --dir mm > log";
    folder.bash(command).done(command);
}
