//! Workbooks, data sources and flows: list, get, delete.

pub(crate) mod update;

use super::item_row::{self, Row, Rows};
use super::{item, user};
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::Field;
use crate::model::{Item, Kind, Site, Tag, View};
use crate::store::Tx;
use crate::version::ApiVersion;
use crate::wire::{Element, Scalar};
use crate::{removal, rights};

pub(crate) fn list_workbooks(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Workbook, item_row::WORKBOOK_FIELDS)
}

pub(crate) fn list_datasources(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Datasource, item_row::DATASOURCE_FIELDS)
}

pub(crate) fn list_flows(call: &Call) -> Result<Answer, ApiError> {
    list(call, Kind::Flow, item_row::FLOW_FIELDS)
}

/// A data source has no `size`, no `location` and no name of its owner before, and a workbook no `lastPublishedAt`: clients of that time do not expect them.
const NEWER_SINCE: ApiVersion = ApiVersion::new(3, 19);

/// Not among the default fields of lists.
const EXTRA: &[&str] = &[
    "hasExtracts",
    "sheetCount",
    "connectedWorkbooksCount",
    "isPublished",
    "lastPublishedAt",
];

fn list(call: &Call, kind: Kind, fields: &'static [Field<Row>]) -> Result<Answer, ApiError> {
    let (rows, site) =
        call.transact(|tx| Ok((item_row::visible(call, tx, kind)?, site(call, tx)?)))?;
    render_list(call, kind, fields, rows, &site)
}

fn render_list(
    call: &Call,
    kind: Kind,
    fields: &'static [Field<Row>],
    rows: Vec<Row>,
    site: &Site,
) -> Result<Answer, ApiError> {
    let wanted = call.query.get("fields").unwrap_or_default();
    let all = wanted.contains("_all_") || wanted.contains("owner.");
    call.list(rows, fields, (kind.plural(), EXTRA), |row| {
        let view = match kind {
            Kind::Workbook => call.transact(|tx| first_view(tx, &row.item))?,
            _ => None,
        };
        Ok(element(call, site, row, view.as_ref(), all))
    })
}

pub(crate) fn workbooks_of_user(call: &Call) -> Result<Answer, ApiError> {
    let owned = call.query.flag("ownedBy")?;
    let (rows, site) = call.transact(|tx| {
        let user = user(call, tx, call.param("user"))?;
        let mut rows = item_row::visible(call, tx, Kind::Workbook)?;
        let mut kept = Vec::new();
        for row in rows.drain(..) {
            if row.item.owner == user.id
                || (!owned && rights::may_item(tx, &user, &row.item, "Read")?)
            {
                kept.push(row);
            }
        }
        Ok((kept, site(call, tx)?))
    })?;
    render_list(call, Kind::Workbook, item_row::WORKBOOK_FIELDS, rows, &site)
}

fn site(call: &Call, tx: &Tx<'_>) -> Result<Site, ApiError> {
    tx.get::<Site>(call.site()?)?
        .ok_or_else(|| ApiError::new(404_000, "The site is gone."))
}

/// A workbook's visible views, in tab order.
pub(super) fn visible_views(tx: &Tx<'_>, workbook: &str) -> Result<Vec<View>, ApiError> {
    let mut views = tx.children::<View>(workbook)?;
    views.retain(|view| !view.hidden);
    views.sort_by_key(|view| view.index);
    Ok(views)
}

fn first_view(tx: &Tx<'_>, item: &Item) -> Result<Option<View>, ApiError> {
    Ok(visible_views(tx, &item.id)?.into_iter().next())
}

/// Where a person looks at it: `…/site/SITE/workbooks/7`, without `/site/SITE` on the default site. The real
/// one has a `#` before the path, which a page without scripts cannot answer.
pub(super) fn webpage_url(call: &Call, site: &Site, rest: &str) -> String {
    let base = call.app.url.get().map_or("", String::as_str);
    if site.content_url.is_empty() {
        format!("{base}/{rest}")
    } else {
        format!("{base}/site/{}/{rest}", site.content_url)
    }
}

pub(super) fn tags(tags: &[Tag]) -> Element {
    Element::list(
        "tags",
        tags.iter()
            .map(|tag| Element::new("tag").attr("label", &tag.label)),
    )
}

fn element(call: &Call, site: &Site, row: &Row, first: Option<&View>, all: bool) -> Element {
    let item = &row.item;
    let base = Element::new(item.kind.element())
        .attr("id", &item.id)
        .attr("name", &item.name)
        .attr("description", &item.description)
        .attr(
            "webpageUrl",
            webpage_url(
                call,
                site,
                &format!("{}/{}", item.kind.plural(), item.number),
            ),
        );
    let kind = match item.kind {
        Kind::Workbook => base
            .attr("contentUrl", &item.content_url)
            .attr("showTabs", Scalar::BooleanText(item.show_tabs))
            .attr("size", item.megabytes())
            .attr(
                "encryptExtracts",
                Scalar::BooleanText(item.encrypt_extracts),
            )
            .attr_if("defaultViewId", first.map(|view| &view.id))
            .attr("sheetCount", item.sheet_count)
            .attr("hasExtracts", item.has_extracts)
            .attr_if(
                "lastPublishedAt",
                item.current()
                    .filter(|_| call.version >= NEWER_SINCE)
                    .map(|revision| iso(revision.published_at)),
            ),
        Kind::Datasource => base
            .attr("contentUrl", &item.content_url)
            .attr("type", &item.class)
            .attr_if(
                "size",
                (call.version >= NEWER_SINCE).then(|| item.megabytes()),
            )
            .attr("isCertified", item.certified)
            .attr_text("certificationNote", &item.certification_note)
            .attr("useRemoteQueryAgent", item.use_remote_query_agent)
            .attr(
                "encryptExtracts",
                Scalar::BooleanText(item.encrypt_extracts),
            )
            .attr("hasExtracts", item.has_extracts)
            .attr("isPublished", true)
            .attr("connectedWorkbooksCount", row.connected_workbooks),
        Kind::Flow => base.attr(
            "fileType",
            item.current()
                .map_or("tfl", |revision| revision.file_type.as_str()),
        ),
    };
    kind.attr("createdAt", iso(item.created_at))
        .attr("updatedAt", iso(item.updated_at))
        .child(
            Element::new("project")
                .attr("id", &item.project)
                .attr("name", &row.project_name),
        )
        .child_if(
            (item.kind != Kind::Datasource || call.version >= NEWER_SINCE).then(|| {
                Element::new("location")
                    .attr("id", &item.project)
                    .attr("type", "Project")
                    .attr("name", &row.project_name)
            }),
        )
        .child(owner(call, row, all))
        .child(tags(&item.tags))
}

