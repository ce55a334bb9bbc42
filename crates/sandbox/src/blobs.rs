//! File contents, kept once each under the hash of their bytes, streamed in and out.
//!
//! A blob that an in-flight request has written is pinned until the request ends: the collector removes only
//! blobs that no record refers to and no request holds.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Buffers that may wait between the socket and the disk.
const QUEUED_BUFFERS: usize = 4;
/// Small pieces are gathered; what is larger goes to the file without being copied.
const WRITE_BUFFER_BYTES: usize = 64 << 10;
const READ_BUFFER_BYTES: usize = 256 << 10;

/// A stored run of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// A file as the concatenation of blobs: the chunks of an upload become a file without being copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content(pub(crate) Vec<Blob>);

impl Content {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(|blob| blob.bytes).sum()
    }
}

type Pins = Arc<Mutex<HashMap<String, usize>>>;

fn lock(pins: &Pins) -> MutexGuard<'_, HashMap<String, usize>> {
    pins.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a blob from the collector.
#[derive(Debug)]
pub(crate) struct Pin {
    pins: Pins,
    hash: String,
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut pins = lock(&self.pins);
        if let Some(count) = pins.get_mut(&self.hash) {
            *count -= 1;
            if *count == 0 {
                pins.remove(&self.hash);
            }
        }
    }
}

/// The blob folder: `ab/cdef…` by hash, and `tmp/` for what is still arriving.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    folder: PathBuf,
    pins: Pins,
}

