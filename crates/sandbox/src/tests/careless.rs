//! Bodies and headers as a careless client sends them. Multipart has its own cases in `publishing`.

use super::client::{BOUNDARY, Reply, Signed, Site, parts};
use super::files::WORKBOOK;

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

#[tokio::test]
async fn headers_are_read_whatever_their_form() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let path = format!("/api/3.29/sites/{}/projects", dev.id);
    let with = |method: &'static str, path: String, headers: &[&str], body: &str| {
        let mut headers: Vec<String> = headers.iter().map(|&line| line.to_owned()).collect();
        headers.push(format!("X-TABLEAU-AUTH: {}", dev.token));
        let (site, body) = (&site, body.to_owned());
        async move { site.raw(method, &path, &headers, body).await }
    };
    let json = |reply: &Reply| {
        reply.headers["content-type"] == "application/json;charset=UTF-8" && reply.status < 300
    };
    for accept in [
        "accept: application/json; charset=utf-8",
        "ACCEPT: application/json",
        "Accept: application/json;q=0.9, text/html;q=0.1",
    ] {
        assert!(
            json(&with("GET", path.clone(), &[accept], "").await),
            "{accept}"
        );
    }
    let project = "<tsRequest><project name='bare'/></tsRequest>";
    // No Content-Type at all: XML, as ever.
    let reply = with("POST", path.clone(), &[], project).await;
    assert_eq!(reply.code(), (201, 0));
    let reply = with("POST", path.clone(), &[], r#"{"project":{"name":"a"}}"#).await;
    assert_eq!(reply.code(), (400, 400_000));
    for (path, code) in [
        (format!("{path}/"), (200, 0)),
        (format!("{path}?pageSize=1&pageSize=1001"), (200, 0)),
        (format!("{path}?_=1700000000"), (200, 0)),
        (path.replace("projects", "Projects"), (404, 404_003)),
        (path.replace(&dev.id, "dev"), (404, 404_000)),
    ] {
        assert_eq!(
            with("GET", path.clone(), &[], "").await.code(),
            code,
            "{path}"
        );
    }
    for method in ["HEAD", "OPTIONS", "PATCH", "get"] {
        let reply = with(method, path.clone(), &[], "").await;
        assert_eq!(reply.code(), (405, 405_000), "{method}");
    }
}

#[tokio::test]
async fn documents_are_read_whatever_their_form() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let (xml, json) = ("application/xml", "application/json");
    for (name, kind, body) in [
        (
            "mark",
            xml,
            "\u{feff}<tsRequest><project name='mark'/></tsRequest>",
        ),
        (
            "declared",
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- made by hand -->\n<tsRequest xmlns=\"http://tableau.com/api\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n  <project name=\"declared\"></project>\n</tsRequest>\n",
        ),
        (
            "prefixed",
            xml,
            "<t:tsRequest xmlns:t=\"http://tableau.com/api\"><t:project name='prefixed'/></t:tsRequest>",
        ),
        (
            "order",
            json,
            " { \"project\" : {\"description\":null,\"contentPermissions\":\"ManagedByOwner\",\"name\":\"order\"}}\n",
        ),
        (
            "it's",
            xml,
            "<tsRequest><project name='it&apos;s'/></tsRequest>",
        ),
    ] {
        let reply = dev.at("3.29", "POST", "/projects", kind, body).await;
        assert_eq!(reply.code(), (201, 0), "{body}: {}", reply.text());
        assert_eq!(reply.json()["project"]["name"], name);
        let again = dev.at("3.29", "POST", "/projects", kind, body).await;
        assert_eq!(again.code(), (409, 409_006), "{body}");
    }
}

#[tokio::test]
async fn filters_are_read_however_they_are_encoded() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    dev.project("A &amp; B").await;
    dev.project("50% + 1").await;
    for (query, total) in [
        ("filter=name:eq:Default", "1"),
        ("filter=name%3Aeq%3ADefault", "1"),
        ("filter=name:eq:default", "0"),
        ("filter=name:eq:A+%26+B", "1"),
        ("filter=name:eq:A%20%26%20B", "1"),
        ("filter=name:eq:50%25%20%2B%201", "1"),
        ("filter=name:in:%5BDefault,50%25%20%2B%201%5D", "2"),
        ("filter=name:in:[Default,Nobody]", "1"),
    ] {
        let reply = dev.get(&format!("/projects?{query}")).await;
        assert_eq!(reply.code(), (200, 0), "{query}: {}", reply.text());
        assert_eq!(
            reply.json()["pagination"]["totalAvailable"],
            total,
            "{query}"
        );
    }
    for query in [
        "filter=name",
        "filter=name:eq",
        "filter=name:is:Default",
        "filter=colour:eq:red",
        "filter=Name:eq:Default",
        "filter=name:EQ:Default",
        "filter=createdAt:gt:yesterday",
    ] {
        let reply = dev.get(&format!("/projects?{query}")).await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_multipart_body_needs_its_line_ends() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let kind = format!("multipart/mixed; boundary={BOUNDARY}");
    let whole = parts(&[
        (
            "request_payload",
            None,
            b"<tsRequest><workbook name='a'/></tsRequest>",
        ),
        ("tableau_workbook", Some("a.twb"), WORKBOOK.as_bytes()),
    ]);
    let text = String::from_utf8(whole.clone()).unwrap();
    let publish = |kind: String, body: String| {
        let dev = &dev;
        async move {
            dev.at("3.29", "POST", "/workbooks", &kind, body)
                .await
                .code()
        }
    };
    for (what, kind, body) in [
        ("bare line feeds", kind.clone(), text.replace("\r\n", "\n")),
        (
            "no end",
            kind.clone(),
            text.replace(&format!("--{BOUNDARY}--\r\n"), ""),
        ),
        (
            "another boundary",
            kind.replace(BOUNDARY, "other"),
            text.clone(),
        ),
        ("no boundary", "multipart/mixed".to_owned(), text.clone()),
        (
            "an empty boundary",
            "multipart/mixed; boundary=".to_owned(),
            text.clone(),
        ),
        ("no body", kind.clone(), String::new()),
        (
            "no multipart",
            "application/octet-stream".to_owned(),
            WORKBOOK.to_owned(),
        ),
        (
            "no part names",
            kind.clone(),
            text.replace("name=", "title="),
        ),
    ] {
        assert_eq!(publish(kind, body).await, (400, 400_000), "{what}");
    }
    for (what, body) in [
        ("words before", format!("This is MIME.\r\n{text}")),
        ("words after", format!("{text}\r\nThat was it.")),
        ("no last line end", text.trim_end().to_owned()),
        ("small letters", text.replace("Content-", "content-")),
        (
            "disposition with a type",
            text.replace("Disposition: ", "Disposition: form-data; "),
        ),
        (
            "a length",
            text.replace(
                "Content-Type: text/xml",
                "Content-Length: 7\r\nContent-Type: text/xml",
            ),
        ),
    ] {
        let body = body.replace("name='a'", &format!("name='{what}'"));
        assert_eq!(publish(kind.clone(), body).await, (201, 0), "{what}");
    }
}
