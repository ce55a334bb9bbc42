//! Reading files and holding them to the rules, on all cores: a file is let go as soon as nobody needs it any more.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::content::model::ProductVersion;
use crate::content::{self, Body, Content, Limits};
use crate::diagnostic::{Finding, NotChecked};
use crate::lint::{self, Checker, FileOutcome, InputFile, Outcome, SiteFacts};
use crate::manifest::raw::Rules;
use crate::parallel;
use crate::report::bytes as size;
use crate::report::findings::{Checked, RuleNote};
use crate::repository;

use super::failure::Failure;
use super::workspace::Workspace;

/// A file that was read, with the name that findings use.
pub(crate) struct Opened {
    pub(crate) shown: PathBuf,
    pub(crate) content: Content,
    /// The file as it was at the merge base, where the check is about a change.
    pub(crate) base: Option<Content>,
}

/// What a site said, by the name of the file in findings.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) facts: HashMap<PathBuf, SiteFacts>,
    /// What could not be asked, and why.
    pub(crate) not_checked: Vec<NotChecked>,
}

/// Texts that findings point into, by file, with the member where the file is a package.
#[derive(Default)]
pub(crate) struct Texts(BTreeMap<(PathBuf, Option<String>), String>);

impl Texts {
    pub(crate) fn of(&self, file: &Path, member: Option<&str>) -> Option<&str> {
        let key = (file.to_owned(), member.map(str::to_owned));
        self.0.get(&key).map(String::as_str)
    }

    pub(crate) fn add(&mut self, file: PathBuf, member: Option<String>, text: String) {
        self.0.insert((file, member), text);
    }

    /// The text of what was read; the rest of it goes.
    pub(crate) fn keep(&mut self, opened: Opened) {
        if let Left::Text(file, member, text) = opened.text() {
            self.add(file, member, text);
        }
    }
}

/// What the caller does with files after the check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Findings are shown with a piece of the text.
    pub(super) texts: bool,
    /// What can be repaired, will be.
    pub(super) repairs: bool,
}

/// What came of a check, and what is left of the files.
pub(super) struct Look {
    pub(super) checked: Checked,
    pub(super) repairable: Vec<Opened>,
    pub(super) texts: Texts,
}

/// Where files are, and what they are held to.
pub(super) struct Check<'c> {
    pub(super) base: &'c Path,
    pub(super) workspace: Option<&'c Workspace>,
    pub(super) target: Option<&'c str>,
    /// What standard input is called.
    pub(super) stdin_name: &'c Path,
    /// What changes are compared with.
    pub(super) before: Option<Before>,
    /// There are more files in the repository than those that are looked at.
    pub(super) partial: bool,
    /// Standard input is there once, and may be looked at twice.
    pub(super) stdin: OnceLock<Vec<u8>>,
    /// What was read before the check, by the name in findings: each is taken from here once.
    pub(super) read: Mutex<HashMap<PathBuf, Content>>,
}

