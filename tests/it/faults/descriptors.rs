//! Outputs that are not files: descriptors, pipes, FIFOs, commands that read them.

use super::{Folder, LABELLED};

#[test]
fn a_descriptor_is_written_through_as_it_is() {
    for path in [
        "/dev/fd/3",
        "/proc/self/fd/3",
        "/proc/thread-self/fd/3",
        "link",
    ] {
        for opened in ["3>f", "3>>f", "3<>f"] {
            let folder = Folder::new();
            let command = format!(
                "ln -s /dev/fd/3 link; {{ echo a >&3; clientype classify -q in.csv -o {path}; echo b >&3; }} {opened}"
            );
            folder.bash(&command).done(&command);
            assert_eq!(folder.read("f"), format!("a\n{LABELLED}b\n"), "{command}");
        }
    }
    let folder = Folder::new();
    let command = "{ echo a; clientype classify -q in.csv -o /dev/stdout; echo b; } > f";
    folder.bash(command).done(command);
    assert_eq!(folder.read("f"), format!("a\n{LABELLED}b\n"));
    let command = "{ echo a >&2; clientype classify -q in.csv -o /dev/stderr; echo b >&2; } 2> f";
    folder.bash(command).done(command);
    assert_eq!(folder.read("f"), format!("a\n{LABELLED}b\n"));
}

#[test]
fn a_descriptor_that_was_not_handed_over_is_an_error() {
    let folder = Folder::new();
    for (command, word) in [
        (
            "clientype classify -q in.csv -o /dev/fd/9",
            "descriptor 9 is not open",
        ),
        // Nor is one that the program has opened itself.
        (
            "cat in.csv | clientype classify -q --with in.csv --on name=name -o /dev/fd/3",
            "descriptor 3 is not open",
        ),
        (
            "clientype classify -q <(cat in.csv) -o /dev/fd/4",
            "descriptor 4 is not open",
        ),
        (
            "clientype classify -q in.csv -o /dev/fd/3 3< in.csv",
            "in.csv",
        ),
        (
            ": > other; clientype classify -q in.csv -o /dev/fd/3 3< other",
            "not open for writing",
        ),
        (
            "clientype classify -q in.csv -o /dev/stdout >&-",
            "standard output is closed",
        ),
    ] {
        folder.bash(command).refused(command, &[word]);
    }
}

#[test]
fn commands_and_pipes_take_each_output() {
    let folder = Folder::new();
    folder.write("bad.csv", "name,contract\nA,yes\nBad\nC,no\n");
    for (command, file, text) in [
        (
            "clientype classify -q in.csv -o >(cat > got)",
            "got",
            LABELLED,
        ),
        (
            "clientype classify -q bad.csv --rejects >(cat > got) > /dev/null",
            "got",
            "Bad\n",
        ),
        (
            "clientype classify -q bad.csv -o /dev/null --rejects >(cat > got)",
            "got",
            "Bad\n",
        ),
        (
            "clientype classify -q in.csv -o /dev/fd/1 | cat > got",
            "got",
            LABELLED,
        ),
        (
            "clientype classify -q in.csv -o /dev/fd/5 5>&1 | cat > got",
            "got",
            LABELLED,
        ),
        (
            "mkfifo fifo; cat fifo > got & clientype classify -q in.csv -o fifo; wait",
            "got",
            LABELLED,
        ),
        (
            "mkfifo fifo2; ln -s fifo2 fifo3; cat fifo2 > got & clientype classify -q in.csv -o fifo3; wait",
            "got",
            LABELLED,
        ),
    ] {
        // A command in >( ) may end later.
        let whole = format!(
            "{command}; code=$?; for i in 1 2 3 4 5 6 7 8 9; do test -s {file} && break; sleep 0.1; done; exit $code"
        );
        folder.bash(&whole).done(command);
        assert_eq!(folder.read(file), text, "{command}");
        std::fs::remove_file(folder.path(file)).unwrap();
    }
    let command = "clientype check -q in.csv --report junit=>(cat > got) --report json=>(cat > got.json); sleep 0.3";
    folder.bash(command).done(command);
    assert!(folder.read("got").contains("</testsuites>"));
    assert!(folder.read("got.json").contains("\"passed\": true"));
    let command = "clientype columns in.csv --freeze /dev/stdout 2> /dev/null | grep -c '^frozen'";
    let ran = folder.bash(command);
    assert_eq!(ran.out, "1\n", "{ran:?}");
    // A reader who goes is not a failure here either.
    folder.write("big.csv", &super::export(30_000));
    let command = "clientype classify -q big.csv -o >(head -c 10 > /dev/null)";
    folder.bash(command).done(command);
}

