//! The pages for people.

use super::client::Site;
use super::files::WORKBOOK;

#[tokio::test]
async fn the_web_page_of_an_item_is_there() {
    let site = Site::open();
    let start = site.raw("GET", "/", &[], "").await.expect(200);
    assert!(
        start.text().contains("<td>staging</td>"),
        "{}",
        start.text()
    );
    for content_url in ["dev", ""] {
        let signed = site.sign_in(content_url).await;
        let workbook = signed.published("", "A &lt;b&gt;", "", WORKBOOK).await;
        let page = site
            .raw("GET", workbook["webpageUrl"].as_str().unwrap(), &[], "")
            .await
            .expect(200);
        assert!(
            page.text().contains("<h1>A &lt;b&gt;</h1>")
                && page.text().contains("<li>Overview</li>")
        );
    }
    assert_eq!(site.raw("GET", "/workbooks/99", &[], "").await.status, 404);
    assert_eq!(site.raw("POST", "/", &[], "").await.status, 405);
}
