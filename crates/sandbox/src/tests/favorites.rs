//! Favorites, in both wire forms.

use super::client::{Signed, Site};
use super::files::WORKBOOK;

async fn labels(signed: &Signed<'_>) -> Vec<(String, String)> {
    let path = format!("/favorites/{}", signed.user);
    let all = signed.get(&path).await.expect(200).json();
    let list = all["favorites"]["favorite"].as_array().cloned();
    list.unwrap_or_default()
        .iter()
        .map(|favorite| {
            let content = favorite.as_object().unwrap().keys().find(|k| *k != "label");
            let label = favorite["label"].as_str().unwrap().to_owned();
            (label, content.cloned().unwrap_or_default())
        })
        .collect()
}

#[tokio::test]
async fn favorites_are_added_renamed_and_removed() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let workbook = dev.published("", "Sales", "", WORKBOOK).await;
    let workbook = workbook["id"].as_str().unwrap();
    let project = dev.project("Own").await;
    let mine = format!("/favorites/{}", dev.user);
    let json = format!(r#"{{"favorite":{{"label":"first","workbook":{{"id":"{workbook}"}}}}}}"#);
    let added = dev
        .at("3.29", "PUT", &mine, "application/json", json)
        .await
        .expect(200)
        .json();
    let added = &added["favorites"]["favorite"][0];
    assert_eq!(added["workbook"]["name"], "Sales", "{added}");
    let views = dev
        .get(&format!("/workbooks/{workbook}/views"))
        .await
        .json();
    let view = views["views"]["view"][0]["id"].as_str().unwrap().to_owned();
    for (kind, id) in [("project", &project), ("view", &view)] {
        let body = format!("<favorite label='{kind}'><{kind} id='{id}'/></favorite>");
        dev.put(&mine, &body).await.expect(200);
    }
    // The same again with another label is renamed, not doubled.
    let again = format!("<favorite label='second'><workbook id='{workbook}'/></favorite>");
    dev.put(&mine, &again).await.expect(200);
    let pair = |label: &str, content: &str| (label.to_owned(), content.to_owned());
    assert_eq!(
        labels(&dev).await,
        [
            pair("second", "workbook"),
            pair("project", "project"),
            pair("view", "view")
        ]
    );
    let gone = format!("{mine}/projects/{project}");
    dev.delete(&gone).await.expect(204);
    assert_eq!(dev.delete(&gone).await.code(), (404, 404_010));
    // What goes is nobody's favorite any more.
    dev.delete(&format!("/workbooks/{workbook}"))
        .await
        .expect(204);
    assert_eq!(labels(&dev).await, []);
}

#[tokio::test]
async fn the_xml_form_has_the_content_within() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let project = dev.project("Own").await;
    let path = format!("/api/3.29/sites/{}/favorites/{}", dev.id, dev.user);
    let headers = [format!("X-Tableau-Auth: {}", dev.token)];
    let body = format!(
        "<tsRequest><favorite label='a&amp;b'><project id='{project}'/></favorite></tsRequest>"
    );
    let text = site
        .raw("PUT", &path, &headers, body)
        .await
        .expect(200)
        .text();
    assert!(
        text.contains(&format!(
            "<favorites><favorite label=\"a&amp;b\"><project id=\"{project}\" name=\"Own\""
        )),
        "{text}"
    );
}

#[tokio::test]
async fn what_is_no_favorite_is_refused() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let project = dev.project("Own").await;
    let mine = format!("/favorites/{}", dev.user);
    for (body, code) in [
        (
            format!("<favorite label=' '><project id='{project}'/></favorite>"),
            (400, 400_005),
        ),
        ("<favorite label='a'/>".to_owned(), (400, 400_000)),
        (
            "<favorite label='a'><workbook id='no'/></favorite>".to_owned(),
            (404, 404_006),
        ),
        (
            "<favorite label='a'><view id='no'/></favorite>".to_owned(),
            (404, 404_011),
        ),
    ] {
        assert_eq!(dev.put(&mine, &body).await.code(), code, "{body}");
    }
    assert_eq!(dev.get("/favorites/no").await.code(), (404, 404_002));
    let other = format!("{mine}/flags/{project}");
    assert_eq!(dev.delete(&other).await.code(), (404, 404_003));
    let viewer = dev
        .post("/users", "<user name='vera' siteRole='Viewer'/>")
        .await
        .expect(201)
        .json();
    let viewer = viewer["user"]["id"].as_str().unwrap();
    let password = format!("/users/{viewer}");
    dev.put(&password, "<user password='pw'/>")
        .await
        .expect(200);
    let vera = site
        .sign_in_with(
            "<credentials name='vera' password='pw'><site contentUrl='dev'/></credentials>",
        )
        .await;
    assert_eq!(vera.get(&mine).await.status, 403);
    assert_eq!(labels(&vera).await, []);
}
