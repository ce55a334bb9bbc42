//! Projects.

use jiff::Timestamp;
use reqwest::Method;

use super::{
    Endpoint, Path, Query, Reply,
    content::{OwnerRef, gone_is_done},
};
use crate::api::{
    body::{Body, Members},
    error::Error,
    json::{Node, Unreadable},
    luid::Luid,
    paging::{Filter, Identified, Listing, Page, Paged},
    retry::Replay,
    site::Site,
};

/// Who sets the permissions of a project's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentPermissions {
    /// The owner of each item.
    ManagedByOwner,
    /// The project, for itself and for the projects in it.
    LockedToProject,
    /// The project, for itself only.
    LockedToProjectWithoutNested,
}

impl ContentPermissions {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ManagedByOwner => "ManagedByOwner",
            Self::LockedToProject => "LockedToProject",
            Self::LockedToProjectWithoutNested => "LockedToProjectWithoutNested",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [
            Self::ManagedByOwner,
            Self::LockedToProject,
            Self::LockedToProjectWithoutNested,
        ]
        .into_iter()
        .find(|mode| mode.name() == text)
    }
}

/// A project. Its name is unique, upper and lower case being the same, only under its parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its LUID.
    pub id: Luid,
    /// Its own name; may hold a slash.
    pub name: String,
    /// The project that it is in; none at the top.
    pub parent: Option<Luid>,
    /// What people say of it.
    pub description: Option<String>,
    /// What is in force, which a locked parent may overrule.
    pub content_permissions: Option<ContentPermissions>,
    /// Whose it is.
    pub owner: Option<OwnerRef>,
    /// Whether the account may publish into it, where the call gives it.
    pub writeable: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

impl Project {
    fn parse(node: Node<'_>) -> Result<Self, Unreadable> {
        let permissions = node.text("contentPermissions");
        Ok(Self {
            id: node.need_luid("id")?,
            name: node.need_text("name")?,
            parent: node.luid("parentProjectId"),
            description: node.filled("description"),
            content_permissions: permissions.and_then(|text| ContentPermissions::parse(&text)),
            owner: OwnerRef::parse(node),
            writeable: node.flag("writeable"),
            created_at: node.time("createdAt"),
            updated_at: node.time("updatedAt"),
        })
    }
}

impl Identified for Project {
    fn id(&self) -> Luid {
        self.id
    }
}

/// `GET /sites/{site}/projects`. There is no call for a single project.
#[derive(Clone)]
pub struct QueryProjects(pub Listing);

impl Endpoint for QueryProjects {
    type Answer = Page<Project>;
    const METHOD: Method = Method::GET;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("projects")
    }

    fn query(&self, query: &mut Query) {
        self.0.write(query);
        query.set("fields", "_default_,writeable,owner.name");
    }

    fn parse(&self, reply: &Reply) -> Result<Page<Project>, Unreadable> {
        Page::parse(reply, ("projects", "project"), Project::parse)
    }
}

impl Paged for QueryProjects {
    type Item = Project;

    fn at(&self, page: u32) -> Self {
        Self(self.0.at(page))
    }
}

/// What a new project is to be; what is absent is as the site has it.
#[derive(Clone, Debug, Default)]
pub struct NewProject {
    /// The name.
    pub name: String,
    /// The project to be in; none for the top.
    pub parent: Option<Luid>,
    /// The description.
    pub description: Option<String>,
}

/// `POST /sites/{site}/projects`.
///
/// Unsafe to repeat: where an answer was lost, the second attempt is refused with 409006, which
/// looks like somebody else's project.
pub struct CreateProject(pub NewProject);

impl Endpoint for CreateProject {
    type Answer = Project;
    const METHOD: Method = Method::POST;
    const REPLAY: Replay = Replay::Unsafe;

    fn path(&self) -> Path {
        Path::site("projects")
    }

    fn body(&self) -> Body {
        let NewProject {
            name,
            parent,
            description,
        } = &self.0;
        Members::default()
            .set("name", Some(name.as_str()))
            .set("description", description.as_deref())
            .set("parentProjectId", parent.map(|id| id.to_string()))
            .into_body("project")
    }

    fn parse(&self, reply: &Reply) -> Result<Project, Unreadable> {
        Project::parse(reply.document()?.root().need("project")?)
    }
}

/// `PUT /sites/{site}/projects/{project}`, with another description.
pub struct DescribeProject {
    /// The project.
    pub project: Luid,
    /// What is said of it from now on.
    pub description: String,
}

impl Endpoint for DescribeProject {
    type Answer = ();
    const METHOD: Method = Method::PUT;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("projects").then(self.project)
    }

    fn body(&self) -> Body {
        Members::default()
            .set("description", Some(self.description.as_str()))
            .into_body("project")
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

/// `DELETE /sites/{site}/projects/{project}`: with all that is in it.
pub struct DeleteProject(pub Luid);

impl Endpoint for DeleteProject {
    type Answer = ();
    const METHOD: Method = Method::DELETE;
    const REPLAY: Replay = Replay::Safe;

    fn path(&self) -> Path {
        Path::site("projects").then(self.0)
    }

    fn parse(&self, _: &Reply) -> Result<(), Unreadable> {
        Ok(())
    }
}

impl Site {
    /// Projects: all of them for a path to be resolved, for only parents tell where a project is.
    pub async fn projects(&self, filter: Filter) -> Result<Vec<Project>, Error> {
        self.all(&QueryProjects(Listing::of(filter))).await
    }

    /// Makes a project. A project of the same name under the same parent is 409006.
    pub async fn create_project(&self, project: NewProject) -> Result<Project, Error> {
        self.run(&CreateProject(project)).await
    }

    /// Gives a project another description.
    pub async fn describe_project(&self, project: Luid, description: String) -> Result<(), Error> {
        self.run(&DescribeProject {
            project,
            description,
        })
        .await
    }

    /// Deletes a project with all that is in it. One that is not there is as good.
    pub async fn delete_project(&self, project: Luid) -> Result<(), Error> {
        gone_is_done(self.run(&DeleteProject(project)).await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::endpoint::testing::{luid, reply, sent};

    #[test]
    fn reads_projects_at_the_top_and_below() {
        let reply = reply(200, include_str!("../../../fixtures/wire/projects.json"));
        let page = QueryProjects(Listing::default()).parse(&reply).unwrap();
        assert_eq!((page.size, page.total, page.items.len()), (1000, 2, 2));
        let (top, below) = (&page.items[0], &page.items[1]);
        assert_eq!((&*top.name, top.parent), ("Default", None));
        assert_eq!(below.parent, Some(top.id));
        assert_eq!(below.name, "Sales / EMEA");
        assert_eq!(
            below.content_permissions,
            Some(ContentPermissions::LockedToProject)
        );
    }

    #[test]
    fn sends_what_is_said_and_nothing_else() {
        let top = NewProject {
            name: "A".into(),
            ..NewProject::default()
        };
        let below = NewProject {
            parent: Some(luid(1)),
            ..top.clone()
        };
        assert_eq!(sent(&CreateProject(top)), r#"{"project":{"name":"A"}}"#);
        let describe = DescribeProject {
            project: luid(1),
            description: "B".into(),
        };
        assert_eq!(sent(&describe), r#"{"project":{"description":"B"}}"#);
        assert_eq!(
            sent(&CreateProject(below)),
            format!(
                r#"{{"project":{{"name":"A","parentProjectId":"{}"}}}}"#,
                luid(1)
            )
        );
    }
}
