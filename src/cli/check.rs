//! `tabship check`.

mod online;

use std::cell::LazyCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use crate::diagnostic::{Finding, Level};
use crate::lint::{self, Baseline};
use crate::report::findings::{self, Checked};
use crate::repository;

use super::Session;
use super::checking::{Answers, Before, Check, Look, Texts, Wanted, relative, top};
use super::failure::{Failure, Kind};
use super::fix;
use super::next_steps;
use super::options::{Format, ReportFile, Sites};
use super::workspace::{Workspace, content_files};

/// Validate the manifest and the workbooks, data sources and flows, offline
///
/// Works without a manifest too: one file on anybody's desk is checked with the recommended rules. With `--online` a target's
/// site is asked for what no file holds; nothing is changed there.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files and folders [default: the manifest's folder, or here]; `-` reads one file from standard input
    paths: Vec<PathBuf>,

    /// The target whose `version` files must not be newer than, and whose site `--online` asks [default for the site: the
    /// one that the branch maps to]
    #[arg(short, long, value_name = "NAME")]
    target: Option<String>,

    /// Ask the target's site too: which published data sources are certified and what fields they have, and what the server
    /// itself finds in workbooks
    #[arg(long, conflicts_with_all = ["fix", "diff"])]
    online: bool,

    /// Only files that changed since the merge base with REV
    #[arg(long, value_name = "REV")]
    changed_since: Option<String>,

    /// The level from which findings fail the check
    #[arg(long, value_enum, default_value_t, value_name = "LEVEL")]
    fail_on: FailOn,

    /// Findings that are known; only new ones fail
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// Write what is found now to the baseline, and succeed
    #[arg(long, requires = "baseline")]
    write_baseline: bool,

    /// Write a report as well: sarif=FILE, junit=FILE, html=FILE, ...; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile>,

    /// Repair what can be repaired safely, in the files themselves, and report what is left
    #[arg(long, conflicts_with_all = ["diff", "write_baseline"])]
    fix: bool,

    /// Show what --fix would do, and write nothing; fails when there is something to do
    #[arg(long, conflicts_with = "write_baseline")]
    diff: bool,

    /// What standard input is called in findings
    #[arg(long, value_name = "NAME", default_value = "stdin.twb")]
    stdin_name: PathBuf,

    #[command(flatten)]
    sites: Sites,
}

/// Rounds of repairs; more no file needs.
const ROUNDS: usize = 8;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    #[default]
    Error,
    Warning,
    Info,
    /// Findings do not fail the check
    Never,
}

