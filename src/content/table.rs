//! Records in the order in which they were added: in one piece that grows, or in many small ones, whose memory is there for other
//! things as soon as each was read.

/// Records of a small piece. A few kilobytes: what an allocator makes use of again at once.
const PIECE: usize = 256;

#[derive(Debug)]
pub(super) struct Table<T> {
    /// Pieces that are full.
    full: Vec<Vec<T>>,
    /// What is added goes here.
    last: Vec<T>,
    /// How many records a piece may have.
    most: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl<T> Table<T> {
    pub(super) fn in_pieces() -> Self {
        Self {
            full: Vec::new(),
            last: Vec::with_capacity(PIECE),
            most: PIECE,
        }
    }

    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            full: Vec::new(),
            last: Vec::with_capacity(capacity),
            most: usize::MAX,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.full.len() * PIECE + self.last.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn push(&mut self, record: T) {
        if self.last.len() == self.most {
            let next = Vec::with_capacity(PIECE);
            self.full.push(std::mem::replace(&mut self.last, next));
        }
        self.last.push(record);
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        match self.full.get(at / PIECE) {
            Some(piece) => piece.get(at % PIECE),
            None => self.last.get(at - self.full.len() * PIECE),
        }
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        let before = self.full.len() * PIECE;
        match self.full.get_mut(at / PIECE) {
            Some(piece) => piece.get_mut(at % PIECE),
            None => self.last.get_mut(at - before),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.last)
    }

    /// The records piece by piece, each of which goes when the next one is asked for.
    pub(super) fn into_pieces(self) -> impl Iterator<Item = Vec<T>> {
        self.full.into_iter().chain([self.last])
    }

    /// All records in one piece.
    pub(super) fn into_whole(self) -> Vec<T> {
        if self.full.is_empty() {
            return self.last;
        }
        self.into_pieces().flatten().collect()
    }

    /// Makes room for so many more, where they are in one piece.
    pub(super) fn reserve(&mut self, more: usize) {
        if self.most > PIECE {
            self.last.reserve(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_what_one_holds() {
        for count in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            for mut table in [Table::in_pieces(), Table::with_capacity(3)] {
                (0..count).for_each(|n| table.push(n));
                assert_eq!((table.len(), table.is_empty()), (count, count == 0));
                for at in 0..count {
                    assert_eq!(table.get(at), Some(&at));
                    *table.get_mut(at).unwrap() += 1;
                }
                assert_eq!(table.get(count), None);
                assert_eq!(table.get_mut(count), None);
                assert!(table.iter().copied().eq(1..=count));
                let pieces: Vec<usize> = table.into_pieces().flatten().collect();
                assert!(pieces.into_iter().eq(1..=count));
            }
            let mut table = Table::in_pieces();
            (0..count).for_each(|n| table.push(n));
            assert!(table.into_whole().into_iter().eq(0..count));
        }
    }
}
