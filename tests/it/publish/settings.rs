//! What the manifest says of an item, and says otherwise for one target.

use tabship_sandbox::Sandbox;

use crate::files::workbook;

use super::served::Served;

const OTHERWISE: &str = r#"content:
  - files: "Book.twb"
    project: A
    tags: [all]
    owner: ann
    views: { include: ["*"] }
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
    targets:
      prod:
        tags: [live]
        owner: svc
        views: { include: [One] }
        credentials: [{ username: live, password: { env: PG_PASSWORD } }]
"#;

async fn book(manifest: &str) -> Served {
    let builder = Sandbox::builder().user("ann", "Creator");
    let mut served = Served::with(builder.user("svc", "Creator"), manifest).await;
    let book = workbook(&["One", "Two"], "a").replace(" username='svc'", "");
    served.tabship.write("Book.twb", book);
    served.tabship.set("PG_PASSWORD", "hunter2");
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn each_target_has_its_own() {
    let served = book(OTHERWISE).await;
    served.run(["deploy", "-t", "prod,dev"]).await.code(0);
    for (target, tag, owner, views, user) in [
        ("prod", "live", "svc", &["One"][..], "live"),
        ("dev", "all", "ann", &["One", "Two"], "svc"),
    ] {
        let state = served.site(target).await.state().await;
        let book = &state["workbook Book"];
        assert_eq!(book.tags.iter().collect::<Vec<_>>(), [tag]);
        assert_eq!(book.owner, owner);
        assert_eq!(book.views.keys().collect::<Vec<_>>(), views);
        let connection = format!("postgres pg.example.com {user} embedded: Some(true)");
        assert_eq!(book.connections, [connection]);
    }
}

/// Without credentials no view renders.
#[tokio::test(flavor = "multi_thread")]
async fn a_target_may_be_verified_otherwise() {
    let manifest = "content:\n  - { files: \"Book.twb\", project: A, targets: { prod: { verify: render } } }\n";
    let served = book(manifest).await;
    served.run(["deploy", "-t", "dev"]).await.code(0);
    served
        .deploy()
        .await
        .code(5)
        .stdout_has("rendering a view failed");
}
