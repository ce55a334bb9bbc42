//! Work that is done later: asynchronous publishes, refreshes, tasks.

use std::time::Duration;

use super::client::{Signed, Site};
use super::files::{WORKBOOK, WORKBOOK_V2};
use crate::{Sandbox, Style};

async fn finished(signed: &Signed<'_>, id: &str) -> serde_json::Value {
    for _ in 0..200 {
        let job = signed.get(&format!("/jobs/{id}")).await.expect(200).json()["job"].clone();
        if job["completedAt"].is_string() {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the job does not end");
}

#[tokio::test]
async fn asynchronous_publishes_take_their_time() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let job = signed
        .publish("asJob=true", "W", "", WORKBOOK)
        .await
        .expect(202)
        .json()["job"]
        .clone();
    assert_eq!(job["type"], "PublishWorkbook");
    assert_eq!(
        (&job["progress"], &job["finishCode"]),
        (&"0".into(), &"1".into())
    );
    assert!(job["completedAt"].is_null());
    assert_eq!(
        signed.get("/workbooks").await.json()["workbooks"],
        serde_json::json!({})
    );
    let id = job["id"].as_str().unwrap();
    assert_eq!(
        signed.put(&format!("/jobs/{id}"), "").await.code(),
        (403, 403_081),
        "a publish cannot be cancelled"
    );
    let done = finished(&signed, id).await;
    assert_eq!(
        (&done["progress"], &done["finishCode"]),
        (&"100".into(), &"0".into())
    );
    assert_eq!(
        signed.get("/workbooks").await.json()["workbooks"]["workbook"][0]["name"],
        "W"
    );
    let bad = signed
        .publish("asJob=true", "Bad", "", "<datasource/>")
        .await
        .expect(202)
        .json();
    assert_eq!(
        finished(&signed, bad["job"]["id"].as_str().unwrap()).await["finishCode"],
        "1"
    );
    assert_eq!(
        signed
            .get("/jobs/00000000-0000-0000-0000-000000000000")
            .await
            .code(),
        (404, 404_018)
    );
}

const CREDENTIALS: &str = "<connectionCredentials name='svc' password='secret' embed='true'/>";

#[tokio::test]
async fn a_refresh_without_credentials_fails_later() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK_V2).await;
    let refresh = format!("/workbooks/{}/refresh", workbook["id"].as_str().unwrap());
    let job = signed.post(&refresh, "").await.expect(202).json();
    assert_eq!(job["job"]["type"], "RefreshExtract");
    for unsaid in ["progress", "finishCode", "startedAt"] {
        assert!(job["job"][unsaid].is_null(), "{job}");
    }
    let subject = serde_json::json!({"workbook": {"id": workbook["id"], "name": "W"}});
    assert_eq!(job["job"]["extractRefreshJob"], subject);
    assert_eq!(signed.post(&refresh, "").await.code(), (409, 409_093));
    let done = finished(&signed, job["job"]["id"].as_str().unwrap()).await;
    assert_eq!(done["finishCode"], "0");
    signed
        .published("overwrite=true", "W", "", WORKBOOK_V2)
        .await;
    let job = signed.post(&refresh, "").await.expect(202).json();
    let done = finished(&signed, job["job"]["id"].as_str().unwrap()).await;
    assert_eq!(done["finishCode"], "1");
    let notes = done["extractRefreshJob"]["notes"].as_str().unwrap();
    assert!(notes.contains("db.example.com"), "{notes}");
    let failed = signed.get("/jobs?filter=status:eq:Failed").await.json();
    assert_eq!(
        failed["backgroundJobs"]["backgroundJob"][0]["jobType"],
        "refresh_extracts"
    );
}

#[tokio::test]
async fn refreshes_need_an_extract_and_can_be_cancelled() {
    let site =
        Site::with(Sandbox::builder().job_time(Duration::from_secs(60), Duration::from_secs(60)));
    let signed = site.sign_in("dev").await;
    let live = signed.published("", "Live", "", WORKBOOK).await;
    let refused = signed
        .post(
            &format!("/workbooks/{}/refresh", live["id"].as_str().unwrap()),
            "",
        )
        .await;
    assert_eq!(refused.code(), (403, 403_180));
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK_V2).await;
    let job = signed
        .post(
            &format!("/workbooks/{}/refresh", workbook["id"].as_str().unwrap()),
            "",
        )
        .await
        .json();
    let path = format!("/jobs/{}", job["job"]["id"].as_str().unwrap());
    signed.put(&path, "").await.expect(200);
    assert_eq!(signed.get(&path).await.json()["job"]["finishCode"], "2");
    assert_eq!(signed.put(&path, "").await.code(), (403, 403_091));
}

