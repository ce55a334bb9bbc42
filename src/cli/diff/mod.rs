//! `tabship diff`.

mod live;

use std::path::{Path, PathBuf};

use crate::content::{self, Content, Limits, Refused};
use crate::diff::{self, Changes};
use crate::report;
use crate::repository;

use super::Session;
use super::failure::{Failure, Kind};
use super::options::{Format, Sites};

/// Say in words what changed in workbooks and data sources
///
/// Two files, or two revisions (`main..HEAD`), or one revision and the working tree (`main`), or nothing: what is not
/// committed. With `--live`, what a target holds and what a deployment would make of it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `REV..REV`, `REV`, or two files; with --live the files to compare [default: all of the manifest]
    #[arg(num_args = 0.., value_name = "REV..REV | A B")]
    what: Vec<String>,

    /// Compare what the target holds with the files as a deployment would send them, without data
    #[arg(long, value_name = "TARGET", conflicts_with_all = ["textconv", "git_driver"])]
    live: Option<String>,

    /// Print one document as sorted lines, for git's textconv
    #[arg(long, value_name = "FILE", conflicts_with = "what")]
    textconv: Option<PathBuf>,

    /// As git's external diff driver: the seven arguments that git gives
    #[arg(long, num_args = 7, value_names = ["PATH", "OLD", "OLD-HEX", "OLD-MODE", "NEW", "NEW-HEX", "NEW-MODE"], conflicts_with_all = ["what", "textconv"])]
    git_driver: Option<Vec<String>>,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let base = session.directory()?;
    if let Some(file) = &arguments.textconv {
        let content = open(&base.join(file))?;
        session.streams.result(&diff::textconv(&content));
        return Ok(());
    }
    let files = match (&arguments.git_driver, arguments.what.as_slice()) {
        (Some(given), _) => vec![driver(given)?],
        (None, files) if let Some(target) = &arguments.live => {
            live::compare(session, target, files, &arguments.sites)?
        }
        (None, [a, b]) => vec![(
            b.clone(),
            diff::contents(&open(&base.join(a))?, &open(&base.join(b))?),
        )],
        (None, [one]) => revisions(&base, one)?,
        (None, []) => revisions(&base, "HEAD")?,
        (None, more) => {
            return Err(
                Failure::usage(format!("{} names are too many to compare", more.len()))
                    .hint("name two files, or one revision or range"),
            );
        }
    };
    let text = match session.global.format {
        Format::Human => report::changes::human(&files, session.streams.palette()),
        Format::Json => report::changes::json(&files),
        Format::Markdown => report::changes::markdown(&files),
        Format::Html => report::changes::html(&files),
        other => {
            return Err(super::no_such_format(
                "diff",
                other,
                "human, json, markdown, html",
            ));
        }
    };
    session.streams.result(&text);
    if files.is_empty() {
        session
            .streams
            .say("no workbook, data source or flow changed");
    }
    Ok(())
}

fn open(path: &Path) -> Result<Content, Failure> {
    content::open(path, &Limits::default()).map_err(|r| refused(path, &r))
}

fn refused(path: &Path, refused: &Refused) -> Failure {
    Failure::new(
        Kind::Usage,
        format!(
            "`{}` cannot be compared: {}",
            path.display(),
            refused.refusal
        ),
    )
    .hint(refused.refusal.help())
}

/// Git hands over `path old-file old-hex old-mode new-file new-hex new-mode`.
fn driver(given: &[String]) -> Result<(String, Changes), Failure> {
    let [path, old, _, _, new, ..] = given else {
        return Err(Failure::usage("git's driver gives seven arguments"));
    };
    let there = |file: &str| match file {
        "/dev/null" => Ok(None),
        file => open(Path::new(file)).map(Some),
    };
    let changes = match (there(old)?, there(new)?) {
        (Some(old), Some(new)) => diff::contents(&old, &new),
        (None, new) => diff::whole_file("added", new.as_ref()),
        (old, None) => diff::whole_file("removed", old.as_ref()),
    };
    Ok((path.clone(), changes))
}

/// Files that differ between two revisions, or a revision and the working tree.
fn revisions(base: &Path, range: &str) -> Result<Vec<(String, Changes)>, Failure> {
    let wrong = |e: repository::RepositoryError| {
        Failure::usage(format!("`{range}` cannot be compared"))
            .hint(e.help())
            .because(&e)
    };
    let Some(head) = repository::head(base).map_err(wrong)? else {
        return Err(
            Failure::usage("this is no git repository").hint("name two files: `tabship diff A B`")
        );
    };
    let (from, to) = range.split_once("..").map_or((range, None), |(from, to)| {
        (from, Some(to.trim_start_matches('.')))
    });
    let to = to.map(|to| if to.is_empty() { "HEAD" } else { to });
    let paths = repository::changed_between(base, from, to).map_err(wrong)?;
    let mut files = Vec::new();
    for path in paths.iter().filter(|p| repository::is_content(p)) {
        let old = repository::file_at(base, from, path).map_err(wrong)?;
        let new = match to {
            Some(to) => repository::file_at(base, to, path).map_err(wrong)?,
            None => std::fs::read(head.root.join(path)).ok(),
        };
        let shown = path.to_string_lossy().into_owned();
        let read = |bytes: Option<Vec<u8>>| {
            let content = bytes.map(|b| content::from_bytes(path, &b, &Limits::default()));
            content.transpose().map_err(|r| refused(path, &r))
        };
        let changes = match (read(old)?, read(new)?) {
            (Some(old), Some(new)) => diff::contents(&old, &new),
            (None, new) => diff::whole_file("added", new.as_ref()),
            (old, None) => diff::whole_file("removed", old.as_ref()),
        };
        files.push((shown, changes));
    }
    Ok(files)
}
