//! `tabship.yml` as it is written: the keys, their types and their documentation, in one place. The JSON Schema is made
//! from these types, and what is written is held against that schema.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::allow::Allow;
use crate::diagnostic::Level;

/// The manifest of a repository with Tableau content: where which branch and which file goes, what is rewritten on the
/// way, and which rules hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the manifest's form: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// Sites to deploy to, by a name of your own.
    #[serde(default)]
    pub targets: IndexMap<String, Target>,
    /// Which branch goes to which target. Globs; the first that matches wins.
    #[serde(default)]
    pub branches: IndexMap<String, Branch>,
    /// Which files are published, where to and how.
    #[serde(default)]
    pub content: Vec<Entry>,
    /// What is rewritten in the files, per target.
    #[serde(default)]
    pub rewrite: Vec<Rewrite>,
    /// What `check` holds the files to.
    #[serde(default)]
    pub rules: Rules,
    /// What happens to items that were deployed from here and are no longer in the repository.
    #[serde(default)]
    pub prune: Prune,
    /// Prefix of the tag that tabship leaves on what it published. Repositories that deploy to the same projects of one
    /// site, or items of the same name anywhere on it, need different ones.
    #[serde(default = "default_stamp")]
    #[schemars(length(min = 1, max = 40))]
    pub stamp: String,
}

fn default_stamp() -> String {
    "tabship".to_owned()
}

/// A site.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Address of the server or of the Tableau Cloud pod: `https://10ax.online.tableau.com`.
    pub server: String,
    /// Content URL of the site, as in its web address; empty for the Default site.
    #[serde(default)]
    pub site: String,
    pub auth: Auth,
    /// Only a clean tree from a branch that maps here, no drift, nothing forced without a reason.
    #[serde(default)]
    pub protected: bool,
    /// The target that an item must have been deployed to before, as it is there.
    #[serde(default)]
    pub promote_from: Option<String>,
    /// Everything goes into this project: `Finance/Previews`.
    #[serde(default)]
    pub project: Option<String>,
    /// A file with certificates (PEM) to trust besides the system's.
    #[serde(default)]
    pub ca_file: Option<String>,
    /// What `{NAME}` stands for on this target, in the values under `content:` (project, name, tags, owner, description,
    /// credentials) and under `to:` in `rewrite:`: `region: EMEA`. So one manifest serves many sites.
    #[serde(default)]
    pub variables: IndexMap<String, String>,
    /// Product version that the files must not be newer than, for offline checks: `2024.2`.
    #[serde(default)]
    pub version: Option<String>,
}

/// How to sign in. One of: `token_name` and `token_secret`; `user` and `password`; `connected_app`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Name of a personal access token. One token carries one session at a time.
    #[serde(default)]
    pub token_name: Option<String>,
    /// Secret of the token.
    #[serde(default)]
    pub token_secret: Option<SecretRef>,
    /// User name; Tableau Server only.
    #[serde(default)]
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// A connected app with direct trust; the way for Tableau Cloud pipelines that run side by side.
    #[serde(default)]
    pub connected_app: Option<ConnectedApp>,
}

/// A connected app with direct trust.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectedApp {
    /// Client id of the app, as the site shows it.
    pub client_id: String,
    /// Id of the secret, as the site shows it.
    pub secret_id: String,
    /// Value of the app's secret.
    pub secret: SecretRef,
    /// The user to act as.
    pub user: String,
}

/// Where a secret comes from; never the secret itself. One of `env` and `file`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretRef {
    /// Name of an environment variable.
    #[serde(default)]
    pub env: Option<String>,
    /// Path of a file that holds it; a line end at its end is dropped.
    #[serde(default)]
    pub file: Option<String>,
}

impl SecretRef {
    /// `env:NAME` or `file:PATH`: how plans and journals name it.
    pub fn reference(&self) -> String {
        match (&self.env, &self.file) {
            (Some(name), _) => format!("env:{name}"),
            (None, Some(path)) => format!("file:{path}"),
            (None, None) => String::new(),
        }
    }
}

