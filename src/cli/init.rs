//! `tabship init`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::repository;

use super::Session;
use super::failure::{Failure, Kind};

/// Write a commented tabship.yml from the Tableau files that are here
///
/// Never overwrites: a file that is there already is left alone, and said.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address of the server for the first target
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://tableau.example.com"
    )]
    server: String,

    /// Content URL of the site for the first target; empty for the Default site
    #[arg(long, value_name = "SITE", default_value = "")]
    site: String,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let folder = session.directory()?;
    let files = repository::content_files(&folder);
    if files.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            format!("there is no Tableau file in `{}`", folder.display()),
        )
        .hint("begin in the folder that holds .twb, .twbx, .tds, .tdsx, .tfl or .tflx files"));
    }
    let path = folder.join("tabship.yml");
    if path.exists() {
        return Err(Failure::new(
            Kind::Refused,
            format!("`{}` is there already, and is left alone", path.display()),
        )
        .hint("`tabship check` says whether it is right"));
    }
    write(&path, &manifest(arguments, &files))?;
    session
        .streams
        .result(&format!("wrote tabship.yml for {} files\n", files.len()));
    for (name, line) in [
        (".gitignore", ".tabship/\n"),
        (
            ".gitattributes",
            "*.twb diff=tabship\n*.twbx diff=tabship binary\n*.tds diff=tabship\n*.tdsx diff=tabship binary\n",
        ),
    ] {
        let path = folder.join(name);
        if path.exists() {
            session.streams.say(&format!(
                "{name} is there already; tabship would have written:\n{line}"
            ));
        } else {
            write(&path, line)?;
            session.streams.result(&format!("wrote {name}\n"));
        }
    }
    session.streams.say(
        "\nNext:\n  tabship check                   validates what is there\n  tabship deploy -t dev --sandbox  rehearses a deployment, without a site\n  git config diff.tabship.textconv 'tabship diff --textconv'  lets `git diff` speak of fields and sheets",
    );
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text)
        .map_err(|e| Failure::usage(format!("`{}` cannot be written", path.display())).because(&e))
}

/// One entry for each folder and kind of file, in the order in which they are published.
fn manifest(arguments: &Arguments, files: &[PathBuf]) -> String {
    let mut entries: BTreeMap<(u8, String), &'static str> = BTreeMap::new();
    for file in files {
        let (rank, glob) = match file
            .extension()
            .map(|e| e.to_string_lossy().to_lowercase())
            .as_deref()
        {
            Some("tds" | "tdsx") => (0, "*.tds*"),
            Some("tfl" | "tflx") => (2, "*.tfl*"),
            _ => (1, "*.twb*"),
        };
        let folder = file
            .parent()
            .map(|p| p.to_string_lossy().replace('\\', "/"))
            .unwrap_or_default();
        entries.insert((rank, folder), glob);
    }
    let mut text = format!(
        "# Which Tableau files go where. `tabship schema` prints the schema, docs/manifest.md explains every key.\nversion: 1\n\ntargets:\n  dev:\n    server: {}\n    site: {}                       # content URL of the site; \"\" is the Default site\n    # The secret comes from the environment; it is never written here.\n    auth: {{ token_name: tabship, token_secret: {{ env: TABLEAU_TOKEN }} }}\n  # prod:\n  #   server: {}\n  #   protected: true             # only from its branch, and only what is in a commit\n  #   promote_from: dev           # only as dev holds it\n  #   auth: {{ token_name: tabship, token_secret: {{ env: TABLEAU_PROD_TOKEN }} }}\n\n# Which branch goes to which target; the first that matches.\nbranches:\n  main: {{ target: dev }}\n\ncontent:\n",
        quoted(&arguments.server),
        quoted(&arguments.site),
        quoted(&arguments.server)
    );
    for ((_, folder), glob) in &entries {
        let files = if folder.is_empty() {
            (*glob).to_owned()
        } else {
            format!("{}/{glob}", escape_glob(folder))
        };
        let project = folder
            .rsplit('/')
            .next()
            .filter(|f| !f.is_empty())
            .map_or_else(|| "Default".to_owned(), title);
        text.push_str(&format!(
            "  - files: {}\n    project: {}\n",
            quoted(&files),
            quoted(&project)
        ));
    }
    text.push_str("\n# What `check` holds the files to; `tabship rules` lists what there is.\nrules:\n  extends: recommended\n  # naming/workbook: { level: error, pattern: \"^[A-Z][A-Za-z0-9 &-]+$\" }\n\n# Items that were deployed from here and are gone: off, report or recycle.\nprune: report\n");
    text
}

/// A YAML scalar in double quotes; JSON's form is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn escape_glob(folder: &str) -> String {
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
    let words = folder.split(['-', '_', ' ']).filter(|w| !w.is_empty());
    let words = words.map(|w| {
        let mut characters = w.chars();
        characters.next().map_or_else(String::new, |c| {
            c.to_uppercase().chain(characters).collect()
        })
    });
    words.collect::<Vec<String>>().join(" ").replace('/', "\\/")
}
