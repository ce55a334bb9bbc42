//! `naming/unfinished`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::hash::HashSet;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::rules::naming::default_name::is_copy;
use crate::lint::seen_names::{SeenName, seen_names};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports names that say that something is not finished: `TODO`, `WIP`, `tmp`, `Margin old`.
    ///
    /// ## Why is this bad?
    /// Users read `Margin old` and ask which one to trust. What is not finished has a branch to be on.
    ///
    /// ## Options
    /// `words`: those to look for, as whole words in any case (todo, fixme, xxx, wip, tmp, copy, old, deprecated).
    Unfinished, "naming/unfinished", "name says that it is not finished", Levels::always(Level::Info), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Whole words, in any case.
    words: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { words: ["todo", "fixme", "xxx", "wip", "tmp", "copy", "old", "deprecated"].map(str::to_owned).to_vec() }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    let unfinished: HashSet<String> = options.words.iter().map(|w| w.to_lowercase()).collect();
    // A field that was duplicated and not renamed is `naming/default-name`'s.
    let has_own_name = |s: &SeenName<'_>| s.kind != "field" && !(s.kind == "calculated field" && is_copy(&s.text.value));
    for seen in seen_names(document).into_iter().filter(|s| has_own_name(s) && !file.is_hidden(&s.text.value)) {
        let mut words = seen.text.value.split(|c: char| !c.is_alphanumeric());
        let is_unfinished = |w: &&str| if w.is_ascii() { unfinished.iter().any(|u| u.eq_ignore_ascii_case(w)) } else { unfinished.contains(&w.to_lowercase()) };
        let Some(word) = words.find(is_unfinished) else { continue };
        let message = format!("the name of the {} `{}` says `{word}`", seen.kind, seen.text.value);
        sink.report(seen.text.span, seen.subjects(), message).help("finish it and rename it, or take it out: git keeps it");
    }
}
