//! `tabship promote`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::api::endpoint::downloads::Download;
use crate::content::{self, Kind as ContentKind, Limits};
use crate::manifest::{self, Allow};
use crate::plan::desired::{Certified, ViewChoice};
use crate::plan::document::Source;
use crate::plan::{Item, ItemKind, Key, Live, LiveItem, ProjectPath, Settings, Stamp};
use crate::publish;
use crate::repository;

use super::Session;
use super::desired::{self, Origin, Promoted};
use super::ending;
use super::execution::{self, Execution};
use super::failure::{Failure, Kind};
use super::next_steps;
use super::options::{Format, Sites};
use super::plan as plan_command;
use super::planning::PlanOptions;
use super::ready::{self, Ready};
use super::selection::{Selection, Selector};
use super::site::{SignedIn, asked, sign_in};
use super::target::{self, Chosen};
use super::workspace::Workspace;

/// Bring what one target holds to another, rewritten for it
///
/// The content comes from the site, not from the disk: what was tested there is what arrives. Only items that tabship
/// deployed and that nobody has changed since are taken.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The target that holds the content
    #[arg(long, value_name = "NAME")]
    from: String,

    /// The target that is to hold it
    #[arg(long, value_name = "NAME")]
    to: String,

    /// Only items with this tag; may be repeated
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,

    /// Show the plan, and do nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    options: PlanOptions,

    #[command(flatten)]
    execution: Execution,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    ending::know_format(session)?;
    if arguments.from == arguments.to {
        return Err(Failure::usage("`--from` and `--to` are the same target"));
    }
    let selector = arguments.selection.compile()?;
    let (workspace, to) = open(session, arguments)?;
    let from = source(&workspace, arguments)?;
    target::worthy(session, &workspace, &to)?;
    let deployment = ready::block_on(async {
        let mut ready = ready::ready(session, &workspace, to, &arguments.sites).await?;
        let signed = sign_in(
            session,
            &from,
            &arguments.sites,
            &workspace.folder,
            ready.embedded.as_ref(),
        )
        .await?;
        let live = publish::observe(&signed.site)
            .await
            .map_err(|e| asked(&format!("reading what {} holds", from.name), &e))?;
        let candidates = candidates(&live, &from, &selector, &arguments.tag)?;
        let promotion = Promotion {
            workspace: &workspace,
            from: &from,
            signed,
            options: &arguments.options,
        };
        let folder = workspace.state().join("promotions");
        let (origins, unchanged) = promotion.fetch(&ready, &candidates, &folder).await?;
        let plan_source = promotion.source();
        let _ = promotion.signed.site.sign_out().await;
        let observed = ready.live.clone();
        let assembly = ready
            .assemble(&workspace, origins, &observed)
            .coming_from(&from.name);
        let mut desired = assembly.desired()?;
        desired.items.extend(unchanged);
        let mut plan = ready
            .plan(&workspace, &desired, &arguments.options, false)
            .await?;
        plan.source = Some(plan_source);
        if arguments.dry_run {
            ready.close().await;
            plan_command::show(session, &plan, false)?;
            return Ok(None);
        }
        let done = execution::carry_out(
            session,
            &workspace,
            &ready,
            &plan,
            &assembly,
            &arguments.execution,
            &arguments.sites,
        )
        .await;
        ready.close().await;
        // What was downloaded is published, or kept by the journal.
        let _ = std::fs::remove_dir_all(&folder);
        done.map(Some)
    })?;
    match deployment {
        Some(deployment) => {
            ending::finish(session, &deployment)?;
            if session.global.format == Format::Human {
                next_steps::say(
                    session,
                    &workspace,
                    &arguments.to,
                    arguments.sites.sandbox.is_some(),
                );
            }
            Ok(())
        }
        None => Ok(()),
    }
}

fn open(session: &Session, arguments: &Arguments) -> Result<(Workspace, Chosen), Failure> {
    let sites = &arguments.sites;
    let used = [arguments.from.as_str(), &arguments.to];
    let workspace = session.workspace(sites.used(&used), sites.branch.as_deref())?;
    let to = target::choose(&workspace, Some(&arguments.to))?;
    if let Some(only) = to
        .target
        .promote_from
        .as_ref()
        .filter(|only| **only != arguments.from)
    {
        return Err(Failure::new(
            Kind::Refused,
            format!(
                "`{}` takes only what `{only}` holds, and not what `{}` holds",
                to.name, arguments.from
            ),
        )
        .hint(format!(
            "promote to `{only}` first, then from there: `tabship promote --from {only} --to {}`",
            to.name
        )));
    }
    Ok((workspace, to))
}

