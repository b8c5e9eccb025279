//! How much a test does: little after each change, more before a release.
//!
//! `CLIENTYPE_TESTS=long cargo test` asks for more. Every test runs either way, with
//! fewer cases or smaller files if it would take long. The library's own tests use this
//! file too.

use proptest::test_runner::{Config, FileFailurePersistence};

/// `long` if the environment asks for it, else `quick`.
pub(crate) fn quick_or_long<T>(quick: T, long: T) -> T {
    match std::env::var_os("CLIENTYPE_TESTS").is_some_and(|asked| asked == "long") {
        true => long,
        false => quick,
    }
}

/// The folder for failures, as seen from the folder that holds `src` or `tests/it`.
const REGRESSIONS: &str = match env!("CARGO_CRATE_NAME").len() == "it".len() {
    true => "regressions",
    false => "tests/regressions",
};

/// Tries a property with this number of cases, or with `PROPTEST_CASES` if that is more.
/// The seed of a failure is kept in a file in `tests/regressions`, to be committed.
pub(crate) fn cases(quick: u32, long: u32) -> Config {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(0);
    Config {
        cases: quick_or_long(quick, long).max(wanted),
        failure_persistence: Some(Box::new(FileFailurePersistence::SourceParallel(
            REGRESSIONS,
        ))),
        ..Config::default()
    }
}
