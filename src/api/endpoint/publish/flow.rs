//! Publishing a flow.

use reqwest::Method;

use super::{EmbeddedCredentials, Upload, WriteMode, body, in_project, session};
use crate::api::{
    body::Body,
    endpoint::{Endpoint, Path, Patience, Query, Reply, content::FileType, flows::Flow},
    error::Error,
    json::Unreadable,
    luid::Luid,
    retry::Replay,
    site::Site,
    xml::Element,
};

/// `POST /sites/{site}/flows`: never as a job.
#[derive(Clone)]
pub struct PublishFlow {
    /// Its name.
    pub name: String,
    /// Where to.
    pub project: Luid,
    /// The file's type.
    pub file_type: FileType,
    /// The file.
    pub upload: Upload,
    /// What to do with one of the same name; `Append` and `Replace` are not for flows.
    pub mode: WriteMode,
    /// What people should read.
    pub description: Option<String>,
    /// Credentials to keep.
    pub credentials: Vec<EmbeddedCredentials>,
}

impl Endpoint for PublishFlow {
    type Answer = Flow;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn path(&self) -> Path {
        Path::site("flows")
    }

    fn query(&self, query: &mut Query) {
        query.set("flowType", self.file_type.extension());
        query.set("overwrite", self.mode == WriteMode::Overwrite);
        session(&self.upload, query);
    }

    fn body(&self) -> Body {
        let flow = Element::new("flow")
            .attr("name", &self.name)
            .attr_if("description", self.description.as_deref());
        let payload = EmbeddedCredentials::write(&self.credentials, flow)
            .child(&in_project(self.project))
            .into_request();
        body(
            payload,
            "tableau_flow",
            "flow",
            self.file_type,
            &self.upload,
        )
    }

    fn patience(&self) -> Patience {
        Patience::Long
    }

    /// The flow's output steps stand beside it.
    fn parse(&self, reply: &Reply) -> Result<Flow, Unreadable> {
        Flow::parse(reply.document()?.root().need("flow")?)
    }
}

impl Site {
    /// Publishes a flow.
    pub async fn publish_flow(&self, publish: &PublishFlow) -> Result<Flow, Error> {
        self.run(publish).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::{
        publish::testing::whole,
        testing::{luid, reply},
    };

    #[test]
    fn a_flow_is_found_beside_its_output_steps() {
        let call = PublishFlow {
            name: "Clean".into(),
            project: luid(1),
            file_type: FileType::Tflx,
            upload: whole(),
            mode: WriteMode::Create,
            description: None,
            credentials: Vec::new(),
        };
        let body = r#"{"flowOutputSteps":{"flowOutputStep":[{"id":"00000000-0000-4000-8000-000000000009","name":"Out"}]},"flow":{"id":"00000000-0000-4000-8000-000000000030","name":"Clean","fileType":"tflx"}}"#;
        assert_eq!(call.parse(&reply(201, body)).unwrap().id, luid(0x30));
    }
}
