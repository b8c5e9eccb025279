//! Runs the targets on inputs made from the stored ones, on stable Rust.
//!
//! ```sh
//! cargo run --release -- all 10000000 1        # all targets, by their shares
//! cargo run --release -- csv 1000000 7         # one target
//! cargo run --release -- show csv FILE         # one input
//! cargo run --release -- shrink csv FILE       # the same find with fewer bytes
//! ```
//!
//! Owns the series of runs: workers, which may abort, and what is kept of a find.

#[path = "../targets/mod.rs"]
mod targets;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use targets::mutate::{Random, mutated};
use targets::{TARGETS, Target, target};

/// A worker gives its memory back after this many runs.
const IN_A_ROW: u64 = 200_000;

/// Finds of one kind that are kept.
const KEPT: u64 = 3;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |text: &str| text.replace('_', "").parse::<u64>().ok();
    match words[..] {
        ["worker", name, from, to, seed] => {
            if let (Some(target), Some(from), Some(to), Some(seed)) =
                (target(name), number(from), number(to), number(seed))
            {
                work(target, from, to, seed);
                return ExitCode::SUCCESS;
            }
        }
        ["show", name, path] => {
            if let (Some(target), Ok(input)) = (target(name), fs::read(path)) {
                return show(target, &input);
            }
        }
        ["input", name, run, seed] => {
            if let (Some(target), Some(run), Some(seed)) = (target(name), number(run), number(seed))
            {
                return match io::stdout().write_all(&input(target, &corpus(target), run, seed)) {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(_) => ExitCode::FAILURE,
                };
            }
        }
        ["shrink", name, path] => {
            if let (Some(target), Ok(input)) = (target(name), fs::read(path)) {
                return shrink(target, input);
            }
        }
        [name, count, seed] => {
            let of: Vec<&Target> = TARGETS
                .iter()
                .filter(|target| name == "all" || target.name == name)
                .collect();
            if let (Some(count), Some(seed), false) = (number(count), number(seed), of.is_empty()) {
                return series(&of, count, seed);
            }
        }
        _ => {}
    }
    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    eprintln!(
        "expected: TARGET COUNT SEED, show TARGET FILE, or shrink TARGET FILE\ntargets: all, {}",
        names.join(", ")
    );
    ExitCode::from(2)
}

fn here(folder: &str, target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(target.name)
}

/// The stored inputs of a target.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let files = fs::read_dir(here("corpus", target))
        .into_iter()
        .flatten()
        .flatten();
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
    paths.sort();
    let mut inputs: Vec<Vec<u8>> = paths
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .collect();
    inputs.push(b"\n".to_vec());
    inputs
}

/// The input of one run.
fn input(target: &Target, corpus: &[Vec<u8>], run: u64, seed: u64) -> Vec<u8> {
    mutated(
        corpus,
        target.words,
        target.tokens,
        &mut Random::new(seed, run),
    )
}

/// Runs a part of a series. The place is reported before each run that may end the process, as a
/// line for each thousand, and each find as a line.
fn work(target: &Target, from: u64, to: u64, seed: u64) {
    std::panic::set_hook(Box::new(|_| {}));
    let corpus = corpus(target);
    let place = place_of(std::process::id());
    let Ok(place) = fs::File::create(&place) else {
        return;
    };
    for run in from..to {
        tell(&place, run);
        let input = input(target, &corpus, run, seed);
        if let Err(why) = target.run(&input) {
            println!("find {run} {}", why.replace('\n', "\u{2424}"));
        }
        if run % 1000 == 999 {
            println!("at {run}");
        }
    }
    targets::clean();
}

/// Where a worker says which run it is at.
fn place_of(worker: u32) -> PathBuf {
    std::env::temp_dir().join(format!("clientype-fuzz-{worker}.place"))
}

fn tell(mut place: &fs::File, run: u64) {
    use std::io::Seek;
    // Without it a crash is only known to the thousand.
    drop(
        place
            .rewind()
            .and_then(|()| place.write_all(&run.to_le_bytes())),
    );
}

/// What is known of a target's runs.
#[derive(Default)]
struct Outcome {
    runs: u64,
    finds: u64,
    kinds: BTreeMap<String, u64>,
}

/// What a find is about, without what differs from input to input.
fn kind(why: &str) -> String {
    let mut kind = String::new();
    let mut is_quoted = false;
    for sign in why.chars().take_while(|sign| *sign != '\u{2424}').take(400) {
        match sign {
            '"' => is_quoted = !is_quoted,
            _ if is_quoted || sign.is_ascii_digit() => {}
            _ => kind.push(sign),
        }
    }
    kind.chars().take(70).collect()
}

