//! Publishing: a whole file in one request, or the commit of an upload.

mod datasource;
mod flow;
mod workbook;

use super::{Query, Reply, content::FileType, jobs::Job, uploads::UploadSession};
use crate::api::{
    body::{Body, FilePart, Multipart},
    json::{Node, Unreadable},
    luid::Luid,
    secret::Secret,
    source::{Progress, Source},
    xml::Element,
};

pub use datasource::PublishDatasource;
pub use flow::PublishFlow;
pub use workbook::PublishWorkbook;

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

#[cfg(test)]
mod testing {
    //! Uploads and credentials for the tests of each publish.

    use super::{EmbeddedCredentials, Upload};
    use crate::api::{endpoint::uploads::UploadSession, secret::Secret, source::Source};

    pub(super) fn whole() -> Upload {
        Upload::Whole {
            file: Source::bytes("PK"),
            progress: None,
        }
    }

    pub(super) fn committed() -> Upload {
        Upload::Session(UploadSession::new("1:a-1:0").unwrap())
    }

    pub(super) fn credentials(server: Option<&str>) -> EmbeddedCredentials {
        EmbeddedCredentials {
            server_address: server.map(str::to_owned),
            server_port: server.map(|_| "5432".to_owned()),
            user_name: "svc".into(),
            password: Some(Secret::new("p'w")),
            oauth: false,
        }
    }
}
