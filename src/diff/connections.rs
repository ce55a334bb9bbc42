//! Where the data comes from: attribute by attribute, old -> new.

use crate::content::model::{Connection, Datasource, RepositoryLocation};
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::{Key, Matched};

/// Attributes that say how a file was last read, not what it reads.
const NOISE: [&str; 12] = [
    "dataRefreshTime",
    "update-time",
    "saved-credentials-viewerid",
    "server-oauth",
    "minimum-driver-version",
    "channel",
    "directory-is-relative",
    "intermediateCols",
    "interpretationMode",
    "default-settings",
    "author-locale",
    "query-category",
];

/// Attributes whose change means that the rows come from another place.
const PLACE: [&str; 18] = [
    "server",
    "port",
    "dbname",
    "schema",
    "warehouse",
    "service",
    "class",
    "filename",
    "directory",
    "project",
    "dataset",
    "catalog",
    "CATALOG",
    "v-http-path",
    "instanceurl",
    "odbc-dsn",
    "googleSheetId",
    "fileId",
];

/// May hold what nobody should read in a pull request.
const SECRET: [&str; 6] = [
    "password",
    "odbc-connect-string-extras",
    "connectionData",
    "one-time-sql",
    "urlQuery",
    "oauth-config-id",
];

pub(super) fn compare(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    if let (Some(old), Some(new)) = (before.published(), after.published()) {
        published(at, (before, after), (old, new), subject);
        return;
    }
    let matched = matched(before, after);
    // The only one needs no name: the data source's says it.
    let alone = before.connections.len() == 1 && after.connections.len() == 1;
    let named = |connection: &Connection| named(subject, connection, alone);
    for connection in &matched.removed {
        let what = What::new(Kind::Connection, Action::Removed, &named(connection))
            .before(place(connection));
        at.say(what, first(connection.element));
    }
    for connection in &matched.added {
        let risk = (!before.connections.is_empty()).then_some(Risk::ConnectionMoved);
        let what = What::new(Kind::Connection, Action::Added, &named(connection))
            .after(place(connection))
            .reaches(at.after.reach.of_datasource(&after.name.value))
            .risk(risk);
        at.say(what, second(connection.element));
    }
    for (old, new) in matched.pairs {
        attributes(at, old, new, &named(new), &after.name.value);
    }
}

/// By name; one that is alone on both sides is the same, whatever it is called.
fn matched<'d>(before: &'d Datasource, after: &'d Datasource) -> Matched<'d, Connection> {
    let name = |c: &Connection| Some(c.name.as_ref().map_or(String::new(), |n| n.value.clone()));
    let alone = |d: &Datasource| d.connections.len() == 1;
    let single = alone(before) && alone(after);
    let one = move |_: &Connection| single.then(|| "the one".to_owned());
    let place = |c: &Connection| Some(format!("{} {}", c.class.value, place(c)));
    Matched::by(
        &before.connections,
        &after.connections,
        &[
            Key {
                before: &name,
                after: &name,
            },
            Key {
                before: &place,
                after: &place,
            },
            Key {
                before: &one,
                after: &one,
            },
        ],
    )
}

fn named(subject: &[Subject], connection: &Connection, alone: bool) -> Vec<Subject> {
    let mut subject = subject.to_vec();
    if alone {
        subject.push(Subject::new("connection", ""));
        return subject;
    }
    let name = connection.caption.as_ref().map(|c| c.value.clone());
    let name = name
        .filter(|n| !n.is_empty())
        .unwrap_or_else(|| place(connection));
    subject.push(Subject::new("connection", name));
    subject
}

/// `postgres db.example.com/sales`.
pub(super) fn place(connection: &Connection) -> String {
    let mut text = connection.class.value.clone();
    let parts = ["server", "directory", "dbname", "schema", "filename"];
    let found: Vec<&str> = parts.iter().filter_map(|p| connection.get(p)).collect();
    if !found.is_empty() {
        text.push(' ');
        text.push_str(&found.join("/"));
    }
    text
}