impl Check<'_> {
    /// Every file that can be read.
    pub(super) fn read(&self, inputs: &[PathBuf]) -> Result<Vec<Opened>, Failure> {
        let mut all = Vec::new();
        for (shown, opened) in parallel::map(inputs, parallel::cores(), |input| self.open(input))
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?
        {
            all.extend(opened.ok().map(|content| Opened {
                shown,
                content,
                base: None,
            }));
        }
        Ok(all)
    }

    /// What [`read`](Self::read) gave, for the next look.
    pub(super) fn hand_on(&self, read: Vec<Opened>) {
        let read = read.into_iter().map(|o| (o.shown, o.content));
        self.kept().extend(read);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<PathBuf, Content>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds each file to the rules, with what a site says of it. `all` are the findings that there are already.
    pub(super) fn look(
        &self,
        inputs: &[PathBuf],
        wanted: Wanted,
        answers: &Answers,
        all: Vec<Finding>,
    ) -> Result<Look, Failure> {
        let server = server(self.target, self.workspace)?;
        let default = Rules::default();
        let rules = rules(self.workspace, &default);
        let checker = Checker::new(rules, today());
        let threads = parallel::cores();
        let each = lint::cores_left(inputs.len());
        let done = parallel::map(inputs, threads, |input| {
            self.one(input, &checker, (server, answers), each, wanted)
        });
        let (mut outcomes, mut repairable, mut texts) = (Vec::new(), Vec::new(), Texts::default());
        let mut files = 0;
        for file in done {
            match file? {
                One::Refused(finding) => outcomes.push(refused(*finding)),
                One::Checked(outcome, left) => {
                    files += 1;
                    outcomes.push(outcome);
                    match left {
                        Left::Whole(opened) => repairable.push(*opened),
                        Left::Text(shown, member, text) => texts.add(shown, member, text),
                        Left::Nothing => {}
                    }
                }
            }
        }
        let mut outcome = checker.outcome(outcomes, self.partial);
        outcome.not_checked.extend_from_slice(&answers.not_checked);
        Ok(Look {
            checked: summed(rules, files, outcome, all),
            repairable,
            texts,
        })
    }

    fn one(
        &self,
        input: &Path,
        checker: &Checker<'_>,
        (server, answers): (Option<ProductVersion>, &Answers),
        threads: usize,
        wanted: Wanted,
    ) -> Result<One, Failure> {
        let (shown, opened) = self.open(input)?;
        let content = match opened {
            Ok(content) => content,
            Err(refused) => return Ok(One::Refused(Box::new(refused.finding(&shown)))),
        };
        let before = self.before.as_ref();
        let before = before.and_then(|b| b.content(&self.base.join(input)));
        let file = InputFile {
            path: &shown,
            content: &content,
            server,
            base: before.as_ref(),
            site: answers.facts.get(&shown),
        };
        let outcome = checker.file(&file, threads);
        let opened = Opened {
            shown,
            content,
            base: None,
        };
        let left = if wanted.repairs && outcome.findings.iter().any(|f| f.fix.is_some()) {
            Left::Whole(Box::new(opened))
        } else if wanted.texts && !outcome.findings.is_empty() {
            opened.text()
        } else {
            let_go(opened, threads);
            Left::Nothing
        };
        Ok(One::Checked(outcome, left))
    }

    fn open(
        &self,
        input: &Path,
    ) -> Result<(PathBuf, Result<Content, Box<content::Refused>>), Failure> {
        let limits = Limits::default();
        if input.as_os_str() != "-" {
            let shown = relative(input, self.base, self.workspace);
            let kept = self.kept().remove(&shown);
            let open = || content::open(&self.base.join(input), &limits);
            return Ok((shown, kept.map_or_else(open, Ok)));
        }
        if let Some(content) = self.kept().remove(self.stdin_name) {
            return Ok((self.stdin_name.to_owned(), Ok(content)));
        }
        let bytes = match self.stdin.get() {
            Some(bytes) => bytes,
            None => {
                let bytes = whole(std::io::stdin().lock(), MOST_STDIN)?;
                self.stdin.get_or_init(|| bytes)
            }
        };
        let opened = content::from_bytes(self.stdin_name, bytes, &limits);
        Ok((self.stdin_name.to_owned(), opened))
    }
}

/// Bytes that `check -` holds in memory.
const MOST_STDIN: u64 = 1 << 30;

/// All that standard input has, up to `most` bytes.
fn whole(input: impl Read, most: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    input
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::usage("standard input cannot be read").because(&e))?;
    if bytes.len() as u64 > most {
        let most = size::bytes(most);
        return Err(
            Failure::usage(format!("standard input has more than {most}"))
                .hint("write it to a file and check that: only what is needed of a file is read"),
        );
    }
    Ok(bytes)
}

/// A large document takes a while to be let go. Where there are no more files than cores, the process is soon at its end, and the
/// system takes all that it had at once.
fn let_go(opened: Opened, threads: usize) {
    if threads > 1 {
        std::mem::forget(opened);
    }
}

/// What came of one file.
enum One {
    Refused(Box<Finding>),
    Checked(FileOutcome, Left),
}

/// A file that is no content stands among the others in the report.
fn refused(finding: Finding) -> FileOutcome {
    FileOutcome {
        path: finding.place.file.to_path_buf(),
        findings: vec![finding],
        not_checked: Vec::new(),
    }
}

/// What is left of a file.
enum Left {
    Nothing,
    Text(PathBuf, Option<String>, String),
    Whole(Box<Opened>),
}

impl Opened {
    fn text(self) -> Left {
        let member = self.content.member().map(str::to_owned);
        match self.content.body {
            Body::Document(document) => Left::Text(self.shown, member, document.into_text()),
            Body::Flow(_) => Left::Nothing,
        }
    }
}

/// What changes are compared with: the merge base, as `review` and a pull request do.
pub(super) struct Before {
    /// Top of the repository.
    root: PathBuf,
    commit: String,
}

impl Before {
    /// A revision that does not resolve was said when the changed files were listed.
    pub(super) fn find(base: &Path, revision: &str) -> Option<Self> {
        Some(Self {
            root: top(base)?,
            commit: repository::merge_base(base, revision).ok()??,
        })
    }

