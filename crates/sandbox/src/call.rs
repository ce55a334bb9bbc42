//! One request as an endpoint sees it, and what an endpoint answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::StatusCode;

use crate::app::App;
use crate::blobs::{Content, Pin};
use crate::error::ApiError;
use crate::filter::Field;
use crate::model::{Session, SiteRole, User};
use crate::query::{Page, Query};
use crate::store::Tx;
use crate::version::ApiVersion;
use crate::wire::{Element, Format, Node};

/// A file part of a multipart request, already on disk.
#[derive(Debug)]
pub(crate) struct FilePart {
    pub(crate) name: String,
    pub(crate) filename: String,
    pub(crate) content: Content,
    /// Keep the content until the request ends.
    _pins: Vec<Pin>,
}

impl FilePart {
    pub(crate) fn new(name: String, filename: String, content: Content, pins: Vec<Pin>) -> Self {
        Self {
            name,
            filename,
            content,
            _pins: pins,
        }
    }
}

/// The parts of a multipart request.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// The `request_payload` part: its text and its wire form.
    pub(crate) payload: Option<(Vec<u8>, Format)>,
    pub(crate) files: Vec<FilePart>,
}

#[derive(Debug)]
pub(crate) enum Body {
    Empty,
    Form(Node),
    Json(serde_json::Value),
    Parts(Parts),
}

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) session: Session,
    pub(crate) user: User,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) app: Arc<App>,
    pub(crate) version: ApiVersion,
    /// The values of the route's `{placeholders}`.
    pub(crate) params: BTreeMap<&'static str, String>,
    pub(crate) query: Query,
    pub(crate) caller: Option<Caller>,
    pub(crate) body: Body,
    /// Whether the client will take JSON (or has not said).
    pub(crate) accepts_json: bool,
    /// The header `RequestID`.
    pub(crate) request_id: Option<String>,
}

impl Call {
    /// A placeholder of the route; empty only if the route has none of that name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    pub(crate) fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller
            .as_ref()
            .ok_or_else(|| ApiError::new(401_000, "No authentication credentials were provided."))
    }

    pub(crate) fn user(&self) -> Result<&User, ApiError> {
        Ok(&self.caller()?.user)
    }

    /// LUID of the site that the caller is signed in to.
    pub(crate) fn site(&self) -> Result<&str, ApiError> {
        Ok(&self.caller()?.session.site)
    }

    pub(crate) fn role(&self) -> Result<SiteRole, ApiError> {
        Ok(self.user()?.site_role)
    }

    pub(crate) fn require_admin(&self) -> Result<(), ApiError> {
        if self.role()?.is_admin() {
            Ok(())
        } else {
            Err(ApiError::forbidden(
                "This call is for site administrators only.",
            ))
        }
    }

    /// The request's document; 400000 without one.
    pub(crate) fn node(&self) -> Result<&Node, ApiError> {
        match &self.body {
            Body::Form(node) => Ok(node),
            _ => Err(ApiError::bad_request("The request has no body.")),
        }
    }

    pub(crate) fn json(&self) -> Result<&serde_json::Value, ApiError> {
        match &self.body {
            Body::Json(value) => Ok(value),
            _ => Err(ApiError::bad_request("The request has no JSON body.")),
        }
    }

    pub(crate) fn parts(&self) -> Result<&Parts, ApiError> {
        match &self.body {
            Body::Parts(parts) => Ok(parts),
            _ => Err(ApiError::bad_request("The request has no multipart body.")),
        }
    }

    /// Filters, sorts, pages and renders a list, as its query asks.
    pub(crate) fn list<T>(
        &self,
        mut rows: Vec<T>,
        fields: &'static [Field<T>],
        names: (&'static str, &'static [&'static str]),
        mut render: impl FnMut(&T) -> Result<Element, ApiError>,
    ) -> Result<Answer, ApiError> {
        if let Some(filter) = self.query.get("filter") {
            self.hide_unindexed(&mut rows, fields);
            crate::filter::filter(&mut rows, filter, fields)?;
        }
        if let Some(sort) = self.query.get("sort") {
            crate::filter::sort(&mut rows, sort, fields)?;
        }
        let (pagination, rows) = Page::parse(&self.query)?.cut(rows)?;
        let wanted = self.query.get("fields");
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            items.push(crate::query::select(render(row)?, wanted, names.1));
        }
        Ok(Answer::ok([pagination, Element::list(names.0, items)]))
    }

    /// The index lag: what is too new is missing from filtered lists, though visible by id at once.
    fn hide_unindexed<T>(&self, rows: &mut Vec<T>, fields: &'static [Field<T>]) {
        let lag = self.app.options.index_lag;
        let Some(created) = fields.iter().find(|field| field.name == "createdAt") else {
            return;
        };
        if lag.is_zero() {
            return;
        }
        let now = jiff::Timestamp::now();
        rows.retain(|row| match (created.fact)(row) {
            crate::filter::Fact::Time(time) => now.duration_since(time).unsigned_abs() >= lag,
            _ => true,
        });
    }

    /// Runs `work` in a transaction of the store.
    pub(crate) fn transact<R>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<R, ApiError>,
    ) -> Result<R, ApiError> {
        self.app.store.transact(work)
    }
}

/// What an endpoint answers with.
#[derive(Debug)]
pub(crate) enum Answer {
    Elements {
        status: StatusCode,
        elements: Vec<Element>,
        location: Option<String>,
    },
    Empty(StatusCode),
    /// JSON whatever the client asked for.
    Json(StatusCode, serde_json::Value),
    Bytes {
        content_type: &'static str,
        disposition: Option<String>,
        bytes: Vec<u8>,
    },
    File {
        content_type: &'static str,
        disposition: String,
        content: Content,
    },
}

impl Answer {
    pub(crate) fn ok(elements: impl IntoIterator<Item = Element>) -> Self {
        Self::with(StatusCode::OK, elements)
    }

    pub(crate) fn with(status: StatusCode, elements: impl IntoIterator<Item = Element>) -> Self {
        Self::Elements {
            status,
            elements: elements.into_iter().collect(),
            location: None,
        }
    }

    pub(crate) fn created(element: Element) -> Self {
        Self::with(StatusCode::CREATED, [element])
    }

    pub(crate) fn no_content() -> Self {
        Self::Empty(StatusCode::NO_CONTENT)
    }
}
