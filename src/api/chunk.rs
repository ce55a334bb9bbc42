//! How a file is cut for an upload session.

use std::ops::Range;

/// The largest block that a site takes, in bytes; also the largest file of a publish in one request.
///
/// Source: REST API help, "Publishing Resources" (read 2026-11): 64 MB for both.
pub const MAX_CHUNK: u64 = 64 * 1024 * 1024;

/// The most blocks of one file. The documentation says 1000 on one page and 10,000 on another.
pub const MAX_CHUNKS: u64 = 1000;

/// Cuts a file of `total_len` bytes into the ranges of its blocks, in order.
///
/// Blocks are `max_chunk` bytes long but for the last; `max_chunk` is raised where the file would
/// need more than [`MAX_CHUNKS`], and never above [`MAX_CHUNK`]. An empty file gives no block. A
/// file over 62.5 GiB cannot be cut within both limits and gets more than [`MAX_CHUNKS`] blocks.
pub fn chunks(total_len: u64, max_chunk: u64) -> impl ExactSizeIterator<Item = Range<u64>> + Clone {
    let size = max_chunk
        .max(total_len.div_ceil(MAX_CHUNKS))
        .clamp(1, MAX_CHUNK);
    let count = total_len.div_ceil(size);
    // A count that a usize cannot hold is beyond what any file system stores.
    (0..usize::try_from(count).unwrap_or(usize::MAX)).map(move |index| {
        let start = index as u64 * size;
        start..(start + size).min(total_len)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    fn an_even_cut_has_no_empty_end() {
        let cut: Vec<_> = chunks(20, 10).collect();
        assert_eq!(cut, [0..10, 10..20]);
        assert_eq!(chunks(0, 10).len(), 0);
    }

    #[test]
    fn a_small_size_is_raised_for_a_large_file() {
        let cut: Vec<_> = chunks(50_000 * MIB, 5 * MIB).collect();
        assert_eq!(cut.len(), 1000);
        assert_eq!(cut[0], 0..50 * MIB);
    }

    proptest! {
        #[test]
        fn blocks_join_to_the_file_within_the_limits(total in 0..=62 * 1024 * MIB, max in 0..200 * MIB) {
            let mut at = 0;
            let mut count = 0;
            for range in chunks(total, max) {
                prop_assert_eq!(range.start, at);
                prop_assert!(range.end > range.start);
                prop_assert!(range.end - range.start <= MAX_CHUNK);
                at = range.end;
                count += 1;
            }
            prop_assert_eq!(at, total);
            prop_assert!(count <= MAX_CHUNKS);
        }

        #[test]
        fn the_count_is_minimal_for_the_size(total in 1..10_000_u64, max in 10..1000_u64) {
            prop_assert_eq!(chunks(total, max).len() as u64, total.div_ceil(max.max(total.div_ceil(MAX_CHUNKS))));
        }
    }
}
