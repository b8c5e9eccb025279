//! Objects within a record: the paths to the values in them.
//!
//! Owns the walk through the objects that a record holds, and what its values
//! are called: by the keys on the way to them, with dots between. What it knows
//! of the objects before is a cache; what it finds does not depend on them.

use std::collections::HashMap;
use std::ops::Range;

use super::text::{Broken, after_colon, key_end, skip_space, unescape, value_end};
use super::values::{Content, content};
use crate::formats::blocks::Beginning;

/// So many keys make a path at most; what lies deeper says nothing.
const DEEPEST: u8 = 8;
/// No name is longer than that, in bytes.
const LONGEST_KEY: usize = 200;
/// More paths than that are not remembered from record to record.
const MOST: usize = 10_000;
/// More than that between two values is not expected again.
const LONGEST_EXPECTED: usize = 256;
/// What stands before later values is not expected.
const MOST_EXPECTED: usize = 1000;
/// Where all paths begin.
const ROOT: usize = 0;

/// The values in the objects of one record.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    nodes: Vec<Node>,
    /// What stood before each value in the record before: objects of one export
    /// mostly are laid out alike.
    expected: Vec<Expected>,
    leaves: Vec<Leaf>,
}

/// A key and those around it.
#[derive(Debug, Clone, Default)]
struct Node {
    path: String,
    parent: usize,
    depth: u8,
    /// It, or one around it, begins with `$`: what follows decides what it is.
    is_doubtful: bool,
    /// By key as it is written, with its quotes.
    children: HashMap<String, usize>,
    /// What the path is used for, as far as whoever asked told.
    found: Option<usize>,
}

/// What stood before a value.
#[derive(Debug, Clone, Default)]
struct Expected {
    bytes: Beginning,
    /// The place after which they stood.
    state: State,
    node: usize,
}

/// Where in the nest of objects a place is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    /// The object around it.
    open: usize,
    /// A member of that object stands before it.
    begun: bool,
}

/// A value in an object of the record.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    node: usize,
    pub(super) value: Range<usize>,
}

impl Default for Paths {
    fn default() -> Self {
        Paths {
            nodes: vec![Node::default()],
            expected: Vec::new(),
            leaves: Vec::new(),
        }
    }
}

impl Paths {
    /// Begins a record.
    #[inline(always)]
    pub(super) fn begin(&mut self) {
        self.leaves.clear();
        if self.nodes.len() > MOST {
            *self = Paths::default();
        }
    }

    /// The values that were met in the record, in their order.
    pub(super) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    pub(super) fn path(&self, leaf: &Leaf) -> &str {
        &self.nodes[leaf.node].path
    }

    /// What the path to a value is used for, if that was said.
    pub(super) fn found(&self, leaf: &Leaf) -> Option<usize> {
        self.nodes[leaf.node].found
    }

    pub(super) fn set_found(&mut self, leaf: &Leaf, found: usize) {
        self.nodes[leaf.node].found = Some(found);
    }

    /// Meets the values in the object at `at`, which the record has under `key`
    /// (with its quotes), and returns its end.
    pub(super) fn walk(&mut self, text: &str, at: usize, key: &str) -> Result<usize, Broken> {
        let json = text.as_bytes();
        if key.len() > LONGEST_KEY || content(json, at)? != Content::Members {
            return value_end(json, at);
        }
        let top = self.child(ROOT, key);
        let mut at = at + 1;
        let mut state = State {
            open: top,
            begun: false,
        };
        // The last value ended here, or the walk began.
        let mut mark = (at, state);
        loop {
            let expected = self.expected.get(self.leaves.len()).filter(|expected| {
                at == mark.0 && expected.state == state && expected.bytes.begins(&json[at..])
            });
            let is_expected = expected.is_some();
            let (node, value) = match expected {
                Some(expected) => (expected.node, skip_space(json, at + expected.bytes.len())),
                None => {
                    let mut next = skip_space(json, at);
                    if state.begun {
                        match json.get(next) {
                            Some(b',') => next = skip_space(json, next + 1),
                            Some(b'}') if state.open == top => return Ok(next + 1),
                            Some(b'}') => {
                                state.open = self.nodes[state.open].parent;
                                at = next + 1;
                                continue;
                            }
                            _ => {
                                return Err(Broken {
                                    at: next,
                                    expected: "`,` or `}`",
                                });
                            }
                        }
                    }
                    let key = next..key_end(json, next)?;
                    let value = after_colon(json, key.end)?;
                    let raw = &text[key];
                    if is_data(raw) {
                        at = value_end(json, value)?;
                        state.begun = true;
                        mark = (at, state);
                        continue;
                    }
                    (self.child(state.open, raw), value)
                }
            };
            let mut is_leaf = true;
            at = match json.get(value) {
                Some(b'{') => match content(json, value)? {
                    Content::Members if self.nodes[node].depth < DEEPEST => {
                        state = State {
                            open: node,
                            begun: false,
                        };
                        at = value + 1;
                        continue;
                    }
                    Content::Members => {
                        is_leaf = false;
                        value_end(json, value)?
                    }
                    Content::Nothing(end) => {
                        is_leaf = false;
                        end
                    }
                    Content::Value(end) => end,
                },
                _ => value_end(json, value)?,
            };
            if is_leaf {
                if !is_expected {
                    self.expect(&json[mark.0..value], mark.1, node);
                }
                self.leaves.push(Leaf {
                    node,
                    value: value..at,
                });
            }
            state = State {
                open: self.nodes[node].parent,
                begun: true,
            };
            mark = (at, state);
        }
    }