/// What a branch means.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// The target that it goes to.
    pub target: String,
    /// Everything goes under this project; `{branch}` is the branch's name made safe: `Previews/{branch}`.
    #[serde(default)]
    pub project: Option<String>,
    /// A preview that goes away with the branch.
    #[serde(default)]
    pub ephemeral: bool,
}

/// Some files, where they go and how.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Globs, from the manifest's folder: `workbooks/**/*.twb*`.
    pub files: OneOrMany,
    /// Path of the project, from the top level: `Finance/Executive`. A `/` in a name is written `\/`. Missing projects are created.
    pub project: String,
    /// Name on the site; only where the globs match one file. Without it: the file's name without extension.
    #[serde(default)]
    pub name: Option<String>,
    /// Tags that it has, besides those that people add.
    #[serde(default)]
    pub tags: Vec<String>,
    /// User name of the owner. Without it: the owner stays.
    #[serde(default)]
    pub owner: Option<String>,
    /// What people read about it. Without it: as it is live.
    #[serde(default)]
    pub description: Option<String>,
    /// Show sheets as tabs. Without it: as it is live.
    #[serde(default)]
    pub tabs: Option<bool>,
    /// Which sheets become views. Without it: those that are live.
    #[serde(default)]
    pub views: Option<Views>,
    /// Certify the data source.
    #[serde(default)]
    pub certified: Option<Certified>,
    /// How the deployment is proven.
    #[serde(default)]
    pub verify: Verify,
    /// Credentials to embed, by connection.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// Do not let the site test the connections while publishing.
    #[serde(default)]
    pub skip_connection_check: bool,
    /// Changes that are otherwise blocked.
    #[serde(default)]
    pub allow: Vec<Allow>,
    /// What is different for some targets.
    #[serde(default)]
    pub targets: IndexMap<String, EntryFor>,
}

/// What is different for one target.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryFor {
    /// Do not publish it there.
    #[serde(default)]
    pub skip: bool,
    /// Project there, in place of the entry's.
    #[serde(default)]
    pub project: Option<String>,
    /// Name there, in place of the entry's.
    #[serde(default)]
    pub name: Option<String>,
    /// Tags there, in place of the entry's.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// Owner there, in place of the entry's.
    #[serde(default)]
    pub owner: Option<String>,
    /// Description there, in place of the entry's.
    #[serde(default)]
    pub description: Option<String>,
    /// Tabs there, in place of the entry's.
    #[serde(default)]
    pub tabs: Option<bool>,
    /// Views there, in place of the entry's.
    #[serde(default)]
    pub views: Option<Views>,
    /// Proof there, in place of the entry's.
    #[serde(default)]
    pub verify: Option<Verify>,
    /// Credentials there, in place of the entry's.
    #[serde(default)]
    pub credentials: Option<Vec<Credential>>,
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// Which sheets become views: one of `include` and `exclude`. An empty list means none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Views {
    /// Globs over sheet names: just these.
    #[serde(default)]
    pub include: Option<Vec<String>>,
    /// Globs over sheet names: all but these.
    #[serde(default)]
    pub exclude: Option<Vec<String>>,
}

/// Certification.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// What people read about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// How a deployment is proven.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verify {
    /// It is the same item at the same address, and its views are there.
    #[default]
    Identity,
    /// And an image of a view can be rendered.
    Render,
    /// And an extract refresh succeeds.
    Refresh,
}

/// Credentials for connections of an item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Connections of this class: `postgres`. Without it: all.
    #[serde(default)]
    pub class: Option<String>,
    /// Connections to this server, after rewriting. Without it: all.
    #[serde(default)]
    pub server: Option<String>,
    /// User of the database.
    pub username: String,
    /// Where its password is. Without it: a user whose password the connection does not need.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// Keep them on the site.
    #[serde(default = "yes")]
    pub embed: bool,
}

fn yes() -> bool {
    true
}

