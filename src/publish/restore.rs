//! Puts back what a publish drops: owner first, since an owner change drops credentials; then credentials, tags of
//! views, description, certification. The item's own tags are set with its stamp, last of all.

use crate::plan::desired::Credential;
use crate::plan::live::LiveConnection;
use crate::plan::{ItemKind, LiveItem, Planned};

use super::calls::Shown;
use super::error::{Doing, PublishError};
use super::run::Run;
use super::wanted::Wanted;

/// Makes the server state of the published item what is wanted. Doing it twice changes nothing more.
pub(super) async fn put_back(
    run: &Run<'_>,
    item: &Planned,
    now: &Shown,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    owner(run, item, &now.item, wanted).await?;
    credentials(run, item, &now.item, wanted).await?;
    view_tags(run, item, now, wanted).await?;
    description(run, item, &now.item, wanted).await?;
    certification(run, item, &now.item, wanted).await
}

async fn owner(
    run: &Run<'_>,
    item: &Planned,
    now: &LiveItem,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    let luid = match &wanted.owner_name {
        Some(name) => Some(user(run, name).await?),
        None => wanted.owner_luid.clone(),
    };
    match luid {
        Some(luid) if now.owner_luid.as_ref() != Some(&luid) => {
            run.step(item, "setting the owner");
            run.calls
                .set_owner(now.kind, &now.luid, &luid)
                .await
                .doing("setting the owner")
        }
        _ => Ok(()),
    }
}

/// The plan knows most users; a plan that could not ask leaves it to this.
async fn user(run: &Run<'_>, name: &str) -> Result<String, PublishError> {
    if let Some(luid) = run.live.user_named(name) {
        return Ok(luid.to_owned());
    }
    let found = run.calls.user(name).await.doing("looking the owner up")?;
    found.ok_or_else(|| PublishError::Owner(name.to_owned()))
}

