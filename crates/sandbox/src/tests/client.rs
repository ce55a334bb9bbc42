//! A client that knows nothing of the API but HTTP.

use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use serde_json::Value;

use crate::app::App;
use crate::{Builder, Sandbox, jobs, server, webhook};

use super::documentation;

pub(super) const BOUNDARY: &str = "6f3c2b1a";

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: hyper::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    /// HTTP status and the code of the refusal (0 when it is none).
    pub(super) fn code(&self) -> (u16, u32) {
        let text = self.text();
        let from_json = || {
            let value: Value = serde_json::from_slice(&self.body).ok()?;
            value["error"]["code"].as_str()?.parse().ok()
        };
        let from_xml = || {
            text.split("<error code=\"")
                .nth(1)?
                .split('"')
                .next()?
                .parse()
                .ok()
        };
        (self.status, from_json().or_else(from_xml).unwrap_or(0))
    }

    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// A sandbox without a socket.
pub(super) struct Site {
    pub(super) app: Arc<App>,
    _folder: Option<tempfile::TempDir>,
}

impl Site {
    pub(super) fn open() -> Self {
        Self::with(Sandbox::builder())
    }

    /// Must be called within a runtime.
    pub(super) fn with(builder: Builder) -> Self {
        let (app, folder) = builder.open().unwrap();
        tokio::spawn(jobs::run(Arc::clone(&app)));
        tokio::spawn(webhook::run(Arc::clone(&app)));
        Self {
            app,
            _folder: folder,
        }
    }

    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Option<Reply> {
        documentation::note(request.method().as_str(), request.uri().path());
        let response = server::handle(Arc::clone(&self.app), request).await.ok()?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Some(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        })
    }

    /// `headers` as `Name: value` lines.
    pub(super) async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[String],
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for line in headers {
            let (name, value) = line.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        self.send(request.body(Full::new(Bytes::from(body.into()))).unwrap())
            .await
            .unwrap()
    }

    /// Signs in as the administrator with the seeded token.
    pub(super) async fn sign_in(&self, content_url: &str) -> Signed<'_> {
        self.sign_in_with(&format!(
            "<credentials personalAccessTokenName='sandbox' personalAccessTokenSecret='sandbox-secret'>\
             <site contentUrl='{content_url}'/></credentials>"
        ))
        .await
    }

    pub(super) async fn sign_in_with(&self, credentials: &str) -> Signed<'_> {
        let body = format!("<tsRequest>{credentials}</tsRequest>");
        let reply = self
            .raw(
                "POST",
                "/api/3.29/auth/signin",
                &["Accept: application/json".to_owned()],
                body,
            )
            .await
            .expect(200)
            .json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Signed {
            site: self,
            token: text(&reply["credentials"]["token"]),
            id: text(&reply["credentials"]["site"]["id"]),
            user: text(&reply["credentials"]["user"]["id"]),
        }
    }
}

/// A session on one site.
pub(super) struct Signed<'a> {
    pub(super) site: &'a Site,
    pub(super) token: String,
    pub(super) id: String,
    pub(super) user: String,
}

impl Signed<'_> {
    /// `path` is what follows the site's LUID; a leading `//` is for paths beside the site.
    pub(super) async fn at(
        &self,
        version: &str,
        method: &str,
        path: &str,
        kind: &str,
        body: impl Into<Vec<u8>>,
    ) -> Reply {
        let full = match path.strip_prefix("//") {
            Some(rest) => format!("/api/{version}/{rest}"),
            None => format!("/api/{version}/sites/{}{path}", self.id),
        };
        let headers = [
            format!("X-Tableau-Auth: {}", self.token),
            "Accept: application/json".to_owned(),
            format!("Content-Type: {kind}"),
        ];
        self.site.raw(method, &full, &headers, body).await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.at("3.29", "GET", path, "text/plain", "").await
    }

    pub(super) async fn delete(&self, path: &str) -> Reply {
        self.at("3.29", "DELETE", path, "text/plain", "").await
    }

    /// `body` is the inside of `tsRequest`.
    pub(super) async fn put(&self, path: &str, body: &str) -> Reply {
        self.at(
            "3.29",
            "PUT",
            path,
            "application/xml",
            format!("<tsRequest>{body}</tsRequest>"),
        )
        .await
    }

    pub(super) async fn post(&self, path: &str, body: &str) -> Reply {
        self.at(
            "3.29",
            "POST",
            path,
            "application/xml",
            format!("<tsRequest>{body}</tsRequest>"),
        )
        .await
    }

    pub(super) async fn multipart(&self, method: &str, path: &str, body: Vec<u8>) -> Reply {
        self.at(
            "3.29",
            method,
            path,
            &format!("multipart/mixed; boundary={BOUNDARY}"),
            body,
        )
        .await
    }

    /// The LUID of the default project.
    pub(super) async fn default_project(&self) -> String {
        let projects = self
            .get("/projects?filter=name:eq:Default")
            .await
            .expect(200)
            .json();
        projects["projects"]["project"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    pub(super) async fn project(&self, name: &str) -> String {
        let reply = self
            .post("/projects", &format!("<project name='{name}'/>"))
            .await
            .expect(201)
            .json();
        reply["project"]["id"].as_str().unwrap().to_owned()
    }

    /// Publishes a .twb in one request; `inner` goes into the `workbook` element.
    pub(super) async fn publish(&self, query: &str, name: &str, inner: &str, file: &str) -> Reply {
        let payload = format!("<tsRequest><workbook name='{name}'>{inner}</workbook></tsRequest>");
        let body = parts(&[
            ("request_payload", None, payload.as_bytes()),
            ("tableau_workbook", Some("a.twb"), file.as_bytes()),
        ]);
        self.multipart("POST", &format!("/workbooks?{query}"), body)
            .await
    }

    /// Publishes and gives the `workbook` object.
    pub(super) async fn published(
        &self,
        query: &str,
        name: &str,
        inner: &str,
        file: &str,
    ) -> Value {
        self.publish(query, name, inner, file)
            .await
            .expect(201)
            .json()["workbook"]
            .clone()
    }
}

/// A multipart body of (name, file name, bytes).
pub(super) fn parts(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, bytes) in parts {
        let filename = filename
            .map(|name| format!("; filename=\"{name}\""))
            .unwrap_or_default();
        body.extend_from_slice(
            format!("--{BOUNDARY}\r\nContent-Disposition: name=\"{name}\"{filename}\r\nContent-Type: text/xml\r\n\r\n")
                .as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}
