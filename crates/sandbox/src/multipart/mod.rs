//! A streaming reader of the multipart bodies that the API takes, as strict as the API is.
//!
//! A publish or an append must be `multipart/mixed` with an unquoted boundary; an empty payload part needs
//! its own empty line. Feed it buffers, take events; it holds back no more than a boundary's length.

mod headers;

use bytes::{Bytes, BytesMut};
use memchr::memmem;

use headers::MAX_BOUNDARY;
pub(crate) use headers::{PartHeaders, boundary};

const MAX_HEADER_BYTES: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Publish and append: `multipart/mixed` only.
    MixedOnly,
    /// Imports and validation: form-data too.
    FormDataToo,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum MultipartError {
    #[error("the Content-Type must be multipart/mixed with a boundary, not '{0}'")]
    NotMultipart(String),
    #[error("the Content-Type of this request must be multipart/mixed, not multipart/form-data")]
    FormData,
    #[error("the boundary in the Content-Type must not be quoted")]
    QuotedBoundary,
    #[error("the boundary must be 1 to {MAX_BOUNDARY} characters")]
    BoundaryLength,
    #[error("the multipart body is malformed: {0}")]
    Malformed(&'static str),
    /// The vendor's server answers this one with a server error.
    #[error("an empty part must still have its own empty line before the next boundary")]
    MissingEmptyLine,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Part(PartHeaders),
    Data(Bytes),
    PartEnd,
    /// The closing boundary was seen; what follows is ignored.
    End,
    /// Feed another buffer.
    NeedMore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Preamble,
    AfterBoundary,
    Headers,
    BodyStart,
    Body,
    Done,
}

#[derive(Debug)]
pub(crate) struct Parser {
    /// CRLF, two hyphens, boundary.
    delimiter: Vec<u8>,
    finder: memmem::Finder<'static>,
    buffer: BytesMut,
    /// Body bytes that follow the buffer's, as they came: handed on without being copied. Empty when more is needed.
    fresh: Bytes,
    state: State,
}

impl Parser {
    pub(crate) fn new(boundary: &str) -> Self {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        let finder = memmem::Finder::new(&delimiter).into_owned();
        // The body's very first boundary has no CRLF before it: lend it one.
        Self {
            delimiter,
            finder,
            buffer: BytesMut::from(&b"\r\n"[..]),
            fresh: Bytes::new(),
            state: State::Preamble,
        }
    }

    pub(crate) fn feed(&mut self, data: Bytes) {
        match self.state {
            State::Done => {}
            State::Body if self.buffer.len() < self.delimiter.len() => self.fresh = data,
            _ => self.buffer.extend_from_slice(&data),
        }
    }

    /// An error when the body ends here.
    pub(crate) fn finish(&self) -> Result<(), MultipartError> {
        match self.state {
            State::Done => Ok(()),
            State::Preamble => Err(MultipartError::Malformed("the boundary never occurs")),
            _ => Err(MultipartError::Malformed(
                "it ends before the closing boundary",
            )),
        }
    }

    pub(crate) fn next(&mut self) -> Result<Event, MultipartError> {
        loop {
            match self.state {
                State::Done => return Ok(Event::End),
                State::Preamble => {
                    let Some(at) = self.finder.find(&self.buffer) else {
                        let keep = self.buffer.len().min(self.delimiter.len());
                        let _ = self.buffer.split_to(self.buffer.len() - keep);
                        return Ok(Event::NeedMore);
                    };
                    let _ = self.buffer.split_to(at + self.delimiter.len());
                    self.state = State::AfterBoundary;
                }
                State::AfterBoundary => {
                    if !self.after_boundary()? {
                        return Ok(Event::NeedMore);
                    }
                }
                State::Headers => {
                    return match self.headers()? {
                        Some(headers) => Ok(Event::Part(headers)),
                        None => Ok(Event::NeedMore),
                    };
                }
                State::BodyStart => {
                    let bare = &self.delimiter[2..];
                    let seen = self.buffer.len().min(bare.len());
                    if self.buffer[..seen] == bare[..seen] {
                        if seen < bare.len() {
                            return Ok(Event::NeedMore);
                        }
                        return Err(MultipartError::MissingEmptyLine);
                    }
                    self.state = State::Body;
                }
                State::Body => return Ok(self.body()),
            }
        }
    }

    /// Whether it could tell what follows the boundary.
    fn after_boundary(&mut self) -> Result<bool, MultipartError> {
        let padding = self
            .buffer
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        let Some(rest) = self.buffer.get(padding..padding + 2) else {
            return Ok(false);
        };
        match rest {
            b"--" if padding == 0 => {
                self.state = State::Done;
                self.buffer.clear();
            }
            b"\r\n" => {
                let _ = self.buffer.split_to(padding + 2);
                self.state = State::Headers;
            }
            _ => {
                return Err(MultipartError::Malformed(
                    "a boundary is not followed by a line end",
                ));
            }
        }
        Ok(true)
    }

    fn headers(&mut self) -> Result<Option<PartHeaders>, MultipartError> {
        let end = if self.buffer.starts_with(b"\r\n") {
            Some(0)
        } else {
            memmem::find(&self.buffer, b"\r\n\r\n").map(|at| at + 2)
        };
        let Some(end) = end else {
            if self.buffer.len() > MAX_HEADER_BYTES {
                return Err(MultipartError::Malformed(
                    "the headers of a part are too long",
                ));
            }
            return Ok(None);
        };
        let head = self.buffer.split_to(end);
        let _ = self.buffer.split_to(2);
        self.state = State::BodyStart;
        let text = std::str::from_utf8(&head)
            .map_err(|_| MultipartError::Malformed("the headers of a part are not UTF-8"))?;
        headers::parse(text).map(Some)
    }

    fn body(&mut self) -> Event {
        if self.fresh.is_empty() {
            return self.buffered_body();
        }
        let held = self.delimiter.len() - 1;
        if !self.buffer.is_empty() {
            // The delimiter may begin in what was held back.
            let (tail, reach) = (self.buffer.len(), self.fresh.len().min(held));
            self.buffer.extend_from_slice(&self.fresh[..reach]);
            if self.fresh.len() <= held || self.finder.find(&self.buffer).is_some() {
                let rest = std::mem::take(&mut self.fresh);
                self.buffer.extend_from_slice(&rest[reach..]);
                return self.buffered_body();
            }
            self.buffer.truncate(tail);
            return Event::Data(self.buffer.split().freeze());
        }
        let end = self.finder.find(&self.fresh);
        let data = end.unwrap_or(self.fresh.len().saturating_sub(held));
        let data = self.fresh.split_to(data);
        // What may be, or is, the delimiter.
        self.buffer
            .extend_from_slice(&std::mem::take(&mut self.fresh));
        if data.is_empty() {
            return self.buffered_body();
        }
        Event::Data(data)
    }

    fn buffered_body(&mut self) -> Event {
        match self.finder.find(&self.buffer) {
            Some(0) => {
                let _ = self.buffer.split_to(self.delimiter.len());
                self.state = State::AfterBoundary;
                Event::PartEnd
            }
            Some(at) => Event::Data(self.buffer.split_to(at).freeze()),
            None => {
                let held = self.delimiter.len() - 1;
                if self.buffer.len() <= held {
                    return Event::NeedMore;
                }
                Event::Data(self.buffer.split_to(self.buffer.len() - held).freeze())
            }
        }
    }
}

/// Feeds a body in pieces of `step` bytes and counts the bytes of its parts.
#[cfg(fuzzing)]
pub fn fuzz(content_type: &str, body: &[u8], step: usize) -> Option<usize> {
    let mut parser = Parser::new(&boundary(content_type, Strictness::FormDataToo).ok()?);
    let mut bytes = 0;
    for piece in body.chunks(step.max(1)) {
        parser.feed(Bytes::copy_from_slice(piece));
        loop {
            match parser.next().ok()? {
                Event::Data(data) => bytes += data.len(),
                Event::NeedMore | Event::End => break,
                Event::Part(_) | Event::PartEnd => {}
            }
        }
    }
    parser.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds the body in pieces of `step` bytes; gives each part's headers and bytes.
    fn read(body: &[u8], step: usize) -> Result<Vec<(PartHeaders, Vec<u8>)>, MultipartError> {
        read_pieces(body.chunks(step))
    }

    fn read_pieces<'a>(
        pieces: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Vec<(PartHeaders, Vec<u8>)>, MultipartError> {
        let mut parser = Parser::new("b");
        let mut parts: Vec<(PartHeaders, Vec<u8>)> = Vec::new();
        for piece in pieces {
            parser.feed(Bytes::copy_from_slice(piece));
            loop {
                match parser.next()? {
                    Event::Part(headers) => parts.push((headers, Vec::new())),
                    Event::Data(data) => parts.last_mut().unwrap().1.extend_from_slice(&data),
                    Event::PartEnd => {}
                    Event::NeedMore | Event::End => break,
                }
            }
        }
        parser.finish()?;
        Ok(parts)
    }

    const BODY: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"request_payload\"; filename=\"\"\r\n\
        Content-Type: text/xml\r\n\r\n\r\n--b\r\nContent-Disposition: name=\"tableau_file\"; filename=file\r\n\r\n\
        a\r\n--\r\n--bad\r\n--b--\r\n";

    #[test]
    fn any_split_gives_the_same_parts() {
        let body = [&BODY[..BODY.len() - 16], b"a\r\n--x\r\nz\r\n--b--"].concat();
        let whole = read(&body, body.len()).unwrap();
        assert_eq!(whole.len(), 2);
        assert_eq!(whole[0].0.name, "request_payload");
        assert!(whole[0].1.is_empty());
        assert_eq!(whole[1].0.filename.as_deref(), Some("file"));
        for step in 1..body.len() {
            assert_eq!(read(&body, step).unwrap(), whole, "step {step}");
        }
        for one in 1..body.len() {
            for other in one..body.len().min(one + 16) {
                let pieces = [&body[..one], &body[one..other], &body[other..]];
                assert_eq!(
                    read_pieces(pieces).unwrap(),
                    whole,
                    "split at {one} and {other}"
                );
            }
        }
    }

    #[test]
    fn a_boundary_prefix_inside_data_is_malformed_only_when_it_is_a_boundary() {
        // "\r\n--bad" starts with the delimiter and goes on: RFC 2046 forbids it within a part.
        assert_eq!(
            read(BODY, BODY.len()).unwrap_err(),
            MultipartError::Malformed("a boundary is not followed by a line end")
        );
    }

    #[test]
    fn an_empty_part_needs_its_own_line() {
        let body = b"--b\r\nContent-Disposition: name=\"request_payload\"\r\n\r\n--b--";
        assert_eq!(read(body, 3).unwrap_err(), MultipartError::MissingEmptyLine);
    }

    #[test]
    fn truncation_is_told() {
        let good = b"--b\r\nContent-Disposition: name=\"x\"\r\n\r\nabc\r\n--b--";
        assert_eq!(read(good, 5).unwrap().len(), 1);
        for end in 0..good.len() - 2 {
            assert!(read(&good[..end], 7).is_err(), "{end}");
        }
    }
}
