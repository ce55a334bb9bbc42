//! Tableau's six-digit error codes: what they mean in plain words, and what to do.

use std::fmt;

/// A code such as `403132`. The first three digits are the HTTP status, but for some exceptions:
/// decide by the code, and by the status only where there is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(pub u32);

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is known about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: ErrorCode,
    /// A short name.
    pub name: &'static str,
    /// What happened.
    pub cause: &'static str,
    /// What to do about it.
    pub fix: &'static str,
}

impl ErrorCode {
    /// What the code means, where the table has it.
    pub fn explain(self) -> Option<&'static Explanation> {
        let at = TABLE.binary_search_by_key(&self, |row| row.code).ok()?;
        TABLE.get(at)
    }
}

const fn row(code: u32, name: &'static str, cause: &'static str, fix: &'static str) -> Explanation {
    Explanation {
        code: ErrorCode(code),
        name,
        cause,
        fix,
    }
}

/// Ordered by code. Sources: REST API help, "Handling Errors" and the tables of the methods (read
/// 2026-11); issues of Tableau's own clients where the help is silent.
#[rustfmt::skip]
static TABLE: &[Explanation] = &[
    row(400_000, "bad request", "the site could not read the request", "check that the server version is supported; if it is, this is a bug of the client: report it with the request id"),
    row(400_003, "bad request", "a value in the request is not valid", "see the detail for the value"),
    row(400_006, "bad page number", "the page asked for does not exist (any more)", "run the command again: the list changed while it was read"),
    row(400_008, "bad parameter value", "a parameter has a value that this server does not take, or a name is empty or longer than 255 characters", "see the detail for the parameter; shorten the name"),
    row(400_009, "bad capability", "a capability is not valid for this kind of content", "use a capability that exists for this kind of content on this server version"),
    row(400_010, "bad data source file", "the file's extension or content is not that of a data source", "publish a .tds, .tdsx or .hyper file"),
    row(400_011, "content refused", "the server could not take the file: it is damaged, was saved by a newer Tableau than the server, hides every sheet, or names a published data source that the site does not have", "check the file offline, compare its version with the server's, and publish its data sources first"),
    row(400_016, "block too large", "a block of the upload is larger than the server's configured maximum", "set a smaller chunk size"),
    row(400_019, "bad payload", "the request payload of the upload is not what the server expects", "a proxy may have changed the request; report it with the request id otherwise"),
    row(400_020, "bad workbook file", "the file's extension is not that of a workbook, or there is no data in it", "publish a .twb or .twbx file that is not empty"),
    row(400_031, "job unknown", "the job cannot be read; it may have been cleaned up", "look at the content itself"),
    row(400_035, "bad workbook type", "the type of the uploaded workbook is missing or wrong", "publish a .twb or .twbx file"),
    row(400_039, "connection not editable", "the connection leads to a published data source and cannot be edited", "rewrite the file to point to another data source, and set the credentials on the data source"),
    row(400_041, "value too long", "a value is longer than the server allows", "shorten it; the detail names it"),
    row(400_055, "two write modes", "overwrite and append were asked for at once", "ask for one of them"),
    row(400_065, "bad filter", "the filter is not understood by this server version", "a name with a comma or an ampersand cannot be filtered by"),
    row(400_074, "view not rendered", "the server could not render the view, often because a connection has lost its credentials", "see the detail; embed the credentials of the connections again"),
    row(400_080, "view not found", "the view does not exist, or its data could not be read", "check that the view is published and that its connections have credentials"),
    row(400_086, "bad flow file", "the file's extension is not that of a flow", "publish a .tfl or .tflx file"),
    row(400_141, "file newer than the server", "the workbook was saved by a newer Tableau than the server runs", "save it for the server's version (Tableau Desktop: Export As Version), or upgrade the server"),
    row(400_142, "flow without outputs", "the flow has no output step", "add an output step"),
    row(401_000, "not signed in", "the request carried no session that the server knows", "sign in again; check that no proxy drops the header X-Tableau-Auth"),
    row(401_001, "sign-in refused", "the name or secret is wrong, the token has expired or was revoked or lay unused for 15 days, the account is locked, or the site's content URL is wrong: the server does not say which", "check the site's content URL (the part after /site/ in the browser; empty for the Default site) and make a new token if the old one may have expired; do not retry in a loop, that locks accounts"),
    row(401_002, "session ended", "the session has expired, was signed out, was ended by another sign-in with the same personal access token, or lacks the scope for this call", "give each pipeline that runs at the same time its own token; for a connected app, check its scopes"),
    row(401_003, "site not available", "the site does not exist or is suspended", "check the site's content URL"),
    row(401_009, "empty sign-in", "the sign-in request had no body", "a proxy or a redirect dropped the body: use the server's final https address"),
    row(403_000, "administrators only", "the call is for administrators only", "use an administrator's account, or leave the feature out"),
    row(403_003, "default project", "the default project cannot be deleted", "choose another project"),
    row(403_004, "forbidden", "the account may not do this to this content", "grant the account the capability on the content and on its project, or use another account"),
    row(403_005, "default project", "the default project cannot be renamed", "choose another project"),
    row(403_007, "publish forbidden", "the account may not publish here, has no publishing licence, or the item exists and may not be overwritten by it", "give the account a role that can publish and the Overwrite capability on the project and the item"),
    row(403_008, "storage quota reached", "the site's storage quota is used up", "delete old content and revisions, empty the recycle bin, or raise the quota"),
    row(403_010, "session of another site", "the session belongs to another site than the request", "sign in to the site that the request is for"),
    row(403_014, "page too large", "more items a page were asked for than the server gives", "report it with the request id"),
    row(403_015, "upload forbidden", "the account may not publish on this site", "give the account a role that can publish (Creator or Explorer (can publish))"),
    row(403_016, "upload failed", "the server could not store the block", "publish again; if it repeats, check the server's disk"),
    row(403_018, "workbook not readable", "the account may not see this workbook", "grant the account View on it"),
    row(403_019, "workbook not downloadable", "the account may not download this workbook", "grant the account Download/Save a Copy on it"),
    row(403_021, "connections not readable", "the account may not see the connections of this workbook", "grant the account Overwrite on it, or use the owner's account"),
    row(403_023, "connection not editable", "the account may not change the connections of this workbook", "grant the account Overwrite on the workbook"),
    row(403_025, "move forbidden", "the account may not move this workbook", "grant the account Move on the workbook and Publish on the target project"),
    row(403_027, "owner change forbidden", "only administrators and the owner may change the owner", "use an administrator's account, or leave the owner as it is"),
    row(403_028, "data source not downloadable", "the account may not download this data source", "grant the account Download/Save a Copy on it"),
    row(403_029, "connection not editable", "the account may not change the connections of this data source", "grant the account Overwrite on the data source"),
    row(403_030, "move forbidden", "the account may not move this data source", "grant the account Move on the data source and Publish on the target project"),
    row(403_032, "change forbidden", "the account may not do this to this content or job", "use the owner's or an administrator's account"),
    row(403_037, "API version retired", "the server no longer offers this version of the REST API", "upgrade this client"),
    row(403_039, "project locked", "the project's permissions are locked, so those of its content cannot be changed", "change the permissions of the project, or unlock it"),
    row(403_045, "project not creatable", "the account may not create a project here", "use an administrator's or project leader's account, or create the project by hand once"),
    row(403_053, "no revision history", "revision history is off on this site", "switch it on in the site's settings; without it a failed deployment cannot be taken back from the site"),
    row(403_054, "revisions not readable", "the account may not see the revisions", "grant the account View, Overwrite and Download on the item and Publish on its project"),
    row(403_055, "current revision", "the current revision cannot be removed or downloaded as a revision", "download the content itself"),
    row(403_056, "revisions not readable", "the account may not see the revisions", "grant the account View, Overwrite and Download on the item and Publish on its project"),
    row(403_062, "several connections", "the data source has several connections and the request names none", "name the connection"),
    row(403_068, "images switched off", "the rendering of images is switched off on this server", "leave the render check out"),
    row(403_069, "list of sites closed", "this site does not let the account list all sites", "nothing: Tableau Cloud never does"),
    row(403_076, "refresh forbidden", "the account may not refresh this workbook", "use the owner's, a project leader's or an administrator's account"),
    row(403_077, "refresh forbidden", "the account may not refresh this data source", "use the owner's, a project leader's or an administrator's account"),
    row(403_079, "job not readable", "jobs are shown to administrators only", "use an administrator's account, or look at the content itself"),
    row(403_080, "cancel switched off", "cancelling jobs is switched off on this server", "wait for the job"),
    row(403_081, "job not cancellable", "a job of this type cannot be cancelled", "wait for the job"),
    row(403_091, "job already done", "the job has finished and cannot be cancelled", "nothing"),
    row(403_096, "permissions of tabs", "the workbook shows tabs, so its views have the workbook's permissions", "change the workbook's permissions, or hide the tabs"),
    row(403_104, "live connection", "the content has a live connection and no extract to refresh", "leave the refresh check out for this item"),
    row(403_130, "workbook exists", "a workbook of this name exists in the project, and overwriting was not asked for or not allowed", "allow overwriting, or choose another name"),
    row(403_131, "publish in progress", "this item is being published by another process right now", "wait for it and plan again: what it publishes changes the live state"),
    row(403_132, "connection check failed", "the server could not connect to a database of the workbook with the credentials given", "check address, user and password of its connections and that the server reaches the database, or publish with the connection check skipped and verify afterwards"),
    row(403_133, "users not readable", "the account may not list users", "use an administrator's account, or name owners by LUID"),
    row(403_140, "personal space", "a data source cannot be published to a personal space", "choose a project"),
    row(403_157, "feature off", "the feature is switched off or not licensed on this site", "leave it out, or switch it on in the site's settings"),
    row(403_166, "custom view exists", "a custom view of this name exists", "choose another name"),
    row(403_180, "nothing to refresh", "the content has no extract to refresh", "leave the refresh check out for this item"),
    row(404_000, "site not found", "the site does not exist or is not the one of the session", "check the site's content URL"),
    row(404_001, "API version unknown", "the server does not know this version of the REST API", "check the server's version with `doctor`"),
    row(404_002, "user not found", "the user does not exist on this site", "add the user to the site, or correct the name"),
    row(404_003, "address unknown", "the server does not know this call: it is too old for it, or the item is not in the recycle bin", "check the server's version with `doctor`"),
    row(404_004, "data source not found", "the data source does not exist, or the account may not see it", "plan again: it may have been deleted, moved or hidden from the account"),
    row(404_005, "project not found", "the project does not exist, or the account may not see it", "create the project or grant the account View and Publish on it"),
    row(404_006, "workbook not found", "the workbook does not exist, or the account may not see it", "plan again: it may have been deleted, moved or hidden from the account"),
    row(404_007, "tag not found", "the tag is not on the item", "nothing"),
    row(404_008, "not supported", "this server does not offer the operation", "check the server's version with `doctor`"),
    row(404_011, "view not found", "the view does not exist, or the account may not see it", "check that the sheet is published"),
    row(404_012, "group not found", "the group does not exist on this site", "create the group, or correct the name"),
    row(404_015, "upload session not found", "the upload session has expired or belongs to another sign-in", "upload again"),
    row(404_018, "job not found", "the job does not exist, or has been cleaned up", "look at the content itself"),
    row(404_020, "connection not found", "the connection does not exist (any more): a publish makes new ones", "list the connections again"),
    row(404_024, "revision not found", "the revision does not exist", "list the revisions: old ones are dropped beyond the site's limit"),
    row(404_026, "task not found", "the task does not exist", "list the tasks again"),
    row(404_027, "flow not found", "the flow does not exist, or the account may not see it", "plan again: it may have been deleted, moved or hidden from the account"),
    row(405_000, "method not allowed", "the address does not take this kind of request, often because a redirect changed it", "use the server's final https address; on Tableau Cloud with the pod's name, such as https://10ax.online.tableau.com"),
    row(406_000, "media type refused", "the server does not answer in the type asked for", "a proxy may have changed the request; report it with the request id otherwise"),
    row(409_003, "user owns content", "the user owns content and cannot be removed", "give the content another owner first"),
    row(409_004, "bad value", "an identifier or a value is not valid", "see the detail for the value"),
    row(409_006, "project exists", "a project of this name exists under the same parent (upper and lower case are the same)", "use the existing project, or choose another name; if it was not listed, the account may not see it"),
    row(409_012, "workbook exists", "a workbook of this name exists", "choose another name"),
    row(409_013, "workbook exists", "a workbook of this name exists in the target project", "delete or rename the other one first: a move never overwrites"),
    row(409_015, "data source exists", "a data source of this name exists in the target project", "delete or rename the other one first: a move never overwrites"),
    row(409_036, "encrypted extract", "the site forbids encrypted extracts", "publish the extract unencrypted"),
    row(409_037, "unencrypted extract", "the site demands encrypted extracts", "publish the extract encrypted"),
    row(409_041, "flow exists", "a flow of this name exists in the project", "allow overwriting, or choose another name"),
    row(409_082, "run now forbidden", "the site does not let users run jobs by hand", "switch \"Run Now\" on in the site's settings, or leave the refresh check out"),
    row(409_090, "extract operation refused", "the content cannot have this done to its extract", "see the detail"),
    row(409_093, "refresh already queued", "a refresh of this item is already waiting or running", "wait for that one: it is not queued twice"),
    row(413_000, "too large", "the request is larger than the server takes", "set a smaller chunk size"),
    row(429_000, "too many requests", "the account has used up its calls for now", "wait as long as the server says, and run fewer jobs at once"),
    row(500_000, "server fault", "the server failed while it worked on the request", "try again; if it repeats, give the request id to the server's administrator"),
    row(500_001, "service not available", "a service of the server is not available", "try again later; tell the server's administrator if it repeats"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_ordered_and_every_row_is_found() {
        assert!(
            TABLE.is_sorted_by(|a, b| a.code < b.code),
            "codes are ordered and unique"
        );
        for row in TABLE {
            assert_eq!(row.code.explain(), Some(row));
        }
        assert_eq!(ErrorCode(400_012).explain(), None);
    }

    #[test]
    fn the_codes_that_deployments_meet_are_explained() {
        for code in [
            403_132, 403_131, 400_011, 400_141, 404_005, 409_006, 409_093, 403_180, 401_001,
            401_002, 403_004, 403_007, 404_015, 429_000,
        ] {
            assert!(ErrorCode(code).explain().is_some(), "{code}");
        }
    }
}
