//! A package with another inner document, as pieces to be sent one after the other: ranges of the original file as they
//! are, and a few new bytes. No temporary copy, nothing packed again but the document itself.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use super::package::{Member, Package};

/// A piece of the new package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// These bytes of the original file.
    File(Range<u64>),
    Bytes(Vec<u8>),
}

/// Signatures and sizes of the zip format (APPNOTE 6.3.10, 4.3).
const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const DEFLATE: u16 = 8;
/// The flag of a name in UTF-8.
const UTF8: u16 = 0x800;
/// Extra fields.
const ZIP64: u16 = 1;
const UNICODE_NAME: u16 = 0x7075;

/// Replaces the inner document of the package in `path`, which [`open`](super::open) read and found in order.
///
/// Every other member keeps its bytes, its name and its place; of the document only what its new bytes ask for is changed
/// in its header and in the central directory: method, sizes, checksum and time. Zip64 is written where sizes or offsets
/// ask for it. A file that is no longer the one that was read is refused.
pub fn replace(path: &Path, package: &Package, text: &str) -> io::Result<Vec<Segment>> {
    let mut file = BufReader::new(File::open(path)?);
    let entries = read_directory(&mut file, package)?;
    let main = package
        .main()
        .ok_or_else(|| invalid("the package has no inner document"))?;
    let packed = deflate(text)?;
    let new = Stored {
        crc: crc32(text.as_bytes()),
        packed: packed.len() as u64,
        size: text.len() as u64,
    };
    let local = local_header(&mut file, main, &new)?;
    let next = end_of(package, main.header);
    let shift = local.len() as i64 + packed.len() as i64 - (next - main.header) as i64;
    let moved = |at: u64| {
        if at > main.header {
            at.wrapping_add_signed(shift)
        } else {
            at
        }
    };
    let mut central = Vec::new();
    for entry in &entries {
        let new = (entry.header == main.header).then_some(&new);
        write_central(&mut central, entry, moved(entry.header), new)?;
    }
    let (count, start) = (entries.len() as u64, moved(package.directory));
    let length = central.len() as u64;
    write_end(&mut central, count, start, length, &package.comment);
    let segments = [
        Segment::File(0..main.header),
        Segment::Bytes(local),
        Segment::Bytes(packed),
        Segment::File(next..package.directory),
        Segment::Bytes(central),
    ];
    Ok(segments
        .into_iter()
        .filter(|s| !matches!(s, Segment::File(range) if range.is_empty()))
        .collect())
}

/// What a header says of a member's bytes.
struct Stored {
    crc: u32,
    packed: u64,
    size: u64,
}

/// One record of the central directory, as it stands.
struct Entry {
    /// Up to the name.
    fixed: [u8; CENTRAL_BYTES],
    name: Vec<u8>,
    /// Without zip64's.
    extra: Vec<u8>,
    comment: Vec<u8>,
    size: u64,
    packed: u64,
    header: u64,
}

/// Where the bytes of a member end: at the next member, or where the directory begins. A data descriptor goes with it.
fn end_of(package: &Package, header: u64) -> u64 {
    let others = package.members.iter().map(|m| m.header);
    others
        .filter(|h| *h > header)
        .min()
        .unwrap_or(package.directory)
}

/// The central directory's records as they stand, which must say what the package was found to hold.
fn read_directory(file: &mut BufReader<File>, package: &Package) -> io::Result<Vec<Entry>> {
    file.seek(SeekFrom::Start(package.directory))?;
    let mut entries = Vec::with_capacity(package.members.len());
    for member in &package.members {
        let entry = read_entry(file)?;
        if !entry.is(member) {
            return Err(invalid("the package was changed while it was read"));
        }
        entries.push(entry);
    }
    let changed = package.main().map(|m| m.header);
    if entries.iter().filter(|e| Some(e.header) == changed).count() != 1 {
        return Err(invalid(
            "the inner document shares its place with another member",
        ));
    }
    Ok(entries)
}

fn read_entry(file: &mut impl Read) -> io::Result<Entry> {
    let mut fixed = [0; CENTRAL_BYTES];
    file.read_exact(&mut fixed)?;
    if u32_at(&fixed, 0) != CENTRAL {
        return Err(invalid("the package was changed while it was read"));
    }
    let mut take = |at: usize| {
        let mut part = vec![0; usize::from(u16_at(&fixed, at))];
        file.read_exact(&mut part).map(|()| part)
    };
    let (name, extra, comment) = (take(28)?, take(30)?, take(32)?);
    let mut entry = Entry {
        size: u64::from(u32_at(&fixed, 24)),
        packed: u64::from(u32_at(&fixed, 20)),
        header: u64::from(u32_at(&fixed, 42)),
        fixed,
        name,
        extra: Vec::new(),
        comment,
    };
    entry.read_extra(&extra);
    Ok(entry)
}

/// The extra fields of a header: id, and the whole of the field.
fn fields(extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = extra;
    std::iter::from_fn(move || {
        let length = usize::from(u16_at(rest.get(..4)?, 2));
        let (field, after) = rest.split_at_checked(4 + length)?;
        rest = after;
        Some((u16_at(field, 0), field))
    })
}

impl Entry {
    /// Takes the 64-bit sizes out of the extra field, and keeps the rest of it.
    fn read_extra(&mut self, extra: &[u8]) {
        for (id, field) in fields(extra) {
            if id == ZIP64 {
                let mut values = field[4..].chunks_exact(8).map(|c| u64_at(c, 0));
                for value in [&mut self.size, &mut self.packed, &mut self.header] {
                    if *value == 0xffff_ffff {
                        *value = values.next().unwrap_or(*value);
                    }
                }
            } else {
                self.extra.extend_from_slice(field);
            }
        }
    }

