//! A package with another inner document, as pieces to be sent one after the other: ranges of the original file as they
//! are, and a few new bytes. No temporary copy, nothing packed again but the document itself.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
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
const LOCAL_BYTES: u64 = 30;
const CENTRAL_BYTES: usize = 46;
const DEFLATE: u16 = 8;

/// Replaces the inner document of the package in `path`.
///
/// Every other member keeps its bytes, its name and its place in the order; the local header of the document and the
/// central directory are new. Zip64 is written where sizes or offsets ask for it, and kept where it was.
pub fn replace(path: &Path, package: &Package, text: &str) -> io::Result<Vec<Segment>> {
    let mut file = File::open(path)?;
    let directory = read_directory(&mut file)?;
    let main = package
        .main()
        .ok_or_else(|| invalid("the package has no inner document"))?;
    let next = end_of(&directory, main.header);
    let packed = deflate(text)?;
    let crc = crc32(text);
    let local = local_header(main, crc, packed.len() as u64, text.len() as u64)?;
    let shift = local.len() as i64 + packed.len() as i64 - (next - main.header) as i64;
    let offset = |at: u64| {
        if at > main.header {
            at.wrapping_add_signed(shift)
        } else {
            at
        }
    };
    let mut central = Vec::new();
    for entry in &directory.entries {
        let changed =
            (entry.header == main.header).then_some((crc, packed.len() as u64, text.len() as u64));
        write_central(&mut central, entry, offset(entry.header), changed)?;
    }
    let start = directory.start.wrapping_add_signed(shift);
    let length = central.len() as u64;
    write_end(
        &mut central,
        directory.entries.len() as u64,
        start,
        length,
        &directory.comment,
    );
    let segments = [
        Segment::File(0..main.header),
        Segment::Bytes(local),
        Segment::Bytes(packed),
        Segment::File(next..directory.start),
        Segment::Bytes(central),
    ];
    Ok(segments
        .into_iter()
        .filter(|s| !matches!(s, Segment::File(range) if range.is_empty()))
        .collect())
}

struct Directory {
    entries: Vec<Entry>,
    /// Where it begins, in bytes of the file.
    start: u64,
    comment: Vec<u8>,
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
fn end_of(directory: &Directory, header: u64) -> u64 {
    directory
        .entries
        .iter()
        .map(|e| e.header)
        .filter(|h| *h > header)
        .min()
        .unwrap_or(directory.start)
}

fn read_directory(file: &mut File) -> io::Result<Directory> {
    let length = file.metadata()?.len();
    let tail_length = length.min(22 + 65_535);
    let tail = read_at(file, length - tail_length, tail_length as usize)?;
    let at = tail
        .windows(4)
        .rposition(|w| w == END.to_le_bytes())
        .ok_or_else(|| invalid("no end record"))?;
    let end = tail
        .get(at..at + 22)
        .ok_or_else(|| invalid("the end record is cut off"))?;
    let comment = tail.get(at + 22..).unwrap_or_default().to_vec();
    let mut count = u64::from(u16_at(end, 10));
    let mut start = u64::from(u32_at(end, 16));
    let mut size = u64::from(u32_at(end, 12));
    let end_at = length - tail_length + at as u64;
    if (count == 0xffff || start == 0xffff_ffff || size == 0xffff_ffff) && end_at >= 20 {
        let locator = read_at(file, end_at - 20, 20)?;
        if u32_at(&locator, 0) == LOCATOR64 {
            let record = read_at(file, u64_at(&locator, 8), 56)?;
            (count, size, start) = (
                u64_at(&record, 32),
                u64_at(&record, 40),
                u64_at(&record, 48),
            );
        }
    }
    if start.checked_add(size).is_none_or(|end| end > length) {
        return Err(invalid("the central directory lies outside of the file"));
    }
    let bytes = read_at(file, start, size as usize)?;
    let mut entries = Vec::new();
    let mut rest = bytes.as_slice();
    for _ in 0..count {
        let (entry, after) = read_entry(rest)?;
        entries.push(entry);
        rest = after;
    }
    Ok(Directory {
        entries,
        start,
        comment,
    })
}

fn read_entry(bytes: &[u8]) -> io::Result<(Entry, &[u8])> {
    let cut = || invalid("the central directory is cut off");
    let fixed: [u8; CENTRAL_BYTES] = bytes
        .get(..CENTRAL_BYTES)
        .and_then(|b| b.try_into().ok())
        .ok_or_else(cut)?;
    if u32_at(&fixed, 0) != CENTRAL {
        return Err(invalid("the central directory is damaged"));
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(&fixed, at)));
    let mut at = CENTRAL_BYTES;
    let mut take = |length: usize| {
        let part = bytes.get(at..at + length).map(<[u8]>::to_vec);
        at += length;
        part.ok_or_else(cut)
    };
    let (name, extra, comment) = (take(lengths[0])?, take(lengths[1])?, take(lengths[2])?);
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
    Ok((entry, &bytes[at..]))
}