/// The source is only read, so its branch rules do not count.
fn source(workspace: &Workspace, arguments: &Arguments) -> Result<Chosen, Failure> {
    let Some(target) = workspace.manifest.target(&arguments.from) else {
        return Err(target::unknown(&workspace.manifest, &arguments.from));
    };
    let root = target.project.as_ref().map(|p| p.parse()).transpose();
    let root = root.map_err(|e: crate::plan::project_path::EmptyName| {
        Failure::usage("a project path in the manifest is wrong").because(&e)
    })?;
    let stamp = workspace.manifest.raw.stamp.clone();
    Ok(Chosen {
        name: arguments.from.clone(),
        target: target.clone(),
        root,
        stamp,
        ephemeral: false,
    })
}

/// Items of ours that were asked for.
fn candidates(
    live: &Live,
    from: &Chosen,
    selector: &Selector,
    tags: &[String],
) -> Result<Vec<(LiveItem, Stamp)>, Failure> {
    let found: Vec<(LiveItem, Stamp)> = live
        .items
        .iter()
        .filter_map(|item| Some((item, item.project.as_ref()?, item.stamp(&from.stamp)?)))
        .filter(|(item, project, _)| {
            selector.matches([item.name.as_str(), &format!("{project}/{}", item.name)])
        })
        .filter(|(item, ..)| tags.is_empty() || tags.iter().any(|t| item.tags.contains(t)))
        .map(|(item, _, stamp)| (item.clone(), stamp))
        .collect();
    if found.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            format!(
                "`{}` holds nothing that tabship deployed and that was asked for",
                from.name
            ),
        )
        .hint(format!(
            "deploy to it first: `tabship deploy -t {}`",
            from.name
        )));
    }
    Ok(found)
}

/// File and settings by kind and name.
type Entries = HashMap<(ItemKind, String), (PathBuf, Settings)>;

/// Content on its way from one site to another.
struct Promotion<'p> {
    workspace: &'p Workspace,
    from: &'p Chosen,
    signed: SignedIn,
    options: &'p PlanOptions,
}

