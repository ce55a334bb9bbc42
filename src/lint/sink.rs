//! Where rules put what they find: places are resolved here, once.

use std::borrow::Cow;
use std::sync::Arc;

use crate::content::model::Text;
use crate::diagnostic::{Edit, Finding, Fix, Level, NotChecked, Place, Span, Subject};

use super::rule::InputFile;

/// What rules say about one file.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) findings: Vec<Finding>,
    pub(super) not_checked: Vec<NotChecked>,
}

/// Takes what one rule says about one file.
pub struct Sink<'s> {
    file: InputFile<'s>,
    rule: Cow<'static, str>,
    level: Level,
    /// The file, once something is said about it.
    whole: Option<Place>,
    said: &'s mut Said,
}

impl<'s> Sink<'s> {
    pub(super) fn new(
        file: InputFile<'s>,
        rule: Cow<'static, str>,
        level: Level,
        said: &'s mut Said,
    ) -> Self {
        Self {
            file,
            rule,
            level,
            whole: None,
            said,
        }
    }

    /// The file, of which all findings of the rule hold one copy of the name: not one for all rules, for which cores would wait.
    fn whole(&mut self) -> Place {
        let whole = self.whole.get_or_insert_with(|| Place {
            file: Arc::new(self.file.path.to_owned()),
            member: self.file.content.member().map(Into::into),
            ..Place::default()
        });
        whole.clone()
    }

    /// Reports something at a place of the inner document.
    pub fn report(
        &mut self,
        span: Span,
        subjects: Vec<Subject>,
        message: impl Into<String>,
    ) -> Report<'_> {
        let document = self.file.content.document();
        let positions = document.map(|d| d.source().positions(span));
        let place = Place {
            span: Some(span),
            start: positions.map(|(start, _)| start),
            end: positions.map(|(_, end)| end),
            ..self.whole()
        };
        self.push(place, subjects, message.into())
    }

    /// Reports something about the file as a whole.
    pub fn report_file(&mut self, message: impl Into<String>) -> Report<'_> {
        let place = Place {
            member: None,
            ..self.whole()
        };
        self.push(place, Vec::new(), message.into())
    }

    /// Reports bytes of a value, given in its unescaped form.
    pub fn report_in(
        &mut self,
        text: &Text,
        start: u32,
        end: u32,
        subjects: Vec<Subject>,
        message: impl Into<String>,
    ) -> Report<'_> {
        let raw = self
            .file
            .content
            .document()
            .map(|d| d.source().slice(text.span))
            .unwrap_or_default();
        let (from, to) = (raw_offset(raw, start), raw_offset(raw, end.max(start)));
        let span = Span::new(text.span.start + from, text.span.start + to);
        self.report(span, subjects, message)
    }

    /// Notes that the rule could not look at something, and why: silence is taken for health.
    pub fn not_checked(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.said.not_checked.push(NotChecked {
            file: self.file.path.to_owned(),
            what: what.into(),
            why: why.into(),
        });
    }

    fn push(
        &mut self,
        place: Place,
        mut subjects: Vec<Subject>,
        mut message: String,
    ) -> Report<'_> {
        shorten(&mut message);
        subjects.iter_mut().for_each(|s| shorten(&mut s.name));
        let findings = &mut self.said.findings;
        findings.push(Finding {
            rule: self.rule.clone(),
            level: self.level,
            message,
            help: None,
            place,
            subjects,
            fix: None,
        });
        let at = findings.len() - 1;
        Report {
            finding: &mut findings[at],
        }
    }
}

/// Bytes of a name or a message that people may read to its end.
const LONG: usize = 2000;

/// Leaves the begin and the end of a text in which a name of a megabyte stands.
fn shorten(text: &mut String) {
    if text.len() <= LONG {
        return;
    }
    let boundary = |at: usize| {
        let mut near = at..at + 4;
        near.find(|at| text.is_char_boundary(*at)).unwrap_or(at)
    };
    let (from, to) = (boundary(LONG / 4), boundary(text.len() - LONG / 4));
    text.replace_range(from..to, "…");
}

/// A finding that was just reported.
pub struct Report<'r> {
    finding: &'r mut Finding,
}

impl Report<'_> {
    /// Makes it no worse than `level`, whatever the rule's own is.
    pub fn at_most(self, level: Level) -> Self {
        self.finding.level = self.finding.level.min(level);
        self
    }

    /// What to do about it.
    pub fn help(self, help: impl Into<Cow<'static, str>>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// A repair for `--fix`: nobody looks at it before it is written, so it must be right whatever the author meant. It
    /// takes away what the rule found, changes nothing that people see beyond the description, and keeps every other
    /// byte. Texts are escaped already ([`escape_attribute`](crate::content::edit::escape_attribute)).
    ///
    /// The description is imperative: "remove the password".
    pub fn fix(self, description: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.finding.fix = Some(Box::new(Fix {
            description: description.into(),
            edits,
        }));
        self
    }
}

impl Report<'_> {
    /// [`Report::fix`], where there is one.
    pub fn fix_if(self, fix: Option<(String, Vec<Edit>)>) -> Self {
        match fix {
            Some((description, edits)) => self.fix(description, edits),
            None => self,
        }
    }
}

/// Where the byte `offset` of the unescaped value is in the escaped one.
fn raw_offset(raw: &str, offset: u32) -> u32 {
    let (mut at, mut seen) = (0, 0);
    while at < raw.len() && seen < offset as usize {
        let rest = &raw[at..];
        let entity = rest.starts_with('&').then(|| rest.find(';')).flatten();
        match entity {
            Some(end) => {
                seen +=
                    quick_xml::escape::unescape(&rest[..=end]).map_or(end + 1, |text| text.len());
                at += end + 1;
            }
            None => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                seen += length;
                at += length;
            }
        }
    }
    at as u32
}

#[cfg(test)]
mod tests {
    use super::{LONG, raw_offset, shorten};

    #[test]
    fn a_long_text_keeps_its_begin_and_its_end() {
        let short = "é".repeat(LONG / 2);
        for (mut text, kept) in [(short.clone(), true), (format!("a{short}b"), false)] {
            let before = text.clone();
            shorten(&mut text);
            assert_eq!(text == before, kept);
            assert!(kept || text.len() < LONG && text.contains('…'), "{text}");
            let (begin, end) = text.split_once('…').unwrap_or((&text, &text));
            assert!(before.starts_with(begin) && before.ends_with(end), "{text}");
        }
    }

    #[test]
    fn offsets_count_entities_as_what_they_stand_for() {
        let raw = "a&lt;&#10;é&amp;b";
        let of = |n| &raw[raw_offset(raw, n) as usize..];
        assert_eq!(
            (of(0), of(1), of(2), of(3), of(5), of(6)),
            (
                raw,
                "&lt;&#10;é&amp;b",
                "&#10;é&amp;b",
                "é&amp;b",
                "&amp;b",
                "b"
            )
        );
        assert_eq!(of(99), "");
    }
}