/// What is rewritten in the files. A rewrite that matches nothing is an error.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// What is looked for.
    #[serde(rename = "match")]
    pub matching: Match,
    /// By target; `_default` is for those that are not named.
    pub to: IndexMap<String, Replacement>,
    /// Only in these files. Without it: in all.
    #[serde(default, rename = "in")]
    pub files: Option<OneOrMany>,
    /// It is no error when nothing matches.
    #[serde(default)]
    pub optional: bool,
}

/// What is looked for: a published data source by its name, a parameter by its caption, or connections by their attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Name or content URL of a published data source.
    #[serde(default)]
    pub published: Option<String>,
    /// Caption of a parameter.
    #[serde(default)]
    pub parameter: Option<String>,
    /// Class of the connection, as in the file: `postgres`.
    #[serde(default)]
    pub class: Option<String>,
    /// Its server.
    #[serde(default)]
    pub server: Option<String>,
    /// Its port.
    #[serde(default)]
    pub port: Option<String>,
    /// Its database.
    #[serde(default)]
    pub database: Option<String>,
    /// Its schema, or that of its tables.
    #[serde(default)]
    pub schema: Option<String>,
    /// Its user.
    #[serde(default)]
    pub username: Option<String>,
    /// Its warehouse (Snowflake).
    #[serde(default)]
    pub warehouse: Option<String>,
}

/// What it becomes. Absent values stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// Of a published data source: the project that it is in on the target.
    #[serde(default)]
    pub project: Option<String>,
    /// Of a published data source: its name on the target.
    #[serde(default)]
    pub name: Option<String>,
    /// Of a published data source: it must be certified on the target.
    #[serde(default)]
    pub require_certified: bool,
    /// The server.
    #[serde(default)]
    pub server: Option<String>,
    /// The port.
    #[serde(default)]
    pub port: Option<String>,
    /// The database.
    #[serde(default)]
    pub database: Option<String>,
    /// The schema.
    #[serde(default)]
    pub schema: Option<String>,
    /// The user.
    #[serde(default)]
    pub username: Option<String>,
    /// The warehouse (Snowflake).
    #[serde(default)]
    pub warehouse: Option<String>,
    /// The role (Snowflake).
    #[serde(default)]
    pub role: Option<String>,
    /// Any other attribute of the connection, by its name in the file.
    #[serde(default)]
    pub attributes: IndexMap<String, String>,
    /// Embedded on the site after the publish.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// Keep user name and password on the site.
    #[serde(default)]
    pub embed: bool,
    /// Of a parameter: its value as Tableau writes it, text in quotes: `'"Production"'`.
    #[serde(default)]
    pub value: Option<String>,
    /// Rewrite the schema in custom SQL and initial SQL too.
    #[serde(default)]
    pub custom_sql: bool,
}

/// What `check` holds the files to: rules by their id, beside what stands here.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Rules {
    /// The set of rules to begin with.
    #[serde(default)]
    pub extends: Preset,
    /// Other settings for some files.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Findings that are known and accepted.
    #[serde(default)]
    pub ignore: Vec<Ignore>,
    /// Rules of your own.
    #[serde(default)]
    pub custom: Vec<Custom>,
    /// A level, or a level and options, by the id of the rule: `naming/workbook`.
    #[serde(flatten)]
    pub settings: IndexMap<String, Setting>,
}

/// A set of rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// What is wrong, and what is nearly always a mistake.
    #[default]
    Recommended,
    /// Everything.
    Strict,
    /// The recommended ones, and those that stand for guidelines of Tableau's Workbook Optimizer.
    Optimizer,
    /// None but those that are named here.
    None,
}

/// `off`, a level, or a level and options.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Setting {
    Level(RuleLevel),
    Options {
        #[serde(default)]
        level: Option<RuleLevel>,
        /// The rule's own options: `tabship rules ID`.
        #[serde(flatten)]
        options: Map<String, Value>,
    },
}

/// How a finding of the rule counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    Off,
    Info,
    Warning,
    Error,
}

