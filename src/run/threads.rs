//! The stations at work: one thread, or several.
//!
//! Owns threads and the order of batches. Each thread cuts a batch, labels it
//! and, if it is its turn, writes it: so a batch stays with one processor, and
//! reading, labelling and writing overlap without a thread for each. Who is done
//! too early lays its batch down for whoever writes, up to a bound.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::batch::{BatchOutput, RawBatch, Splitter, Worker, Writer};
use crate::error::{Error, Result};

/// Labels all batches with this number of `threads`, and returns those who worked, the
/// given one first; and true where no more rows were needed.
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
        // What is read at once is done with by one.
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
                // Where no more can be had, those that are there do it all.
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

/// Where several work.
struct WorkQueue<'h, 'r, 'i, 'w, 'o> {
    queue: Mutex<Queue>,
    /// The queue has moved on.
    changed: Condvar,
    splitter: Mutex<&'h mut Splitter<'r, 'i>>,
    writer: Mutex<&'h mut Writer<'w, 'o>>,
}

/// Labelled batches on their way to the writer.
struct Queue {
    /// The batch that is written next.
    next: u64,
    waiting: BTreeMap<u64, BatchOutput>,
    /// So many may wait.
    most: usize,
    is_writing: bool,
    /// What ended it all: nobody begins anything.
    end: Option<End>,
    spares: Vec<BatchOutput>,
}

enum End {
    Failed(Error),
    /// No more batches are needed.
    Done,
    /// Somebody panicked, and what waits for him would wait for ever.
    Abandoned,
}

/// Ends it for all if one panics, so that nobody waits for him and the panic is
/// passed on.
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

    /// Lays a batch down, and writes all whose turn it is unless somebody else
    /// does. Returns a batch that is done with; none where it is all over.
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

/// A panic is passed on by whoever joins the thread; what it left behind is not
/// used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
