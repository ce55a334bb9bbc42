//! One manifest for many sites: `{name}` in a value stands for what the target says under `variables:`.
//!
//! They are filled in once, when the manifest is read, so that whoever asks for what holds of a target gets it whole.

use std::collections::BTreeSet;

use super::load::{Manifest, Report};
use super::raw::{Credential, EntryFor, Replacement};

/// Taken: in a project's path it is the branch.
const BRANCH: &str = "branch";

/// Fills in the variables of every target in what the manifest says for it.
pub(super) fn fill_in(manifest: &mut Manifest, report: &mut Report<'_>) {
    let names: BTreeSet<String> = manifest
        .raw
        .targets
        .values()
        .flat_map(|t| t.variables.keys().cloned())
        .collect();
    for name in names.iter().filter(|n| !well_named(n)) {
        let message = format!("`{name}` is no name for a variable");
        let help = "use letters, digits and `_`, and not `branch`, which is the branch's own";
        let span = manifest.span(&["targets"]);
        report.say("manifest/wrong-value", message, Some(help.to_owned()), span);
    }
    if names.is_empty() {
        return;
    }
    let targets: Vec<String> = manifest.raw.targets.keys().cloned().collect();
    for target in &targets {
        let mut filler = Filler {
            names: &names,
            values: manifest.raw.targets[target].variables.clone(),
            missing: BTreeSet::new(),
        };
        for rewrite in &mut manifest.raw.rewrite {
            let general = rewrite.to.get("_default");
            if let Some(mut to) = rewrite.to.get(target).or(general).cloned() {
                filler.replacement(&mut to);
                rewrite.to.insert(target.clone(), to);
            }
        }
        for entry in &mut manifest.raw.content {
            let mut own = entry.targets.get(target).cloned().unwrap_or_default();
            if own.skip {
                continue;
            }
            filler.entry(entry, &mut own);
            entry.targets.insert(target.clone(), own);
        }
        for name in filler.missing {
            let message =
                format!("`{{{name}}}` is used, and the target `{target}` does not say what it is");
            let help = format!("add `variables: {{ {name}: ... }}` to it");
            let span = manifest.span(&["targets", target]);
            report.say("manifest/missing-variable", message, Some(help), span);
        }
    }
}

fn well_named(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name != BRANCH && name.chars().all(plain)
}

struct Filler<'n> {
    /// Names that any target declares: other text in braces is just text.
    names: &'n BTreeSet<String>,
    values: indexmap::IndexMap<String, String>,
    missing: BTreeSet<String>,
}

impl Filler<'_> {
    fn text(&mut self, text: &mut String) {
        for name in self.names {
            let written = format!("{{{name}}}");
            if !text.contains(&written) {
                continue;
            }
            match self.values.get(name) {
                Some(value) => *text = text.replace(&written, value),
                None => {
                    self.missing.insert(name.clone());
                }
            }
        }
    }

    fn optional(&mut self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn replacement(&mut self, to: &mut Replacement) {
        for text in [
            &mut to.project,
            &mut to.name,
            &mut to.server,
            &mut to.port,
            &mut to.database,
            &mut to.schema,
            &mut to.username,
            &mut to.warehouse,
            &mut to.role,
            &mut to.value,
        ] {
            self.optional(text);
        }
        to.attributes.values_mut().for_each(|v| self.text(v));
    }

    /// What the entry says for all targets becomes this target's own where a variable is in it.
    fn entry(&mut self, entry: &super::raw::Entry, own: &mut EntryFor) {
        own.project.get_or_insert_with(|| entry.project.clone());
        own.tags.get_or_insert_with(|| entry.tags.clone());
        own.credentials
            .get_or_insert_with(|| entry.credentials.clone());
        for (own, general) in [
            (&mut own.name, &entry.name),
            (&mut own.owner, &entry.owner),
            (&mut own.description, &entry.description),
        ] {
            if own.is_none() {
                own.clone_from(general);
            }
            self.optional(own);
        }
        self.optional(&mut own.project);
        own.tags.iter_mut().flatten().for_each(|t| self.text(t));
        for Credential {
            server, username, ..
        } in own.credentials.iter_mut().flatten()
        {
            self.optional(server);
            self.text(username);
        }
    }
}
