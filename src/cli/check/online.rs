//! `check --online`: asks a target's site for what no file holds. It changes nothing there.
//!
//! The fields of a published data source come from its own file, downloaded without data, and not from the Metadata API:
//! that one lags behind a publish, and a server may have it switched off.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use futures_util::{StreamExt, TryStreamExt};

use crate::api::endpoint::downloads::Download;
use crate::api::endpoint::validation::{Validation, ValidationFinding};
use crate::api::{self, ErrorKind, Site, Source};
use crate::cli::Session;
use crate::cli::checking::{Answers, Opened};
use crate::cli::desired::{self, Made, cannot};
use crate::cli::failure::Failure;
use crate::cli::options::Sites;
use crate::cli::ready::{self, Ready};
use crate::cli::selection::Selection;
use crate::cli::site::asked;
use crate::cli::target::{self, Chosen};
use crate::cli::workspace::Workspace;
use crate::content::{self, Body, Document, Kind, Limits, edit};
use crate::diagnostic::{NotChecked, Position};
use crate::lint::{self, Judged, PublishedSource, SiteFacts};
use crate::plan::{ItemKind, Live, LiveItem};
use crate::publish;

/// Downloads, and validations, that run at the same time.
const AT_ONCE: usize = 4;

/// Something that the site told, or why it did not: a refusal is no failure of the check.
type Told<T> = Result<T, String>;

/// Signs in, asks, signs out.
pub(super) fn ask(
    session: &Session,
    named: Option<&str>,
    sites: &Sites,
    contents: &[Opened],
) -> Result<Answers, Failure> {
    // Which variables are wanted depends on the target, which may depend on the branch.
    let branch = sites.branch.as_deref();
    let chosen = choose(&session.workspace(&[], branch)?, named)?;
    let workspace = session.workspace(sites.used(&[&chosen.name]), branch)?;
    let chosen = choose(&workspace, Some(&chosen.name))?;
    let workbooks: Vec<&Opened> = contents
        .iter()
        .filter(|c| c.content.kind == Kind::Workbook)
        .collect();
    let files: Vec<PathBuf> = workbooks.iter().map(|c| c.shown.clone()).collect();
    let everything = Selection::default().compile()?;
    // What is wrong with the mapping of files was said before.
    let (files, _) = desired::selected(&workspace.manifest, &files, &chosen, &everything)?;
    let files: HashSet<PathBuf> = files.into_iter().map(|f| f.file).collect();
    ready::block_on(async {
        let ready = ready::ready(session, &workspace, chosen, sites).await?;
        let ask = async |ready: &mut Ready| {
            let manifest = ready.manifest(&workspace, &ready.live);
            let (site, target) = (&ready.signed.site, &ready.chosen.name);
            let mut answers = Answers::default();
            let asked = workbooks.iter().filter_map(|workbook| {
                let made = files
                    .contains(&workbook.shown)
                    .then(|| manifest.made(&workbook.shown, &workbook.content));
                ask_about(workbook, made, target, &mut answers.not_checked)
            });
            let asked: Vec<Asked<'_>> = asked.collect();
            answer(site, target, &ready.live, &asked, answers).await
        };
        ready.during(ask).await
    })
}

/// A protected target may be asked from any branch: nothing is changed.
fn choose(workspace: &Workspace, named: Option<&str>) -> Result<Chosen, Failure> {
    match named {
        Some(name) => target::as_recorded(workspace, name),
        None => target::choose(workspace, None),
    }
}

/// A workbook, and what the target would get of it.
struct Asked<'a> {
    file: &'a Path,
    own: &'a Document,
    /// `None` where the manifest does not publish it there.
    sent: Option<Made>,
}

impl Asked<'_> {
    fn document(&self) -> &Document {
        match self.sent.as_ref().and_then(|sent| sent.body.as_ref()) {
            Some(Body::Document(document)) => document,
            _ => self.own,
        }
    }

    /// The published data sources that it reads: its own name for each, and the content URL on the target.
    fn published(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.document().model.datasources.iter();
        all.filter_map(|d| Some((d.name.value.as_str(), d.published()?.get("dbname")?)))
    }

    /// Where the server's line and column are in the file itself.
    fn byte(&self, finding: &ValidationFinding) -> Option<u32> {
        let number = |n: Option<u64>| n.and_then(|n| u32::try_from(n).ok());
        let position = Position {
            line: number(finding.line)?,
            column: number(finding.column).unwrap_or(1),
        };
        let byte = self.document().source().byte(position)?;
        let edits = self.sent.as_ref().map_or(&[][..], |sent| &sent.edits);
        Some(edit::before(edits, byte))
    }

    fn note(&self, what: impl Into<String>, why: impl Into<String>) -> NotChecked {
        NotChecked {
            file: self.file.to_owned(),
            what: what.into(),
            why: why.into(),
        }
    }
}

