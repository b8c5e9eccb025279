//! stub
use std::process::ExitCode;
use super::Diff;
pub(super) fn run(_args: &mut Diff) -> anyhow::Result<ExitCode> { Ok(ExitCode::SUCCESS) }
