//! The two documents side by side, and the changes found so far.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::content::Document;
use crate::content::model::Element;
use crate::diagnostic::{Position, Span, Subject};

use super::change::{Action, Change, Detail, Kind, Risk};
use super::hunks;
use super::names::Names;
use super::reach::Reach;

/// One of the two documents.
#[derive(Debug)]
pub(super) struct Side<'d> {
    pub(super) document: &'d Document,
    pub(super) names: Names<'d>,
    pub(super) reach: Reach,
}

impl<'d> Side<'d> {
    pub(super) fn new(document: &'d Document) -> Self {
        Self {
            document,
            names: Names::of(document),
            reach: Reach::of(document),
        }
    }

    pub(super) fn position(&self, span: Span) -> Position {
        self.document.source().position(span.start)
    }
}

/// What the later document calls by another name: so that a rename is one change, not one at each mention.
#[derive(Debug, Default)]
pub(super) struct Renames {
    /// Later sheet name to earlier one.
    pub(super) sheets: HashMap<String, String>,
    /// Later `[internal data source name]` to earlier one.
    pub(super) datasources: Vec<(String, String)>,
}

impl Renames {
    /// A text of the later document as the earlier one would have written it.
    pub(super) fn earlier<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = match self.sheets.get(text) {
            Some(sheet) => Cow::Owned(sheet.clone()),
            None => Cow::Borrowed(text),
        };
        for (later, earlier) in &self.datasources {
            let bare = |name: &str| name.trim_matches(['[', ']']).to_owned();
            if text.contains(later.as_str()) {
                text = Cow::Owned(text.replace(later.as_str(), earlier));
            } else if text == bare(later) {
                text = Cow::Owned(bare(earlier));
            }
        }
        for (later, earlier) in &self.sheets {
            if text.contains(later.as_str()) || text.contains("%20") {
                text = Cow::Owned(sheet_mentions(&text, later, earlier));
            }
        }
        text
    }

    pub(super) fn sheet<'t>(&'t self, later: &'t str) -> &'t str {
        self.sheets.get(later).map_or(later, String::as_str)
    }
}

/// Where a sheet's name stands inside of a longer value: links of filter actions, lists of excluded sheets, tooltips.
fn sheet_mentions(text: &str, later: &str, earlier: &str) -> String {
    let encode = |name: &str| name.replace('%', "%25").replace(' ', "%20");
    let mut text = text.to_owned();
    for (from, to) in [
        (
            format!("tsl:{}?", encode(later)),
            format!("tsl:{}?", encode(earlier)),
        ),
        // In the text of a tooltip, and in a canonical rendering.
        (format!("=\"{later}\""), format!("=\"{earlier}\"")),
    ] {
        text = text.replace(&from, &to);
    }
    if text.contains(',') && text.split(',').any(|item| item == later) {
        let items: Vec<&str> = text
            .split(',')
            .map(|item| if item == later { earlier } else { item })
            .collect();
        text = items.join(",");
    }
    text
}

#[derive(Debug)]
pub(super) struct Comparison<'d> {
    pub(super) before: Side<'d>,
    pub(super) after: Side<'d>,
    pub(super) renames: Renames,
    pub(super) changes: Vec<Change>,
}

impl<'d> Comparison<'d> {
    pub(super) fn new(before: &'d Document, after: &'d Document) -> Self {
        Self {
            before: Side::new(before),
            after: Side::new(after),
            renames: Renames::default(),
            changes: Vec::new(),
        }
    }

    /// Says a change; `places` are of the earlier and the later document.
    pub(super) fn say(&mut self, what: What, places: (Option<Span>, Option<Span>)) {
        let change = what.change(
            places.0.map(|s| self.before.position(s)),
            places.1.map(|s| self.after.position(s)),
        );
        self.changes.push(change);
    }

    /// Whatever was said since there were `from` changes, and names no sheets yet, is seen on these.
    pub(super) fn seen_on(&mut self, from: usize, sheets: &[String]) {
        for change in self.changes.iter_mut().skip(from) {
            if change.reaches.is_empty() {
                change.reaches = sheets.to_vec();
            }
        }
    }

