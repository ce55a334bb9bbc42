//! The pages for people.

use super::client::{Reply, Signed, Site};
use super::files::{WORKBOOK, WORKBOOK_V2};

async fn page(site: &Site, path: &str) -> Reply {
    site.raw("GET", path, &[], "").await.expect(200)
}

async fn published(signed: &Signed<'_>, name: &str) -> String {
    let workbook = signed.published("", name, "", WORKBOOK).await;
    workbook["webpageUrl"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_web_page_of_an_item_is_there() {
    let site = Site::open();
    for content_url in ["dev", ""] {
        let signed = site.sign_in(content_url).await;
        let address = published(&signed, "A &lt;b&gt;").await;
        let text = page(&site, &address).await.text();
        assert!(text.contains("A &lt;b&gt;</h1>"), "{text}");
        assert!(!text.contains("<b>"), "{text}");
        assert!(text.contains(">Overview</a>"), "{text}");
        assert!(text.contains("<th scope=\"row\">1 <span class=\"state good\">current"));
    }
    for gone in [
        "/workbooks/99",
        "/site/nope/home",
        "/site/dev/projects/x",
        "/nope",
    ] {
        assert_eq!(site.raw("GET", gone, &[], "").await.status, 404, "{gone}");
    }
    assert_eq!(site.raw("POST", "/", &[], "").await.status, 405);
}

#[tokio::test]
async fn pages_may_load_nothing_from_elsewhere() {
    let site = Site::open();
    let start = page(&site, "/").await;
    let policy = start.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; "));
    assert!(!policy.contains("unsafe"));
    let style = start.text().split("href=\"/assets/style").nth(1).unwrap()[..17].to_owned();
    let style = page(&site, &format!("/assets/style{style}")).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert!(
        style.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
}

#[tokio::test]
async fn projects_are_a_tree_with_counts() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let outer = dev.project("Outer").await;
    dev.post(
        "/projects",
        &format!("<project name='Inner' parentProjectId='{outer}'/>"),
    )
    .await
    .expect(201);
    published(&dev, "One").await;
    let home = page(&site, "/site/dev/home").await.text();
    assert!(
        home.contains("Default</a> <span class=\"soft\">1 workbook</span>"),
        "{home}"
    );
    let (_, below) = home
        .split_once("Outer</a> <span class=\"soft\">1 project</span>")
        .unwrap();
    assert!(below.starts_with("<ul class=\"tree\"><li>"), "{below}");
    let inner = below
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let inner = page(&site, inner).await.text();
    assert!(inner.contains(">Outer</a></li><li><a"), "{inner}");
}

#[tokio::test]
async fn search_finds_names_tags_and_luids() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let workbook = dev.published("", "Quarterly", "", WORKBOOK).await;
    let id = workbook["id"].as_str().unwrap();
    dev.put(
        &format!("/workbooks/{id}/tags"),
        "<tags><tag label='q3-report'/></tags>",
    )
    .await
    .expect(200);
    for query in ["quarter", "Q3-rep", id] {
        let text = page(&site, &format!("/search?q={query}")).await.text();
        assert!(
            text.contains("1 hit for") && text.contains(">Quarterly</a>"),
            "{text}"
        );
    }
    let nothing = page(&site, "/search?q=%3Cscript%3E").await.text();
    assert!(nothing.contains("0 hits for “&lt;script&gt;”"), "{nothing}");
}

#[tokio::test]
async fn the_picture_of_a_view_is_that_in_the_file() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let png = "iVBORw0KGgo=";
    let file = WORKBOOK.replace(
        "</workbook>",
        &format!("<thumbnails><thumbnail height='1' name='Overview' width='1'>{png}</thumbnail></thumbnails></workbook>"),
    );
    let address = dev.published("", "Pictures", "", &file).await;
    let text = page(&site, address["webpageUrl"].as_str().unwrap())
        .await
        .text();
    let mut types = Vec::new();
    for piece in text.split("src=\"/site/dev/images/").skip(2) {
        let name = piece.split('"').next().unwrap();
        let picture = page(&site, &format!("/site/dev/images/{name}")).await;
        types.push(picture.headers["content-type"].to_str().unwrap().to_owned());
    }
    assert!(types.contains(&"image/png".to_owned()), "{types:?}");
    assert!(types.contains(&"image/svg+xml".to_owned()), "{types:?}");
}

