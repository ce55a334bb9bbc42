//! Views of workbooks.

use super::{content, item, view};
use crate::call::{Answer, Call};
use crate::clock::iso;
use crate::error::ApiError;
use crate::filter::{Fact, Field, RANGE};
use crate::model::{Item, Kind, Project, User, View};
use crate::store::Tx;
use crate::webhook::{self, Event};
use crate::wire::Element;
use crate::{removal, rights};

struct Row {
    view: View,
    workbook: Item,
    project_name: String,
    owner: Option<User>,
}

fn text(text: &str) -> Fact {
    Fact::Text(text.to_owned())
}

fn owner(row: &Row, field: fn(&User) -> &String) -> Fact {
    row.owner
        .as_ref()
        .map_or(Fact::Absent, |user| text(field(user)))
}

static FIELDS: &[Field<Row>] = &[
    Field {
        name: "caption",
        operators: "eq,in",
        fact: |row| text(&row.view.name),
    },
    Field {
        name: "contentUrl",
        operators: "eq,in",
        fact: |row| text(&row.view.content_url),
    },
    Field {
        name: "createdAt",
        operators: RANGE,
        fact: |row| Fact::Time(row.view.created_at),
    },
    Field {
        name: "favoritesTotal",
        operators: RANGE,
        fact: |_| Fact::Integer(0),
    },
    Field {
        name: "hitsTotal",
        operators: RANGE,
        fact: |row| Fact::Integer(row.view.hits),
    },
    Field {
        name: "name",
        operators: "eq,in",
        fact: |row| text(&row.view.name),
    },
    Field {
        name: "ownerDomain",
        operators: "eq,in",
        fact: |_| text("local"),
    },
    Field {
        name: "ownerEmail",
        operators: "eq,in",
        fact: |row| owner(row, |user| &user.email),
    },
    Field {
        name: "ownerName",
        operators: "eq",
        fact: |row| owner(row, |user| &user.name),
    },
    Field {
        name: "projectName",
        operators: "eq,in",
        fact: |row| text(&row.project_name),
    },
    Field {
        name: "sheetNumber",
        operators: RANGE,
        fact: |row| Fact::Integer(i64::try_from(row.view.index).unwrap_or(i64::MAX)),
    },
    Field {
        name: "sheetType",
        operators: "eq,in",
        fact: |row| text(row.view.kind.as_str()),
    },
    Field {
        name: "tags",
        operators: "eq,in",
        fact: |row| Fact::Texts(row.view.tags.iter().map(|tag| tag.label.clone()).collect()),
    },
    Field {
        name: "title",
        operators: "eq,in",
        fact: |row| text(&row.view.name),
    },
    Field {
        name: "updatedAt",
        operators: RANGE,
        fact: |row| Fact::Time(row.view.updated_at),
    },
    Field {
        name: "viewUrlName",
        operators: "eq,in",
        fact: |row| text(&row.view.url_name),
    },
    Field {
        name: "workbookDescription",
        operators: "eq,in",
        fact: |row| text(&row.workbook.description),
    },
    Field {
        name: "workbookName",
        operators: "eq,in",
        fact: |row| text(&row.workbook.name),
    },
];

fn element(row: &Row, usage: bool) -> Element {
    let (view, workbook) = (&row.view, &row.workbook);
    Element::new("view")
        .attr("id", &view.id)
        .attr("name", &view.name)
        .attr("contentUrl", &view.content_url)
        .attr("createdAt", iso(view.created_at))
        .attr("updatedAt", iso(view.updated_at))
        .attr("viewUrlName", &view.url_name)
        .attr("sheetType", view.kind.as_str())
        .child(Element::new("workbook").attr("id", &workbook.id))
        .child(Element::new("owner").attr("id", &workbook.owner))
        .child(Element::new("project").attr("id", &workbook.project))
        .child(content::tags(&view.tags))
        .child_if(usage.then(|| Element::new("usage").attr("totalViewCount", view.hits)))
}

fn row(tx: &Tx<'_>, view: View, workbook: &Item) -> Result<Row, ApiError> {
    Ok(Row {
        view,
        project_name: tx
            .get::<Project>(&workbook.project)?
            .map(|project| project.name)
            .unwrap_or_default(),
        owner: tx.get::<User>(&workbook.owner)?,
        workbook: workbook.clone(),
    })
}

pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    let usage = call.query.flag("includeUsageStatistics")?;
    let rows = call.transact(|tx| {
        let mut rows = Vec::new();
        for workbook in tx.items(call.site()?, Kind::Workbook)? {
            if rights::may_item(tx, call.user()?, &workbook, "Read")? {
                for view in content::visible_views(tx, &workbook.id)? {
                    rows.push(row(tx, view, &workbook)?);
                }
            }
        }
        Ok(rows)
    })?;
    call.list(rows, FIELDS, ("views", &[]), |row| Ok(element(row, usage)))
}

/// Not paged.
pub(crate) fn of_workbook(call: &Call) -> Result<Answer, ApiError> {
    let usage = call.query.flag("includeUsageStatistics")?;
    call.transact(|tx| {
        let workbook = item(call, tx, Kind::Workbook)?;
        let mut views = Vec::new();
        for view in content::visible_views(tx, &workbook.id)? {
            views.push(element(&row(tx, view, &workbook)?, usage));
        }
        Ok(Answer::ok([Element::list("views", views)]))
    })
}

/// A view as lists show it; `None` where its workbook is gone.
pub(super) fn shown(tx: &Tx<'_>, view: View) -> Result<Option<Element>, ApiError> {
    match tx.get::<Item>(&view.workbook)? {
        Some(workbook) => Ok(Some(element(&row(tx, view, &workbook)?, false))),
        None => Ok(None),
    }
}

fn workbook_of(call: &Call, tx: &Tx<'_>, view: &View, capability: &str) -> Result<Item, ApiError> {
    let workbook = tx
        .get::<Item>(&view.workbook)?
        .ok_or_else(|| ApiError::new(404_011, format!("View '{}' could not be found.", view.id)))?;
    if rights::may_item(tx, call.user()?, &workbook, capability)? {
        Ok(workbook)
    } else {
        Err(ApiError::forbidden(format!(
            "You may not do this with the view '{}'.",
            view.id
        )))
    }
}

pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    let usage = call.query.flag("includeUsageStatistics")?;
    call.transact(|tx| {
        let view = view(call, tx)?;
        let workbook = workbook_of(call, tx, &view, "Read")?;
        Ok(Answer::ok([element(&row(tx, view, &workbook)?, usage)]))
    })
}

/// Deleting the last view deletes the workbook.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    call.transact(|tx| {
        let view = view(call, tx)?;
        let workbook = workbook_of(call, tx, &view, "Delete")?;
        tx.delete::<View>(&view.id)?;
        removal::drop_favorites(tx, &view.id)?;
        let event = Event::view_deleted(&view, &workbook);
        webhook::raise(&call.app, tx, &view.site, &event)?;
        if tx.children::<View>(&workbook.id)?.is_empty() {
            removal::item(&call.app, tx, &workbook, call.user()?)?;
        }
        Ok(())
    })?;
    Ok(Answer::no_content())
}
