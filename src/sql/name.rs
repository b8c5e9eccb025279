//! Names of tables.
//!
//! Owns how a name in parts, such as `crm.accounts`, is taken apart and quoted.

use super::Dialect;

/// The name of a table or view, in parts: database, schema, table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    parts: Vec<String>,
}

impl TableName {
    /// Takes a name apart at its dots. A part may be quoted as the dialect quotes names, and
    /// then has any characters. The parts are taken as they are spelled: none is folded to
    /// lower case.
    ///
    /// # Errors
    ///
    /// What is wrong with it: an empty part, or a quote that is not closed.
    pub fn new(text: &str, dialect: Dialect) -> Result<Self, String> {
        let quote = dialect.quote();
        let mut parts = Vec::new();
        let mut rest = text.trim();
        loop {
            let part;
            (part, rest) = match rest.strip_prefix(quote) {
                Some(quoted) => unquoted(quoted, quote)
                    .ok_or_else(|| format!("the quote {quote} is not closed"))?,
                None => {
                    let end = rest.find('.').unwrap_or(rest.len());
                    (rest[..end].to_owned(), &rest[end..])
                }
            };
            if part.is_empty() {
                return Err("a part of the name is empty".to_owned());
            }
            parts.push(part);
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(TableName { parts }),
                None => return Err(format!("expected a dot after {quote}...{quote}")),
            }
        }
    }

    /// Another name in the same schema.
    #[must_use]
    pub fn beside(&self, name: &str) -> Self {
        let mut parts = self.parts.clone();
        parts.pop();
        parts.push(name.to_owned());
        TableName { parts }
    }

    /// The name of the table itself, with an ending, in the same schema.
    #[must_use]
    pub fn ended(&self, ending: &str) -> Self {
        let last = self.parts.last().map_or("", String::as_str);
        self.beside(&format!("{last}{ending}"))
    }

    /// The name in SQL.
    pub(super) fn sql(&self, dialect: Dialect) -> String {
        let parts = self.parts.iter().map(|part| dialect.name_of(part));
        parts.collect::<Vec<_>>().join(".")
    }
}

/// A quoted part without its quotes, and what follows; `None` if it does not end.
fn unquoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once(quote)?;
        part += before;
        match after.strip_prefix(quote) {
            Some(doubled) => {
                part.push(quote);
                rest = doubled;
            }
            None => return Some((part, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(text: &str, dialect: Dialect) -> Result<String, String> {
        TableName::new(text, dialect).map(|name| name.sql(dialect))
    }

    #[test]
    fn a_name_is_split_at_its_dots_and_quoted() {
        let duckdb = |text| sql(text, Dialect::DuckDb);
        assert_eq!(duckdb("crm.accounts").unwrap(), r#""crm"."accounts""#);
        assert_eq!(duckdb("\"a.b\".\"c\"\"d\"").unwrap(), "\"a.b\".\"c\"\"d\"");
        assert_eq!(duckdb("Kunden 2024").unwrap(), "\"Kunden 2024\"");
        assert_eq!(sql("a.`b``c`", Dialect::Spark).unwrap(), "`a`.`b``c`");
        // The quote of another dialect is a character like others.
        assert_eq!(sql("a`b", Dialect::Postgres).unwrap(), "\"a`b\"");
    }

    #[test]
    fn a_name_without_a_part_is_none() {
        for text in ["", "a.", ".a", "a..b", "\"a", "\"a\"b", "\"\""] {
            assert!(TableName::new(text, Dialect::DuckDb).is_err(), "{text}");
        }
    }

    #[test]
    fn names_beside_it_have_its_schema() {
        let name = TableName::new("crm.accounts", Dialect::DuckDb).unwrap();
        let sql = |name: TableName| name.sql(Dialect::DuckDb);
        assert_eq!(sql(name.ended("_labels")), r#""crm"."accounts_labels""#);
        assert_eq!(sql(name.beside("readings")), r#""crm"."readings""#);
    }
}
