//! Bodies and headers as a careless client sends them. Multipart has its own cases in `publishing`.

use super::client::{Signed, Site};

async fn post(dev: &Signed<'_>, kind: &str, body: impl Into<Vec<u8>>) -> (u16, u32) {
    dev.at("3.29", "POST", "/projects", kind, body).await.code()
}

#[tokio::test]
async fn bodies_of_the_wrong_form_are_refused() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let (xml, json) = ("application/xml", "application/json");
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let bomb = "<!DOCTYPE t [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]>\
                <tsRequest><project name='&b;'/></tsRequest>";
    let cases: [(&str, Vec<u8>); 14] = [
        (xml, Vec::new()),
        (xml, b"   \r\n".to_vec()),
        (xml, b"{\"project\":{\"name\":\"a\"}}".to_vec()),
        (xml, b"<tsRequest><project name='a'/>".to_vec()),
        (
            xml,
            b"<tsRequest><project name='\xff\xfe'/></tsRequest>".to_vec(),
        ),
        (xml, b"<tsRequest/>".to_vec()),
        (xml, b"<project name='a'/>".to_vec()),
        (xml, deep.into_bytes()),
        (xml, bomb.into()),
        (json, b"<tsRequest><project name='a'/></tsRequest>".to_vec()),
        (json, b"[{\"name\":\"a\"}]".to_vec()),
        (json, b"{\"project\":\"a\"}".to_vec()),
        (
            json,
            b"{\"tsRequest\":{\"project\":{\"name\":\"a\"}}}".to_vec(),
        ),
        (json, "[".repeat(100_000).into_bytes()),
    ];
    for (index, (kind, body)) in cases.into_iter().enumerate() {
        assert_eq!(post(&dev, kind, body).await, (400, 400_000), "case {index}");
    }
    let large = format!(
        "<tsRequest><project name='{}'/></tsRequest>",
        "a".repeat(5 << 20)
    );
    assert_eq!(post(&dev, xml, large).await, (413, 413_000));
    // Not one of them made a project.
    let all = dev.get("/projects").await.expect(200).json();
    assert_eq!(all["pagination"]["totalAvailable"], "1");
}

#[tokio::test]
async fn any_content_type_but_json_is_read_as_xml() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    for (index, kind) in [
        "text/xml",
        "application/xml; charset=utf-8",
        "application/x-www-form-urlencoded",
    ]
    .iter()
    .enumerate()
    {
        let body = format!("<tsRequest><project name='p{index}'/></tsRequest>");
        assert_eq!(post(&dev, kind, body).await, (201, 0), "{kind}");
    }
    let body = r#"{"project":{"name":"json"}}"#;
    assert_eq!(
        post(&dev, "application/json;charset=UTF-8", body).await,
        (201, 0)
    );
}

#[tokio::test]
async fn credentials_that_are_none_are_refused() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let path = format!("/api/3.29/sites/{}/projects", dev.id);
    let with = |headers: Vec<String>| {
        let (site, path) = (&site, &path);
        async move { site.raw("GET", path, &headers, "").await.code() }
    };
    assert_eq!(with(Vec::new()).await, (401, 401_000));
    assert_eq!(
        with(vec!["X-Tableau-Auth: ".to_owned()]).await,
        (401, 401_002)
    );
    assert_eq!(
        with(vec![format!("Authorization: Bearer {}", dev.token)]).await,
        (401, 401_000)
    );
    assert_eq!(
        with(vec![format!("X-Tableau-Auth: {}", "x".repeat(10_000))]).await,
        (401, 401_002)
    );
    assert_eq!(
        with(vec![format!("x-tableau-auth: {}", dev.token)]).await.0,
        200
    );
}

#[tokio::test]
async fn a_page_that_is_no_page_is_refused() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    for (query, code) in [
        ("pageNumber=2", (400, 400_006)),
        ("pageNumber=0", (400, 400_006)),
        ("pageNumber=-1", (400, 400_006)),
        ("pageNumber=one", (400, 400_006)),
        ("pageNumber=99999999999999999999", (400, 400_006)),
        ("pageSize=0", (400, 400_007)),
        ("pageSize=many", (400, 400_007)),
        ("pageSize=1001", (403, 403_014)),
        ("pageSize=1000", (200, 0)),
    ] {
        assert_eq!(
            dev.get(&format!("/projects?{query}")).await.code(),
            code,
            "{query}"
        );
    }
    let empty = dev.get("/workbooks?pageNumber=1").await.expect(200).json();
    assert_eq!(empty["workbooks"], serde_json::json!({}));
}

#[tokio::test]
async fn an_accept_of_anything_is_answered_in_xml() {
    let site = Site::open();
    let body = r#"{"credentials":{"name":"admin","password":"admin","site":{"contentUrl":"dev"}}}"#;
    for (accept, kind) in [
        (None, "application/json;charset=UTF-8"),
        (Some("*/*"), "application/xml;charset=UTF-8"),
        (Some("application/xml"), "application/xml;charset=UTF-8"),
        (Some("application/json"), "application/json;charset=UTF-8"),
        (
            Some("application/json, text/plain, */*"),
            "application/json;charset=UTF-8",
        ),
    ] {
        let mut headers = vec!["Content-Type: application/json".to_owned()];
        headers.extend(accept.map(|accept| format!("Accept: {accept}")));
        let reply = site
            .raw("POST", "/api/3.29/auth/signin", &headers, body)
            .await
            .expect(200);
        assert_eq!(reply.headers["content-type"], kind, "{accept:?}");
    }
}

#[tokio::test]
async fn schedules_and_webhooks_are_found_by_name() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    for name in ["A", "B"] {
        let schedule = format!(
            "<schedule name='{name}' priority='50' type='Extract' frequency='Daily' executionOrder='Parallel'>\
             <frequencyDetails start='02:00:00'/></schedule>"
        );
        dev.post("//schedules", &schedule).await.expect(201);
    }
    let found = dev
        .get("//schedules?filter=name:eq:B")
        .await
        .expect(200)
        .json();
    assert_eq!(found["pagination"]["totalAvailable"], "1");
    dev.get("/webhooks?sort=name:desc").await.expect(200);
}
