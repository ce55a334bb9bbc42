//! Extract refreshes: now, and by plan.

use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;

use super::{
    Endpoint, Path, Reply,
    content::{ContentKind, Item},
    jobs::Job,
};
use crate::api::{
    body::Body,
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    retry::Replay,
    site::Site,
    version::ApiVersion,
};

/// `POST /sites/{site}/{kind}/{id}/refresh`: workbooks and data sources.
///
/// Unsafe to repeat, although the site refuses a second one while the first waits (409093): when the
/// first has ended meanwhile, the second runs. 403104 and 403180 say that there is no extract. For
/// the owner, project leaders and administrators.
pub struct RefreshNow {
    /// What.
    pub item: Item,
    /// Only new rows. Documented from API 3.28; Tableau's own client sends it from 3.25.
    pub incremental: bool,
}

impl Endpoint for RefreshNow {
    type Answer = Job;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn since(&self) -> ApiVersion {
        if self.incremental {
            ApiVersion::new(3, 25)
        } else {
            ApiVersion::OLDEST
        }
    }

    fn path(&self) -> Path {
        self.item.path().then("refresh")
    }

    /// A body must be there.
    fn body(&self) -> Body {
        Body::json(&if self.incremental {
            json!({ "extractRefresh": { "incremental": "true" } })
        } else {
            json!({})
        })
    }

    fn parse(&self, reply: &Reply) -> Result<Job, Unreadable> {
        Job::parse(reply.document()?.root().need("job")?)
    }
}

/// A planned refresh of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshTask {
    /// Its LUID.
    pub id: Luid,
    /// Of what.
    pub item: Option<Item>,
    /// `FullRefresh` or `IncrementalRefresh`.
    pub kind: Option<String>,
    /// How often it has failed since it last worked.
    pub consecutive_failures: Option<u64>,
    /// The name of the schedule: Server only.
    pub schedule: Option<String>,
    /// Such as `Daily`.
    pub frequency: Option<String>,
    /// When it runs next.
    pub next_run: Option<Timestamp>,
}

impl RefreshTask {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let refresh = node.need("extractRefresh")?;
        let item = [ContentKind::Workbook, ContentKind::Datasource]
            .into_iter()
            .find_map(|kind| {
                Some(Item {
                    kind,
                    id: refresh.child(kind.singular())?.luid("id")?,
                })
            });
        // A Server puts the schedule into the refresh, Tableau Cloud may put it beside.
        let schedule = refresh.child("schedule").or_else(|| node.child("schedule"));
        Ok(Self {
            id: refresh.need_luid("id")?,
            item,
            kind: refresh.filled("type"),
            consecutive_failures: refresh.number("consecutiveFailedCount"),
            schedule: schedule.and_then(|schedule| schedule.filled("name")),
            frequency: schedule.and_then(|schedule| schedule.filled("frequency")),
            next_run: schedule.and_then(|schedule| schedule.time("nextRunAt")),
        })
    }
}

/// `GET /sites/{site}/tasks/extractRefreshes`: not cut into pages.
pub struct QueryRefreshTasks;

impl Endpoint for QueryRefreshTasks {
    type Answer = Vec<RefreshTask>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("tasks").then("extractRefreshes")
    }

    fn parse(&self, reply: &Reply) -> Result<Vec<RefreshTask>, Unreadable> {
        let document = reply.document()?;
        document
            .root()
            .list("tasks", "task")
            .into_iter()
            .map(RefreshTask::parse)
            .collect()
    }
}

impl Site {
    /// Puts a refresh in line.
    pub async fn refresh(&self, item: Item, incremental: bool) -> Result<Job, Error> {
        self.run(&RefreshNow { item, incremental }).await
    }

    /// The planned refreshes of all items.
    pub async fn refresh_tasks(&self) -> Result<Vec<RefreshTask>, Error> {
        self.run(&QueryRefreshTasks).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply, sent};

    #[test]
    fn a_refresh_has_a_body() {
        let item = Item::workbook(luid(1));
        assert_eq!(
            sent(&RefreshNow {
                item,
                incremental: false
            }),
            "{}"
        );
        let incremental = RefreshNow {
            item,
            incremental: true,
        };
        assert_eq!(
            sent(&incremental),
            r#"{"extractRefresh":{"incremental":"true"}}"#
        );
        assert_eq!(incremental.since(), ApiVersion::new(3, 25));
    }

    #[test]
    fn reads_tasks_of_a_server_and_of_the_cloud() {
        let body = include_str!("../../../fixtures/wire/refresh-tasks.json");
        let tasks = QueryRefreshTasks.parse(&reply(200, body)).unwrap();
        assert_eq!(tasks[0].item, Some(Item::workbook(luid(0x10))));
        assert_eq!(tasks[0].schedule.as_deref(), Some("Nightly"));
        assert_eq!(tasks[1].item, Some(Item::datasource(luid(0x20))));
        assert_eq!(
            (tasks[1].frequency.as_deref(), &tasks[1].schedule),
            (Some("Daily"), &None)
        );
        assert!(tasks[1].next_run.is_some());
    }
}
