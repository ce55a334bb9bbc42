//! What goes with what, when something is deleted.

use jiff::Timestamp;

use crate::app::App;
use crate::error::ApiError;
use crate::model::{
    CustomView, Favorite, Item, Project, QualityWarning, Subscription, Task, User, View,
};
use crate::store::Tx;
use crate::trash::Trash;

/// Deletes an item with its views, or puts it in the recycle bin where the site has one.
pub(crate) fn item(app: &App, tx: &Tx<'_>, item: &Item, deleter: &User) -> Result<(), ApiError> {
    let views = tx.children::<View>(&item.id)?;
    for view in &views {
        tx.delete::<View>(&view.id)?;
    }
    for task in tx.children::<Task>(&item.id)? {
        tx.delete::<Task>(&task.id)?;
    }
    for custom in tx.children::<CustomView>(&item.id)? {
        tx.delete::<CustomView>(&custom.id)?;
    }
    for warning in tx.children::<QualityWarning>(&item.id)? {
        tx.delete::<QualityWarning>(&warning.id)?;
    }
    drop_subscriptions(tx, &item.id)?;
    drop_favorites(tx, &item.id)?;
    for view in &views {
        drop_subscriptions(tx, &view.id)?;
        drop_favorites(tx, &view.id)?;
    }
    tx.delete::<Item>(&item.id)?;
    crate::webhook::raise_for(app, tx, item, "Deleted")?;
    if app.options.recycle_bin {
        tx.put(&Trash {
            item: item.clone(),
            views,
            deleter: deleter.id.clone(),
            deleted_at: Timestamp::now(),
            path: project_path(tx, &item.project)?,
        })?;
    }
    Ok(())
}

/// Removes the subscriptions to a workbook or view.
pub(crate) fn drop_subscriptions(tx: &Tx<'_>, content: &str) -> Result<(), ApiError> {
    for subscription in tx.children::<Subscription>(content)? {
        tx.delete::<Subscription>(&subscription.id)?;
    }
    Ok(())
}

/// Removes an item, view or project from everybody's favorites.
pub(crate) fn drop_favorites(tx: &Tx<'_>, content: &str) -> Result<(), ApiError> {
    for favorite in tx.named::<Favorite>(content)? {
        tx.delete::<Favorite>(&favorite.id)?;
    }
    Ok(())
}

/// Deletes a project, what is in it, and the projects below it.
pub(crate) fn project(
    app: &App,
    tx: &Tx<'_>,
    project: &Project,
    deleter: &User,
) -> Result<(), ApiError> {
    for inner in tx.children::<Project>(&project.id)? {
        self::project(app, tx, &inner, deleter)?;
    }
    for inner in tx.children::<Item>(&project.id)? {
        item(app, tx, &inner, deleter)?;
    }
    drop_favorites(tx, &project.id)?;
    tx.delete::<Project>(&project.id)
}

/// `Outer/Inner`.
pub(crate) fn project_path(tx: &Tx<'_>, id: &str) -> Result<String, ApiError> {
    let mut names = Vec::new();
    let mut current = tx.get::<Project>(id)?;
    while let Some(project) = current {
        current = if project.parent.is_empty() {
            None
        } else {
            tx.get::<Project>(&project.parent)?
        };
        names.push(project.name);
    }
    names.reverse();
    Ok(names.join("/"))
}
