//! One walk through an object: its members, and the values in the objects inside it.
//!
//! Owns how a value is found and named: by the keys that lead to it, joined with dots.
//! What it remembers of earlier objects is only a cache; its results do not depend on
//! it.

use std::collections::HashMap;
use std::ops::Range;

use super::text::{Broken, Member, after_colon, broken, key_end, skip_space, unescape, value_end};
use super::values::{Content, content};
use crate::format::blocks::Beginning;

/// The greatest number of keys in a path; deeper values are not read.
const DEEPEST: u8 = 8;
/// The greatest length of a key in a path, in bytes.
const LONGEST_KEY: usize = 200;
/// How many paths are remembered from record to record, or twice those of the last record.
const MOST: usize = 10_000;
/// How many keys a record may have, with those inside its objects: about 300 bytes are
/// needed for each.
const MOST_KEYS: usize = 1 << 20;
pub(crate) const AT_MOST: &str = "at most 1,048,576 keys in a record";
/// Longer text between two values is not expected again.
const LONGEST_EXPECTED: usize = 256;
/// How many values have an expectation.
const MOST_EXPECTED: usize = 10_000;
/// The record itself.
const ROOT: usize = 0;

/// A walk through one record after the other.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    nodes: Vec<Node>,
    /// By node: its column, as far as it was set.
    columns: Vec<Option<usize>>,
    /// The text before each value in the previous record: objects of one export usually
    /// have the same layout.
    expected: Vec<Expected>,
    /// The members of the record.
    members: Vec<Member>,
    /// The values in objects of the record.
    leaves: Vec<Leaf>,
    /// How many keys it has.
    keys: usize,
}

/// A key, and the keys around it.
#[derive(Debug, Clone, Default)]
struct Node {
    path: String,
    parent: usize,
    depth: u8,
    /// It, or a key around it, begins with `$`: what follows decides what it is.
    is_doubtful: bool,
    /// It is longer than any key in a path.
    is_long: bool,
    /// By key as written, with its quotes.
    children: HashMap<String, usize>,
}

/// The text before a value.
#[derive(Debug, Clone, Default)]
struct Expected {
    bytes: Beginning,
    /// The place after which it occurred.
    state: State,
    node: usize,
    /// The place in these bytes where the object of a member ends.
    closes: Option<usize>,
    /// The place in these bytes of a member's key, with its quotes, and of the
    /// beginning of its value if that is an object.
    member: Option<(Range<usize>, Option<usize>)>,
    /// The node of that member.
    member_node: usize,
    /// The place after the value, unless it is an object that was opened.
    after: State,
    /// The value is a member's.
    is_member: bool,
    /// How many keys are in these bytes.
    keys: usize,
}

impl Expected {
    /// An expectation that is never met: no object is open there.
    fn nothing() -> Self {
        Expected {
            state: State {
                open: usize::MAX,
                begun: false,
            },
            ..Expected::default()
        }
    }
}

/// A place in the nesting of objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct State {
    /// The surrounding object.
    open: usize,
    /// A member of that object precedes.
    begun: bool,
}

/// A value inside an object of the record.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    node: usize,
    pub(super) value: Range<usize>,
}

impl Default for Walk {
    fn default() -> Self {
        Walk {
            nodes: vec![Node::default()],
            columns: vec![None],
            expected: Vec::new(),
            members: Vec::new(),
            leaves: Vec::new(),
            keys: 0,
        }
    }
}

/// What was found between two values that concerns the members of the record.
#[derive(Debug, Clone, Default)]
struct Between {
    closes: Option<usize>,
    member: Option<(Range<usize>, Option<usize>)>,
    /// How many keys there are.
    keys: usize,
}

impl Walk {
    /// The members of the record.
    pub(super) fn members(&self) -> &[Member] {
        &self.members
    }

    /// The values found inside objects of the record, in order.
    pub(super) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The path to a value.
    pub(super) fn path(&self, leaf: &Leaf) -> &str {
        &self.nodes[leaf.node].path
    }