    fn is(&self, member: &Member) -> bool {
        self.name() == member.name_raw
            && (self.size, self.packed, self.header) == (member.size, member.packed, member.header)
            && u32_at(&self.fixed, 16) == member.crc32
    }

    /// As readers take it: from the field for Unicode names (version, CRC-32 of the plain name, name) where that is valid.
    fn name(&self) -> &[u8] {
        let plain = crc32(&self.name);
        fields(&self.extra)
            .filter(|(id, _)| *id == UNICODE_NAME)
            .filter(|(_, field)| field.get(5..9).is_some_and(|c| u32_at(c, 0) == plain))
            .filter_map(|(_, field)| field.get(9..))
            .find(|name| std::str::from_utf8(name).is_ok())
            .unwrap_or(&self.name)
    }
}

/// The document's header with other sizes and no data descriptor; name, flags and extra fields are kept.
fn local_header(file: &mut BufReader<File>, member: &Member, new: &Stored) -> io::Result<Vec<u8>> {
    let (Ok(packed), Ok(size)) = (u32::try_from(new.packed), u32::try_from(new.size)) else {
        return Err(invalid("the document is larger than 4 GiB"));
    };
    let mut fixed = [0; LOCAL_BYTES];
    file.seek(SeekFrom::Start(member.header))?;
    file.read_exact(&mut fixed)?;
    if u32_at(&fixed, 0) != LOCAL {
        return Err(invalid("the package was changed while it was read"));
    }
    let mut name = vec![0; usize::from(u16_at(&fixed, 26))];
    let mut extra = vec![0; usize::from(u16_at(&fixed, 28))];
    file.read_exact(&mut name)?;
    file.read_exact(&mut extra)?;
    let kept: Vec<u8> = fields(&extra)
        .filter(|(id, _)| *id != ZIP64)
        .flat_map(|(_, field)| field.iter().copied())
        .collect();
    put_stored(&mut fixed, 4, new.crc);
    put(&mut fixed, 18, &packed.to_le_bytes());
    put(&mut fixed, 22, &size.to_le_bytes());
    put(&mut fixed, 28, &(kept.len() as u16).to_le_bytes());
    Ok([fixed.as_slice(), &name, &kept].concat())
}

/// Version, flags, method, time and checksum, which stand together in both headers, from `at`.
fn put_stored(fixed: &mut [u8], at: usize, crc: u32) {
    let version = u16_at(fixed, at).max(20);
    put(fixed, at, &version.to_le_bytes());
    let flags = u16_at(fixed, at + 2) & UTF8;
    put(fixed, at + 2, &flags.to_le_bytes());
    put(fixed, at + 4, &DEFLATE.to_le_bytes());
    // Midnight, 1 January 1980: no clock in the bytes that are sent.
    put(fixed, at + 6, &[0, 0, 0x21, 0]);
    put(fixed, at + 10, &crc.to_le_bytes());
}

fn write_central(
    out: &mut Vec<u8>,
    entry: &Entry,
    header: u64,
    new: Option<&Stored>,
) -> io::Result<()> {
    let mut fixed = entry.fixed;
    let (mut packed, mut size) = (entry.packed, entry.size);
    if let Some(new) = new {
        (packed, size) = (new.packed, new.size);
        put_stored(&mut fixed, 6, new.crc);
    }
    let mut wide = Vec::new();
    for (at, value) in [(24, size), (20, packed), (42, header)] {
        let small = u32::try_from(value).ok().filter(|v| *v != 0xffff_ffff);
        put(&mut fixed, at, &small.unwrap_or(0xffff_ffff).to_le_bytes());
        if small.is_none() {
            wide.extend(value.to_le_bytes());
        }
    }
    let mut extra = Vec::new();
    if !wide.is_empty() {
        extra.extend(ZIP64.to_le_bytes());
        extra.extend((wide.len() as u16).to_le_bytes());
        extra.extend(wide);
        put(&mut fixed, 6, &45_u16.to_le_bytes());
    }
    extra.extend_from_slice(&entry.extra);
    let extra_length =
        u16::try_from(extra.len()).map_err(|_| invalid("an extra field is too long"))?;
    put(&mut fixed, 30, &extra_length.to_le_bytes());
    out.extend_from_slice(&fixed);
    out.extend_from_slice(&entry.name);
    out.extend(extra);
    out.extend_from_slice(&entry.comment);
    Ok(())
}

fn write_end(out: &mut Vec<u8>, count: u64, start: u64, length: u64, comment: &[u8]) {
    let wide = count >= 0xffff || start >= 0xffff_ffff || length >= 0xffff_ffff;
    if wide {
        let record = start + length;
        out.extend(END64.to_le_bytes());
        out.extend(44_u64.to_le_bytes());
        out.extend(45_u16.to_le_bytes());
        out.extend(45_u16.to_le_bytes());
        out.extend([0; 8]);
        for value in [count, count, length, start] {
            out.extend(value.to_le_bytes());
        }
        out.extend(LOCATOR64.to_le_bytes());
        out.extend(0_u32.to_le_bytes());
        out.extend(record.to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    let small_count = u16::try_from(count).unwrap_or(0xffff);
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    out.extend(small_count.to_le_bytes());
    out.extend(small_count.to_le_bytes());
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(u32::try_from(start).unwrap_or(u32::MAX).to_le_bytes());
    out.extend((comment.len() as u16).to_le_bytes());
    out.extend_from_slice(comment);
}

fn deflate(text: &str) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes
        .get(at..at + 4)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes
        .get(at..at + 8)
        .and_then(|b| b.try_into().ok())
        .map_or(0, u64::from_le_bytes)
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