impl Blobs {
    /// Opens the folder and throws away what a kill left half written.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let incoming = folder.join("tmp");
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        fs::create_dir_all(&incoming)?;
        Ok(Self {
            folder: folder.to_owned(),
            pins: Pins::default(),
        })
    }

    fn path(&self, hash: &str) -> PathBuf {
        let (head, tail) = hash.split_at(hash.len().min(2));
        self.folder.join(head).join(tail)
    }

    /// A sink for bytes that arrive on the async side; they are hashed and written on a blocking thread.
    pub(crate) fn sink(&self) -> Sink {
        let (sender, receiver) = mpsc::channel(QUEUED_BUFFERS);
        let blobs = self.clone();
        let task = tokio::task::spawn_blocking(move || blobs.receive(receiver));
        Sink {
            sender,
            task,
            written: 0,
        }
    }

    fn receive(&self, mut receiver: mpsc::Receiver<Option<Bytes>>) -> io::Result<(Blob, Pin)> {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.join("tmp"))?;
        let mut hasher = blake3::Hasher::new();
        let mut bytes = 0;
        {
            let mut writer = BufWriter::with_capacity(WRITE_BUFFER_BYTES, file.as_file_mut());
            loop {
                let Some(message) = receiver.blocking_recv() else {
                    return Err(io::Error::other("the sender went away before the end"));
                };
                let Some(data) = message else { break };
                hasher.update(&data);
                writer.write_all(&data)?;
                bytes += data.len() as u64;
            }
            writer.flush()?;
        }
        let hash = hasher.finalize().to_hex().to_string();
        let pin = self.keep(file, &hash)?;
        Ok((Blob { hash, bytes }, pin))
    }

    fn keep(&self, file: tempfile::NamedTempFile, hash: &str) -> io::Result<Pin> {
        let path = self.path(hash);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut pins = lock(&self.pins);
        if !path.exists() {
            file.persist(&path).map_err(|error| error.error)?;
        }
        *pins.entry(hash.to_owned()).or_default() += 1;
        Ok(Pin {
            pins: Arc::clone(&self.pins),
            hash: hash.to_owned(),
        })
    }

    /// Stores bytes that are already at hand (small ones: an inner document, a placeholder).
    pub(crate) fn store(&self, data: &[u8]) -> io::Result<(Blob, Pin)> {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.join("tmp"))?;
        file.write_all(data)?;
        let hash = blake3::hash(data).to_hex().to_string();
        let pin = self.keep(file, &hash)?;
        Ok((
            Blob {
                hash,
                bytes: data.len() as u64,
            },
            pin,
        ))
    }

    /// A seekable reader over a file's blobs, for the blocking side.
    pub(crate) fn reader(&self, content: &Content) -> Reader {
        let mut start = 0;
        let segments = content
            .0
            .iter()
            .map(|blob| {
                let segment = Segment {
                    path: self.path(&blob.hash),
                    start,
                    bytes: blob.bytes,
                };
                start += blob.bytes;
                segment
            })
            .collect();
        Reader {
            segments,
            open: None,
            position: 0,
            length: start,
        }
    }

    /// The file in buffers, read ahead on a blocking thread. An error ends the stream.
    pub(crate) fn stream(&self, content: &Content) -> mpsc::Receiver<io::Result<Bytes>> {
        let (sender, receiver) = mpsc::channel(QUEUED_BUFFERS);
        let mut reader = self.reader(content);
        tokio::task::spawn_blocking(move || {
            loop {
                let mut buffer = vec![0; READ_BUFFER_BYTES];
                let message = match reader.read(&mut buffer) {
                    Ok(0) => return,
                    Ok(count) => {
                        buffer.truncate(count);
                        Ok(Bytes::from(buffer))
                    }
                    Err(error) => Err(error),
                };
                let failed = message.is_err();
                if sender.blocking_send(message).is_err() || failed {
                    return;
                }
            }
        });
        receiver
    }

    /// Removes the blobs outside `referenced` that nothing pins. The caller holds the store's lock, so that no
    /// record can come to refer to one meanwhile. Returns how many went.
    pub(crate) fn collect(&self, referenced: &HashSet<String>) -> io::Result<usize> {
        let pins = lock(&self.pins);
        let mut removed = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let head = entry.file_name().to_string_lossy().into_owned();
            if head.len() != 2 || !entry.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(entry.path())? {
                let file = file?;
                let hash = format!("{head}{}", file.file_name().to_string_lossy());
                if !referenced.contains(&hash) && !pins.contains_key(&hash) {
                    fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

/// Takes the bytes of one blob. Dropped before [`Sink::finish`], it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Sink {
    sender: mpsc::Sender<Option<Bytes>>,
    task: JoinHandle<io::Result<(Blob, Pin)>>,
    written: u64,
}

impl Sink {
    /// Bytes taken so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Hands a buffer to the writer, waiting while it is behind. A write error shows in [`Sink::finish`].
    pub(crate) async fn write(&mut self, data: Bytes) {
        self.written += data.len() as u64;
        let _ = self.sender.send(Some(data)).await;
    }

    pub(crate) async fn finish(self) -> io::Result<(Blob, Pin)> {
        let _ = self.sender.send(None).await;
        self.task.await.map_err(io::Error::other)?
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    #[test]
    fn reads_and_seeks_across_blobs() {
        let (_folder, blobs) = blobs();
        let content = Content(
            ["hello ", "", "big ", "world"]
                .iter()
                .map(|t| blobs.store(t.as_bytes()).unwrap().0)
                .collect(),
        );
        let mut reader = blobs.reader(&content);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello big world");
        reader.seek(SeekFrom::End(-7)).unwrap();
        text.clear();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "g world");
        assert!(reader.seek(SeekFrom::Current(-99)).is_err());
    }

    #[test]
    fn collects_only_what_nobody_holds() {
        let (_folder, blobs) = blobs();
        let (kept, _) = blobs.store(b"kept").unwrap();
        let (_pinned, pin) = blobs.store(b"pinned").unwrap();
        blobs.store(b"loose").unwrap();
        assert_eq!(
            blobs.collect(&HashSet::from([kept.hash.clone()])).unwrap(),
            1
        );
        drop(pin);
        assert_eq!(blobs.collect(&HashSet::from([kept.hash])).unwrap(), 1);
    }

    #[tokio::test]
    async fn streams_in_and_out() {
        let (_folder, blobs) = blobs();
        let mut sink = blobs.sink();
        sink.write(Bytes::from_static(b"ab")).await;
        sink.write(Bytes::from_static(b"cd")).await;
        assert_eq!(sink.written(), 4);
        let (blob, _pin) = sink.finish().await.unwrap();
        assert_eq!(blob.hash, blake3::hash(b"abcd").to_hex().to_string());
        let mut stream = blobs.stream(&Content(vec![blob]));
        assert_eq!(stream.recv().await.unwrap().unwrap(), "abcd");
        assert!(stream.recv().await.is_none());
    }

    #[tokio::test]
    async fn a_file_that_breaks_off_leaves_nothing() {
        let (folder, blobs) = blobs();
        let mut sink = blobs.sink();
        sink.write(Bytes::from_static(b"half")).await;
        let Sink { sender, task, .. } = sink;
        drop(sender);
        assert!(task.await.unwrap().is_err());
        let left: Vec<_> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["tmp"]);
        assert_eq!(
            std::fs::read_dir(folder.path().join("tmp"))
                .unwrap()
                .count(),
            0
        );
    }
}
