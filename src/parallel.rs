//! LEAF: work on all cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// How many things this machine does at once.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Maps over items, `threads` at a time; results in the items' order.
pub fn map<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(item)));
        }
    };
    let mut results: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
        let mut all = worker();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Maps over items, `threads` at a time, and hands over the results in the items' order, as soon as there are all before it.
pub fn in_order<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R),
) {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).for_each(take);
    }
    let next = AtomicUsize::new(0);
    // Who is far ahead waits.
    let (send, receive) = mpsc::sync_channel(2 * threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    if send.send((index, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let (mut early, mut wanted) = (BTreeMap::new(), 0);
        for (index, result) in receive {
            early.insert(index, result);
            while let Some(result) = early.remove(&wanted) {
                take(result);
                wanted += 1;
            }
        }
    });
}

/// Does two things, at once where there is more than one thread for them.
pub fn both<A: Send, B>(
    threads: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if threads <= 1 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_done() {
        for threads in [0, 1, 2] {
            assert_eq!(both(threads, || 1, || "b"), (1, "b"));
        }
    }

    #[test]
    fn results_are_taken_in_the_items_order() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            let mut taken = Vec::new();
            in_order(&items, threads, |n| n * 2, |n| taken.push(n));
            assert_eq!((taken.len(), taken.last()), (1000, Some(&1998)));
            assert!(taken.is_sorted());
        }
        in_order(&[] as &[u8], 4, |n| *n, |_| unreachable!());
    }

    #[test]
    fn results_come_in_the_items_order() {
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 2, 7, 2000] {
            assert_eq!(map(&items, threads, |n| n * 2).last(), Some(&1998));
            assert!(map(&items, threads, |n| *n).is_sorted());
        }
        assert!(map(&[] as &[u8], 4, |n| *n).is_empty());
    }
}