    /// The two texts are the same but for names that changed as a whole.
    pub(super) fn same(&self, before: &str, after: &str) -> bool {
        before == after || unix(before) == unix(&self.renames.earlier(after))
    }

    pub(super) fn same_option(&self, before: Option<&str>, after: Option<&str>) -> bool {
        match (before, after) {
            (Some(before), Some(after)) => self.same(before, after),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Line ends are no difference; in a canonical rendering they stand escaped.
pub(super) fn unix(text: &str) -> Cow<'_, str> {
    if text.contains('\r') || text.contains("\\r") {
        Cow::Owned(text.replace('\r', "").replace("\\r", ""))
    } else {
        Cow::Borrowed(text)
    }
}

pub(super) fn both(before: Element, after: Element) -> (Option<Span>, Option<Span>) {
    (Some(before.tag), Some(after.tag))
}

pub(super) fn first(before: Element) -> (Option<Span>, Option<Span>) {
    (Some(before.tag), None)
}

pub(super) fn second(after: Element) -> (Option<Span>, Option<Span>) {
    (None, Some(after.tag))
}

/// A change being put together.
#[derive(Debug, Clone)]
pub(super) struct What {
    kind: Kind,
    action: Action,
    subject: Vec<Subject>,
    aspect: Option<String>,
    before: Option<String>,
    after: Option<String>,
    details: Vec<Detail>,
    reaches: Vec<String>,
    risk: Option<Risk>,
    count: usize,
}

impl What {
    pub(super) fn new(kind: Kind, action: Action, subject: &[Subject]) -> Self {
        Self {
            kind,
            action,
            subject: subject.to_vec(),
            aspect: None,
            before: None,
            after: None,
            details: Vec::new(),
            reaches: Vec::new(),
            risk: None,
            count: 1,
        }
    }

    pub(super) fn changed(kind: Kind, subject: &[Subject]) -> Self {
        Self::new(kind, Action::Changed, subject)
    }

    pub(super) fn aspect(mut self, aspect: impl Into<String>) -> Self {
        self.aspect = Some(aspect.into());
        self
    }

    pub(super) fn before(mut self, words: impl Into<String>) -> Self {
        self.before = Some(words.into());
        self
    }

    pub(super) fn after(mut self, words: impl Into<String>) -> Self {
        self.after = Some(words.into());
        self
    }

    #[expect(
        clippy::wrong_self_convention,
        reason = "it is from one value to another"
    )]
    pub(super) fn from_to(self, before: impl Into<String>, after: impl Into<String>) -> Self {
        self.before(before).after(after)
    }

    /// Short values side by side; longer ones as the difference of two texts.
    pub(super) fn text(self, before: &str, after: &str) -> Self {
        if hunks::is_short(before) && hunks::is_short(after) {
            self.from_to(before, after)
        } else {
            self.detail(hunks::of(before, after))
        }
    }

    /// Short lists side by side; of longer ones what came and what went.
    pub(super) fn list(self, before: &str, after: &str) -> Self {
        if hunks::is_short(before) && hunks::is_short(after) {
            self.from_to(before, after)
        } else {
            self.detail(hunks::items(before, after))
        }
    }

    pub(super) fn detail(mut self, detail: Detail) -> Self {
        self.details.push(detail);
        self
    }

    pub(super) fn note(self, text: impl Into<String>) -> Self {
        self.detail(Detail::Note { text: text.into() })
    }

    pub(super) fn reaches(mut self, sheets: Vec<String>) -> Self {
        self.reaches = sheets;
        self
    }

    pub(super) fn risk(mut self, risk: Option<Risk>) -> Self {
        self.risk = risk;
        self
    }

    /// How many things the change is about, where it is more than one.
    pub(super) fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// For what stands in no document.
    pub(super) fn without_place(self) -> Change {
        self.change(None, None)
    }

    fn change(self, before: Option<Position>, after: Option<Position>) -> Change {
        Change {
            kind: self.kind,
            action: self.action,
            subject: self.subject,
            aspect: self.aspect,
            before: self.before,
            after: self.after,
            details: self.details,
            reaches: self.reaches,
            risk: self.risk,
            count: self.count,
            before_position: before,
            after_position: after,
        }
    }
}
