//! Packages with another document, put together and read again.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::content::splice::{self, Segment};
use crate::content::{self, Content, Limits};

use super::zip::{Part, WORKBOOK, Zip, crc32, part, workbook, zip};

const NEW: &str = "<workbook version='18.1'><datasources /><!-- another --></workbook>";

fn on_disk(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn open(path: &Path) -> Content {
    content::open(path, &Limits::default()).unwrap()
}

fn joined(original: &[u8], segments: &[Segment]) -> Vec<u8> {
    let piece = |s: &Segment| match s {
        Segment::File(range) => original[range.start as usize..range.end as usize].to_vec(),
        Segment::Bytes(bytes) => bytes.clone(),
    };
    segments.iter().flat_map(piece).collect()
}

/// The package with another document, and the package that it was.
fn spliced(zip: &Zip) -> (Vec<u8>, Content) {
    let bytes = zip.bytes();
    let file = on_disk(&bytes);
    let content = open(file.path());
    let segments = splice::replace(file.path(), content.package.as_ref().unwrap(), NEW).unwrap();
    (joined(&bytes, &segments), content)
}

fn read(bytes: &[u8]) -> Content {
    content::from_bytes(Path::new("a.twbx"), bytes, &Limits::default()).unwrap()
}

fn field(id: u16, body: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes(), &(body.len() as u16).to_le_bytes(), body].concat()
}

#[test]
fn every_other_member_keeps_its_bytes_and_its_place() {
    let unicode = [
        &[1_u8],
        crc32(b"Image/x.png").to_le_bytes().as_slice(),
        "Image/é.png".as_bytes(),
    ]
    .concat();
    let mut package = zip(vec![
        Part {
            extra: field(0x5455, &[1, 2, 3, 4, 5]),
            comment: b"first".to_vec(),
            descriptor: true,
            deflated: true,
            ..part("Data/x.csv", "a,b,c")
        },
        Part {
            deflated: true,
            descriptor: true,
            flags: 0x806,
            extra: field(0x5455, &[1, 9, 9, 9, 9]),
            ..part("é.twb", WORKBOOK)
        },
        Part {
            extra: field(0x7075, &unicode),
            ..part("Image/x.png", [0x89; 100])
        },
    ]);
    package.comment = b"signed PK\x05\x06\0\0 by hand".to_vec();
    let (bytes, old) = spliced(&package);
    let new = read(&bytes);
    assert_eq!(new.document().unwrap().source().text(), NEW);
    let (old, new) = (old.package.unwrap(), new.package.unwrap());
    assert_eq!(new.comment, package.comment);
    let names = |p: &content::package::Package| -> Vec<String> {
        p.members.iter().map(|m| m.name.clone()).collect()
    };
    assert_eq!(names(&new), names(&old));
    let original = package.bytes();
    for (before, after) in old.members.iter().zip(&new.members) {
        if before.name != "é.twb" {
            let length = before.packed as usize + 30 + before.name.len();
            assert_eq!(
                original[before.header as usize..][..length],
                bytes[after.header as usize..][..length]
            );
        }
    }
    let main = new.main().unwrap().header as usize;
    assert_eq!(
        bytes[main + 6..main + 8],
        0x800_u16.to_le_bytes(),
        "UTF-8, no descriptor"
    );
    assert_eq!(bytes[main + 30..][..6], *"é.twb".as_bytes());
    assert_eq!(bytes[main + 36..][..9], field(0x5455, &[1, 9, 9, 9, 9]));
    assert!(memchr::memmem::find(&bytes, b"first").is_some());
}

#[test]
fn the_flags_and_bytes_of_a_name_are_kept() {
    // UTF-8 without the flag that says so, as Tableau writes it.
    let (bytes, _) = spliced(&zip(vec![part("é.twb", WORKBOOK)]));
    assert_eq!(bytes[6..8], [0, 0]);
    // A plain name, and the real one in a field of its own.
    let unicode = [
        &[1_u8],
        crc32(b"e.twb").to_le_bytes().as_slice(),
        "é.twb".as_bytes(),
    ]
    .concat();
    let (bytes, old) = spliced(&zip(vec![Part {
        extra: field(0x7075, &unicode),
        ..part("e.twb", WORKBOOK)
    }]));
    assert_eq!(old.member(), Some("é.twb"));
    assert_eq!(bytes[30..35], *b"e.twb");
    assert_eq!(read(&bytes).member(), Some("é.twb"));
}

