//! What a rule is.

use std::borrow::Cow;
use std::path::Path;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::content::model::{Datasource, ProductVersion};
use crate::content::style::Styles;
use crate::content::{Content, Document, Kind};
use crate::diagnostic::Level;

use super::facts::{Facts, Formula};
use super::names::Names;
use super::sink::Sink;
use super::site::{PublishedSource, SiteFacts};
use super::usage::Used;

/// What is known of a rule besides its code.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// `group/name`.
    pub id: &'static str,
    /// One line, without a full stop.
    pub summary: &'static str,
    pub levels: Levels,
    /// Markdown: what it does, why, example, options; each line as a doc comment has it, after a space.
    pub doc: &'static str,
}

impl Meta {
    /// [`Self::doc`] without the space before each line.
    pub fn page(&self) -> String {
        let lines = self.doc.lines().map(|l| l.strip_prefix(' ').unwrap_or(l));
        lines.flat_map(|line| [line, "\n"]).collect()
    }
}

/// The level in each preset; `None` is off. Switched on by name alone, a rule is a warning or what a preset says.
#[derive(Debug, Clone, Copy)]
pub struct Levels {
    pub recommended: Option<Level>,
    pub strict: Option<Level>,
    pub optimizer: Option<Level>,
}

impl Levels {
    /// Off until the team says what it wants: the rule has nothing to hold files to without options.
    pub const CONFIGURED: Self = Self {
        recommended: None,
        strict: None,
        optimizer: None,
    };

    pub const fn always(level: Level) -> Self {
        Self {
            recommended: Some(level),
            strict: Some(level),
            optimizer: Some(level),
        }
    }

    pub const fn strict(level: Level) -> Self {
        Self {
            recommended: None,
            strict: Some(level),
            optimizer: None,
        }
    }

    /// A guideline of Tableau's Workbook Optimizer.
    pub const fn optimizer(level: Level) -> Self {
        Self {
            recommended: None,
            strict: Some(level),
            optimizer: Some(level),
        }
    }

    /// When the manifest names the rule without a level.
    pub fn named(self) -> Level {
        self.recommended.or(self.strict).unwrap_or(Level::Warning)
    }
}

/// A rule. The type itself carries nothing.
pub trait Rule {
    const META: Meta;
    type Options: DeserializeOwned + JsonSchema + Default + Send + Sync + 'static;

    /// Looks at one file.
    fn check(options: &Self::Options, file: &File<'_>, sink: &mut Sink<'_>);
}

/// Options of a rule that has none.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoOptions {}

/// A file to check.
#[derive(Debug, Clone, Copy)]
pub struct InputFile<'f> {
    /// As reports name it.
    pub path: &'f Path,
    pub content: &'f Content,
    /// Version of the product that the file is to open in, when it is known.
    pub server: Option<ProductVersion>,
    /// The same file as it was before the change that is checked, when that is known.
    pub base: Option<&'f Content>,
    /// What a site says about it, when one was asked.
    pub site: Option<&'f SiteFacts>,
}

/// A file as rules see it: what was read, and what is derived from it for all of them.
#[derive(Debug)]
pub struct File<'f> {
    pub path: &'f Path,
    pub content: &'f Content,
    pub server: Option<ProductVersion>,
    pub base: Option<&'f Content>,
    pub site: Option<&'f SiteFacts>,
    pub today: Date,
    facts: Facts<'f>,
}

impl<'f> File<'f> {
    pub(super) fn new(input: InputFile<'f>, today: Date) -> Self {
        Self {
            path: input.path,
            content: input.content,
            server: input.server,
            base: input.base,
            site: input.site,
            today,
            facts: Facts::default(),
        }
    }

    /// `None` for flows.
    pub fn document(&self) -> Option<&'f Document> {
        self.content.document()
    }

    /// The name that it gets on the site, unless the manifest says otherwise.
    pub fn name(&self) -> String {
        self.path
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default()
    }

    /// What people call a data source: its caption, and of a data source file that has none, the file's name.
    pub(super) fn name_of(&self, datasource: &'f Datasource) -> Cow<'f, str> {
        match &datasource.caption {
            None if self.content.kind == Kind::Datasource => Cow::Owned(self.name()),
            _ => Cow::Borrowed(datasource.display_name()),
        }
    }

    /// The published data source as the site has it, when one was asked and has it.
    pub(super) fn on_site(&self, datasource: &Datasource) -> Option<&'f PublishedSource> {
        self.site?.published.get(&datasource.name.value)
    }

    /// All calculated fields but Tableau's own, parsed. None in a flow.
    pub(super) fn formulas(&self) -> &[Formula<'f>] {
        self.document()
            .map(|d| self.facts.formulas(d))
            .unwrap_or_default()
    }

    /// Of each of these formulas, the numbers of those that it reads.
    pub(super) fn below(&self) -> &[Vec<usize>] {
        self.document()
            .map(|d| self.facts.below(d))
            .unwrap_or_default()
    }

    /// Captions, by the names that the document uses.
    pub(super) fn names(&self, document: &'f Document) -> &Names<'f> {
        self.facts.names(document)
    }

    /// Fonts, sizes and colours.
    pub(super) fn styles(&self, document: &'f Document) -> &Styles {
        self.facts.styles(document)
    }

    /// What the document uses of its data sources.
    pub(super) fn used(&self, document: &'f Document) -> &Used {
        self.facts.used(document)
    }

    /// The sheet, dashboard or story has no tab of its own.
    pub(super) fn is_hidden(&self, sheet: &str) -> bool {
        self.document()
            .is_some_and(|d| self.facts.hidden_sheets(d).contains(sheet))
    }
}

/// Declares a rule's type and metadata; the doc comment is its page. The check is a function of the options, the file and
/// the sink; of the file and the sink where there are no options.
macro_rules! rule {
    ($(#[doc = $doc:literal])* $name:ident, $id:literal, $summary:literal, $levels:expr, $check:path) => {
        $crate::lint::rule::rule! {
            $(#[doc = $doc])* $name, $id, $summary, $levels, $crate::lint::rule::NoOptions,
            (|_: &$crate::lint::rule::NoOptions, file: &$crate::lint::File<'_>, sink: &mut $crate::lint::sink::Sink<'_>| $check(file, sink))
        }
    };
    ($(#[doc = $doc:literal])* $name:ident, $id:literal, $summary:literal, $levels:expr, $options:ty, $check:expr) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub(crate) struct $name;

        impl $crate::lint::Rule for $name {
            const META: $crate::lint::Meta = $crate::lint::Meta {
                id: $id,
                summary: $summary,
                levels: $levels,
                doc: concat!($($doc, "\n",)*),
            };
            type Options = $options;

            fn check(options: &$options, file: &$crate::lint::File<'_>, sink: &mut $crate::lint::sink::Sink<'_>) {
                $check(options, file, sink);
            }
        }
    };
}
pub(super) use rule;