fn series(of: &[&Target], count: u64, seed: u64) -> ExitCode {
    let workers = std::env::var("JOBS")
        .ok()
        .and_then(|jobs| jobs.parse().ok());
    let workers = workers.unwrap_or_else(|| {
        std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
    });
    let shares: u64 = of.iter().map(|target| target.share).sum();
    let (mut all, mut finds, start) = (0, 0, Instant::now());
    println!(
        "{:<10} {:>12} {:>8} {:>9} {:>10}",
        "target", "runs", "finds", "seconds", "runs/s"
    );
    for target in of {
        let share = match of.len() {
            1 => count,
            _ => (count * target.share / shares.max(1)).max(count / 500),
        };
        let begun = Instant::now();
        let outcome = std::thread::scope(|scope| {
            let part = share.div_ceil(workers);
            let threads: Vec<_> = (0..workers)
                .map(|worker| {
                    scope.spawn(move || {
                        worked(
                            target,
                            worker * part,
                            ((worker + 1) * part).min(share),
                            seed,
                        )
                    })
                })
                .collect();
            let mut outcome = Outcome::default();
            for thread in threads {
                let Ok(one) = thread.join() else { continue };
                outcome.runs += one.runs;
                outcome.finds += one.finds;
                for (kind, count) in one.kinds {
                    *outcome.kinds.entry(kind).or_default() += count;
                }
            }
            outcome
        });
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{:<10} {:>12} {:>8} {:>9.1} {:>10.0}",
            target.name,
            outcome.runs,
            outcome.finds,
            seconds,
            outcome.runs as f64 / seconds
        );
        for (kind, count) in &outcome.kinds {
            println!("    {count} times: {kind}");
        }
        all += outcome.runs;
        finds += outcome.finds;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{:<10} {:>12} {:>8} {:>9.1} {:>10.0}",
        "all",
        all,
        finds,
        seconds,
        all as f64 / seconds
    );
    if finds > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Has workers run a part of a series, one after the other.
fn worked(target: &Target, from: u64, to: u64, seed: u64) -> Outcome {
    let mut outcome = Outcome::default();
    let mut at = from;
    while at < to {
        let end = (at + IN_A_ROW).min(to);
        let next = one_worker(target, at, end, seed, &mut outcome);
        outcome.runs += next - at;
        at = next;
    }
    outcome
}

/// Has one worker run from `from` to `to`, and returns where the next begins.
fn one_worker(target: &Target, from: u64, to: u64, seed: u64, outcome: &mut Outcome) -> u64 {
    let program = std::env::current_exe().unwrap_or_default();
    let args = [
        "worker".to_owned(),
        target.name.to_owned(),
        from.to_string(),
        to.to_string(),
        seed.to_string(),
    ];
    let spawned = Command::new(program)
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut worker) = spawned else {
        eprintln!("no worker can be started");
        std::process::exit(2);
    };
    follow(target, &mut worker, seed, outcome);
    let place = place_of(worker.id());
    let run = fs::read(&place)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map_or(from, u64::from_le_bytes);
    drop(fs::remove_file(place));
    match worker.wait() {
        Ok(status) if status.success() => to,
        ended => {
            let ended = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
            keep(
                target,
                run,
                seed,
                &format!("the process ended: {ended}"),
                outcome,
            );
            run + 1
        }
    }
}

fn follow(target: &Target, worker: &mut Child, seed: u64, outcome: &mut Outcome) {
    let Some(lines) = worker.stdout.take() else {
        return;
    };
    for line in BufReader::new(lines).lines().map_while(Result::ok) {
        let Some((run, why)) = line
            .strip_prefix("find ")
            .and_then(|find| find.split_once(' '))
        else {
            continue;
        };
        if let Ok(run) = run.parse() {
            keep(target, run, seed, why, outcome);
        }
    }
}

/// Counts a find, and writes its input and its reason if they are among the first of a kind.
fn keep(target: &Target, run: u64, seed: u64, why: &str, outcome: &mut Outcome) {
    outcome.finds += 1;
    let count = outcome.kinds.entry(kind(why)).or_default();
    *count += 1;
    if *count > KEPT {
        return;
    }
    let folder = here("finds", target);
    let path = folder.join(format!("{seed}-{run}"));
    let written = fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, input(target, &corpus(target), run, seed)));
    match written {
        Ok(()) => eprintln!(
            "{}: {}",
            path.display(),
            why.chars().take(300).collect::<String>()
        ),
        Err(error) => eprintln!("{}: {error}", path.display()),
    }
}

fn show(target: &Target, input: &[u8]) -> ExitCode {
    match target.run(input) {
        Ok(()) => {
            println!("no find");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Removes what the find does not need: spans of ever fewer bytes.
fn shrink(target: &Target, mut input: Vec<u8>) -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    let of = |input: &[u8]| {
        target
            .run(input)
            .err()
            .map(|why| kind(&why.replace('\n', "\u{2424}")))
    };
    let Some(wanted) = of(&input) else {
        println!("no find");
        return ExitCode::SUCCESS;
    };
    let mut size = input.len() / 2;
    while size > 0 {
        let mut at = 0;
        let mut is_shorter = false;
        while at < input.len() {
            let mut fewer = input.clone();
            fewer.drain(at..(at + size).min(input.len()));
            match of(&fewer).as_ref() == Some(&wanted) {
                true => (input, is_shorter) = (fewer, true),
                false => at += size,
            }
        }
        if !is_shorter || size > 1 {
            size /= 2;
        }
    }
    targets::clean();
    eprintln!("{wanted}");
    match io::stdout().write_all(&input) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
