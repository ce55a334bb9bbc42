//! LEAF: maps and sets by hash, quicker than the standard library's own hasher.
//!
//! The seed is random in each process, so that no file can be made to collide on purpose with little work.

pub type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
pub type HashSet<T> = std::collections::HashSet<T, foldhash::fast::RandomState>;
