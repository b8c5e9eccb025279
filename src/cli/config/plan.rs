//! What a plan has to state, and whether it was written for this rulebook.
//!
//! Owns these checks, which are made before anything is read.

use anyhow::bail;

use crate::cli::args::Judging;
use crate::cli::printed;
use crate::engine::compile::Rules;
use crate::error::Setting;
use crate::text::visible;
use crate::value::Kind;

/// Refuses to judge by another rulebook than the one that is expected, and without a day
/// where the result would depend on the day.
pub(in crate::cli) fn check(judging: &Judging, rules: &Rules) -> anyhow::Result<()> {
    let configured = &judging.configured;
    let key = |setting: Setting, flag: &str| {
        let key = configured.key(setting, None);
        key.unwrap_or_else(|| flag.to_owned())
    };
    let rulebook = rules.rulebook();
    if let Some(expected) = &judging.rulebook {
        let found = format!("{} {} {}", rulebook.name, rulebook.version, rulebook.hash());
        if *expected != found {
            let key = key(Setting::Rulebook, "--rulebook");
            let expected = visible(expected);
            bail!(
                "{key}: expected the rulebook {expected}, but this is {found}\n  help: see what \
                 that changes: clientype rules diff OLD.toml NEW.toml FILE; to go on with this \
                 one: clientype columns --freeze PLAN FILE"
            );
        }
    }
    if !judging.frozen {
        return Ok(());
    }
    let is_mapped = |name: &str| {
        let mut map = judging.map.iter();
        map.any(|one| one.criterion == name && one.column.is_some())
    };
    let mut criteria = rulebook.criteria.iter();
    let dated = criteria.find(|one| one.kind == Kind::Date && is_mapped(&one.name));
    let dated = dated.map(|one| one.name.as_str());
    let related = judging.with.files.first().map(|_| "related files");
    if let (None, Some(dated)) = (judging.as_of, dated.or(related)) {
        let key = key(Setting::Frozen, "--frozen");
        bail!(
            "{key}: the plan reads {dated}, but states no day up to which lengths run\n  expected: \
             as-of = \"2026-01-31\", or --as-of 2026-01-31"
        );
    }
    if let Some(file) = judging.with.files.iter().find(|one| !one.is_settled()) {
        bail!(
            "{}: the plan leaves its key to be found\n  expected: on = \"THEIRS=OURS\" and compared = \"exact\", as written by: clientype columns --freeze PLAN FILE",
            printed::path(&file.file)
        );
    }
    let knows_nothing = judging.with.files.is_empty() && judging.assume.is_empty();
    if knows_nothing && judging.map.iter().all(|one| one.column.is_none()) {
        let key = key(Setting::Frozen, "--frozen");
        bail!(
            "{key}: the plan reads no column\n  expected: a table [map], as written by: \
             clientype columns --freeze PLAN FILE"
        );
    }
    Ok(())
}