#[test]
fn sockets_and_folders_are_refused() {
    let folder = Folder::new();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket")).unwrap();
    for (path, word) in [
        ("socket", "socket"),
        (".", "folder"),
        ("no/out.csv", "no folder no"),
    ] {
        let ran = folder.run(&["classify", "in.csv", "-o", path]);
        ran.refused(path, &[word]);
    }
    assert_eq!(folder.names(), ["in.csv", "socket"]);
}

#[test]
fn what_is_read_was_handed_over() {
    let three = "descriptor 3 is not open";
    for (command, word) in [
        ("clientype classify /dev/fd/3 -o out.csv 3<&-", three),
        ("clientype classify /proc/self/fd/3 -o out.csv 3<&-", three),
        ("clientype classify link -o out.csv 3<&-", three),
        (
            "clientype classify in.csv /dev/fd/4 -o out.csv 4<&-",
            "4 is",
        ),
        (
            "clientype classify in.csv --with /dev/fd/3 -o out.csv 3<&-",
            three,
        ),
        (
            "clientype classify /dev/fd/3 --with in.csv -o out.csv 3<&-",
            three,
        ),
        (
            "clientype classify in.csv --rules /dev/fd/3 -o out.csv 3<&-",
            three,
        ),
        (
            "clientype classify in.csv --config /dev/fd/3 -o out.csv 3<&-",
            three,
        ),
        (
            "clientype check in.csv --key name --baseline /dev/fd/3 --rejects out.csv 3<&-",
            three,
        ),
        ("clientype check /dev/fd/3 --rejects out.csv 3<&-", three),
        ("clientype columns /dev/fd/3 --freeze new.toml 3<&-", three),
        ("clientype explain --row 1 /dev/fd/3 3<&-", three),
        ("clientype rules show /dev/fd/3 3<&-", three),
        ("clientype rules test --cases /dev/fd/3 3<&-", three),
        (
            "clientype rules diff documents documents /dev/fd/3 3<&-",
            three,
        ),
        (
            "clientype classify /dev/stdin <&-",
            "standard input is closed",
        ),
        (
            "clientype classify in.csv --with /dev/stdin <&-",
            "standard input is closed",
        ),
        (
            "clientype classify in.csv --rules /dev/stdin <&-",
            "standard input is closed",
        ),
    ] {
        let folder = Folder::new();
        folder.write("out.csv", "name,contract\nOld,yes\n");
        std::os::unix::fs::symlink("/dev/fd/3", folder.path("link")).unwrap();
        let ran = folder.bash(command);
        ran.refused(command, &[word]);
        assert!(!ran.out.contains("Old"), "{command}: {ran:?}");
        assert_eq!(folder.read("out.csv"), "name,contract\nOld,yes\n");
    }
    // And what was is read.
    let folder = Folder::new();
    for command in [
        "clientype classify -q /dev/fd/3 3< in.csv",
        "clientype classify -q /dev/stdin < in.csv",
        "cat in.csv | clientype classify -q /dev/stdin",
        "clientype classify -q <(cat in.csv)",
        "clientype classify -q --config <(echo 'date-order = \"dmy\"') in.csv",
        "clientype classify -q --rules <(clientype rules show --format toml) in.csv",
    ] {
        let ran = folder.bash(command);
        ran.done(command);
        assert_eq!(ran.out, LABELLED, "{command}");
    }
}

#[test]
fn a_file_of_another_program_is_not_replaced_by_its_descriptor() {
    let folder = Folder::new();
    let script = "
        exec 3<>theirs; echo theirs >&3
        sleep 20 & other=$!
        exec 3>&-
        clientype classify -q in.csv -o /proc/$other/fd/3; code=$?
        kill $other; exit $code";
    let ran = folder.bash(script);
    ran.refused(script, &["descriptor of another program"]);
    assert_eq!(folder.read("theirs"), "theirs\n");
    // A pipe of another one is written to.
    let script = "
        { read; cat; } < <(sleep 0.4) > /dev/null & mkfifo fifo; cat fifo > got & exec 3>fifo
        sleep 20 3>&3 & other=$!
        exec 3>&-
        clientype classify -q in.csv -o /proc/$other/fd/3; code=$?
        kill $other; wait; exit $code";
    folder.bash(script).done(script);
    assert_eq!(folder.read("got"), LABELLED);
}

#[test]
fn settings_of_the_system_are_no_files() {
    let folder = Folder::new();
    for path in ["/proc/self/comm", "/proc/self/oom_score_adj"] {
        for option in ["-o", "--rejects"] {
            let ran = folder.run(&["classify", "in.csv", option, path]);
            ran.refused(path, &["a setting of the system"]);
        }
    }
}
