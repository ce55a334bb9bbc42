//! What Git LFS keeps beside the history: large files, by the hash of their content.

use std::path::Path;

/// A pointer is short: version, oid, size.
const LONGEST_POINTER: usize = 1024;

/// The content that a pointer stands for; `None` when this is no pointer, or the clone has not fetched it.
///
/// Source: the specification of Git LFS, docs/spec.md, and where its client stores objects.
pub(super) fn stored(git_folder: &Path, pointer: &[u8]) -> Option<Vec<u8>> {
    let oid = oid(pointer)?;
    let path = git_folder
        .join("lfs/objects")
        .join(&oid[..2])
        .join(&oid[2..4])
        .join(oid);
    std::fs::read(path).ok()
}

fn oid(pointer: &[u8]) -> Option<&str> {
    if pointer.len() > LONGEST_POINTER {
        return None;
    }
    let text = std::str::from_utf8(pointer).ok()?;
    if !text.starts_with("version https://git-lfs.github.com/spec/") {
        return None;
    }
    let oid = text.lines().find_map(|l| l.strip_prefix("oid sha256:"))?;
    let valid = oid.len() == 64 && oid.bytes().all(|b| b.is_ascii_hexdigit());
    valid.then_some(oid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_its_content_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let oid = "ab".repeat(32);
        let stored_in = folder.path().join("lfs/objects/ab/ab");
        std::fs::create_dir_all(&stored_in).unwrap();
        std::fs::write(stored_in.join(&oid), "content").unwrap();
        let pointer = |oid: &str| {
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 7\n")
        };
        let read = |text: &str| stored(folder.path(), text.as_bytes());
        assert_eq!(read(&pointer(&oid)).as_deref(), Some(b"content".as_slice()));
        assert_eq!(read(&pointer(&"cd".repeat(32))), None);
        assert_eq!(read(&pointer("../../../../etc/passwd")), None);
        assert_eq!(read("<workbook />"), None);
    }
}
