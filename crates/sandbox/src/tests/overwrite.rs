//! What an overwrite keeps, and what it drops.

use super::client::Site;
use super::files::{WORKBOOK, WORKBOOK_V2};

const CREDENTIALS: &str = "<connections><connection serverAddress='DB.example.com' serverPort='5432'>\
    <connectionCredentials name='svc' password='secret' embed='true'/></connection></connections>";

#[tokio::test]
async fn overwriting_keeps_identity_and_drops_what_was_set_since() {
    let site = Site::with(crate::Sandbox::builder().user("anna", "Creator"));
    let signed = site.sign_in("dev").await;
    let inner = format!("{CREDENTIALS}<views><view name='Trend' hidden='true'/></views>");
    let before = signed.published("", "Sales", &inner, WORKBOOK).await;
    let path = format!("/workbooks/{}", before["id"].as_str().unwrap());
    let map = before["views"]["view"][0].clone();
    let map_path = format!("/views/{}", map["id"].as_str().unwrap());
    signed
        .put(&format!("{path}/tags"), "<tags><tag label='gold'/></tags>")
        .await
        .expect(200);
    signed
        .put(
            &format!("{map_path}/tags"),
            "<tags><tag label='view'/></tags>",
        )
        .await
        .expect(200);
    let users = signed.get("/users?filter=name:eq:anna").await.json();
    let anna = users["users"]["user"][0]["id"].as_str().unwrap().to_owned();
    signed
        .put(
            &path,
            &format!("<workbook showTabs='true' description='d'><owner id='{anna}'/></workbook>"),
        )
        .await
        .expect(200);
    let group = signed.get("/groups").await.json()["groups"]["group"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let rule = format!(
        "<permissions><granteeCapabilities><group id='{group}'/><capabilities><capability name='Write' mode='Deny'/>\
         </capabilities></granteeCapabilities></permissions>"
    );
    signed
        .put(&format!("{path}/permissions"), &rule)
        .await
        .expect(200);

    let after = signed
        .published("overwrite=true", "SALES", "", WORKBOOK_V2)
        .await;
    for kept in ["id", "contentUrl", "createdAt", "name"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(after["tags"], serde_json::json!({}));
    assert_eq!(after["owner"]["id"], signed.user.as_str());
    assert_eq!(after["showTabs"], "false");
    assert_eq!(after["description"], "");
    let views = after["views"]["view"].as_array().unwrap();
    let names: Vec<_> = views
        .iter()
        .map(|view| view["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Map", "Costs", "Overview"]);
    assert_eq!(
        views[0]["id"], map["id"],
        "a view is known by its sheet's name"
    );
    assert_eq!(views[0]["tags"], serde_json::json!({}));
    let rules = signed.get(&format!("{path}/permissions")).await.text();
    assert!(
        rules.contains(r#"{"name":"Write","mode":"Deny"}"#),
        "{rules}"
    );
    let revisions = signed.get(&format!("{path}/revisions")).await.json();
    let revisions = revisions["revisions"]["revision"].as_array().unwrap();
    assert_eq!(revisions.len(), 2);
    assert_eq!(revisions[1]["current"], true);
    let old = signed
        .get(&format!("{path}/revisions/1/content"))
        .await
        .expect(200);
    assert_eq!(old.text(), WORKBOOK);
    assert_eq!(
        signed
            .get(&format!("{path}/revisions/2/content"))
            .await
            .code(),
        (404, 404_024)
    );
    assert_eq!(
        signed.delete(&format!("{path}/revisions/2")).await.code(),
        (403, 403_055)
    );
    signed
        .delete(&format!("{path}/revisions/1"))
        .await
        .expect(204);
    assert_eq!(
        signed
            .get(&format!("{path}/revisions/1/content"))
            .await
            .code(),
        (404, 404_024)
    );
}

#[tokio::test]
async fn a_hidden_choice_is_lost_unless_it_is_sent_again() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let hide = "<views><view name='Trend' hidden='true'/></views>";
    let count = |workbook: serde_json::Value| workbook["views"]["view"].as_array().unwrap().len();
    assert_eq!(count(signed.published("", "W", hide, WORKBOOK).await), 2);
    assert_eq!(
        count(
            signed
                .published("overwrite=true", "W", hide, WORKBOOK)
                .await
        ),
        2
    );
    assert_eq!(
        count(signed.published("overwrite=true", "W", "", WORKBOOK).await),
        3
    );
}

#[tokio::test]
async fn dropped_credentials_still_read_as_embedded() {
    let site = Site::open();
    let signed = site.sign_in("dev").await;
    let fresh = signed.published("", "Fresh", "", WORKBOOK).await;
    let embedded =
        |id: &serde_json::Value| format!("/workbooks/{}/connections", id.as_str().unwrap());
    let read = |path: String| {
        let signed = &signed;
        async move { signed.get(&path).await.json()["connections"]["connection"][0].clone() }
    };
    assert_eq!(read(embedded(&fresh["id"])).await["embedPassword"], false);
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK).await;
    let image = format!(
        "/views/{}/image",
        workbook["views"]["view"][0]["id"].as_str().unwrap()
    );
    signed.get(&image).await.expect(200);
    signed.published("overwrite=true", "W", "", WORKBOOK).await;
    let connection = read(embedded(&workbook["id"])).await;
    assert_eq!(
        connection["embedPassword"], true,
        "it reads true though the password is gone"
    );
    assert_eq!(signed.get(&image).await.code(), (400, 400_074));
    let path = format!(
        "{}/{}",
        embedded(&workbook["id"]),
        connection["id"].as_str().unwrap()
    );
    signed
        .put(
            &path,
            "<connection userName='svc' password='p' embedPassword='true'/>",
        )
        .await
        .expect(200);
    signed.get(&image).await.expect(200);
    let users = "<workbook><owner id='{}'/></workbook>".replace("{}", &signed.user);
    signed
        .put(
            &format!("/workbooks/{}", workbook["id"].as_str().unwrap()),
            &users,
        )
        .await
        .expect(200);
    signed.get(&image).await.expect(200);
}

#[tokio::test]
async fn a_new_owner_costs_the_credentials() {
    let site = Site::with(crate::Sandbox::builder().user("anna", "Creator"));
    let signed = site.sign_in("dev").await;
    let workbook = signed.published("", "W", CREDENTIALS, WORKBOOK).await;
    let users = signed.get("/users?filter=name:eq:anna").await.json();
    let anna = users["users"]["user"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/workbooks/{}", workbook["id"].as_str().unwrap());
    signed
        .put(&path, &format!("<workbook><owner id='{anna}'/></workbook>"))
        .await
        .expect(200);
    let connections = signed.get(&format!("{path}/connections")).await.json();
    assert_eq!(
        connections["connections"]["connection"][0]["embedPassword"],
        false
    );
}

#[tokio::test]
async fn the_recycle_bin_keeps_the_content_url() {
    let site = Site::with(crate::Sandbox::builder().recycle_bin(true));
    let signed = site.sign_in("dev").await;
    let first = signed.published("", "W", "", WORKBOOK).await;
    let id = first["id"].as_str().unwrap();
    signed.delete(&format!("/workbooks/{id}")).await.expect(204);
    let second = signed.published("", "W", "", WORKBOOK).await;
    assert_eq!(second["contentUrl"], "W_0");
    signed
        .delete(&format!("/workbooks/{}", second["id"].as_str().unwrap()))
        .await
        .expect(204);
    let bin = signed
        .get("/recyclebin/workbooks?filter=name:eq:W")
        .await
        .expect(200)
        .json();
    assert_eq!(
        bin["contentItems"]["contentItem"].as_array().unwrap().len(),
        2
    );
    let project = signed.default_project().await;
    signed
        .post(
            &format!("/recyclebin/workbooks/{id}/restore?projectId={project}"),
            "",
        )
        .await
        .expect(204);
    let back = signed
        .get(&format!("/workbooks/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(back["workbook"]["views"], first["views"]);
    signed.delete("/recyclebin").await.expect(204);
    let none = signed.get("/recyclebin/workbooks").await.json();
    assert_eq!(none["contentItems"], serde_json::json!({}));
    let without = Site::open();
    assert_eq!(
        without
            .sign_in("dev")
            .await
            .get("/recyclebin/workbooks")
            .await
            .code(),
        (403, 403_157)
    );
}
