//! Rules, defaults, locks, and what they let people do.

use super::client::{Signed, Site, parts};
use super::files::WORKBOOK;
use crate::Sandbox;
use crate::endpoint::users::set_password;

fn rules(grantee: &str, name: &str, mode: &str) -> String {
    format!(
        "<permissions><granteeCapabilities>{grantee}<capabilities><capability name='{name}' mode='{mode}'/>\
         </capabilities></granteeCapabilities></permissions>"
    )
}

async fn all_users(signed: &Signed<'_>) -> String {
    let groups = signed.get("/groups?filter=name:eq:All+Users").await.json();
    groups["groups"]["group"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn adding_flips_nothing_and_replacing_does() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", "", WORKBOOK).await;
    let path = format!(
        "/workbooks/{}/permissions",
        workbook["id"].as_str().unwrap()
    );
    let group = format!("<group id='{}'/>", all_users(&signed).await);
    let has = |text: &str, name: &str, mode: &str| {
        text.contains(&format!(r#"{{"name":"{name}","mode":"{mode}"}}"#))
    };
    assert!(
        has(&signed.get(&path).await.text(), "Read", "Allow"),
        "from the project's defaults"
    );
    let after = signed
        .put(&path, &rules(&group, "Read", "Deny"))
        .await
        .expect(200)
        .text();
    assert!(has(&after, "Read", "Allow") && !has(&after, "Read", "Deny"));
    for (grantee, name, mode, expected) in [
        (group.as_str(), "Fly", "Allow", (400, 400_009)),
        (&group, "Connect", "Allow", (400, 400_009)),
        (&group, "Read", "allow", (400, 400_009)),
        ("<group id='x'/>", "Read", "Allow", (404, 404_012)),
        ("<user id='x'/>", "Read", "Allow", (404, 404_002)),
        ("", "Read", "Allow", (400, 400_000)),
    ] {
        assert_eq!(
            signed.put(&path, &rules(grantee, name, mode)).await.code(),
            expected,
            "{name} {mode}"
        );
    }
    assert_eq!(
        signed.put(&path, "<permissions/>").await.code(),
        (400, 400_000)
    );
    let one = format!("{path}/groups/{}/Read/Allow", all_users(&signed).await);
    signed.delete(&one).await.expect(204);
    assert_eq!(signed.delete(&one).await.code(), (404, 404_013));
    let replaced = signed
        .post(&path, &rules(&group, "Read", "Deny"))
        .await
        .expect(200);
    assert!(replaced.body.is_empty());
    let now = signed.get(&path).await.json();
    assert_eq!(
        now["permissions"]["granteeCapabilities"][0]["capabilities"]["capability"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_locked_project_decides_for_what_is_in_it() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let project = signed.project("Locked").await;
    let workbook = signed
        .published("", "W", &format!("<project id='{project}'/>"), WORKBOOK)
        .await;
    let path = format!(
        "/workbooks/{}/permissions",
        workbook["id"].as_str().unwrap()
    );
    let group = format!("<group id='{}'/>", all_users(&signed).await);
    let defaults = format!("/projects/{project}/default-permissions/workbooks");
    signed
        .put(&defaults, &rules(&group, "ExportXml", "Allow"))
        .await
        .expect(200);
    let qualified = format!(
        "<permissions><workbook id='x'/>{}",
        &rules(&group, "Read", "Deny")["<permissions>".len()..]
    );
    assert_eq!(
        signed.put(&defaults, &qualified).await.code(),
        (400, 400_042)
    );
    assert!(
        !signed.get(&path).await.text().contains("ExportXml"),
        "defaults are for what comes"
    );
    signed
        .put(
            &format!("/projects/{project}"),
            "<project contentPermissions='LockedToProject'/>",
        )
        .await
        .expect(200);
    let locked = signed.get(&path).await.json();
    assert_eq!(locked["permissions"]["parent"]["id"], project.as_str());
    assert!(locked.to_string().contains("ExportXml"));
    assert_eq!(
        signed
            .put(&path, &rules(&group, "Write", "Allow"))
            .await
            .code(),
        (403, 403_039)
    );
    let view = format!(
        "/views/{}/permissions",
        workbook["views"]["view"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        signed
            .put(&view, &rules(&group, "Delete", "Allow"))
            .await
            .code(),
        (403, 403_039)
    );
    signed
        .put(
            &format!("/projects/{project}"),
            "<project contentPermissions='ManagedByOwner'/>",
        )
        .await
        .expect(200);
    assert!(
        signed.get(&path).await.text().contains("ExportXml"),
        "the lock had overwritten the item's own rules"
    );
}

#[tokio::test]
async fn tabs_take_permissions_from_views() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", "", WORKBOOK).await;
    let group = format!("<group id='{}'/>", all_users(&signed).await);
    let view = format!(
        "/views/{}/permissions",
        workbook["views"]["view"][0]["id"].as_str().unwrap()
    );
    signed
        .put(&view, &rules(&group, "Delete", "Allow"))
        .await
        .expect(200);
    let path = format!("/workbooks/{}", workbook["id"].as_str().unwrap());
    signed
        .put(&path, "<workbook showTabs='true'/>")
        .await
        .expect(200);
    assert_eq!(
        signed
            .put(&view, &rules(&group, "Delete", "Allow"))
            .await
            .code(),
        (403, 403_096)
    );
    assert!(!signed.get(&view).await.text().contains("Delete"));
}

#[tokio::test]
async fn people_may_do_what_the_rules_say() {
    let site = Site::with(
        Sandbox::builder()
            .user("anna", "Creator")
            .user("vic", "Viewer"),
    );
    let admin = site.sign_in("dev").await;
    site.app
        .store
        .transact(|tx| {
            set_password(tx, "anna", "pw")?;
            set_password(tx, "vic", "pw")
        })
        .unwrap();
    let sign = |name: &str| {
        format!("<credentials name='{name}' password='pw'><site contentUrl='dev'/></credentials>")
    };
    let anna = site.sign_in_with(&sign("anna")).await;
    let vic = site.sign_in_with(&sign("vic")).await;
    let mine = anna
        .published("", "Anna's".replace('\'', "").as_str(), "", WORKBOOK)
        .await;
    let path = format!("/workbooks/{}", mine["id"].as_str().unwrap());
    vic.get(&path).await.expect(200);
    assert_eq!(
        vic.get(&format!("{path}/content")).await.code(),
        (403, 403_019)
    );
    assert_eq!(
        vic.publish("", "V", "", WORKBOOK).await.code(),
        (403, 403_007)
    );
    assert_eq!(vic.post("/fileUploads", "").await.code(), (403, 403_015));
    assert_eq!(
        vic.put(&path, "<workbook name='x'/>").await.code(),
        (403, 403_052)
    );
    assert_eq!(vic.delete(&path).await.code(), (403, 403_004));
    assert_eq!(
        vic.post("/projects", "<project name='x'/>").await.code(),
        (403, 403_045)
    );
    assert_eq!(vic.get("/users").await.code(), (403, 403_133));
    assert_eq!(
        anna.post("/users", "<user name='x' siteRole='Viewer'/>")
            .await
            .code(),
        (403, 403_004)
    );
    vic.put(&format!("{path}/tags"), "<tags><tag label='v'/></tags>")
        .await
        .expect(200);
    anna.put(&format!("{path}/tags"), "<tags><tag label='a'/></tags>")
        .await
        .expect(200);
    vic.delete(&format!("{path}/tags/v")).await.expect(204);
    assert_eq!(
        vic.delete(&format!("{path}/tags/a")).await.code(),
        (403, 403_004)
    );
    let user = format!("<user id='{}'/>", vic.user);
    let permissions = format!("{path}/permissions");
    admin
        .put(&permissions, &rules(&user, "Read", "Deny"))
        .await
        .expect(200);
    assert_eq!(vic.get(&path).await.code(), (403, 403_018));
    assert_eq!(
        vic.get("/workbooks").await.json()["workbooks"],
        serde_json::json!({})
    );
    anna.get(&path).await.expect(200);
    // Nothing of his own any more: his group's denial beats his other group's leave.
    admin
        .delete(&format!("{permissions}/users/{}/Read/Deny", vic.user))
        .await
        .expect(204);
    vic.get(&path).await.expect(200);
    let group = admin
        .post("/groups", "<group name='g'/>")
        .await
        .expect(201)
        .json()["group"]["id"]
        .clone();
    let group = group.as_str().unwrap();
    admin
        .post(&format!("/groups/{group}/users"), &user)
        .await
        .expect(200);
    admin
        .put(
            &permissions,
            &rules(&format!("<group id='{group}'/>"), "Read", "Deny"),
        )
        .await
        .expect(200);
    assert_eq!(vic.get(&path).await.code(), (403, 403_018));
    admin
        .put(&permissions, &rules(&user, "Read", "Allow"))
        .await
        .expect(200);
    vic.get(&path).await.expect(200);
    // An upload is its user's own.
    let upload = anna.post("/fileUploads", "").await.expect(201).json();
    let upload = format!(
        "/fileUploads/{}",
        upload["fileUpload"]["uploadSessionId"].as_str().unwrap()
    );
    let body = parts(&[
        ("request_payload", None, b""),
        ("tableau_file", Some("file"), b"x"),
    ]);
    assert_eq!(
        admin.multipart("PUT", &upload, body.clone()).await.code(),
        (404, 404_015)
    );
    anna.multipart("PUT", &upload, body).await.expect(200);
}

#[tokio::test]
async fn users_and_groups_are_kept() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    assert_eq!(
        signed
            .post("/users", "<user name='u' siteRole='King'/>")
            .await
            .code(),
        (400, 400_013)
    );
    let user = signed
        .post("/users", "<user name='u' siteRole='Viewer'/>")
        .await
        .expect(201)
        .json();
    let user = user["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        signed
            .post("/users", "<user name='U' siteRole='Viewer'/>")
            .await
            .code(),
        (409, 409_017)
    );
    let group = signed
        .post("/groups", "<group name='g'/>")
        .await
        .expect(201)
        .json();
    let group = group["group"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        signed.post("/groups", "<group name='G'/>").await.code(),
        (409, 409_009)
    );
    let members = format!("/groups/{group}/users");
    let member = format!("<user id='{user}'/>");
    signed.post(&members, &member).await.expect(200);
    assert_eq!(signed.post(&members, &member).await.code(), (409, 409_011));
    assert_eq!(
        signed.get(&members).await.json()["users"]["user"][0]["id"],
        user.as_str()
    );
    let workbook = signed.published("", "W", "", WORKBOOK).await;
    let path = format!("/workbooks/{}", workbook["id"].as_str().unwrap());
    signed
        .put(&path, &format!("<workbook><owner id='{user}'/></workbook>"))
        .await
        .expect(200);
    assert_eq!(
        signed.delete(&format!("/users/{user}")).await.code(),
        (409, 409_003)
    );
    let left = signed.get(&format!("/users/{user}")).await.json();
    assert_eq!(left["user"]["siteRole"], "Unlicensed");
    signed
        .delete(&format!("/users/{user}?mapAssetsTo={}", signed.user))
        .await
        .expect(204);
    let inherited = signed.get(&path).await.json();
    assert_eq!(inherited["workbook"]["owner"]["id"], signed.user.as_str());
    assert_eq!(
        signed.get(&members).await.json()["users"],
        serde_json::json!({})
    );
}
