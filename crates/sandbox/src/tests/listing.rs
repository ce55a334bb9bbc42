//! Projects, lists, tags, and the search index behind filters.

use std::time::Duration;

use super::client::Site;
use super::files::WORKBOOK;
use crate::Sandbox;

#[tokio::test]
async fn projects_nest_and_clash_under_their_parent() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let outer = signed.project("Sales").await;
    assert_eq!(
        signed
            .post("/projects", "<project name='SALES'/>")
            .await
            .code(),
        (409, 409_006)
    );
    let inner = signed
        .post(
            "/projects",
            &format!("<project name='Sales' parentProjectId='{outer}'/>"),
        )
        .await;
    let inner = inner.expect(201).json()["project"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/projects/{outer}");
    let into_itself = format!("<project parentProjectId='{inner}'/>");
    assert_eq!(signed.put(&path, &into_itself).await.code(), (403, 403_074));
    assert_eq!(
        signed
            .put(
                &format!("/projects/{inner}"),
                "<project parentProjectId=''/>"
            )
            .await
            .code(),
        (409, 409_006)
    );
    let default = signed.default_project().await;
    assert_eq!(
        signed.delete(&format!("/projects/{default}")).await.code(),
        (403, 403_003)
    );
    assert_eq!(
        signed
            .put(&format!("/projects/{default}"), "<project name='x'/>")
            .await
            .code(),
        (403, 403_005)
    );
    assert_eq!(
        signed
            .post("/projects", "<project name='x' parentProjectId='nothing'/>")
            .await
            .code(),
        (404, 404_005)
    );
    let old = signed
        .at("3.7", "POST", "/projects", "text/xml", "<tsRequest><project name='x' contentPermissions='LockedToProjectWithoutNested'/></tsRequest>")
        .await;
    assert_eq!(old.code(), (400, 400_008));
    let workbook = signed
        .published("", "W", &format!("<project id='{inner}'/>"), WORKBOOK)
        .await;
    signed.delete(&path).await.expect(204);
    let gone = signed
        .get(&format!("/workbooks/{}", workbook["id"].as_str().unwrap()))
        .await;
    assert_eq!(gone.code(), (404, 404_006), "what is inside goes too");
}

#[tokio::test]
async fn lists_page_filter_and_choose_fields() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    for name in ["a", "b", "c"] {
        signed.publish("", name, "", WORKBOOK).await.expect(201);
    }
    let page = signed
        .get("/workbooks?pageSize=2&pageNumber=2&sort=name:desc")
        .await
        .expect(200)
        .json();
    assert_eq!(
        page["pagination"],
        serde_json::json!({"pageNumber": "2", "pageSize": "2", "totalAvailable": "3"})
    );
    assert_eq!(page["workbooks"]["workbook"][0]["name"], "a");
    assert_eq!(
        signed
            .get("/workbooks?pageSize=2&pageNumber=3")
            .await
            .code(),
        (400, 400_006)
    );
    assert_eq!(
        signed.get("/workbooks?pageSize=1001").await.code(),
        (403, 403_014)
    );
    assert_eq!(
        signed.get("/workbooks?filter=colour:eq:red").await.code(),
        (400, 400_065)
    );
    assert_eq!(
        signed.get("/workbooks?sort=name").await.code(),
        (400, 400_066)
    );
    let some = signed
        .get("/workbooks?filter=name:in:[a,c]&fields=name,project.name")
        .await
        .json();
    assert_eq!(
        some["workbooks"]["workbook"][1],
        serde_json::json!({"name": "c", "project": {"name": "Default"}})
    );
    let plain = signed.get("/workbooks").await.json()["workbooks"]["workbook"][0].clone();
    assert!(plain["hasExtracts"].is_null() && plain["owner"]["email"].is_null());
    let all =
        signed.get("/workbooks?fields=_all_").await.json()["workbooks"]["workbook"][0].clone();
    assert_eq!(
        (&all["hasExtracts"], &all["owner"]["email"]),
        (&false.into(), &"admin@example.com".into())
    );
}

