//! Sites.

use std::collections::BTreeMap;

use crate::Style;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::{Fact, Field};
use crate::model::{Record, Site, Upload, User, new_id};
use crate::store::Tx;
use crate::wire::{Element, Node, parse_boolean};
use crate::{housekeeping, seed, session};

static FIELDS: &[Field<Site>] = &[Field {
    name: "id",
    operators: "eq",
    fact: |site| Fact::Text(site.id.clone()),
}];

#[derive(Clone, Copy)]
enum Setting {
    Boolean,
    Integer,
    /// One of these, or anything where there are none.
    Text(&'static [&'static str]),
}

/// What can be set beside name and content URL, and what a new site has of it (`""`: the attribute is not shown until
/// it was set). Kept and shown; the sandbox acts on none of them.
const SETTINGS: &[(&str, Setting, &str)] = &[
    (
        "adminMode",
        Setting::Text(&["ContentAndUsers", "ContentOnly"]),
        "ContentAndUsers",
    ),
    ("state", Setting::Text(&["Active", "Suspended"]), "Active"),
    ("userQuota", Setting::Integer, ""),
    ("storageQuota", Setting::Integer, ""),
    ("tierCreatorCapacity", Setting::Integer, ""),
    ("tierExplorerCapacity", Setting::Integer, ""),
    ("tierViewerCapacity", Setting::Integer, ""),
    ("disableSubscriptions", Setting::Boolean, "false"),
    ("subscribeOthersEnabled", Setting::Boolean, "true"),
    ("revisionHistoryEnabled", Setting::Boolean, "true"),
    ("revisionLimit", Setting::Integer, "25"),
    ("flowsEnabled", Setting::Boolean, "true"),
    ("editingFlowsEnabled", Setting::Boolean, ""),
    ("schedulingFlowsEnabled", Setting::Boolean, ""),
    ("catalogingEnabled", Setting::Boolean, "true"),
    ("catalogObfuscationEnabled", Setting::Boolean, ""),
    (
        "extractEncryptionMode",
        Setting::Text(&["disabled", "enabled", "enforced"]),
        "disabled",
    ),
    ("allowSubscriptionAttachments", Setting::Boolean, ""),
    ("guestAccessEnabled", Setting::Boolean, ""),
    ("cacheWarmupEnabled", Setting::Boolean, ""),
    ("commentingEnabled", Setting::Boolean, ""),
    ("commentingMentionsEnabled", Setting::Boolean, ""),
    ("requestAccessEnabled", Setting::Boolean, ""),
    ("runNowEnabled", Setting::Boolean, ""),
    ("dataAlertsEnabled", Setting::Boolean, ""),
    ("isDataAlertsEnabled", Setting::Boolean, ""),
    ("dataAccelerationMode", Setting::Text(&[]), ""),
    ("flowAutoSaveEnabled", Setting::Boolean, ""),
    ("webExtractionEnabled", Setting::Boolean, ""),
    ("metricsContentTypeEnabled", Setting::Boolean, ""),
    ("notifySiteAdminsOnThrottle", Setting::Boolean, ""),
    ("authoringEnabled", Setting::Boolean, ""),
    ("customSubscriptionEmailEnabled", Setting::Boolean, ""),
    ("customSubscriptionEmail", Setting::Text(&[]), ""),
    ("customSubscriptionFooterEnabled", Setting::Boolean, ""),
    ("customSubscriptionFooter", Setting::Text(&[]), ""),
    ("askDataMode", Setting::Text(&[]), ""),
    ("namedSharingEnabled", Setting::Boolean, ""),
    ("mobileBiometricsEnabled", Setting::Boolean, ""),
    ("sheetImageEnabled", Setting::Boolean, ""),
    ("derivedPermissionsEnabled", Setting::Boolean, ""),
    ("userVisibilityMode", Setting::Text(&[]), ""),
    ("useDefaultTimeZone", Setting::Boolean, ""),
    ("timeZone", Setting::Text(&[]), ""),
    ("autoSuspendRefreshEnabled", Setting::Boolean, ""),
    ("autoSuspendRefreshInactivityWindow", Setting::Integer, ""),
    ("attributeCaptureEnabled", Setting::Boolean, ""),
];

pub(super) fn element(site: &Site) -> Element {
    let mut element = Element::new("site")
        .attr("id", &site.id)
        .attr("name", &site.name)
        .attr("contentUrl", &site.content_url);
    for (name, kind, start) in SETTINGS {
        let value = site.settings.get(*name).map_or(*start, String::as_str);
        if value.is_empty() {
            continue;
        }
        element = match (kind, value.parse::<i64>()) {
            (Setting::Integer, Ok(number)) => element.attr(name, number),
            (Setting::Boolean, _) => element.attr(name, value == "true"),
            _ => element.attr(name, value),
        };
    }
    element
}

