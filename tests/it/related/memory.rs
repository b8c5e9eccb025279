//! Memory grows with the keys, not with the records of related files.

use std::process::Command;

use super::folder;
use crate::effort::quick_or_long;
use crate::memory::run_to_its_end;

/// In KiB: a few buffers, and what an allocator rounds them up to.
const LITTLE: u64 = 8 << 10;

/// The peak memory for this number of orders, all by the same buyers, or each by another
/// one that is not among ours.
fn peak(orders: usize, are_ours: bool) -> u64 {
    let buyers = 1000;
    let mut main = "id,service\n".to_owned();
    for buyer in 0..buyers {
        main += &format!("B{buyer}X,\n");
    }
    let mut related = "order_id,customer_id,order_date,status,note\n".to_owned();
    for order in 0..orders {
        let (buyer, day) = (order * 7 % buyers, order % 27 + 1);
        // The first is always one of ours.
        let buyer = if are_ours || order == 0 {
            buyer
        } else {
            buyers + order
        };
        let state = ["Completed", "Cancelled", "Quote"][order % 3];
        related += &format!("{order},B{buyer}X,2025-05-{day:02},{state},some words about it\n");
    }
    let folder = folder(&[("buyers.csv", &main), ("orders.csv", &related)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_clientype"));
    command.current_dir(folder.path()).args([
        "classify",
        "-q",
        "--threads",
        "2",
        "buyers.csv",
        "--with",
        "orders.csv",
        "--on",
        "customer_id=id",
        "-o",
        "out.csv",
    ]);
    let (peak, code) = run_to_its_end(&mut command);
    assert_eq!(code, Some(0));
    assert!(peak > 0);
    peak
}

#[test]
fn ten_times_as_many_related_records_take_no_more_memory() {
    let few = quick_or_long(20_000, 80_000);
    let (few, many) = (peak(few, true), peak(10 * few, true));
    assert!(many.saturating_sub(few) < LITTLE, "{few} {many}");
}

#[test]
fn keys_that_are_not_ours_take_no_memory() {
    let few = quick_or_long(20_000, 80_000);
    let (few, many) = (peak(few, false), peak(10 * few, false));
    assert!(many.saturating_sub(few) < LITTLE, "{few} {many}");
}

#[test]
fn what_never_ends_is_not_copied_without_end() {
    let long = "x".repeat(100_000);
    let folder = folder(&[
        ("buyers.csv", "id,contract\nB1,\n"),
        ("orders.csv", &format!("customer_id,note\nB1,{long}\n")),
    ]);
    let run = |script: &str| {
        let ran = Command::new("bash")
            .args(["-c", script, env!("CARGO_BIN_EXE_clientype")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(ran.status.code(), Some(2), "{script}");
        String::from_utf8_lossy(&ran.stderr).into_owned()
    };
    // A copy would be larger than a file may be here.
    let limits = "ulimit -f 2048; ulimit -t 20";
    for (with, wanted) in [
        ("/dev/zero", ": its first bytes are all 0"),
        (
            "<(yes x | tr -d '\\n')",
            "neither a header nor a record ends within the first 64 KiB",
        ),
        (
            "orders.csv",
            "orders.csv, line 2, record 1: the record is longer than 64 KiB",
        ),
    ] {
        let arguments = "classify buyers.csv --max-record 64KiB --with";
        let error = run(&format!(
            "{limits}; \"$0\" {arguments} {with} --on customer_id=id"
        ));
        assert!(error.contains(wanted), "{with}: {error}");
    }
}
