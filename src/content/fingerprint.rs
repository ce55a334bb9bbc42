//! What tells one content from another.

use super::open::Content;

/// A digest of what a publish of this content would send, in hex.
///
/// Of a bare document, its text. Of a package, that it is one, the name, size and CRC-32 of every member, from the central directory,
/// and the text of the inner document: a package of 4 GiB costs no more than its `.twb`, and zipping it again with
/// other times or another compression changes nothing. `inner` is the document's text when it is not the file's own,
/// because it was rewritten.
pub fn fingerprint(content: &Content, inner: Option<&str>) -> String {
    let mut hasher = blake3::Hasher::new();
    if let Some(package) = &content.package {
        hasher.update(b"package");
        let mut members: Vec<(&[u8], u64, u32)> = package
            .members
            .iter()
            .enumerate()
            .filter(|(index, member)| *index != package.main && !member.directory)
            .map(|(_, m)| (m.name_raw.as_slice(), m.size, m.crc32))
            .collect();
        members.sort_unstable();
        for (name, size, crc32) in members {
            hasher.update(&(name.len() as u64).to_le_bytes());
            hasher.update(name);
            hasher.update(&size.to_le_bytes());
            hasher.update(&crc32.to_le_bytes());
        }
    }
    let own = content.body.source().text();
    hasher.update(b"document");
    hasher.update(inner.unwrap_or(own).as_bytes());
    hasher.finalize().to_hex().to_string()
}
