//! File contents, streamed in and out. What is committed is kept once under the hash of its bytes.
//!
//! A blob that an in-flight request has written is pinned until the request ends: the collector removes only
//! blobs that no record refers to and no request holds.

mod reader;
mod sink;

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub(crate) use reader::Reader;
pub(crate) use sink::Sink;

/// Buffers that may wait between the disk and the socket.
const QUEUED_BUFFERS: usize = 4;
const READ_BUFFER_BYTES: usize = 256 << 10;

/// A stored run of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) hash: String,
    pub(crate) bytes: u64,
}

/// A file as the concatenation of blobs: it can be written at several places at once, and the chunks of an upload
/// become a file without being copied.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content(pub(crate) Vec<Blob>);

impl Content {
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(|blob| blob.bytes).sum()
    }
}

/// What a blob that arrives is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// By the hash of its bytes, so that the same bytes are kept once.
    Content,
    /// By a number of its own, which costs no hashing: for what may never be committed. [`Blobs::by_content`] gives
    /// it its lasting name.
    Arrival,
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

    /// A sink for bytes that arrive on the async side; they are written on blocking threads.
    pub(crate) fn sink(&self, naming: Naming) -> Sink {
        Sink::new(self.clone(), naming)
    }

    /// A file of no name yet, which goes with its handle.
    fn arriving(&self) -> io::Result<tempfile::NamedTempFile> {
        tempfile::NamedTempFile::new_in(self.folder.join("tmp"))
    }

    /// Pins the blob `hash`; `place` puts it there where it is missing.
    fn keep(&self, hash: &str, place: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Pin> {
        let path = self.path(hash);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut pins = lock(&self.pins);
        if !path.exists() {
            place(&path)?;
        }
        *pins.entry(hash.to_owned()).or_default() += 1;
        Ok(Pin {
            pins: Arc::clone(&self.pins),
            hash: hash.to_owned(),
        })
    }

    /// The same bytes under the hashes of its blobs, without a copy. The names of arrival stay as well until nothing
    /// refers to them, so that a kill before the commit loses nothing. Hold the pins until a record refers to the
    /// content.
    pub(crate) fn by_content(&self, content: &Content) -> io::Result<(Content, Vec<Pin>)> {
        let mut named = Content::default();
        let mut pins = Vec::new();
        for blob in &content.0 {
            if is_hash(&blob.hash) {
                named.0.push(blob.clone());
                continue;
            }
            let path = self.path(&blob.hash);
            let mut hasher = blake3::Hasher::new();
            hasher.update_reader(File::open(&path)?)?;
            let hash = hasher.finalize().to_hex().to_string();
            pins.push(self.keep(&hash, |to| self.link(&path, to))?);
            named.0.push(Blob {
                hash,
                bytes: blob.bytes,
            });
        }
        Ok((named, pins))
    }

    /// A second name for a file. Where the file system has none, a copy.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        match fs::hard_link(from, to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.copy(from, to),
            done => done,
        }
    }

    /// All of it or nothing, as seen from `to`.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut copy = self.arriving()?;
        io::copy(&mut File::open(from)?, &mut copy)?;
        copy.persist(to).map(|_| ()).map_err(|error| error.error)
    }

    /// Stores bytes that are already at hand (small ones: an inner document, a placeholder).
    pub(crate) fn store(&self, data: &[u8]) -> io::Result<(Blob, Pin)> {
        let mut file = self.arriving()?;
        file.write_all(data)?;
        let hash = blake3::hash(data).to_hex().to_string();
        let pin = self.keep(&hash, |path| {
            file.persist(path).map(|_| ()).map_err(|error| error.error)
        })?;
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
        Reader::new(
            content
                .0
                .iter()
                .map(|blob| (self.path(&blob.hash), blob.bytes)),
        )
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

/// Whether a blob's name is the hash of its bytes (64 digits; names of arrival have 32).
fn is_hash(name: &str) -> bool {
    name.len() == 2 * blake3::OUT_LEN
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom};

    use super::sink::{LOT_BYTES, RUN_BYTES};
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
        let mut sink = blobs.sink(Naming::Content);
        sink.write(b"ab").await;
        sink.write(b"cd").await;
        assert_eq!(sink.written(), 4);
        let (content, _pins) = sink.finish().await.unwrap();
        let [blob] = content.0.as_slice() else {
            panic!("{content:?}");
        };
        assert_eq!(blob.hash, blake3::hash(b"abcd").to_hex().to_string());
        let mut stream = blobs.stream(&content);
        assert_eq!(stream.recv().await.unwrap().unwrap(), "abcd");
        assert!(stream.recv().await.is_none());
    }

    #[tokio::test]
    async fn what_arrived_gets_its_lasting_name_without_a_copy() {
        let (_folder, blobs) = blobs();
        let mut arrived = Content::default();
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut sink = blobs.sink(Naming::Arrival);
            // More than one run, in pieces that do not fit its lots.
            for _ in 0..9 {
                sink.write(&vec![b'x'; LOT_BYTES - 1]).await;
                sink.write(b"").await;
            }
            let (content, pins) = sink.finish().await.unwrap();
            arrived.0.extend(content.0);
            held.extend(pins);
        }
        let [first, rest, again, _] = arrived.0.as_slice() else {
            panic!("{arrived:?}");
        };
        assert_ne!(first, again);
        let (named, pins) = blobs.by_content(&arrived).unwrap();
        let hash = |bytes: u64| {
            let bytes = vec![b'x'; usize::try_from(bytes).unwrap()];
            blake3::hash(&bytes).to_hex().to_string()
        };
        let hashes: Vec<&str> = named.0.iter().map(|blob| blob.hash.as_str()).collect();
        let (first, rest) = (hash(first.bytes), hash(rest.bytes));
        assert_eq!(hashes, [&first, &rest, &first, &rest]);
        assert_eq!(named.bytes(), arrived.bytes());
        drop(held);
        assert_eq!(blobs.collect(&HashSet::new()).unwrap(), 4);
        let mut text = Vec::new();
        blobs.reader(&named).read_to_end(&mut text).unwrap();
        assert_eq!(text.len() as u64, named.bytes());
        let copied = blobs.folder.join("copied");
        blobs.copy(&blobs.path(&first), &copied).unwrap();
        assert_eq!(fs::metadata(copied).unwrap().len(), named.0[0].bytes);
        // Named already, pinned still.
        assert_eq!(blobs.by_content(&named).unwrap().0, named);
        drop(pins);
        assert_eq!(blobs.collect(&HashSet::new()).unwrap(), 2);
    }

    #[tokio::test]
    async fn a_file_that_breaks_off_leaves_nothing() {
        let (folder, blobs) = blobs();
        let mut sink = blobs.sink(Naming::Content);
        for _ in 0..=RUN_BYTES >> 20 {
            sink.write(&vec![0; LOT_BYTES]).await;
        }
        sink.abandon().await;
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
