//! `clientype rules schema`: the JSON Schema of rulebooks.

use std::process::ExitCode;

use crate::rulebook::file::schema;

use crate::cli::output::print;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    print(&format!("{:#}\n", schema()))?;
    Ok(ExitCode::SUCCESS)
}
