//! The stations at work: one thread, or several.
//!
//! Owns threads and the order of batches. Each thread cuts a batch, labels it
//! and, if it is its turn, writes it: so a batch stays with one processor, and
//! reading, labelling and writing overlap without a thread for each. Who is done
//! too early lays its batch down for whoever writes, up to a bound.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::labelling::{Cutting, Labelled, Reader, Worker, Writer};
use crate::error::{Error, Result};

/// Labels all batches with so many `threads`, and returns those who worked, the
/// given one first.
pub(super) fn label<'d>(
    reader: &mut Reader<'_, '_>,
    mut worker: Worker<'d>,
    writer: &mut Writer<'_, '_>,
    threads: usize,
) -> Result<Vec<Worker<'d>>> {
    let (mut cutting, mut labelled) = (Cutting::default(), Labelled::default());
    while let Some(mut next) = reader.next(cutting) {
        labelled = worker.label(&mut next, labelled);
        writer.deliver(&mut labelled)?;
        cutting = next;
        if worker.desk.judge.is_satisfied() {
            break;
        }
        // What is read at once is done with by one.
        if threads > 1 && !reader.is_done() {
            return label_together(reader, worker, writer, threads);
        }
    }
    Ok(vec![worker])
}

fn label_together<'d>(
    reader: &mut Reader<'_, '_>,
    worker: Worker<'d>,
    writer: &mut Writer<'_, '_>,
    threads: usize,
) -> Result<Vec<Worker<'d>>> {
    let hall = Hall {
        queue: Mutex::new(Queue {
            next: reader.batches(),
            waiting: BTreeMap::new(),
            most: (threads / 2).min(8),
            is_writing: false,
            error: None,
            is_abandoned: false,
            spares: Vec::new(),
        }),
        changed: Condvar::new(),
        reader: Mutex::new(reader),
        writer: Mutex::new(writer),
        is_over: AtomicBool::new(false),
    };
    let workers = std::thread::scope(|scope| {
        let hall = &hall;
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                let mut worker = worker.clone();
                let work = move || {
                    hall.work(&mut worker);
                    worker
                };
                // Where no more can be had, those that are there do it all.
                std::thread::Builder::new().spawn_scoped(scope, work).ok()
            })
            .collect();
        let mut workers = vec![worker];
        hall.work(&mut workers[0]);
        for other in others {
            match other.join() {
                Ok(worker) => workers.push(worker),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        workers
    });
    match lock(&hall.queue).error.take() {
        Some(error) => Err(error),
        None => Ok(workers),
    }
}

/// Where several work.
struct Hall<'h, 'r, 'i, 'w, 'o> {
    queue: Mutex<Queue>,
    /// The queue has moved on.
    changed: Condvar,
    reader: Mutex<&'h mut Reader<'r, 'i>>,
    writer: Mutex<&'h mut Writer<'w, 'o>>,
    /// Something ended it all: nobody begins anything.
    is_over: AtomicBool,
}

/// Labelled batches on their way to the writer.
struct Queue {
    /// The batch that is written next.
    next: u64,
    waiting: BTreeMap<u64, Labelled>,
    /// So many may wait.
    most: usize,
    is_writing: bool,
    /// What ended it all.
    error: Option<Error>,
    /// Somebody panicked, and what waits for him would wait for ever.
    is_abandoned: bool,
    spares: Vec<Labelled>,
}

impl Queue {
    fn is_over(&self) -> bool {
        self.error.is_some() || self.is_abandoned
    }
}

/// Ends it for all if one panics, so that nobody waits for him and the panic is
/// passed on.
struct Watch<'a, 'h, 'r, 'i, 'w, 'o>(&'a Hall<'h, 'r, 'i, 'w, 'o>);

impl Drop for Watch<'_, '_, '_, '_, '_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(&self.0.queue).is_abandoned = true;
            self.0.is_over.store(true, Ordering::Relaxed);
            self.0.changed.notify_all();
        }
    }
}

impl Hall<'_, '_, '_, '_, '_> {
    /// Cuts, labels and writes batches until there are no more.
    fn work(&self, worker: &mut Worker<'_>) {
        let _watch = Watch(self);
        let (mut cutting, mut spare) = (Cutting::default(), Labelled::default());
        while !self.is_over.load(Ordering::Relaxed) {
            let mut reader = lock(&self.reader);
            let number = reader.batches();
            let next = reader.next(cutting);
            drop(reader);
            let Some(mut next) = next else { return };
            let labelled = worker.label(&mut next, spare);
            cutting = next;
            match self.hand_over(number, labelled) {
                Some(done_with) => spare = done_with,
                None => return,
            }
        }
    }

    /// Lays a batch down, and writes all whose turn it is unless somebody else
    /// does. Returns a batch that is done with; none where it is all over.
    fn hand_over(&self, number: u64, labelled: Labelled) -> Option<Labelled> {
        let mut queue = lock(&self.queue);
        while queue.waiting.len() >= queue.most && queue.next != number && !queue.is_over() {
            queue = self
                .changed
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        queue.waiting.insert(number, labelled);
        while !queue.is_writing && !queue.is_over() {
            let next = queue.next;
            let Some(mut labelled) = queue.waiting.remove(&next) else {
                break;
            };
            queue.is_writing = true;
            drop(queue);
            let written = lock(&self.writer).deliver(&mut labelled);
            queue = lock(&self.queue);
            queue.is_writing = false;
            queue.next += 1;
            match written {
                Ok(()) => queue.spares.push(labelled),
                Err(error) => {
                    queue.error = Some(error);
                    self.is_over.store(true, Ordering::Relaxed);
                }
            }
            self.changed.notify_all();
        }
        if queue.is_over() {
            return None;
        }
        Some(queue.spares.pop().unwrap_or_default())
    }
}

/// A panic is passed on by whoever joins the thread; what it left behind is not
/// used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
