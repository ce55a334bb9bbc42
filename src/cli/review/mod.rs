//! `tabship review`.

mod comment;
mod deployment;
mod files;

use std::path::{Path, PathBuf};

use crate::plan::{Plan, Planned};
use crate::pull_request::{self, PullRequest};
use crate::report::findings::{self, Checked};
use crate::report::review::{self, Deployment, Item, Review};
use crate::report::style::Palette;
use crate::repository::{self, Head, RepositoryError};

use super::Session;
use super::check::FailOn;
use super::checking::{Texts, built_in};
use super::failure::{Failure, Kind};
use super::options::{Format, ReportFile, Sites};

/// Say what a pull request changes, what is wrong with it, and what a deployment of it would do
///
/// Compares the working tree with the merge base. Only findings that are new against it fail. In a pipeline for a pull
/// request, `--comment` keeps one comment there; a fork's, which may not write one, has the same in the job's summary.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// What the pull request goes to [default: what the CI's variables say, else origin's default branch]
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// Plan a deployment too; needs the target's credentials, except with --sandbox
    #[arg(long)]
    plan: bool,

    /// The target to plan for [default: the one that the base branch maps to]
    #[arg(short, long, value_name = "NAME")]
    target: Option<String>,

    /// Keep one comment on the pull request; the token comes from `GITHUB_TOKEN`, `GITLAB_TOKEN` or `SYSTEM_ACCESSTOKEN`
    #[arg(long)]
    comment: bool,

    /// The level from which new findings fail the review
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    fail_on: FailOn,

    /// Write a report as well: markdown=FILE, html=FILE, sarif=FILE, ...; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile>,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let request = pull_request(session);
    let manifest = session.find_manifest()?;
    let (workspace, all) = super::check::judged_manifest(session, manifest.as_deref(), &|_| None)?;
    let folder = match &manifest {
        Some(path) => path.parent().map(Path::to_owned).unwrap_or_default(),
        None => session.directory()?,
    };
    let head = repository::head(&folder).map_err(|e| not_git(&e))?;
    let Some(head) = head else {
        return Err(
            Failure::usage("a review compares commits, and this is no git repository")
                .hint("`tabship check` needs none"),
        );
    };
    let base = Base::find(&folder, arguments, request.as_ref())?;
    let (review, texts) = files::compare(&folder, workspace.as_ref(), &head, &base.commit, all)?;
    let (deployment, failed) = deployment::plan(session, arguments, request.as_ref(), &base);
    let review = put_together(&head, base, review, deployment, request.as_ref());
    write(session, arguments, &review, &texts)?;
    if arguments.comment {
        comment::keep(session, &review, request.as_ref(), workspace.as_ref())?;
    }
    verdict(arguments, &review, failed)
}

/// What the changes are compared with.
pub(crate) struct Base {
    /// As people call it.
    name: String,
    /// The branch, where it is one.
    branch: Option<String>,
    /// The merge base.
    commit: String,
}

impl Base {
    fn find(
        folder: &Path,
        arguments: &Arguments,
        request: Option<&PullRequest>,
    ) -> Result<Self, Failure> {
        let branch = request.and_then(|r| r.base.clone());
        let candidates: Vec<String> = match (&arguments.base, &branch) {
            (Some(named), _) => vec![named.clone()],
            (None, Some(branch)) => vec![format!("refs/remotes/origin/{branch}"), branch.clone()],
            (None, None) => vec!["refs/remotes/origin/HEAD".to_owned()],
        };
        let mut last = None;
        for revision in &candidates {
            match repository::merge_base(folder, revision) {
                Ok(Some(commit)) => {
                    let name = revision.trim_start_matches("refs/remotes/").to_owned();
                    let named = name.strip_prefix("origin/").unwrap_or(&name);
                    return Ok(Self {
                        branch: branch.or_else(|| Some(named.to_owned()).filter(|n| n != "HEAD")),
                        name,
                        commit,
                    });
                }
                Ok(None) => {}
                Err(error) => last = Some(error),
            }
        }
        let failure = Failure::usage("what the pull request goes to is not known")
            .hint("name it: `tabship review --base origin/main`");
        Err(match last {
            Some(error) => failure.hint(error.help()).because(&error),
            None => failure,
        })
    }
}

fn not_git(error: &RepositoryError) -> Failure {
    Failure::usage("git does not answer")
        .because(error)
        .hint(error.help())
}

