//! Values to verdict: a rulebook made ready, and one way of scoring for everybody.
//!
//! Owns the tables made of a rulebook, the sum of the points, and what is told of it:
//! explanation, counterfactuals and the difference between two rulebooks. Knows nothing
//! of columns, formats, files or threads.

pub mod compile;
pub mod counterfactual;
pub mod evaluate;
pub mod explain;
pub mod pairs;
pub mod tipped;

pub(crate) use crate::rulebook::partition as bins;