    /// Remembers what stands before the next value.
    fn expect(&mut self, bytes: &[u8], state: State, node: usize) {
        let position = self.leaves.len();
        if position >= MOST_EXPECTED
            || bytes.len() > LONGEST_EXPECTED
            || self.nodes[node].is_doubtful
        {
            return;
        }
        let places = self.expected.len().max(position + 1);
        self.expected.resize_with(places, Expected::default);
        let expected = &mut self.expected[position];
        expected.bytes.set(bytes);
        (expected.state, expected.node) = (state, node);
    }

    /// The node of a key, given with its quotes, in the object of another.
    fn child(&mut self, parent: usize, raw: &str) -> usize {
        let around = &self.nodes[parent];
        if let Some(child) = around.children.get(raw) {
            return *child;
        }
        let key = unescape(raw);
        let node = Node {
            path: if parent == ROOT {
                key.into_owned()
            } else {
                format!("{}.{key}", around.path)
            },
            parent,
            depth: around.depth + 1,
            is_doubtful: around.is_doubtful || raw.starts_with("\"$"),
            ..Node::default()
        };
        let child = self.nodes.len();
        self.nodes.push(node);
        self.nodes[parent].children.insert(raw.to_owned(), child);
        child
    }
}

/// True for a key (with its quotes) that is data and no name: a number, a long
/// hexadecimal id, or a text longer than any name. As an element of an array, its
/// value is not looked at.
fn is_data(raw: &str) -> bool {
    let key = &raw.as_bytes()[1..raw.len() - 1];
    let is_id = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let digits = key.iter().filter(|byte| byte.is_ascii_digit()).count();
    raw.len() > LONGEST_KEY
        || digits > 0 && (digits == key.len() || key.len() >= 16 && key.iter().all(is_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::effort::cases;

    /// The paths and values of an object under the key `o`.
    fn walked(paths: &mut Paths, text: &str) -> Result<(usize, Vec<(String, String)>), Broken> {
        paths.begin();
        let end = paths.walk(text, 0, "\"o\"")?;
        let leaves = paths.leaves().iter();
        let named = leaves.map(|leaf| {
            (
                paths.path(leaf).to_owned(),
                text[leaf.value.clone()].to_owned(),
            )
        });
        Ok((end, named.collect()))
    }

    fn nearly_object() -> impl Strategy<Value = String> {
        let token = prop::sample::select(vec![
            "{",
            "{",
            "}",
            "}",
            "[",
            "]",
            ",",
            ",",
            ":",
            "\"a\":",
            "\"b\":",
            "\"a\":{",
            "\"$d\":",
            "\"12\":",
            "\"\\u0024d\":",
            "1",
            "\"x\"",
            "{}",
            " ",
            "\n",
            "null",
        ]);
        prop::collection::vec(token, 0..14).prop_map(|tokens| format!("{{{}}}", tokens.concat()))
    }

    /// Sound objects, nested.
    fn object() -> impl Strategy<Value = String> {
        let key = prop::sample::select(vec!["a", "b", "$d", "12", "c c", "\\u0024d"]);
        let leaf = prop::sample::select(vec!["1", "\"x\"", "{}", "null", "[{\"a\":1}]"]);
        let value = leaf.prop_map(str::to_owned).boxed();
        let object = move |value: BoxedStrategy<String>| {
            (
                prop::collection::vec((key.clone(), value), 1..4),
                prop::sample::select(vec!["", " "]),
            )
                .prop_map(|(members, space)| {
                    let members: Vec<String> = members
                        .iter()
                        .map(|(key, value)| format!("{space}\"{key}\":{space}{value}"))
                        .collect();
                    format!("{{{}}}", members.join(&format!("{space},")))
                })
                .boxed()
        };
        let within = object.clone();
        let nested = value.prop_recursive(4, 24, 3, within);
        object(nested.boxed())
    }

    proptest! {
        #![proptest_config(cases(256, 1024))]

        #[test]
        fn what_is_found_does_not_depend_on_the_objects_before(texts in prop::collection::vec(prop_oneof![object(), nearly_object()], 1..6)) {
            let mut paths = Paths::default();
            for text in &texts {
                let alone = walked(&mut Paths::default(), text);
                prop_assert_eq!(walked(&mut paths, text), alone);
            }
        }

        #[test]
        fn an_object_ends_where_its_grammar_says(text in nearly_object()) {
            let end = walked(&mut Paths::default(), &text).map(|(end, _)| end);
            prop_assert_eq!(end, value_end(text.as_bytes(), 0));
        }
    }

    #[test]
    fn values_are_named_by_the_keys_around_them() {
        let text = r#"{"a":{"b":[{"x":1}],"c":{"$date":1},"d":{}},"e\u0065":{"12":{"x":1},"f":null},"5ca4bbcea2dd94ee58162a68":{"x":1},"2024-06":1}"#;
        let (end, leaves) = walked(&mut Paths::default(), text).unwrap();
        assert_eq!(end, text.len());
        let wanted = [
            ("o.a.b", r#"[{"x":1}]"#),
            ("o.a.c", r#"{"$date":1}"#),
            ("o.ee.f", "null"),
            ("o.2024-06", "1"),
        ];
        assert_eq!(
            leaves,
            wanted.map(|(path, value)| (path.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_lies_too_deep_says_nothing() {
        let nested = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
        assert_eq!(
            walked(&mut Paths::default(), &nested(7)).unwrap().1.len(),
            1
        );
        assert_eq!(
            walked(&mut Paths::default(), &nested(8)).unwrap().1.len(),
            0
        );
        let deep = nested(100_000);
        assert_eq!(
            walked(&mut Paths::default(), &deep),
            Ok((deep.len(), Vec::new()))
        );
    }
}
