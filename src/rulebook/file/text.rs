//! A rulebook as the text of a file.
//!
//! Owns the layout: tables in the order of the rulebook, keys in that of the shape,
//! one to a line.

use std::fmt::Write;

use crate::rulebook::{Attribute, Condition, Criterion, Rulebook, Scorecard};

/// `rulebook` as TOML that reads as this very rulebook, with these lines at its head.
///
/// ```
/// use clientype::rulebook::Rulebook;
/// use clientype::rulebook::file::{RuleFile, written};
///
/// let rulebook = Rulebook::documents()?;
/// let text = written(&rulebook, &["Hello.".to_owned()]);
/// assert!(text.starts_with("# Hello.\n"));
/// assert_eq!(RuleFile::read(&text).rulebook.map(|one| one.hash()), Some(rulebook.hash()));
/// # Ok::<(), clientype::Error>(())
/// ```
pub fn written(rulebook: &Rulebook, comment: &[String]) -> String {
    let mut text = String::new();
    for line in comment {
        text += format!("# {}", plain(line)).trim_end();
        text.push('\n');
    }
    if !comment.is_empty() {
        text.push('\n');
    }
    line(&mut text, "name", &string(&rulebook.name));
    line(&mut text, "version", &string(&rulebook.version));
    for statement in &rulebook.statements {
        text += "\n[[statement]]\n";
        line(&mut text, "id", &string(&statement.id));
        line(&mut text, "says", &string(&statement.says));
        if let Some(why) = &statement.not_a_rule {
            line(&mut text, "not_a_rule", &string(why));
        }
    }
    for one in &rulebook.criteria {
        criterion(&mut text, one);
    }
    for one in &rulebook.scorecards {
        scorecard(&mut text, one);
    }
    for (language, criteria) in &rulebook.words {
        let _ = writeln!(text, "\n[words.{}]", key(language));
        for (criterion, values) in criteria {
            for (value, words) in values {
                let path = format!("{}.{}", key(criterion), key(value));
                line(&mut text, &path, &list(words));
            }
        }
    }
    text
}

fn criterion(text: &mut String, one: &Criterion) {
    *text += "\n[[criterion]]\n";
    line(text, "name", &string(&one.name));
    line(text, "says", &string(&one.says));
    line(text, "kind", &string(one.kind.name()));
    if !one.values.is_empty() {
        line(text, "values", &list(&one.values));
    }
    if let Some(means) = &one.length_means {
        line(text, "length_means", &string(means));
    }
    if let Some(dates) = &one.from_dates {
        let dates = format!(
            "{{ start = {}, end = {} }}",
            string(&dates.start),
            string(&dates.end)
        );
        line(text, "from_dates", &dates);
    }
    for (group, members) in &one.groups {
        line(text, &format!("groups.{}", key(group)), &list(members));
    }
}

fn scorecard(text: &mut String, one: &Scorecard) {
    let rule = "-".repeat(76_usize.saturating_sub(one.question.chars().count()));
    let _ = writeln!(text, "\n# {rule} {}", plain(&one.question));
    *text += "\n[[scorecard]]\n";
    line(text, "name", &string(&one.name));
    line(text, "question", &string(&one.question));
    line(text, "initial_score", &one.initial_score.to_string());
    for band in &one.bands {
        *text += "\n[[scorecard.band]]\n";
        line(text, "label", &string(&band.label));
        for (name, score) in [("at_least", band.at_least), ("at_most", band.at_most)] {
            if let Some(score) = score {
                line(text, name, &score.to_string());
            }
        }
    }
    for characteristic in &one.characteristics {
        *text += "\n[[scorecard.characteristic]]\n";
        line(text, "criterion", &string(&characteristic.criterion));
        for one in &characteristic.attributes {
            attribute(text, one);
        }
    }
}

fn attribute(text: &mut String, one: &Attribute) {
    *text += "\n[[scorecard.characteristic.attribute]]\n";
    if one.when.is_empty() {
        line(text, "when", "{}");
    }
    for (criterion, condition) in &one.when {
        let value = match condition {
            Condition::One(one) => string(one),
            Condition::AnyOf(several) => list(several),
        };
        line(text, &format!("when.{}", key(criterion)), &value);
    }
    line(text, "partial_score", &one.partial_score.to_string());
    line(text, "reason_code", &string(&one.reason_code));
    line(text, "reason", &string(&one.reason));
    line(text, "sources", &list(&one.sources));
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

fn string(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// `text` as it can stand in a comment.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// A key, in quotes unless it is plain.
fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match !name.is_empty() && name.chars().all(is_plain) {
        true => name.to_owned(),
        false => string(name),
    }
}
