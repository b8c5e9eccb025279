//! The words that are understood: criterion, value, language, word.
//!
//! Owns the vocabulary file and its special entries. A row with the criterion `*` holds
//! for every criterion that has its value; a criterion's own row takes precedence.
//! Values in brackets have a special meaning:
//!
//! | value | the word is |
//! | --- | --- |
//! | `(column)` | a column name for the criterion |
//! | `(column?)` | a column name that may mean the criterion: its values decide |
//! | `(number V)` | a column name for the criterion: any number of a document in it means the value V |
//! | `(day V)` | the same for any day |
//! | `(day? V)`, `(number? V)` | the same, unless another column names another document |
//! | `(name V)` | the same for any name of a person |
//! | `(status)` | a column name for the state of what other columns are certainly about |
//! | `(status?)` | the same, if its values are such states; it may be a part of the name |
//! | `(flag V)` | a column name for a question: yes means V, no means nothing |
//! | `(flag! V)` | the same, with precedence over other columns |
//! | `(flag? V)` | the same, if the column has only such answers |
//! | `(since)` | a column name for the start of the relationship itself |
//! | `(term)` | a column name for the length of a commitment |
//! | `(in force)` | a column name for the first or last day of a contract |
//! | `(in force?)` | the same, unless another column names another document |
//! | `(unless)` | a column name next to which no column is about the criterion |
//! | `(unless bare)` | the same for bare numbers only, and it may be a part of the name; for dates, except the start of the relationship itself |
//! | `(filler)` | a word that does not change what a column name means |
//! | `(filler?)` | the same, unless the column names a party: `our company` |
//! | `(missing)` | a way to write that the value is unknown |
//! | `(none)` | a way to write none, which does not show by itself what it is about |
//! | `(none?)` | a way to write none that may also mean no: none if brackets or dashes set it apart |
//! | `(doubtful)` | a word that is not understood in columns whose values decided what they are about |
//! | `(common)` | a word that many columns have and that does not show what it is about; for a single criterion: in columns whose name is one word |
//! | `(grand total)` | a cell of a record of totals begins with it, or its first cell ends with it; it is nothing else |
//! | `(total)` | the first cell of a record of totals begins or ends with it, with `...` at the end: only begins |
//! | `(total last)` | the first cell of a record of totals is this word or ends with it |
//! | `(total only)` | the first cell of a record of totals is this word |
//! | `(footer)` | the only cell of a record is the footer of a page or a report: `#` stands for numbers, `...` at the end for any text |
//! | `(legal_form)` | a legal form in an organization's name |
//! | `(affix)` | a word before or behind an organization's name that may be a part of it: `The`, `Firma` |
//! | `(account)` | a column name that may mean the account of a ledger or at a bank as well |
//! | `(posting)` | a column name next to which an account is that of a ledger |
//! | `(and)` | a word that joins the parts of an organization's name, as `&` does |
//! | `(firm)` | a word that shows that a name is an organization's, such as `hotel` |
//! | `(label L)` | a word for the label L of the scorecard that stands for the criterion |
//!
//! The words `(yes)` and `(no)` stand for all words for yes and no, which then mean the
//! row's value.
//!
//! Rows with the criterion `length` are the words within any length of time: `year`,
//! `month`, `week`, `day`, `and`, `plus_half`, `since` (about, for: no change),
//! `at_least` (over, more than) or a number; those with `date` are the names of the
//! months by number. For `email`, `free_mail` lists domains.
//!
//! Rows with `note` are the words within notes such as `not yet signed`: `denies`,
//! `postpones`, `no_longer`, `on` (before a day) and `thing` (adds nothing). Those with
//! `person` and `nobody` are words that no name of a person contains.
//!
//! Rows with `records` are words in the names of columns, which show what the records
//! are about: `buyer` and `supplier` (it names them), `worker` (it names those of us who
//! did the work), `staff` (only lists of our own staff have it), `staff_hint` (such lists
//! have several of them, or `staff_key` if it is the key of the records,
//! or `staff_person` if nobody else is named), `activity` (it is about single pieces of work), `document` (it
//! is about another document than a contract), `id` (it has numbers or codes),
//! `name` (it has names of something), `question` (it asks),
//! `count` (it has a number of them), `parent`
//! (a JSON object with the facts about a relationship), `tail` (the second part of a
//! German compound). In related files also: `domain` and `mail` (it has addresses), `day`
//! (it has days), `quantity`, `key_part` (it identifies), `key_filler` (it changes nothing about a key), `first_day`,
//! `last_day` and `of_span` (the days of a contract, and words beside these), `of_state`
//! (beside a word for a state it changes nothing: its reason, its flag) and
//! `kind_of_document` (a value may show that a record is of another kind).
//!
//! Rows with `related` are words in the names of files and columns, which show the kind of
//! a related file: a value is the name of a kind that the rulebook declares. Those with
//! `state` are words for the state of a record of such a file: `draft` (not yet agreed),
//! `signed` (agreed; its days show whether it is in force), `open` (going on), `done`
//! (completed), `gone` (it is over), `void` (it never came about) and `other` (it is about
//! somebody else than a buyer: a supplier's, an employee's).
//!
//! The words for labels, totals and footers are those of this file alone.
//!
//! A rulebook can bring such rows too, as its
//! [`words`](crate::rulebook::Rulebook::words), for criteria of its own or in another
//! language. They take precedence: for a text, over the rows of the same criterion; for
//! a column name, over all rows except that it is a filler, and over names that are
//! never read. Its words for yes and no are among those for which `(yes)` and `(no)`
//! stand. Legal forms hold for all organizations and `free_mail` for all addresses,
//! whichever criteria they belong to.

