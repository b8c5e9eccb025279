//! The stations at work: one thread, or several.
//!
//! Owns threads and the order of batches. Each thread cuts a batch, labels it and, if
//! it is its turn, writes it: so a batch stays with one processor, and reading,
//! labelling and writing overlap without a thread for each. A thread that is early
//! leaves its batch in the queue, up to a limit, for the thread that writes.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::batch::{BatchOutput, RawBatch, Splitter, Worker, Writer};
use crate::error::{Error, Result};

/// Labels all batches with this number of `threads`, and returns the workers, the given
/// one first; and true if no more rows were needed.
pub(super) fn label<'d>(
    splitter: &mut Splitter<'_, '_>,
    mut worker: Worker<'d>,
    writer: &mut Writer<'_, '_>,
    threads: usize,
) -> Result<(Vec<Worker<'d>>, bool)> {
    let (mut raw, mut output) = (RawBatch::default(), BatchOutput::default());
    while let Some(mut next) = splitter.next(raw) {
        output = worker.label(&mut next, output);
        raw = next;
        if writer.deliver(&mut output)? {
            return Ok((vec![worker], true));
        }
        // Input that is read at once needs only one thread.
        if threads > 1 && !splitter.is_done() {
            return label_together(splitter, worker, writer, threads);
        }
    }
    Ok((vec![worker], false))
}

fn label_together<'d>(
    splitter: &mut Splitter<'_, '_>,
    worker: Worker<'d>,
    writer: &mut Writer<'_, '_>,
    threads: usize,
) -> Result<(Vec<Worker<'d>>, bool)> {
    let work_queue = WorkQueue {
        queue: Mutex::new(Queue {
            next: splitter.batches(),
            waiting: BTreeMap::new(),
            most: (threads / 2).min(8),
            is_writing: false,
            end: None,
            spares: Vec::new(),
        }),
        changed: Condvar::new(),
        splitter: Mutex::new(splitter),
        writer: Mutex::new(writer),
    };
    let workers = std::thread::scope(|scope| {
        let work_queue = &work_queue;
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                let mut worker = worker.clone();
                let work = move || {
                    work_queue.work(&mut worker);
                    worker
                };
                // If no more threads can be started, the existing ones do all the work.
                std::thread::Builder::new().spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut workers = vec![worker];
        work_queue.work(&mut workers[0]);
        for other in others {
            match other.join() {
                Ok(worker) => workers.push(worker),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        workers
    });
    let end = lock(&work_queue.queue).end.take();
    match end {
        Some(End::Failed(error)) => Err(error),
        Some(End::Done) => Ok((workers, true)),
        Some(End::Abandoned) | None => Ok((workers, false)),
    }
}

/// The work shared by several threads.
struct WorkQueue<'h, 'r, 'i, 'w, 'o> {
    queue: Mutex<Queue>,
    /// The queue has changed.
    changed: Condvar,
    splitter: Mutex<&'h mut Splitter<'r, 'i>>,
    writer: Mutex<&'h mut Writer<'w, 'o>>,
}

/// Labelled batches on their way to the writer.
struct Queue {
    /// The batch that is written next.
    next: u64,
    waiting: BTreeMap<u64, BatchOutput>,
    /// How many batches may wait.
    most: usize,
    is_writing: bool,
    /// What ended the work: no thread begins a new batch.
    end: Option<End>,
    spares: Vec<BatchOutput>,
}

enum End {
    Failed(Error),
    /// No more batches are needed.
    Done,
    /// A thread panicked, and waiting for its batch would never end.
    Abandoned,
}

/// Ends the work of all threads if one panics, so that none waits for it and the panic
/// is passed on.
struct Watch<'a, 'h, 'r, 'i, 'w, 'o>(&'a WorkQueue<'h, 'r, 'i, 'w, 'o>);

impl Drop for Watch<'_, '_, '_, '_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).end = Some(End::Abandoned);
            self.0.changed.notify_all();
        }
    }
}

impl WorkQueue<'_, '_, '_, '_, '_> {
    /// Cuts, labels and writes batches until there are no more.
    fn work(&self, worker: &mut Worker<'_>) {
        let _watch = Watch(self);
        let (mut raw, mut spare) = (RawBatch::default(), BatchOutput::default());
        while lock(&self.queue).end.is_none() {
            let mut splitter = lock(&self.splitter);
            let number = splitter.batches();
            let next = splitter.next(raw);
            drop(splitter);
            let Some(mut next) = next else { return };
            let output = worker.label(&mut next, spare);
            raw = next;
            match self.hand_over(number, output) {
                Some(done_with) => spare = done_with,
                None => return,
            }
        }
    }

    /// Puts a batch into the queue, and writes all batches whose turn it is unless
    /// another thread does. Returns an output to reuse; none if the work has ended.
    fn hand_over(&self, number: u64, output: BatchOutput) -> Option<BatchOutput> {
        let mut queue = lock(&self.queue);
        while queue.waiting.len() >= queue.most && queue.next != number && queue.end.is_none() {
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        queue.waiting.insert(number, output);
        while !queue.is_writing && queue.end.is_none() {
            let next = queue.next;
            let Some(mut output) = queue.waiting.remove(&next) else {
                break;
            };
            queue.is_writing = true;
            drop(queue);
            let written = lock(&self.writer).deliver(&mut output);
            queue = lock(&self.queue);
            queue.is_writing = false;
            queue.next += 1;
            match written {
                Ok(false) => queue.spares.push(output),
                Ok(true) => queue.end = Some(End::Done),
                Err(error) => queue.end = Some(End::Failed(error)),
            }
            self.changed.notify_all();
        }
        match queue.end {
            Some(_) => None,
            None => Some(queue.spares.pop().unwrap_or_default()),
        }
    }
}

/// A panic is passed on when its thread is joined; the data it left is not used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
