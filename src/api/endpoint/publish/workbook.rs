//! Publishing a workbook.

use reqwest::Method;

use super::{EmbeddedCredentials, Published, Upload, WriteMode, body, in_project, session};
use crate::api::{
    body::Body,
    endpoint::{Endpoint, Path, Patience, Query, Reply, content::FileType, workbooks::Workbook},
    error::Error,
    json::Unreadable,
    luid::Luid,
    retry::Replay,
    site::Site,
    xml::Element,
};

/// `POST /sites/{site}/workbooks`.
///
/// Unsafe to repeat, as every publish: look for the item before doing it again. An overwrite drops
/// the owner, tags, view tags, hidden views and embedded credentials that are not sent along.
#[derive(Clone)]
pub struct PublishWorkbook {
    /// Its name.
    pub name: String,
    /// Where to.
    pub project: Luid,
    /// The file's type.
    pub file_type: FileType,
    /// The file.
    pub upload: Upload,
    /// What to do with one of the same name; `Append` and `Replace` are not for workbooks.
    pub mode: WriteMode,
    /// Answer at once with a job. A job may be visible to administrators only.
    pub as_job: bool,
    /// Do not try the credentials.
    pub skip_connection_check: bool,
    /// What people should read.
    pub description: Option<String>,
    /// Whether its views are tabs; absent is no.
    pub show_tabs: Option<bool>,
    /// Sheets that are not to be views. All of them is refused.
    pub hidden_views: Vec<String>,
    /// Credentials to keep.
    pub credentials: Vec<EmbeddedCredentials>,
    /// As whom thumbnails are drawn, where user filters make a difference.
    pub thumbnails_user: Option<Luid>,
}

impl PublishWorkbook {
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
            skip_connection_check: false,
            description: None,
            show_tabs: None,
            hidden_views: Vec::new(),
            credentials: Vec::new(),
            thumbnails_user: None,
        }
    }

    fn payload(&self) -> String {
        let hidden = self.hidden_views.iter();
        let hidden = hidden.map(|name| {
            Element::new("view")
                .attr("name", name)
                .attr("hidden", "true")
        });
        let thumbnails = self.thumbnails_user.map(|id| id.to_string());
        let mut workbook = Element::new("workbook")
            .attr("name", &self.name)
            .attr_if("description", self.description.as_deref())
            .flag_if("showTabs", self.show_tabs)
            .attr_if("thumbnailsUserId", thumbnails.as_deref());
        workbook = EmbeddedCredentials::write(&self.credentials, workbook);
        workbook = workbook.child(&in_project(self.project));
        if !self.hidden_views.is_empty() {
            workbook = workbook.child(&Element::new("views").children(hidden));
        }
        workbook.into_request()
    }
}

impl Endpoint for PublishWorkbook {
    type Answer = Published<Workbook>;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn path(&self) -> Path {
        Path::site("workbooks")
    }

    fn query(&self, query: &mut Query) {
        query.set("workbookType", self.file_type.extension());
        query.set("overwrite", self.mode == WriteMode::Overwrite);
        query.flag("asJob", self.as_job);
        query.flag("skipConnectionCheck", self.skip_connection_check);
        session(&self.upload, query);
    }

    fn body(&self) -> Body {
        body(
            self.payload(),
            "tableau_workbook",
            "workbook",
            self.file_type,
            &self.upload,
        )
    }

    fn patience(&self) -> Patience {
        Patience::Long
    }

    fn parse(&self, reply: &Reply) -> Result<Published<Workbook>, Unreadable> {
        Published::parse(reply, "workbook", Workbook::parse)
    }
}

impl Site {
    /// Publishes a workbook.
    pub async fn publish_workbook(
        &self,
        publish: &PublishWorkbook,
    ) -> Result<Published<Workbook>, Error> {
        match self.run(publish).await {
            // By older documentation, there must be something to overwrite.
            Err(error) if error.is(404_006) && publish.mode == WriteMode::Overwrite => {
                let mode = WriteMode::Create;
                self.run(&PublishWorkbook {
                    mode,
                    ..publish.clone()
                })
                .await
            }
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::{
        publish::testing::{committed, credentials, whole},
        testing::{address, luid, reply, sent},
    };

    #[test]
    fn a_workbook_says_all_that_an_overwrite_would_drop() {
        let call = PublishWorkbook {
            mode: WriteMode::Overwrite,
            as_job: true,
            skip_connection_check: true,
            show_tabs: Some(true),
            hidden_views: vec!["Bob's".into()],
            credentials: vec![credentials(Some("db"))],
            ..PublishWorkbook::new("Sales", luid(1), FileType::Twbx, committed())
        };
        assert!(address(&call).ends_with(
            "/workbooks?workbookType=twbx&overwrite=true&asJob=true&skipConnectionCheck=true&uploadSessionId=1%3Aa-1%3A0"
        ));
        assert_eq!(
            sent(&call),
            format!(
                "<tsRequest><workbook name=\"Sales\" showTabs=\"true\"><connections>\
                 <connection serverAddress=\"db\" serverPort=\"5432\"><connectionCredentials \
                 name=\"svc\" password=\"p&#39;w\" embed=\"true\"/></connection></connections>\
                 <project id=\"{}\"/><views><view name=\"Bob&#39;s\" hidden=\"true\"/></views>\
                 </workbook></tsRequest>",
                luid(1)
            )
        );
    }

    #[test]
    fn a_session_has_no_file_and_a_whole_one_has() {
        let file = |upload| match PublishWorkbook::new("A", luid(1), FileType::Twb, upload).body() {
            Body::Multipart(multipart) => multipart.file.map(|file| file.filename),
            _ => None,
        };
        assert_eq!(file(whole()).as_deref(), Some("workbook.twb"));
        assert_eq!(file(committed()), None);
    }

    #[test]
    fn the_answer_is_the_item_or_a_job() {
        let call = PublishWorkbook::new("Sales", luid(1), FileType::Twbx, whole());
        let done = reply(201, include_str!("../../../../fixtures/wire/workbook.json"));
        assert!(matches!(call.parse(&done).unwrap(), Published::Done(w) if w.name == "Sales"));
        let job = reply(202, include_str!("../../../../fixtures/wire/job-new.json"));
        assert!(matches!(call.parse(&job).unwrap(), Published::Job(_)));
        let page = reply(200, "<html></html>");
        assert!(call.parse(&page).is_err());
    }
}
