//! The README's table of criteria is what the rulebook says.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use clientype::rules::{Attribute, Condition, Rulebook, Scorecard};

const BEGIN: &str = "<!-- criteria: written by a test -->\n";
const END: &str = "<!-- end of criteria -->";

/// One scorecard as a table in Markdown.
fn table(rulebook: &Rulebook, card: &Scorecard) -> String {
    let labels: Vec<&str> = card.bands.iter().map(|band| band.label.as_str()).collect();
    let mut table = format!(
        "| {} | points to {} (+) or {} (-) |\n| --- | --- |\n",
        card.question, labels[0], labels[1]
    );
    for characteristic in &card.characteristics {
        let criterion = rulebook
            .criteria
            .iter()
            .find(|c| c.name == characteristic.criterion)
            .unwrap();
        let points: Vec<String> = characteristic
            .attributes
            .iter()
            .map(|attribute| points(&characteristic.criterion, attribute))
            .collect();
        table += &format!(
            "| `{}`: {} | {} |\n",
            criterion.name,
            criterion.says,
            points.join("; ")
        );
    }
    table
}

/// `custom & service = customer_example: +1`.
fn points(own: &str, attribute: &Attribute) -> String {
    let value = |condition: &Condition| match condition {
        Condition::One(one) => one.clone(),
        Condition::AnyOf(several) => several.join(" or "),
    };
    let own_value = attribute.when.get(own).map(value);
    let others = attribute.when.iter().filter(|(name, _)| *name != own);
    let others = others.map(|(name, condition)| format!("{name} = {}", value(condition)));
    let conditions: Vec<String> = own_value.into_iter().chain(others).collect();
    format!(
        "{} **{:+}**",
        conditions.join(" & "),
        attribute.partial_score
    )
}

#[test]
fn the_table_of_criteria_is_what_the_rulebook_says() {
    let rulebook = Rulebook::documents().unwrap();
    let tables: Vec<String> = rulebook
        .scorecards
        .iter()
        .map(|card| table(&rulebook, card))
        .collect();
    let service = rulebook
        .criteria
        .iter()
        .find(|criterion| criterion.name == "service")
        .unwrap();
    let groups: Vec<String> = service
        .groups
        .iter()
        .map(|(group, values)| format!("`{group}`: {}", values.join(", ")))
        .collect();
    let written = format!(
        "\n{}\nOf `service`, {}.\n\n",
        tables.join("\n"),
        groups.join("; ")
    );

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (stands, after) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{written}{END}{after}")).unwrap();
    } else {
        assert_eq!(
            stands, written,
            "UPDATE_README=1 cargo test --test readme writes it"
        );
    }
}
