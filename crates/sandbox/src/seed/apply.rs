//! Makes what a seed names.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Seed, SeedProject, SeedSchedule, SeedToken, SeedUser};
use crate::endpoint::users::set_password;
use crate::error::ApiError;
use crate::frequency;
use crate::model::{
    Account, ContentPermissions, Frequency, Grantee, GranteeKind, Group, Mode, Project, Rule,
    Schedule, Site, SiteRole, TableauApp, Token, User, new_id,
};
use crate::session::hash_secret;
use crate::store::Tx;

/// Makes what the seed names and is not there yet.
pub(crate) fn apply(tx: &Tx<'_>, seed: &Seed) -> Result<(), ApiError> {
    for site in &seed.sites {
        if tx
            .by_url::<Site>("", &site.content_url.to_lowercase())?
            .is_none()
        {
            tx.put(&Site {
                id: new_id(),
                name: site.name.clone(),
                content_url: site.content_url.clone(),
                settings: BTreeMap::new(),
            })?;
        }
    }
    let sites = tx.everywhere::<Site>()?;
    for user in &seed.users {
        seed_user(tx, &sites, user)?;
    }
    for site in &sites {
        seed_site(tx, site, seed)?;
    }
    for token in &seed.tokens {
        seed_token(tx, token)?;
    }
    for app in &seed.connected_apps {
        tx.put(&TableauApp {
            id: app.client_id.clone(),
            secret_id: app.secret_id.clone(),
            secret_value: app.secret_value.clone(),
        })?;
    }
    for project in &seed.projects {
        seed_project(tx, project)?;
    }
    for schedule in &seed.schedules {
        seed_schedule(tx, schedule)?;
    }
    Ok(())
}

fn bad_seed(detail: String) -> ApiError {
    ApiError::bad_request(detail)
}

fn seed_user(tx: &Tx<'_>, sites: &[Site], seed: &SeedUser) -> Result<(), ApiError> {
    let site_role: SiteRole = seed.site_role.parse().map_err(|()| {
        bad_seed(format!(
            "user '{}': '{}' is not a site role",
            seed.name, seed.site_role
        ))
    })?;
    let key = seed.name.to_lowercase();
    if let (Some(password), None) = (&seed.password, tx.get::<Account>(&key)?) {
        set_password(tx, &seed.name, password)?;
    }
    for site in sites
        .iter()
        .filter(|site| seed.sites.is_empty() || seed.sites.contains(&site.content_url))
    {
        if tx.by_name::<User>(&site.id, &key)?.is_none() {
            tx.put(&User {
                id: new_id(),
                site: site.id.clone(),
                name: seed.name.clone(),
                site_role,
                full_name: seed.full_name.clone(),
                email: seed.email.clone(),
                auth_setting: "ServerDefault".to_owned(),
                last_login: None,
            })?;
        }
    }
    Ok(())
}

/// What a new site has at its start: seats of the server's administrators, the group of all users, the default project.
pub(crate) fn furnish(tx: &Tx<'_>, site: &Site) -> Result<(), ApiError> {
    for user in tx.everywhere::<User>()? {
        if user.site_role.is_server_admin()
            && tx
                .by_name::<User>(&site.id, &user.name.to_lowercase())?
                .is_none()
        {
            tx.put(&User {
                id: new_id(),
                site: site.id.clone(),
                last_login: None,
                ..user
            })?;
        }
    }
    let nothing = Seed {
        groups: Vec::new(),
        ..Seed::default()
    };
    seed_site(tx, site, &nothing)
}

/// The group of all users, the default project, the seed's groups.
fn seed_site(tx: &Tx<'_>, site: &Site, seed: &Seed) -> Result<(), ApiError> {
    let users = tx.all::<User>(&site.id)?;
    let owner = users
        .iter()
        .find(|user| user.site_role.is_admin())
        .ok_or_else(|| bad_seed(format!("the site '{}' has no administrator", site.name)))?;
    let all_users = match tx.by_name::<Group>(&site.id, "all users")? {
        Some(group) => group,
        None => put_group(tx, site, "All Users", Vec::new(), true)?,
    };
    for group in &seed.groups {
        if tx
            .by_name::<Group>(&site.id, &group.name.to_lowercase())?
            .is_none()
        {
            let members = users
                .iter()
                .filter(|user| group.members.contains(&user.name))
                .map(|user| user.id.clone());
            put_group(tx, site, &group.name, members.collect(), false)?;
        }
    }
    if tx
        .all::<Project>(&site.id)?
        .iter()
        .all(|project| !project.default)
    {
        tx.put(&default_project(site, owner, &all_users))?;
    }
    Ok(())
}

fn put_group(
    tx: &Tx<'_>,
    site: &Site,
    name: &str,
    members: Vec<String>,
    everybody: bool,
) -> Result<Group, ApiError> {
    let group = Group {
        id: new_id(),
        site: site.id.clone(),
        name: name.to_owned(),
        minimum_site_role: None,
        members,
        everybody,
    };
    tx.put(&group)?;
    Ok(group)
}