#[tokio::test]
async fn the_index_lags_behind_filters_only() {
    let site = Site::with(Sandbox::builder().index_lag(Duration::from_millis(300)));
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", "", WORKBOOK).await;
    let count = || async {
        signed.get("/workbooks?filter=name:eq:W").await.json()["pagination"]["totalAvailable"]
            .clone()
    };
    assert_eq!(count().await, "0");
    signed
        .get(&format!("/workbooks/{}", workbook["id"].as_str().unwrap()))
        .await
        .expect(200);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(count().await, "1");
}

#[tokio::test]
async fn tags_add_up_and_are_removed_by_whoever_may() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", "", WORKBOOK).await;
    let path = format!("/workbooks/{}/tags", workbook["id"].as_str().unwrap());
    signed
        .put(&path, "<tags><tag label='a'/></tags>")
        .await
        .expect(200);
    let tags = signed
        .put(
            &path,
            "<tags><tag label='a'/><tag label='&quot;b/c d&quot;'/></tags>",
        )
        .await
        .expect(200)
        .json();
    assert_eq!(tags["tags"]["tag"].as_array().unwrap().len(), 2);
    let found = signed.get("/workbooks?filter=tags:eq:a").await.json();
    assert_eq!(found["pagination"]["totalAvailable"], "1");
    signed
        .delete(&format!("{path}/b%2Fc%20d"))
        .await
        .expect(204);
    assert_eq!(
        signed.delete(&format!("{path}/b")).await.code(),
        (404, 404_007)
    );
    let batch = format!(
        "<tagBatch><tags><tag label='x'/></tags><contents><content id='{}' contentType='Workbook'/></contents></tagBatch>",
        workbook["id"].as_str().unwrap()
    );
    signed.put("/tags:batchCreate", &batch).await.expect(200);
    let count = || async {
        signed.get("/workbooks?filter=tags:eq:x").await.json()["pagination"]["totalAvailable"]
            .clone()
    };
    assert_eq!(count().await, "1");
    signed.put("/tags:batchDelete", &batch).await.expect(200);
    assert_eq!(count().await, "0");
}

#[tokio::test]
async fn faults_strike_before_or_after_the_work() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    site.app.faults.set(vec![
        "POST /projects nth=1 status=503".parse().unwrap(),
        "POST /projects nth=2 after=commit status=504"
            .parse()
            .unwrap(),
        "GET /projects nth=1 status=429 retry-after=7"
            .parse()
            .unwrap(),
    ]);
    let body = "<project name='P'/>";
    let first = signed.post("/projects", body).await;
    assert_eq!(
        (
            first.status,
            first.headers["content-type"].to_str().unwrap()
        ),
        (503, "text/html")
    );
    assert_eq!(signed.post("/projects", body).await.status, 504);
    assert_eq!(
        signed.post("/projects", body).await.code(),
        (409, 409_006),
        "the one before had done its work"
    );
    let throttled = signed.get("/projects").await;
    assert_eq!(throttled.code(), (429, 429_000));
    assert_eq!(throttled.headers["retry-after"], "7");
    let logged = site.app.log.all();
    assert_eq!(logged.last().unwrap().status, 429);
    site.app.faults.set(vec!["any drop".parse().unwrap()]);
    let request = hyper::Request::get("/api/3.29/serverinfo")
        .body(http_body_util::Full::default())
        .unwrap();
    assert!(site.send(request).await.is_none(), "cut");
    site.app
        .faults
        .set(vec!["POST /projects at=5 drop".parse().unwrap()]);
    let path = format!("/api/3.29/sites/{}/projects", signed.id);
    let request = hyper::Request::post(path)
        .body(http_body_util::Full::from("<tsRequest/>"))
        .unwrap();
    assert!(
        site.send(request).await.is_none(),
        "cut in the middle of the body"
    );
    assert_eq!(site.app.log.all().last().unwrap().status, 0);
}
