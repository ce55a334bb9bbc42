//! Looks at a site from outside, as an administrator would.

use std::collections::{BTreeMap, BTreeSet};

use tabship::api::endpoint::content::Item;
use tabship::api::endpoint::datasources::DatasourceChange;
use tabship::api::endpoint::downloads::Download;
use tabship::api::endpoint::tags::Tagged;
use tabship::api::endpoint::workbooks::{Workbook, WorkbookChange};
use tabship::api::{self, Client, Connection, Credentials, Filter, Luid, Secret};
use tabship::plan::Stamp;
use tabship_sandbox::RequestRecord;

/// Everything that matters of a site's content, by kind and name.
pub(crate) type State = BTreeMap<String, Facts>;

/// What people can tell of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) project: String,
    /// Digest of the file.
    pub(crate) content: String,
    pub(crate) owner: String,
    /// Users' tags.
    pub(crate) tags: BTreeSet<String>,
    /// Fingerprints of the stamps.
    pub(crate) stamps: Vec<String>,
    pub(crate) description: String,
    pub(crate) certified: Option<String>,
    pub(crate) tabs: Option<bool>,
    pub(crate) views: BTreeMap<String, BTreeSet<String>>,
    pub(crate) connections: Vec<String>,
    /// The queries behind it run: its passwords are there. Of workbooks only.
    pub(crate) renders: bool,
    pub(crate) content_url: Option<String>,
    /// Digest of each revision, oldest first.
    pub(crate) history: Vec<String>,
    /// Revision that the stamp names, and the current one.
    pub(crate) revisions: (u64, u64),
}

impl Facts {
    /// Without what an extra publish and its undoing leave behind.
    pub(crate) fn apart_from_history(&self) -> Self {
        Self {
            history: Vec::new(),
            revisions: (0, 0),
            ..self.clone()
        }
    }
}

/// A request as people would name it: LUIDs and upload sessions are not its own.
pub(crate) fn label(request: &RequestRecord) -> String {
    named(&request.method, &request.path)
}

/// The same of its method and its path, with or without `/api/VERSION`.
pub(crate) fn named(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let path = path.strip_prefix("/api/").unwrap_or(path);
    let path = path.split_once('/').map_or(path, |(_, rest)| rest);
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.first() == Some(&"sites") && parts.len() > 2 {
        parts.drain(..2);
    }
    let own = |part: &&str| part.parse::<Luid>().is_ok() || part.contains(':');
    let shown: Vec<&str> = parts
        .iter()
        .map(|part| if own(part) { "*" } else { part })
        .collect();
    format!("{method} /{}", shown.join("/"))
}

pub(crate) struct Site {
    pub(crate) site: api::Site,
}

impl Site {
    pub(crate) async fn enter(url: &str, site: &str) -> Self {
        let client = Client::connect(Connection::new(url.parse().unwrap()))
            .await
            .unwrap();
        let credentials = Credentials::Password {
            name: "admin".into(),
            password: Secret::new("admin"),
        };
        let site = client.sign_in(&credentials, site).await.unwrap();
        Self { site }
    }

    /// Owner, tags and tags on a view that no manifest knows of.
    pub(crate) async fn people_work(&self) {
        let ann = self.site.users_named("ann").await.unwrap()[0].id;
        for workbook in self.site.workbooks(Filter::all()).await.unwrap() {
            if workbook.name != "Report" {
                continue;
            }
            let change = WorkbookChange {
                owner: Some(ann),
                ..WorkbookChange::default()
            };
            self.site
                .update_workbook(workbook.id, change)
                .await
                .unwrap();
            let item = Item::workbook(workbook.id);
            self.site
                .add_tags(item, vec!["board".into()])
                .await
                .unwrap();
            let views = self.site.workbook_views(workbook.id).await.unwrap();
            let one = views.iter().find(|v| v.name == "One").unwrap();
            self.site
                .add_tags(Tagged::View(one.id), vec!["start here".into()])
                .await
                .unwrap();
            self.embed(item).await;
        }
        for datasource in self.site.datasources(Filter::all()).await.unwrap() {
            let change = DatasourceChange {
                owner: Some(ann),
                ..DatasourceChange::default()
            };
            self.site
                .update_datasource(datasource.id, change)
                .await
                .unwrap();
            self.embed(Item::datasource(datasource.id)).await;
        }
    }

    /// Tags of workbooks go, and the stamps with them, as somebody's publish takes them.
    pub(crate) async fn stamps_lost(&self) {
        for workbook in self.site.workbooks(Filter::all()).await.unwrap() {
            for tag in workbook.tags.iter().filter(|t| t.starts_with("tabship:")) {
                let of = Item::workbook(workbook.id);
                self.site.delete_tag(of, tag).await.unwrap();
            }
        }
    }