    /// The file as it was; `None` where it was not there or cannot be read, which is nothing that this check is about.
    fn content(&self, file: &Path) -> Option<Content> {
        let path = std::fs::canonicalize(file).ok()?;
        let inside = path.strip_prefix(&self.root).ok()?;
        let bytes = repository::file_at(&self.root, &self.commit, inside).ok()??;
        content::from_bytes(inside, &bytes, &Limits::default()).ok()
    }
}

/// Top of the repository that `folder` is in, links resolved.
pub(super) fn top(folder: &Path) -> Option<PathBuf> {
    std::fs::canonicalize(repository::head(folder).ok()??.root).ok()
}

/// Relative to the manifest's folder, so that globs in it fit, and without `./`.
pub(super) fn relative(input: &Path, base: &Path, workspace: Option<&Workspace>) -> PathBuf {
    let path = base.join(input);
    let folder = workspace.map_or(base, |w| w.folder.as_path());
    let canonical = std::fs::canonicalize(&path).unwrap_or(path);
    canonical
        .strip_prefix(folder)
        .map_or_else(|_| input.to_owned(), Path::to_owned)
}

/// The version of the product that files must not be newer than.
fn server(
    target: Option<&str>,
    workspace: Option<&Workspace>,
) -> Result<Option<ProductVersion>, Failure> {
    match (target, workspace) {
        (Some(name), Some(workspace)) => match workspace.manifest.target(name) {
            Some(target) => Ok(target.version.as_deref().and_then(ProductVersion::parse)),
            None => Err(super::target::unknown(&workspace.manifest, name)),
        },
        (Some(_), None) => Err(Failure::usage(
            "`--target` needs a manifest, and there is none that can be read",
        )),
        (None, _) => Ok(None),
    }
}

fn rules<'r>(workspace: Option<&'r Workspace>, default: &'r Rules) -> &'r Rules {
    workspace.map_or(default, |w| &w.manifest.raw.rules)
}

fn today() -> jiff::civil::Date {
    let now = jiff::Timestamp::now();
    jiff::tz::Offset::UTC.to_datetime(now).date()
}

/// Holds some of a repository's files to the rules. `all` are the findings that there are already.
pub(crate) fn checked(
    workspace: Option<&Workspace>,
    contents: &[Opened],
    all: Vec<Finding>,
) -> Checked {
    let files: Vec<InputFile<'_>> = contents
        .iter()
        .map(|c| InputFile {
            path: &c.shown,
            content: &c.content,
            server: None,
            base: c.base.as_ref(),
            site: None,
        })
        .collect();
    let default = Rules::default();
    let rules = rules(workspace, &default);
    let outcome = lint::check(&lint::Input {
        files: &files,
        partial: true,
        rules,
        today: today(),
    });
    summed(rules, files.len(), outcome, all)
}

fn summed(rules: &Rules, files: usize, outcome: Outcome, all: Vec<Finding>) -> Checked {
    let mut findings = outcome.findings;
    findings.splice(..0, all);
    let own = rules.custom.iter().map(|c| RuleNote {
        id: c.id.clone(),
        summary: format!("rule of this repository about each {}", c.select.words()),
        doc: c.help.clone().unwrap_or_else(|| c.message.clone()),
    });
    Checked {
        findings,
        not_checked: outcome.not_checked,
        files,
        suppressed: outcome.suppressed,
        known: 0,
        rules: built_in().chain(own).collect(),
    }
}

/// What reports say about tabship's own rules.
pub(crate) fn built_in() -> impl Iterator<Item = RuleNote> {
    lint::metas().map(|meta| RuleNote {
        id: meta.id.to_owned(),
        summary: meta.summary.to_owned(),
        doc: meta.page(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_for_a_site_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.twb");
        std::fs::write(&path, "<?xml version='1.0'?><workbook/>").unwrap();
        let check = Check {
            base: folder.path(),
            workspace: None,
            target: None,
            stdin_name: Path::new("-"),
            before: None,
            partial: false,
            stdin: OnceLock::new(),
            read: Mutex::default(),
        };
        let inputs = [PathBuf::from("a.twb")];
        check.hand_on(check.read(&inputs).unwrap());
        std::fs::remove_file(path).unwrap();
        let wanted = Wanted {
            texts: false,
            repairs: false,
        };
        let files = || {
            let look = check.look(&inputs, wanted, &Answers::default(), Vec::new());
            look.unwrap().checked.files
        };
        assert_eq!(files(), 1);
        // A repair changes the file: what it was is not looked at twice.
        assert_eq!(files(), 0);
    }

    #[test]
    fn what_is_too_much_for_memory_is_refused() {
        assert_eq!(whole(&b"1234"[..], 4).unwrap(), b"1234");
        let failure = whole(&b"12345"[..], 4).unwrap_err();
        assert_eq!(failure.to_string(), "standard input has more than 4 B");
    }
}