impl FailOn {
    pub(crate) fn fails(self, level: Level) -> bool {
        match self {
            Self::Error => level >= Level::Error,
            Self::Warning => level >= Level::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let base = session.directory()?;
    if arguments.sites.sandbox.is_some() && !arguments.online {
        return Err(
            Failure::usage("`--sandbox` says which site is asked, and none is")
                .hint("add `--online`, or leave it out"),
        );
    }
    let manifest = session.find_manifest()?;
    let (workspace, all) = judged_manifest(session, manifest.as_deref(), &|workspace| {
        named_files(&arguments.paths, &base, workspace)
    })?;
    let inputs = inputs(session, arguments, &base, workspace.as_ref())?;
    let formats = || {
        let others = arguments.report.iter().map(|r| r.format);
        others.chain([session.global.format])
    };
    let wanted = Wanted {
        texts: formats().any(|f| matches!(f, Format::Human | Format::Html)),
        repairs: arguments.fix || arguments.diff,
    };
    let check = Check {
        base: &base,
        workspace: workspace.as_ref(),
        target: arguments.target.as_deref(),
        stdin_name: &arguments.stdin_name,
        before: arguments
            .changed_since
            .as_deref()
            .and_then(|r| Before::find(&base, r)),
        partial: !arguments.paths.is_empty() || arguments.changed_since.is_some(),
        stdin: OnceLock::new(),
        read: Mutex::default(),
    };
    let answers = if arguments.online {
        let target = arguments.target.as_deref();
        let read = check.read(&inputs)?;
        let answers = online::ask(session, target, &arguments.sites, &read)?;
        check.hand_on(read);
        answers
    } else {
        Answers::default()
    };
    let look = || {
        let mut look = check.look(&inputs, wanted, &answers, all.clone())?;
        look.checked = baseline(arguments, &base, look.checked)?;
        Ok::<_, Failure>(look)
    };
    let mut found = look()?;
    if arguments.diff {
        return fix::show(session, &found.checked.findings, &found.repairable);
    }
    // A repair that meets another waits for the next round.
    for _ in 0..if arguments.fix { ROUNDS } else { 0 } {
        if !fix::write(session, &found.checked.findings, &found.repairable)? {
            break;
        }
        found = look()?;
    }
    let Look {
        checked,
        mut texts,
        repairable,
    } = found;
    if arguments.write_baseline {
        session
            .streams
            .say(&format!("the baseline has {} findings", checked.known));
        return Ok(());
    }
    for opened in repairable {
        texts.keep(opened);
    }
    if let Some(path) = &manifest
        && let Ok(text) = std::fs::read_to_string(path)
    {
        texts.add(session.shown(path), None, text);
    }
    write(
        session,
        arguments,
        &base,
        &checked,
        &texts,
        manifest.as_deref(),
    )?;
    let verdict = verdict(&checked.findings, arguments.fail_on);
    // A hundred thousand findings take a while to be let go, one by one; at its end the process lets go of all at once.
    std::mem::forget(checked);
    verdict
}

/// A wrong manifest is told from wrong content, as in every command.
fn verdict(findings: &[Finding], fail_on: FailOn) -> Result<(), Failure> {
    let failing = || findings.iter().filter(|f| fail_on.fails(f.level));
    if failing().any(|f| f.rule.starts_with("manifest/")) {
        return Err(Failure::said(Kind::Usage));
    }
    if failing().next().is_some() {
        return Err(Failure::said(Kind::Findings));
    }
    Ok(())
}

/// The files that the command line names, as the manifest's globs see them; `None` where it names a folder, or nothing.
fn named_files(paths: &[PathBuf], base: &Path, workspace: &Workspace) -> Option<Vec<PathBuf>> {
    if paths.is_empty() || paths.iter().any(|p| base.join(p).is_dir()) {
        return None;
    }
    let files = paths.iter().filter(|p| p.as_os_str() != "-");
    Some(files.map(|p| relative(p, base, Some(workspace))).collect())
}

/// The manifest, where there is one, with all that is wrong with it: its form, the rules' options, the mapping of files. Where
/// it is asked for some files only (`named`), no folder is looked through for all others.
pub(super) fn judged_manifest(
    session: &Session,
    manifest: Option<&Path>,
    named: &dyn Fn(&Workspace) -> Option<Vec<PathBuf>>,
) -> Result<(Option<Workspace>, Vec<Finding>), Failure> {
    let Some(path) = manifest else {
        return Ok((None, Vec::new()));
    };
    let (workspace, mut all) = session.read_workspace(path, &[], None)?;
    if let Some(workspace) = &workspace {
        all.extend(lint::option_findings(&workspace.manifest));
        if !workspace.manifest.raw.content.is_empty() {
            all.extend(assignments(workspace, named(workspace))?);
        }
    }
    Ok((workspace, all))
}

/// What is wrong with the mapping of files to the manifest's entries. Of some files alone only one thing is known: that two
/// entries claim one of them.
fn assignments(
    workspace: &Workspace,
    named: Option<Vec<PathBuf>>,
) -> Result<Vec<Finding>, Failure> {
    let assign = |files: &[PathBuf]| crate::manifest::assign(&workspace.manifest, files).1;
    let Some(files) = named else {
        return Ok(assign(&workspace.files()?));
    };
    let mut found = assign(&files);
    found.retain(|f| f.rule == "manifest/claimed-twice");
    Ok(found)
}

/// The files to check, as findings name them.
fn inputs(
    session: &Session,
    arguments: &Arguments,
    base: &Path,
    workspace: Option<&Workspace>,
) -> Result<Vec<PathBuf>, Failure> {
    let standard_input = arguments.paths.iter().any(|p| p.as_os_str() == "-");
    if standard_input && arguments.fix {
        return Err(
            Failure::usage("`--fix` writes files, and standard input is none")
                .hint("`--diff` shows what it would do"),
        );
    }
    if standard_input && arguments.paths.len() > 1 {
        return Err(Failure::usage("`-` reads standard input and stands alone"));
    }
    if standard_input {
        return Ok(vec![PathBuf::from("-")]);
    }
    let mut files = Vec::new();
    let roots = match (&*arguments.paths, workspace) {
        ([], Some(workspace)) => vec![session.shown(&workspace.folder)],
        ([], None) => vec![PathBuf::new()],
        (given, _) => given.to_vec(),
    };
    for root in roots {
        let path = base.join(&root);
        if path.is_dir() {
            files.extend(content_files(&path)?.into_iter().map(|f| root.join(f)));
        } else if path.exists() {
            files.push(root);
        } else {
            return Err(Failure::new(
                Kind::NothingMatched,
                format!("there is no `{}`", root.display()),
            )
            .hint("correct the path; a wrong one must never be green"));
        }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            "there is nothing to check: no .twb, .twbx, .tds, .tdsx, .tfl or .tflx file",
        )
        .hint("name files or folders: `tabship check FILE.twbx`"));
    }
    match &arguments.changed_since {
        Some(revision) => changed(base, revision, files),
        None => Ok(files),
    }
}

