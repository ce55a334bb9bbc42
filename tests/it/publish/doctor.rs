//! `tabship doctor`: everything that can stand between this machine and a deployment is said, with what to do.

use reqwest::Method;
use tabship::api::Filter;
use tabship::api::endpoint::projects::NewProject;
use tabship_sandbox::{Sandbox, Seed, SeedToken};

use crate::harness::Run;

use super::served::Served;

const CONTENT: &str = "content:\n  - { files: \"*.twb\", project: Finance }\n";

async fn doctor(served: &Served) -> Run {
    served
        .run(["doctor", "-t", "prod", "--timeout", "5s"])
        .await
}

/// What is said when the environment or the manifest is wrong in one way.
async fn with(variable: &str, value: &str) -> Run {
    let mut served = Served::start(CONTENT).await;
    served.tabship.set(variable, value);
    doctor(&served).await.code(4)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_reached_is_told_by_what_stands_between() {
    with("TABLEAU_URL", "https://tableau.invalid")
        .await
        .stdout_has("cannot be reached")
        .stdout_has("check the server's name");
    with("TABLEAU_URL", "http://127.0.0.1:1")
        .await
        .stdout_has("check the server's address and port, the firewall");
    let mut served = Served::start(CONTENT).await;
    let url = served.sandbox.url().replace("127.0.0.1", "tableau.invalid");
    served
        .tabship
        .set("TABLEAU_URL", &url)
        .set("HTTP_PROXY", "http://127.0.0.1:1");
    doctor(&served)
        .await
        .code(4)
        .stdout_has("the proxy http://127.0.0.1:1, set by HTTP_PROXY, is not reached")
        .stdout_has("name the server in NO_PROXY");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_authority_of_ones_own_wants_its_file() {
    let url = crate::api::tls::secure_server().await;
    let mut served = Served::start(CONTENT).await;
    served.tabship.set("TABLEAU_URL", url.as_str());
    doctor(&served)
        .await
        .code(4)
        .stdout_has("(`ca_file:` of the target)");
    let ca = std::fs::read(crate::harness::project("fixtures/wire/tls/ca.pem")).unwrap();
    served.tabship.write("ca.pem", ca);
    let manifest = super::served::TARGETS.replace("site: prod,", "site: prod, ca_file: ca.pem,");
    served
        .tabship
        .write("tabship.yml", format!("{manifest}{CONTENT}"));
    let trusted = doctor(&served).await.code(4);
    assert!(!trusted.stdout.contains("ca_file"), "{}", trusted.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_server_or_too_old_a_one_is_told() {
    let served = Served::start(CONTENT).await;
    served.trouble(&["GET /serverinfo* status=404 body=html"]);
    doctor(&served)
        .await
        .code(4)
        .stdout_has("does not answer like a Tableau server")
        .stdout_has("only scheme and host");
    let served = Served::with(Sandbox::builder().api_version("2.8"), CONTENT).await;
    doctor(&served)
        .await
        .code(4)
        .stdout_has("the server offers 2.8")
        .stdout_has("upgrade the server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_refused_names_all_that_it_may_be() {
    with("CI_TOKEN", "wrong")
        .await
        .stdout_has("refuses to let us in")
        .stdout_has("the token has expired or was revoked")
        .stdout_has("the site's content URL");
    let served = Served::start(CONTENT).await;
    let manifest = super::served::TARGETS.replace("site: prod", "site: nowhere");
    served
        .tabship
        .write("tabship.yml", format!("{manifest}{CONTENT}"));
    doctor(&served)
        .await
        .code(4)
        .stdout_has("check the site's content URL");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_another_run_uses_too_is_told() {
    let served = Served::start(CONTENT).await;
    served.trouble(&["GET /projects* status=401 code=401002"]);
    doctor(&served)
        .await
        .code(4)
        .stdout_has("another sign-in with the same personal access token")
        .stdout_has("its own token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_cannot_publish_is_told_whatever_the_projects_allow() {
    let served = as_bob_the("Viewer").await;
    doctor(&served)
        .await
        .code(4)
        .stdout_has("its site role `Viewer` cannot publish")
        .stdout_has("Explorer (can publish)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_target_skips_needs_no_project() {
    let served = as_bob().await;
    let skipped = "project: Finance, targets: { prod: { skip: true } }";
    served
        .tabship
        .replace("tabship.yml", "project: Finance", skipped);
    doctor(&served).await.code(0);
}

/// A token of one who publishes and administers nothing.
async fn as_bob() -> Served {
    as_bob_the("Creator").await
}

async fn as_bob_the(role: &str) -> Served {
    let mut seed = Seed::default();
    seed.tokens.push(SeedToken {
        name: "bob".to_owned(),
        secret: "b".to_owned(),
        user: "bob".to_owned(),
    });
    let builder = Sandbox::builder().seed(seed).user("bob", role);
    let mut served = Served::with(builder, CONTENT).await;
    let manifest = super::served::TARGETS.replace("token_name: ci", "token_name: bob");
    served
        .tabship
        .write("tabship.yml", format!("{manifest}{CONTENT}"));
    served.tabship.set("CI_TOKEN", "b");
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_on_the_projects_of_the_manifest_are_looked_at() {
    let served = as_bob().await;
    doctor(&served)
        .await
        .code(4)
        .stdout_has("the project Finance is not there, and only administrators create");
    let site = served.site("prod").await.site;
    let finance = NewProject {
        name: "Finance".to_owned(),
        ..NewProject::default()
    };
    let finance = site.create_project(finance).await.unwrap().id;
    doctor(&served).await.code(0);
    let users = site.users(Filter::all()).await.unwrap();
    let bob = users.iter().find(|u| u.name == "bob").unwrap().id;
    let deny = format!(
        "<permissions><granteeCapabilities><user id='{bob}'/><capabilities><capability name='Write' mode='Deny'/></capabilities></granteeCapabilities></permissions>"
    );
    let path = format!("projects/{finance}/permissions");
    served.tell(Method::PUT, &path, &deny).await;
    doctor(&served)
        .await
        .code(4)
        .stdout_has("it may not publish into the project Finance")
        .stdout_has("grant it View and Publish");
}
