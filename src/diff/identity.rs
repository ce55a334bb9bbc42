//! What of the earlier document is what of the later one. By identity, never by likeness.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use crate::content::model::{Dashboard, Datasource, Model, Text, Worksheet};

use super::comparison::Renames;

/// Pairs, and what only one side has, each in its document's order.
#[derive(Debug)]
pub(super) struct Matched<'d, T> {
    pub(super) pairs: Vec<(&'d T, &'d T)>,
    pub(super) removed: Vec<&'d T>,
    pub(super) added: Vec<&'d T>,
}

impl<'d, T> Matched<'d, T> {
    /// Pairs by the first key that both have once, key after key. A key that several share on one side pairs them in order.
    pub(super) fn by<K: Eq + Hash>(
        before: impl IntoIterator<Item = &'d T>,
        after: impl IntoIterator<Item = &'d T>,
        keys: &[Key<'_, T, K>],
    ) -> Self {
        let mut matched = Self {
            pairs: Vec::new(),
            removed: before.into_iter().collect(),
            added: after.into_iter().collect(),
        };
        for key in keys {
            matched.pair(key);
        }
        matched
    }

    /// [`by`](Self::by) one key, which reads the same on both sides.
    pub(super) fn by_one<K: Eq + Hash>(
        before: impl IntoIterator<Item = &'d T>,
        after: impl IntoIterator<Item = &'d T>,
        key: &dyn Fn(&T) -> Option<K>,
    ) -> Self {
        let key = Key {
            before: key,
            after: key,
        };
        Self::by(before, after, &[key])
    }

    fn pair<K: Eq + Hash>(&mut self, key: &Key<'_, T, K>) {
        let mut open: HashMap<K, Vec<usize>> = HashMap::new();
        for (n, item) in self.added.iter().enumerate().rev() {
            if let Some(k) = (key.after)(item) {
                open.entry(k).or_default().push(n);
            }
        }
        let mut taken = HashSet::new();
        let (pairs, added) = (&mut self.pairs, &self.added);
        self.removed.retain(|item| {
            let found = (key.before)(item).and_then(|k| open.get_mut(&k)?.pop());
            let Some(n) = found else {
                return true;
            };
            taken.insert(n);
            pairs.push((item, added[n]));
            false
        });
        let mut n = 0;
        self.added.retain(|_| {
            n += 1;
            !taken.contains(&(n - 1))
        });
    }
}

/// How to read a key on either side; `None` never matches.
pub(super) struct Key<'k, T, K> {
    pub(super) before: &'k dyn Fn(&T) -> Option<K>,
    pub(super) after: &'k dyn Fn(&T) -> Option<K>,
}

/// Worksheets and dashboards alike.
pub(super) trait Sheet {
    fn name(&self) -> &Text;
    fn own_id(&self) -> Option<&Text>;
}

impl Sheet for Worksheet {
    fn name(&self) -> &Text {
        &self.name
    }

    fn own_id(&self) -> Option<&Text> {
        self.simple_id.as_ref()
    }
}

impl Sheet for Dashboard {
    fn name(&self) -> &Text {
        &self.name
    }

    fn own_id(&self) -> Option<&Text> {
        self.simple_id.as_ref()
    }
}

/// Sheets by `simple-id` (their own or their window's), then by name. Ids that were all made anew match nothing, and the
/// names decide.
pub(super) fn sheets<'d, T: Sheet>(
    before: (&'d Model, &'d [T]),
    after: (&'d Model, &'d [T]),
) -> Matched<'d, T> {
    let (ids_before, ids_after) = (Ids::of(before.0, before.1), Ids::of(after.0, after.1));
    let name = |sheet: &T| Some(sheet.name().value.clone());
    let id_before = |sheet: &T| ids_before.get(sheet);
    let id_after = |sheet: &T| ids_after.get(sheet);
    Matched::by(
        before.1,
        after.1,
        &[
            Key {
                before: &id_before,
                after: &id_after,
            },
            Key {
                before: &name,
                after: &name,
            },
        ],
    )
}

/// Ids that only one sheet of the document has.
struct Ids {
    of: HashMap<String, String>,
}

impl Ids {
    fn of<T: Sheet>(model: &Model, sheets: &[T]) -> Self {
        let windows: HashMap<&str, &Text> = model
            .windows
            .iter()
            .filter_map(|w| Some((w.name.value.as_str(), w.simple_id.as_ref()?)))
            .collect();
        let mut count: HashMap<String, usize> = HashMap::new();
        let mut of = HashMap::new();
        for sheet in sheets {
            let name = sheet.name().value.as_str();
            let Some(id) = sheet.own_id().or_else(|| windows.get(name).copied()) else {
                continue;
            };
            let id = id.value.to_uppercase();
            *count.entry(id.clone()).or_default() += 1;
            of.insert(name.to_owned(), id);
        }
        of.retain(|_, id| count.get(id) == Some(&1));
        Self { of }
    }

    fn get<T: Sheet>(&self, sheet: &T) -> Option<String> {
        self.of.get(&sheet.name().value).cloned()
    }
}

/// By internal name, then by the published data source, then by caption where only one has it.
pub(super) fn datasources<'d>(before: &'d Model, after: &'d Model) -> Matched<'d, Datasource> {
    let name = |d: &Datasource| Some(format!("name {}", d.name.value));
    let published = |d: &Datasource| {
        let connection = d.published()?;
        Some(format!("published {}", connection.get("dbname")?))
    };
    let once = |model: &'d Model| {
        let mut count: HashMap<&str, usize> = HashMap::new();
        for datasource in &model.datasources {
            *count.entry(datasource.display_name()).or_default() += 1;
        }
        move |d: &Datasource| {
            (count.get(d.display_name()) == Some(&1))
                .then(|| format!("caption {}", d.display_name()))
        }
    };
    let (once_before, once_after) = (once(before), once(after));
    // A data source file has one, whatever it is called.
    let only = |d: &Datasource| (d.element.node == before.root.node).then(|| "root".to_owned());
    let only_after =
        |d: &Datasource| (d.element.node == after.root.node).then(|| "root".to_owned());
    Matched::by(
        &before.datasources,
        &after.datasources,
        &[
            Key {
                before: &only,
                after: &only_after,
            },
            Key {
                before: &name,
                after: &name,
            },
            Key {
                before: &published,
                after: &published,
            },
            Key {
                before: &once_before,
                after: &once_after,
            },
        ],
    )
}

/// Names that changed as a whole.
pub(super) fn renames(
    worksheets: &Matched<'_, Worksheet>,
    dashboards: &Matched<'_, Dashboard>,
    datasources: &Matched<'_, Datasource>,
) -> Renames {
    fn names<'d, T: Sheet>(pairs: &[(&'d T, &'d T)]) -> impl Iterator<Item = (String, String)> {
        let renamed: Vec<_> = pairs
            .iter()
            .map(|(b, a)| (a.name().value.clone(), b.name().value.clone()))
            .filter(|(a, b)| a != b)
            .collect();
        renamed.into_iter()
    }
    Renames {
        sheets: names(&worksheets.pairs)
            .chain(names(&dashboards.pairs))
            .collect(),
        datasources: datasources
            .pairs
            .iter()
            .filter(|(b, a)| b.name.value != a.name.value)
            .map(|(b, a)| (format!("[{}]", a.name.value), format!("[{}]", b.name.value)))
            .collect(),
    }
}
