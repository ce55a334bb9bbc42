//! Reading a large file on all cores: fresh memory is most of what it costs.

use std::fs::File;

/// Bytes from which on a second thread is worth its start.
#[cfg(unix)]
const LARGE: usize = 8 << 20;

/// The whole file, which is to have so many bytes. `None` for a small one, and for one that cannot be read so or has changed: it is
/// to be read from its start to its end, and what is wrong shows there.
#[cfg(unix)]
pub(super) fn read(file: &File, bytes: u64) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;

    let length = usize::try_from(bytes).ok().filter(|b| *b >= LARGE)?;
    let mut text = vec![0; length];
    fill(file, 0, &mut text, crate::parallel::cores()).ok()?;
    let grown = file.read_at(&mut [0], bytes).ok()? > 0;
    (!grown).then_some(text)
}

/// Elsewhere a file has one place to read from.
#[cfg(not(unix))]
pub(super) fn read(_: &File, _: u64) -> Option<Vec<u8>> {
    None
}

/// Reads what the file has from the byte `at` on.
#[cfg(unix)]
fn fill(file: &File, at: usize, into: &mut [u8], threads: usize) -> std::io::Result<()> {
    use std::os::unix::fs::FileExt;

    if threads <= 1 {
        return file.read_exact_at(into, at as u64);
    }
    let middle = into.len() / 2;
    let (first, second) = into.split_at_mut(middle);
    let (one, other) = crate::parallel::both(
        threads,
        || fill(file, at, first, threads / 2),
        || fill(file, at + middle, second, threads / 2),
    );
    one.and(other)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn pieces_make_the_file() {
        let bytes: Vec<u8> = (0..LARGE + 13).map(|n| (n % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        for threads in [1, 2, 3, 8] {
            let mut into = vec![0; bytes.len()];
            fill(&file, 0, &mut into, threads).unwrap();
            assert!(into == bytes, "{threads}");
        }
        let length = bytes.len() as u64;
        assert!(read(&file, length) == Some(bytes));
        // Not what it was: it is shorter, or longer.
        assert_eq!(read(&file, length + 1), None);
        assert_eq!(read(&file, length - 1), None);
        assert_eq!(read(&file, 10), None);
    }
}
