//! How much a test does: little after each change, more before a release.
//!
//! `CLIENTYPE_TESTS=long cargo test` asks for more. Every test runs either way, with
//! fewer cases or smaller files if it would take long. The library's own tests use this
//! file too.

use proptest::test_runner::Config;

/// `long` if the environment asks for it, else `quick`.
pub(crate) fn quick_or_long<T>(quick: T, long: T) -> T {
    match std::env::var_os("CLIENTYPE_TESTS").is_some_and(|asked| asked == "long") {
        true => long,
        false => quick,
    }
}

/// Tries a property with this number of cases, or with `PROPTEST_CASES` if that is more.
/// The seed of a failure is printed, not kept.
pub(crate) fn cases(quick: u32, long: u32) -> Config {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(0);
    Config {
        cases: quick_or_long(quick, long).max(wanted),
        failure_persistence: None,
        ..Config::default()
    }
}
