//! The crate's own sources, as far as tests of the code need them: tokens, modules, and
//! what each module imports.
//!
//! Owns a small parser of Rust: comments and test code are left out, texts are one
//! token each, `use` trees become paths. It resolves no types and no macros.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A piece of Rust.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// An identifier, a keyword or a number.
    Word(String),
    /// The content of a string literal, with its escapes as written.
    Text(String),
    Sign(char),
}

/// A file of `src`.
pub(crate) struct Source {
    /// Its path below `src`, such as `format/csv/mod.rs`.
    pub(crate) file: String,
    /// The path of its module; that of `lib.rs` is empty.
    pub(crate) module: Vec<String>,
    /// Its tokens with their lines, except those of tests.
    pub(crate) tokens: Vec<(usize, Token)>,
}

/// A name that one module takes from another.
#[derive(Debug, Clone)]
pub(crate) struct Import {
    pub(crate) line: usize,
    /// The path from the root of the crate, such as `["error", "Error"]`.
    pub(crate) path: Vec<String>,
    /// The name that it has here; `None` for all names (`*`) and for a path in code.
    pub(crate) name: Option<String>,
    pub(crate) is_glob: bool,
}

/// All files of the library and the command line, sorted; without `main.rs` and the
/// build script.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let file = path.strip_prefix(&root).unwrap().to_str().unwrap();
        let stem = file.strip_suffix(".rs").unwrap();
        let parts = stem.split('/').map(str::to_owned);
        let module = parts.filter(|part| part != "mod" && part != "lib");
        Source {
            file: file.to_owned(),
            module: module.collect(),
            tokens: without_tests(tokens(&fs::read_to_string(path).unwrap())),
        }
    };
    paths
        .iter()
        .map(read)
        .filter(|one| !matches!(one.file.as_str(), "main.rs" | "build.rs"))
        .collect()
}

fn collect(folder: &Path, to: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, to);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            to.push(path);
        }
    }
}

/// Cuts Rust into tokens.
pub(crate) fn tokens(text: &str) -> Vec<(usize, Token)> {
    let all: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let starts =
        |at: usize, what: &str| what.chars().eq(all[at..].iter().copied().take(what.len()));
    let (mut found, mut at, mut line) = (Vec::new(), 0, 1);
    while at < all.len() {
        let begin = at;
        if starts(at, "//") {
            at += all[at..].iter().take_while(|c| **c != '\n').count();
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 || at >= all.len() {
                    break;
                }
            }
        } else if let Some((start, end, after)) = text_at(&all, at) {
            found.push((line, Token::Text(all[start..end].iter().collect())));
            at = after;
        } else if all[at] == '\'' {
            at += character(&all[at..]);
        } else if is_word(all[at]) {
            at += all[at..].iter().take_while(|c| is_word(**c)).count();
            found.push((line, Token::Word(all[begin..at].iter().collect())));
        } else {
            if !all[at].is_whitespace() {
                found.push((line, Token::Sign(all[at])));
            }
            at += 1;
        }
        line += all[begin..at.min(all.len())]
            .iter()
            .filter(|c| **c == '\n')
            .count();
    }
    found
}

/// The string literal that begins at `at`: the beginning and end of its text, and the
/// end of the literal.
fn text_at(all: &[char], at: usize) -> Option<(usize, usize, usize)> {
    let mut open = at;
    let mut is_raw = false;
    while let Some('b' | 'c' | 'r') = all.get(open) {
        is_raw |= all[open] == 'r';
        open += 1;
    }
    let marks = all[open..].iter().take_while(|c| **c == '#').count();
    if open - at > 2 || all.get(open + marks) != Some(&'"') || marks > 0 && !is_raw {
        return None;
    }
    let start = open + marks + 1;
    let mut end = start;
    while end < all.len() {
        let closes =
            all[end] == '"' && all[end + 1..].iter().take_while(|c| **c == '#').count() >= marks;
        if closes {
            return Some((start, end, end + 1 + marks));
        }
        end += if all[end] == '\\' && !is_raw { 2 } else { 1 };
    }
    None
}

