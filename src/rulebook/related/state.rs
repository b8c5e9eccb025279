//! The states of the records of related files.
//!
//! Owns their names. Which words stand for which state is in the vocabulary.

/// The state of a record of a related file. Of several that a record has, the later in
/// this order holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The record has none.
    None,
    /// Not yet agreed: a draft, an offer.
    Draft,
    /// Agreed, and going on.
    Open,
    /// Completed: delivered, paid, won.
    Done,
    /// It was, and is over: expired, terminated, closed.
    Gone,
    /// It never came about, or was undone: cancelled, lost, refunded.
    Void,
}

/// What a word shows of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StateWord {
    State(State),
    /// The state, and the value of what the record is about: of a contract that runs from
    /// month to month.
    As(State, u8),
    /// It was agreed; its days show whether it is in force.
    Signed,
    /// It is about somebody else than a buyer.
    Other,
}

impl StateWord {
    /// What a word of the vocabulary with this value shows.
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        match value {
            "signed" => Some(StateWord::Signed),
            "other" => Some(StateWord::Other),
            _ => State::from_name(value).map(StateWord::State),
        }
    }
}

impl State {
    /// All states, in the order of their bits.
    pub const ALL: [State; 6] = [
        State::None,
        State::Draft,
        State::Open,
        State::Done,
        State::Gone,
        State::Void,
    ];

    /// Its name in rulebooks and in the vocabulary.
    pub fn name(self) -> &'static str {
        match self {
            State::None => "none",
            State::Draft => "draft",
            State::Open => "open",
            State::Done => "done",
            State::Gone => "gone",
            State::Void => "void",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        State::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Its bit in [`counts`](crate::rulebook::related::checked::RelatedKind::counts).
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}
