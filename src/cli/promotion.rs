//! Content on its way from one target to another: what a promotion takes, and what it is at the other end.

mod entries;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::api::endpoint::downloads::Download;
use crate::content::{self, Content, Limits};
use crate::plan::desired::{Certified, ViewChoice};
use crate::plan::document::Source;
use crate::plan::{Item, ItemKind, Key, Live, LiveItem, ProjectPath, Settings, Stamp};
use crate::publish;

use super::Session;
use super::desired::{self, ForTarget, Origin, Promoted, Rewrites};
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::passage::Passage;
use super::ready::Ready;
use super::selection::Selector;
use super::site::{SignedIn, asked, sign_in};
use super::target::Chosen;
use super::workspace::Workspace;
use entries::Entries;

/// The source of a promotion, signed in to.
pub(crate) struct Promotion<'p> {
    workspace: &'p Workspace,
    from: &'p Chosen,
    signed: SignedIn,
    live: Live,
    entries: Entries,
    /// Where the content is until it is published; it goes with this.
    folder: Passage,
}

/// What a promotion brings.
#[derive(Default)]
pub(crate) struct Fetched {
    origins: Vec<Origin>,
    /// Titles of items that cannot be rewritten, with what stands in the way.
    wrong: Vec<(String, Vec<String>)>,
    /// What the target has already: it is named in the plan, and nothing of it is read.
    pub(crate) unchanged: Vec<Item>,
    pub(crate) drifted: Vec<Drifted>,
}

impl Fetched {
    /// What is to be published; all of it can be rewritten.
    pub(crate) fn origins(&mut self, to: &Chosen) -> Result<Vec<Origin>, Failure> {
        if self.wrong.is_empty() {
            return Ok(std::mem::take(&mut self.origins));
        }
        Err(desired::cannot(&to.name, std::mem::take(&mut self.wrong)))
    }
}

/// An item that the source does not hold as tabship left it there.
pub(crate) struct Drifted {
    /// At the target.
    pub(crate) key: Key,
    pub(crate) message: String,
}

impl<'p> Promotion<'p> {
    /// Signs in to the source and reads what it holds.
    pub(crate) async fn begin(
        session: &Session,
        workspace: &'p Workspace,
        from: &'p Chosen,
        to: &Ready,
        sites: &Sites,
    ) -> Result<Self, Failure> {
        let signed = sign_in(
            session,
            from,
            sites,
            &workspace.folder,
            to.embedded.as_ref(),
        )
        .await?;
        match Self::look(workspace, from, to, &signed).await {
            Ok((live, entries, folder)) => Ok(Self {
                workspace,
                from,
                signed,
                live,
                entries,
                folder,
            }),
            Err(failure) => {
                let _ = signed.site.sign_out().await;
                Err(failure)
            }
        }
    }

    /// What the source holds, what the manifest says of it, and a place for it.
    async fn look(
        workspace: &Workspace,
        from: &Chosen,
        to: &Ready,
        signed: &SignedIn,
    ) -> Result<(Live, Entries, Passage), Failure> {
        let live = publish::observe(&signed.site)
            .await
            .map_err(|e| asked(&format!("reading what {} holds", from.name), &e))?;
        let entries = Entries::of(workspace, from, &to.chosen)?;
        let state = workspace.state();
        let folder = Passage::open(&state).map_err(|e| not_written(&state, &e))?;
        Ok((live, entries, folder))
    }

    /// Signs out; what was downloaded is there until the folder is dropped.
    pub(crate) async fn end(self) -> Passage {
        let _ = self.signed.site.sign_out().await;
        self.folder
    }

    /// The target that holds the content.
    pub(crate) fn from(&self) -> &Chosen {
        self.from
    }

    pub(crate) fn source(&self) -> Source {
        Source {
            target: self.from.name.clone(),
            server: self.signed.server_name.clone(),
            site: self.signed.site.session().site_content_url.clone(),
        }
    }

    /// Items of ours that were asked for, and that the target does not skip.
    pub(crate) fn candidates(
        &self,
        selector: &Selector,
        tags: &[String],
    ) -> Vec<(LiveItem, Stamp)> {
        self.ours(|item| {
            self.entries.selects(selector, item)
                && (tags.is_empty() || tags.iter().any(|t| item.tags.contains(t)))
                && self.entries.at_target(item).is_some()
        })
    }

