//! Reads what a site holds, in as few requests as its listings allow.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt};

use crate::api::endpoint::content::{Item, OwnerRef, ProjectRef};
use crate::api::endpoint::datasources::Datasource;
use crate::api::endpoint::flows::Flow;
use crate::api::endpoint::projects::Project;
use crate::api::endpoint::views::View;
use crate::api::endpoint::workbooks::Workbook;
use crate::api::{Error, Filter, Luid, Site};
use crate::plan::live::{CustomView, LiveConnection, LiveView, Subscription};
use crate::plan::{Detail, ItemKind, Live, LiveItem, LiveProject, ProjectPath};

/// Requests for details that run at the same time.
const AT_ONCE: usize = 8;

/// Projects and items: a handful of requests, and one more for each thousand of a kind.
pub async fn observe(site: &Site) -> Result<Live, Error> {
    let (revision_history, projects, workbooks, datasources, flows) = tokio::try_join!(
        keeps_revisions(site),
        site.projects(Filter::all()),
        site.workbooks(Filter::all()),
        site.datasources(Filter::all()),
        flows(site),
    )?;
    let writeable: HashMap<Luid, bool> = projects
        .iter()
        .filter_map(|p| Some((p.id, p.writeable?)))
        .collect();
    let projects = paths(&projects);
    let of = |project: Option<&ProjectRef>| project.and_then(|p| projects.get(&p.id)).cloned();
    let mut items: Vec<LiveItem> = Vec::new();
    items.extend(
        datasources
            .iter()
            .map(|d| from_datasource(d, of(d.project.as_ref()))),
    );
    items.extend(
        workbooks
            .iter()
            .map(|w| from_workbook(w, of(w.project.as_ref()))),
    );
    items.extend(flows.iter().map(|f| from_flow(f, of(f.project.as_ref()))));
    let users = workbooks
        .iter()
        .map(|w| &w.owner)
        .chain(datasources.iter().map(|d| &d.owner))
        .chain(flows.iter().map(|f| &f.owner));
    let users = users
        .flatten()
        .filter_map(|o| Some((o.id.to_string(), o.name.clone()?)))
        .collect();
    let projects = projects
        .into_iter()
        .map(|(luid, path)| LiveProject {
            luid: luid.to_string(),
            path,
            writeable: writeable.get(&luid).copied(),
        })
        .collect();
    Ok(Live {
        projects,
        items,
        details: HashMap::new(),
        revision_history,
        users,
        nobody: HashSet::new(),
    })
}

/// A connected app may not ask; the revisions of each item tell then.
async fn keeps_revisions(site: &Site) -> Result<bool, Error> {
    if site.is_scoped() {
        return Ok(true);
    }
    Ok(site.info().await?.revision_history.unwrap_or(true))
}

