//! What the API answers when it refuses: the six-digit code, and the HTTP status that goes with it.

use hyper::StatusCode;

/// A refusal in the API's own envelope.
///
/// The HTTP status is the code's first three digits unless [`ApiError::with_status`] says otherwise (the
/// vendor documents a handful of deviations, such as 409004 under HTTP 400 for schedules).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) code: u32,
    pub(crate) detail: String,
    status: Option<u16>,
}

impl ApiError {
    pub(crate) fn new(code: u32, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            status: None,
        }
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// 400000: the request itself cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(400_000, detail)
    }

    /// 403004: understood, and not for this user.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403_004, detail)
    }

    /// 500000: a fault of the sandbox itself.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(500_000, detail)
    }

    pub(crate) fn status(&self) -> StatusCode {
        let status = self
            .status
            .unwrap_or_else(|| u16::try_from(self.code / 1000).unwrap_or(500));
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) fn summary(&self) -> &'static str {
        match self.code {
            401_001 => "Signin Error",
            code => match code / 1000 {
                400 => "Bad Request",
                401 => "Unauthorized Access",
                403 => "Forbidden",
                404 => "Resource Not Found",
                405 => "Method Not Allowed",
                406 => "Not Acceptable",
                409 => "Resource Conflict",
                413 => "Payload Too Large",
                429 => "Too Many Requests",
                _ => "Internal Server Error",
            },
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.summary(), self.detail, self.code)
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(format!("The sandbox could not use its database: {error}"))
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format!(
            "A record of the sandbox's database cannot be read: {error}"
        ))
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(format!(
            "The sandbox could not use its data folder: {error}"
        ))
    }
}
