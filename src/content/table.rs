//! Records in the order in which they were added: in one piece that grows, or in many small ones, whose memory is there for other
//! things as soon as each was read.

/// Records of a small piece. A few kilobytes: what an allocator makes use of again at once.
const PIECE: usize = 256;

#[derive(Debug)]
pub(super) enum Table<T> {
    Whole(Vec<T>),
    /// Each but the last is full.
    Pieces(Vec<Vec<T>>),
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self::Whole(Vec::new())
    }
}

impl<T> Table<T> {
    pub(super) fn in_pieces() -> Self {
        Self::Pieces(Vec::new())
    }

    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self::Whole(Vec::with_capacity(capacity))
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Whole(all) => all.len(),
            Self::Pieces(pieces) => match pieces.last() {
                Some(last) => (pieces.len() - 1) * PIECE + last.len(),
                None => 0,
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn push(&mut self, record: T) {
        let pieces = match self {
            Self::Whole(all) => return all.push(record),
            Self::Pieces(pieces) => pieces,
        };
        match pieces.last_mut() {
            Some(last) if last.len() < PIECE => last.push(record),
            _ => {
                let mut piece = Vec::with_capacity(PIECE);
                piece.push(record);
                pieces.push(piece);
            }
        }
    }

    pub(super) fn get(&self, at: usize) -> Option<&T> {
        match self {
            Self::Whole(all) => all.get(at),
            Self::Pieces(pieces) => pieces.get(at / PIECE)?.get(at % PIECE),
        }
    }

    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        match self {
            Self::Whole(all) => all.get_mut(at),
            Self::Pieces(pieces) => pieces.get_mut(at / PIECE)?.get_mut(at % PIECE),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let pieces = match self {
            Self::Whole(all) => std::slice::from_ref(all),
            Self::Pieces(pieces) => pieces,
        };
        pieces.iter().flatten()
    }

    /// The records piece by piece, each of which goes when the next one is asked for.
    pub(super) fn into_pieces(self) -> impl Iterator<Item = Vec<T>> {
        let pieces = match self {
            Self::Whole(all) => vec![all],
            Self::Pieces(pieces) => pieces,
        };
        pieces.into_iter()
    }

    /// All records in one piece.
    pub(super) fn into_whole(self) -> Vec<T> {
        match self {
            Self::Whole(all) => all,
            Self::Pieces(pieces) => pieces.into_iter().flatten().collect(),
        }
    }

    pub(super) fn reserve(&mut self, more: usize) {
        if let Self::Whole(all) = self {
            all.reserve(more);
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
