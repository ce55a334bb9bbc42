//! Sessions.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::json;

use super::{Endpoint, Path, Reply};
use crate::api::{
    body::Body, credentials::Credentials, json::Unreadable, luid::Luid, retry::Replay,
    secret::Secret, version::ApiVersion,
};

/// A session on one site.
#[derive(Clone, Debug)]
pub struct Session {
    /// Goes into the header `X-Tableau-Auth`.
    pub token: Secret,
    /// The site.
    pub site_id: Luid,
    /// The site's part of web addresses; empty for the Default site of a Server.
    pub site_content_url: String,
    /// The account.
    pub user_id: Luid,
    /// The version of the API that calls use.
    pub api_version: ApiVersion,
    /// When the personal access token stops working; this is not the end of the session, which no
    /// answer tells. Absent with other credentials.
    pub expires: Option<Timestamp>,
}

/// `POST /api/{version}/auth/signin`.
///
/// Safe to repeat: the worst that happens is that an earlier session of the same token ends.
pub struct SignIn<'a> {
    /// Who.
    pub credentials: &'a Credentials,
    /// Where: the site's content URL.
    pub site: &'a str,
    /// The version that the session will use.
    pub api_version: ApiVersion,
}

impl Endpoint for SignIn<'_> {
    type Answer = Session;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        self.credentials.since()
    }

    fn path(&self) -> Path {
        Path::versioned("auth").then("signin")
    }

    fn body(&self) -> Body {
        let mut credentials = self.credentials.to_json(Timestamp::now());
        credentials["site"] = json!({ "contentUrl": self.site });
        Body::json(&json!({ "credentials": credentials }))
    }

    fn parse(&self, reply: &Reply) -> Result<Session, Unreadable> {
        let document = reply.document()?;
        let credentials = document.root().need("credentials")?;
        let site = credentials.need("site")?;
        let token = credentials.need_text("token")?;
        // It goes into a header.
        if !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Unreadable::missing("token"));
        }
        let life = credentials
            .text("estimatedTimeToExpiration")
            .and_then(|text| life(&text));
        Ok(Session {
            token: Secret::new(token),
            site_id: site.need_luid("id")?,
            site_content_url: site
                .text("contentUrl")
                .unwrap_or_else(|| self.site.to_owned()),
            user_id: credentials.need("user")?.need_luid("id")?,
            api_version: self.api_version,
            expires: life.and_then(|life| Timestamp::now().checked_add(life).ok()),
        })
    }
}

/// `DAYS:HOURS:MINUTES`, the remaining life of a personal access token.
///
/// Source: REST API help, "Sign In" (read 2026-11), which warns that it is not h:m:s.
fn life(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| part.trim().parse::<u64>().ok());
    let (days, hours, minutes) = (parts.next()??, parts.next()??, parts.next()??);
    let minutes = days
        .checked_mul(24)?
        .checked_add(hours)?
        .checked_mul(60)?
        .checked_add(minutes)?;
    minutes.checked_mul(60).map(Duration::from_secs)
}

/// `POST /api/{version}/auth/signout`.
pub struct SignOut;

impl Endpoint for SignOut {
    type Answer = ();
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::versioned("auth").then("signout")
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// Whose session it is, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentSession {
    /// The site.
    pub site_id: Luid,
    /// The site's name.
    pub site_name: Option<String>,
    /// The account.
    pub user_id: Luid,
    /// The account's name.
    pub user_name: Option<String>,
    /// The account's role on the site, such as `Creator`.
    pub site_role: Option<String>,
}

/// `GET /api/{version}/sessions/current`.
pub struct GetCurrentSession;

impl Endpoint for GetCurrentSession {
    type Answer = CurrentSession;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::versioned("sessions").then("current")
    }

    fn parse(&self, reply: &Reply) -> Result<CurrentSession, Unreadable> {
        let document = reply.document()?;
        let session = document.root().need("session")?;
        let (site, user) = (session.need("site")?, session.need("user")?);
        Ok(CurrentSession {
            site_id: site.need_luid("id")?,
            site_name: site.filled("name"),
            user_id: user.need_luid("id")?,
            user_name: user.filled("name"),
            site_role: user.filled("siteRole"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply, sent};

    fn token() -> Credentials {
        Credentials::Token {
            name: "ci".into(),
            secret: Secret::new("hunter2"),
        }
    }

    #[test]
    fn signs_in_with_a_token() {
        let credentials = token();
        let call = SignIn {
            credentials: &credentials,
            site: "dev",
            api_version: ApiVersion::NEWEST,
        };
        assert_eq!(address(&call), "/api/3.29/auth/signin");
        assert_eq!(
            sent(&call),
            r#"{"credentials":{"personalAccessTokenName":"ci","personalAccessTokenSecret":"hunter2","site":{"contentUrl":"dev"}}}"#
        );
        let reply = reply(200, include_str!("../../../fixtures/wire/sign-in.json"));
        let session = call.parse(&reply).unwrap();
        assert_eq!((session.site_id, session.user_id), (luid(0xaa), luid(0x01)));
        assert!(session.token.expose().ends_with(&luid(0xaa).to_string()));
        let left = session
            .expires
            .unwrap()
            .duration_since(Timestamp::now())
            .as_hours();
        assert_eq!(left / 24, 173);
        assert!(!format!("{session:?}").contains("HvZM"));
    }

    #[test]
    fn a_life_is_days_hours_minutes() {
        assert_eq!(
            life("1:2:3"),
            Some(Duration::from_secs(((24 + 2) * 60 + 3) * 60))
        );
        for text in [
            "",
            "1:2",
            "a:b:c",
            "99999999999999999999:0:0",
            "18446744073709551615:0:0",
        ] {
            assert_eq!(life(text), None, "{text}");
        }
    }

    #[test]
    fn a_server_may_leave_the_default_site_unnamed() {
        let credentials = token();
        let call = SignIn {
            credentials: &credentials,
            site: "",
            api_version: ApiVersion::NEWEST,
        };
        let reply = reply(
            200,
            r#"{"credentials":{"site":{"id":"00000000-0000-4000-8000-0000000000aa"},"user":{"id":"00000000-0000-4000-8000-000000000001"},"token":"t"}}"#,
        );
        let session = call.parse(&reply).unwrap();
        assert_eq!((&*session.site_content_url, session.expires), ("", None));
    }

    #[test]
    fn reads_the_current_session() {
        let reply = reply(
            200,
            include_str!("../../../fixtures/wire/session-current.json"),
        );
        let session = GetCurrentSession.parse(&reply).unwrap();
        assert_eq!(
            session.site_role.as_deref(),
            Some("SiteAdministratorCreator")
        );
    }
}
