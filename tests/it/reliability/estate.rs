//! What is deployed: three items that are live already and change, and three new ones.
//!
//! One of the changed is large enough to go up in chunks; one has an owner, tags, tags on a view, a hidden sheet and
//! embedded credentials, of which a publish drops all; one is certified. One of the new reads another of the new.

use std::path::{Path, PathBuf};

use tabship_sandbox::{Builder, Fault, Sandbox};

use crate::files::{datasource, package, reading, workbook};
use crate::harness::{Run, Tabship, project};

use super::site::{self, Site, State};

pub(super) const SITE: &str = "prod";
const TOKEN_SECRET: &str = "tOkEn-sEcReT-71";
const PASSWORD: &str = "pAsSwOrD-of-Pg-42";

/// Small, so that a megabyte is several of them.
const CHUNK: &str = "300kB";

/// Long enough for a busy machine, short enough to be waited for.
pub(super) const TIMEOUT: &str = "8s";

const MANIFEST: &str = r#"version: 1
targets:
  prod:
    server: "${TABLEAU_URL}"
    site: prod
    auth: { token_name: ci, token_secret: { env: CI_TOKEN } }
  dev:
    server: "${TABLEAU_URL}"
    site: dev
    auth: { token_name: ci, token_secret: { env: CI_TOKEN } }
rewrite:
  - match: { class: postgres, database: sales }
    in: "Atlas.twbx"
    to: { dev: { database: sales_dev }, prod: { database: sales_prod } }
content:
  - files: "Sales.tds"
    project: Data
    certified: { note: "Reviewed" }
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
  - files: "Report.twb"
    project: Finance
    tags: [finance]
    description: "Monthly"
    views: { include: ["One", "Two"] }
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
  - files: "Atlas.twbx"
    project: Finance
  - { files: "Costs.tds", project: Data }
  - { files: "Cost Report.twb", project: "Finance/New" }
  - { files: "Segments.tfl", project: Data }
"#;

/// How the second state comes to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Deploy,
    /// From another site, which holds it already.
    Promote,
}

impl By {
    pub(super) fn command(self) -> &'static [&'static str] {
        match self {
            Self::Deploy => &DEPLOY,
            Self::Promote => &PROMOTE,
        }
    }
}

/// The site before the deployment, and the site as it is to be.
pub(super) struct Estate {
    pub(super) by: By,
    folder: tempfile::TempDir,
    pub(super) old: State,
    pub(super) new: State,
    /// What a deployment asks when nothing fails, in order.
    pub(super) calls: Vec<String>,
}

/// One deployment against a site of its own.
pub(super) struct Trial {
    pub(super) tabship: Tabship,
    pub(super) data: PathBuf,
}

impl Estate {
    /// Deploys the first state, lets people work on it, and looks at what the second one comes to.
    pub(super) async fn prepare(by: By) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, files) = (folder.path().join("data"), folder.path().join("files"));
        std::fs::create_dir_all(&files).unwrap();
        write_first(&files);
        let sandbox = builder(&data).start().await.unwrap();
        let tabship = Tabship::new();
        tabship.copy(&files);
        let tabship = set_up(tabship, sandbox.url());
        if by == By::Promote {
            run(&tabship, &DEPLOY_TO_DEV).await.code(0);
        }
        run(&tabship, by.command()).await.code(0);
        let site = Site::enter(sandbox.url(), SITE).await;
        site.people_work().await;
        let old = site.state().await;
        write_second(&files);
        if by == By::Promote {
            tabship.copy(&files);
            run(&tabship, &DEPLOY_TO_DEV).await.code(0);
        }
        sandbox.stop().await;
        let mut estate = Self {
            by,
            folder,
            new: State::default(),
            calls: Vec::new(),
            old,
        };
        let (trial, sandbox) = estate.trial(Vec::new()).await;
        sandbox.clear_requests();
        estate.bring(&trial.tabship).await.code(0);
        estate.calls = sandbox.requests().iter().map(site::label).collect();
        estate.new = Site::enter(sandbox.url(), SITE).await.state().await;
        estate
    }

    /// Brings the second state to the site.
    pub(super) async fn bring(&self, tabship: &Tabship) -> Run {
        run(tabship, self.by.command()).await
    }

    /// A site as it was before, with the second state's files beside it.
    pub(super) async fn trial(&self, faults: Vec<Fault>) -> (Trial, Sandbox) {
        let trial = self.apart();
        let mut builder = builder(&trial.data);
        for fault in faults {
            builder = builder.fault(fault);
        }
        let sandbox = builder.start().await.unwrap();
        let mut trial = trial;
        trial.tabship.set("TABLEAU_URL", sandbox.url());
        (trial, sandbox)
    }

    /// As [`trial`](Self::trial), with nobody serving the site.
    pub(super) fn apart(&self) -> Trial {
        let mut tabship = Tabship::new();
        tabship.copy(&self.folder.path().join("files"));
        secrets(&mut tabship);
        let data = tabship.path().parent().unwrap().join("data");
        copy(&self.folder.path().join("data"), &data);
        Trial { tabship, data }
    }
}

