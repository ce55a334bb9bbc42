//! Files and entries from what a site holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::api::endpoint::downloads::Download;
use crate::cli::Session;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ready;
use crate::cli::site::{SignedIn, asked, sign_in};
use crate::cli::target::Chosen;
use crate::manifest::raw::{Auth, SecretRef, Target};
use crate::plan::{ItemKind, LiveItem};
use crate::publish;

use super::Arguments;
use super::manifest::{Entry, SECRET, escape_glob, pattern};

/// Characters of a file's name.
const LONGEST: usize = 100;

/// A file that was downloaded.
struct Fetched {
    kind: ItemKind,
    /// As the manifest writes it.
    project: String,
    name: String,
    /// Relative to the folder.
    file: PathBuf,
}

/// Downloads every item into a folder for its project, and says which entries bring them back there.
pub(super) fn fetch(
    session: &Session,
    arguments: &Arguments,
    folder: &Path,
) -> Result<(usize, Vec<Entry>), Failure> {
    let chosen = chosen(arguments);
    ready::block_on(async {
        let signed = sign_in(session, &chosen, &arguments.sites, folder, None).await?;
        let fetched = everything(session, arguments, folder, &signed).await;
        // A session that cannot be ended runs out by itself.
        let _ = signed.site.sign_out().await;
        fetched
    })
    .map(|fetched| (fetched.len(), entries(&fetched)))
}

fn chosen(arguments: &Arguments) -> Chosen {
    Chosen {
        name: "dev".to_owned(),
        target: Target {
            server: arguments.server.clone(),
            site: arguments.site.clone(),
            auth: Auth {
                token_name: Some(arguments.token_name.clone()),
                token_secret: Some(SecretRef {
                    env: Some(SECRET.to_owned()),
                    file: None,
                }),
                user: None,
                password: None,
                connected_app: None,
            },
            protected: false,
            promote_from: None,
            project: None,
            ca_file: None,
            version: None,
            variables: indexmap::IndexMap::new(),
        },
        root: None,
        stamp: String::new(),
        ephemeral: false,
    }
}

async fn everything(
    session: &Session,
    arguments: &Arguments,
    folder: &Path,
    signed: &SignedIn,
) -> Result<Vec<Fetched>, Failure> {
    let live = publish::observe(&signed.site)
        .await
        .map_err(|e| asked("reading what the site holds", &e))?;
    let mut taken = BTreeSet::new();
    let mut fetched = Vec::new();
    for item in &live.items {
        let title = format!("{} \"{}\"", item.kind, item.name);
        let Some(project) = &item.project else {
            session.streams.warn(&format!(
                "{title} is in a personal space, and is left there"
            ));
            continue;
        };
        let mut below = PathBuf::new();
        project.names().iter().for_each(|n| below.push(safe(n)));
        let file = download(arguments, folder, signed, item, &below, &mut taken).await?;
        session
            .streams
            .say(&format!("downloaded {}", file.display()));
        fetched.push(Fetched {
            kind: item.kind,
            project: project.to_string(),
            name: item.name.clone(),
            file,
        });
    }
    if fetched.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            "the site shows no content to this token",
        )
        .hint("is it the right `--site`? the token sees what its owner sees"));
    }
    Ok(fetched)
}