#[tokio::test]
async fn the_request_log_shows_calls_of_the_api() {
    let site = Site::open();
    page(&site, "/api/3.29/serverinfo").await;
    site.raw("GET", "/api/3.29/nonsense", &[], "")
        .await
        .expect(404);
    page(&site, "/search?q=a").await;
    let all = page(&site, "/requests").await.text();
    assert!(
        all.contains("/api/3.29/serverinfo") && !all.contains("/search?q=a<"),
        "{all}"
    );
    let refused = page(&site, "/requests?refused=on&path=").await.text();
    assert!(
        !refused.contains("serverinfo<") && refused.contains("404003"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_publish_job_leads_to_what_it_made() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    dev.publish("asJob=true", "By job", "", WORKBOOK)
        .await
        .expect(202);
    for _ in 0..100 {
        let page = site.raw("GET", "/site/dev/workbooks/1", &[], "").await;
        if page.status == 200 && page.text().contains("PublishWorkbook") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the job is not on the page of its workbook");
}

#[tokio::test]
async fn a_revision_says_what_it_changed() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let address = published(&dev, "R").await;
    assert!(!page(&site, &address).await.text().contains("What changed"));
    dev.publish("overwrite=true", "R", "", WORKBOOK_V2)
        .await
        .expect(201);
    let moved = WORKBOOK_V2.replace("db.example.com", "other.example.com");
    dev.publish("overwrite=true", "R", "", &moved)
        .await
        .expect(201);
    let text = page(&site, &address).await.text();
    let link = format!(
        "href=\"{}/revisions/3\"",
        &address[address.find("/site").unwrap_or(0)..]
    );
    assert!(
        text.contains(&link) && !text.contains("/revisions/1\""),
        "{text}"
    );

    let second = page(&site, &format!("{address}/revisions/2")).await.text();
    for row in [
        "Trend</th><td><span class=\"state bad\">removed",
        "Costs</th><td><span class=\"state good\">added",
        "<td>live</td><td>extract</td>",
    ] {
        assert!(second.contains(row), "{row}: {second}");
    }
    assert!(!second.contains("Overview</th>"), "{second}");
    let third = page(&site, &format!("{address}/revisions/3")).await.text();
    let place = |server: &str| format!("<td>{server} 5432 sales svc</td>");
    let row = place("db.example.com") + &place("other.example.com");
    assert!(third.contains(&row) && !third.contains("Costs"), "{third}");
    let both = page(&site, &format!("{address}/revisions/3?with=1"))
        .await
        .text();
    assert!(both.contains(&row) && both.contains("Costs</th>"), "{both}");
    let same = page(&site, &format!("{address}/revisions/3?with=3"))
        .await
        .text();
    assert!(
        same.contains("Nothing that the sandbox reads is different"),
        "{same}"
    );
    for gone in ["1", "4", "x", "3?with=9"] {
        let path = format!("{address}/revisions/{gone}");
        assert_eq!(site.raw("GET", &path, &[], "").await.status, 404, "{gone}");
    }
}

#[tokio::test]
async fn webhooks_and_what_was_sent_have_a_page() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let none = page(&site, "/site/dev/webhooks").await.text();
    assert!(none.contains("There is none."), "{none}");
    dev.post(
        "/webhooks",
        "<webhook name='Tell &lt;me&gt;' event='WorkbookCreated'>\
         <webhook-destination><webhook-destination-http method='POST' url='https://example.com/x'/></webhook-destination></webhook>",
    )
    .await
    .expect(201);
    published(&dev, "W").await;
    let text = page(&site, "/site/dev/webhooks").await.text();
    for piece in [
        "Tell &lt;me&gt;</th><td>WorkbookCreated</td><td><code>https://example.com/x</code>",
        "<span class=\"state good\">enabled",
        "<td><details><summary>Show</summary><code>{&quot;",
    ] {
        assert!(text.contains(piece), "{piece}: {text}");
    }
}
