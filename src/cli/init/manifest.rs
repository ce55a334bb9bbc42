//! The text of the first manifest.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::plan::ItemKind;
use crate::words;

/// The environment variable of the token's secret.
pub(super) const SECRET: &str = "TABLEAU_TOKEN";

/// One entry under `content:`.
pub(super) struct Entry {
    pub(super) files: String,
    pub(super) project: String,
    pub(super) name: Option<String>,
}

/// Which files are of a kind.
pub(super) fn pattern(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Datasource => "*.tds*",
        ItemKind::Workbook => "*.twb*",
        ItemKind::Flow => "*.tfl*",
    }
}

/// One entry for each folder and kind of file, in the order in which they are published.
pub(super) fn entries(files: &[PathBuf]) -> Vec<Entry> {
    let mut found: BTreeMap<(u8, String), ItemKind> = BTreeMap::new();
    for file in files {
        let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
        let (rank, kind) = match extension.as_deref() {
            Some("tds" | "tdsx") => (0, ItemKind::Datasource),
            Some("tfl" | "tflx") => (2, ItemKind::Flow),
            _ => (1, ItemKind::Workbook),
        };
        let folder = file
            .parent()
            .map(|p| p.to_string_lossy().replace('\\', "/"))
            .unwrap_or_default();
        found.insert((rank, folder), kind);
    }
    let entry = |((_, folder), kind): ((u8, String), ItemKind)| {
        let last = folder.rsplit('/').next().filter(|f| !f.is_empty());
        Entry {
            files: if folder.is_empty() {
                pattern(kind).to_owned()
            } else {
                format!("{}/{}", escape_glob(&folder), pattern(kind))
            },
            project: last.map_or_else(|| "Default".to_owned(), title),
            name: None,
        }
    };
    found.into_iter().map(entry).collect()
}

/// The whole of it, with comments.
pub(super) fn text(server: &str, site: &str, token_name: &str, entries: &[Entry]) -> String {
    let (server, site, token_name) = (quoted(server), quoted(site), quoted(token_name));
    let mut text = format!(
        "# Which Tableau files go where. `tabship schema` prints the schema, docs/manifest.md explains every key.
version: 1

targets:
  dev:
    server: {server}
    site: {site}                       # content URL of the site; \"\" is the Default site
    # The secret comes from the environment; it is never written here.
    auth: {{ token_name: {token_name}, token_secret: {{ env: {SECRET} }} }}
  # prod:
  #   server: {server}
  #   protected: true             # only from its branch, and only what is in a commit
  #   promote_from: dev           # only as dev holds it
  #   auth: {{ token_name: tabship, token_secret: {{ env: TABLEAU_PROD_TOKEN }} }}

# Which branch goes to which target; the first that matches.
branches:
  main: {{ target: dev }}

# Which files go to which project. Settings such as tags, owner and views stay what they are on the site until they
# are named here.
content:
"
    );
    for entry in entries {
        text.push_str(&format!(
            "  - files: {}\n    project: {}\n",
            quoted(&entry.files),
            quoted(&entry.project)
        ));
        if let Some(name) = &entry.name {
            text.push_str(&format!("    name: {}\n", quoted(name)));
        }
    }
    text.push_str(
        "
# What `check` holds the files to; `tabship rules` lists what there is.
rules:
  extends: recommended
  # naming/workbook: { level: error, pattern: \"^[A-Z][A-Za-z0-9 &-]+$\" }

# Items that were deployed from here and are gone: off, report or recycle.
prune: report
",
    );
    text
}

/// A YAML scalar in double quotes; JSON's form is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub(super) fn escape_glob(folder: &str) -> String {
    folder
        .chars()
        .flat_map(|c| match c {
            '*' | '?' | '[' | ']' | '{' | '}' => vec!['[', c, ']'],
            c => vec![c],
        })
        .collect()
}

/// `data-sources` becomes `Data Sources`.
fn title(folder: &str) -> String {
    let parts = folder.split(['-', '_', ' ']).filter(|w| !w.is_empty());
    let parts: Vec<String> = parts.map(words::capital).collect();
    parts.join(" ").replace('/', "\\/")
}
