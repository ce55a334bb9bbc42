//! A file's blobs read as if they were one.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    start: u64,
    bytes: u64,
}

/// Reads and seeks over consecutive blobs as if they were one file.
#[derive(Debug)]
pub(crate) struct Reader {
    segments: Vec<Segment>,
    open: Option<(usize, File)>,
    position: u64,
    length: u64,
}

impl Reader {
    /// Over the files of these paths and lengths, one after the other.
    pub(super) fn new(files: impl Iterator<Item = (PathBuf, u64)>) -> Self {
        let mut length = 0;
        let segments = files
            .map(|(path, bytes)| {
                let start = length;
                length += bytes;
                Segment { path, start, bytes }
            })
            .collect();
        Self {
            segments,
            open: None,
            position: 0,
            length,
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let index = self
            .segments
            .partition_point(|s| s.start + s.bytes <= self.position);
        let segment = &self.segments[index];
        let offset = self.position - segment.start;
        let left = usize::try_from(segment.bytes - offset)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if self.open.as_ref().is_none_or(|(open, _)| *open != index) {
            let mut file = File::open(&segment.path)?;
            file.seek(SeekFrom::Start(offset))?;
            self.open = Some((index, file));
        }
        let Some((_, file)) = &mut self.open else {
            return Ok(0);
        };
        let count = file.read(&mut buffer[..left])?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a blob is shorter than its record says",
            ));
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(delta) => self.length.checked_add_signed(delta),
            SeekFrom::Current(delta) => self.position.checked_add_signed(delta),
        };
        self.position = position
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"))?;
        self.open = None;
        Ok(self.position)
    }
}