    /// Items of ours that were asked for and that the target skips: in words, one each.
    pub(crate) fn skipped(&self, selector: &Selector, to: &Chosen) -> Vec<String> {
        let skipped = self.ours(|item| {
            self.entries.selects(selector, item) && self.entries.at_target(item).is_none()
        });
        let skipped = skipped.iter().map(|(item, _)| {
            let (title, from, to) = (title(item), &self.from.name, &to.name);
            format!("`{from}` holds {title}, which the manifest skips for `{to}`")
        });
        skipped.collect()
    }

    /// What is where a deployment to the source puts it, and is not as tabship left it there: in words, one each.
    pub(crate) fn not_ours(&self, selector: &Selector) -> Vec<String> {
        let all = self.live.items.iter().filter_map(|item| {
            let project = item.project.as_ref()?;
            let entry = self.entries.get(item)?;
            let theirs = item.stamp(&self.from.stamp).is_none()
                && project.folded() == entry.project.folded()
                && self.entries.at_target(item).is_some()
                && self.entries.selects(selector, item);
            theirs.then(|| {
                format!(
                    "`{}` holds {} in {project} without tabship's stamp: somebody else published it, or published over it",
                    self.from.name,
                    title(item)
                )
            })
        });
        all.collect()
    }

    /// Items of ours that are called so at the target.
    pub(crate) fn named(&self, keys: &HashSet<Key>) -> Vec<(LiveItem, Stamp)> {
        self.ours(|item| {
            let place = self.entries.at_target(item);
            place
                .is_some_and(|(project, name)| keys.contains(&Key::new(item.kind, &project, &name)))
        })
    }

    fn ours(&self, wanted: impl Fn(&LiveItem) -> bool) -> Vec<(LiveItem, Stamp)> {
        let all = self.live.items.iter();
        all.filter(|item| item.project.is_some() && wanted(item))
            .filter_map(|item| Some((item.clone(), item.stamp(&self.from.stamp)?)))
            .collect()
    }

    /// Downloads what the target does not have yet, or all of it.
    pub(crate) async fn fetch(
        &self,
        to: &Ready,
        target: &ForTarget<'_>,
        candidates: &[(LiveItem, Stamp)],
        all: bool,
    ) -> Result<Fetched, Failure> {
        let at_target = to.live.by_key();
        let rewrites = Rewrites::of(&self.workspace.manifest, &to.chosen.name);
        let mut fetched = Fetched::default();
        for (item, stamp) in candidates {
            let Some((project, name)) = self.entries.at_target(item) else {
                continue;
            };
            let entry = self.entries.get(item);
            let (file, base) = entry
                .map(|entry| (entry.file.clone(), entry.settings.clone()))
                .unwrap_or_default();
            let fingerprint = self.fingerprint(stamp, &base, item, &rewrites, &file);
            let key = Key::new(item.kind, &project, &name);
            let there = at_target.get(&key);
            let there = there.and_then(|l| l.stamp(&to.chosen.stamp));
            if !all && there.is_some_and(|s| s.fingerprint == fingerprint) {
                let unchanged = placeholder(item.kind, name, project, fingerprint, base);
                fetched.unchanged.push(unchanged);
                continue;
            }
            let revision = self.revision(item).await?;
            let drift = revision.filter(|r| stamp.revision > 0 && *r != stamp.revision);
            let (path, content) = self.download(item).await?;
            let known = target.profile(&file, &content);
            let promoted = Promoted {
                fingerprint: drift.map_or(fingerprint.clone(), |r| at_revision(&fingerprint, r)),
                commit: stamp.commit.clone(),
            };
            fetched.drifted.extend(drift.map(|r| Drifted {
                key,
                message: format!(
                    "`{}` holds {} at revision {r}; tabship left it at revision {}",
                    self.from.name,
                    title(item),
                    stamp.revision
                ),
            }));
            let (profile, rewriting) = match known {
                Ok(known) => known,
                Err(why) => {
                    fetched.wrong.push((title(item), why));
                    continue;
                }
            };
            fetched.origins.push(Origin {
                shown: file,
                path,
                name,
                project,
                settings: self.carried(item, base, &self.views(item).await?),
                profile,
                rewriting,
                promoted: Some(promoted),
            });
        }
        Ok(fetched)
    }

