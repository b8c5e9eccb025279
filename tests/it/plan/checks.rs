//! An export that does not fit its plan any more, and one that does.

use super::{frozen, run};

#[test]
fn a_check_finds_where_an_export_does_not_fit_the_plan() {
    let whole =
        "Id,Contract,Customer since,Type\n1,yes,17/04/2019,Client\n2,no,03/04/2021,Customer\n";
    let (folder, _) = frozen(whole, &[]);
    let check = |input: &str| run(folder.path(), &["check", "--config", "plan.toml"], input);
    let fits = check(whole);
    assert_eq!(fits.code, Some(0), "{}{}", fits.out, fits.err);
    for (input, wanted) in [
        // Another order of dates.
        (
            "Id,Contract,Customer since,Type\n1,yes,04/17/2019,Client\n",
            "its dates are mdy, not dmy",
        ),
        // A column that went.
        (
            "Id,Contract,Type\n1,yes,Client\n",
            "the plan reads \"Customer since\", which is missing",
        ),
        // A new one that counts.
        (
            "Id,Contract,Customer since,Type,Service\n1,yes,17/04/2019,Client,law\n",
            "\"Service\"",
        ),
    ] {
        let ran = check(input);
        assert_eq!(ran.code, Some(1), "{input}{}{}", ran.out, ran.err);
        assert!(
            ran.out.replace("\n ", "").contains(wanted) || ran.out.contains(wanted),
            "{wanted}\n{}",
            ran.out
        );
    }
    // Nothing in it contradicts the plan.
    let open = check("Id,Contract,Customer since,Type\n1,yes,03/04/2019,\n");
    assert_eq!(open.code, Some(0), "{}", open.out);
}

#[test]
fn what_was_stated_is_kept_in_a_plan_and_no_check_doubts_it() {
    let whole = "Contract,Paper,Since\nno,yes,03/04/2019\nyes,no,05/06/2020\n";
    let args = [
        "--map",
        "contract=Paper",
        "--map",
        "service=",
        "--date-order",
        "mdy",
    ];
    let (folder, plan) = frozen(whole, &args);
    assert!(plan.contains("contract = { column = \"Paper\" }"), "{plan}");
    let ran = run(folder.path(), &["check", "--config", "plan.toml"], whole);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}

#[test]
fn what_is_switched_off_or_cannot_be_read_yet_is_kept_in_a_plan() {
    let whole = "Contract,Customer since,Service,Contract Start\nyes,2020-01-01,law,a@b.example\n";
    let args = ["--map", "service=", "--map", "email=Contract Start"];
    let (folder, plan) = frozen(whole, &args);
    assert!(plan.contains("service = \"\""), "{plan}");
    assert!(plan.contains("email = \"Contract Start\""), "{plan}");
    let ran = run(
        folder.path(),
        &["check", "-q", "--config", "plan.toml"],
        whole,
    );
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
}
