//! Publishing: a whole file in one request, or the commit of an upload.

use reqwest::Method;

use super::{
    Endpoint, Path, Patience, Query, Reply, content::FileType, datasources::Datasource,
    flows::Flow, jobs::Job, uploads::UploadSession, workbooks::Workbook,
};
use crate::api::{
    body::{Body, FilePart, Multipart},
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    retry::Replay,
    secret::Secret,
    site::Site,
    source::{Progress, Source},
    version::ApiVersion,
    xml::Element,
};

/// Where the bytes of a publish are.
#[derive(Clone)]
pub enum Upload {
    /// In this request: at most [`crate::api::MAX_CHUNK`] bytes.
    Whole {
        /// The file.
        file: Source,
        /// Told of its bytes.
        progress: Option<Progress>,
    },
    /// On the site already.
    Session(UploadSession),
}

/// What a publish does with an item of the same name in the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMode {
    /// It is refused: 403130, 403007 or 409041.
    Create,
    /// It is overwritten and keeps its LUID. Where there is none, one is made.
    Overwrite,
    /// Rows are added to the single table of its extract: data sources only.
    Append,
    /// The data of its extract is replaced: data sources only, API 3.25.
    Replace,
}

/// Credentials of a database that the site keeps with the item. Those in the file do not count.
#[derive(Clone, Debug)]
pub struct EmbeddedCredentials {
    /// The host of the connection that they are for, as in the file. Without one, they are for the
    /// only connection of the item.
    pub server_address: Option<String>,
    /// Its port.
    pub server_port: Option<String>,
    /// The user.
    pub user_name: String,
    /// The password; none with OAuth.
    pub password: Option<Secret>,
    /// Whether the user is one whose saved OAuth credentials the site has.
    pub oauth: bool,
}

impl EmbeddedCredentials {
    fn credentials(&self) -> Element {
        Element::new("connectionCredentials")
            .attr("name", &self.user_name)
            .attr_if("password", self.password.as_ref().map(Secret::expose))
            .attr("embed", "true")
            .flag_if("oAuth", self.oauth.then_some(true))
    }

    /// A single one without an address stands alone; others stand in a list, where the site finds
    /// the connection by its address.
    fn write(all: &[Self], to: Element) -> Element {
        match all {
            [] => to,
            [one] if one.server_address.is_none() => to.child(&one.credentials()),
            all => to.child(&Element::new("connections").children(all.iter().map(|one| {
                Element::new("connection")
                    .attr_if("serverAddress", one.server_address.as_deref())
                    .attr_if("serverPort", one.server_port.as_deref())
                    .child(&one.credentials())
            }))),
        }
    }
}

/// `POST /sites/{site}/workbooks`.
///
/// Unsafe to repeat, as the others here: look for the item before doing it again. An overwrite drops
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

/// What a publish answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published<T> {
    /// The item, done.
    Done(T),
    /// A job. It never tells the LUID of the item: find that by project and name afterwards.
    Job(Job),
}

impl<T> Published<T> {
    fn parse(
        reply: &Reply,
        name: &str,
        read: impl Fn(Node<'_>) -> Result<T, Unreadable>,
    ) -> Result<Self, Unreadable> {
        let document = reply.document()?;
        let root = document.root();
        match root.child("job") {
            Some(job) => Job::parse(job).map(Self::Job),
            None => read(root.need(name)?).map(Self::Done),
        }
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

fn in_project(project: Luid) -> Element {
    Element::new("project").attr("id", &project.to_string())
}

fn session(upload: &Upload, query: &mut Query) {
    if let Upload::Session(session) = upload {
        query.set("uploadSessionId", session);
    }
}

/// The file goes by a plain name: the name of the item is in the payload.
fn body(payload: String, part: &'static str, stem: &str, kind: FileType, upload: &Upload) -> Body {
    let file = match upload {
        Upload::Session(_) => None,
        Upload::Whole { file, progress } => Some(FilePart {
            name: part,
            filename: format!("{stem}.{}", kind.extension()),
            source: file.clone(),
            progress: progress.clone(),
        }),
    };
    Body::Multipart(Multipart {
        payload: Some(payload),
        file,
    })
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

    /// Publishes a data source.
    pub async fn publish_datasource(
        &self,
        publish: &PublishDatasource,
    ) -> Result<Published<Datasource>, Error> {
        self.run(publish).await
    }

    /// Publishes a flow.
    pub async fn publish_flow(&self, publish: &PublishFlow) -> Result<Flow, Error> {
        self.run(publish).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{address, luid, reply, sent};

    fn whole() -> Upload {
        Upload::Whole {
            file: Source::bytes("PK"),
            progress: None,
        }
    }

    fn committed() -> Upload {
        Upload::Session(UploadSession::new("1:a-1:0").unwrap())
    }

    fn credentials(server: Option<&str>) -> EmbeddedCredentials {
        EmbeddedCredentials {
            server_address: server.map(str::to_owned),
            server_port: server.map(|_| "5432".to_owned()),
            user_name: "svc".into(),
            password: Some(Secret::new("p'w")),
            oauth: false,
        }
    }

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
    fn a_single_connection_needs_no_address() {
        let call = PublishDatasource {
            credentials: vec![credentials(None)],
            ..PublishDatasource::new("Orders", luid(1), FileType::Hyper, whole())
        };
        assert!(address(&call).ends_with("/datasources?datasourceType=hyper&overwrite=false"));
        assert!(sent(&call).contains("<datasource name=\"Orders\"><connectionCredentials "));
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
        let done = reply(201, include_str!("../../../fixtures/wire/workbook.json"));
        assert!(matches!(call.parse(&done).unwrap(), Published::Done(w) if w.name == "Sales"));
        let job = reply(202, include_str!("../../../fixtures/wire/job-new.json"));
        assert!(matches!(call.parse(&job).unwrap(), Published::Job(_)));
        let page = reply(200, "<html></html>");
        assert!(call.parse(&page).is_err());
    }

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
