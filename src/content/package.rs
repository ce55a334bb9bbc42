//! Packages: zip files of which only the central directory and the inner document are read.

use std::collections::HashSet;
use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::read::HasZipMetadata;

use super::refusal::Refusal;

/// What a package may ask for before it is refused.
#[derive(Debug, Clone)]
pub struct Limits {
    pub members: usize,
    /// Bytes of the inner document once inflated.
    pub inner_bytes: u64,
    /// Inflated size over packed size of the inner document. Real ones stay below 40.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 20_000,
            inner_bytes: 512 << 20,
            ratio: 1000,
        }
    }
}

/// One member, from the central directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// The bytes of the name as they stand in the package.
    pub name_raw: Vec<u8>,
    pub size: u64,
    pub packed: u64,
    pub crc32: u32,
    /// Where its local header begins, in bytes of the file.
    pub header: u64,
    /// Where its packed bytes begin.
    pub data: u64,
    pub directory: bool,
}

/// What a package holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    pub members: Vec<Member>,
    /// The inner document's place in `members`.
    pub main: usize,
}

impl Package {
    pub fn main(&self) -> Option<&Member> {
        self.members.get(self.main)
    }

    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|m| m.name == name)
    }
}

/// Reads the central directory and inflates the inner document.
pub(super) fn read<R: Read + Seek>(
    reader: R,
    limits: &Limits,
) -> Result<(Package, Inner), Refusal> {
    let mut archive = ZipArchive::new(reader).map_err(|e| Refusal::Package(e.to_string()))?;
    if archive.len() > limits.members {
        return Err(Refusal::Unsafe(format!(
            "it has {} members, and {} is the limit",
            archive.len(),
            limits.members
        )));
    }
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        members.push(member(&mut archive, index)?);
    }
    check_names(&members)?;
    let (main, kind) = choose(&members)?;
    let text = inflate(&mut archive, main, &members[main], limits)?;
    Ok((Package { members, main }, Inner { kind, bytes: text }))
}

/// The inner document, still as bytes.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) kind: InnerKind,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InnerKind {
    Workbook,
    Datasource,
    Flow,
}

fn member<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize) -> Result<Member, Refusal> {
    let file = archive
        .by_index_raw(index)
        .map_err(|e| Refusal::Package(e.to_string()))?;
    if file.encrypted() {
        return Err(Refusal::Unsafe("it is encrypted".to_owned()));
    }
    let name_raw = file.name_raw().to_vec();
    // Real packages hold UTF-8 names without the flag that says so (format reference, A.1).
    let name = String::from_utf8(name_raw.clone())
        .or_else(|_| file.name().map(std::borrow::Cow::into_owned))
        .map_err(|e| Refusal::Package(e.to_string()))?;
    Ok(Member {
        name,
        name_raw,
        size: file.size(),
        packed: file.compressed_size(),
        crc32: file.crc32(),
        header: file.header_start(),
        data: file
            .get_metadata()
            .data_start
            .get()
            .copied()
            .unwrap_or_default(),
        directory: file.is_dir(),
    })
}

/// Paths that would leave the package, and names that two members share.
fn check_names(members: &[Member]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for member in members {
        let name = &member.name;
        let normal = name.replace('\\', "/");
        let absolute = normal.starts_with('/') || normal.as_bytes().get(1) == Some(&b':');
        if absolute || normal.split('/').any(|part| part == "..") {
            return Err(Refusal::Unsafe(format!(
                "the member `{name}` would leave the package"
            )));
        }
        if name.contains('\0') {
            return Err(Refusal::Unsafe(
                "the name of a member has a zero byte".to_owned(),
            ));
        }
        if !seen.insert(normal.to_lowercase()) {
            return Err(Refusal::Unsafe(format!("two members are called `{name}`")));
        }
    }
    Ok(())
}

/// The one `.twb` or `.tds` at the root, or the `flow` of a Prep package.
fn choose(members: &[Member]) -> Result<(usize, InnerKind), Refusal> {
    let root = members.iter().enumerate().filter(|(_, m)| {
        !m.directory && !m.name.contains(['/', '\\']) && !m.name.starts_with("._")
    });
    let mut found: Vec<(usize, InnerKind)> = Vec::new();
    for (index, member) in root {
        let name = member.name.to_lowercase();
        if name.ends_with(".twb") {
            found.push((index, InnerKind::Workbook));
        } else if name.ends_with(".tds") {
            found.push((index, InnerKind::Datasource));
        } else if name == "flow" {
            found.push((index, InnerKind::Flow));
        }
    }
    match found.as_slice() {
        [] => Err(Refusal::NoInnerDocument {
            wanted: ".twb, .tds or flow",
        }),
        [one] => Ok(*one),
        many => Err(Refusal::TwoInnerDocuments(
            many.iter().map(|(i, _)| members[*i].name.clone()).collect(),
        )),
    }
}

fn inflate<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    index: usize,
    member: &Member,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    if member.size > limits.inner_bytes {
        return Err(Refusal::Unsafe(format!(
            "its inner document says it has {} bytes, and {} is the limit",
            member.size, limits.inner_bytes
        )));
    }
    if member.size / member.packed.max(1) > limits.ratio {
        return Err(Refusal::Unsafe(format!(
            "its inner document expands more than {} times",
            limits.ratio
        )));
    }
    let damaged = |e: &dyn std::fmt::Display| Refusal::Package(format!("`{}`: {e}", member.name));
    let file = archive.by_index(index).map_err(|e| damaged(&e))?;
    let mut bytes = Vec::with_capacity(member.size as usize);
    // One byte more than promised, so that a directory that lies is found out.
    file.take(member.size + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| damaged(&e))?;
    if bytes.len() as u64 != member.size {
        return Err(damaged(&"its size is not what the package says"));
    }
    Ok(bytes)
}