impl Promotion<'_> {
    fn source(&self) -> Source {
        Source {
            target: self.from.name.clone(),
            server: self.signed.server_name.clone(),
            site: self.signed.site.session().site_content_url.clone(),
        }
    }

    /// Downloads what the target does not have yet; comes back with that, and with what it has.
    async fn fetch(
        &self,
        to: &Ready,
        candidates: &[(LiveItem, Stamp)],
        folder: &Path,
    ) -> Result<(Vec<Origin>, Vec<Item>), Failure> {
        let entries = self.entries(&to.chosen);
        let (mut origins, mut unchanged, mut drifted) = (Vec::new(), Vec::new(), Vec::new());
        for (item, stamp) in candidates {
            let kind = item.kind;
            let project = self.project(item, &to.chosen);
            let entry = entries.get(&(kind, item.name.to_lowercase()));
            let base = entry
                .map(|(_, settings)| settings.clone())
                .unwrap_or_default();
            let file = entry.map(|(file, _)| file.clone()).unwrap_or_default();
            let fingerprint = self.fingerprint(stamp, &base, item, &to.chosen.name, &file);
            let key = Key::new(kind, &project, &item.name);
            let there = to.live.find(&key).and_then(|l| l.stamp(&to.chosen.stamp));
            if !self.options.republish && there.is_some_and(|s| s.fingerprint == fingerprint) {
                unchanged.push(placeholder(item, project, fingerprint, base));
                continue;
            }
            let (origin, drift) = self.download(item, stamp, folder).await?;
            drifted.extend(drift);
            let settings = self.carried(item, base, &self.views(item).await?);
            let promoted = Some(Promoted {
                fingerprint,
                commit: stamp.commit.clone(),
            });
            origins.push(Origin {
                shown: file,
                path: origin.0,
                name: item.name.clone(),
                project,
                settings,
                content: origin.1,
                promoted,
            });
        }
        if drifted.is_empty() || self.options.allow.contains(&Allow::Drift) {
            return Ok((origins, unchanged));
        }
        let mut failure = Failure::new(
            Kind::Refused,
            format!(
                "`{}` does not hold what was deployed to it, and nothing was changed",
                self.from.name
            ),
        );
        failure.causes = drifted;
        Err(failure.hint(format!(
            "deploy to `{}` again, or take it as it is: `--allow drift`",
            self.from.name
        )))
    }

    /// The manifest's settings for the target, by kind and name.
    fn entries(&self, to: &Chosen) -> Entries {
        let manifest = &self.workspace.manifest;
        let (assigned, _) = manifest::assign(manifest, &self.workspace.files());
        let mut entries = HashMap::new();
        for file in assigned {
            let Some(kind) = content_kind(&file.file) else {
                continue;
            };
            let entry = &manifest.raw.content[file.entry];
            let own = entry.targets.get(&to.name).cloned().unwrap_or_default();
            let at_source = entry
                .targets
                .get(&self.from.name)
                .and_then(|t| t.name.clone());
            let stem = file
                .file
                .file_stem()
                .map(|s| s.to_string_lossy().into_owned())
                .unwrap_or_default();
            let name = at_source.or_else(|| entry.name.clone()).unwrap_or(stem);
            let shown = file.file.to_string_lossy().replace('\\', "/");
            let settings = desired::settings(manifest, entry, &own, &to.name, &shown, kind);
            entries.insert(
                (desired::kind(kind), name.to_lowercase()),
                (file.file, settings),
            );
        }
        entries
    }

    /// The same path below the roots of both targets.
    fn project(&self, item: &LiveItem, to: &Chosen) -> ProjectPath {
        let path = item.project.clone().unwrap_or_default();
        let names = path.names();
        let skip = self.from.root.as_ref().map_or(0, |root| {
            if path.folded().starts_with(&root.folded()) {
                root.names().len()
            } else {
                0
            }
        });
        let inner = &names[skip..];
        match &to.root {
            Some(root) => inner.iter().fold(root.clone(), |p, name| p.join(name)),
            None => ProjectPath::new(inner.iter().cloned()),
        }
    }

    /// What the source's stamp says, with what the target makes of it: known without downloading anything.
    fn fingerprint(
        &self,
        stamp: &Stamp,
        settings: &Settings,
        item: &LiveItem,
        to: &str,
        file: &Path,
    ) -> String {
        let file = file.to_string_lossy().replace('\\', "/");
        let rewrites: Vec<String> = desired::rewrites_for(&self.workspace.manifest, to, &file)
            .iter()
            .map(|(r, to)| format!("{:?} {to:?}", r.matching))
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

    /// The content, and what says that it is not what was deployed.
    async fn download(
        &self,
        item: &LiveItem,
        stamp: &Stamp,
        folder: &Path,
    ) -> Result<((PathBuf, content::Content), Option<String>), Failure> {
        let title = format!("{} \"{}\"", item.kind, item.name);
        let of = publish::api_item(item).map_err(|e| asked(&format!("reading {title}"), &e))?;
        let revision = publish::current_revision(&self.signed.site, of)
            .await
            .map_err(|e| asked(&format!("reading the revision of {title}"), &e))?;
        let drift = revision
            .filter(|r| stamp.revision > 0 && *r != stamp.revision)
            .map(|r| {
                format!(
                    "{title} is at revision {r}; tabship left it at revision {}",
                    stamp.revision
                )
            });
        let io = |e: std::io::Error| {
            Failure::new(
                Kind::Refused,
                format!("`{}` cannot be written", folder.display()),
            )
            .because(&e)
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let raw = folder.join(&item.luid);
        let head = self
            .signed
            .site
            .save(&Download::of(of), &raw, None)
            .await
            .map_err(|e| asked(&format!("downloading {title}"), &e))?;
        let extension = Path::new(&head.name)
            .extension()
            .map_or_else(String::new, |e| e.to_string_lossy().into_owned());
        let path = folder.join(format!("{}.{extension}", item.luid));
        std::fs::rename(&raw, &path).map_err(io)?;
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
        Ok(((path, content), drift))
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

fn content_kind(file: &Path) -> Option<ContentKind> {
    if !repository::is_content(file) {
        return None;
    }
    match file.extension()?.to_string_lossy().to_lowercase().as_str() {
        "twb" | "twbx" => Some(ContentKind::Workbook),
        "tds" | "tdsx" => Some(ContentKind::Datasource),
        _ => Some(ContentKind::Flow),
    }
}

/// An item that the target has already: it is named in the plan, and nothing of it is read.
fn placeholder(
    item: &LiveItem,
    project: ProjectPath,
    fingerprint: String,
    settings: Settings,
) -> Item {
    Item {
        kind: item.kind,
        name: item.name.clone(),
        project,
        file: PathBuf::new(),
        bytes: 0,
        fingerprint,
        sheets: Vec::new(),
        has_extract: None,
        published: Vec::new(),
        rewrites: Vec::new(),
        settings,
    }
}