/// The vendor's start: everybody may view, and publish, in the default project.
fn default_project(site: &Site, owner: &User, all_users: &Group) -> Project {
    let rules = |capabilities: &[&str]| -> Vec<Rule> {
        let grantee = Grantee {
            kind: GranteeKind::Group,
            id: all_users.id.clone(),
        };
        let rule = |name: &&str| Rule {
            grantee: grantee.clone(),
            capability: (*name).to_owned(),
            mode: Mode::Allow,
        };
        capabilities.iter().map(rule).collect()
    };
    let now = Timestamp::now();
    let view = [
        "Read",
        "Filter",
        "ViewComments",
        "AddComment",
        "ExportImage",
        "ExportData",
    ];
    Project {
        id: new_id(),
        site: site.id.clone(),
        name: "Default".to_owned(),
        description: "The default project that was automatically created by Tableau.".to_owned(),
        parent: String::new(),
        content_permissions: ContentPermissions::ManagedByOwner,
        owner: owner.id.clone(),
        created_at: now,
        updated_at: now,
        default: true,
        permissions: rules(&["Read", "Write"]),
        default_permissions: [
            ("workbooks".to_owned(), rules(&view)),
            ("datasources".to_owned(), rules(&["Read", "Connect"])),
            ("flows".to_owned(), rules(&["Read"])),
        ]
        .into(),
    }
}

fn seed_token(tx: &Tx<'_>, seed: &SeedToken) -> Result<(), ApiError> {
    if tx.get::<Token>(&seed.name)?.is_some() {
        return Ok(());
    }
    let salt = new_id();
    let year = SignedDuration::from_hours(24 * 365);
    tx.put(&Token {
        id: seed.name.clone(),
        secret_hash: hash_secret(&salt, &seed.secret),
        salt,
        user_name: seed.user.clone(),
        expires_at: Timestamp::now() + year,
    })
}

fn seed_schedule(tx: &Tx<'_>, seed: &SeedSchedule) -> Result<(), ApiError> {
    if tx
        .by_name::<Schedule>("", &seed.name.to_lowercase())?
        .is_some()
    {
        return Ok(());
    }
    let frequency = Frequency {
        name: seed.frequency.clone(),
        start: seed.start.clone(),
        end: seed.end.clone(),
        intervals: seed
            .intervals
            .iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    };
    frequency::check_server(&frequency)
        .map_err(|error| bad_seed(format!("schedule '{}': {}", seed.name, error.detail)))?;
    let now = Timestamp::now();
    tx.put(&Schedule {
        id: new_id(),
        name: seed.name.clone(),
        kind: seed.kind.clone(),
        priority: 50,
        execution_order: "Parallel".to_owned(),
        active: true,
        frequency,
        created_at: now,
        updated_at: now,
    })
}

fn seed_project(tx: &Tx<'_>, seed: &SeedProject) -> Result<(), ApiError> {
    let site = tx
        .by_url::<Site>("", &seed.site.to_lowercase())?
        .ok_or_else(|| {
            bad_seed(format!(
                "project '{}': there is no site '{}'",
                seed.path, seed.site
            ))
        })?;
    let all = tx.all::<Project>(&site.id)?;
    let model = all
        .iter()
        .find(|project| project.default)
        .ok_or_else(|| bad_seed(format!("the site '{}' has no default project", site.name)))?;
    let mut parent = String::new();
    let mut names = seed.path.split('/').peekable();
    while let Some(name) = names.next() {
        parent = match tx.by_name::<Project>(&site.id, &Project::key(&parent, name))? {
            Some(project) => project.id,
            None => {
                let last = names.peek().is_none();
                let project = seeded(model, seed, name, &parent, last)?;
                tx.put(&project)?;
                project.id
            }
        };
    }
    Ok(())
}

fn seeded(
    model: &Project,
    seed: &SeedProject,
    name: &str,
    parent: &str,
    last: bool,
) -> Result<Project, ApiError> {
    let content_permissions = match seed.content_permissions.as_deref().filter(|_| last) {
        None => ContentPermissions::ManagedByOwner,
        Some(text) => ContentPermissions::parse(text).ok_or_else(|| {
            bad_seed(format!(
                "project '{}': '{text}' is not a contentPermissions",
                seed.path
            ))
        })?,
    };
    Ok(Project {
        id: new_id(),
        name: name.to_owned(),
        description: if last {
            seed.description.clone()
        } else {
            String::new()
        },
        parent: parent.to_owned(),
        content_permissions,
        default: false,
        created_at: seed.created_at.unwrap_or(model.created_at),
        updated_at: seed.created_at.unwrap_or(model.updated_at),
        ..model.clone()
    })
}