impl Entry {
    /// Takes the 64-bit sizes out of the extra field, and keeps the rest of it.
    fn read_extra(&mut self, extra: &[u8]) {
        let mut at = 0;
        while let Some(head) = extra.get(at..at + 4) {
            let (id, length) = (u16_at(head, 0), usize::from(u16_at(head, 2)));
            let Some(body) = extra.get(at + 4..at + 4 + length) else {
                break;
            };
            if id == 1 {
                let mut values = body.chunks_exact(8).map(|c| u64_at(c, 0));
                for value in [&mut self.size, &mut self.packed, &mut self.header] {
                    if *value == 0xffff_ffff {
                        *value = values.next().unwrap_or(*value);
                    }
                }
            } else {
                self.extra.extend_from_slice(&extra[at..at + 4 + length]);
            }
            at += 4 + length;
        }
    }
}

/// Deflated, sizes in the header, no data descriptor.
fn local_header(member: &Member, crc: u32, packed: u64, size: u64) -> io::Result<Vec<u8>> {
    let name = u16::try_from(member.name_raw.len()).map_err(|_| invalid("a name is too long"))?;
    let (small_packed, small_size) = (u32::try_from(packed), u32::try_from(size));
    let (Ok(packed), Ok(size)) = (small_packed, small_size) else {
        return Err(invalid("the document is larger than 4 GiB"));
    };
    let mut header = Vec::with_capacity(LOCAL_BYTES as usize + member.name_raw.len());
    header.extend(LOCAL.to_le_bytes());
    header.extend(20_u16.to_le_bytes());
    header.extend(name_flag(&member.name_raw).to_le_bytes());
    header.extend(DEFLATE.to_le_bytes());
    header.extend([0, 0, 0x21, 0]); // midnight, 1 January 1980: no clock in the bytes that are sent
    header.extend(crc.to_le_bytes());
    header.extend(packed.to_le_bytes());
    header.extend(size.to_le_bytes());
    header.extend(name.to_le_bytes());
    header.extend(0_u16.to_le_bytes());
    header.extend_from_slice(&member.name_raw);
    Ok(header)
}

/// The flag that says "UTF-8", where the name needs it and is.
fn name_flag(name: &[u8]) -> u16 {
    if !name.is_ascii() && std::str::from_utf8(name).is_ok() {
        0x800
    } else {
        0
    }
}

fn write_central(
    out: &mut Vec<u8>,
    entry: &Entry,
    header: u64,
    changed: Option<(u32, u64, u64)>,
) -> io::Result<()> {
    let mut fixed = entry.fixed;
    let (mut packed, mut size) = (entry.packed, entry.size);
    if let Some((crc, new_packed, new_size)) = changed {
        (packed, size) = (new_packed, new_size);
        put(&mut fixed, 8, &name_flag(&entry.name).to_le_bytes());
        put(&mut fixed, 10, &DEFLATE.to_le_bytes());
        put(&mut fixed, 12, &[0, 0, 0x21, 0]);
        put(&mut fixed, 16, &crc.to_le_bytes());
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
        extra.extend(1_u16.to_le_bytes());
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

fn crc32(text: &str) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(text.as_bytes());
    crc.sum()
}

fn read_at(file: &mut File, at: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
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
