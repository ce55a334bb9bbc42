//! The validation calls, and pictures.

use super::client::{BOUNDARY, Reply, Signed, Site, parts};
use super::files::WORKBOOK;

async fn validate(signed: &Signed<'_>, call: &str, filename: &str, document: &str) -> Reply {
    let body = parts(&[("tableau_workbook", Some(filename), document.as_bytes())]);
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    signed
        .at("3.29", "POST", &format!("/workbooks/{call}"), &kind, body)
        .await
}

#[tokio::test]
async fn invalid_content_is_422_and_not_an_error_envelope() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let good = validate(&signed, "validateWorkbook", "a.twb", WORKBOOK)
        .await
        .expect(200)
        .json();
    assert!(
        good["timestamp"].is_string() && good["errors"].is_null() && good["uploadId"].is_null(),
        "{good}"
    );
    let bad = validate(&signed, "validateWorkbookAndUpload", "a.twb", "<workbook/>")
        .await
        .expect(422)
        .json();
    assert_eq!(bad["errors"][0]["severity"], "ERROR");
    assert_eq!(bad["errors"][0]["line"], 1);
    assert_eq!(
        validate(&signed, "validateWorkbook", "a.twbx", WORKBOOK)
            .await
            .status,
        400
    );
    assert_eq!(
        validate(&signed, "validateWorkbook", "a.twb", "no xml")
            .await
            .status,
        400
    );
    let headers = [
        format!("X-Tableau-Auth: {}", signed.token),
        "Accept: application/xml".to_owned(),
        format!("Content-Type: multipart/mixed; boundary={BOUNDARY}"),
    ];
    let path = format!("/api/3.29/sites/{}/workbooks/validateWorkbook", signed.id);
    let body = parts(&[("tableau_workbook", Some("a.twb"), WORKBOOK.as_bytes())]);
    assert_eq!(
        site.raw("POST", &path, &headers, body).await.code(),
        (406, 406_000)
    );
}

#[tokio::test]
async fn a_validated_upload_can_be_published() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let reply = validate(&signed, "validateWorkbookAndUpload", "a.twb", WORKBOOK)
        .await
        .expect(200)
        .json();
    let id = reply["uploadId"].as_str().unwrap();
    signed
        .post(
            &format!("/workbooks/validateUploadedWorkbook?uploadSessionId={id}"),
            "",
        )
        .await
        .expect(200);
    assert_eq!(
        signed
            .post("/workbooks/validateUploadedWorkbook", "")
            .await
            .status,
        400
    );
    assert_eq!(
        signed
            .post("/workbooks/validateUploadedWorkbook?uploadSessionId=x", "")
            .await
            .code(),
        (404, 404_015)
    );
    let body = parts(&[(
        "request_payload",
        None,
        b"<tsRequest><workbook name='V'/></tsRequest>",
    )]);
    let path = format!("/workbooks?uploadSessionId={id}&workbookType=twb");
    signed.multipart("POST", &path, body).await.expect(201);
}

#[tokio::test]
async fn pictures_come_from_the_file_or_are_drawn() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let thumbnail =
        "<thumbnails><thumbnail name='Map'>\n iVBORw0KGgo=\n</thumbnail></thumbnails></workbook>";
    let workbook = signed
        .published("", "W", "", &WORKBOOK.replace("</workbook>", thumbnail))
        .await;
    let path = format!("/workbooks/{}", workbook["id"].as_str().unwrap());
    let map = signed
        .get(&format!("{path}/previewImage"))
        .await
        .expect(200);
    assert_eq!(map.body, b"\x89PNG\r\n\x1a\n");
    let trend = workbook["views"]["view"][1]["id"].as_str().unwrap();
    let drawn = signed
        .get(&format!("{path}/views/{trend}/previewImage"))
        .await
        .expect(200);
    assert!(drawn.body.len() > 1000 && drawn.body.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn deleting_the_last_view_deletes_the_workbook() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let one =
        "<workbook version='18.1'><worksheets><worksheet name='Only'/></worksheets></workbook>";
    let workbook = signed.published("", "W", "", one).await;
    let view = workbook["views"]["view"][0]["id"].as_str().unwrap();
    signed.delete(&format!("/views/{view}")).await.expect(204);
    assert_eq!(
        signed
            .get(&format!("/workbooks/{}", workbook["id"].as_str().unwrap()))
            .await
            .code(),
        (404, 404_006)
    );
}
