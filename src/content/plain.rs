//! The quick way from a text to its tree: one look at each byte, and a piece of the text on each core.
//!
//! It knows documents as Tableau writes them. All that is written in another way, and all that may be broken, it leaves to the
//! careful way in [`read`](super::read), which is the judge of both: what this one accepts makes the same tree there.

use std::ops::Range;

use crate::diagnostic::Span;
use crate::parallel;

use super::builder::Builder;
use super::read::{check_value, control};
use super::tree::RawAttribute;

/// Bytes from which on a second thread is worth its start.
const LARGE: usize = 1 << 20;

/// `None` for what is not plain, and for what is wrong.
pub(super) fn build(text: &str) -> Option<Builder> {
    let threads = if text.len() < LARGE {
        1
    } else {
        parallel::cores()
    };
    join(text, &pieces(text, threads))
}

fn join(text: &str, pieces: &[Range<usize>]) -> Option<Builder> {
    let read = parallel::map(pieces, pieces.len(), |piece| Scanner::read(text, piece));
    let mut read = read.into_iter();
    let mut whole = read.next()??;
    for piece in read {
        whole.append(piece?, text)?;
    }
    whole.check().ok()?;
    Some(whole)
}

/// About equal parts of the text. Each but the first begins with an end tag, as it seems: should it be part of a comment, then
/// the piece before does not end there, and [`Scanner::read`] says so.
fn pieces(text: &str, count: usize) -> Vec<Range<usize>> {
    let end_tag = |number: usize| {
        let near = number * text.len() / count;
        let rest = text.as_bytes().get(near..)?;
        Some(near + memchr::memmem::find(rest, b"</")?)
    };
    let mut cuts: Vec<usize> = (1..count).filter_map(end_tag).collect();
    cuts.dedup();
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([text.len()]);
    starts.zip(ends).map(|(start, end)| start..end).collect()
}

/// Reads one piece.
struct Scanner<'t> {
    /// Up to the end of the piece.
    text: &'t str,
    at: usize,
    /// Elements may be open that began before the piece.
    inside: bool,
    builder: Builder,
}

impl<'t> Scanner<'t> {
    fn read(text: &'t str, piece: &Range<usize>) -> Option<Builder> {
        // The first takes the others up.
        let builder = match piece.start {
            0 => Builder::for_bytes(text.len()),
            _ => Builder::in_pieces(),
        };
        let text = text.get(..piece.end)?;
        if control(text.as_bytes().get(piece.start..)?).is_some() {
            return None;
        }
        let mut scanner = Self {
            text,
            at: piece.start,
            inside: piece.start > 0,
            builder,
        };
        scanner.characters()?;
        while let Some(next) = scanner.bytes(1) {
            match next {
                b'/' => scanner.end_tag()?,
                b'?' => scanner.instruction()?,
                b'!' => scanner.comment_or_cdata()?,
                _ => scanner.start_tag()?,
            }
            scanner.characters()?;
        }
        (scanner.at == text.len()).then_some(scanner.builder)
    }

