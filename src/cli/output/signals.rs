//! What a signal ends: a run with an output file that is not complete.
//!
//! Owns the temporary names that files have meanwhile, that the signals that end a program
//! take them away, and the exit code: 128 and the number of the signal.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The names of files that are not complete.
static NAMES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// While this is held, no signal ends the program.
pub(super) fn hold() -> MutexGuard<'static, Vec<PathBuf>> {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A name that a signal takes away.
#[derive(Debug)]
pub(super) struct Name(PathBuf);

/// Makes a file with such a name.
pub(super) fn named<F>(
    made: impl FnOnce() -> io::Result<F>,
    path: impl FnOnce(&F) -> &Path,
) -> io::Result<(F, Name)> {
    let mut names = hold();
    let file = made()?;
    let path = path(&file).to_owned();
    names.push(path.clone());
    Ok((file, Name(path)))
}

impl Drop for Name {
    fn drop(&mut self) {
        hold().retain(|name| *name != self.0);
        // The file has its place, or is removed. If it could not be, it is still there.
        if std::fs::symlink_metadata(&self.0).is_ok() {
            take_away(&self.0);
        }
    }
}

/// Removes a file that is not complete. One that stays is not to have records.
fn take_away(name: &Path) {
    if std::fs::remove_file(name).is_err() {
        let file = std::fs::OpenOptions::new().write(true).open(name);
        drop(file.and_then(|file| file.set_len(0)));
    }
}

/// A write beyond the largest size that a file may have is an error, as on a full disk,
/// and not the end of the program.
pub(in crate::cli) fn survive_limits() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let mut set = SigSet::empty();
        set.add(Signal::SIGXFSZ);
        // Without it, the signal does what it did before.
        let _ = set.thread_block();
    }
}

/// The signals that end a program unless it heeds them, and of which it can know.
#[cfg(unix)]
const ENDING: [nix::sys::signal::Signal; 10] = {
    use nix::sys::signal::Signal;
    [
        Signal::SIGHUP,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGTERM,
        Signal::SIGUSR1,
        Signal::SIGUSR2,
        Signal::SIGALRM,
        Signal::SIGVTALRM,
        Signal::SIGPROF,
        Signal::SIGXCPU,
    ]
};

/// From here on, signals end the run in good order. Those that were ignored stay so, as
/// under `nohup`.
#[cfg(unix)]
pub(super) fn watch() {
    use nix::sys::signal::SigSet;
    use std::sync::Once;

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut set = SigSet::empty();
        for signal in ENDING {
            if !is_ignored(signal as u32) {
                set.add(signal);
            }
        }
        // Threads that are started later block them too, and only the one below takes
        // them.
        if set.thread_block().is_err() {
            return;
        }
        let wait = move || {
            let Ok(signal) = set.wait() else { return };
            let names = hold();
            for name in names.iter() {
                take_away(name);
            }
            // The names are held, so that no file gets its place any more.
            std::process::exit(128 + signal as i32);
        };
        if std::thread::Builder::new().spawn(wait).is_err() {
            let _ = set.thread_unblock();
        }
    });
}

/// True if the program was started with this signal ignored.
#[cfg(target_os = "linux")]
fn is_ignored(signal: u32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let ignored = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_some_and(|bits| bits >> (signal - 1) & 1 == 1)
}

/// It cannot be asked without unsafe code. HUP is left as it is, for the sake of `nohup`.
#[cfg(all(unix, not(target_os = "linux")))]
fn is_ignored(signal: u32) -> bool {
    signal == nix::sys::signal::Signal::SIGHUP as u32
}

#[cfg(not(unix))]
pub(super) fn watch() {}