    /// The name of a member.
    pub(super) fn name(&self, member: usize) -> &str {
        &self.nodes[self.members[member].node].path
    }

    /// The column of a member, if it was set.
    #[inline(always)]
    pub(super) fn column_of_member(&self, member: usize) -> Option<usize> {
        self.columns[self.members[member].node]
    }

    /// The column of a value, if it was set.
    pub(super) fn column_of(&self, leaf: &Leaf) -> Option<usize> {
        self.columns[leaf.node]
    }

    pub(super) fn set_column_of_member(&mut self, member: usize, column: usize) {
        self.columns[self.members[member].node] = Some(column);
    }

    pub(super) fn set_column_of(&mut self, leaf: &Leaf, column: usize) {
        self.columns[leaf.node] = Some(column);
    }

    /// Walks through everything in the object at `at`, and returns its end.
    pub(super) fn object(&mut self, text: &str, at: usize) -> Result<usize, Broken> {
        if self.nodes.len() > MOST.max(2 * self.keys) {
            *self = Walk::default();
        }
        self.keys = 0;
        self.members.clear();
        self.leaves.clear();
        let json = text.as_bytes();
        if json.get(at) != Some(&b'{') {
            return Err(Broken {
                at,
                expected: "an object",
            });
        }
        let mut at = at + 1;
        let mut state = State::default();
        // The last value ended here, or the walk began.
        let mut mark = (at, state);
        let mut between = Between::default();
        // The number of values so far.
        let mut met = 0;
        loop {
            let expected = self.expected.get(met).filter(|expected| {
                at == mark.0 && expected.state == state && expected.bytes.begins(&json[at..])
            });
            let is_expected = expected.is_some();
            let (node, value) = match expected {
                Some(expected) => {
                    // Few keys are expected, so that these alone are never too many.
                    self.keys += expected.keys;
                    let value = skip_space(json, at + expected.bytes.len());
                    if let (Some(closes), Some(last)) = (expected.closes, self.members.last_mut()) {
                        last.value.end = at + closes;
                    }
                    let (member, after) = (&expected.member, expected.after);
                    if expected.is_member && json.get(value) != Some(&b'{') {
                        // Most values belong to members, and contain no others.
                        let end = value_end(json, value)?;
                        if let Some((key, _)) = member {
                            self.members.push(Member {
                                key: at + key.start..at + key.end,
                                value: value..end,
                                node: expected.member_node,
                            });
                        }
                        if json.get(end) == Some(&b'}') {
                            return Ok(end + 1);
                        }
                        met += 1;
                        at = end;
                        state = after;
                        mark = (at, state);
                        continue;
                    }
                    if let Some((key, begins)) = member {
                        let begins = begins.map_or(value, |begins| at + begins);
                        self.members.push(Member {
                            key: at + key.start..at + key.end,
                            value: begins..begins,
                            node: expected.member_node,
                        });
                    }
                    if json.get(value) == Some(&b'{') {
                        // If it is opened, the text before the next value holds this too.
                        between.closes = expected.closes;
                        between.member = member.clone();
                        between.keys = expected.keys;
                    }
                    (expected.node, value)
                }
                None => {
                    let mut next = skip_space(json, at);
                    match json.get(next) {
                        Some(b'}') if state.begun || state.open == ROOT => {
                            if state.open == ROOT {
                                return Ok(next + 1);
                            }
                            state.open = self.nodes[state.open].parent;
                            state.begun = true;
                            at = next + 1;
                            if let (ROOT, Some(last)) = (state.open, self.members.last_mut()) {
                                last.value.end = at;
                                between.closes = Some(at - mark.0);
                            }
                            continue;
                        }
                        Some(b',') if state.begun => next = skip_space(json, next + 1),
                        _ if state.begun => {
                            return Err(Broken {
                                at: next,
                                expected: "`,` or `}`",
                            });
                        }
                        _ => {}
                    }
                    let key = next..key_end(json, next)?;
                    let value = after_colon(json, key.end)?;
                    let raw = &text[key.clone()];
                    if state.open != ROOT && is_data(raw) {
                        at = value_end(json, value)?;
                        state.begun = true;
                        mark = (at, state);
                        between = Between::default();
                        continue;
                    }
                    self.keys += 1;
                    between.keys += 1;
                    if self.keys > MOST_KEYS {
                        return broken(key.start, AT_MOST);
                    }
                    let node = self.child(state.open, raw);
                    if state.open == ROOT {
                        between.member = Some((key.start - mark.0..key.end - mark.0, None));
                        self.members.push(Member {
                            key,
                            value: value..value,
                            node,
                        });
                    }
                    (node, value)
                }
            };
            let is_member = self.nodes[node].depth == 1;
            let mut is_value = true;
            at = match json.get(value) {
                Some(b'{') => match content(json, value)? {
                    Content::Members if self.opens(node, is_member) => {
                        state = State {
                            open: node,
                            begun: false,
                        };
                        if let (true, Some((_, begins))) = (is_member, &mut between.member) {
                            *begins = Some(value - mark.0);
                        }
                        at = value + 1;
                        continue;
                    }
                    Content::Members => {
                        is_value = is_member;
                        value_end(json, value)?
                    }
                    Content::Nothing(end) => {
                        is_value = is_member;
                        end
                    }
                    Content::Value(end) => end,
                },
                _ => value_end(json, value)?,
            };
            if is_value {
                if !is_expected {
                    let before = &json[mark.0..value];
                    self.expect(met, before, mark.1, node, std::mem::take(&mut between));
                }
                met += 1;
            }
            if is_member {
                if let Some(last) = self.members.last_mut() {
                    last.value.end = at;
                }
            } else if is_value {
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
            between = Between::default();
        }
    }

    /// True if the object under a key is opened.
    fn opens(&self, node: usize, is_member: bool) -> bool {
        let node = &self.nodes[node];
        node.depth < DEEPEST && !(is_member && node.is_long)
    }

    /// Remembers the text before the value with this number.
    fn expect(
        &mut self,
        position: usize,
        bytes: &[u8],
        state: State,
        node: usize,
        between: Between,
    ) {
        if position >= MOST_EXPECTED
            || bytes.is_empty()
            || bytes.len() > LONGEST_EXPECTED
            || self.nodes[node].is_doubtful && self.nodes[node].depth > 1
        {
            return;
        }
        let places = self.expected.len().max(position + 1);
        self.expected.resize_with(places, Expected::nothing);
        let expected = &mut self.expected[position];
        expected.bytes.set(bytes);
        (expected.state, expected.node) = (state, node);
        (expected.closes, expected.member) = (between.closes, between.member);
        expected.keys = between.keys;
        expected.member_node = self.members.last().map_or(ROOT, |member| member.node);
        expected.is_member = self.nodes[node].depth == 1;
        expected.after = State {
            open: self.nodes[node].parent,
            begun: true,
        };
    }

    /// The node of a key, given with its quotes, inside another.
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
            is_long: raw.len() > LONGEST_KEY,
            ..Node::default()
        };
        let child = self.nodes.len();
        self.nodes.push(node);
        self.columns.push(None);
        self.nodes[parent].children.insert(raw.to_owned(), child);
        child
    }
}

