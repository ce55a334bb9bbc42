//! Signing in: by password, personal access token or JWT.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::hmac;
use serde_json::Value;

use super::{SignedIn, open, same_secret};
use crate::error::ApiError;
use crate::model::{Account, Session, Site, TableauApp, Token, User};
use crate::store::Tx;
use crate::wire::{Element, Node};

/// A JWT may not live longer than ten minutes.
const MAX_JWT_SECONDS: i64 = 600;
/// Clocks may differ by so much.
const CLOCK_SKEW_SECONDS: i64 = 30;

/// The one answer to a failed sign-in: it does not say which of user, secret or site was wrong.
fn failed() -> ApiError {
    ApiError::new(401_001, "Error signing in to Tableau Server")
}

fn failed_with(reason: u32) -> ApiError {
    ApiError::new(
        401_001,
        format!("Error signing in to Tableau Server ({reason})"),
    )
}

/// Signs in by password, personal access token or JWT, and opens a session.
pub(crate) fn sign_in(tx: &Tx<'_>, credentials: &Node) -> Result<Element, ApiError> {
    let content_url = credentials
        .child("site")
        .and_then(|site| site.attribute("contentUrl"))
        .unwrap_or_default();
    let token_name = credentials.attribute("personalAccessTokenName");
    let jwt = credentials.attribute("jwt");
    let name = credentials.attribute("name");
    if [token_name.is_some(), jwt.is_some(), name.is_some()]
        .iter()
        .filter(|given| **given)
        .count()
        != 1
    {
        return Err(ApiError::bad_request(
            "Sign in with exactly one of a name and password, a personal access token, and a JWT.",
        ));
    }
    let site = tx
        .by_url::<Site>("", &content_url.to_lowercase())?
        .ok_or_else(failed)?;
    let mut signed_in = if let Some(token_name) = token_name {
        let secret = credentials
            .attribute("personalAccessTokenSecret")
            .unwrap_or_default();
        by_token(tx, &site, token_name, secret)?
    } else if let Some(jwt) = jwt {
        by_jwt(tx, &site, jwt)?
    } else {
        let password = credentials.attribute("password").unwrap_or_default();
        by_password(tx, &site, name.unwrap_or_default(), password)?
    };
    if let Some(other) = credentials.child_id("user") {
        signed_in.user = impersonate(tx, &site, &signed_in.user, other)?;
    }
    open(tx, &site, signed_in)
}

fn seat(tx: &Tx<'_>, site: &Site, name: &str) -> Result<User, ApiError> {
    tx.by_name::<User>(&site.id, &name.to_lowercase())?
        .filter(|user| user.site_role.may_sign_in())
        .ok_or_else(failed)
}

fn by_password(tx: &Tx<'_>, site: &Site, name: &str, password: &str) -> Result<SignedIn, ApiError> {
    let account = tx
        .get::<Account>(&name.to_lowercase())?
        .ok_or_else(failed)?;
    if !same_secret(&account.salt, password, &account.password_hash) {
        return Err(failed());
    }
    Ok(SignedIn {
        user: seat(tx, site, name)?,
        token: None,
        scopes: None,
    })
}

fn by_token(tx: &Tx<'_>, site: &Site, name: &str, secret: &str) -> Result<SignedIn, ApiError> {
    let token = tx.get::<Token>(name)?.ok_or_else(failed)?;
    if !same_secret(&token.salt, secret, &token.secret_hash) || token.expires_at < Timestamp::now()
    {
        return Err(failed());
    }
    let user = seat(tx, site, &token.user_name)?;
    // One live session a token: the older one's credentials are dead from here on.
    for session in tx.children::<Session>(name)? {
        tx.delete::<Session>(&session.id)?;
    }
    Ok(SignedIn {
        user,
        token: Some(token),
        scopes: None,
    })
}

fn impersonate(tx: &Tx<'_>, site: &Site, caller: &User, other: &str) -> Result<User, ApiError> {
    if !caller.site_role.is_server_admin() {
        return Err(failed());
    }
    tx.get_on::<User>(&site.id, other)?
        .ok_or_else(|| ApiError::new(404_002, format!("User '{other}' could not be found.")))
}

/// The connected-app form: HS256, `kid` the secret's id, `iss` the client's, `aud` "tableau". The reasons are
/// the vendor's sub-codes for connected apps.
fn by_jwt(tx: &Tx<'_>, site: &Site, jwt: &str) -> Result<SignedIn, ApiError> {
    let bad = || failed_with(10_083);
    let mut pieces = jwt.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (pieces.next(), pieces.next(), pieces.next(), pieces.next())
    else {
        return Err(failed_with(10_084));
    };
    let json = |piece: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(piece).ok()?).ok()
    };
    let header = json(head).ok_or_else(|| failed_with(10_084))?;
    let payload = json(claims).ok_or_else(|| failed_with(10_084))?;
    if header["alg"] != "HS256" {
        return Err(failed_with(10_087));
    }
    let issuer = payload["iss"].as_str().ok_or_else(|| failed_with(10_082))?;
    let app = tx
        .get::<TableauApp>(issuer)?
        .filter(|app| header["kid"] == app.secret_id.as_str())
        .ok_or_else(bad)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, app.secret_value.as_bytes());
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| bad())?;
    hmac::verify(&key, format!("{head}.{claims}").as_bytes(), &signature).map_err(|_| bad())?;
    check_claims(tx, &payload)?;
    let scopes = scopes(&payload["scp"])?;
    let name = payload["sub"].as_str().ok_or_else(bad)?;
    let user = seat(tx, site, name).map_err(|_| failed_with(5))?;
    Ok(SignedIn {
        user,
        token: None,
        scopes: Some(scopes),
    })
}

fn check_claims(tx: &Tx<'_>, payload: &Value) -> Result<(), ApiError> {
    let audience = &payload["aud"];
    let for_us = audience == "tableau"
        || audience
            .as_array()
            .is_some_and(|list| list.iter().any(|a| a == "tableau"));
    let now = Timestamp::now().as_second();
    let expiry = payload["exp"].as_i64().ok_or_else(|| failed_with(10_083))?;
    if !for_us || expiry + CLOCK_SKEW_SECONDS < now {
        return Err(failed_with(10_083));
    }
    if payload["nbf"]
        .as_i64()
        .is_some_and(|start| start - CLOCK_SKEW_SECONDS > now)
    {
        return Err(failed_with(10_083));
    }
    if expiry - CLOCK_SKEW_SECONDS > now + MAX_JWT_SECONDS {
        return Err(failed_with(10_096));
    }
    let unique = payload["jti"]
        .as_str()
        .filter(|jti| !jti.is_empty())
        .ok_or_else(|| failed_with(10_091))?;
    // The counter is 1 the first time that an id is seen.
    if tx.next(&format!("jti/{unique}"))? > 1 {
        return Err(failed_with(10_089));
    }
    Ok(())
}

fn scopes(claim: &Value) -> Result<Vec<String>, ApiError> {
    let list = claim.as_array().ok_or_else(|| failed_with(10_099))?;
    list.iter()
        .map(|scope| {
            scope
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| failed_with(10_097))
        })
        .collect()
}
