//! Publishing a data source.

use reqwest::Method;

use super::{EmbeddedCredentials, Published, Upload, WriteMode, body, in_project, session};
use crate::api::{
    body::Body,
    endpoint::{
        Endpoint, Path, Patience, Query, Reply, content::FileType, datasources::Datasource,
    },
    error::Error,
    json::Unreadable,
    luid::Luid,
    retry::Replay,
    site::Site,
    version::ApiVersion,
    xml::Element,
};

/// `POST /sites/{site}/datasources`.
#[derive(Clone)]
pub struct PublishDatasource {
    /// Its name.
    pub name: String,
    /// Where to.
    pub project: Luid,
    /// The file's type.
    pub file_type: FileType,
    /// The file.
    pub upload: Upload,
    /// What to do with one of the same name.
    pub mode: WriteMode,
    /// Answer at once with a job. A job may be visible to administrators only.
    pub as_job: bool,
    /// What people should read; an overwrite without it loses it.
    pub description: Option<String>,
    /// Whether somebody vouches for it.
    pub is_certified: Option<bool>,
    /// What they say.
    pub certification_note: Option<String>,
    /// Whether Tableau Bridge connects it.
    pub use_bridge: Option<bool>,
    /// Credentials to keep.
    pub credentials: Vec<EmbeddedCredentials>,
}

impl PublishDatasource {
    /// A publish with nothing but the file.
    pub fn new(
        name: impl Into<String>,
        project: Luid,
        file_type: FileType,
        upload: Upload,
    ) -> Self {
        Self {
            name: name.into(),
            project,
            file_type,
            upload,
            mode: WriteMode::Create,
            as_job: false,
            description: None,
            is_certified: None,
            certification_note: None,
            use_bridge: None,
            credentials: Vec::new(),
        }
    }

    fn payload(&self) -> String {
        let datasource = Element::new("datasource")
            .attr("name", &self.name)
            .attr_if("description", self.description.as_deref())
            .flag_if("useRemoteQueryAgent", self.use_bridge)
            .flag_if("isCertified", self.is_certified)
            .attr_if("certificationNote", self.certification_note.as_deref());
        EmbeddedCredentials::write(&self.credentials, datasource)
            .child(&in_project(self.project))
            .into_request()
    }
}

impl Endpoint for PublishDatasource {
    type Answer = Published<Datasource>;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn since(&self) -> ApiVersion {
        match self.mode {
            WriteMode::Replace => ApiVersion::new(3, 25),
            _ => ApiVersion::OLDEST,
        }
    }

    fn path(&self) -> Path {
        Path::site("datasources")
    }

    fn query(&self, query: &mut Query) {
        query.set("datasourceType", self.file_type.extension());
        match self.mode {
            WriteMode::Create => query.set("overwrite", false),
            WriteMode::Overwrite => query.set("overwrite", true),
            WriteMode::Append => query.set("append", true),
            WriteMode::Replace => query.set("replace", true),
        }
        query.flag("asJob", self.as_job);
        session(&self.upload, query);
    }

    fn body(&self) -> Body {
        body(
            self.payload(),
            "tableau_datasource",
            "datasource",
            self.file_type,
            &self.upload,
        )
    }

    fn patience(&self) -> Patience {
        Patience::Long
    }

    fn parse(&self, reply: &Reply) -> Result<Published<Datasource>, Unreadable> {
        Published::parse(reply, "datasource", Datasource::parse)
    }
}

impl Site {
    /// Publishes a data source.
    pub async fn publish_datasource(
        &self,
        publish: &PublishDatasource,
    ) -> Result<Published<Datasource>, Error> {
        self.run(publish).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::{
        publish::testing::{credentials, whole},
        testing::{address, luid, sent},
    };

    #[test]
    fn a_single_connection_needs_no_address() {
        let call = PublishDatasource {
            credentials: vec![credentials(None)],
            ..PublishDatasource::new("Orders", luid(1), FileType::Hyper, whole())
        };
        assert!(address(&call).ends_with("/datasources?datasourceType=hyper&overwrite=false"));
        assert!(sent(&call).contains("<datasource name=\"Orders\"><connectionCredentials "));
    }
}
