//! What a site starts with. Seeding adds what is missing and leaves alone what is there.

mod apply;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::optional as duration;
use serde::Deserialize;

pub(crate) use apply::{apply, furnish};

use crate::Style;

/// The content of a seed file. What it leaves out is as by default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Seed {
    pub server: SeedServer,
    pub sites: Vec<SeedSite>,
    pub users: Vec<SeedUser>,
    pub groups: Vec<SeedGroup>,
    pub tokens: Vec<SeedToken>,
    pub projects: Vec<SeedProject>,
    pub schedules: Vec<SeedSchedule>,
    pub connected_apps: Vec<SeedApp>,
}

/// How the server behaves. Times are such as `5s`, `1h 30m`; what it leaves out is as by default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct SeedServer {
    pub style: Option<Style>,
    /// Whether deleted items go to a recycle bin; by default on Cloud only.
    pub recycle_bin: Option<bool>,
    /// How long something new stays out of filtered lists.
    #[serde(with = "duration")]
    pub index_lag: Option<Duration>,
    /// How long a job waits; by default 20 ms.
    #[serde(with = "duration")]
    pub job_queue: Option<Duration>,
    /// How long a job then runs; by default 30 ms.
    #[serde(with = "duration")]
    pub job_run: Option<Duration>,
    /// How long jobs that are over can still be queried.
    #[serde(with = "duration")]
    pub jobs_kept: Option<Duration>,
    /// How long a session may be idle before it is dead.
    #[serde(with = "duration")]
    pub session_idle: Option<Duration>,
    /// The largest file part of one request.
    pub max_part_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSite {
    pub content_url: String,
    pub name: String,
}

/// A user with a seat on `sites` (content URLs), or on every site when it names none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedUser {
    pub name: String,
    #[serde(default)]
    pub password: Option<String>,
    pub site_role: String,
    #[serde(default)]
    pub email: String,
    #[serde(default)]
    pub full_name: String,
    #[serde(default)]
    pub sites: Vec<String>,
}

/// A group on every site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedGroup {
    pub name: String,
    #[serde(default)]
    pub members: Vec<String>,
}

/// A personal access token of `user`. A token has one live session at a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedToken {
    pub name: String,
    pub secret: String,
    #[serde(default = "admin")]
    pub user: String,
}

/// A project on `site` (a content URL); `path` is `Outer/Inner`, and what is missing above it is made too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedProject {
    #[serde(default)]
    pub site: String,
    pub path: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub content_permissions: Option<String>,
    /// When it was made, for tests of what is old; now when it is left out.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
}

/// A schedule of the server. Times are `HH:MM:SS`; an interval is an attribute and its value, such as
/// `weekDay: Monday`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedSchedule {
    pub name: String,
    /// `Extract`, `Subscription` or `Flow`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `Hourly`, `Daily`, `Weekly` or `Monthly`.
    pub frequency: String,
    pub start: String,
    #[serde(default)]
    pub end: Option<String>,
    #[serde(default)]
    pub intervals: Vec<BTreeMap<String, String>>,
}

/// A connected app with direct trust.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SeedApp {
    pub client_id: String,
    pub secret_id: String,
    pub secret_value: String,
}

fn admin() -> String {
    "admin".to_owned()
}

impl Default for Seed {
    fn default() -> Self {
        let site = |content_url: &str, name: &str| SeedSite {
            content_url: content_url.to_owned(),
            name: name.to_owned(),
        };
        Self {
            server: SeedServer::default(),
            sites: vec![
                site("", "Default"),
                site("dev", "dev"),
                site("staging", "staging"),
                site("prod", "prod"),
            ],
            users: vec![SeedUser {
                name: admin(),
                password: Some(admin()),
                site_role: "ServerAdministrator".to_owned(),
                email: "admin@example.com".to_owned(),
                full_name: "Administrator".to_owned(),
                sites: Vec::new(),
            }],
            groups: Vec::new(),
            tokens: vec![SeedToken {
                name: "sandbox".to_owned(),
                secret: "sandbox-secret".to_owned(),
                user: admin(),
            }],
            projects: Vec::new(),
            schedules: Vec::new(),
            connected_apps: vec![SeedApp {
                client_id: "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec001".to_owned(),
                secret_id: "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec002".to_owned(),
                secret_value: "sandbox-connected-app-secret".to_owned(),
            }],
        }
    }
}

impl Seed {
    /// Reads a seed file's YAML.
    ///
    /// # Errors
    /// A sentence with line and column, where it is not YAML or says something that a seed cannot say.
    pub fn parse(yaml: &str) -> Result<Self, String> {
        serde_saphyr::from_str(yaml).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Project, Schedule, Site};

    #[test]
    fn the_manuals_example_is_a_seed() {
        let manual = include_str!("../../../../docs/sandbox.md");
        let yaml = manual
            .split("```yaml\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next())
            .unwrap_or_default();
        let seed = Seed::parse(yaml).unwrap();
        assert_eq!(seed.projects[0].path, "Reports/Monthly");
        let (app, _folder) = crate::Sandbox::builder().seed(seed).open().unwrap();
        app.store
            .transact(|tx| {
                let site = tx.by_url::<Site>("", "finance")?.unwrap();
                let names: Vec<_> = tx
                    .all::<Project>(&site.id)?
                    .into_iter()
                    .map(|project| project.name)
                    .collect();
                assert_eq!(names, ["Default", "Reports", "Monthly"]);
                assert_eq!(tx.everywhere::<Schedule>()?.len(), 1);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_server_is_as_the_seed_says() {
        let options = |yaml: &str| {
            let seed = Seed::parse(yaml).unwrap();
            let (app, _folder) = crate::Sandbox::builder().seed(seed).open().unwrap();
            app.options.clone()
        };
        let cloud = options(
            "server: {style: cloud, indexLag: 1m 30s, jobQueue: 1s, jobRun: 2s, jobsKept: 1h, sessionIdle: 5m, maxPartBytes: 7}",
        );
        assert_eq!((cloud.style, cloud.recycle_bin), (Style::Cloud, true));
        let times = [
            cloud.index_lag,
            cloud.job_queue,
            cloud.job_run,
            cloud.jobs_kept,
            cloud.session_idle,
        ];
        assert_eq!(times.map(|time| time.as_secs()), [90, 1, 2, 3600, 300]);
        assert_eq!(cloud.max_part_bytes, 7);
        let bare = options("server: {style: cloud, recycleBin: false}");
        assert_eq!((bare.style, bare.recycle_bin), (Style::Cloud, false));
        let default = options("sites: [{contentUrl: '', name: Default}]");
        assert_eq!((default.style, default.recycle_bin), (Style::Server, false));
        assert_eq!(
            (default.job_queue.as_millis(), default.job_run.as_millis()),
            (20, 30)
        );
        for (yaml, word) in [
            ("server: {style: Online}", "Online"),
            ("server: {indexLag: -5s}", "indexLag"),
            ("server: {colour: red}", "colour"),
        ] {
            let error = Seed::parse(yaml).unwrap_err();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn what_a_seed_cannot_say_is_told() {
        assert!(Seed::parse("colour: red").unwrap_err().contains("colour"));
        let seed = Seed::parse("users: [{name: a, siteRole: King}]").unwrap();
        let error = crate::Sandbox::builder()
            .seed(seed)
            .open()
            .unwrap_err()
            .to_string();
        assert!(error.contains("'King' is not a site role"), "{error}");
    }
}
