//! Who signs in.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use ring::hmac;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{secret::Secret, version::ApiVersion};

/// What an account proves itself with.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A personal access token. It carries one session: a second sign-in with the same token ends
    /// the first, on whatever site that was.
    Token {
        /// The token's name.
        name: String,
        /// The token's secret.
        secret: Secret,
    },
    /// A user's name and password: Tableau Server only, and only without multi-factor sign-in.
    Password {
        /// The user's name.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A connected app with direct trust.
    ConnectedApp {
        /// The app's client id.
        client_id: String,
        /// The id of the app's secret.
        secret_id: String,
        /// The value of the app's secret.
        secret: Secret,
        /// The user to act as; on Tableau Cloud the e-mail address.
        user: String,
        /// What the session may do, such as `tableau:workbooks:create`.
        scopes: Vec<String>,
    },
}

/// How long a JWT is valid, in seconds. Tableau takes at most ten minutes; a shorter life allows for
/// clocks that differ.
const JWT_LIFE: i64 = 5 * 60;

impl Credentials {
    /// The first version of the API that takes these.
    pub(crate) fn since(&self) -> ApiVersion {
        match self {
            Self::Token { .. } | Self::Password { .. } => ApiVersion::OLDEST,
            Self::ConnectedApp { .. } => ApiVersion::new(3, 16),
        }
    }

    /// The members of `credentials` in a sign-in request, made anew for each attempt: a JWT may be
    /// used once.
    pub(crate) fn to_json(&self, now: Timestamp) -> Value {
        match self {
            Self::Token { name, secret } => json!({
                "personalAccessTokenName": name,
                "personalAccessTokenSecret": secret.expose(),
            }),
            Self::Password { name, password } => {
                json!({ "name": name, "password": password.expose() })
            }
            Self::ConnectedApp {
                client_id,
                secret_id,
                secret,
                user,
                scopes,
            } => {
                let header = json!({
                    "alg": "HS256", "typ": "JWT", "kid": secret_id, "iss": client_id,
                });
                let claims = json!({
                    "iss": client_id,
                    "sub": user,
                    "aud": "tableau",
                    "jti": Uuid::new_v4().to_string(),
                    "iat": now.as_second(),
                    "nbf": now.as_second(),
                    "exp": now.as_second() + JWT_LIFE,
                    "scp": scopes,
                });
                json!({ "jwt": sign(&header, &claims, secret) })
            }
        }
    }
}

fn sign(header: &Value, claims: &Value, secret: &Secret) -> String {
    let mut jwt = BASE64.encode(header.to_string());
    jwt.push('.');
    jwt.push_str(&BASE64.encode(claims.to_string()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let signature = hmac::sign(&key, jwt.as_bytes());
    jwt.push('.');
    jwt.push_str(&BASE64.encode(signature));
    jwt
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Credentials {
        Credentials::ConnectedApp {
            client_id: "client".into(),
            secret_id: "kid".into(),
            secret: Secret::new("hunter2"),
            user: "ann@example.com".into(),
            scopes: vec!["tableau:workbooks:create".into()],
        }
    }

    fn jwt(now: i64) -> String {
        let value = app().to_json(Timestamp::from_second(now).unwrap());
        value["jwt"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_jwt_holds_what_tableau_asks_for_and_is_signed() {
        let jwt = jwt(1_700_000_000);
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let decode = |part: &str| -> Value {
            serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
        };
        assert_eq!(decode(header)["kid"], "kid");
        assert_eq!(decode(header)["alg"], "HS256");
        let claims = decode(claims);
        assert_eq!(claims["aud"], "tableau");
        assert_eq!(claims["sub"], "ann@example.com");
        assert_eq!(claims["scp"][0], "tableau:workbooks:create");
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            300
        );
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"hunter2");
        let signature = BASE64.decode(signature).unwrap();
        assert!(hmac::verify(&key, signed.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn no_jwt_is_like_another() {
        assert_ne!(jwt(1_700_000_000), jwt(1_700_000_000));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", app()).contains("hunter2"));
    }
}
