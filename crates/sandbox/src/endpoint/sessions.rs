//! Sign in, sign out, switch site, who am I.

use crate::call::{Answer, Body, Call};
use crate::error::ApiError;
use crate::model::Site;
use crate::session;
use crate::wire::Element;

pub(crate) fn sign_in(call: &Call) -> Result<Answer, ApiError> {
    let Body::Form(node) = &call.body else {
        return Err(ApiError::new(401_009, "The sign-in request has no body."));
    };
    let credentials = node.required("credentials")?;
    Ok(Answer::ok([
        call.transact(|tx| session::sign_in(tx, credentials))?
    ]))
}

pub(crate) fn sign_out(call: &Call) -> Result<Answer, ApiError> {
    let caller = call.caller()?;
    call.transact(|tx| session::sign_out(tx, caller))?;
    Ok(Answer::no_content())
}

pub(crate) fn switch_site(call: &Call) -> Result<Answer, ApiError> {
    let content_url = call
        .node()?
        .required("site")?
        .attribute("contentUrl")
        .unwrap_or_default();
    let caller = call.caller()?;
    Ok(Answer::ok([call.transact(|tx| {
        session::switch(tx, caller, content_url)
    })?]))
}

pub(crate) fn current(call: &Call) -> Result<Answer, ApiError> {
    let caller = call.caller()?;
    let site = call
        .transact(|tx| tx.get::<Site>(&caller.session.site))?
        .ok_or_else(|| ApiError::new(404_000, "The site of this session is gone."))?;
    let user = Element::new("user")
        .attr("id", &caller.user.id)
        .attr("name", &caller.user.name)
        .attr("siteRole", caller.user.site_role.as_str());
    Ok(Answer::ok([Element::new("session")
        .child(super::sites::element(&site))
        .child(user)]))
}
