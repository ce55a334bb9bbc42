//! The Metadata API: lineage by GraphQL.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Endpoint, Path, Reply};
use crate::api::{body::Body, error::Error, json::Unreadable, retry::Replay, site::Site};

/// `POST /api/metadata/graphql`, which has no version.
///
/// Eventually consistent: what was published seconds ago is not there. Good for advice; the
/// connections of an item are the truth. Queries only, so it is safe to repeat.
pub struct MetadataQuery {
    /// In GraphQL.
    pub query: String,
    /// What the query's variables stand for.
    pub variables: Value,
}

/// What a query gives, which may be data and errors at once.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataAnswer {
    /// Null when nothing could be had.
    pub data: Value,
    /// What went wrong; then the data may be a part of it.
    pub errors: Vec<String>,
}

impl Endpoint for MetadataQuery {
    type Answer = MetadataAnswer;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::bare("api").then("metadata").then("graphql")
    }

    fn body(&self) -> Body {
        Body::json(&json!({ "query": self.query, "variables": self.variables }))
    }

    fn parse(&self, reply: &Reply) -> Result<MetadataAnswer, Unreadable> {
        let document = reply.document()?;
        let root = document.root();
        let errors = root.repeated("errors").into_iter();
        Ok(MetadataAnswer {
            data: root.value("data"),
            errors: errors.filter_map(|error| error.filled("message")).collect(),
        })
    }
}

impl Site {
    /// Asks the Metadata API. A Server may have it switched off ([`Error::is_not_available`]).
    pub async fn metadata(
        &self,
        query: impl Into<String>,
        variables: Value,
    ) -> Result<MetadataAnswer, Error> {
        self.run(&MetadataQuery {
            query: query.into(),
            variables,
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, reply};

    #[test]
    fn data_and_errors_come_together() {
        let call = MetadataQuery {
            query: "{x}".into(),
            variables: Value::Null,
        };
        assert_eq!(address(&call), "/api/metadata/graphql");
        let body = include_str!("../../../fixtures/wire/metadata-partial.json");
        let answer = call.parse(&reply(200, body)).unwrap();
        assert_eq!(answer.data["workbooks"][0]["name"], "Sales");
        assert_eq!(
            answer.errors,
            ["Reached time limit of PT5S for query execution."]
        );
    }
}