fn owner(call: &Call, row: &Row, all: bool) -> Element {
    let owner = Element::new("owner").attr("id", &row.item.owner);
    let Some(user) = &row.owner else { return owner };
    if row.item.kind == Kind::Datasource && call.version < NEWER_SINCE && !all {
        return owner;
    }
    let owner = owner.attr("name", &user.name);
    if !all {
        return owner;
    }
    owner
        .attr("fullName", &user.full_name)
        .attr("email", &user.email)
        .attr("siteRole", user.site_role.as_str())
        .attr_if("lastLogin", user.last_login.map(iso))
}

/// An item as lists show it.
pub(super) fn shown(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<Element, ApiError> {
    let row = Rows::default().row(tx, item.clone())?;
    let first = first_view(tx, item)?;
    let shown = element(call, &site(call, tx)?, &row, first.as_ref(), false);
    Ok(crate::query::select(shown, None, EXTRA))
}

/// As the single-item call shows it: with a workbook's views.
pub(super) fn full_element(call: &Call, tx: &Tx<'_>, item: &Item) -> Result<Element, ApiError> {
    let mut row = Rows::default().row(tx, item.clone())?;
    if item.kind == Kind::Datasource {
        let workbooks = tx.items(&item.site, Kind::Workbook)?;
        row.connected_workbooks = workbooks
            .iter()
            .filter(|w| w.connections.iter().any(|c| c.source_id == item.id))
            .count();
    }
    let views = if item.kind == Kind::Workbook {
        visible_views(tx, &item.id)?
    } else {
        Vec::new()
    };
    let element = element(call, &site(call, tx)?, &row, views.first(), false);
    if item.kind != Kind::Workbook {
        return Ok(element);
    }
    let usage = call.query.flag("includeUsageStatistics")?;
    Ok(element.child(Element::list(
        "views",
        views.iter().map(|view| {
            Element::new("view")
                .attr("id", &view.id)
                .attr("name", &view.name)
                .attr("contentUrl", &view.content_url)
                .attr("viewUrlName", &view.url_name)
                .child_if(usage.then(|| Element::new("usage").attr("totalViewCount", view.hits)))
                .child(tags(&view.tags))
        }),
    )))
}

pub(super) fn output_steps(item: &Item) -> Element {
    Element::list(
        "flowOutputSteps",
        item.output_steps.iter().map(|(id, name)| {
            Element::new("flowOutputStep")
                .attr("id", id)
                .attr("name", name)
        }),
    )
}

pub(crate) fn get_workbook(call: &Call) -> Result<Answer, ApiError> {
    if call.query.get("key") == Some("contentUrl") {
        return by_content_url(call);
    }
    get(call, Kind::Workbook)
}

fn by_content_url(call: &Call) -> Result<Answer, ApiError> {
    let wanted = call.param("workbook");
    call.transact(|tx| {
        let item = tx
            .by_url::<Item>(call.site()?, &Item::url(Kind::Workbook, wanted))?
            .ok_or_else(|| {
                ApiError::new(404_006, format!("Workbook '{wanted}' could not be found."))
            })?;
        if !rights::may_item(tx, call.user()?, &item, "Read")? {
            return Err(ApiError::new(
                403_018,
                format!("You may not read the workbook '{wanted}'."),
            ));
        }
        Ok(Answer::ok([full_element(call, tx, &item)?]))
    })
}

pub(crate) fn get_datasource(call: &Call) -> Result<Answer, ApiError> {
    get(call, Kind::Datasource)
}

pub(crate) fn get_flow(call: &Call) -> Result<Answer, ApiError> {
    get(call, Kind::Flow)
}

fn get(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let item = item(call, tx, kind)?;
        let element = full_element(call, tx, &item)?;
        Ok(if kind == Kind::Flow {
            Answer::ok([element, output_steps(&item)])
        } else {
            Answer::ok([element])
        })
    })
}

pub(crate) fn delete_workbook(call: &Call) -> Result<Answer, ApiError> {
    delete(call, Kind::Workbook)
}

pub(crate) fn delete_datasource(call: &Call) -> Result<Answer, ApiError> {
    delete(call, Kind::Datasource)
}

pub(crate) fn delete_flow(call: &Call) -> Result<Answer, ApiError> {
    delete(call, Kind::Flow)
}

fn delete(call: &Call, kind: Kind) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let item = item(call, tx, kind)?;
        if !rights::may_item(tx, call.user()?, &item, "Delete")? {
            return Err(ApiError::forbidden(format!(
                "You may not delete the {} '{}'.",
                kind.element(),
                item.id
            )));
        }
        removal::item(&call.app, tx, &item, call.user()?)
    })?;
    Ok(Answer::no_content())
}