/// Nothing that is there is written over.
async fn download(
    arguments: &Arguments,
    folder: &Path,
    signed: &SignedIn,
    item: &LiveItem,
    below: &Path,
    taken: &mut BTreeSet<String>,
) -> Result<PathBuf, Failure> {
    let doing = format!("downloading {} \"{}\"", item.kind, item.name);
    let of = publish::api_item(item).map_err(|e| asked(&doing, &e))?;
    let into = folder.join(below);
    let io = |e: &dyn std::error::Error| {
        Failure::usage(format!("`{}` cannot be written", into.display())).because(e)
    };
    std::fs::create_dir_all(&into).map_err(|e| io(&e))?;
    let kept = tempfile::NamedTempFile::new_in(&into).map_err(|e| io(&e))?;
    let download = Download {
        with_extract: !arguments.without_data,
        ..Download::of(of)
    };
    let head = signed.site.save(&download, kept.path(), None).await;
    let head = head.map_err(|e| asked(&doing, &e))?;
    let extension = Path::new(&head.name)
        .extension()
        .map_or_else(String::new, |e| safe(&e.to_string_lossy()));
    let stem = safe(&item.name);
    let mut file = below.join(format!("{stem}.{extension}"));
    // Names that differ only in what a file's name cannot hold.
    for n in 2.. {
        if taken.insert(file.to_string_lossy().to_lowercase()) {
            break;
        }
        file = below.join(format!("{stem} {n}.{extension}"));
    }
    match kept.persist_noclobber(folder.join(&file)) {
        Ok(_) => Ok(file),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Err(Failure::new(
            Kind::Refused,
            format!("`{}` is there already, and is left alone", file.display()),
        )
        .hint("begin in an empty folder, or without `--from-live` from the files that are there")),
        Err(error) => Err(io(&error.error)),
    }
}

/// One entry for each project and kind; where a file is not called what the item is, one for each file.
fn entries(fetched: &[Fetched]) -> Vec<Entry> {
    let mut groups: BTreeMap<(ItemKind, &str, &Path), Vec<&Fetched>> = BTreeMap::new();
    for one in fetched {
        let folder = one.file.parent().unwrap_or(Path::new(""));
        let key = (one.kind, one.project.as_str(), folder);
        groups.entry(key).or_default().push(one);
    }
    // Two projects that share a folder share no glob.
    let shared = |kind, folder| {
        let same = groups.keys().filter(|(k, _, f)| (*k, *f) == (kind, folder));
        same.count() > 1
    };
    let mut entries = Vec::new();
    for ((kind, project, folder), files) in &groups {
        let plain = |f: &&Fetched| f.file.file_stem().is_some_and(|s| *s == *f.name);
        if !shared(*kind, *folder) && files.iter().all(plain) {
            let folder = slashed(folder);
            entries.push(Entry {
                files: format!("{}/{}", escape_glob(&folder), pattern(*kind)),
                project: (*project).to_owned(),
                name: None,
            });
            continue;
        }
        entries.extend(files.iter().map(|f| Entry {
            files: escape_glob(&slashed(&f.file)),
            project: (*project).to_owned(),
            name: Some(f.name.clone()),
        }));
    }
    entries
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// A name that every file system takes, and that is not hidden.
fn safe(name: &str) -> String {
    let kept = name.chars().map(|c| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        c if c.is_control() => '-',
        c => c,
    });
    let kept: String = kept.take(LONGEST).collect();
    let kept = kept.trim().trim_matches('.').trim();
    if kept.is_empty() {
        "-".to_owned()
    } else {
        kept.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(project: &str, name: &str, file: &str) -> Fetched {
        Fetched {
            kind: ItemKind::Workbook,
            project: project.to_owned(),
            name: name.to_owned(),
            file: PathBuf::from(file),
        }
    }

    #[test]
    fn names_leave_no_folder_and_hide_nothing() {
        for (name, expected) in [
            ("Sales", "Sales"),
            ("../../etc", "-..-etc"),
            ("..", "-"),
            (".env", "env"),
            ("A/B: C?", "A-B- C-"),
            ("  ", "-"),
        ] {
            assert_eq!(safe(name), expected);
        }
    }

    #[test]
    fn a_glob_where_names_fit_and_files_where_not() {
        let plain = entries(&[
            fetched("A", "One", "A/One.twbx"),
            fetched("A", "Two", "A/Two.twb"),
        ]);
        assert_eq!(plain.len(), 1);
        assert_eq!(plain[0].files, "A/*.twb*");
        let odd = entries(&[
            fetched("A", "One", "A/One.twbx"),
            fetched("A", "1/2", "A/1-2.twb"),
        ]);
        assert_eq!(odd.len(), 2);
        assert!(odd.iter().any(|e| e.name.as_deref() == Some("1/2")));
        let shared = entries(&[
            fetched("A:B", "One", "A-B/One.twb"),
            fetched("A-B", "Two", "A-B/Two.twb"),
        ]);
        assert!(shared.iter().all(|e| !e.files.contains('*')));
    }
}
