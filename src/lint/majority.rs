//! What most do, and who does not.

use std::collections::BTreeMap;

/// The value that two thirds of at least three have, and those that have another. `None` where there is no such value, and
/// where all agree.
pub(super) fn outliers<T, V: Ord>(items: &[(T, V)]) -> Option<(&V, Vec<&(T, V)>)> {
    let mut counts: BTreeMap<&V, usize> = BTreeMap::new();
    for (_, value) in items {
        *counts.entry(value).or_default() += 1;
    }
    let (most, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let agreed = items.len() >= 3 && count * 3 >= items.len() * 2 && count < items.len();
    let others = items.iter().filter(|(_, value)| value != most);
    agreed.then(|| (most, others.collect()))
}

#[cfg(test)]
mod tests {
    use super::outliers;

    #[test]
    fn two_thirds_are_most() {
        let of = |values: &[u8]| {
            let items: Vec<((), u8)> = values.iter().map(|v| ((), *v)).collect();
            outliers(&items).map(|(most, others)| (*most, others.len()))
        };
        assert_eq!(of(&[1, 1, 2]), Some((1, 1)));
        assert_eq!(of(&[1, 1, 2, 3]), None);
        assert_eq!(of(&[1, 2]), None);
        assert_eq!(of(&[1, 1, 1]), None);
    }
}
