//! The codes of what can be wrong with a rulebook.
//!
//! Owns what each code means and how it is mended: one text that is at once its
//! documentation and what `--explain` prints. A test holds that each example that is
//! called wrong gets its code, and that the one that is called right does not.

/// How much a flaw of a rulebook or a finding of a check matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The rulebook cannot be used; the check fails.
    Error,
    /// It can be used, and looks as if its owner meant something else; the check fails
    /// where that is asked for.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// What is wrong with a rulebook, or looks so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each has its explanation below")]
pub enum Code {
    NotToml,
    UnknownKey,
    WrongType,
    MissingKey,
    BadName,
    DefinedTwice,
    NotInherited,
    UnknownCriterion,
    UnknownValue,
    BadComparison,
    BadValues,
    BadBands,
    BandOverlap,
    BadLabel,
    OutOfRange,
    UnknownSource,
    CodeWithTwoTexts,
    WordWithTwoMeanings,
    EmptyWord,
    UnknownLabel,
    UnknownReason,
    NeverMatches,
    NoEffect,
    UnreachableLabel,
    LabelWithoutEvidence,
    Gap,
    UnusedCriterion,
    UncitedStatement,
    OverridesWord,
    ChangesNothing,
    BorrowedName,
}

/// What there is to say about a code.
#[derive(Debug)]
pub struct Explained {
    /// Its name, which does not change.
    pub name: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it means, and how it is mended.
    pub says: &'static str,
    /// A rulebook that has it. Without a `name`, one that extends the built-in one.
    pub wrong: &'static str,
    /// The same rulebook, mended.
    pub right: &'static str,
}

impl Code {
    /// All codes, errors first.
    pub const ALL: [Code; 31] = [
        Code::NotToml,
        Code::UnknownKey,
        Code::WrongType,
        Code::MissingKey,
        Code::BadName,
        Code::DefinedTwice,
        Code::NotInherited,
        Code::UnknownCriterion,
        Code::UnknownValue,
        Code::BadComparison,
        Code::BadValues,
        Code::BadBands,
        Code::BandOverlap,
        Code::BadLabel,
        Code::OutOfRange,
        Code::UnknownSource,
        Code::CodeWithTwoTexts,
        Code::WordWithTwoMeanings,
        Code::EmptyWord,
        Code::UnknownLabel,
        Code::UnknownReason,
        Code::NeverMatches,
        Code::NoEffect,
        Code::UnreachableLabel,
        Code::LabelWithoutEvidence,
        Code::Gap,
        Code::UnusedCriterion,
        Code::UncitedStatement,
        Code::OverridesWord,
        Code::ChangesNothing,
        Code::BorrowedName,
    ];

    /// Its name, such as `unknown-key`.
    pub fn name(self) -> &'static str {
        self.explained().name
    }

    /// Whether a rulebook that has it cannot be used.
    pub(crate) fn is_error(self) -> bool {
        self.severity() == Severity::Error
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        self.explained().severity
    }

    /// The code of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Code::ALL.into_iter().find(|code| code.name() == name)
    }

    /// What it means, and how it is mended.
    pub fn explained(self) -> &'static Explained {
        match self {
            Code::NotToml => &NOT_TOML,
            Code::UnknownKey => &UNKNOWN_KEY,
            Code::WrongType => &WRONG_TYPE,
            Code::MissingKey => &MISSING_KEY,
            Code::BadName => &BAD_NAME,
            Code::DefinedTwice => &DEFINED_TWICE,
            Code::NotInherited => &NOT_INHERITED,
            Code::UnknownCriterion => &UNKNOWN_CRITERION,
            Code::UnknownValue => &UNKNOWN_VALUE,
            Code::BadComparison => &BAD_COMPARISON,
            Code::BadValues => &BAD_VALUES,
            Code::BadBands => &BAD_BANDS,
            Code::BandOverlap => &BAND_OVERLAP,
            Code::BadLabel => &BAD_LABEL,
            Code::OutOfRange => &OUT_OF_RANGE,
            Code::UnknownSource => &UNKNOWN_SOURCE,
            Code::CodeWithTwoTexts => &CODE_WITH_TWO_TEXTS,
            Code::WordWithTwoMeanings => &WORD_WITH_TWO_MEANINGS,
            Code::EmptyWord => &EMPTY_WORD,
            Code::UnknownLabel => &UNKNOWN_LABEL,
            Code::UnknownReason => &UNKNOWN_REASON,
            Code::NeverMatches => &NEVER_MATCHES,
            Code::NoEffect => &NO_EFFECT,
            Code::UnreachableLabel => &UNREACHABLE_LABEL,
            Code::LabelWithoutEvidence => &LABEL_WITHOUT_EVIDENCE,
            Code::Gap => &GAP,
            Code::UnusedCriterion => &UNUSED_CRITERION,
            Code::UncitedStatement => &UNCITED_STATEMENT,
            Code::OverridesWord => &OVERRIDES_WORD,
            Code::ChangesNothing => &CHANGES_NOTHING,
            Code::BorrowedName => &BORROWED_NAME,
        }
    }
}

