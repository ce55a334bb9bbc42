//! Users many at once, groups in sets.

use std::time::Duration;

use super::client::{Signed, Site, parts};
use super::files::WORKBOOK;

async fn job_of(dev: &Signed<'_>, reply: super::client::Reply) {
    let job = reply.expect(202).json();
    let id = job["job"]["id"].as_str().unwrap().to_owned();
    for _ in 0..100 {
        let job = dev.get(&format!("/jobs/{id}")).await.expect(200).json();
        if job["job"]["finishCode"] == "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the job does not end");
}

async fn role(dev: &Signed<'_>, name: &str) -> String {
    let users = dev
        .get(&format!("/users?filter=name:eq:{name}"))
        .await
        .expect(200)
        .json();
    users["users"]["user"][0]["siteRole"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}

async fn import(dev: &Signed<'_>, payload: &str, file: &str) -> super::client::Reply {
    let body = parts(&[
        ("request_payload", None, payload.as_bytes()),
        ("tableau_user_import", Some("users.csv"), file.as_bytes()),
    ]);
    dev.multipart("POST", "/users/import", body).await
}

#[tokio::test]
async fn users_are_imported_from_a_file() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let file = "anna,secret,\"Anna, of Acme\",Creator,None,yes,anna@acme.example\n\
                local\\bert,,,Explorer,none,1\n\
                carl,,Carl,Explorer,Site,no\n\
                dora\n";
    let payload = "<tsRequest><user name='bert' authSetting='SAML'/></tsRequest>";
    job_of(&dev, import(&dev, payload, file).await).await;
    assert_eq!(role(&dev, "anna").await, "Creator");
    assert_eq!(role(&dev, "bert").await, "ExplorerCanPublish");
    assert_eq!(role(&dev, "carl").await, "SiteAdministratorExplorer");
    assert_eq!(role(&dev, "dora").await, "Unlicensed");
    let bert = dev.get("/users?filter=name:eq:bert").await.json();
    assert_eq!(bert["users"]["user"][0]["authSetting"], "SAML");
    site.sign_in_with(
        "<credentials name='anna' password='secret'><site contentUrl='dev'/></credentials>",
    )
    .await;

    // Those who are there get what the file says, and stay who they are.
    let before = dev.get("/users?filter=name:eq:anna").await.json();
    job_of(
        &dev,
        import(&dev, "<tsRequest/>", "ANNA,,Anna,Viewer,None,no\n").await,
    )
    .await;
    let after = dev.get("/users?filter=name:eq:anna").await.json();
    assert_eq!(
        before["users"]["user"][0]["id"],
        after["users"]["user"][0]["id"]
    );
    assert_eq!(after["users"]["user"][0]["siteRole"], "Viewer");
}

#[tokio::test]
async fn a_file_that_is_wrong_imports_nobody() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let wrong = [
        ("good\n\"\",pw\n", (400, 400_019)),
        ("good\nbad,,,Creator,Galaxy,yes\n", (400, 400_013)),
        ("good\nbad,,,Wizard,None,yes\n", (400, 400_013)),
    ];
    for (file, code) in &wrong {
        assert_eq!(
            import(&dev, "<tsRequest/>", file).await.code(),
            *code,
            "{file}"
        );
    }
    let body = parts(&[("request_payload", None, b"<tsRequest/>".as_slice())]);
    assert_eq!(
        dev.multipart("POST", "/users/import", body).await.code(),
        (400, 400_019)
    );
    assert_eq!(role(&dev, "good").await, "none");
}

#[tokio::test]
async fn users_are_removed_by_a_file() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    job_of(
        &dev,
        import(
            &dev,
            "<tsRequest/>",
            "anna,pw,Anna,Creator,None,yes\nbert\n",
        )
        .await,
    )
    .await;
    let anna = site
        .sign_in_with(
            "<credentials name='anna' password='pw'><site contentUrl='dev'/></credentials>",
        )
        .await;
    anna.published("", "Hers", "", WORKBOOK).await;
    let remove = |file: &'static str| {
        let body = parts(&[("tableau_user_delete", Some("users.csv"), file.as_bytes())]);
        dev.multipart("POST", "/users/delete", body)
    };
    assert_eq!(remove("bert\nnobody\n").await.code(), (404, 404_002));
    assert_eq!(role(&dev, "bert").await, "Unlicensed");
    remove("bert\nanna\n").await.expect(204);
    assert_eq!(role(&dev, "bert").await, "none");
    // She owns content.
    assert_eq!(role(&dev, "anna").await, "Unlicensed");
}

#[tokio::test]
async fn group_sets_hold_groups_and_carry_rules() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let made = |reply: super::client::Reply, name: &'static str| {
        reply.expect(201).json()[name]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let set = made(
        dev.post("/groupsets", "<groupSet name='Readers'/>").await,
        "groupSet",
    );
    assert_eq!(
        dev.post("/groupsets", "<groupSet name='readers'/>")
            .await
            .code(),
        (409, 409_121)
    );
    let group = made(dev.post("/groups", "<group name='North'/>").await, "group");
    let path = format!("/groupsets/{set}/groups/{group}");
    dev.put(&path, "").await.expect(200);
    dev.put(&path, "").await.expect(200);
    let got = dev
        .get(&format!("/groupsets/{set}"))
        .await
        .expect(200)
        .json();
    assert_eq!(got["groupSet"]["groupCount"], "1");
    assert_eq!(got["groupSet"]["groups"]["group"][0]["name"], "North");
    let list = dev
        .get("/groupsets?filter=name:eq:Readers&resultlevel=members")
        .await
        .expect(200)
        .json();
    assert_eq!(
        list["groupSets"]["groupSet"][0]["groups"]["group"][0]["id"],
        group.as_str()
    );

    let workbook = dev.published("", "Orders", "", WORKBOOK).await;
    let workbook = format!("/workbooks/{}", workbook["id"].as_str().unwrap());
    job_of(
        &dev,
        import(&dev, "<tsRequest/>", "anna,pw,Anna,Explorer,None,no\n").await,
    )
    .await;
    let anna = dev.get("/users?filter=name:eq:anna").await.json()["users"]["user"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    dev.post(
        &format!("/groups/{group}/users"),
        &format!("<user id='{anna}'/>"),
    )
    .await
    .expect(200);
    let rule = format!(
        "<permissions><granteeCapabilities><groupSet id='{set}'/><capabilities>\
         <capability name='Read' mode='Allow'/></capabilities></granteeCapabilities></permissions>"
    );
    dev.post(&format!("{workbook}/permissions"), &rule)
        .await
        .expect(200);
    let hers = site
        .sign_in_with(
            "<credentials name='anna' password='pw'><site contentUrl='dev'/></credentials>",
        )
        .await;
    hers.get(&workbook).await.expect(200);
    dev.delete(&path).await.expect(204);
    assert_eq!(hers.get(&workbook).await.code(), (403, 403_018));
    dev.put(&path, "").await.expect(200);
    hers.get(&workbook).await.expect(200);
    dev.delete(&format!("/groups/{group}")).await.expect(204);
    assert_eq!(hers.get(&workbook).await.code(), (403, 403_018));
    dev.put(&format!("/groupsets/{set}"), "<groupSet name='Nobody'/>")
        .await
        .expect(200);
    dev.delete(&format!("/groupsets/{set}")).await.expect(204);
    assert_eq!(
        dev.get(&format!("/groupsets/{set}")).await.code(),
        (404, 404_012)
    );
}
