//! How far a long run is, on a terminal.
//!
//! Owns the line that shows it: bytes read, records labelled, their rate. Where
//! nobody looks, in a pipe or a log, there is none; nor for a run that is over
//! before anybody could read it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{printed, report};

/// Shorter runs show nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time from one line to the next.
const BEAT: Duration = Duration::from_millis(200);

/// What has been done, counted by those who do it.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// Bytes of the inputs.
    pub(super) read: Arc<AtomicU64>,
    pub(super) records: Arc<AtomicU64>,
}

/// A line on the terminal, until it is dropped.
pub(super) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows how `counts` grow, of `size` bytes if that is known. `aside` says
    /// that the records themselves do not go to the terminal.
    pub(super) fn show(counts: &Counts, size: Option<u64>, aside: bool) -> Option<Self> {
        if !aside || !printed::reports_to_terminal() {
            return None;
        }
        let counts = counts.clone();
        let (stop, stopped) = channel();
        let watch = move || {
            let start = Instant::now();
            let mut wait = PATIENCE;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = BEAT;
                let read = counts.read.load(Ordering::Relaxed);
                let records = counts.records.load(Ordering::Relaxed);
                printed::progress(&line(read, size, records, start.elapsed()));
            }
            printed::progress("");
        };
        let thread = std::thread::Builder::new().spawn(watch).ok()?;
        Some(Progress {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// An input whose bytes are counted.
pub(super) struct Counted<R> {
    pub(super) reader: R,
    pub(super) read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(to)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// What the line says.
fn line(read: u64, size: Option<u64>, records: u64, elapsed: Duration) -> String {
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    let mut bytes = megabytes(read);
    if let Some(size) = size.filter(|size| *size > 0) {
        // What is there may have grown.
        let percent = (read as f64 / size as f64 * 100.0).min(100.0);
        bytes = format!("{percent:.0}%, {bytes} of {}", megabytes(size));
    }
    let rate = report::grouped((records as f64 / elapsed.as_secs_f64().max(0.001)) as u64);
    let records = report::count(records, "record");
    format!("{bytes} MB read, {records}, {rate}/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_bytes_records_and_rate() {
        for (read, size, records, shown) in [
            (
                51_200_000,
                Some(133_000_000),
                400_000,
                "38%, 51.2 of 133.0 MB read, 400,000 records, 200,000/s",
            ),
            (1_000, None, 1, "0.0 MB read, 1 record, 0/s"),
            (9, Some(3), 0, "100%, 0.0 of 0.0 MB read, 0 records, 0/s"),
        ] {
            assert_eq!(line(read, size, records, Duration::from_secs(2)), shown);
        }
    }
}
