//! Server info, versions, signing in and out, who may go where.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

use super::client::Site;

fn none() -> Vec<String> {
    Vec::new()
}

#[tokio::test]
async fn server_info_needs_nothing() {
    let site = Site::open();
    let reply = site
        .raw("GET", "/api/2.4/serverInfo", &none(), "")
        .await
        .expect(200);
    assert!(
        reply
            .text()
            .contains("<restApiVersion>3.29</restApiVersion>"),
        "{}",
        reply.text()
    );
    let json = site
        .raw(
            "GET",
            "/api/3.4/serverinfo",
            &["Accept: application/json".to_owned()],
            "",
        )
        .await
        .json();
    assert_eq!(json["serverInfo"]["productVersion"]["value"], "2026.2.0");
    assert_eq!(json["serverInfo"]["restApiVersion"], "3.29");
}

#[tokio::test]
async fn versions_are_negotiated() {
    let site = Site::open();
    for (method, path, expected) in [
        ("GET", "/api/3.30/serverinfo", (404, 404_001)),
        ("GET", "/api/1.9/serverinfo", (404, 404_001)),
        ("GET", "/api/3.4/nothing", (404, 404_003)),
        ("GET", "/api/3.4/auth/signin", (405, 405_000)),
        ("GET", "/api/2,3/auth/signin", (401, 0)),
    ] {
        assert_eq!(
            site.raw(method, path, &none(), "").await.code(),
            expected,
            "{path}"
        );
    }
    let signed = site.sign_in("dev").await;
    let too_new = signed
        .at("3.26", "DELETE", "/views/x", "text/plain", "")
        .await;
    assert_eq!(too_new.code(), (400, 400_000));
    let old = Site::with(crate::Sandbox::builder().api_version("3.19"));
    assert_eq!(
        old.raw("DELETE", "/api/3.19/sites/x/views/x", &none(), "")
            .await
            .code(),
        (404, 404_003)
    );
}

async fn sign_in(site: &Site, body: &str) -> (u16, u32) {
    site.raw("POST", "/api/3.29/auth/signin", &none(), body)
        .await
        .code()
}

#[tokio::test]
async fn a_failed_sign_in_does_not_say_why() {
    let site = Site::open();
    for body in [
        "<tsRequest><credentials name='admin' password='wrong'><site contentUrl=''/></credentials></tsRequest>",
        "<tsRequest><credentials name='admin' password='admin'><site contentUrl='nowhere'/></credentials></tsRequest>",
        "<tsRequest><credentials name='nobody' password='admin'><site contentUrl=''/></credentials></tsRequest>",
        "<tsRequest><credentials personalAccessTokenName='sandbox' personalAccessTokenSecret='x'><site contentUrl=''/></credentials></tsRequest>",
    ] {
        assert_eq!(sign_in(&site, body).await, (401, 401_001), "{body}");
    }
    assert_eq!(sign_in(&site, "").await, (401, 401_009));
    assert_eq!(
        sign_in(&site, "<tsRequest><credentials").await,
        (400, 400_000)
    );
    let both = "<tsRequest><credentials name='a' password='b' personalAccessTokenName='c'><site contentUrl=''/></credentials></tsRequest>";
    assert_eq!(sign_in(&site, both).await, (400, 400_000));
}

#[tokio::test]
async fn one_token_has_one_session() {
    let site = Site::open();
    let first = site.sign_in("dev").await;
    first.get("/projects").await.expect(200);
    let second = site.sign_in("prod").await;
    assert_eq!(first.get("/projects").await.code(), (401, 401_002));
    second.get("/projects").await.expect(200);
    let password =
        "<credentials name='admin' password='admin'><site contentUrl='dev'/></credentials>";
    let one = site.sign_in_with(password).await;
    let other = site.sign_in_with(password).await;
    one.get("/projects").await.expect(200);
    other.get("/projects").await.expect(200);
}

#[tokio::test]
async fn a_session_is_of_one_site() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let password =
        "<credentials name='admin' password='admin'><site contentUrl='prod'/></credentials>";
    let prod = site.sign_in_with(password).await;
    let path = format!("//sites/{}/workbooks", prod.id);
    assert_eq!(dev.get(&path).await.code(), (403, 403_010));
    assert_eq!(
        dev.get("//sites/00000000-0000-0000-0000-000000000000/workbooks")
            .await
            .code(),
        (404, 404_000)
    );
    let nobody = site
        .raw(
            "GET",
            &format!("/api/3.29/sites/{}/workbooks", dev.id),
            &none(),
            "",
        )
        .await;
    assert_eq!(nobody.code(), (401, 401_000));
}