/// The length of the character, or the quote of a lifetime, that begins with a quote.
fn character(rest: &[char]) -> usize {
    match rest {
        [_, '\\', _, ..] => {
            // The first after a backslash is escaped, even a quote.
            3 + rest[3..].iter().take_while(|c| **c != '\'').count() + 1
        }
        [_, _, '\'', ..] => 3,
        _ => 1,
    }
}

/// Leaves out each item after `#[cfg(test)]`.
fn without_tests(tokens: Vec<(usize, Token)>) -> Vec<(usize, Token)> {
    let signs: Vec<String> = tokens.iter().map(|(_, token)| plain(token)).collect();
    let is_test = |at: usize| {
        let attribute = ["#", "[", "cfg", "(", "test", ")", "]"];
        signs
            .get(at..at + attribute.len())
            .is_some_and(|here| here == attribute)
    };
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if !is_test(at) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        // To the end of the item: a semicolon, or the brace that closes its body.
        let mut depth = 0_usize;
        at += 7;
        while at < tokens.len() {
            let sign = signs[at].as_str();
            match sign {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            at += 1;
            if depth == 0 && matches!(sign, ";" | "}") {
                break;
            }
        }
    }
    kept
}

fn plain(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Sign(sign) => sign.to_string(),
        Token::Text(_) => "\"".to_owned(),
    }
}

/// The modules of the crate, and what each imports.
pub(crate) struct Modules {
    all: BTreeSet<Vec<String>>,
    pub(crate) imports: BTreeMap<Vec<String>, Vec<Import>>,
}

impl Modules {
    pub(crate) fn of(sources: &[Source]) -> Self {
        let all: BTreeSet<_> = sources.iter().map(|one| one.module.clone()).collect();
        let mut modules = Modules {
            all,
            imports: BTreeMap::new(),
        };
        for source in sources {
            let imports = modules.read(source);
            modules.imports.insert(source.module.clone(), imports);
        }
        modules
    }

    /// The paths that lead out of a module: those of `use`, and those in code that
    /// begin with `crate`, `self` or `super`.
    fn read(&self, source: &Source) -> Vec<Import> {
        let tokens = &source.tokens;
        let (mut imports, mut at) = (Vec::new(), 0);
        while at < tokens.len() {
            let word = plain(&tokens[at].1);
            let mut found = Vec::new();
            if word == "use" {
                at = tree(tokens, at + 1, &mut Vec::new(), &mut found);
            } else if matches!(word.as_str(), "crate" | "self" | "super") {
                let (path, next) = path(tokens, at);
                at = next;
                if path.len() > 1 {
                    found.push(Import {
                        line: tokens[next - 1].0,
                        path,
                        name: None,
                        is_glob: false,
                    });
                }
            } else {
                at += 1;
            }
            imports.extend(found.into_iter().filter_map(|import| {
                let path = self.absolute(&source.module, &import.path)?;
                Some(Import { path, ..import })
            }));
        }
        imports
    }

    /// A path from the root of the crate; `None` if it leads to another crate.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut from = module.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (from, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while let Some("super") = rest.first().map(String::as_str) {
                    let _ = from.pop();
                    rest = &rest[1..];
                }
            }
            first => {
                from.push(first.to_owned());
                if !self.all.contains(&from) {
                    return None;
                }
                rest = &rest[1..];
            }
        }
        from.extend_from_slice(rest);
        Some(from)
    }

    /// The module that defines what `path` names, with re-exports followed.
    pub(crate) fn defines(&self, path: &[String]) -> Vec<String> {
        self.follow(path, 0)
    }

    fn follow(&self, path: &[String], depth: usize) -> Vec<String> {
        let mut module = Vec::new();
        for (at, name) in path.iter().enumerate() {
            let mut child = module.clone();
            child.push(name.clone());
            if self.all.contains(&child) {
                module = child;
                continue;
            }
            let imports = self.imports.get(&module).map_or(&[][..], Vec::as_slice);
            // Re-exports end somewhere; otherwise it would not compile.
            let named = imports.iter().find(|one| one.name.as_ref() == Some(name));
            if let (Some(import), true) = (named, depth < 20) {
                let mut target = import.path.clone();
                target.extend_from_slice(&path[at + 1..]);
                return self.follow(&target, depth + 1);
            }
            return module;
        }
        module
    }
}