fn set_up(mut tabship: Tabship, url: &str) -> Tabship {
    secrets(&mut tabship);
    tabship.set("TABLEAU_URL", url);
    tabship
}

fn secrets(tabship: &mut Tabship) {
    tabship
        .set("CI_TOKEN", TOKEN_SECRET)
        .set("PG_PASSWORD", PASSWORD);
}

pub(super) fn builder(data: &Path) -> Builder {
    Sandbox::builder()
        .data(data)
        .token("ci", TOKEN_SECRET)
        .user("ann", "Creator")
}

/// The arguments of every command here: one item after the other, so that the n-th request is always the same.
pub(super) fn arguments<'a>(first: &[&'a str]) -> Vec<&'a str> {
    let common = ["--jobs", "1", "--timeout", TIMEOUT, "--format", "json"];
    first.iter().copied().chain(common).collect()
}

const DEPLOY: [&str; 5] = ["deploy", "-t", "prod", "--chunk-size", CHUNK];

const DEPLOY_TO_DEV: [&str; 3] = ["deploy", "-t", "dev"];

const PROMOTE: [&str; 7] = [
    "promote",
    "--from",
    "dev",
    "--to",
    "prod",
    "--chunk-size",
    CHUNK,
];

/// Runs the command without standing in the sandbox's way.
pub(super) async fn run(tabship: &Tabship, first: &[&str]) -> Run {
    let mut command = tabship.command(arguments(first));
    tokio::task::spawn_blocking(move || Run::of(&command.output().unwrap()))
        .await
        .unwrap()
}

fn write_first(files: &Path) {
    std::fs::write(files.join("tabship.yml"), first_manifest()).unwrap();
    std::fs::write(files.join("Sales.tds"), datasource("sales_1")).unwrap();
    std::fs::write(
        files.join("Report.twb"),
        workbook(&["One", "Two", "Helper"], "report_1"),
    )
    .unwrap();
    std::fs::write(files.join("Atlas.twbx"), package("atlas_1", 1_000_000)).unwrap();
}

fn write_second(files: &Path) {
    std::fs::write(files.join("tabship.yml"), MANIFEST).unwrap();
    std::fs::write(files.join("Sales.tds"), datasource("sales_2")).unwrap();
    std::fs::write(
        files.join("Report.twb"),
        workbook(&["One", "Two", "Helper"], "report_2"),
    )
    .unwrap();
    std::fs::write(files.join("Atlas.twbx"), package("atlas_2", 1_000_000)).unwrap();
    std::fs::write(files.join("Costs.tds"), datasource("costs")).unwrap();
    std::fs::write(files.join("Cost Report.twb"), reading("Costs")).unwrap();
    let flow = project("examples/acme/flows/Customer Segments.tfl");
    std::fs::copy(flow, files.join("Segments.tfl")).unwrap();
}

/// Only of what is there already.
fn first_manifest() -> String {
    let end = MANIFEST.find("  - { files: \"Costs.tds\"").unwrap();
    MANIFEST[..end].to_owned()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
