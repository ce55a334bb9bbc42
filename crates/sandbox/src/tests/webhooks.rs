//! Events, their delivery, and what comes of failures.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::client::{Signed, Site};
use super::files::{WORKBOOK, WORKBOOK_V2};

/// Takes posts, and answers all with one status.
pub(super) struct Receiver {
    pub(super) url: String,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl Receiver {
    pub(super) async fn start(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?a=b", listener.local_addr().unwrap());
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&bodies);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = vec![0; 64 << 10];
                let mut length = 0;
                // Head and body may come apart.
                let body = loop {
                    length += stream.read(&mut request[length..]).await.unwrap();
                    let text = String::from_utf8_lossy(&request[..length]).into_owned();
                    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
                    assert!(head.starts_with("POST /hook?a=b HTTP/1.1"), "{head}");
                    if let Ok(body) = serde_json::from_str(body) {
                        break body;
                    }
                };
                taken.lock().unwrap().push(body);
                let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nhi");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { url, bodies }
    }

    /// Waits for `count` posts, and gives them.
    async fn expect(&self, count: usize) -> Vec<Value> {
        for _ in 0..200 {
            if self.bodies.lock().unwrap().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let bodies = self.bodies.lock().unwrap().clone();
        assert_eq!(bodies.len(), count, "{bodies:?}");
        bodies
    }
}

async fn hook(signed: &Signed<'_>, event: &str, url: &str) -> String {
    let body = format!(
        "<webhook name='{event}' event='{event}'><webhook-destination>\
         <webhook-destination-http method='POST' url='{url}'/></webhook-destination></webhook>"
    );
    let reply = signed.post("/webhooks", &body).await.expect(201).json();
    reply["webhook"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn events_are_delivered() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let receiver = Receiver::start(200).await;
    for event in [
        "WorkbookCreated",
        "WorkbookUpdated",
        "ViewDeleted",
        "WorkbookDeleted",
    ] {
        hook(&dev, event, &receiver.url).await;
    }
    let workbook = dev.published("", "Orders", "", WORKBOOK).await;
    let first = &receiver.expect(1).await[0];
    assert_eq!(first["event_type"], "WorkbookCreated");
    assert_eq!(first["resource"], "WORKBOOK");
    assert_eq!(first["resource_name"], "Orders");
    assert_eq!(first["resource_luid"], workbook["id"]);
    assert_eq!(first["site_luid"], dev.id.as_str());
    assert_eq!(first["project_name"], "Default");
    let time = first["created_at"].as_str().unwrap();
    assert!(time.ends_with('Z') && time.len() == 24, "{time}");

    dev.published("overwrite=true", "Orders", "", WORKBOOK_V2)
        .await;
    let id = workbook["id"].as_str().unwrap();
    dev.delete(&format!("/workbooks/{id}")).await.expect(204);
    let all = receiver.expect(4).await;
    let mut types: Vec<_> = all
        .iter()
        .map(|body| body["event_type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    assert_eq!(
        types,
        [
            "ViewDeleted",
            "WorkbookCreated",
            "WorkbookDeleted",
            "WorkbookUpdated"
        ]
    );
}

#[tokio::test]
async fn refreshes_and_users_have_events() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let receiver = Receiver::start(204).await;
    for event in [
        "WorkbookRefreshStarted",
        "WorkbookRefreshFailed",
        "AdminPromoted",
        "UserDeleted",
    ] {
        hook(&dev, event, &receiver.url).await;
    }
    let workbook = dev.published("", "Orders", "", WORKBOOK_V2).await;
    let id = workbook["id"].as_str().unwrap();
    dev.post(&format!("/workbooks/{id}/refresh"), "")
        .await
        .expect(202);
    let refresh = receiver.expect(2).await;
    assert!(
        refresh.iter().all(|body| body["resource"] == "EXTRACTS"),
        "{refresh:?}"
    );
    let user = dev
        .post("/users", "<user name='eve' siteRole='Viewer'/>")
        .await
        .expect(201)
        .json();
    let user = format!("/users/{}", user["user"]["id"].as_str().unwrap());
    dev.put(&user, "<user siteRole='SiteAdministratorCreator'/>")
        .await
        .expect(200);
    dev.delete(&user).await.expect(204);
    receiver.expect(4).await;
}

#[tokio::test]
async fn failures_disable_a_webhook() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let receiver = Receiver::start(500).await;
    let id = hook(&dev, "WorkbookCreated", &receiver.url).await;
    dev.published("", "One", "", WORKBOOK).await;
    receiver.expect(4).await;
    let get = || async { dev.get(&format!("/webhooks/{id}")).await.expect(200).json() };
    for _ in 0..100 {
        if get().await["webhook"]["isEnabled"] == false {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let webhook = get().await;
    let reason = webhook["webhook"]["statusChangeReason"].as_str().unwrap();
    assert!(reason.contains("the receiver answered 500"), "{reason}");
    // What happens while it is disabled is not for it.
    dev.published("", "Two", "", WORKBOOK).await;
    dev.put(&format!("/webhooks/{id}"), "<webhook isEnabled='true'/>")
        .await
        .expect(200);
    assert!(get().await["webhook"]["statusChangeReason"].is_null());
    receiver.expect(4).await;
}

#[tokio::test]
async fn the_test_call_tells_what_the_receiver_said() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let receiver = Receiver::start(418).await;
    let id = hook(&dev, "DatasourceDeleted", &receiver.url).await;
    let reply = dev
        .get(&format!("/webhooks/{id}/test"))
        .await
        .expect(200)
        .json();
    assert_eq!(reply["webhookTestResult"]["status"], "418");
    assert_eq!(reply["webhookTestResult"]["body"], "hi");
    assert_eq!(
        receiver.expect(1).await[0]["event_type"],
        "DatasourceDeleted"
    );
}

#[tokio::test]
async fn nothing_leaves_the_machine() {
    let site = Site::open();
    let dev = site.sign_in("dev").await;
    let id = hook(&dev, "WorkbookCreated", "https://hooks.example.com/x").await;
    dev.published("", "Orders", "", WORKBOOK).await;
    assert_eq!(
        dev.get(&format!("/webhooks/{id}/test")).await.code(),
        (400, 400_000)
    );
    for _ in 0..100 {
        let all = site.raw("GET", "/sandbox/deliveries", &[], "").await.json();
        if all["deliveries"][0]["state"] == "Dropped" {
            let payload = all["deliveries"][0]["payload"].as_str().unwrap();
            assert!(payload.contains("WorkbookCreated"), "{payload}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the event was not written down");
}