#[tokio::test]
async fn signing_out_and_switching_end_the_session() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    assert_eq!(
        signed
            .post("//auth/switchSite", "<site contentUrl='dev'/>")
            .await
            .code(),
        (403, 403_070)
    );
    assert_eq!(
        signed
            .post("//auth/switchSite", "<site contentUrl='nowhere'/>")
            .await
            .code(),
        (401, 401_003)
    );
    let switched = signed
        .post("//auth/switchSite", "<site contentUrl='prod'/>")
        .await
        .expect(200)
        .json();
    assert_eq!(switched["credentials"]["site"]["contentUrl"], "prod");
    assert_eq!(
        signed.get("//sessions/current").await.code(),
        (401, 401_002)
    );
    let other = site.sign_in("dev").await;
    let current = other.get("//sessions/current").await.expect(200).json();
    assert_eq!(current["session"]["user"]["name"], "admin");
    other.post("//auth/signout", "").await.expect(204);
    assert_eq!(
        other.post("//auth/signout", "").await.code(),
        (401, 401_002)
    );
}

#[tokio::test]
async fn idle_sessions_die() {
    let site = Site::with(crate::Sandbox::builder().session_idle(std::time::Duration::ZERO));
    let signed = site.sign_in("dev").await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(signed.get("/projects").await.code(), (401, 401_002));
}

fn jwt(claims: &serde_json::Value, secret: &str) -> String {
    let head = serde_json::json!({"alg": "HS256", "typ": "JWT", "kid": "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec002"});
    let body = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(head.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!(
        "{body}.{}",
        URL_SAFE_NO_PAD.encode(hmac::sign(&key, body.as_bytes()))
    )
}

#[tokio::test]
async fn connected_apps_sign_in_within_their_scopes() {
    const SECRET: &str = "sandbox-connected-app-secret";
    let site = Site::open();
    let now = jiff::Timestamp::now().as_second();
    let claims = |jti: &str, seconds: i64| {
        serde_json::json!({"iss": "5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec001", "sub": "admin", "aud": "tableau", "jti": jti,
            "exp": now + seconds, "scp": ["tableau:content:read", "tableau:workbooks:*"]})
    };
    let credentials =
        |jwt: &str| format!("<credentials jwt='{jwt}'><site contentUrl='dev'/></credentials>");
    let good = jwt(&claims("1", 300), SECRET);
    let signed = site.sign_in_with(&credentials(&good)).await;
    signed.get("/projects").await.expect(200);
    assert_eq!(
        signed.get("/users").await.code(),
        (401, 401_002),
        "outside the scopes"
    );
    for (token, why) in [
        (good, "used before"),
        (jwt(&claims("2", 300), "other secret"), "signature"),
        (jwt(&claims("3", -300), SECRET), "expired"),
        (jwt(&claims("4", 3600), SECRET), "too long"),
        (jwt(&claims("", 300), SECRET), "no jti"),
        ("a.b".to_owned(), "malformed"),
    ] {
        let body = format!("<tsRequest>{}</tsRequest>", credentials(&token));
        assert_eq!(sign_in(&site, &body).await, (401, 401_001), "{why}");
    }
}

#[tokio::test]
async fn the_answer_has_the_form_that_was_asked_for() {
    let site = Site::open();
    let body = r#"{"credentials":{"name":"admin","password":"admin","site":{"contentUrl":""}}}"#;
    let json = ["Content-Type: application/json".to_owned()];
    let follows = site
        .raw("POST", "/api/3.29/auth/signin", &json, body)
        .await
        .expect(200);
    assert!(follows.json()["credentials"]["token"].is_string());
    let both = [json[0].clone(), "Accept: application/xml".to_owned()];
    let wins = site
        .raw("POST", "/api/3.29/auth/signin", &both, body)
        .await
        .expect(200);
    assert!(wins.text().starts_with("<?xml"), "{}", wins.text());
}
