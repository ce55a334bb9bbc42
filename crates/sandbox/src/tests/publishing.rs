//! What a publish takes and what it refuses.

use super::client::{BOUNDARY, Signed, Site, parts};
use super::files::{DATASOURCE, WORKBOOK, on_published};

#[tokio::test]
async fn a_published_workbook_is_there() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let reply = signed
        .publish("", "My Sales", "", WORKBOOK)
        .await
        .expect(201);
    let location = reply.headers["location"].to_str().unwrap().to_owned();
    let workbook = reply.json()["workbook"].clone();
    assert_eq!(workbook["contentUrl"], "MySales");
    assert_eq!(workbook["showTabs"], "false");
    assert_eq!(workbook["size"], "1");
    assert_eq!(workbook["tags"], serde_json::json!({}));
    let names: Vec<_> = workbook["views"]["view"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["contentUrl"].clone())
        .collect();
    assert_eq!(
        names,
        [
            "MySales/sheets/Map",
            "MySales/sheets/Trend",
            "MySales/sheets/Overview"
        ]
    );
    let id = workbook["id"].as_str().unwrap();
    assert!(
        location.ends_with(&format!("/workbooks/{id}")),
        "{location}"
    );
    let back = signed
        .get(&format!("/workbooks/{id}/content"))
        .await
        .expect(200);
    assert_eq!(back.text(), WORKBOOK);
    assert_eq!(back.headers["content-type"], "application/xml");
    assert_eq!(
        back.headers["content-disposition"],
        "name=\"tableau_workbook\"; filename=\"My Sales.twb\""
    );
    let by_url = signed
        .get("/workbooks/MySales?key=contentUrl")
        .await
        .expect(200)
        .json();
    assert_eq!(by_url["workbook"]["id"], id);
    assert_eq!(
        signed.get("/workbooks/mysales?key=contentUrl").await.code(),
        (404, 404_006)
    );
}

async fn post(signed: &Signed<'_>, kind: &str, query: &str, body: Vec<u8>) -> (u16, u32) {
    signed
        .at("3.29", "POST", &format!("/workbooks{query}"), kind, body)
        .await
        .code()
}

#[tokio::test]
async fn careless_requests_are_refused() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let mixed = format!("multipart/mixed; boundary={BOUNDARY}");
    let payload: &[u8] = b"<tsRequest><workbook name='a'/></tsRequest>";
    let file = ("tableau_workbook", Some("a.twb"), WORKBOOK.as_bytes());
    let good = parts(&[("request_payload", None, payload), file]);
    let bad = [
        (
            format!("multipart/form-data; boundary={BOUNDARY}"),
            "",
            good.clone(),
            (400, 400_000),
        ),
        (
            format!("multipart/mixed; boundary=\"{BOUNDARY}\""),
            "",
            good.clone(),
            (400, 400_000),
        ),
        ("text/xml".to_owned(), "", payload.to_vec(), (400, 400_000)),
        (
            mixed.clone(),
            "",
            good[..good.len() - 6].to_vec(),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "?overwrite=maybe",
            good.clone(),
            (400, 400_008),
        ),
        (
            mixed.clone(),
            "?uploadSessionId=1:2-3:4",
            good.clone(),
            (400, 400_000),
        ),
        (mixed.clone(), "", parts(&[file]), (400, 400_000)),
        (
            mixed.clone(),
            "",
            parts(&[("request_payload", None, payload)]),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "",
            parts(&[("request_payload", None, payload), file, file]),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                (
                    "request_payload",
                    None,
                    b"<tsRequest><workbook/></tsRequest>",
                ),
                file,
            ]),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                (
                    "request_payload",
                    None,
                    b"<tsRequest><workbook name='it&apos;s'/></tsRequest>",
                ),
                file,
            ]),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                ("request_payload", None, payload),
                ("tableau_workbook", Some("a.txt"), b"x"),
            ]),
            (400, 400_020),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                ("request_payload", None, payload),
                ("tableau_datasource", Some("a.twb"), b"x"),
            ]),
            (400, 400_000),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                ("request_payload", None, payload),
                ("tableau_workbook", Some("a.twbx"), b"not a zip"),
            ]),
            (400, 400_011),
        ),
        (
            mixed.clone(),
            "",
            parts(&[
                (
                    "request_payload",
                    None,
                    b"<tsRequest><workbook name='a'><project id='nowhere'/></workbook></tsRequest>",
                ),
                file,
            ]),
            (404, 404_005),
        ),
    ];
    for (index, (kind, query, body, expected)) in bad.into_iter().enumerate() {
        assert_eq!(
            post(&signed, &kind, query, body).await,
            expected,
            "case {index}"
        );
    }
    let numeric = parts(&[
        (
            "request_payload",
            None,
            b"<tsRequest><workbook name='it&#39;s'/></tsRequest>",
        ),
        file,
    ]);
    assert_eq!(post(&signed, &mixed, "", numeric).await, (201, 0));
    assert_eq!(
        post(&signed, &mixed, "?createnew=true", good).await,
        (201, 0),
        "unknown parameters are ignored"
    );
}

