//! The sandbox's own calls under `/sandbox/`: fault rules, the request log, the yardstick.

use std::sync::Arc;

use hyper::body::Body as HttpBody;
use hyper::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::Fault;
use crate::intake;
use crate::model::Delivery;
use crate::response::{HttpResponse, response};
use crate::server::blocking;
use crate::store::Tx;

fn answer(status: StatusCode, value: &Value) -> HttpResponse {
    response(status, "application/json", value.to_string().into_bytes())
}

/// Not subject to fault rules, so that they can always be taken back.
pub(crate) async fn handle<B>(
    app: &Arc<App>,
    method: &Method,
    path: &str,
    _headers: &HeaderMap,
    body: &mut B,
) -> HttpResponse
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    if method == Method::PUT && path == "/sandbox/discard" {
        let bytes = intake::drain(app, body).await;
        return answer(StatusCode::OK, &json!({"bytes": bytes}));
    }
    if !app.options.control {
        intake::drain(app, body).await;
        return answer(
            StatusCode::FORBIDDEN,
            &json!({"error": "the control calls are switched off"}),
        );
    }
    match (method.as_str(), path) {
        ("GET", "/sandbox/faults") => {
            answer(StatusCode::OK, &json!({"faults": app.faults.texts()}))
        }
        ("DELETE", "/sandbox/faults") => {
            app.faults.set(Vec::new());
            answer(StatusCode::OK, &json!({"faults": []}))
        }
        ("PUT", "/sandbox/faults") => set_faults(app, body).await,
        ("GET", "/sandbox/requests") => answer(StatusCode::OK, &json!({"requests": app.log.all()})),
        ("DELETE", "/sandbox/requests") => {
            app.log.clear();
            answer(StatusCode::OK, &json!({"requests": []}))
        }
        ("GET", "/sandbox/deliveries") => deliveries(app).await,
        ("POST", "/sandbox/collect") => collect(app).await,
        _ => {
            intake::drain(app, body).await;
            answer(
                StatusCode::NOT_FOUND,
                &json!({"error": "no such control call"}),
            )
        }
    }
}

/// One rule a line, or a JSON array of rules. They take the place of the ones before.
async fn set_faults<B>(app: &Arc<App>, body: &mut B) -> HttpResponse
where
    B: HttpBody + Unpin,
    B::Error: std::fmt::Display,
{
    let bytes = match intake::whole(app, body).await {
        Ok(bytes) => bytes,
        Err(error) => return answer(error.status(), &json!({"error": error.detail})),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let rules: Vec<String> = serde_json::from_str(&text).unwrap_or_else(|_| {
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    });
    match rules
        .iter()
        .map(|rule| rule.parse::<Fault>())
        .collect::<Result<Vec<_>, _>>()
    {
        Ok(faults) => {
            app.faults.set(faults);
            answer(StatusCode::OK, &json!({"faults": app.faults.texts()}))
        }
        Err(error) => answer(
            StatusCode::BAD_REQUEST,
            &json!({"error": error.to_string()}),
        ),
    }
}

async fn collect(app: &Arc<App>) -> HttpResponse {
    let worker = Arc::clone(app);
    match blocking(move || crate::housekeeping::tidy(&worker)).await {
        Ok(removed) => answer(StatusCode::OK, &json!({"removed": removed})),
        Err(error) => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"error": error.to_string()}),
        ),
    }
}

/// What webhooks were sent, or would have been.
async fn deliveries(app: &Arc<App>) -> HttpResponse {
    let worker = Arc::clone(app);
    let all = blocking(move || {
        let all = |tx: &Tx<'_>| Ok(json!({"deliveries": tx.everywhere::<Delivery>()?}));
        worker.store.transact(all)
    });
    match all.await {
        Ok(all) => answer(StatusCode::OK, &all),
        Err(error) => answer(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"error": error.to_string()}),
        ),
    }
}