/// Embeds the manifest's credentials, then reads back: on sites that cannot change one connection alone, what was meant
/// for one may have reached another.
async fn credentials(
    run: &Run<'_>,
    item: &Planned,
    now: &LiveItem,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    if wanted.credentials.is_empty() {
        return Ok(());
    }
    run.step(item, "embedding credentials");
    let connections = run
        .calls
        .connections(now.kind, &now.luid)
        .await
        .doing("reading the connections")?;
    for credential in &wanted.credentials {
        let meant: Vec<String> = connections
            .iter()
            .filter(|c| meant_for(&wanted.credentials, c) == Some(credential))
            .map(|c| c.luid.clone())
            .collect();
        if meant.is_empty() {
            continue;
        }
        let password = match &credential.secret {
            Some(reference) => Some(run.secrets.secret(reference)?),
            None => None,
        };
        run.calls
            .embed(
                now.kind,
                &now.luid,
                &meant,
                credential.username.as_deref(),
                password.as_ref(),
                credential.embed,
            )
            .await
            .doing("embedding credentials")?;
    }
    let after = run
        .calls
        .connections(now.kind, &now.luid)
        .await
        .doing("reading the connections back")?;
    let wrong = after
        .iter()
        .find(|c| meant_for(&wanted.credentials, c).is_some_and(|meant| !carries(c, meant)));
    match wrong {
        Some(connection) => Err(PublishError::NotEmbedded(format!(
            "{} {}",
            connection.class,
            connection.server.as_deref().unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// The first credential that fits a connection. A published data source has its own.
fn meant_for<'c>(
    credentials: &'c [Credential],
    connection: &LiveConnection,
) -> Option<&'c Credential> {
    let fits = |wanted: &Option<String>, own: Option<&str>| {
        wanted
            .as_deref()
            .is_none_or(|wanted| own.is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
    };
    credentials
        .iter()
        .filter(|_| connection.class != "sqlproxy")
        .find(|c| {
            fits(&c.class, Some(&connection.class)) && fits(&c.server, connection.server.as_deref())
        })
}

/// As far as the site tells: it never shows a password.
fn carries(connection: &LiveConnection, credential: &Credential) -> bool {
    let same_user = credential.username.is_none()
        || connection.username.is_none()
        || credential.username == connection.username;
    connection.embedded == credential.embed && same_user
}

async fn view_tags(
    run: &Run<'_>,
    item: &Planned,
    now: &Shown,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    if wanted.view_tags.is_empty() || item.kind != ItemKind::Workbook {
        return Ok(());
    }
    let views = run
        .calls
        .views(&now.item.luid)
        .await
        .doing("reading the views")?;
    for view in &views {
        let Some(tags) = wanted.view_tags.get(&view.name) else {
            continue;
        };
        let missing: Vec<String> = tags
            .iter()
            .filter(|t| !view.tags.contains(t))
            .cloned()
            .collect();
        if !missing.is_empty() {
            run.step(
                item,
                &format!("adding {} tags to the view {}", missing.len(), view.name),
            );
            run.calls
                .add_view_tags(&view.luid, &missing)
                .await
                .doing("adding tags to a view")?;
        }
    }
    Ok(())
}

/// Sent with the publish as well; some versions take it only here (reference: REST facts, 10.3).
async fn description(
    run: &Run<'_>,
    item: &Planned,
    now: &LiveItem,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    match &wanted.description {
        Some(text) if now.description.as_ref() != Some(text) => {
            run.step(item, "setting the description");
            run.calls
                .describe(now.kind, &now.luid, text)
                .await
                .doing("setting the description")
        }
        _ => Ok(()),
    }
}

async fn certification(
    run: &Run<'_>,
    item: &Planned,
    now: &LiveItem,
    wanted: &Wanted,
) -> Result<(), PublishError> {
    let Some(certification) = &wanted.certified else {
        return Ok(());
    };
    let same = now.certified == Some(true)
        && (certification.note.is_none() || certification.note == now.certification_note);
    if item.kind != ItemKind::Datasource || same {
        return Ok(());
    }
    run.step(item, "certifying it");
    run.calls
        .certify(&now.luid, certification.note.as_deref())
        .await
        .doing("certifying it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(class: Option<&str>, server: Option<&str>, user: &str) -> Credential {
        Credential {
            class: class.map(str::to_owned),
            server: server.map(str::to_owned),
            username: Some(user.to_owned()),
            secret: None,
            embed: true,
        }
    }

    fn connection(class: &str, server: Option<&str>) -> LiveConnection {
        LiveConnection {
            luid: "c".to_owned(),
            class: class.to_owned(),
            server: server.map(str::to_owned),
            port: None,
            username: Some("a".to_owned()),
            embedded: true,
        }
    }

    #[test]
    fn the_first_credential_that_fits_is_meant_and_none_for_a_published_source() {
        let all = [
            credential(Some("postgres"), Some("PG"), "a"),
            credential(Some("snowflake"), None, "b"),
            credential(None, None, "c"),
        ];
        let meant = |connection: &LiveConnection| {
            let meant = meant_for(&all, connection);
            meant.and_then(|c| c.username.clone()).unwrap_or_default()
        };
        assert_eq!(meant(&connection("postgres", Some("pg"))), "a");
        assert_eq!(meant(&connection("postgres", Some("other"))), "c");
        assert_eq!(meant(&connection("postgres", None)), "c");
        assert_eq!(meant(&connection("snowflake", Some("pg"))), "b");
        assert_eq!(meant(&connection("sqlproxy", Some("pg"))), "");
    }

    #[test]
    fn what_did_not_stay_is_seen() {
        let meant = credential(None, None, "a");
        let kept = connection("postgres", None);
        assert!(carries(&kept, &meant));
        let lost = LiveConnection {
            embedded: false,
            ..kept.clone()
        };
        assert!(!carries(&lost, &meant));
        let anothers = LiveConnection {
            username: Some("b".to_owned()),
            ..kept.clone()
        };
        assert!(!carries(&anothers, &meant));
        let untold = LiveConnection {
            username: None,
            ..kept
        };
        assert!(carries(&untold, &meant));
    }
}