#[tokio::test]
async fn a_name_is_taken_within_its_project_only() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let other = signed.project("Other").await;
    signed.publish("", "Sales", "", WORKBOOK).await.expect(201);
    assert_eq!(
        signed.publish("", "SALES", "", WORKBOOK).await.code(),
        (403, 403_130)
    );
    let elsewhere = signed
        .published("", "Sales", &format!("<project id='{other}'/>"), WORKBOOK)
        .await;
    assert_eq!(elsewhere["contentUrl"], "Sales_0");
    let moved = signed
        .put(
            &format!("/workbooks/{}", elsewhere["id"].as_str().unwrap()),
            &format!(
                "<workbook><project id='{}'/></workbook>",
                signed.default_project().await
            ),
        )
        .await;
    assert_eq!(moved.code(), (409, 409_013));
}

#[tokio::test]
async fn uploads_are_joined_in_order() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let open = || async {
        let reply = signed.post("/fileUploads", "").await.expect(201).json();
        assert_eq!(reply["fileUpload"]["fileSize"], "0");
        reply["fileUpload"]["uploadSessionId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (head, tail) = WORKBOOK.split_at(100);
    let append = |id: String, version: &'static str, query: &'static str, data: &'static str| {
        let body = parts(&[
            ("request_payload", None, b""),
            ("tableau_file", Some("file"), data.as_bytes()),
        ]);
        let kind = format!("multipart/mixed; boundary={BOUNDARY}");
        let signed = &signed;
        async move {
            signed
                .at(
                    version,
                    "PUT",
                    &format!("/fileUploads/{id}{query}"),
                    &kind,
                    body,
                )
                .await
        }
    };
    let commit = |id: String, name: &'static str| {
        let payload = format!("<tsRequest><workbook name='{name}'/></tsRequest>");
        let body = parts(&[("request_payload", None, payload.as_bytes())]);
        let signed = &signed;
        async move {
            signed
                .multipart(
                    "POST",
                    &format!("/workbooks?uploadSessionId={id}&workbookType=twb"),
                    body,
                )
                .await
        }
    };
    // Out of order with sequenceID: joined by it.
    let id = open().await;
    let reply = append(id.clone(), "3.29", "?sequenceID=20", tail)
        .await
        .expect(200)
        .json();
    assert_eq!(
        reply["fileUpload"]["fileSize"], "1",
        "whole megabytes, at least one"
    );
    append(id.clone(), "3.29", "?sequenceID=10", head)
        .await
        .expect(200);
    let workbook = commit(id.clone(), "By sequence").await.expect(201).json();
    let content = format!(
        "/workbooks/{}/content",
        workbook["workbook"]["id"].as_str().unwrap()
    );
    assert_eq!(signed.get(&content).await.text(), WORKBOOK);
    assert_eq!(
        commit(id, "Again").await.code(),
        (404, 404_015),
        "a commit uses the session up"
    );
    // The same below 3.27: the parameter is not known, arrival counts, and the file is broken.
    let id = open().await;
    append(id.clone(), "3.26", "?sequenceID=20", tail)
        .await
        .expect(200);
    append(id.clone(), "3.26", "?sequenceID=10", head)
        .await
        .expect(200);
    assert_eq!(commit(id, "Broken").await.code(), (400, 400_011));
}

#[tokio::test]
async fn careless_appends_are_refused() {
    let site = Site::with(crate::Sandbox::builder().max_part_bytes(1000));
    let signed = site.sign_in("dev").await;
    let opened = signed.post("/fileUploads", "").await.json();
    let id = opened["fileUpload"]["uploadSessionId"].as_str().unwrap();
    let path = format!("/fileUploads/{id}");
    let file = ("tableau_file", Some("file"), &b"x"[..]);
    for (body, expected) in [
        (
            parts(&[("request_payload", None, b"<tsRequest/>"), file]),
            (400, 400_019),
        ),
        (parts(&[("request_payload", None, b"")]), (400, 400_020)),
        (
            parts(&[
                ("request_payload", None, b""),
                ("tableau_workbook", None, b"x"),
            ]),
            (400, 400_020),
        ),
        (
            parts(&[
                ("request_payload", None, b""),
                ("tableau_file", None, &[0; 1001]),
            ]),
            (400, 400_016),
        ),
        (parts(&[file]), (400, 400_000)),
    ] {
        assert_eq!(signed.multipart("PUT", &path, body).await.code(), expected);
    }
    let one_line = format!(
        "--{BOUNDARY}\r\nContent-Disposition: name=\"request_payload\"\r\n\r\n--{BOUNDARY}--"
    );
    assert_eq!(
        signed
            .multipart("PUT", &path, one_line.into_bytes())
            .await
            .code(),
        (500, 500_000)
    );
    let body = parts(&[("request_payload", None, b""), file]);
    assert_eq!(
        signed
            .multipart("PUT", "/fileUploads/1:2-3:4", body.clone())
            .await
            .code(),
        (404, 404_015)
    );
    let prod = site.sign_in("prod").await;
    assert_eq!(
        prod.multipart("PUT", &path, body).await.code(),
        (404, 404_015),
        "a session is of one site"
    );
}

