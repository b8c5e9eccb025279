//! The keys of a table in the tree of a file.
//!
//! Owns that a table with one key takes the memory of one: files may have hundreds of
//! thousands of them.

use crate::rulebook::file::tree::Node;

/// Keys and what they hold, sorted by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(Vec<(String, Node)>);

impl Keys {
    fn place(&self, key: &str) -> Result<usize, usize> {
        // Most come in their order.
        match self.0.last() {
            Some((last, _)) if **last < *key => Err(self.0.len()),
            _ => self.0.binary_search_by(|(one, _)| (**one).cmp(key)),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.place(key).ok().map(|place| &self.0[place].1)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.place(key).ok().map(|place| &mut self.0[place].1)
    }

    pub(crate) fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_ok()
    }

    /// What a key holds; nothing, if it is new.
    pub(crate) fn entry(&mut self, key: &str) -> &mut Node {
        let place = match self.place(key) {
            Ok(place) => place,
            Err(place) => {
                // Most tables have few keys.
                self.0.reserve_exact(usize::from(self.0.len() < 4));
                self.0.insert(place, (key.to_owned(), Node::default()));
                place
            }
        };
        &mut self.0[place].1
    }

    /// Replaces what a key holds; returns that, if it was there.
    pub(crate) fn insert(&mut self, key: &str, node: Node) -> Option<Node> {
        let is_there = self.contains_key(key);
        let before = std::mem::replace(self.entry(key), node);
        is_there.then_some(before)
    }

    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&str, &Node) -> bool) {
        self.0.retain(|(key, node)| keeps(key, node));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
        self.0.iter().map(|(key, node)| (&**key, node))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Extend<(String, Node)> for Keys {
    fn extend<T: IntoIterator<Item = (String, Node)>>(&mut self, more: T) {
        for (key, node) in more {
            self.insert(&key, node);
        }
    }
}