    /// Somebody publishes over a workbook.
    pub(crate) async fn publish_over(&self, there: Workbook, content: String) {
        use tabship::api::endpoint::content::FileType;
        use tabship::api::endpoint::publish::{PublishWorkbook, Upload, WriteMode};
        let upload = Upload::Whole {
            file: api::Source::bytes(content),
            progress: None,
        };
        let project = there.project.unwrap().id;
        let publish = PublishWorkbook {
            mode: WriteMode::Overwrite,
            ..PublishWorkbook::new(&there.name, project, FileType::Twb, upload)
        };
        self.site.publish_workbook(&publish).await.unwrap();
    }

    /// An owner change drops the passwords; somebody has entered them again.
    async fn embed(&self, item: Item) {
        use tabship::api::endpoint::connections::ConnectionChange;
        for connection in self.site.connections(item).await.unwrap() {
            let change = ConnectionChange {
                password: Some(Secret::new("by hand")),
                embed_password: Some(true),
                ..ConnectionChange::default()
            };
            self.site
                .update_connection(item, connection.id, change)
                .await
                .unwrap();
        }
    }

    /// Names of the projects at the top level that are reserved.
    pub(crate) async fn locks(&self) -> Vec<String> {
        let projects = self.site.projects(Filter::all()).await.unwrap();
        projects
            .into_iter()
            .filter(|p| p.name == tabship::publish::lock::NAME)
            .filter_map(|p| p.description)
            .collect()
    }

    pub(crate) async fn state(&self) -> State {
        let users = self.site.users(Filter::all()).await.unwrap();
        let name = |id: Luid| {
            let user = users.iter().find(|u| u.id == id);
            user.map(|u| u.name.clone()).unwrap_or_default()
        };
        let mut state = State::new();
        for w in self.site.workbooks(Filter::all()).await.unwrap() {
            let item = Item::workbook(w.id);
            let views = self.site.workbook_views(w.id).await.unwrap();
            let renders = self.site.view_image(views[0].id).await.is_ok();
            let mut facts = self.facts(item, &w.tags).await;
            facts.project = w.project.unwrap().name.unwrap_or_default();
            facts.owner = name(w.owner.unwrap().id);
            facts.description = w.description.unwrap_or_default();
            facts.tabs = w.show_tabs;
            facts.content_url = w.content_url;
            facts.renders = renders;
            facts.views = views
                .into_iter()
                .filter(|v| v.hidden != Some(true))
                .map(|v| (v.name, v.tags.into_iter().collect()))
                .collect();
            state.insert(format!("workbook {}", w.name), facts);
        }
        for d in self.site.datasources(Filter::all()).await.unwrap() {
            let mut facts = self.facts(Item::datasource(d.id), &d.tags).await;
            facts.project = d.project.unwrap().name.unwrap_or_default();
            facts.owner = name(d.owner.unwrap().id);
            facts.description = d.description.unwrap_or_default();
            facts.certified =
                (d.is_certified == Some(true)).then(|| d.certification_note.unwrap_or_default());
            facts.content_url = d.content_url;
            state.insert(format!("datasource {}", d.name), facts);
        }
        for f in self.site.flows(Filter::all()).await.unwrap() {
            let mut facts = self.facts(Item::flow(f.id), &f.tags).await;
            facts.project = f.project.unwrap().name.unwrap_or_default();
            facts.owner = name(f.owner.unwrap().id);
            state.insert(format!("flow {}", f.name), facts);
        }
        state
    }

    /// What all kinds have.
    async fn facts(&self, item: Item, tags: &[String]) -> Facts {
        let content = self.digest(&Download::of(item)).await;
        let mut history = Vec::new();
        let mut current = 0;
        if item.kind != tabship::api::endpoint::content::ContentKind::Flow {
            for revision in self.site.revisions(item).await.unwrap() {
                if revision.current {
                    current = revision.number;
                    history.push((revision.number, content.clone()));
                } else {
                    let download = Download {
                        revision: Some(revision.number),
                        ..Download::of(item)
                    };
                    history.push((revision.number, self.digest(&download).await));
                }
            }
        }
        history.sort();
        let connections = self.site.connections(item).await.unwrap();
        let stamp = Stamp::find(tags, "tabship");
        Facts {
            project: String::new(),
            content,
            owner: String::new(),
            tags: tags
                .iter()
                .filter(|t| Stamp::parse(t, "tabship").is_none())
                .cloned()
                .collect(),
            stamps: tags
                .iter()
                .filter_map(|t| Stamp::parse(t, "tabship"))
                .map(|s| s.fingerprint)
                .collect(),
            description: String::new(),
            certified: None,
            tabs: None,
            views: BTreeMap::new(),
            connections: connections
                .into_iter()
                .map(|c| {
                    format!(
                        "{} {} {} embedded: {:?}",
                        c.class.unwrap_or_default(),
                        c.server_address.unwrap_or_default(),
                        c.user_name.unwrap_or_default(),
                        c.embed_password
                    )
                })
                .collect(),
            renders: false,
            content_url: None,
            history: history.into_iter().map(|(_, digest)| digest).collect(),
            revisions: (stamp.map_or(0, |s| s.revision), current),
        }
    }

    async fn digest(&self, download: &Download) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        self.site.save(download, &path, None).await.unwrap();
        blake3::hash(&std::fs::read(path).unwrap()).to_hex()[..12].to_owned()
    }
}