/// The path that begins at `at`, and its end.
fn path(tokens: &[(usize, Token)], mut at: usize) -> (Vec<String>, usize) {
    let mut path = vec![plain(&tokens[at].1)];
    at += 1;
    while let [
        (_, Token::Sign(':')),
        (_, Token::Sign(':')),
        (_, Token::Word(word)),
        ..,
    ] = &tokens[at.min(tokens.len())..]
    {
        path.push(word.clone());
        at += 3;
    }
    (path, at)
}

/// The names of the `use` tree at `at`, below `prefix`; returns its end.
fn tree(
    tokens: &[(usize, Token)],
    mut at: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<Import>,
) -> usize {
    let depth = prefix.len();
    while let Some((line, token)) = tokens.get(at) {
        match token {
            Token::Word(word) if word == "as" => {
                let alias = plain(&tokens[at + 1].1);
                if let Some(import) = found.last_mut() {
                    import.name = Some(alias);
                }
                at += 2;
                continue;
            }
            Token::Word(word) => {
                prefix.push(word.clone());
                let goes_on = matches!(tokens.get(at + 1), Some((_, Token::Sign(':'))));
                if !goes_on {
                    let is_self = word == "self" && prefix.len() > 1;
                    let path = &prefix[..prefix.len() - usize::from(is_self)];
                    found.push(Import {
                        line: *line,
                        path: path.to_vec(),
                        name: path.last().cloned(),
                        is_glob: false,
                    });
                }
            }
            Token::Sign('*') => found.push(Import {
                line: *line,
                path: prefix.clone(),
                name: None,
                is_glob: true,
            }),
            Token::Sign('{') => loop {
                at = tree(tokens, at + 1, prefix, found);
                if !matches!(tokens.get(at), Some((_, Token::Sign(',')))) {
                    break;
                }
            },
            Token::Sign(',' | '}' | ';') => {
                prefix.truncate(depth);
                return at;
            }
            _ => {}
        }
        at += 1;
    }
    prefix.truncate(depth);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_differ_from_comments_characters_and_lifetimes() {
        let rust = "let a: &'static str = \"x // y\"; // \"no\"\n/* \"no\" */ 'a'; '\\''; '\"'; r#\"z\"z\"#; b\"w\"";
        let found = tokens(rust);
        let texts = found.iter().filter_map(|(line, token)| match token {
            Token::Text(text) => Some((*line, text.as_str())),
            _ => None,
        });
        let texts: Vec<_> = texts.collect();
        assert_eq!(texts, [(1, "x // y"), (2, "z\"z"), (2, "w")]);
    }

    #[test]
    fn a_use_tree_is_a_path_for_each_name() {
        let mut found = Vec::new();
        let tokens = tokens("crate::a::{self, B as C, d::{e, F}, g::*};");
        let _ = tree(&tokens, 0, &mut Vec::new(), &mut found);
        let found: Vec<_> = found
            .iter()
            .map(|one| {
                format!(
                    "{}={}",
                    one.path.join("."),
                    one.name.as_deref().unwrap_or("*")
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                "crate.a=a",
                "crate.a.B=C",
                "crate.a.d.e=e",
                "crate.a.d.F=F",
                "crate.a.g=*"
            ]
        );
    }
}