    /// The byte so far ahead.
    fn bytes(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Up to the next `<`.
    fn characters(&mut self) -> Option<()> {
        let rest = self.rest();
        let mut length = memchr::memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        if rest.get(length) == Some(&b'&') {
            length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            check_value(self.text.get(self.at..self.at + length)?, 0).ok()?;
        }
        if self.builder.stack.is_empty() && !rest.get(..length)?.iter().all(u8::is_ascii_whitespace)
        {
            return None;
        }
        self.at += length;
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        if self.builder.stack.is_empty() && !self.inside && !self.builder.nodes.is_empty() {
            return None;
        }
        let start = self.at;
        let rest = self.rest().get(1..)?;
        let (name, length) = match self.builder.next_name(rest, &ENDS_TAG) {
            Some(known) => known,
            None => {
                let length = until(rest, &ENDS_TAG)?;
                let name = self.text.get(start + 1..start + 1 + length)?;
                (self.builder.name(name, 0).ok()?, length)
            }
        };
        self.at += 1 + length;
        let first = self.builder.attributes.len();
        let has_content = loop {
            let spaces = self.rest().iter().take_while(|b| b.is_ascii_whitespace());
            let spaces = spaces.count();
            self.at += spaces;
            match self.bytes(0)? {
                b'>' => break true,
                b'/' if self.bytes(1)? == b'>' => break false,
                _ if spaces > 0 => self.attribute()?,
                _ => return None,
            }
        };
        self.at += if has_content { 1 } else { 2 };
        let tag = Span::new(start as u32, self.at as u32);
        self.builder.open(name, tag, first, has_content).ok()
    }

    /// `name='value'`.
    fn attribute(&mut self) -> Option<()> {
        let rest = self.rest();
        let (name, length) = match self.builder.next_name(rest, &ENDS_KEY) {
            Some((name, length)) => (self.builder.once(name).then_some(name)?, length),
            None => {
                let length = until(rest, &ENDS_KEY)?;
                let key = self.text.get(self.at..self.at + length)?;
                (self.builder.attribute_name(key, 0).ok()?, length)
            }
        };
        let quote = match rest.get(length..length + 2)? {
            [b'=', quote @ (b'\'' | b'"')] => *quote,
            _ => return None,
        };
        let start = self.at + length + 2;
        self.at = start;
        loop {
            self.at += memchr::memchr3(quote, b'&', b'<', self.rest())?;
            match self.bytes(0)? {
                b'<' => return None,
                b'&' => self.at += self.reference()?,
                _ => break,
            }
        }
        let value = Span::new(start as u32, self.at as u32);
        self.at += 1;
        self.builder.attributes.push(RawAttribute { name, value });
        Some(())
    }

    /// How long the reference is that begins here.
    fn reference(&self) -> Option<usize> {
        let rest = self.rest();
        if let Some(common) = COMMON.iter().find(|common| rest.starts_with(common)) {
            return Some(common.len());
        }
        let length = 1 + memchr::memchr(b';', rest)?;
        check_value(self.text.get(self.at..self.at + length)?, 0).ok()?;
        Some(length)
    }

    fn end_tag(&mut self) -> Option<()> {
        let start = self.at;
        let end = match self.builder.innermost() {
            Some(name) => {
                let behind = self.rest().get(2..)?.strip_prefix(name.as_bytes())?;
                (behind.first()? == &b'>').then_some(start + 2 + name.len() + 1)?
            }
            None => start + memchr::memchr(b'>', self.rest())? + 1,
        };
        self.at = end;
        let tag = Span::new(start as u32, end as u32);
        if !self.builder.close(tag) {
            self.inside.then(|| self.builder.close_outer(tag))?;
        }
        Some(())
    }

    /// `<?xml version='1.0' encoding='utf-8' ?>`.
    fn instruction(&mut self) -> Option<()> {
        self.bytes(2).filter(u8::is_ascii_alphabetic)?;
        self.at += memchr::memmem::find(self.rest(), b"?>")? + 2;
        Some(())
    }

    fn comment_or_cdata(&mut self) -> Option<()> {
        let rest = self.rest();
        if let Some(inner) = rest.strip_prefix(b"<![CDATA[") {
            self.at += "<![CDATA[".len() + memchr::memmem::find(inner, b"]]>")? + "]]>".len();
            return Some(());
        }
        let inner = rest.strip_prefix(b"<!--")?;
        let length = memchr::memmem::find(inner, b"--")?;
        (inner.get(length + 2)? == &b'>').then_some(())?;
        self.at += "<!--".len() + length + "-->".len();
        Some(())
    }
}

/// References that need no second look.
const COMMON: [&[u8]; 6] = [b"&quot;", b"&#10;", b"&apos;", b"&amp;", b"&lt;", b"&gt;"];

/// Bytes that are looked for, each at its place.
type Bytes = [bool; 256];

const ENDS_TAG: Bytes = bytes(b"\t\n\x0c\r />");
const ENDS_KEY: Bytes = bytes(b"\t\n\x0c\r />=<\"'");

const fn bytes(wanted: &[u8]) -> Bytes {
    let mut all = [false; 256];
    let mut at = 0;
    while at < wanted.len() {
        all[wanted[at] as usize] = true;
        at += 1;
    }
    all
}

/// How many bytes come before the first of these: names are short, and one look into a table is all that each byte takes.
fn until(rest: &[u8], bytes: &Bytes) -> Option<usize> {
    rest.iter().position(|b| bytes[usize::from(*b)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::read::carefully;
    use super::*;

    /// Everything that Tableau writes, and some that it does not: each is plain.
    const PLAIN: [&str; 6] = [
        "<?xml version='1.0'?>\n<!-- build 1 -->\n<a x='1 &amp; 2' y=\"'\"><b/><c>t &lt;</c></a>\n",
        "<a xmlns:user='u'><b user:op='x' /><b><![CDATA[</b><c>]]></b><!-- </b> --><_.fcp.F.true...b /></a>",
        "<a\n  x='1'\n  y='2'\n>\n  <b>\n    <c></c>\n  </b>\n</a>",
        "<é>\u{c6}&#10;<b/></é>",
        "<a><b><b><b></b></b><b/></b><c><b x='>'/></c></a>",
        "<a x='' />",
    ];

    const NOT_PLAIN: [&str; 24] = [
        "",
        "x",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><a/>",
        "<a></a></a>",
        "<a/>x",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='&x;'/>",
        "<a>&</a>",
        "<a b = '1'/>",
        "<a b='1'c='2'/>",
        "<a b/>",
        "<a b=1/>",
        "<a/ >",
        "<1/>",
        "<a></a >",
        "<!DOCTYPE a><a/>",
        "<a><!-- -- --></a>",
        "<a x:y='1'/>",
        "<a>\u{1}</a>",
        "<a b='",
    ];

    /// However it is cut.
    fn each_way(text: &str) -> impl Iterator<Item = Option<Builder>> {
        (1..9).map(|count| join(text, &pieces(text, count)))
    }

    fn parts(builder: Builder) -> impl PartialEq + std::fmt::Debug {
        let (nodes, attributes) = (builder.nodes, builder.attributes);
        (nodes.into_whole(), attributes.into_whole(), builder.names)
    }

    #[test]
    fn what_is_plain_makes_the_tree_that_it_makes_with_care() {
        for text in PLAIN {
            let right = carefully(text).map(parts).unwrap();
            assert_eq!(build(text).map(parts).unwrap(), right, "{text}");
            for found in each_way(text).flatten() {
                assert_eq!(parts(found), right, "{text}");
            }
        }
        // The second cut is in no comment.
        assert!(join(PLAIN[4], &pieces(PLAIN[4], 2)).is_some());
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_judge() {
        for text in NOT_PLAIN {
            assert!(each_way(text).all(|found| found.is_none()), "{text}");
        }
        let deep = |levels| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert!(each_way(&deep(256)).any(|found| found.is_some()));
        assert!(each_way(&deep(257)).all(|found| found.is_none()));
    }

    proptest! {
        /// Whatever is accepted here is a document for the judge too, with the same tree.
        #[test]
        fn nothing_is_accepted_that_is_broken(
            first in prop::sample::select(&PLAIN[..]),
            second in prop::sample::select([PLAIN.as_slice(), NOT_PLAIN.as_slice()].concat()),
            cut in 0usize..120,
            from in 0usize..120,
            length in 0usize..40,
        ) {
            let characters = |text: &str, from, length| -> String { text.chars().skip(from).take(length).collect() };
            let (head, tail) = (characters(first, 0, cut), characters(first, cut, usize::MAX));
            let text = format!("{head}{}{tail}", characters(second, from, length));
            for found in each_way(&text).flatten() {
                let right = carefully(&text);
                prop_assert!(right.is_ok(), "{text}");
                prop_assert_eq!(parts(found), right.map(parts).unwrap());
            }
        }
    }
}
