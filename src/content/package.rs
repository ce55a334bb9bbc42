//! Packages: zip files of which only the central directory and the inner document are read.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use icu_normalizer::ComposingNormalizerBorrowed;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::hash::HashSet;

use super::refusal::Refusal;

/// What a package may ask for before it is refused.
#[derive(Debug, Clone)]
pub struct Limits {
    pub members: usize,
    /// Bytes that may be read to learn what a package holds.
    pub directory_bytes: u64,
    /// Bytes of the inner document once inflated.
    pub inner_bytes: u64,
    /// Inflated size over packed size of the inner document. Real ones stay below 40.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 20_000,
            directory_bytes: 16 << 20,
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
    pub directory: bool,
}

/// What a package holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    pub members: Vec<Member>,
    /// The inner document's place in `members`.
    pub main: usize,
    /// Where the central directory begins, in bytes of the file.
    pub directory: u64,
    /// Of the package, at its end.
    pub comment: Vec<u8>,
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
///
/// Offsets count from the first byte of the file: a package with something before it is refused, as is one in which two
/// members have one name or share bytes. What one reader sees in it is then what every other sees.
pub(super) fn read<R: Read + Seek>(
    reader: R,
    limits: &Limits,
) -> Result<(Package, Inner), Refusal> {
    let damaged = |e: ZipError| Refusal::Package(e.to_string());
    let mut archive = open(reader, limits)?;
    if archive.len() > limits.members {
        return Err(Refusal::Unsafe(format!(
            "it has {} members, and {} is the limit",
            archive.len(),
            limits.members
        )));
    }
    if archive.has_duplicate_names() {
        return Err(Refusal::Unsafe("two members have one name".to_owned()));
    }
    if archive.has_overlapping_entries().map_err(damaged)? {
        return Err(Refusal::Unsafe("two members share bytes".to_owned()));
    }
    let mut members = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        members.push(member(&mut archive, index)?);
    }
    check_names(&members)?;
    let (main, kind) = choose(&members)?;
    let bytes = inflate(&mut archive, main, &members[main], limits)?;
    let package = Package {
        members,
        main,
        directory: archive.central_directory_start(),
        comment: archive.comment().to_vec(),
    };
    Ok((package, Inner { kind, bytes }))
}

fn open<R: Read + Seek>(
    reader: R,
    limits: &Limits,
) -> Result<ZipArchive<BufReader<Bounded<R>>>, Refusal> {
    let left = Rc::new(Cell::new(Some(limits.directory_bytes)));
    let bounded = Bounded {
        reader,
        left: Rc::clone(&left),
    };
    // Small, because it is read here and there.
    let reader = BufReader::with_capacity(1024, bounded);
    let archive = ZipArchive::new(reader).map_err(|error| {
        if left.get() == Some(0) {
            Refusal::Unsafe(format!(
                "its directory has more than {} bytes",
                limits.directory_bytes
            ))
        } else if let ZipError::InvalidArchive(_) = error {
            let what = "the list of its members, which stands at its end, is missing or broken";
            Refusal::Package(what.to_owned())
        } else {
            Refusal::Package(error.to_string())
        }
    })?;
    left.set(None);
    if archive.offset() != 0 {
        return Err(Refusal::Unsafe(
            "something stands before its first member".to_owned(),
        ));
    }
    Ok(archive)
}

/// Reads so many bytes and no more, so that a directory of millions of members ends early.
struct Bounded<R> {
    reader: R,
    /// `None` is no bound.
    left: Rc<Cell<Option<u64>>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        if let Some(left) = self.left.get() {
            let left = left.saturating_sub(read as u64);
            self.left.set(Some(left));
            if left == 0 {
                return Err(io::Error::other("the directory is too large"));
            }
        }
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
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
        directory: file.is_dir(),
    })
}

/// Paths that would leave the package, and names that two members share once they are files.
fn check_names(members: &[Member]) -> Result<(), Refusal> {
    let mut seen = HashSet::default();
    for member in members {
        let name = &member.name;
        let slashes = name.replace('\\', "/");
        if name.chars().any(char::is_control) {
            return Err(Refusal::Unsafe(format!(
                "the name of the member `{}` has a control character",
                name.escape_debug()
            )));
        }
        let absolute = slashes.starts_with('/') || slashes.as_bytes().get(1) == Some(&b':');
        if absolute || slashes.split('/').any(|part| part == "..") {
            return Err(Refusal::Unsafe(format!(
                "the member `{name}` would leave the package"
            )));
        }
        if !seen.insert(as_a_file(&slashes)) {
            return Err(Refusal::Unsafe(format!("two members are called `{name}`")));
        }
    }
    Ok(())
}

/// What a disk makes of a name: letters of either case are one, as are the forms of an accented letter, and Windows drops
/// dots and spaces at the end of a part.
fn as_a_file(name: &str) -> String {
    let parts = name
        .split('/')
        .map(|part| part.trim_end_matches(['.', ' ']));
    let parts: Vec<String> = parts
        .filter(|part| !part.is_empty())
        .map(str::to_lowercase)
        .collect();
    let name = parts.join("/");
    ComposingNormalizerBorrowed::new_nfc()
        .normalize(&name)
        .into_owned()
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
        return Err(Refusal::TooLarge {
            bytes: member.size,
            limit: limits.inner_bytes,
        });
    }
    if member.size / member.packed.max(1) > limits.ratio {
        return Err(Refusal::Unsafe(format!(
            "its inner document expands more than {} times",
            limits.ratio
        )));
    }
    let damaged = |e: &dyn std::fmt::Display| Refusal::Package(format!("`{}`: {e}", member.name));
    let file = archive.by_index(index).map_err(|e| damaged(&e))?;
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(member.size as usize + 1)
        .map_err(|e| damaged(&e))?;
    // One byte more than promised, so that a directory that lies is found out.
    file.take(member.size + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| damaged(&e))?;
    if bytes.len() as u64 != member.size {
        return Err(damaged(&"its size is not what the package says"));
    }
    Ok(bytes)
}