#[test]
fn a_package_that_changed_meanwhile_is_refused() {
    let mut before = zip(vec![part("a.twb", WORKBOOK), part("Data/x", "1")]);
    let content = open(on_disk(&before.bytes()).path());
    let package = content.package.unwrap();
    before.parts[1].data = b"2".to_vec();
    let renamed = zip(vec![part("b.twb", WORKBOOK), part("Data/x", "1")]);
    for other in [before, renamed, workbook(WORKBOOK), zip(vec![])] {
        let file = on_disk(&other.bytes());
        assert!(splice::replace(file.path(), &package, NEW).is_err());
    }
}

/// Pieces of a file and of memory, read as one.
struct Pieces {
    file: std::fs::File,
    segments: Vec<Segment>,
    at: u64,
}

impl Pieces {
    fn length(segment: &Segment) -> u64 {
        match segment {
            Segment::File(range) => range.end - range.start,
            Segment::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut start = 0;
        for segment in &self.segments {
            let length = Self::length(segment);
            if self.at < start + length {
                let within = self.at - start;
                let wanted = buffer.len().min((length - within) as usize);
                match segment {
                    Segment::File(range) => {
                        self.file.seek(SeekFrom::Start(range.start + within))?;
                        self.file.read_exact(&mut buffer[..wanted])?;
                    }
                    Segment::Bytes(bytes) => {
                        buffer[..wanted].copy_from_slice(&bytes[within as usize..][..wanted]);
                    }
                }
                self.at += wanted as u64;
                return Ok(wanted);
            }
            start += length;
        }
        Ok(0)
    }
}

impl Seek for Pieces {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let total: u64 = self.segments.iter().map(Self::length).sum();
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => total.saturating_add_signed(by),
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
        };
        Ok(self.at)
    }
}

/// 5 GiB of nothing between the members: offsets and sizes that only zip64 can say. The file has holes and takes no room.
#[test]
fn zip64_is_written_where_it_is_needed() {
    const HOLE: u64 = 5 << 30;
    let hole = [HOLE.to_le_bytes(), HOLE.to_le_bytes()].concat();
    let local = Part {
        size: Some(u32::MAX),
        packed: Some(u32::MAX),
        extra: field(1, &hole),
        ..part("Data/x.hyper", "")
    };
    let main_at = 30 + 12 + 20 + HOLE;
    let main = Part {
        header: Some(u32::MAX),
        central_extra: field(1, &main_at.to_le_bytes()),
        deflated: true,
        ..part("a.twb", WORKBOOK)
    };
    let bytes = {
        let mut both = zip(vec![local, main]);
        // The hole is in the file, not in the bytes that are written here.
        let small = both.bytes();
        let central = memchr::memmem::find(&small, b"PK\x01\x02").unwrap() as u64;
        let end = memchr::memmem::rfind(&small, b"PK\x05\x06").unwrap() as u64;
        both.count = Some(u16::MAX);
        both.directory = Some((u32::MAX, u32::MAX));
        both.zip64 = Some((2, end - central, central + HOLE));
        let mut bytes = both.bytes();
        let locator = memchr::memmem::rfind(&bytes, b"PK\x06\x07").unwrap();
        bytes[locator + 8..locator + 16].copy_from_slice(&(end + HOLE).to_le_bytes());
        bytes
    };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&bytes[..62]).unwrap();
    file.seek(SeekFrom::Start(62 + HOLE)).unwrap();
    file.write_all(&bytes[62..]).unwrap();

    let content = open(file.path());
    let package = content.package.unwrap();
    assert_eq!(
        (package.members[0].size, package.members[1].header),
        (HOLE, main_at)
    );
    let segments = splice::replace(file.path(), &package, NEW).unwrap();
    let pieces = Pieces {
        file: file.reopen().unwrap(),
        segments,
        at: 0,
    };
    let mut archive = ::zip::ZipArchive::new(pieces).unwrap();
    let mut text = String::new();
    archive
        .by_index(1)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, NEW);
    assert_eq!(archive.by_index_raw(0).unwrap().size(), HOLE);
}