#[tokio::test]
async fn old_jobs_and_dead_sessions_are_tidied_away() {
    let site = Site::with(Sandbox::builder().jobs_kept(Duration::ZERO));
    let signed = site.sign_in("dev").await;
    let job = signed
        .publish("asJob=true", "W", "", WORKBOOK)
        .await
        .expect(202)
        .json();
    let id = job["job"]["id"].as_str().unwrap();
    finished(&signed, id).await;
    crate::housekeeping::tidy(&site.app).unwrap();
    assert_eq!(
        signed.get(&format!("/jobs/{id}")).await.code(),
        (404, 404_018)
    );
    let kept = signed.get("/workbooks").await.json();
    let content = format!(
        "/workbooks/{}/content",
        kept["workbooks"]["workbook"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        signed.get(&content).await.expect(200).text(),
        WORKBOOK,
        "the file is the workbook's now"
    );
}

#[tokio::test]
async fn server_schedules_hold_tasks() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let daily = "<schedule name='Nightly' priority='50' type='Extract' frequency='Daily' executionOrder='Parallel'>\
        <frequencyDetails start='02:00:00'/></schedule>";
    let schedule = signed.post("//schedules", daily).await.expect(201).json();
    let schedule = schedule["schedule"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        signed.post("//schedules", daily).await.code(),
        (409, 409_021)
    );
    let weekly = daily.replace("Nightly", "Other").replace("Daily", "Weekly");
    assert_eq!(
        signed.post("//schedules", &weekly).await.code(),
        (400, 409_004)
    );
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK_V2).await;
    let id = workbook["id"].as_str().unwrap();
    let body = format!("<task><extractRefresh><workbook id='{id}'/></extractRefresh></task>");
    let added = signed
        .put(&format!("/schedules/{schedule}/workbooks"), &body)
        .await
        .expect(200)
        .json();
    let task = added["task"]["extractRefresh"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        signed
            .put("/schedules/nothing/workbooks", &body)
            .await
            .code(),
        (500, 500_000)
    );
    signed
        .published("overwrite=true", "W", "", WORKBOOK_V2)
        .await;
    let tasks = signed
        .get("/tasks/extractRefreshes")
        .await
        .expect(200)
        .json();
    assert_eq!(
        tasks["tasks"]["task"][0]["extractRefresh"]["schedule"]["name"], "Nightly",
        "an overwrite keeps tasks"
    );
    let job = signed
        .post(&format!("/tasks/extractRefreshes/{task}/runNow"), "")
        .await
        .expect(200)
        .json();
    assert_eq!(
        finished(&signed, job["job"]["id"].as_str().unwrap()).await["finishCode"],
        "1"
    );
    let one = signed
        .get(&format!("/tasks/extractRefreshes/{task}"))
        .await
        .json();
    assert_eq!(one["task"]["extractRefresh"]["consecutiveFailedCount"], "1");
    signed
        .delete(&format!("//schedules/{schedule}"))
        .await
        .expect(204);
    assert_eq!(
        signed
            .get(&format!("/tasks/extractRefreshes/{task}"))
            .await
            .code(),
        (404, 404_026)
    );
}

#[tokio::test]
async fn cloud_tasks_have_schedules_of_their_own() {
    let site = Site::with(Sandbox::builder().style(Style::Cloud));
    let signed = site.sign_in("dev").await;
    assert_eq!(signed.get("//schedules").await.code(), (404, 404_008));
    assert_eq!(signed.get("//sites").await.code(), (403, 403_069));
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK_V2).await;
    let id = workbook["id"].as_str().unwrap();
    let body = |start: &str| {
        format!(
            "<extractRefresh type='FullRefresh'><workbook id='{id}'/></extractRefresh><schedule frequency='Daily'>\
             <frequencyDetails start='{start}'><intervals><interval weekDay='Monday'/></intervals></frequencyDetails></schedule>"
        )
    };
    assert_eq!(
        signed
            .post("/tasks/extractRefreshes", &body("18:21:00"))
            .await
            .code(),
        (400, 409_004)
    );
    let task = signed
        .post("/tasks/extractRefreshes", &body("18:20:00"))
        .await
        .expect(201)
        .json();
    let task = task["extractRefresh"]["id"].as_str().unwrap().to_owned();
    let changed = signed
        .post(
            &format!("/tasks/extractRefreshes/{task}"),
            &body("19:00:00"),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(changed["schedule"]["frequencyDetails"]["start"], "19:00:00");
    signed
        .delete(&format!("/tasks/extractRefreshes/{task}"))
        .await
        .expect(204);
}
