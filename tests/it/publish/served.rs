//! A site that is served, and a folder to deploy from.

use std::ffi::OsStr;
use std::time::Duration;

use tabship_sandbox::{Builder, Sandbox};

use crate::harness::{Run, Tabship};
use crate::reliability::site::{Site, label};

pub(crate) const TOKEN_SECRET: &str = "tOkEn-sEcReT-58";

/// Targets `prod` and `dev`, with one token for both; what a test adds comes after it.
pub(crate) const TARGETS: &str = r#"version: 1
targets:
  prod: { server: "${TABLEAU_URL}", site: prod, auth: { token_name: ci, token_secret: { env: CI_TOKEN } } }
  dev: { server: "${TABLEAU_URL}", site: dev, auth: { token_name: ci, token_secret: { env: CI_TOKEN } } }
"#;

pub(crate) struct Served {
    pub(crate) sandbox: Sandbox,
    pub(crate) tabship: Tabship,
}

impl Served {
    /// The manifest's targets sign in by the sandbox's connected app, as its administrator.
    pub(crate) fn by_connected_app(&mut self) {
        let token = "token_name: ci, token_secret: { env: CI_TOKEN }";
        let app = "connected_app: { client_id: 5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec001, secret_id: 5f0a6c5e-0a52-4ac3-b0a5-5a4dbf4ec002, secret: { env: APP_SECRET }, user: admin }";
        self.tabship.replace("tabship.yml", token, app);
        self.tabship
            .set("APP_SECRET", "sandbox-connected-app-secret");
    }

    /// `manifest` follows on [`TARGETS`].
    pub(crate) async fn start(manifest: &str) -> Self {
        Self::with(Sandbox::builder(), manifest).await
    }

    pub(crate) async fn with(builder: Builder, manifest: &str) -> Self {
        let sandbox = builder.token("ci", TOKEN_SECRET).start().await.unwrap();
        let mut tabship = Tabship::new();
        tabship
            .set("TABLEAU_URL", sandbox.url())
            .set("CI_TOKEN", TOKEN_SECRET);
        tabship.write("tabship.yml", format!("{TARGETS}{manifest}"));
        Self { sandbox, tabship }
    }

    pub(crate) async fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = self.tabship.command(arguments);
        tokio::task::spawn_blocking(move || Run::of(&command.output().unwrap()))
            .await
            .unwrap()
    }

    pub(crate) async fn deploy(&self) -> Run {
        self.run(["deploy", "-t", "prod"]).await
    }

    /// Makes trouble from here on, and forgets what was asked before.
    pub(crate) fn trouble(&self, rules: &[&str]) {
        self.sandbox
            .set_faults(rules.iter().map(|rule| rule.parse().unwrap()).collect());
        self.sandbox.clear_requests();
    }

    /// Waits until the only rule has struck a request, and not for ever.
    pub(crate) async fn struck(&self) {
        for _ in 0..1500 {
            if self.sandbox.struck() != [None] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no request was struck");
    }

    /// Sends what no command of ours sends, as an administrator of `prod`; `path` follows on the site.
    pub(crate) async fn tell(&self, method: reqwest::Method, path: &str, body: &str) {
        let site = self.site("prod").await.site;
        let session = site.session();
        let url = format!(
            "{}/api/3.25/sites/{}/{path}",
            self.sandbox.url(),
            session.site_id
        );
        let answer = reqwest::Client::new()
            .request(method, url)
            .header("X-Tableau-Auth", session.token.expose())
            .header("Content-Type", "application/xml")
            .body(format!("<tsRequest>{body}</tsRequest>"))
            .send()
            .await
            .unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{}", answer.text().await.unwrap());
    }

    pub(crate) async fn site(&self, name: &str) -> Site {
        Site::enter(self.sandbox.url(), name).await
    }

    /// How often a call was made: `POST /workbooks`.
    pub(crate) fn count(&self, call: &str) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|r| label(r) == call).count()
    }
}
