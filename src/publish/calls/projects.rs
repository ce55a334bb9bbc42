//! Projects: those that a plan creates, and the reserved one that is the lock.

use jiff::Timestamp;

use crate::api::endpoint::projects::{NewProject, Project};
use crate::api::{Error, Fate, Filter};

use super::{Calls, luid};

/// Times that a project is created, when the site does not say whether it has done so and it is not there.
const ATTEMPTS: u32 = 3;

/// The reserved project as it is on the site.
#[derive(Debug, Clone)]
pub(in crate::publish) struct Reserved {
    pub(in crate::publish) luid: String,
    pub(in crate::publish) description: String,
    /// When it was made or last changed, by the site's clock.
    pub(in crate::publish) since: Option<Timestamp>,
}

impl Calls {
    /// Creates a project, or finds the one that is there already. Names are unique under one parent, so doing it twice
    /// makes no second one.
    pub(in crate::publish) async fn create_project(
        &self,
        parent: Option<&str>,
        name: &str,
    ) -> Result<String, Error> {
        let parent = parent.map(luid).transpose()?;
        let project = NewProject {
            name: name.to_owned(),
            parent,
            ..NewProject::default()
        };
        let mut attempt = 1;
        loop {
            let error = match self.site.create_project(project.clone()).await {
                Ok(project) => return Ok(project.id.to_string()),
                Err(error) if error.is(409_006) || error.fate() == Fate::Unknown => error,
                Err(error) => return Err(error),
            };
            let same =
                |p: &Project| p.parent == parent && p.name.to_lowercase() == name.to_lowercase();
            let projects = self.site.projects(Filter::all()).await?;
            if let Some(project) = projects.iter().find(|p| same(p)) {
                return Ok(project.id.to_string());
            }
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Creates the reserved project, once. 409006 is the answer when it is there.
    pub(in crate::publish) async fn reserve(
        &self,
        name: &str,
        description: &str,
    ) -> Result<String, Error> {
        let project = NewProject {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            ..NewProject::default()
        };
        let made = self.site.create_project(project).await?;
        Ok(made.id.to_string())
    }

    pub(in crate::publish) async fn reserved(&self, name: &str) -> Result<Option<Reserved>, Error> {
        let projects = self.site.projects(Filter::all()).await?;
        let found = projects
            .into_iter()
            .find(|p| p.parent.is_none() && p.name.to_lowercase() == name.to_lowercase());
        Ok(found.map(|p| Reserved {
            luid: p.id.to_string(),
            description: p.description.unwrap_or_default(),
            since: p.created_at.max(p.updated_at),
        }))
    }

    /// Changes its description, and with it the time that [`Reserved::since`] tells.
    pub(in crate::publish) async fn renew(
        &self,
        id: &str,
        description: String,
    ) -> Result<(), Error> {
        self.site.describe_project(luid(id)?, description).await
    }

    pub(in crate::publish) async fn delete_project(&self, id: &str) -> Result<(), Error> {
        self.site.delete_project(luid(id)?).await
    }
}