/// What a data source reads, in a few words.
pub(super) fn summary(datasource: &Datasource) -> String {
    if let Some(published) = datasource.published() {
        return format!(
            "published data source {}",
            published.get("dbname").unwrap_or("without a name")
        );
    }
    let mut places: Vec<String> = datasource.connections.iter().map(place).collect();
    places.dedup();
    let access = if datasource.extract.as_ref().is_some_and(|e| e.enabled) {
        "extract of "
    } else {
        ""
    };
    format!("{access}{}", places.join(", "))
}

fn attributes(
    at: &mut Comparison<'_>,
    old: &Connection,
    new: &Connection,
    subject: &[Subject],
    datasource: &str,
) {
    let mut names: Vec<&str> = old.attributes.iter().map(|a| a.name.as_str()).collect();
    names.extend(new.attributes.iter().map(|a| a.name.as_str()));
    names.sort_unstable();
    names.dedup();
    for name in names.into_iter().filter(|n| !NOISE.contains(n)) {
        // An empty attribute says as much as none.
        let (from, to) = (old.get(name), new.get(name));
        if from == to {
            continue;
        }
        let mut what = What::changed(Kind::Connection, subject).aspect(words(name));
        if SECRET.contains(&name) || name.to_lowercase().contains("token") {
            what = what.note("the values are not shown, since they may hold a secret");
        } else {
            what = what.from_to(from.unwrap_or_default(), to.unwrap_or_default());
        }
        if PLACE.contains(&name) {
            what = what
                .risk(Some(Risk::ConnectionMoved))
                .reaches(at.after.reach.of_datasource(datasource));
        }
        let span = |c: &Connection| Some(c.attribute(name).map_or(c.element.tag, |t| t.span));
        at.say(what, (span(old), span(new)));
    }
}

fn words(name: &str) -> String {
    match name {
        "dbname" => "database",
        "class" => "connector",
        "filename" => "file name",
        "username" => "user name",
        "one-time-sql" => "initial SQL",
        "workgroup-auth-mode" => "who signs in (workgroup-auth-mode)",
        "sslmode" => "encryption (sslmode)",
        "odbc-connect-string-extras" => "extras of the connection string",
        "authentication" | "directory" | "schema" | "server" | "port" | "warehouse" | "service"
        | "project" | "dataset" | "catalog" => name,
        // Nobody but the connector's own documentation has a word for it.
        other => return format!("setting {other}"),
    }
    .to_owned()
}

/// A published data source is its content URL on a site; host and port follow from where the workbook is published.
fn published(
    at: &mut Comparison<'_>,
    (before, after): (&Datasource, &Datasource),
    (old, new): (&Connection, &Connection),
    subject: &[Subject],
) {
    let site = |location: &Option<RepositoryLocation>| {
        location
            .as_ref()
            .and_then(|l| l.site.as_ref())
            .map_or(String::new(), |s| s.value.clone())
    };
    let url = |c: &Connection| c.get("dbname").unwrap_or_default().to_owned();
    let reference = |d: &Datasource| {
        let location = d.repository_location.as_ref();
        location
            .and_then(|l| l.id.as_ref())
            .map_or(String::new(), |id| id.value.clone())
    };
    let host = |c: &Connection| c.get("server").unwrap_or_default().to_owned();
    for (aspect, from, to) in [
        ("published data source", url(old), url(new)),
        (
            "published data source's id",
            reference(before),
            reference(after),
        ),
        (
            "site",
            site(&before.repository_location),
            site(&after.repository_location),
        ),
        ("server", host(old), host(new)),
    ] {
        // The id says the same as the name, unless somebody changed one of them by hand.
        let repeats = aspect.ends_with("id") && url(old) == from && url(new) == to;
        if from == to || repeats {
            continue;
        }
        let words = |site: &str, text: String| {
            if site == "site" && text.is_empty() {
                "Default".to_owned()
            } else {
                text
            }
        };
        let what = What::changed(Kind::PublishedReference, subject)
            .aspect(aspect)
            .from_to(words(aspect, from), words(aspect, to))
            .reaches(at.after.reach.of_datasource(&after.name.value))
            .risk(Some(Risk::PublishedSourceChanged));
        at.say(what, both(old.element, new.element));
    }
}
