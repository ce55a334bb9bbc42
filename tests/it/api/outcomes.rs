//! Answers that mean "done" although they look otherwise, and those that do not.

use std::time::Duration;

use tabship::api::endpoint::{content::Item, jobs::Waited, tags::Tagged};

use super::scripted::{Server, answer, luid, refusal};

const NEW: &str = include_str!("../../../fixtures/wire/job-new.json");
const FAILED: &str = include_str!("../../../fixtures/wire/job-failed.json");

#[tokio::test]
async fn what_is_gone_is_deleted() {
    for code in [404_006, 404_004, 404_027] {
        let server = Server::start(move |_| refusal(code)).await;
        server
            .site()
            .await
            .delete(Item::workbook(luid(1)))
            .await
            .unwrap();
    }
    // The site, the version or the call are not what was to be deleted; nor is a right missing.
    for code in [404_000, 404_001, 404_003, 403_004] {
        let server = Server::start(move |_| refusal(code)).await;
        let error = server
            .site()
            .await
            .delete(Item::workbook(luid(1)))
            .await
            .unwrap_err();
        assert!(error.is(code), "{error}");
    }
    let server = Server::start(|_| refusal(404_007)).await;
    server
        .site()
        .await
        .delete_tag(Tagged::View(luid(1)), "a")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_job_is_waited_for_until_its_end() {
    let server =
        Server::start(|arrival| answer(200, if arrival.nth == 1 { NEW } else { FAILED })).await;
    let mut looks = 0;
    let site = server.site().await;
    let waited = site
        .wait_for_job(luid(0x80), Duration::from_secs(10), |_| looks += 1)
        .await
        .unwrap();
    assert!(matches!(waited, Waited::Ended(job) if job.notes.len() == 1));
    assert_eq!(looks, 2);
}

#[tokio::test]
async fn a_job_that_cannot_be_seen_to_its_end_is_no_failure() {
    let limit = Duration::from_millis(20);
    let server = Server::start(|_| answer(200, NEW)).await;
    let waited = server
        .site()
        .await
        .wait_for_job(luid(1), limit, |_| {})
        .await
        .unwrap();
    assert!(matches!(waited, Waited::StillGoing(_)));
    for (code, expected) in [
        (404_018, Waited::Forgotten),
        (400_031, Waited::Forgotten),
        (403_004, Waited::NotVisible),
    ] {
        let server = Server::start(move |_| refusal(code)).await;
        let waited = server
            .site()
            .await
            .wait_for_job(luid(1), limit, |_| {})
            .await
            .unwrap();
        assert_eq!(waited, expected);
    }
}

#[tokio::test]
async fn an_invalid_workbook_is_a_result_and_is_asked_for_once() {
    let body = include_str!("../../../fixtures/wire/validation-422.json");
    let server = Server::start(move |_| answer(422, body)).await;
    let twb = tabship::api::Source::bytes("<workbook/>");
    let validation = server.site().await.validate_workbook(twb).await.unwrap();
    assert!(!validation.is_valid());
    let arrivals = server.arrivals();
    let sent = String::from_utf8_lossy(&arrivals.last().unwrap().body).into_owned();
    assert!(
        sent.contains("filename=\"workbook.twb\"") && !sent.contains("request_payload"),
        "{sent}"
    );
    assert_eq!(server.count("POST", "/validateWorkbook"), 1);
}