use memchr::memmem;

/// The text of the built-in vocabulary, as CSV with a header and no quotes.
pub const TEXT: &str = include_str!("vocabulary.csv");

/// Names of columns that are never read, and why, as CSV with a header and no quotes:
/// reason, language, word.
pub const NEVER: &str = include_str!("never.csv");

/// The beginning of the value of a row with a word for a label.
pub const LABEL: &str = "(label ";

/// The value of rows with words for totals.
pub const TOTAL: &str = "(total)";
/// As [`TOTAL`], for a word that nothing else is called.
pub const GRAND_TOTAL: &str = "(grand total)";
/// As [`TOTAL`], for a word that does not come before another one.
pub const TOTAL_LAST: &str = "(total last)";
/// As [`TOTAL`], for a word that has to be the whole cell.
pub const TOTAL_ONLY: &str = "(total only)";
/// The value of rows with footers of pages and reports.
pub const FOOTER: &str = "(footer)";

/// The values of rows with words for whole records, which are not values of a cell.
pub const OF_RECORDS: [&str; 5] = [TOTAL, GRAND_TOTAL, TOTAL_LAST, TOTAL_ONLY, FOOTER];

/// The names of columns that are never read: reason, language and word of each.
pub fn never() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    NEVER.lines().skip(1).filter_map(|line| {
        let (reason, rest) = line.split_once(',')?;
        let (language, word) = rest.split_once(',')?;
        Some((reason, language, word))
    })
}

/// Whether a row with this value is a name of columns, or a part of one.
pub fn is_of_headers(value: &str) -> bool {
    let kinds = [
        "(column",
        "(day",
        "(fill",
        "(flag",
        "(in force",
        "(name ",
        "(number",
        "(since)",
        "(status",
        "(term)",
        "(unless",
    ];
    kinds.iter().any(|kind| value.starts_with(kind))
}

/// What rows of the words have as their criterion that show what records are about.
pub const RECORDS: &str = "records";

/// What rows have as their criterion whose words show the state of a related record.
pub const STATE: &str = "state";

/// What rows have as their criterion whose words show the kind of a related file.
pub const RELATED: &str = "related";

/// What words under [`RELATED`] may name besides kinds of related files: other things that
/// a key or a file may be about.
pub const OTHER_THINGS: &[&str] = &[
    "buyers",
    "lists",
    "parties",
    "places",
    "products",
    "staff_contracts",
];

/// Names that stand in the place of a criterion, and what the words under each may mean.
const OTHER_MEANINGS: [(&str, &[&str]); 4] = [
    ("note", &["denies", "postpones", "no_longer", "on", "thing"]),
    ("person", &["nobody"]),
    (
        STATE,
        &["draft", "signed", "open", "done", "gone", "void", "other"],
    ),
    (
        RECORDS,
        &[
            "buyer",
            "supplier",
            "worker",
            "staff",
            "staff_hint",
            "activity",
            "document",
            "id",
            "name",
            "parent",
            "question",
            "count",
            "staff_key",
            "staff_person",
            "tail",
            "domain",
            "mail",
            "day",
            "quantity",
            "key_filler",
            "key_part",
            "first_day",
            "last_day",
            "of_span",
            "of_state",
            "kind_of_document",
        ],
    ),
];

/// What words under `criterion` may mean, if it is one of those names; empty for any other.
pub fn other_meanings(criterion: &str) -> &'static [&'static str] {
    let mut all = OTHER_MEANINGS.iter();
    all.find(|(name, _)| *name == criterion)
        .map_or(&[], |(_, meanings)| meanings)
}

/// Whether a name stands in the place of a criterion, so that no criterion can have it.
pub fn is_reserved(criterion: &str) -> bool {
    matches!(criterion, "length" | "date" | RELATED) || !other_meanings(criterion).is_empty()
}

/// Whether all words under this name are those of names: of columns, or of files too.
pub fn is_of_names(criterion: &str) -> bool {
    matches!(criterion, RECORDS | RELATED)
}

/// One word and its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The criterion, or `*`.
    pub criterion: &'static str,
    /// The value, or an entry in brackets.
    pub value: &'static str,
    /// `en`, `de`, `fr`, `pl`, `vi`, or `*` for signs.
    pub language: &'static str,
    /// The word, accents as written.
    pub word: &'static str,
}

/// All built-in entries, in the order of the file, which is sorted by bytes.
pub fn entries() -> impl Iterator<Item = Entry> {
    TEXT.lines().skip(1).filter_map(entry)
}

/// The entries that begin with `prefix`, as written in the file: `contract,yes,` or
/// `contract,`. They are adjacent, since the file is sorted.
pub fn beginning_with(prefix: &str) -> impl Iterator<Item = Entry> {
    let before = memmem::find(TEXT.as_bytes(), format!("\n{prefix}").as_bytes());
    let from = before.map_or(TEXT.len(), |before| before + 1);
    let lines = TEXT[from..].lines();
    lines
        .take_while(move |line| line.starts_with(prefix))
        .filter_map(entry)
}

fn entry(line: &'static str) -> Option<Entry> {
    // No criterion, value or language has a comma.
    let mut parts = line.splitn(4, ',');
    Some(Entry {
        criterion: parts.next()?,
        value: parts.next()?,
        language: parts.next()?,
        word: parts.next()?,
    })
}