impl RuleLevel {
    /// `None` for off.
    pub fn level(self) -> Option<Level> {
        match self {
            Self::Off => None,
            Self::Info => Some(Level::Info),
            Self::Warning => Some(Level::Warning),
            Self::Error => Some(Level::Error),
        }
    }
}

/// Other settings for some files.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Globs.
    pub files: OneOrMany,
    /// Levels and options, by the id of the rule.
    pub rules: IndexMap<String, Setting>,
}

/// A finding that is known and accepted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// Id of the rule; globs.
    pub rule: String,
    /// Glob over files. Without it: all.
    #[serde(default)]
    pub file: Option<String>,
    /// Name of the sheet, field or data source. Without it: all.
    #[serde(default)]
    pub object: Option<String>,
    /// Why it is accepted.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The last day on which it is accepted: `2027-03-31`.
    #[serde(default)]
    pub until: Option<String>,
}

/// A rule of your own: elements of one kind that meet the conditions are reported.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Custom {
    /// `custom/NAME`.
    #[schemars(regex(pattern = "^custom/[a-z0-9-]+$"))]
    pub id: String,
    /// What is looked at.
    pub select: Select,
    /// Conditions by attribute: elements that meet them all are looked at; without any, all of the kind.
    #[serde(default, rename = "where")]
    pub conditions: IndexMap<String, Condition>,
    /// Conditions by attribute: an element that does not meet them all is reported. Without any, every element is that is
    /// looked at.
    #[serde(default)]
    pub require: IndexMap<String, Condition>,
    /// What is wrong; `{name}` and other attributes are filled in.
    #[schemars(length(min = 1))]
    pub message: String,
    /// What to do about it; filled in too.
    #[serde(default)]
    pub help: Option<String>,
    /// How a finding counts; a warning without it.
    #[serde(default)]
    pub level: Option<RuleLevel>,
}

/// The kinds of elements that a rule of your own can look at. `table` is a table, join, union or custom SQL; `field` is one
/// of the source that somebody touched in Tableau; `zone` is an object on a dashboard; `filter` is one of a worksheet, a data
/// source or an extract; `xml` is any element of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Select {
    Workbook,
    Datasource,
    Connection,
    Table,
    Field,
    CalculatedField,
    Parameter,
    Worksheet,
    Dashboard,
    Story,
    Zone,
    Action,
    Filter,
    Set,
    Extension,
    Xml,
}

impl Select {
    /// In Tableau's words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Workbook => "workbook",
            Self::Datasource => "data source",
            Self::Connection => "connection",
            Self::Table => "table",
            Self::Field => "field",
            Self::CalculatedField => "calculated field",
            Self::Parameter => "parameter",
            Self::Worksheet => "worksheet",
            Self::Dashboard => "dashboard",
            Self::Story => "story",
            Self::Zone => "zone",
            Self::Action => "action",
            Self::Filter => "filter",
            Self::Set => "set",
            Self::Extension => "extension",
            Self::Xml => "element",
        }
    }
}

/// A condition on an attribute: a regular expression, `true` or `false`, a number, or one of the tests. An attribute that is
/// absent is empty.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    Flag(bool),
    Number(f64),
    /// A regular expression that must match somewhere: `^$` for what is empty.
    Pattern(String),
    Test(Test),
}

/// All that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// A regular expression that must match.
    #[serde(default)]
    pub matches: Option<String>,
    /// A regular expression that must not match.
    #[serde(default)]
    pub not: Option<String>,
    /// It is one of these, letter for letter.
    #[serde(default)]
    pub one_of: Option<Vec<String>>,
    /// It is none of these.
    #[serde(default)]
    pub none_of: Option<Vec<String>>,
    /// It is a number above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// It is a number below this.
    #[serde(default)]
    pub below: Option<f64>,
}

/// What happens to items that were deployed from here and are no longer in the repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Prune {
    /// Nothing.
    Off,
    /// They are named in the plan.
    #[default]
    Report,
    /// They are deleted; where the site has a recycle bin, they are in there.
    Recycle,
}
