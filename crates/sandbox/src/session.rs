//! Sessions, and what one may be used for.

mod sign_in;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use crate::app::App;
use crate::call::Caller;
use crate::error::ApiError;
use crate::model::{Session, Site, Token, User};
use crate::store::Tx;
use crate::wire::Element;

pub(crate) use sign_in::sign_in;

/// A session's last use is written down at most so often.
const TOUCH_SECONDS: i64 = 30;

/// A salted hash of a password or token secret.
pub(crate) fn hash_secret(salt: &str, secret: &str) -> String {
    blake3::keyed_hash(blake3::hash(salt.as_bytes()).as_bytes(), secret.as_bytes())
        .to_hex()
        .to_string()
}

fn same_secret(salt: &str, secret: &str, hash: &str) -> bool {
    let given = hash_secret(salt, secret);
    // blake3's Hash compares in constant time.
    match (blake3::Hash::from_hex(given), blake3::Hash::from_hex(hash)) {
        (Ok(given), Ok(hash)) => given == hash,
        _ => false,
    }
}

struct SignedIn {
    user: User,
    token: Option<Token>,
    scopes: Option<Vec<String>>,
}

fn random_text(length: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric)
        .take(length)
        .collect()
}

fn open(tx: &Tx<'_>, site: &Site, signed_in: SignedIn) -> Result<Element, ApiError> {
    let now = Timestamp::now();
    let credentials = format!(
        "{}|{}|{}",
        URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()),
        random_text(32),
        site.id
    );
    let SignedIn {
        mut user,
        token,
        scopes,
    } = signed_in;
    tx.put(&Session {
        id: session_id(&credentials),
        site: site.id.clone(),
        user: user.id.clone(),
        token_name: token.as_ref().map(|token| token.id.clone()),
        scopes,
        used_at: now,
    })?;
    user.last_login = Some(now);
    tx.put(&user)?;
    let life = token.map(|token| life_left(token.expires_at.duration_since(now).as_secs()));
    Ok(Element::new("credentials")
        .attr("token", credentials)
        .attr_if("estimatedTimeToExpiration", life)
        .child(
            Element::new("site")
                .attr("id", &site.id)
                .attr("contentUrl", &site.content_url),
        )
        .child(Element::new("user").attr("id", &user.id)))
}

/// The token's remaining life as days:hours:minutes.
fn life_left(seconds: i64) -> String {
    format!(
        "{}:{:02}:{:02}",
        seconds / 86_400,
        seconds / 3_600 % 24,
        seconds / 60 % 60
    )
}

fn session_id(credentials: &str) -> String {
    blake3::hash(credentials.as_bytes()).to_hex().to_string()
}

fn dead() -> ApiError {
    ApiError::new(401_002, "Invalid authentication credentials were provided.")
}

/// Who a credentials token stands for; 401002 when it is unknown, superseded or idle for too long.
pub(crate) fn resume(app: &App, credentials: &str) -> Result<Caller, ApiError> {
    let id = session_id(credentials);
    let idle = i64::try_from(app.options.session_idle.as_secs()).unwrap_or(i64::MAX);
    // An idle session is removed in a transaction that must not be rolled back by its own refusal.
    let caller = app.store.transact(|tx| {
        let Some(mut session) = tx.get::<Session>(&id)? else {
            return Ok(None);
        };
        let now = Timestamp::now();
        let unused = now.duration_since(session.used_at).as_secs();
        if unused > idle {
            tx.delete::<Session>(&id)?;
            return Ok(None);
        }
        let Some(user) = tx
            .get::<User>(&session.user)?
            .filter(|user| user.site_role.may_sign_in())
        else {
            return Ok(None);
        };
        if unused >= TOUCH_SECONDS.min(idle) {
            session.used_at = now;
            tx.put(&session)?;
        }
        Ok(Some(Caller { session, user }))
    })?;
    caller.ok_or_else(dead)
}

/// 403010 for another site's LUID, 404000 for none.
pub(crate) fn check_site(app: &App, caller: &Caller, site: &str) -> Result<(), ApiError> {
    if caller.session.site == site.to_ascii_lowercase() {
        return Ok(());
    }
    if app.store.transact(|tx| tx.get::<Site>(site))?.is_some() {
        return Err(ApiError::new(
            403_010,
            "The site that was signed in to is not the site in the URI.",
        ));
    }
    Err(ApiError::new(
        404_000,
        format!("Site '{site}' could not be found."),
    ))
}

/// A JWT session reaches only what its scopes name. `Some("")` needs none; `None` is closed to JWTs.
pub(crate) fn check_scope(caller: &Caller, needed: Option<&str>) -> Result<(), ApiError> {
    let Some(scopes) = &caller.session.scopes else {
        return Ok(());
    };
    let allowed = match needed {
        None => false,
        Some("") => true,
        Some(needed) => scopes.iter().any(|scope| {
            scope == needed
                || scope
                    .strip_suffix('*')
                    .is_some_and(|prefix| needed.starts_with(prefix))
        }),
    };
    if allowed { Ok(()) } else { Err(dead()) }
}

/// Ends the caller's session.
pub(crate) fn sign_out(tx: &Tx<'_>, caller: &Caller) -> Result<(), ApiError> {
    tx.delete::<Session>(&caller.session.id)
}

/// Ends the caller's session and opens one on another site.
pub(crate) fn switch(tx: &Tx<'_>, caller: &Caller, content_url: &str) -> Result<Element, ApiError> {
    let unavailable = || {
        ApiError::new(
            401_003,
            format!("Could not switch to the site '{content_url}'."),
        )
    };
    let site = tx
        .by_url::<Site>("", &content_url.to_lowercase())?
        .ok_or_else(unavailable)?;
    if site.id == caller.session.site {
        return Err(ApiError::new(
            403_070,
            "The session is signed in to this site already.",
        ));
    }
    let user = tx
        .by_name::<User>(&site.id, &caller.user.name.to_lowercase())?
        .filter(|user| user.site_role.may_sign_in())
        .ok_or_else(unavailable)?;
    let token = match &caller.session.token_name {
        Some(name) => tx.get::<Token>(name)?,
        None => None,
    };
    sign_out(tx, caller)?;
    open(
        tx,
        &site,
        SignedIn {
            user,
            token,
            scopes: caller.session.scopes.clone(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn life_is_days_hours_minutes() {
        assert_eq!(
            life_left(173 * 86_400 + 21 * 3_600 + 12 * 60 + 59),
            "173:21:12"
        );
        assert_eq!(life_left(364 * 86_400 + 42), "364:00:00");
    }

    #[test]
    fn secrets_compare_by_hash() {
        let hash = hash_secret("salt", "secret");
        assert!(same_secret("salt", "secret", &hash));
        assert!(!same_secret("salt", "Secret", &hash));
        assert!(!same_secret("pepper", "secret", &hash));
    }
}
