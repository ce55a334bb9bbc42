//! Many users at once, from a CSV file: import and removal.

use std::io::Read;

use super::users;
use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::jobs;
use crate::model::{Account, JobWork, SiteRole, User, new_id};

/// Larger files are refused.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// The lines of the file part `name`. There is no line of heads.
fn lines(call: &Call, name: &str) -> Result<Vec<csv::StringRecord>, ApiError> {
    let file = call.parts()?.files.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| {
        ApiError::new(400_019, format!("The request has no part named '{name}'."))
    })?;
    let content = &file.content;
    let mut text = Vec::new();
    call.app
        .blobs
        .reader(content)
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(ApiError::new(413_000, "The file is too large."));
    }
    let malformed = |error: csv::Error| {
        ApiError::new(400_019, format!("The file is not well-formed CSV: {error}"))
    };
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text))
        .into_records()
        .collect::<Result<Vec<_>, _>>()
        .map_err(malformed)
}

/// A name may have its domain before it: `local\anna`.
fn name(line: &csv::StringRecord) -> Result<&str, ApiError> {
    let name = line.get(0).unwrap_or_default();
    let name = name.rsplit('\\').next().unwrap_or_default();
    if name.is_empty() {
        let number = line.position().map_or(0, csv::Position::line);
        return Err(ApiError::new(
            400_019,
            format!("Line {number} of the file has no user name."),
        ));
    }
    Ok(name)
}

/// License, administration and publishing as the vendor's guide to these files combines them.
fn role(line: &csv::StringRecord) -> Result<SiteRole, ApiError> {
    let column = |index| line.get(index).unwrap_or_default().to_lowercase();
    let (license, admin, publisher) = (column(3), column(4), column(5));
    let publishes = matches!(publisher.as_str(), "yes" | "true" | "1" | "y" | "t");
    Ok(match (admin.as_str(), license.as_str()) {
        ("system", _) => SiteRole::ServerAdministrator,
        ("site", "creator") => SiteRole::SiteAdministratorCreator,
        ("site", "explorer") => SiteRole::SiteAdministratorExplorer,
        ("" | "none", "creator") => SiteRole::Creator,
        ("" | "none", "explorer") if publishes => SiteRole::ExplorerCanPublish,
        ("" | "none", "explorer") => SiteRole::Explorer,
        ("" | "none", "viewer") => SiteRole::Viewer,
        ("" | "none", "" | "unlicensed") => SiteRole::Unlicensed,
        _ => {
            let number = line.position().map_or(0, csv::Position::line);
            return Err(ApiError::new(
                400_013,
                format!(
                    "Line {number} of the file: license '{license}' and administrator level '{admin}' do not go together."
                ),
            ));
        }
    })
}

/// A job adds the users that are missing, and gives those that are there what the file says.
pub(crate) fn import(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let (mut imported, mut accounts) = (Vec::new(), Vec::<Account>::new());
    for line in lines(call, "tableau_user_import")? {
        let name = name(&line)?;
        let site_role = role(&line)?;
        if site_role.is_server_admin() && !call.role()?.is_server_admin() {
            return Err(ApiError::forbidden(
                "Only a server administrator may add server administrators.",
            ));
        }
        if let Some(password) = line.get(1).filter(|password| !password.is_empty()) {
            accounts.push(users::account(name, password));
        }
        let full_name = line.get(2).filter(|text| !text.is_empty()).unwrap_or(name);
        imported.push(User {
            id: new_id(),
            site: call.site()?.to_owned(),
            name: name.to_owned(),
            site_role,
            full_name: full_name.to_owned(),
            email: line.get(6).unwrap_or_default().to_owned(),
            auth_setting: setting(call, name)?,
            last_login: None,
        });
    }
    let work = JobWork::ImportUsers {
        users: imported,
        accounts,
    };
    let job = call.transact(|tx| {
        jobs::add(
            &call.app,
            tx,
            call.user()?,
            "UserImport",
            "Import users",
            work,
        )
    })?;
    call.app.job_added.notify_one();
    Ok(Answer::with(
        hyper::StatusCode::ACCEPTED,
        [super::jobs::element(&job, None)],
    ))
}

/// How a user signs in, where the payload says so: a `user` element for one of them, or one without a name for all.
fn setting(call: &Call, name: &str) -> Result<String, ApiError> {
    let Some((payload, format)) = &call.parts()?.payload else {
        return Ok("ServerDefault".to_owned());
    };
    let root = format.parse(payload)?;
    let mut users = root.children.iter().filter(|node| node.name == "user");
    let fits = |name: Option<&str>, wanted: &str| {
        name.is_none_or(|name| name.eq_ignore_ascii_case(wanted))
    };
    let found = users.find(|node| fits(node.attribute("name"), name));
    let setting = found.and_then(|node| node.attribute("authSetting"));
    Ok(setting.unwrap_or("ServerDefault").to_owned())
}

/// Removes the users that the file names. One that owns content stays, unlicensed, as when it is removed alone.
pub(crate) fn remove(call: &Call) -> Result<Answer, ApiError> {
    call.require_admin()?;
    let lines = lines(call, "tableau_user_delete")?;
    call.transact(|tx| {
        for line in &lines {
            let name = name(line)?;
            let user = tx
                .by_name::<User>(call.site()?, &name.to_lowercase())?
                .ok_or_else(|| {
                    ApiError::new(404_002, format!("User '{name}' could not be found."))
                })?;
            users::remove(call, tx, user)?;
        }
        Ok(())
    })?;
    Ok(Answer::no_content())
}
