//! The server's own judgement of a workbook, before it is published (API 3.29).

use reqwest::Method;

use super::{Endpoint, Path, Patience, Reply};
use crate::api::{
    body::{Body, FilePart, Multipart},
    error::Error,
    json::{Node, Unreadable},
    retry::Replay,
    site::Site,
    source::Source,
    version::ApiVersion,
};

const SINCE: ApiVersion = ApiVersion::new(3, 29);

/// What the server says of a workbook. Errors keep it from loading, warnings do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validation {
    /// Why it does not load.
    pub errors: Vec<ValidationFinding>,
    /// What is doubtful.
    pub warnings: Vec<ValidationFinding>,
}

/// One thing that the server found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationFinding {
    /// In the server's language.
    pub message: String,
    /// From 1, where it is known.
    pub line: Option<u64>,
    /// From 1, where it is known.
    pub column: Option<u64>,
    /// The XML element.
    pub element: Option<String>,
}

impl Validation {
    /// Whether it loads.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// An answer of 422 has the same form as one of 200: it is a result, not a failure.
    fn parse(reply: &Reply) -> Result<Self, Unreadable> {
        let document = reply.document()?;
        let root = document.root();
        // An error of another kind, or another service, has no time of validation.
        root.need_text("timestamp")?;
        let findings = |name| {
            root.repeated(name)
                .into_iter()
                .map(ValidationFinding::parse)
                .collect()
        };
        let (errors, warnings): (Vec<_>, Vec<_>) = (findings("errors"), findings("warnings"));
        if reply.status == UNPROCESSABLE && errors.is_empty() {
            return Err(Unreadable::missing("errors"));
        }
        Ok(Self { errors, warnings })
    }
}

impl ValidationFinding {
    fn parse(node: Node<'_>) -> Self {
        Self {
            message: node.text("message").unwrap_or_default(),
            line: node.number("line"),
            column: node.number("column"),
            element: node.filled("elementName"),
        }
    }
}

const UNPROCESSABLE: u16 = 422;

/// `POST /sites/{site}/workbooks/validateWorkbook`: judges a `.twb` and keeps nothing.
pub struct ValidateWorkbook(pub Source);

impl Endpoint for ValidateWorkbook {
    type Answer = Validation;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Safe;

    fn since(&self) -> ApiVersion {
        SINCE
    }

    fn path(&self) -> Path {
        Path::site("workbooks").then("validateWorkbook")
    }

    fn body(&self) -> Body {
        workbook(&self.0)
    }

    fn patience(&self) -> Patience {
        Patience::Long
    }

    fn is_answer(&self, status: u16) -> bool {
        status == UNPROCESSABLE
    }

    fn parse(&self, reply: &Reply) -> Result<Validation, Unreadable> {
        Validation::parse(reply)
    }
}

/// One part, without a payload; a `.twbx` is refused.
fn workbook(twb: &Source) -> Body {
    Body::Multipart(Multipart {
        payload: None,
        file: Some(FilePart {
            name: "tableau_workbook",
            filename: "workbook.twb".into(),
            source: twb.clone(),
            progress: None,
        }),
    })
}

impl Site {
    /// Judges a `.twb`. [`Error::is_not_available`] says that the server is too old.
    pub async fn validate_workbook(&self, twb: Source) -> Result<Validation, Error> {
        self.run(&ValidateWorkbook(twb)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::reply;

    #[test]
    fn a_valid_workbook_may_have_warnings() {
        let body = r#"{"timestamp":"2026-06-10T14:32:18.456Z","warnings":[{"severity":"WARNING","message":"w","line":3,"column":1}]}"#;
        let call = ValidateWorkbook(Source::bytes(""));
        let validation = call.parse(&reply(200, body)).unwrap();
        assert!(validation.is_valid());
        assert_eq!(validation.warnings.len(), 1);
    }

    #[test]
    fn an_invalid_workbook_is_a_result() {
        let body = include_str!("../../../fixtures/wire/validation-422.json");
        let call = ValidateWorkbook(Source::bytes(""));
        assert!(call.is_answer(422) && !call.is_answer(400));
        let validation = call.parse(&reply(422, body)).unwrap();
        assert!(!validation.is_valid());
        let error = &validation.errors[0];
        assert_eq!(
            (error.line, error.column, error.element.as_deref()),
            (Some(12), Some(7), Some("datasource"))
        );
        assert!(
            call.parse(&reply(422, r#"{"error":"Unprocessable"}"#))
                .is_err()
        );
    }
}
