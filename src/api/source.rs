//! Bytes to be sent: read anew for every attempt, never held whole.

use std::{
    error::Error as StdError,
    fmt,
    fs::File,
    io::{self, Read, Seek},
    ops::Range,
    path::PathBuf,
    sync::Arc,
};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream, stream::BoxStream};
use tokio::sync::mpsc;

/// How much is read of a file at once, in bytes: large enough for few system calls, small enough
/// that many uploads side by side stay flat in memory.
const READ: usize = 256 * 1024;

/// Such buffers that wait for the connection, for each file that is sent.
const READ_AHEAD: usize = 2;

/// A stream of a body's bytes.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// Told how many bytes of one body have been handed to the connection so far. Starts from 0 again
/// when the call is repeated.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// Bytes of a known length that can be read again and again.
#[derive(Clone)]
pub struct Source {
    len: u64,
    open: Arc<dyn Fn() -> ByteStream + Send + Sync>,
}

impl Source {
    /// Bytes in memory.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self::stream(bytes.len() as u64, move || {
            stream::iter([Ok(bytes.clone())])
        })
    }

    /// A range of a file, in bytes. The file is opened anew for every attempt.
    pub fn file(path: impl Into<PathBuf>, range: Range<u64>) -> Self {
        let path = path.into();
        Self::stream(range.end.saturating_sub(range.start), move || {
            read_range(path.clone(), range.clone())
        })
    }

    /// Several, one after the other.
    pub fn parts(parts: Vec<Self>) -> Self {
        let len = parts.iter().map(Self::len).sum();
        Self::stream(len, move || {
            let opens: Vec<_> = parts.iter().map(|part| part.open.clone()).collect();
            stream::iter(opens).flat_map(|open| open())
        })
    }

    /// Whatever `open` gives, which must be the same `len` bytes each time: an attempt with more or
    /// fewer fails.
    pub fn stream<S>(len: u64, open: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self {
            len,
            open: Arc::new(move || open().boxed()),
        }
    }

    /// The length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes, for one attempt; an error at the first byte too many, or at the end when some are
    /// missing.
    pub(crate) fn read(&self) -> impl Stream<Item = Result<Bytes, ContentError>> + Send + use<> {
        let expected = self.len;
        let end = stream::once(async { Ok(Bytes::new()) });
        (self.open)()
            .map_ok(Some)
            .chain(end.map_ok(|_| None))
            .scan(0, move |seen, item| {
                let checked = match item {
                    Ok(Some(bytes)) => {
                        *seen += bytes.len() as u64;
                        if *seen > expected {
                            Err(changed(*seen, expected))
                        } else {
                            Ok(bytes)
                        }
                    }
                    Ok(None) if *seen < expected => Err(changed(*seen, expected)),
                    Ok(None) => Ok(Bytes::new()),
                    Err(error) => Err(ContentError(error)),
                };
                std::future::ready(Some(checked))
            })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({} bytes)", self.len)
    }
}

/// Reads ahead on a thread of its own, into the buffers that are sent: the kernel copies the bytes, nobody else does.
fn read_range(path: PathBuf, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(READ_AHEAD);
    tokio::task::spawn_blocking(move || {
        let opened = File::open(path).and_then(|mut file| {
            file.seek(io::SeekFrom::Start(range.start))?;
            Ok(file.take(range.end.saturating_sub(range.start)))
        });
        let mut reader = match opened {
            Ok(rest) => Reader::new(rest),
            Err(error) => {
                let _ = sender.blocking_send(Err(error));
                return;
            }
        };
        while let Some(message) = reader.next().transpose() {
            let failed = message.is_err();
            // Nobody takes it any more where the attempt was given up.
            if sender.blocking_send(message).is_err() || failed {
                return;
            }
        }
    });
    stream::unfold(receiver, |mut receiver| async move {
        let message = receiver.recv().await?;
        Some((message, receiver))
    })
}

/// Reads into buffers that come back when they were sent: fresh memory for each would cost more than the reading.
struct Reader<R> {
    rest: R,
    home: std::sync::mpsc::Sender<Vec<u8>>,
    spare: std::sync::mpsc::Receiver<Vec<u8>>,
}

impl<R: Read> Reader<R> {
    fn new(rest: R) -> Self {
        let (home, spare) = std::sync::mpsc::channel();
        Self { rest, home, spare }
    }

    /// The next bytes, [`READ`] at most; `None` at the end.
    fn next(&mut self) -> io::Result<Option<Bytes>> {
        let mut buffer = self.spare.try_recv().unwrap_or_else(|_| vec![0; READ]);
        let filled = loop {
            match self.rest.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        let lent = Lent {
            buffer,
            filled,
            home: self.home.clone(),
        };
        Ok((filled > 0).then(|| Bytes::from_owner(lent)))
    }
}

/// A buffer on its way to the connection, which goes home from there.
struct Lent {
    buffer: Vec<u8>,
    filled: usize,
    home: std::sync::mpsc::Sender<Vec<u8>>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        self.buffer.get(..self.filled).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // The file may be read to its end, and nobody home.
        let _ = self.home.send(std::mem::take(&mut self.buffer));
    }
}

fn changed(seen: u64, expected: u64) -> ContentError {
    let text = format!(
        "expected {expected} bytes, found {}{seen}: the file changed while it was read",
        if seen > expected { "at least " } else { "" }
    );
    ContentError(io::Error::new(io::ErrorKind::InvalidData, text))
}

/// Marks a failure to read what is to be sent, so that it is told from a failure to send it.
#[derive(Debug)]
pub(crate) struct ContentError(pub(crate) io::Error);

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for ContentError {}

#[cfg(test)]
mod tests {
    use super::*;

    async fn collect(source: &Source) -> Result<Vec<u8>, String> {
        let parts: Result<Vec<Bytes>, ContentError> = source.read().try_collect().await;
        parts
            .map(|parts| parts.concat())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_range_of_a_file_is_read_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, b"0123456789").unwrap();
        let source = Source::file(&path, 2..6);
        assert_eq!(source.len(), 4);
        for _ in 0..2 {
            assert_eq!(collect(&source).await.unwrap(), b"2345");
        }
    }

    #[tokio::test]
    async fn a_large_range_comes_whole_and_in_order_from_buffers_used_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let bytes: Vec<u8> = (0..5 * READ + 7).map(|at| (at / 251 % 256) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let source = Source::file(&path, 3..bytes.len() as u64);
        assert!(collect(&source).await.unwrap() == bytes[3..]);

        let mut reader = Reader::new(bytes.as_slice());
        let first = reader.next().unwrap().unwrap();
        let at = first.as_ptr();
        assert!(reader.next().unwrap().unwrap().as_ptr() != at, "still lent");
        drop(first);
        let again: Vec<_> = (0..2)
            .map(|_| reader.next().unwrap().unwrap().as_ptr())
            .collect();
        assert!(again.contains(&at));
    }

    #[tokio::test]
    async fn a_file_that_shrank_is_an_error_and_so_is_a_missing_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, b"0123").unwrap();
        let error = collect(&Source::file(&path, 2..6)).await.unwrap_err();
        assert!(error.contains("expected 4 bytes, found 2"), "{error}");
        assert!(
            collect(&Source::file(dir.path().join("no"), 0..1))
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn a_stream_that_gives_too_much_is_an_error() {
        let source = Source::stream(3, || stream::iter([Ok(Bytes::from_static(b"0123"))]));
        assert!(collect(&source).await.unwrap_err().contains("at least 4"));
        assert_eq!(collect(&Source::bytes("0123")).await.unwrap(), b"0123");
    }
}
