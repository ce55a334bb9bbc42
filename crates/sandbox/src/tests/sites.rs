//! Sites that come, change and go.

use super::client::Site;
use super::files::WORKBOOK;
use crate::{Sandbox, Style};

#[tokio::test]
async fn a_new_site_can_be_used_at_once() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let body = r#"{"site":{"name":"Fresh","contentUrl":"fresh","adminMode":"ContentAndUsers","userQuota":"7"}}"#;
    let made = dev
        .at("3.29", "POST", "//sites", "application/json", body)
        .await
        .expect(201)
        .json();
    assert_eq!(made["site"]["userQuota"], "7", "{made}");
    let listed = dev.get("//sites").await.expect(200).text();
    assert!(listed.contains("\"fresh\""), "{listed}");
    let fresh = site.sign_in("fresh").await;
    assert_eq!(fresh.id, made["site"]["id"].as_str().unwrap());
    fresh.published("", "Sales", "", WORKBOOK).await;
    fresh.project("Own").await;
}

#[tokio::test]
async fn settings_are_kept_and_checked() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let body = "<site name='Development' contentUrl='dev2' revisionLimit='10' guestAccessEnabled='TRUE' timeZone='UTC'/>";
    let kept = dev.put("", body).await.expect(200).json();
    let again = dev.get("").await.expect(200).json();
    assert_eq!(kept, again);
    let kept = &kept["site"];
    assert_eq!(kept["contentUrl"], "dev2");
    assert_eq!(kept["revisionLimit"], "10");
    assert_eq!(kept["guestAccessEnabled"], true);
    for bad in [
        "colour='red'",
        "revisionLimit='x'",
        "state='Asleep'",
        "contentUrl='a b'",
        "name=' '",
        "contentUrl=''",
    ] {
        let code = dev.put("", &format!("<site {bad}/>")).await.code();
        assert_eq!(code, (400, 400_000), "{bad}");
    }
    let code = dev.put("", "<site flowsEnabled='maybe'/>").await.code();
    assert_eq!(code, (400, 400_008));
    assert_eq!(
        dev.put("", "<site name='PROD'/>").await.code(),
        (409, 409_001)
    );
    assert_eq!(
        dev.put("", "<site contentUrl='Prod'/>").await.code(),
        (409, 409_002)
    );
    let twice = "<site name='Other' contentUrl='prod'/>";
    assert_eq!(dev.post("//sites", twice).await.code(), (409, 409_002));
}

#[tokio::test]
async fn a_site_goes_with_all_that_is_on_it() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    dev.published("", "Sales", "", WORKBOOK).await;
    dev.post("/fileUploads", "").await.expect(201);
    let prod = dev
        .site
        .app
        .store
        .transact(|tx| tx.by_url::<crate::model::Site>("", "prod"));
    let other = format!("//sites/{}", prod.unwrap().unwrap().id);
    assert_eq!(dev.delete(&other).await.code(), (403, 403_010));
    dev.delete("").await.expect(204);
    assert_eq!(dev.get("/workbooks").await.code(), (401, 401_002));
    let body = "<tsRequest><credentials name='admin' password='admin'><site contentUrl='dev'/></credentials></tsRequest>";
    let gone = site.raw("POST", "/api/3.29/auth/signin", &[], body).await;
    assert_eq!(gone.code(), (401, 401_001));
    assert!(site.app.collect_blobs().unwrap() > 0);
    let default = site.sign_in("").await;
    assert_eq!(default.delete("").await.status, 403);
}

#[tokio::test]
async fn sites_of_a_cloud_are_not_made_here() {
    let site = Site::with(Sandbox::builder().style(Style::Cloud));
    let dev = site.sign_in("dev").await;
    let new = "<site name='New' contentUrl='new'/>";
    assert_eq!(dev.post("//sites", new).await.status, 403);
    assert_eq!(dev.delete("").await.status, 403);
}