/// Looks users up by their names, so that one who is not there is known before anything is published. Comes back with the
/// names of which the site does not tell, and why.
pub async fn know_users(site: &Site, live: &mut Live, names: &[String]) -> Vec<(String, Error)> {
    let found: Vec<_> = futures_util::stream::iter(names)
        .map(|name| async move { (name, site.users_named(name).await) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let mut not_known = Vec::new();
    for (name, users) in found {
        match users {
            Ok(users) => match users.iter().find(|u| u.name.eq_ignore_ascii_case(name)) {
                Some(user) => drop(live.users.insert(user.id.to_string(), user.name.clone())),
                None => drop(live.nobody.insert(name.clone())),
            },
            Err(error) => not_known.push((name.clone(), error)),
        }
    }
    not_known
}

/// Flows need a licence that not every site has.
async fn flows(site: &Site) -> Result<Vec<Flow>, Error> {
    match site.flows(Filter::all()).await {
        Err(error) if error.is_not_available() || error.is(403_157) => Ok(Vec::new()),
        flows => flows,
    }
}

/// Fetches what a plan needs to know of the items with these LUIDs.
pub async fn details(site: &Site, live: &mut Live, luids: &[String]) -> Result<(), Error> {
    let luids: HashSet<&String> = luids.iter().collect();
    let wanted: Vec<&LiveItem> = live
        .items
        .iter()
        .filter(|i| luids.contains(&i.luid))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let (subscriptions, tasks) = tokio::join!(subscriptions(site), refresh_tasks(site));
    let found: Vec<(String, Detail)> = futures_util::stream::iter(wanted)
        .map(|item| async { Ok::<_, Error>((item.luid.clone(), detail(site, item).await?)) })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    for (luid, mut detail) in found {
        let about = |s: &&Subscription| {
            s.content == luid || detail.views.iter().any(|v| v.luid == s.content)
        };
        match &subscriptions {
            Ok(all) => detail.subscriptions = all.iter().filter(about).cloned().collect(),
            Err(why) => detail.not_known.push(format!("subscriptions ({why})")),
        }
        detail.refresh_tasks = tasks.iter().filter(|of| **of == luid).count();
        live.details.insert(luid, detail);
    }
    Ok(())
}

async fn detail(site: &Site, item: &LiveItem) -> Result<Detail, Error> {
    let of = super::calls::item(item.kind, &item.luid)?;
    let (revision, connections) = tokio::try_join!(
        super::calls::current_revision(site, of),
        connections(site, of)
    )?;
    let mut detail = Detail {
        revision,
        connections,
        ..Detail::default()
    };
    if item.kind == ItemKind::Workbook {
        detail.views = views(site, of.id).await?;
        match custom_views(site, of.id, &detail.views).await {
            Ok(views) => detail.custom_views = views,
            Err(why) => detail.not_known.push(format!("custom views ({why})")),
        }
    }
    Ok(detail)
}

pub(super) async fn views(site: &Site, workbook: Luid) -> Result<Vec<LiveView>, Error> {
    Ok(shown(site.workbook_views(workbook).await?))
}

/// Without those that are hidden.
pub(super) fn shown(views: Vec<View>) -> Vec<LiveView> {
    let live = views.into_iter().filter(|v| v.hidden != Some(true));
    live.map(|v| LiveView {
        luid: v.id.to_string(),
        name: v.name,
        content_url: v.content_url,
        tags: v.tags,
    })
    .collect()
}

pub(super) async fn connections(site: &Site, of: Item) -> Result<Vec<LiveConnection>, Error> {
    let connections = site.connections(of).await?;
    Ok(connections
        .into_iter()
        .map(|c| LiveConnection {
            luid: c.id.to_string(),
            class: c.class.unwrap_or_default(),
            server: c.server_address.filter(|s| !s.is_empty()),
            port: c.server_port.filter(|p| !p.is_empty()),
            username: c.user_name.filter(|u| !u.is_empty()),
            embedded: c.embed_password == Some(true),
        })
        .collect())
}

/// What cannot be read here is advice that is missing from the plan, not a reason to stop.
async fn custom_views(
    site: &Site,
    workbook: Luid,
    views: &[LiveView],
) -> Result<Vec<CustomView>, String> {
    let name = |luid: Luid| {
        views
            .iter()
            .find(|v| v.luid == luid.to_string())
            .map(|v| v.name.clone())
    };
    let filter = Filter::all().eq("workbookId", workbook);
    let found = site.custom_views(filter.map_err(|e| e.to_string())?).await;
    let found = found.map_err(|e| e.to_string())?;
    Ok(found
        .into_iter()
        .map(|v| CustomView {
            name: v.name,
            view: v.view.and_then(name).unwrap_or_default(),
            owner: v.owner.and_then(|o| o.name),
        })
        .collect())
}

async fn subscriptions(site: &Site) -> Result<Vec<Subscription>, String> {
    if site.is_scoped() {
        return Err("a connected app may not read them".to_owned());
    }
    let found = site.subscriptions().await.map_err(|e| e.to_string())?;
    Ok(found
        .into_iter()
        .filter_map(|s| {
            Some(Subscription {
                subject: s.subject.unwrap_or_default(),
                user: s.user.map(|u| u.to_string()),
                content: s.content?.to_string(),
            })
        })
        .collect())
}

/// Of which item each planned refresh is, by LUID. They stay where they are: without knowing of them nothing is lost.
async fn refresh_tasks(site: &Site) -> Vec<String> {
    match site.refresh_tasks().await {
        Ok(tasks) => tasks
            .into_iter()
            .filter_map(|t| Some(t.item?.id.to_string()))
            .collect(),
        Err(error) => {
            tracing::debug!(%error, "planned refreshes are not known");
            Vec::new()
        }
    }
}

/// The path of each project. A parent that the account cannot see ends the path there.
fn paths(projects: &[Project]) -> HashMap<Luid, ProjectPath> {
    let by_id: HashMap<Luid, &Project> = projects.iter().map(|p| (p.id, p)).collect();
    let path = |project: &Project| {
        let mut names = vec![project.name.clone()];
        let mut parent = project.parent;
        while let Some(above) = parent.and_then(|p| by_id.get(&p)) {
            // A cycle would be the site's fault; it ends here.
            if names.len() > projects.len() {
                break;
            }
            names.push(above.name.clone());
            parent = above.parent;
        }
        names.reverse();
        ProjectPath::new(names)
    };
    projects.iter().map(|p| (p.id, path(p))).collect()
}

fn owner(owner: Option<&OwnerRef>) -> Option<String> {
    owner.map(|o| o.id.to_string())
}

pub(super) fn from_workbook(workbook: &Workbook, project: Option<ProjectPath>) -> LiveItem {
    LiveItem {
        kind: ItemKind::Workbook,
        luid: workbook.id.to_string(),
        name: workbook.name.clone(),
        project,
        content_url: workbook.content_url.clone(),
        webpage_url: workbook.webpage_url.clone(),
        owner_luid: owner(workbook.owner.as_ref()),
        tags: workbook.tags.clone(),
        updated_at: workbook.updated_at,
        description: workbook.description.clone(),
        show_tabs: workbook.show_tabs,
        certified: None,
        certification_note: None,
        has_extracts: workbook.has_extracts,
        size_mb: workbook.size_mb,
    }
}

pub(super) fn from_datasource(datasource: &Datasource, project: Option<ProjectPath>) -> LiveItem {
    LiveItem {
        kind: ItemKind::Datasource,
        luid: datasource.id.to_string(),
        name: datasource.name.clone(),
        project,
        content_url: datasource.content_url.clone(),
        webpage_url: datasource.webpage_url.clone(),
        owner_luid: owner(datasource.owner.as_ref()),
        tags: datasource.tags.clone(),
        updated_at: datasource.updated_at,
        description: datasource.description.clone(),
        show_tabs: None,
        certified: datasource.is_certified,
        certification_note: datasource
            .certification_note
            .clone()
            .filter(|n| !n.is_empty()),
        has_extracts: datasource.has_extracts,
        size_mb: datasource.size_mb,
    }
}

pub(super) fn from_flow(flow: &Flow, project: Option<ProjectPath>) -> LiveItem {
    LiveItem {
        kind: ItemKind::Flow,
        luid: flow.id.to_string(),
        name: flow.name.clone(),
        project,
        content_url: None,
        webpage_url: flow.webpage_url.clone(),
        owner_luid: owner(flow.owner.as_ref()),
        tags: flow.tags.clone(),
        updated_at: flow.updated_at,
        description: flow.description.clone(),
        show_tabs: None,
        certified: None,
        certification_note: None,
        has_extracts: None,
        size_mb: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(n: u8, name: &str, parent: Option<u8>) -> Project {
        let luid = |n: u8| {
            format!("00000000-0000-4000-8000-0000000000{n:02x}")
                .parse::<Luid>()
                .unwrap()
        };
        Project {
            id: luid(n),
            name: name.to_owned(),
            parent: parent.map(luid),
            description: None,
            content_permissions: None,
            owner: None,
            writeable: None,
            created_at: None,
            updated_at: None,
        }
    }

    #[test]
    fn a_hidden_view_is_not_shown() {
        let view = |n: u8, hidden| View {
            id: project(n, "", None).id,
            name: n.to_string(),
            content_url: None,
            view_url_name: None,
            sheet_type: None,
            workbook: None,
            project: None,
            owner: None,
            tags: Vec::new(),
            hidden,
            created_at: None,
            updated_at: None,
        };
        let views = vec![view(1, None), view(2, Some(true)), view(3, Some(false))];
        let names: Vec<String> = shown(views).into_iter().map(|v| v.name).collect();
        assert_eq!(names, ["1", "3"]);
    }

    #[test]
    fn paths_follow_parents_and_end_where_one_is_hidden() {
        let projects = [
            project(1, "A", None),
            project(2, "B", Some(1)),
            project(3, "C/D", Some(2)),
            project(4, "E", Some(9)),
        ];
        let paths = paths(&projects);
        let mut shown: Vec<String> = paths.values().map(ToString::to_string).collect();
        shown.sort();
        assert_eq!(shown, ["A", "A/B", r"A/B/C\/D", "E"]);
    }

    #[test]
    fn a_cycle_ends() {
        let projects = [project(1, "A", Some(2)), project(2, "B", Some(1))];
        assert_eq!(paths(&projects).len(), 2);
    }
}
