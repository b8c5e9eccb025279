//! The engine: values to verdicts, by a compiled rulebook.
//!
//! Owns the compiled tables, the sum of the points, and what follows from them:
//! explanations, counterfactuals and deltas between two rulebooks. Knows nothing of
//! columns, formats, files or threads.

pub mod compile;
pub mod counterfactual;
pub mod delta;
pub mod evaluate;
pub mod explain;
pub(crate) mod slot;
pub mod waterfall;