/// Takes the attributes over that the request has; 400000 for a name that is none, or a value of the wrong kind.
fn apply(site: &mut Site, node: &Node) -> Result<(), ApiError> {
    for (name, value) in &node.attributes {
        if matches!(name.as_str(), "id" | "name" | "contentUrl") {
            continue;
        }
        let known = SETTINGS.iter().find(|(known, ..)| known == name);
        let Some((_, kind, _)) = known else {
            return Err(ApiError::bad_request(format!(
                "Payload is either malformed or incomplete: the attribute '{name}' is not allowed in 'site'."
            )));
        };
        let value = match kind {
            Setting::Boolean => parse_boolean(name, value)?.to_string(),
            _ => value.clone(),
        };
        let fits = match kind {
            Setting::Integer => value.parse::<i64>().is_ok(),
            Setting::Text(values) => values.is_empty() || values.contains(&value.as_str()),
            Setting::Boolean => true,
        };
        if !fits {
            return Err(ApiError::bad_request(format!(
                "'{value}' is not a value of the attribute '{name}'."
            )));
        }
        site.settings.insert(name.clone(), value);
    }
    if let Some(name) = node.attribute("name") {
        name.trim().clone_into(&mut site.name);
    }
    if let Some(content_url) = node.attribute("contentUrl") {
        content_url.clone_into(&mut site.content_url);
    }
    if site.name.is_empty() {
        return Err(ApiError::bad_request("The name of the site is empty."));
    }
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    if !site.content_url.chars().all(letter) {
        return Err(ApiError::bad_request(
            "A contentUrl may have letters, digits, hyphens and underscores only.",
        ));
    }
    Ok(())
}

/// 409001 and 409002 where another site has the name or the content URL.
fn check_unique(tx: &Tx<'_>, site: &Site) -> Result<(), ApiError> {
    let other = |found: Option<Site>| found.is_some_and(|found| found.id != site.id);
    if other(tx.by_name::<Site>("", &site.name_key())?) {
        return Err(ApiError::new(
            409_001,
            format!("A site named '{}' already exists.", site.name),
        ));
    }
    if other(tx.by_url::<Site>("", &site.url_key())?) {
        return Err(ApiError::new(
            409_002,
            format!(
                "A site with the contentUrl '{}' already exists.",
                site.content_url
            ),
        ));
    }
    Ok(())
}

fn server_admin(call: &Call) -> Result<(), ApiError> {
    if call.app.options.style == Style::Server && call.role()?.is_server_admin() {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "Only administrators of a Tableau Server may create and delete sites.",
    ))
}

pub(crate) fn create(call: &Call) -> Result<Answer, ApiError> {
    server_admin(call)?;
    let node = call.node()?.required("site")?;
    let mut site = Site {
        id: new_id(),
        name: node.required_attribute("name")?.to_owned(),
        content_url: node.required_attribute("contentUrl")?.to_owned(),
        settings: BTreeMap::new(),
    };
    apply(&mut site, node)?;
    call.transact(|tx| {
        check_unique(tx, &site)?;
        tx.put(&site)?;
        seed::furnish(tx, &site)
    })?;
    Ok(Answer::created(element(&site)))
}

/// The site that the session is on; only what the request names changes.
pub(crate) fn update(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let node = call.node()?.required("site")?;
    session::check_site(&call.app, call.caller()?, call.param("site"))?;
    call.transact(|tx| {
        let mut site = own(call, tx)?;
        let default = site.content_url.is_empty();
        apply(&mut site, node)?;
        if default != site.content_url.is_empty() {
            return Err(ApiError::bad_request(
                "The default site, and no other, has an empty contentUrl.",
            ));
        }
        check_unique(tx, &site)?;
        tx.put(&site)?;
        Ok(Answer::ok([element(&site)]))
    })
}

fn own(call: &Call, tx: &Tx<'_>) -> Result<Site, ApiError> {
    tx.get::<Site>(call.site()?)?
        .ok_or_else(|| ApiError::new(404_000, "The site is gone."))
}

/// The site that the session is on, with all that is on it. The session goes too.
pub(crate) fn delete(call: &Call) -> Result<Answer, ApiError> {
    server_admin(call)?;
    session::check_site(&call.app, call.caller()?, call.param("site"))?;
    call.transact(|tx| {
        let site = own(call, tx)?;
        if site.content_url.is_empty() {
            return Err(ApiError::forbidden("The default site cannot be deleted."));
        }
        for upload in tx.all::<Upload>(&site.id)? {
            housekeeping::drop_upload(tx, &upload)?;
        }
        tx.delete_all_on(&site.id)?;
        tx.delete::<Site>(&site.id)
    })?;
    Ok(Answer::no_content())
}

/// The sites that the caller has a seat on. Cloud does not tell.
pub(crate) fn list(call: &Call) -> Result<Answer, ApiError> {
    if call.app.options.style == Style::Cloud {
        return Err(ApiError::new(
            403_069,
            "Sites cannot be listed on Tableau Cloud.",
        ));
    }
    let name = call.user()?.name.to_lowercase();
    let sites = call.transact(|tx| {
        let mut seen = Vec::new();
        for site in tx.everywhere::<Site>()? {
            if tx.by_name::<User>(&site.id, &name)?.is_some() {
                seen.push(site);
            }
        }
        Ok(seen)
    })?;
    call.list(sites, FIELDS, ("sites", &[]), |site| Ok(element(site)))
}

/// By LUID, or by name or content URL with `?key=`; only the site that the session is on.
pub(crate) fn get(call: &Call) -> Result<Answer, ApiError> {
    let wanted = call.param("site");
    let own = call.site()?;
    let site = call.transact(|tx| match call.query.get("key") {
        None => tx.get::<Site>(wanted),
        Some("name") => tx.by_name::<Site>("", &wanted.to_lowercase()),
        Some("contentUrl") => tx.by_url::<Site>("", &wanted.to_lowercase()),
        Some(key) => Err(ApiError::bad_request(format!(
            "Unknown key '{key}': it must be name or contentUrl."
        ))),
    })?;
    let site =
        site.ok_or_else(|| ApiError::new(404_000, format!("Site '{wanted}' could not be found.")))?;
    if site.id != own {
        return Err(ApiError::new(
            403_010,
            "The site that was signed in to is not the site in the URI.",
        ));
    }
    Ok(Answer::ok([element(&site)]))
}