const fn error(
    name: &'static str,
    says: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Explained {
    Explained {
        name,
        severity: Severity::Error,
        says,
        wrong,
        right,
    }
}

const fn warning(
    name: &'static str,
    says: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Explained {
    Explained {
        name,
        severity: Severity::Warning,
        says,
        wrong,
        right,
    }
}

static NOT_TOML: Explained = error(
    "not-toml",
    "The file is no TOML at this place, so nothing behind it can be trusted. Often a \
quote or a bracket is not closed, a text has no quotes, or a key stands twice in one \
table.",
    "[[statement]]\nid = \"our.rule\nsays = \"What our rule says.\"\nnot_a_rule = \"For later.\"\n",
    "[[statement]]\nid = \"our.rule\"\nsays = \"What our rule says.\"\nnot_a_rule = \"For later.\"\n",
);

static UNKNOWN_KEY: Explained = error(
    "unknown-key",
    "A table has a key that no rulebook has. A misspelled key would be lost in silence, \
so it is an error: take the key that is named, or take it out. `clientype rules schema` \
prints all keys for an editor.",
    "[[scorecard]]\nname = \"relationship\"\nintial_score = 1\nquestion = \"Whom do we serve?\"\n",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\nquestion = \"Whom do we serve?\"\n",
);

static WRONG_TYPE: Explained = error(
    "wrong-type",
    "A key has something that it cannot have: a text where a number has to stand, an \
empty list, a text that is none of those that can stand there.",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = \"1\"\n",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\n",
);

static MISSING_KEY: Explained = error(
    "missing-key",
    "A table lacks a key that it needs. What extends another rulebook may leave out what \
is inherited; what is new has to be told whole.",
    "[[statement]]\nid = \"our.rule\"\nnot_a_rule = \"For later.\"\n",
    "[[statement]]\nid = \"our.rule\"\nsays = \"What our rule says.\"\nnot_a_rule = \"For later.\"\n",
);

static BAD_NAME: Explained = error(
    "bad-name",
    "A name has a sign that it cannot have. Names come out as keys of JSON, in headers and \
in lists of reasons: criteria and scorecards are made of a-z, 0-9 and _, reason codes of \
a-z, 0-9 and -, and the rulebook's name and version have no spaces.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"rolling\"\nwhen.revenue_model = \"retainer\"\n\
partial_score = 1\nreason_code = \"Rolling Retainer\"\nreason = \"Month to month, but a retainer\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"rolling\"\nwhen.revenue_model = \"retainer\"\n\
partial_score = 1\nreason_code = \"rolling-retainer\"\nreason = \"Month to month, but a retainer\"\n",
);

static DEFINED_TWICE: Explained = error(
    "defined-twice",
    "Two statements, criteria, scorecards, cases or, in one scorecard, characteristics \
have the same name, so it cannot be told which one is meant. Make them one table.",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\n\n[[scorecard]]\nname = \"relationship\"\n\
question = \"Whom do we serve?\"\nband = []\ncharacteristic = []\n",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\nquestion = \"Whom do we serve?\"\n",
);

static NOT_INHERITED: Explained = error(
    "not-inherited",
    "Something is to be changed, left out, added to or put behind something that the \
extended rulebook does not have. Often its name is misspelled. `clientype rules show \
--format toml` prints what there is.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"contract-sined\"\npartial_score = 4\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"contract-signed\"\npartial_score = 4\n",
);

static UNKNOWN_CRITERION: Explained = error(
    "unknown-criterion",
    "A characteristic, a condition or a list of words names a criterion that is not \
there. Take the one that is named, or add a [[criterion]].",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"duration\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"long-contract\"\nwhen.contrakt = \"yes\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"duration\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"long-contract\"\nwhen.contract = [\"yes\", \"rolling\"]\n",
);

static UNKNOWN_VALUE: Explained = error(
    "unknown-value",
    "A condition, or a list of words, names a value that its criterion does not have, nor \
a group of its values. Take one that it has, or add it: `values` of a new criterion, \
`more_values` of an inherited one.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"no-contract\"\nwhen.contract = \"none\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"no-contract\"\npartial_score = -2\n",
);

static BAD_COMPARISON: Explained = error(
    "bad-comparison",
    "A length of time is compared as `>= 12 months` or `< 2 years`, up to 100 years, and \
once for each attribute. A date cannot be compared; the length that it gives can.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"duration\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"long-relationship\"\nwhen.duration = \"over three years\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"duration\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"medium-relationship\"\nwhen.duration = \"< 3 years\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"long-relationship\"\nwhen.duration = \">= 3 years\"\n",
);

static BAD_VALUES: Explained = error(
    "bad-values",
    "The values of a criterion do not fit: a choice without any, one that is there twice, \
a group of what is no value, dates that are none. Organizations have the values own and \
other, addresses free_mail too, lengths and dates none.",
    "[[criterion]]\nname = \"service\"\nmore_groups.client_example = [\"notary\"]\n",
    "[[criterion]]\nname = \"service\"\nmore_values = [\"notary\"]\nmore_groups.client_example = [\"notary\"]\n",
);

static BAD_BANDS: Explained = error(
    "bad-bands",
    "A scorecard has two bands: one with `at_least`, open upwards, and one with `at_most`, \
open downwards. What is between them is Undetermined.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 3\nat_most = 9\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 4\n",
);

static BAND_OVERLAP: Explained = error(
    "band-overlap",
    "The two bands of a scorecard share scores, so a record could have both labels. Let \
the one that is open downwards end below the other.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Customer\"\nat_most = 3\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Customer\"\nat_most = -1\n",
);

static BAD_LABEL: Explained = error(
    "bad-label",
    "The labels of a scorecard are two different ones, and neither is Undetermined: that \
is what a record is called between the bands.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Undetermined\"\nat_most = -2\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Buyer\"\nat_most = -2\n",
);

static OUT_OF_RANGE: Explained = error(
    "out-of-range",
    "Points go from -1000000 to 1000000, and no sum of them may go beyond.",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 2000000\n",
    "[[scorecard]]\nname = \"relationship\"\ninitial_score = 1\n",
);

static UNKNOWN_SOURCE: Explained = error(
    "unknown-source",
    "An attribute cites a source that is no statement of the rulebook. Whoever reads a \
reason wants to look its source up: cite one that is there, or add a [[statement]].",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"contract-signed\"\nsources = [\"vi.contracts\"]\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"contract-signed\"\nsources = [\"vi.contract\", \"de.contract\"]\n",
);

static CODE_WITH_TWO_TEXTS: Explained = error(
    "code-with-two-texts",
    "One reason code stands for two different reasons, so that whoever counts or filters \
by the code mixes them up. Give one of them a code of its own.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"rolling\"\nwhen.revenue_model = \"retainer\"\n\
partial_score = 1\nreason_code = \"retainer\"\nreason = \"Month to month, but a retainer\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"rolling\"\nwhen.revenue_model = \"retainer\"\n\
partial_score = 1\nreason_code = \"rolling-retainer\"\nreason = \"Month to month, but a retainer\"\n",
);

static WORD_WITH_TWO_MEANINGS: Explained = error(
    "word-with-two-meanings",
    "The rulebook gives one word two values of a criterion, or one column name two \
criteria. Case, spaces, hyphens and dropped accents make no other word.",
    "[words.it]\ncontract.yes = [\"attivo\"]\ncontract.no = [\"Attivo\"]\n",
    "[words.it]\ncontract.yes = [\"attivo\"]\ncontract.no = [\"scaduto\"]\n",
);

static EMPTY_WORD: Explained = error(
    "empty-word",
    "A word has no letter and no digit. Signs are left out before words are looked up, so \
nothing could be read by it.",
    "[words.it]\ncontract.yes = [\"--\"]\n",
    "[words.it]\ncontract.yes = [\"firmato\"]\n",
);

static UNKNOWN_LABEL: Explained = error(
    "unknown-label",
    "A case expects a label that its scorecard does not give, or names a scorecard that is \
not there.",
    "[[case]]\nname = \"A contract\"\nrecord.contract = \"yes\"\nexpect.relationship = \"Clint\"\n",
    "[[case]]\nname = \"A contract\"\nrecord.contract = \"yes\"\nexpect.relationship = \"Client\"\n",
);

static UNKNOWN_REASON: Explained = error(
    "unknown-reason",
    "A case expects a reason code that no attribute has.",
    "[[case]]\nname = \"A contract\"\nrecord.contract = \"yes\"\nexpect.relationship = \"Client\"\n\
reasons = [\"contract-sined\"]\n",
    "[[case]]\nname = \"A contract\"\nrecord.contract = \"yes\"\nexpect.relationship = \"Client\"\n\
reasons = [\"contract-signed\"]\n",
);

static NEVER_MATCHES: Explained = warning(
    "never-matches",
    "Attributes are tried from the top, and whatever this one is for, an earlier one takes. \
Put the narrower condition first, or take the one out that is not needed. Where an \
inherited attribute is meant to go, say `remove = true` under its reason code.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"yes\"\nwhen.duration = \">= 3 years\"\n\
partial_score = 5\nreason_code = \"long-signed\"\nreason = \"A contract for years\"\n\
after = \"contract-signed\"\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.characteristic]]\ncriterion = \"contract\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.contract = \"yes\"\nwhen.duration = \">= 3 years\"\n\
partial_score = 5\nreason_code = \"long-signed\"\nreason = \"A contract for years\"\n",
);

static NO_EFFECT: Explained = warning(
    "no-effect",
    "Whatever this characteristic says and whatever else is known, the label stays: its \
points are all 0, or too few beside the steps of the others and the bands. Give it points \
that matter, or take it out.",
    "[[criterion]]\nname = \"newsletter\"\nsays = \"whether the buyer reads our newsletter\"\n\
kind = \"choice\"\nvalues = [\"yes\", \"no\"]\n\n[[scorecard]]\nname = \"relationship\"\n\n\
[[scorecard.characteristic]]\ncriterion = \"newsletter\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.newsletter = [\"yes\", \"no\"]\npartial_score = 0\n\
reason_code = \"newsletter\"\nreason = \"Reads our newsletter or does not\"\n",
    "[[criterion]]\nname = \"newsletter\"\nsays = \"whether the buyer reads our newsletter\"\n\
kind = \"choice\"\nvalues = [\"yes\", \"no\"]\n\n[[scorecard]]\nname = \"relationship\"\n\n\
[[scorecard.characteristic]]\ncriterion = \"newsletter\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.newsletter = [\"yes\", \"no\"]\npartial_score = -1\n\
reason_code = \"newsletter\"\nreason = \"Is offered our newsletter\"\n",
);

static UNREACHABLE_LABEL: Explained = warning(
    "unreachable-label",
    "No record can get this label: all points together do not reach its band.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 90\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 9\n",
);

static LABEL_WITHOUT_EVIDENCE: Explained = warning(
    "label-without-evidence",
    "A record that says nothing at all gets a label, since the points before any evidence \
lie within a band or the bands leave nothing between them. Leave a gap around these points.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Customer\"\nat_most = 2\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Customer\"\nat_most = -1\n",
);

static GAP: Explained = warning(
    "gap",
    "A characteristic has no attribute for some values of its criterion, or for some \
lengths. They count as known and give no points and no reason. Add an attribute; with 0 \
points if it tells neither way, so that the reason says so.",
    "[[criterion]]\nname = \"frequency\"\nmore_values = [\"seasonal\"]\n",
    "[[criterion]]\nname = \"frequency\"\nmore_values = [\"seasonal\"]\n\n[[scorecard]]\nname = \"relationship\"\n\n\
[[scorecard.characteristic]]\ncriterion = \"frequency\"\n\n\
[[scorecard.characteristic.attribute]]\nreason_code = \"buys-occasionally\"\n\
when.frequency = [\"occasional\", \"seasonal\"]\n",
);

static UNUSED_CRITERION: Explained = warning(
    "unused-criterion",
    "No scorecard looks at this criterion, so whatever a record says of it counts for \
nothing.",
    "[[criterion]]\nname = \"newsletter\"\nsays = \"whether the buyer reads our newsletter\"\n\
kind = \"choice\"\nvalues = [\"yes\", \"no\"]\n",
    "[[criterion]]\nname = \"newsletter\"\nsays = \"whether the buyer reads our newsletter\"\n\
kind = \"choice\"\nvalues = [\"yes\", \"no\"]\n\n[[scorecard]]\nname = \"relationship\"\n\n\
[[scorecard.characteristic]]\ncriterion = \"newsletter\"\n\n\
[[scorecard.characteristic.attribute]]\nwhen.newsletter = [\"yes\", \"no\"]\npartial_score = -1\n\
reason_code = \"newsletter\"\nreason = \"Is offered our newsletter\"\n",
);

static UNCITED_STATEMENT: Explained = warning(
    "uncited-statement",
    "No attribute rests on this statement, and it is not said why. Cite it among the \
`sources` of an attribute, or say why it is no rule: `not_a_rule`.",
    "[[statement]]\nid = \"our.rule\"\nsays = \"What our rule says.\"\n",
    "[[statement]]\nid = \"our.rule\"\nsays = \"What our rule says.\"\nnot_a_rule = \"For later.\"\n",
);

static OVERRIDES_WORD: Explained = warning(
    "overrides-word",
    "The rulebook gives a word another meaning than it has without it. The rulebook's \
counts. If that is meant, the warning may stay.",
    "[words.en]\ncontract.yes = [\"cancelled\"]\n",
    "[words.en]\ncontract.yes = [\"signed and sealed\"]\n",
);

static CHANGES_NOTHING: Explained = warning(
    "changes-nothing",
    "A table states what is inherited just so. It does no harm today, and hides a change \
of the extended rulebook tomorrow.",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 3\n",
    "[[scorecard]]\nname = \"relationship\"\n\n[[scorecard.band]]\nlabel = \"Client\"\nat_least = 4\n",
);

static BORROWED_NAME: Explained = warning(
    "borrowed-name",
    "The rulebook has the name of the built-in one and is another, so that what is printed \
beside labels misleads. Give it a name of its own.",
    "name = \"documents\"\nversion = \"2\"\nextend = \"documents\"\n\n[[scorecard]]\nname = \"relationship\"\n\
initial_score = 1\n",
    "name = \"ours\"\nversion = \"2\"\nextend = \"documents\"\n\n[[scorecard]]\nname = \"relationship\"\n\
initial_score = 1\n",
);
