//! `security/home-folder`.

use crate::content::model::Text;
use crate::content::tree::unescape;
use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

rule! {
    /// ## What it does
    /// Reports paths in the file that lead into a home folder: `C:\Users\ann\...`, `/Users/ann/...`, `/home/ann/...`. Connections are
    /// left to [datasource/local-file](../datasource/local-file.md).
    ///
    /// ## Why is this bad?
    /// They tell every reader who worked on which machine and how its folders are called; images by such a path do not show on the
    /// site.
    ///
    /// ## Use instead
    /// Save the workbook as a package (.twbx), which takes images in, and refresh the extract once on the site.
    HomeFolder, "security/home-folder", "path into somebody's home folder", Levels::strict(Level::Info), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let tree = &document.tree;
    // One look at the whole text spares nearly all documents one at each value.
    if !may_hold_home(document.source().text().as_bytes()) {
        return;
    }
    for node in tree.all_descendants(tree.root()) {
        if tree.local(node) == "connection" {
            continue;
        }
        for (_, span, raw) in tree.raw_attributes(node) {
            // A separator stands in it as it is, or as a character reference.
            if memchr::memchr3(b'/', b'\\', b'#', raw.as_bytes()).is_none() {
                continue;
            }
            let value = unescape(raw);
            let Some(range) = home(&value) else { continue };
            let text = Text { value: value.into_owned(), span };
            sink.report_in(&text, range.start as u32, range.end as u32, Vec::new(), "a path leads into somebody's home folder")
                .help("package the file with the workbook (.twbx), or take the path out");
        }
    }
}

/// Whether a separator stands before one of the words that are in every path that [`home`] finds. A character reference may
/// stand for a separator, unless it is one of the usual line ends and tabs.
fn may_hold_home(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 3] = [b"users", b"documents and settings", b"home"];
    const SPACES: [&[u8]; 6] = [b"10;", b"13;", b"9;", b"xA;", b"xD;", b"x9;"];
    let begins = |at: usize| {
        let rest = text.get(at + 1..).unwrap_or_default();
        if text.get(at) == Some(&b'#') {
            let reference = at.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'&');
            return reference && !SPACES.iter().any(|space| rest.starts_with(space));
        }
        let word = |word: &&[u8]| rest.get(..word.len()).is_some_and(|own| own.eq_ignore_ascii_case(word));
        rest.first().is_some_and(|b| matches!(b | 0x20, b'u' | b'd' | b'h')) && WORDS.iter().any(word)
    };
    memchr::memchr3_iter(b'/', b'\\', b'#', text).any(begins)
}

/// Home and name: `C:\Users\ann`. `Public` and `Shared` are nobody's.
fn home(value: &str) -> Option<Range<usize>> {
    static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)(?:^|[\s'=;,]|file:/*)(?P<p>(?:[a-z]:[\\/](?:users|documents and settings)|/users|/home)[\\/](?P<n>[^\\/]+))[\\/]").ok());
    if !value.contains(['/', '\\']) {
        return None;
    }
    let found = HOME.as_ref()?.captures(value)?;
    let name = found.name("n")?.as_str().to_lowercase();
    (!matches!(name.as_str(), "public" | "shared" | "default")).then(|| found.name("p").map(|p| p.range())).flatten()
}
