//! The Metadata API.

use serde_json::{Value, json};

use super::client::{Signed, Site, parts};
use super::files::{DATASOURCE, WORKBOOK, on_published};

async fn ask(signed: &Signed<'_>, query: &str, variables: Value) -> Value {
    let body = json!({"query": query, "variables": variables}).to_string();
    let headers = [
        format!("X-Tableau-Auth: {}", signed.token),
        "Content-Type: application/json".to_owned(),
    ];
    signed
        .site
        .raw("POST", "/api/metadata/graphql", &headers, body)
        .await
        .expect(200)
        .json()
}

#[tokio::test]
async fn lineage_leads_both_ways() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let body = parts(&[
        (
            "request_payload",
            None,
            b"<tsRequest><datasource name='Orders' isCertified='true'/></tsRequest>",
        ),
        ("tableau_datasource", Some("a.tds"), DATASOURCE.as_bytes()),
    ]);
    let source = signed
        .multipart("POST", "/datasources", body)
        .await
        .expect(201)
        .json()["datasource"]["id"]
        .clone();
    let workbook = signed.published("", "W", "", &on_published("Orders")).await["id"].clone();
    signed.published("", "Other", "", WORKBOOK).await;
    let up = "query($ids: [String!]) { workbooksConnection(filter: {luidWithin: $ids}) { totalCount nodes { luid name \
        upstreamDatasources { luid name __typename } } pageInfo { hasNextPage } } }";
    let answer = ask(&signed, up, json!({"ids": [workbook]})).await;
    let connection = &answer["data"]["workbooksConnection"];
    assert_eq!(connection["totalCount"], 1);
    assert_eq!(
        connection["nodes"][0]["upstreamDatasources"],
        json!([{"luid": source, "name": "Orders", "__typename": "PublishedDatasource"}])
    );
    let down = "{ publishedDatasources(filter: {isCertified: true}) { luid downstreamWorkbooks { luid } downstreamFlows { luid } \
        owner { username } ...f } } fragment f on Datasource { hasExtracts }";
    let answer = ask(&signed, down, Value::Null).await;
    assert_eq!(
        answer["data"]["publishedDatasources"],
        json!([{"luid": source, "downstreamWorkbooks": [{"luid": workbook}], "downstreamFlows": [],
            "owner": {"username": "admin"}, "hasExtracts": false}])
    );
}

#[tokio::test]
async fn connections_page_by_cursor() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    for name in ["a", "b", "c"] {
        signed.published("", name, "", WORKBOOK).await;
    }
    let query = "query($after: String) { workbooksConnection(first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }";
    let first =
        ask(&signed, query, json!({"after": null})).await["data"]["workbooksConnection"].clone();
    assert_eq!(first["nodes"], json!([{"name": "a"}, {"name": "b"}]));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = ask(
        &signed,
        query,
        json!({"after": first["pageInfo"]["endCursor"]}),
    )
    .await;
    assert_eq!(
        next["data"]["workbooksConnection"]["nodes"],
        json!([{"name": "c"}])
    );
    assert_eq!(
        next["data"]["workbooksConnection"]["pageInfo"]["hasNextPage"],
        false
    );
}

#[tokio::test]
async fn a_wrong_query_is_told_in_errors() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    for query in [
        "{ workbooks { colour } }",
        "{ workbooks }",
        "{ workbooks {",
        "{ nothing { id } }",
    ] {
        let answer = ask(&signed, query, Value::Null).await;
        // Without a workbook there is nobody to ask for its colour; the others fail at once.
        assert!(
            query.contains("colour") || answer["errors"][0]["message"].is_string(),
            "{query}: {answer}"
        );
    }
    signed.published("", "W", "", WORKBOOK).await;
    let answer = ask(&signed, "{ workbooks { colour } }", Value::Null).await;
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("'colour' in type 'Workbook'"),
        "{answer}"
    );
    let circle = "{ workbooks { ...a } } fragment a on Workbook { ...a }";
    assert!(ask(&signed, circle, Value::Null).await["errors"].is_array());
    let nobody = site.raw("POST", "/api/metadata/graphql", &[], "{}").await;
    assert_eq!(nobody.code(), (401, 401_000));
}