/// Nothing changed is a good answer, not a wrong path.
fn changed(base: &Path, revision: &str, files: Vec<PathBuf>) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |e: repository::RepositoryError| {
        Failure::usage(format!("what changed since `{revision}` is not known"))
            .hint(e.help())
            .because(&e)
    };
    let Some(head) = repository::head(base).map_err(wrong)? else {
        return Err(Failure::usage(
            "`--changed-since` needs a git repository, and this is none",
        ));
    };
    let changed: Vec<PathBuf> = repository::changed_since(base, revision)
        .map_err(wrong)?
        .iter()
        .map(|p| head.root.join(p))
        .collect();
    let canonical = |p: &Path| std::fs::canonicalize(base.join(p)).unwrap_or_else(|_| base.join(p));
    Ok(files
        .into_iter()
        .filter(|f| changed.contains(&canonical(f)))
        .collect())
}

fn baseline(arguments: &Arguments, base: &Path, mut checked: Checked) -> Result<Checked, Failure> {
    let Some(file) = &arguments.baseline else {
        return Ok(checked);
    };
    let path = base.join(file);
    let wrong = |e: &dyn std::error::Error| {
        Failure::usage(format!("the baseline `{}` cannot be used", path.display())).because(e)
    };
    if arguments.write_baseline {
        let baseline = Baseline::of(&checked.findings);
        let text = serde_json::to_string_pretty(&baseline).map_err(|e| wrong(&e))?;
        std::fs::write(&path, format!("{text}\n")).map_err(|e| wrong(&e))?;
        checked.known = checked.findings.len();
        return Ok(checked);
    }
    let text = std::fs::read_to_string(&path).map_err(|e| {
        wrong(&e).hint(format!(
            "write it: `tabship check --baseline {} --write-baseline`",
            next_steps::word(file)
        ))
    })?;
    let baseline: Baseline = serde_json::from_str(&text).map_err(|e| wrong(&e))?;
    (checked.findings, checked.known) = baseline.new_ones(checked.findings);
    Ok(checked)
}

fn write(
    session: &Session,
    arguments: &Arguments,
    base: &Path,
    checked: &Checked,
    texts: &Texts,
    manifest: Option<&Path>,
) -> Result<(), Failure> {
    let source = |file: &Path, member: Option<&str>| texts.of(file, member);
    // A platform looks for files from the root of the repository, wherever the manifest is.
    let elsewhere = LazyCell::new(|| from_root(checked, base, manifest));
    let rooted = || elsewhere.as_ref().unwrap_or(checked);
    let render = |format: Format, palette| match format {
        Format::Human => findings::human(checked, &source, palette),
        Format::Json => {
            let mut text = String::new();
            findings::json(checked, &mut |piece| text.push_str(piece));
            text
        }
        Format::Sarif => findings::sarif(rooted()),
        Format::Junit => findings::junit(checked),
        Format::Github => findings::github(rooted()),
        Format::Gitlab => findings::gitlab(rooted()),
        Format::Azure => findings::azure(rooted()),
        Format::Markdown => findings::markdown(checked),
        Format::Html => findings::html(checked, &source),
    };
    for report in &arguments.report {
        let path = base.join(&report.file);
        let text = render(report.format, crate::report::style::Palette::new(false));
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        folder
            .and_then(|()| std::fs::write(&path, text))
            .map_err(|e| {
                Failure::usage(format!("the report `{}` cannot be written", path.display()))
                    .because(&e)
            })?;
    }
    let streams = &session.streams;
    match session.global.format {
        Format::Json => findings::json(checked, &mut |piece| streams.result(piece)),
        other => streams.result(&render(other, streams.palette())),
    }
    Ok(())
}

/// The findings with their files from the root of the repository; `None` where that makes no difference.
fn from_root(checked: &Checked, base: &Path, manifest: Option<&Path>) -> Option<Checked> {
    let folder = manifest.and_then(Path::parent).unwrap_or(base);
    let root = top(base)?;
    if base == root && folder == root {
        return None;
    }
    // Relative to the manifest's folder, or, like the manifest itself, to where the command runs.
    let inside = |file: &Path| {
        let paths = [folder, base].map(|f| f.join(file));
        let mut there = paths.iter().filter(|p| p.exists());
        let inside = there.find_map(|p| p.strip_prefix(&root).ok());
        Arc::new(inside.map_or_else(|| file.to_owned(), Path::to_owned))
    };
    let mut rooted = checked.clone();
    let mut known: HashMap<Arc<PathBuf>, Arc<PathBuf>> = HashMap::new();
    for finding in &mut rooted.findings {
        let file = std::mem::take(&mut finding.place.file);
        let found = known.entry(file).or_insert_with_key(|file| inside(file));
        finding.place.file.clone_from(found);
    }
    Some(rooted)
}
