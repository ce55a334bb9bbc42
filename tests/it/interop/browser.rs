//! A headless Chromium, driven over the WebDriver protocol.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A browser with one window. It ends with the value.
pub(super) struct Browser {
    driver: Child,
    client: reqwest::Client,
    /// `http://127.0.0.1:PORT/session/ID`.
    session: String,
    profile: tempfile::TempDir,
}

impl Browser {
    /// `None`, with a word about it, where there is no chromedriver; never under CI.
    pub(super) async fn open() -> Option<Self> {
        let driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let driver = match driver {
            Ok(driver) => driver,
            Err(error) => {
                assert!(
                    std::env::var_os("CI").is_none(),
                    "no chromedriver (Debian: chromium-driver): {error}"
                );
                eprintln!("SKIPPED: no chromedriver (Debian: chromium-driver): {error}");
                return None;
            }
        };
        Some(Self::start(driver).await)
    }

    async fn start(mut driver: Child) -> Self {
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                Some(
                    line.split_once("successfully on port ")?
                        .1
                        .trim_end_matches('.')
                        .to_owned(),
                )
            })
            .expect("chromedriver says its port");
        // Another test may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Self {
            driver,
            client,
            session: format!("http://127.0.0.1:{port}/session"),
            profile,
        };
        let folder = format!("--user-data-dir={}", browser.profile.path().display());
        let options = json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--window-size=1200,900", folder
            ]
        });
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let session = browser.post("", wanted).await;
        let id = session["sessionId"].as_str().unwrap();
        browser.session = format!("{}/{id}", browser.session);
        browser
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        let reply = self
            .client
            .post(format!("{}{command}", self.session))
            .body(body.to_string())
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap();
        let ok = reply.status().is_success();
        let mut answer: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
        assert!(ok, "{command}: {answer}");
        answer["value"].take()
    }

    /// Opens a page and waits until it has loaded.
    pub(super) async fn visit(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// Runs the body of a function in the page; what it returns.
    pub(super) async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": []}))
            .await
    }

    /// Runs `script` until it says true.
    pub(super) async fn wait_for(&self, script: &str) {
        for _ in 0..100 {
            if self.run(script).await == true {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("never true within five seconds: {script}");
    }

    /// What the console has said since the last time.
    pub(super) async fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", json!({"type": "browser"})).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// A command of the DevTools protocol.
    pub(super) async fn devtools(&self, command: &str, params: Value) {
        self.post(
            "/goog/cdp/execute",
            json!({"cmd": command, "params": params}),
        )
        .await;
    }

    /// Presses and releases a key, given as WebDriver's code for it.
    pub(super) async fn press(&self, key: &str) {
        let keys = json!([{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]);
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": keys});
        self.post("/actions", json!({"actions": [keyboard]})).await;
    }

    /// Ends the browser.
    pub(super) async fn close(self) {
        let _ = self.client.delete(&self.session).send().await;
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Without its driver the browser ends too.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