fn pull_request(session: &Session) -> Option<PullRequest> {
    let get = |name: &str| session.environment.get(name).map(str::to_owned);
    let event = get(pull_request::EVENT).and_then(|path| std::fs::read_to_string(path).ok());
    pull_request::from_ci(&get, event.as_deref())
}

/// Gives each planned item to the file that it comes from; what the pull request does not change stands by itself. What
/// somebody should look at comes first.
fn put_together(
    head: &Head,
    base: Base,
    mut review: Review,
    deployment: Deployment,
    request: Option<&PullRequest>,
) -> Review {
    if let Deployment::Planned(plan) = &deployment {
        for planned in &plan.items {
            let own = review.items.iter_mut().find(|i| is_about(i, planned));
            match own {
                Some(item) => {
                    item.name.clone_from(&planned.name);
                    item.planned = Some(planned.clone());
                }
                None if planned.action != crate::plan::Action::Unchanged => {
                    review.items.push(Item {
                        name: planned.name.clone(),
                        planned: Some(planned.clone()),
                        ..Item::default()
                    });
                }
                None => {}
            }
        }
        leave_over(&mut review.items, plan, &head.root);
    }
    review
        .items
        .sort_by_key(|item| std::cmp::Reverse(item.verdict()));
    review.base = base.name;
    review.base_commit = base.commit;
    review.commit.clone_from(&head.commit);
    review.deployment = deployment;
    review.job = request.and_then(|r| r.job.clone());
    review
}

/// Marks files that are gone and whose items a deployment leaves on the site.
fn leave_over(items: &mut [Item], plan: &Plan, root: &Path) {
    let gone = |item: &Item| {
        let file = item.file.as_ref();
        item.planned.is_none() && file.is_some_and(|file| !root.join(file).exists())
    };
    for item in items.iter_mut().filter(|item| gone(item)) {
        item.left_over = plan.left_over.iter().any(|left| left.name == item.name);
    }
}

/// By the file; an item whose file is gone, by its name.
fn is_about(item: &Item, planned: &Planned) -> bool {
    let Some(file) = &item.file else { return false };
    match &planned.file {
        // The plan's files are relative to the manifest's folder, which may be anywhere in the repository.
        Some(planned) => file.ends_with(planned),
        None => item.planned.is_none() && item.name == planned.name,
    }
}

fn write(
    session: &Session,
    arguments: &Arguments,
    review: &Review,
    texts: &Texts,
) -> Result<(), Failure> {
    let base = session.directory()?;
    for report in &arguments.report {
        let path = base.join(&report.file);
        let text = render(report.format, review, texts, Palette::new(false));
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|e| {
                Failure::usage(format!("the report `{}` cannot be written", path.display()))
                    .because(&e)
            })?;
    }
    let palette = session.streams.palette();
    let text = render(session.global.format, review, texts, palette);
    session.streams.result(&text);
    Ok(())
}

/// The whole in the formats that can hold it; in those that only know findings, the new ones.
fn render(format: Format, review: &Review, texts: &Texts, palette: Palette) -> String {
    let source = |file: &Path, member: Option<&str>| texts.of(file, member);
    match format {
        Format::Human => review::human(review, &source, palette),
        Format::Json => review::json(review),
        Format::Markdown => review::markdown(review),
        Format::Html => crate::report::changes::html(&review.changed()),
        Format::Sarif => findings::sarif(&only_findings(review)),
        Format::Junit => findings::junit(&only_findings(review)),
        Format::Github => findings::github(&only_findings(review)),
        Format::Gitlab => findings::gitlab(&only_findings(review)),
        Format::Azure => findings::azure(&only_findings(review)),
    }
}

fn only_findings(review: &Review) -> Checked {
    Checked {
        rules: built_in().collect(),
        ..review.checked()
    }
}

/// Findings first: they are what the author can mend.
fn verdict(arguments: &Arguments, review: &Review, failed: Option<Kind>) -> Result<(), Failure> {
    let fails = |f: &crate::diagnostic::Finding| arguments.fail_on.fails(f.level);
    if review.all_findings().any(fails) {
        return Err(Failure::said(Kind::Findings));
    }
    match (&review.deployment, failed) {
        (_, Some(kind)) => Err(Failure::said(kind)),
        (Deployment::Planned(plan), None) if plan.blocked().next().is_some() => {
            Err(Failure::said(Kind::Refused))
        }
        _ => Ok(()),
    }
}

/// A path below the top of the repository, of a file that findings name from the manifest's folder.
fn from_top(prefix: &Path, file: &Path) -> PathBuf {
    if prefix.as_os_str().is_empty() {
        file.to_owned()
    } else {
        prefix.join(file)
    }
}
