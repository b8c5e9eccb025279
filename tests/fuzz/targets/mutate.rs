//! Inputs made of stored ones.
//!
//! Owns the changes: bytes, spans, tokens, numbers, parts of other inputs, words of the first
//! line. The same seed gives the same input.

/// Random numbers by xorshift, for inputs that can be made again.
pub(crate) struct Random(u64);

impl Random {
    /// The numbers for one run of a series.
    pub(crate) fn new(seed: u64, run: u64) -> Self {
        // Each seed has a series of its own, and no state is zero.
        let seed = seed.wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31);
        let state = seed ^ run.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut random = Random(if state == 0 { 1 } else { state });
        for _ in 0..4 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// Below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or_default()
    }

    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    pub(crate) fn pick<'p, T>(&mut self, of: &'p [T]) -> &'p T {
        &of[self.below(of.len())]
    }
}

/// Inputs stay shorter than this: they are many.
const LONGEST: usize = 6_000;

const NUMBERS: [&str; 18] = [
    "0",
    "-1",
    "1",
    "255",
    "256",
    "65535",
    "65536",
    "16384",
    "1048576",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "99999999999999999999999",
    "1e308",
    "0.1",
];

/// A new input from the stored ones, with the target's words and tokens.
pub(crate) fn mutated(
    corpus: &[Vec<u8>],
    words: &[&str],
    tokens: &[&str],
    random: &mut Random,
) -> Vec<u8> {
    let mut input = random.pick(corpus).clone();
    let mut changes = 1 + random.below(3);
    if random.one_in(8) {
        changes += random.below(12);
    }
    for _ in 0..changes {
        match random.below(5) {
            0 => change_words(&mut input, words, random),
            _ => change(&mut input, corpus, tokens, random),
        }
    }
    input.truncate(LONGEST);
    input
}

/// Adds, replaces or removes a word of the first line.
fn change_words(input: &mut Vec<u8>, words: &[&str], random: &mut Random) {
    let end = input.iter().position(|byte| *byte == b'\n');
    let end = end.unwrap_or(input.len());
    let head = String::from_utf8_lossy(&input[..end]).into_owned();
    let mut of: Vec<&str> = head.split_ascii_whitespace().collect();
    let new = *random.pick(words);
    match (random.below(3), of.len()) {
        (0, 1..) => {
            let at = random.below(of.len());
            of.remove(at);
        }
        (1, 1..) => {
            let at = random.below(of.len());
            of[at] = new;
        }
        _ => of.push(new),
    }
    let head = of.join(" ");
    input.splice(..end, head.bytes());
}

/// Changes one place after the first line.
fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], tokens: &[&str], random: &mut Random) {
    let start = input.iter().position(|byte| *byte == b'\n');
    let start = start.map_or(input.len(), |at| at + 1);
    let length = input.len() - start;
    let at = start + random.below(length + 1);
    let span = |random: &mut Random, at: usize, most: usize| {
        let size = random.below(most) + 1;
        at..(at + size).min(input.len())
    };
    match random.below(12) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 if at < input.len() => input[at] = random.below(256) as u8,
        2 => drop(input.splice(at..at, [random.below(256) as u8])),
        3 => drop(input.drain(span(random, at, 30))),
        4 => {
            let twice = input[span(random, at, 60)].repeat(1 + random.below(3));
            input.splice(at..at, twice);
        }
        // What stands in one place also stands in another.
        5 => {
            let piece = input[span(random, at, 40)].to_vec();
            let to = start + random.below(length + 1);
            let end = if random.one_in(2) {
                to
            } else {
                (to + piece.len()).min(input.len())
            };
            input.splice(to..end, piece);
        }
        6 => {
            let other = random.pick(corpus);
            let from = random.below(other.len() + 1);
            let to = (from + 1 + random.below(80)).min(other.len());
            let end = if random.one_in(2) {
                at
            } else {
                (at + to - from).min(input.len())
            };
            input.splice(at..end, other[from..to].iter().copied());
        }
        7 => change_number(input, start, random),
        8 => change_line(input, start, random),
        _ => {
            let token = *random.pick(tokens);
            let end = match random.below(3) {
                0 => (at + token.len()).min(input.len()),
                1 => (at + random.below(12)).min(input.len()),
                _ => at,
            };
            input.splice(at..end, token.bytes());
        }
    }
}

/// Replaces digits by another number.
fn change_number(input: &mut Vec<u8>, start: usize, random: &mut Random) {
    let digits = (start..input.len()).filter(|at| input[*at].is_ascii_digit());
    let digits: Vec<usize> = digits.collect();
    if digits.is_empty() {
        return;
    }
    let mut from = *random.pick(&digits);
    while from > start && input[from - 1].is_ascii_digit() {
        from -= 1;
    }
    let mut to = from;
    while to < input.len() && input[to].is_ascii_digit() {
        to += 1;
    }
    let new = match random.one_in(2) {
        true => (*random.pick(&NUMBERS)).to_owned(),
        false => random.below(70).to_string(),
    };
    input.splice(from..to, new.into_bytes());
}

/// Repeats, removes or moves a line.
fn change_line(input: &mut Vec<u8>, start: usize, random: &mut Random) {
    let rest = input.split_off(start);
    let mut lines: Vec<Vec<u8>> = rest
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.is_empty() {
        return;
    }
    let at = random.below(lines.len());
    let line = lines[at].clone();
    match random.below(3) {
        0 => drop(lines.remove(at)),
        1 => {
            let to = random.below(lines.len() + 1);
            let times = 1 + random.below(3);
            lines.splice(to..to, std::iter::repeat_n(line, times));
        }
        _ => {
            let to = random.below(lines.len());
            lines.swap(at, to);
        }
    }
    input.extend(lines.concat());
}
