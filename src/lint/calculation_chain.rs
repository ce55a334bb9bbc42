//! Calculated fields that stand on one another.

use std::borrow::Cow;

use crate::content::model::unbracketed;
use crate::hash::HashMap;

use super::facts::Formula;

/// The longest chain from each calculated field that no other one reads downwards, by the fields that each reads: numbers of formulas, upper end first. Of a
/// circle there is no end, and nothing is returned for it.
pub(super) fn longest_chains(below: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut is_read = vec![false; below.len()];
    for lower in below.iter().flatten() {
        is_read[*lower] = true;
    }
    let steps = steps(below);
    let tops = (0..below.len()).filter(|n| !is_read[*n]);
    tops.map(|top| std::iter::successors(Some(top), |at| steps[*at].next).collect())
        .collect()
}

/// The calculated fields that each reads.
pub(super) fn below(formulas: &[Formula<'_>]) -> Vec<Vec<usize>> {
    let names: Vec<Cow<'_, str>> = formulas
        .iter()
        .map(|f| unbracketed(&f.field.column.name.value))
        .collect();
    let numbers: HashMap<(&str, &str), usize> = formulas
        .iter()
        .zip(&names)
        .enumerate()
        .map(|(n, (f, name))| ((f.field.datasource.name.value.as_str(), &**name), n))
        .collect();
    formulas
        .iter()
        .map(|f| {
            let own = f.field.datasource.name.value.as_str();
            f.parsed
                .references()
                .filter_map(|r| {
                    numbers
                        .get(&(r.data_source().unwrap_or(own), r.name()))
                        .copied()
                })
                .collect()
        })
        .collect()
}

/// Every formula after those that it reads, and the circles that were met on the way.
pub(super) struct Order {
    pub(super) upwards: Vec<usize>,
    /// Numbers of formulas: each reads the next, and the last one the first.
    pub(super) circles: Vec<Vec<usize>>,
}

impl Order {
    pub(super) fn of(below: &[Vec<usize>]) -> Self {
        let mut order = Self {
            upwards: Vec::with_capacity(below.len()),
            circles: Vec::new(),
        };
        // Where on the way down a formula stands; on the way up it has none again.
        let mut depth: Vec<Option<usize>> = vec![None; below.len()];
        let mut done = vec![false; below.len()];
        let mut way: Vec<(usize, usize)> = Vec::new();
        for start in 0..below.len() {
            if !done[start] {
                depth[start] = Some(way.len());
                way.push((start, 0));
            }
            while let Some((at, next)) = way.last_mut() {
                let (from, edge) = (*at, *next);
                *next += 1;
                match below[from].get(edge) {
                    Some(to) if done[*to] => {}
                    Some(to) => match depth[*to] {
                        Some(first) => order
                            .circles
                            .push(way[first..].iter().map(|w| w.0).collect()),
                        None => {
                            depth[*to] = Some(way.len());
                            way.push((*to, 0));
                        }
                    },
                    None => {
                        depth[from] = None;
                        done[from] = true;
                        order.upwards.push(from);
                        way.pop();
                    }
                }
            }
        }
        order
    }
}

/// The longest way down from a formula.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    length: usize,
    next: Option<usize>,
}

/// Depth first without recursion: chains are as long as the file makes them. An edge that closes a circle does not count.
fn steps(below: &[Vec<usize>]) -> Vec<Step> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; below.len()];
    let mut steps = vec![Step::default(); below.len()];
    let mut stack: Vec<usize> = (0..below.len()).rev().collect();
    while let Some(&at) = stack.last() {
        match marks[at] {
            Mark::New => {
                marks[at] = Mark::Open;
                stack.extend(below[at].iter().filter(|n| marks[**n] == Mark::New));
            }
            Mark::Open => {
                let done = below[at].iter().filter(|n| marks[**n] == Mark::Done);
                let next = done.copied().max_by_key(|n| steps[*n].length);
                steps[at] = Step {
                    length: 1 + next.map_or(0, |n| steps[n].length),
                    next,
                };
                marks[at] = Mark::Done;
                stack.pop();
            }
            Mark::Done => {
                stack.pop();
            }
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_way_down_is_found_and_circles_end() {
        // 0 -> 1 -> 2, 0 -> 2, 3 -> 4 -> 3.
        let below = vec![vec![2, 1], vec![2], vec![], vec![4], vec![3]];
        let lengths: Vec<usize> = steps(&below).iter().map(|s| s.length).collect();
        assert_eq!(lengths[..3], [3, 2, 1]);
        assert_eq!(steps(&below)[0].next, Some(1));
        let long: Vec<Vec<usize>> = (0..100_000)
            .map(|n| if n == 99_999 { vec![] } else { vec![n + 1] })
            .collect();
        assert_eq!(steps(&long)[0].length, 100_000);
    }

    #[test]
    fn an_order_goes_upwards_and_names_circles() {
        let order = Order::of(&[vec![1, 2], vec![2], vec![], vec![4], vec![5], vec![4]]);
        assert_eq!(order.upwards[..3], [2, 1, 0]);
        assert_eq!(order.circles, [vec![4, 5]]);
        assert_eq!(Order::of(&[vec![0]]).circles, [vec![0]]);
        let long: Vec<Vec<usize>> = (0..100_000)
            .map(|n| if n == 99_999 { vec![] } else { vec![n + 1] })
            .collect();
        assert_eq!(Order::of(&long).upwards.first(), Some(&99_999));
    }
}