async fn answer(
    site: &Site,
    target: &str,
    live: &Live,
    asked: &[Asked<'_>],
    mut answers: Answers,
) -> Result<Answers, Failure> {
    let sources = sources(site, live, asked).await?;
    let judgements: Vec<Told<Vec<Judged>>> = futures_util::stream::iter(asked)
        .map(|workbook| judge(site, workbook))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    for (workbook, judgement) in asked.iter().zip(judgements) {
        let mut facts = SiteFacts {
            target: target.to_owned(),
            ..SiteFacts::default()
        };
        for (name, content_url) in workbook.published() {
            let unknown = match sources.get(content_url) {
                Some((source, unknown)) => {
                    facts.published.insert(name.to_owned(), source.clone());
                    unknown.clone()
                }
                None => Some(format!(
                    "the site of `{target}` has no such published data source"
                )),
            };
            let what = format!("fields of \"{content_url}\" on the site");
            let note = unknown.map(|why| workbook.note(what, why));
            answers.not_checked.extend(note);
        }
        match judgement {
            Ok(judged) => facts.judgement = judged,
            Err(why) => {
                let note = workbook.note("the server's own validation", why);
                answers.not_checked.push(note);
            }
        }
        answers.facts.insert(workbook.file.to_owned(), facts);
    }
    Ok(answers)
}

/// A workbook with what is sent of it. One that cannot be rewritten is asked about as it is.
fn ask_about<'a>(
    workbook: &'a Opened,
    made: Option<Result<Made, Vec<String>>>,
    target: &str,
    notes: &mut Vec<NotChecked>,
) -> Option<Asked<'a>> {
    let mut asked = Asked {
        file: &workbook.shown,
        own: workbook.content.document()?,
        sent: None,
    };
    match made {
        Some(Ok(made)) => asked.sent = Some(made),
        Some(Err(why)) => {
            let title = format!("`{}`", asked.file.display());
            let failure = cannot(target, vec![(title, why)]);
            notes.push(asked.note(
                "the document as it would be published",
                format!("{failure}; the site was asked about the file as it is"),
            ));
        }
        None => {}
    }
    Some(asked)
}

/// The published data sources that any of the workbooks reads, by content URL; and why the fields of one are not known.
async fn sources<'l>(
    site: &Site,
    live: &'l Live,
    asked: &[Asked<'_>],
) -> Result<HashMap<&'l str, (PublishedSource, Option<String>)>, Failure> {
    let urls = asked.iter().flat_map(Asked::published);
    let wanted: BTreeSet<&str> = urls.map(|(_, url)| url).collect();
    let items = live.items.iter().filter(|i| i.kind == ItemKind::Datasource);
    let items = items.filter_map(|i| Some((i.content_url.as_deref()?, i)));
    let items: Vec<_> = items.filter(|(url, _)| wanted.contains(url)).collect();
    futures_util::stream::iter(items)
        .map(|(url, item)| async move {
            let (fields, unknown) = match fields(site, item).await? {
                Ok(fields) => (Some(fields), None),
                Err(why) => (None, Some(why)),
            };
            let source = PublishedSource {
                name: item.name.clone(),
                certified: item.certified,
                fields,
            };
            Ok((url, (source, unknown)))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

async fn fields(site: &Site, item: &LiveItem) -> Result<Told<BTreeSet<String>>, Failure> {
    let doing = format!("downloading {} \"{}\"", item.kind, item.name);
    let download = Download {
        with_extract: false,
        ..Download::of(publish::api_item(item).map_err(|e| asked(&doing, &e))?)
    };
    let mut bytes = Vec::new();
    let head = match site.download(&download, &mut bytes, None).await {
        Ok(head) => head,
        Err(error) => return refused(&doing, &error).map(Err),
    };
    Ok(read_fields(&head.name, &bytes))
}

fn read_fields(name: &str, file: &[u8]) -> Told<BTreeSet<String>> {
    let content = content::from_bytes(Path::new(name), file, &Limits::default())
        .map_err(|r| format!("its file on the site cannot be read: {}", r.refusal))?;
    let datasource = content.document().and_then(|d| d.model.datasources.first());
    datasource
        .and_then(lint::field_names)
        .ok_or_else(|| "its file on the site does not list what its tables deliver".to_owned())
}

/// What the server finds in a workbook.
async fn judge(site: &Site, workbook: &Asked<'_>) -> Result<Told<Vec<Judged>>, Failure> {
    let text = workbook.document().source().text().to_owned();
    let Validation {
        errors, warnings, ..
    } = match site.validate_workbook(Source::bytes(text)).await {
        Ok(validation) => validation,
        Err(error) => {
            let doing = format!("validating `{}`", workbook.file.display());
            return refused(&doing, &error).map(Err);
        }
    };
    let judged = |severe: bool, finding: &ValidationFinding| Judged {
        severe,
        message: lint::mask(&finding.message).into_owned(),
        at: workbook.byte(finding),
        element: finding.element.clone(),
    };
    let errors = errors.iter().map(|finding| judged(true, finding));
    let warnings = warnings.iter().map(|finding| judged(false, finding));
    Ok(Ok(errors.chain(warnings).collect()))
}

/// Why a call was refused: it is about that one thing. A site that is not there any more ends the command.
fn refused(doing: &str, error: &api::Error) -> Result<String, Failure> {
    use ErrorKind::{NotTableau, Redirected, SignInRefused, TooOld, Unreachable};
    match error.kind() {
        Unreachable(_) | NotTableau | Redirected | SignInRefused => Err(asked(doing, error)),
        TooOld => Ok(error.to_string()),
        _ if error.is_not_available() => Ok(format!("the server does not offer it ({error})")),
        _ => Ok(format!("{error}; {}", error.advice())),
    }
}