    /// What the source's stamp says, with what the target makes of it: known without downloading anything.
    fn fingerprint(
        &self,
        stamp: &Stamp,
        settings: &Settings,
        item: &LiveItem,
        rewrites: &Rewrites<'_>,
        file: &Path,
    ) -> String {
        let file = file.to_string_lossy().replace('\\', "/");
        let rewrites: Vec<String> = rewrites
            .about(&file)
            .map(|(_, r, to)| format!("{:?} {to:?}", r.matching))
            .collect();
        let mut hasher = blake3::Hasher::new();
        for part in [
            stamp.fingerprint.as_str(),
            &rewrites.join("\n"),
            &item.own_tags(&self.from.stamp).join("\n"),
            item.description.as_deref().unwrap_or_default(),
        ] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        hasher.update(&serde_json::to_vec(settings).unwrap_or_default());
        hasher.finalize().to_hex()[..24].to_owned()
    }

    async fn revision(&self, item: &LiveItem) -> Result<Option<u64>, Failure> {
        let what = || format!("reading the revision of {}", title(item));
        let of = publish::api_item(item).map_err(|e| asked(&what(), &e))?;
        publish::current_revision(&self.signed.site, of)
            .await
            .map_err(|e| asked(&what(), &e))
    }

    async fn download(&self, item: &LiveItem) -> Result<(PathBuf, Content), Failure> {
        let title = title(item);
        let folder = self.folder.path();
        let wrong = |e| asked(&format!("downloading {title}"), &e);
        let of = publish::api_item(item).map_err(wrong)?;
        let raw = folder.join(&item.luid);
        let head = self
            .signed
            .site
            .save(&Download::of(of), &raw, None)
            .await
            .map_err(wrong)?;
        let extension = Path::new(&head.name)
            .extension()
            .map_or_else(String::new, |e| e.to_string_lossy().into_owned());
        let path = folder.join(format!("{}.{extension}", item.luid));
        std::fs::rename(&raw, &path).map_err(|e| not_written(folder, &e))?;
        let content = content::open(&path, &Limits::default()).map_err(|refused| {
            Failure::new(
                Kind::Refused,
                format!(
                    "{title} on {} is not readable: {}",
                    self.from.name, refused.refusal
                ),
            )
            .hint(refused.refusal.help())
        })?;
        Ok((path, content))
    }

    async fn views(&self, item: &LiveItem) -> Result<Vec<String>, Failure> {
        if item.kind != ItemKind::Workbook {
            return Ok(Vec::new());
        }
        let views = publish::view_names(&self.signed.site, item).await;
        views.map_err(|e| asked(&format!("reading the views of \"{}\"", item.name), &e))
    }

    /// Tags, description, tabs, the choice of views and certification go along, unless the manifest says otherwise.
    fn carried(&self, item: &LiveItem, mut settings: Settings, views: &[String]) -> Settings {
        for tag in item.own_tags(&self.from.stamp) {
            if !settings.tags.contains(&tag) {
                settings.tags.push(tag);
            }
        }
        settings.description = settings
            .description
            .or_else(|| item.description.clone().filter(|d| !d.is_empty()));
        if item.kind == ItemKind::Workbook {
            settings.tabs = settings.tabs.or(item.show_tabs);
            settings.views = settings
                .views
                .or_else(|| Some(ViewChoice::Include(views.to_vec())));
        }
        if item.kind == ItemKind::Datasource
            && item.certified == Some(true)
            && settings.certified.is_none()
        {
            settings.certified = Some(Certified {
                note: item.certification_note.clone(),
            });
        }
        settings
    }
}

fn title(item: &LiveItem) -> String {
    format!("{} \"{}\"", item.kind, item.name)
}

fn not_written(folder: &Path, error: &std::io::Error) -> Failure {
    let message = format!("`{}` cannot be written", folder.display());
    Failure::new(Kind::Refused, message).because(error)
}

/// Of content that is not what its stamp says: another revision is another content.
fn at_revision(fingerprint: &str, revision: u64) -> String {
    let text = format!("{fingerprint} at revision {revision}");
    blake3::hash(text.as_bytes()).to_hex()[..24].to_owned()
}

/// An item that the target has already: it is named in the plan, and nothing of it is read.
fn placeholder(
    kind: ItemKind,
    name: String,
    project: ProjectPath,
    fingerprint: String,
    settings: Settings,
) -> Item {
    Item {
        kind,
        name,
        project,
        file: PathBuf::new(),
        bytes: 0,
        fingerprint,
        sheets: Vec::new(),
        has_extract: None,
        published: Vec::new(),
        writes: Vec::new(),
        rewrites: Vec::new(),
        notes: Vec::new(),
        settings,
    }
}
