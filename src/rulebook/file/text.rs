//! A rulebook as the text of a file.
//!
//! Owns the layout: tables in the order of the rulebook, keys in the order of the table
//! of keys, one on each line.

use std::fmt::Write;

use serde_json::Value;

use crate::rulebook::Rulebook;
use crate::rulebook::file::shape::{Key, RULEBOOK, Table, Takes};
use crate::rulebook::file::tree::Node;

/// `rulebook` as TOML that reads back as the same rulebook, with `comment` at the top.
pub fn written(rulebook: &Rulebook, comment: &[String]) -> String {
    let mut text = String::new();
    for line in comment {
        text += format!("# {}", plain(line)).trim_end();
        text.push('\n');
    }
    if !comment.is_empty() {
        text.push('\n');
    }
    let rulebook = Node::of(rulebook);
    table(&mut text, &RULEBOOK, &rulebook, "");
    if let Some(Value::Object(languages)) = rulebook.get("words").map(Node::json) {
        for (language, words) in languages {
            let _ = writeln!(text, "\n[words.{}]", key(&language));
            let takes = Takes::Any(&Takes::Any(&Takes::Texts(1)));
            lines(&mut text, &takes, "", &words);
        }
    }
    text
}

/// The keys of a table, and then the tables in it, with their headers.
fn table(text: &mut String, shape: &Table, of: &Node, header: &str) {
    // A condition and its points come first, and tables last.
    let mut keys: Vec<&Key> = shape
        .keys
        .iter()
        .filter(|key| key.name != "words")
        .collect();
    keys.sort_by_key(|key| match (key.name, &key.takes) {
        ("when" | "partial_score", _) => 0,
        (_, Takes::Any(_)) => 2,
        (_, Takes::Tables(_)) => 3,
        _ => 1,
    });
    for key in keys {
        let Takes::Tables(inner) = key.takes else {
            if let Some(node) = of.get(key.name) {
                lines(text, &key.takes, key.name, &node.json());
            }
            continue;
        };
        let header = format!("{header}{}", key.name);
        for one in of.list(key.name) {
            if header == "scorecard" {
                let question = plain(one.text("question"));
                let rule = "-".repeat(76_usize.saturating_sub(question.chars().count()));
                let _ = writeln!(text, "\n# {rule} {question}");
            }
            let _ = writeln!(text, "\n[[{header}]]");
            table(text, inner, one, &format!("{header}."));
        }
    }
}

/// The lines of a key: one, or one for each key of its table.
fn lines(text: &mut String, takes: &Takes, path: &str, of: &Value) {
    match (takes, of) {
        // A condition that always holds is written out.
        (Takes::Any(Takes::Condition), Value::Object(all)) if all.is_empty() => {
            let _ = writeln!(text, "{path} = {{}}");
        }
        (Takes::Any(inner), Value::Object(all)) => {
            for (name, of) in all {
                let name = key(name);
                let path = match path {
                    "" => name,
                    path => format!("{path}.{name}"),
                };
                lines(text, inner, &path, of);
            }
        }
        _ => {
            let _ = writeln!(text, "{path} = {}", value(takes, of));
        }
    }
}

fn value(takes: &Takes, of: &Value) -> String {
    match (takes, of) {
        (Takes::Table(shape), Value::Object(all)) => {
            let keys = shape.keys.iter();
            let parts = keys.filter_map(|key| {
                let of = all.get(key.name)?;
                Some(format!("{} = {}", key.name, value(&key.takes, of)))
            });
            format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => string(text),
        (_, Value::Array(all)) => {
            let all: Vec<String> = all.iter().map(|one| value(takes, one)).collect();
            format!("[{}]", all.join(", "))
        }
        (_, other) => other.to_string(),
    }
}

fn string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// `text` without control characters, for a comment.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// A key, in quotes unless it is plain.
fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !name.is_empty() && name.chars().all(is_plain) {
        true => name.to_owned(),
        // On one line, which keys have to be. JSON has the same escapes.
        false => Value::from(name).to_string().replace('\u{7f}', "\\u007F"),
    }
}
