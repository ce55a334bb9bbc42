//! No secret reaches any stream or file, however much is said; and none is given to strangers.

use crate::files::{datasource, package};

use super::served::{Served, TARGETS, TOKEN_SECRET};

const PASSWORD: &str = "pAsSwOrD & <quoted> \"42\"";

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_log_of_deployments_holds_no_secret() {
    let manifest = r#"content:
  - files: "Sales.tds"
    project: Data
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
  - { files: "Atlas.twbx", project: Data }
"#;
    let mut served = Served::start(manifest).await;
    served.tabship.set("PG_PASSWORD", PASSWORD);
    served.tabship.write("Sales.tds", datasource("sales"));
    served
        .tabship
        .write("Atlas.twbx", package("atlas", 400_000));
    let mut said = String::new();
    let deploy = ["deploy", "-t", "prod", "-vv", "--chunk-size", "100kB"];
    for faults in [
        &[
            "POST /datasources nth=1 status=503",
            "GET /workbooks/* nth=1 status=401 code=401002",
        ][..],
        &["PUT /datasources/*/connections* status=400 code=400033"][..],
        &["POST /auth/signin status=401 code=401001"][..],
    ] {
        served.trouble(faults);
        let run = served.run(deploy).await;
        said += &format!("{}\n{}\n", run.stdout, run.stderr);
        served.tabship.write("Sales.tds", datasource("sales_2"));
    }
    served.trouble(&[]);
    let back = served.run(["rollback", "-vv"]).await;
    said += &format!("{}\n{}\n", back.stdout, back.stderr);
    assert!(said.contains("call answered"), "{said}");
    let mut places = vec![("the streams".to_owned(), said)];
    for file in walkdir::WalkDir::new(served.tabship.path())
        .into_iter()
        .flatten()
        .filter(|f| f.file_type().is_file())
    {
        let bytes = std::fs::read(file.path()).unwrap();
        places.push((
            file.path().display().to_string(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
    }
    let plain = ["pAsSwOrD", TOKEN_SECRET];
    for (place, text) in &places {
        for secret in plain {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_one_is_known_before_anything_is_published() {
    let manifest = r#"content:
  - files: "Sales.tds"
    project: Data
    credentials: [{ username: svc, password: { env: PG_PASSWORD } }]
"#;
    let mut served = Served::start(manifest).await;
    served.tabship.write("Sales.tds", datasource("sales"));
    served
        .deploy()
        .await
        .code(2)
        .stderr_has("env:PG_PASSWORD")
        .stderr_has("nothing was changed");
    served.tabship.set("PG_PASSWORD", PASSWORD);
    served.deploy().await.code(0).stdout_has("1 created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_protected_target_takes_nothing_from_a_pull_request() {
    let mut served = Served::start("").await;
    let manifest = TARGETS.replace("site: prod,", "site: prod, protected: true,");
    served.tabship.write(
        "tabship.yml",
        format!(
            "{manifest}branches:\n  \"release/**\": {{ target: prod }}\ncontent:\n  - {{ files: \"*.tds\", project: Data }}\n"
        ),
    );
    served.tabship.write("Sales.tds", datasource("sales"));
    served.tabship.commit_all("release/1");
    served
        .tabship
        .set("GITHUB_EVENT_NAME", "pull_request")
        .set("GITHUB_HEAD_REF", "release/1");
    served
        .deploy()
        .await
        .code(6)
        .stderr_has("takes nothing from a pull request");
    served.run(["plan", "-t", "prod"]).await.code(0);
    served.tabship.set("GITHUB_EVENT_NAME", "push");
    served.deploy().await.code(0);
}
