//! Sites.

use crate::Style;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::filter::{Fact, Field};
use crate::model::{Site, User};
use crate::wire::Element;

static FIELDS: &[Field<Site>] = &[Field {
    name: "id",
    operators: "eq",
    fact: |site| Fact::Text(site.id.clone()),
}];

pub(super) fn element(site: &Site) -> Element {
    Element::new("site")
        .attr("id", &site.id)
        .attr("name", &site.name)
        .attr("contentUrl", &site.content_url)
        .attr("adminMode", "ContentAndUsers")
        .attr("disableSubscriptions", false)
        .attr("state", "Active")
        .attr("revisionHistoryEnabled", true)
        .attr("revisionLimit", 25_i64)
        .attr("subscribeOthersEnabled", true)
        .attr("flowsEnabled", true)
        .attr("catalogingEnabled", true)
        .attr("extractEncryptionMode", "disabled")
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