/// True for a key (with its quotes) that is data rather than a name: a number, a long
/// hexadecimal id, or a text longer than any name. As in an array, its value is not
/// read.
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

    /// The members of an object, then the paths and values in it.
    fn walked(walk: &mut Walk, text: &str) -> Result<(usize, Vec<(String, String)>), Broken> {
        let end = walk.object(text, 0)?;
        let members = walk.members().iter().enumerate();
        let members = members.map(|(place, member)| {
            assert_eq!(unescape(&text[member.key.clone()]), walk.name(place));
            (walk.name(place).to_owned(), member.value.clone())
        });
        let leaves = walk.leaves().iter();
        let leaves = leaves.map(|leaf| (walk.path(leaf).to_owned(), leaf.value.clone()));
        let named = members.chain(leaves);
        let named = named.map(|(name, place)| (name, text[place].to_owned()));
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

    /// Valid objects, nested.
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
        fn what_is_found_does_not_depend_on_the_objects_before(
            texts in prop::collection::vec(prop_oneof![object(), nearly_object()], 1..4),
            // An expectation counts from the second object of a shape on.
            order in prop::collection::vec(any::<prop::sample::Index>(), 1..16),
        ) {
            let mut walk = Walk::default();
            for text in order.iter().map(|place| place.get(&texts)) {
                let alone = walked(&mut Walk::default(), text);
                prop_assert_eq!(walked(&mut walk, text), alone);
            }
        }

        #[test]
        fn an_object_ends_where_its_grammar_says(text in nearly_object()) {
            let end = walked(&mut Walk::default(), &text).map(|(end, _)| end);
            prop_assert_eq!(end, value_end(text.as_bytes(), 0));
        }
    }

    #[test]
    fn members_are_those_of_the_object() {
        let text = r#"{"a":{"b":{}},"c":{},"$d":{"e":1},"f":{"g":{"h":2}},"g":[1]}"#;
        let places = |members: &[Member]| -> Vec<_> {
            let members = members.iter();
            members
                .map(|one| (one.key.clone(), one.value.clone()))
                .collect()
        };
        let mut walk = Walk::default();
        // The second time as expected.
        for _ in 0..2 {
            walk.object(text, 0).unwrap();
            let mut members = Vec::new();
            crate::format::json::text::object(text.as_bytes(), 0, &mut members).unwrap();
            assert_eq!(places(walk.members()), places(&members));
        }
    }

    #[test]
    fn a_member_that_becomes_an_object_stays_a_member() {
        for texts in [
            [r#"{"c":1}"#, r#"{"c":{"a":1}}"#],
            [r#"{"c":{"a":1}}"#, r#"{"c":{"a":{"b":1}}}"#],
            [r#"{"x":1,"c":2}"#, r#"{"x":1,"c":{"a":{"b":1},"d":2}}"#],
            [
                r#"{"x":{"y":1},"c":2}"#,
                r#"{"x":{"y":1},"c":{"a":2},"d":{}}"#,
            ],
        ] {
            let mut walk = Walk::default();
            for text in [texts[0], texts[1], texts[1], texts[1], texts[0], texts[1]] {
                let alone = walked(&mut Walk::default(), text);
                assert_eq!(walked(&mut walk, text), alone);
            }
        }
    }

    #[test]
    fn values_are_named_by_the_keys_around_them() {
        let inner = r#"{"a":{"b":[{"x":1}],"c":{"$date":1},"d":{}},"e\u0065":{"12":{"x":1},"f":null},"5ca4bbcea2dd94ee58162a68":{"x":1},"2024-06":1}"#;
        let text = format!("{{\"o\":{inner}}}");
        let (end, values) = walked(&mut Walk::default(), &text).unwrap();
        assert_eq!(end, text.len());
        let wanted = [
            ("o", inner),
            ("o.a.b", r#"[{"x":1}]"#),
            ("o.a.c", r#"{"$date":1}"#),
            ("o.ee.f", "null"),
            ("o.2024-06", "1"),
        ];
        assert_eq!(
            values,
            wanted.map(|(path, value)| (path.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn what_lies_too_deep_is_not_looked_at() {
        let nested = |depth: usize| "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth);
        let leaves = |depth: usize| {
            walked(&mut Walk::default(), &nested(depth))
                .unwrap()
                .1
                .len()
                - 1
        };
        assert_eq!((leaves(8), leaves(9)), (1, 0));
        let deep = nested(100_000);
        let (end, values) = walked(&mut Walk::default(), &deep).unwrap();
        assert_eq!((end, values.len()), (deep.len(), 1));
    }
}
