//! Standard streams that are closed, or not open for what they are used for.

use super::{Folder, LABELLED};

#[test]
fn a_closed_standard_output_is_an_error() {
    let folder = Folder::new();
    for verb in super::full::PRINTING {
        folder
            .bash(&format!("clientype {verb} >&-"))
            .refused(verb, &["standard output is closed"]);
        // One that is open for reading only takes nothing either.
        folder
            .bash(&format!(": > empty; clientype {verb} 1< empty"))
            .refused(verb, &["standard output is not open for writing"]);
    }
    let command = "clientype check in.csv --report json=report.json >&-";
    folder.bash(command).refused(command, &["closed"]);
    assert!(folder.read("report.json").contains("passed"));
}

#[test]
fn it_may_be_closed_where_nothing_is_printed() {
    let folder = Folder::new();
    let command = "clientype classify -q in.csv -o out.csv <&- >&- 2>&-";
    folder.bash(command).done(command);
    assert_eq!(folder.read("out.csv"), LABELLED);
    let command = "clientype columns in.csv --freeze plan.toml >&-";
    folder.bash(command).done(command);
    assert!(folder.read("plan.toml").contains("frozen = true"));
}

#[test]
fn a_device_that_takes_everything_is_not_closed() {
    let folder = Folder::new();
    for command in [
        "clientype classify in.csv > /dev/null",
        // As a parent opens it that gives its child nothing else.
        "clientype classify in.csv 1<> /dev/null",
        "clientype classify in.csv < /dev/null > /dev/null 2> /dev/null",
    ] {
        folder.bash(command).done(command);
    }
}

#[test]
fn a_closed_standard_input_is_an_error_where_it_is_read() {
    let folder = Folder::new();
    folder.write("with.csv", "id,name\n1,A\n");
    for command in [
        "clientype classify <&-",
        "clientype classify - <&-",
        "clientype check <&-",
        "clientype columns <&-",
        "clientype explain --row 1 <&-",
        "clientype classify in.csv --rules - <&-",
        "clientype classify in.csv --with - <&-",
        "clientype classify --with with.csv --on name=name <&-",
        "clientype rules show - <&-",
        "clientype rules diff documents documents - <&-",
    ] {
        let ran = folder.bash(command);
        ran.refused(command, &["standard input is closed"]);
    }
    let command = "clientype classify -q in.csv <&-";
    let ran = folder.bash(command);
    ran.done(command);
    assert_eq!(ran.out, LABELLED);
    // One that is open for writing only is not an empty export.
    let command = "clientype classify 0> empty";
    folder
        .bash(command)
        .refused(command, &["standard input is not open for reading"]);
}

#[test]
fn a_closed_standard_error_changes_nothing_else() {
    let folder = Folder::new();
    let ran = folder.bash("clientype classify in.csv 2>&-");
    ran.done("closed");
    assert_eq!(ran.out, LABELLED);
    assert_eq!(
        folder.bash("clientype classify none.csv 2>&-").code,
        Some(2)
    );
    assert_eq!(
        folder.bash("clientype classify none.csv 2>/dev/full").code,
        Some(2)
    );
}
