//! A target under libFuzzer, which sees what code an input reaches; needs nightly Rust:
//! `cargo fuzz run --fuzz-dir tests/fuzz --features libfuzzer TARGET`.

#![no_main]
#![allow(
    dead_code,
    reason = "one of all targets is run, and nothing makes its inputs"
)]

#[path = "targets/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let found = targets::target(env!("CARGO_BIN_NAME")).map(|target| target.run(input));
    if let Some(Err(why)) = found {
        panic!("{why}");
    }
});