async fn publish_datasource(signed: &Signed<'_>, query: &str, name: &str) -> super::client::Reply {
    let payload = format!("<tsRequest><datasource name='{name}'/></tsRequest>");
    let body = parts(&[
        ("request_payload", None, payload.as_bytes()),
        ("tableau_datasource", Some("a.tds"), DATASOURCE.as_bytes()),
    ]);
    signed
        .multipart("POST", &format!("/datasources?{query}"), body)
        .await
}

#[tokio::test]
async fn published_data_sources_are_resolved_on_the_site() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    assert_eq!(
        signed
            .publish("", "W", "", &on_published("Orders"))
            .await
            .code(),
        (400, 400_011)
    );
    let source = publish_datasource(&signed, "", "Orders")
        .await
        .expect(201)
        .json();
    let workbook = signed.published("", "W", "", &on_published("Orders")).await;
    let path = format!(
        "/workbooks/{}/connections",
        workbook["id"].as_str().unwrap()
    );
    let connections = signed.get(&path).await.json();
    let connection = &connections["connections"]["connection"][0];
    assert_eq!(connection["type"], "sqlproxy");
    assert_eq!(connection["datasource"]["id"], source["datasource"]["id"]);
    let update = signed
        .put(
            &format!("{path}/{}", connection["id"].as_str().unwrap()),
            "<connection userName='x'/>",
        )
        .await;
    assert_eq!(update.code(), (400, 400_039));
    let prod = site.sign_in("prod").await;
    assert_eq!(
        prod.publish("", "W", "", &on_published("Orders"))
            .await
            .code(),
        (400, 400_011)
    );
}

#[tokio::test]
async fn data_source_modes_exclude_each_other() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    assert_eq!(
        publish_datasource(&signed, "append=true", "D").await.code(),
        (404, 404_004)
    );
    publish_datasource(&signed, "", "D").await.expect(201);
    assert_eq!(
        publish_datasource(&signed, "", "d").await.code(),
        (403, 403_007)
    );
    assert_eq!(
        publish_datasource(&signed, "overwrite=true&append=true", "D")
            .await
            .code(),
        (400, 400_055)
    );
    assert_eq!(
        publish_datasource(&signed, "overwrite=true&replace=true", "D")
            .await
            .code(),
        (400, 400_011)
    );
    publish_datasource(&signed, "append=true", "D")
        .await
        .expect(201);
    publish_datasource(&signed, "overwrite=true", "D")
        .await
        .expect(201);
}

#[tokio::test]
async fn hidden_views_are_left_out() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let hide = |names: &[&str]| {
        let views: String = names
            .iter()
            .map(|name| format!("<view name='{name}' hidden='true'/>"))
            .collect();
        format!("<views>{views}</views>")
    };
    let workbook = signed.published("", "W", &hide(&["Trend"]), WORKBOOK).await;
    assert_eq!(workbook["views"]["view"].as_array().unwrap().len(), 2);
    let all = signed
        .publish("", "All", &hide(&["Map", "Trend", "Overview"]), WORKBOOK)
        .await;
    assert_eq!(all.code(), (400, 400_011));
}

#[tokio::test]
async fn json_payloads_publish_too() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let payload = br#"{"workbook":{"name":"J","showTabs":"true","views":{"view":[{"name":"Map","hidden":"true"}]}}}"#;
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"request_payload\"\r\nContent-Type: application/json\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(payload);
    body.extend_from_slice(b"\r\n");
    body.extend_from_slice(&parts(&[(
        "tableau_workbook",
        Some("a.twb"),
        WORKBOOK.as_bytes(),
    )]));
    let workbook = signed
        .multipart("POST", "/workbooks", body)
        .await
        .expect(201)
        .json();
    assert_eq!(workbook["workbook"]["showTabs"], "true");
    assert_eq!(
        workbook["workbook"]["views"]["view"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
