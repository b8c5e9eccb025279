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
