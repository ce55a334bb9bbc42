//! What a workbook or data source says, with the place of each thing in the inner document.
//!
//! Built from the [`Tree`] by one pass. Feature-forked names (`_.fcp.X.true...relation`)
//! are resolved here, once: the `true` variant is read, the `false` one dropped (a lone `false` of a feature
//! that is not declared is kept). Tableau's internals (action filters, exclusion sets, generated fields) are
//! marked, so that no rule has to know their names. Device layouts' zones are kept apart from the dashboard's.

use std::borrow::Cow;

use crate::diagnostic::Span;

use super::signature;
use super::tree::{NodeId, Tree};

/// A value and the bytes that hold it: of an attribute, what is between the quotes; of a text, the run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Unescaped.
    pub value: String,
    /// Still escaped, in the document.
    pub span: Span,
}

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    pub node: NodeId,
    /// Its start tag (not its content): what a finding underlines.
    pub tag: Span,
}

/// A product version, `2024.2.3`, from `source-build` or, in old files, from the build comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductVersion {
    pub year: u16,
    pub release: u8,
    pub patch: u16,
}

impl ProductVersion {
    /// Reads `2024.2.3 (20242.24.0910.1525)` or `2024.2`; `None` for what is no version, and for development builds (`0.0.0`).
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split([' ', '(']).next()?.split('.');
        let year: u16 = parts.next()?.parse().ok()?;
        let release = parts.next()?.parse().ok()?;
        let patch = parts.next().and_then(|p| p.parse().ok()).unwrap_or(0);
        (year > 0).then_some(Self {
            year,
            release,
            patch,
        })
    }
}

impl std::fmt::Display for ProductVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.year, self.release)?;
        if self.patch > 0 {
            write!(f, ".{}", self.patch)?;
        }
        Ok(())
    }
}

/// A whole `.twb` or `.tds`. A data source file has one data source and no sheets.
#[derive(Debug, Clone)]
pub struct Model {
    pub root: Element,
    /// `@version`: the file format's level (18.1), not the product's version.
    pub format_version: Option<Text>,
    /// `@source-build` or the build comment; absent in hand-made files, zero in development builds.
    pub saved_by: Option<ProductVersion>,
    /// The raw text of `@source-build`.
    pub source_build: Option<Text>,
    pub source_platform: Option<Text>,
    /// `xml:base`: the server that the file was downloaded from.
    pub base: Option<Text>,
    pub repository_location: Option<RepositoryLocation>,
    /// Features that `document-format-change-manifest` declares, without prefix.
    pub declared_features: Vec<Text>,
    /// Features that mangled names use.
    pub used_features: Vec<Text>,
    /// Without the `Parameters` pseudo data source.
    pub datasources: Vec<Datasource>,
    pub parameters: Vec<Parameter>,
    pub worksheets: Vec<Worksheet>,
    /// Dashboards and stories, in the document's order.
    pub dashboards: Vec<Dashboard>,
    pub windows: Vec<Window>,
    pub actions: Vec<Action>,
    /// Custom palettes of `preferences`.
    pub palettes: Vec<Palette>,
    /// `datasource-relationships` (blends): source and target data source names.
    pub blends: Vec<(String, String)>,
    pub thumbnails: Vec<Thumbnail>,
    pub map_sources: Vec<MapSource>,
    pub extensions: Vec<Extension>,
    /// Names of custom shapes that the file carries.
    pub shapes: Vec<String>,
    /// Rule ids that the author told Workbook Optimizer to ignore (`workbook-optimizer/rule-config`).
    pub optimizer_ignored: Vec<u32>,
}

impl Model {
    /// The first number of the format's level: 18 of `18.1`.
    pub fn format(&self) -> Option<u16> {
        let level = self.format_version.as_ref()?;
        level.value.split('.').next()?.trim().parse().ok()
    }
}

/// Where on a server the file or a published data source lives.
#[derive(Debug, Clone)]
pub struct RepositoryLocation {
    pub element: Element,
    /// Content URL.
    pub id: Option<Text>,
    pub path: Option<Text>,
    /// Site content URL; absent for the Default site.
    pub site: Option<Text>,
    pub revision: Option<Text>,
    pub derived_from: Option<Text>,
}

#[derive(Debug, Clone)]
pub struct Datasource {
    pub element: Element,
    /// Internal: `federated.1bw8...`, `sqlproxy.0ucz...`; of a `.tds`, `formatted-name`.
    pub name: Text,
    pub caption: Option<Text>,
    pub repository_location: Option<RepositoryLocation>,
    /// Where the data comes from: the named connections of a federated one, or the single old-style one.
    /// Without the `federated` wrapper and without the extract's own.
    pub connections: Vec<Connection>,
    /// The tables, joins, unions and custom SQL, each counted once however many copies the file holds.
    pub relations: Vec<Relation>,
    /// Relationships of the object model ("noodles").
    pub relationships: Vec<Relationship>,
    pub extract: Option<Extract>,
    pub columns: Vec<Column>,
    /// Fields that the source delivered (`metadata-record`); untouched fields live only here.
    pub metadata: Vec<MetadataField>,
    /// Sets and combined fields, Tableau's internal ones included (see [`Group::internal`]).
    pub groups: Vec<Group>,
    pub hierarchies: Vec<Hierarchy>,
    pub folders: Vec<String>,
    /// `cols/map/@key`: further names that formulas may use.
    pub mapped_names: Vec<String>,
    /// `column-instance/@name` at the data source's own level.
    pub instance_names: Vec<String>,
    /// Data source filters (not the extract's).
    pub filters: Vec<Filter>,
}

impl Datasource {
    /// What the user sees.
    pub fn display_name(&self) -> &str {
        self.caption.as_ref().map_or(&self.name.value, |c| &c.value)
    }

    /// The connection to a published data source, if this is a reference to one.
    pub fn published(&self) -> Option<&Connection> {
        self.connections
            .iter()
            .find(|c| c.class.value == "sqlproxy")
    }
}

#[derive(Debug, Clone)]
pub struct Connection {
    pub element: Element,
    /// `postgres`, `snowflake`, `sqlproxy`, `excel-direct`, `hyper` ...
    pub class: Text,
    /// `named-connection/@name`, which relations refer to; absent for old-style connections.
    pub name: Option<Text>,
    /// `named-connection/@caption`.
    pub caption: Option<Text>,
    /// All attributes as written (mangled names unmangled), `class` included.
    pub attributes: Vec<Attribute>,
}

impl Connection {
    pub fn attribute(&self, name: &str) -> Option<&Text> {
        self.attributes
            .iter()
            .find(|a| a.name == name)
            .map(|a| &a.value)
    }

    /// The attribute's value, `None` when absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attribute(name)
            .map(|t| t.value.as_str())
            .filter(|v| !v.is_empty())
    }
}

#[derive(Debug, Clone)]
pub struct Attribute {
    /// Without the feature prefix.
    pub name: String,
    pub value: Text,
}

/// A table, a join, a union, a custom SQL.
#[derive(Debug, Clone)]
pub struct Relation {
    pub element: Element,
    /// `table`, `join`, `text`, `union`, `batch-union`, `pivot`, `stored-proc`, `collection` ...
    pub kind: String,
    pub name: Option<Text>,
    /// `[public].[orders]`.
    pub table: Option<Text>,
    /// [`Connection::name`] that it reads from.
    pub connection: Option<Text>,
    /// Of a join: `inner`, `left`, `right`, `full`.
    pub join: Option<Text>,
    /// Of a join: has at least one clause.
    pub has_clause: bool,
    /// Of `text`: the SQL as the user wrote it (undoubled `<`), and where it stands (still doubled and escaped).
    pub custom_sql: Option<Text>,
    /// How many relations it is nested in.
    pub depth: u16,
}

#[derive(Debug, Clone)]
pub struct Relationship {
    pub element: Element,
    /// Captions of the two logical tables.
    pub tables: (String, String),
    /// The condition in words of the document: `[a] = [b]`.
    pub expression: String,
}

#[derive(Debug, Clone)]
pub struct Extract {
    pub element: Element,
    /// False: the element is there but the data source is live.
    pub enabled: bool,
    /// Package member or path of the `.hyper`/`.tde`.
    pub file: Option<Text>,
    /// `update-time` as written (`12/31/2019 05:38:59 PM`, no zone).
    pub update_time: Option<Text>,
    pub incremental: bool,
    pub filters: Vec<Filter>,
}

/// A `<column>`: a customised field, a calculated field, a bin or a group. Parameters are [`Parameter`]s.
#[derive(Debug, Clone)]
pub struct Column {
    pub element: Element,
    /// Internal, with brackets: `[Calculation_123]`, `[Sales]`.
    pub name: Text,
    pub caption: Option<Text>,
    pub datatype: Option<Text>,
    /// `dimension`, `measure`.
    pub role: Option<Text>,
    /// `nominal`, `ordinal`, `quantitative`.
    pub kind: Option<Text>,
    pub hidden: bool,
    pub default_format: Option<Text>,
    pub semantic_role: Option<Text>,
    /// The comment that people see as the field's description.
    pub description: Option<Text>,
    pub definition: Definition,
    /// One of Tableau's own (`[Number of Records]`, generated, `[:Measure Names]`).
    pub internal: bool,
}

impl Column {
    /// What the user sees: the caption, else the name without brackets (`]]` read as `]`).
    pub fn display_name(&self) -> String {
        self.caption
            .as_ref()
            .map_or_else(|| unbracket(&self.name.value), |c| c.value.clone())
    }

    /// The formula of a calculated field; not of bins, groups and parameters.
    pub fn formula(&self) -> Option<&Text> {
        match &self.definition {
            Definition::Calculated { formula, .. } => Some(formula),
            _ => None,
        }
    }
}

/// `[a]]b]` -> `a]b`.
pub fn unbracket(name: &str) -> String {
    unbracketed(name).into_owned()
}

/// The same, borrowed where it can be.
pub fn unbracketed(name: &str) -> Cow<'_, str> {
    match name.strip_prefix('[').and_then(|n| n.strip_suffix(']')) {
        // One sign is found faster than two, and is as rare.
        Some(inner) if inner.contains(']') => Cow::Owned(inner.replace("]]", "]")),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(name),
    }
}

#[derive(Debug, Clone)]
pub enum Definition {
    /// A field of the source.
    Field,
    /// `calculation[@class='tableau']`.
    Calculated {
        calculation: Element,
        formula: Text,
        /// The calculation has its own `table-calc` settings.
        table_calculation: bool,
    },
    /// `class='bin'`.
    Bin { of: String },
    /// `class='categorical-bin'`: an ad-hoc group.
    Group { of: String },
    /// Any other class.
    Other { class: String },
}

#[derive(Debug, Clone)]
pub struct MetadataField {
    /// `local-name`, with brackets.
    pub name: Text,
    pub remote_name: Option<String>,
    pub local_type: Option<String>,
    pub parent: Option<String>,
}

/// A set, a combined set or one of Tableau's internal ones.
#[derive(Debug, Clone)]
pub struct Group {
    pub element: Element,
    pub name: Text,
    pub caption: Option<Text>,
    /// An action's or an exclusion's; no rule speaks of it.
    pub internal: bool,
    /// A user filter (`user:ui-builder='identity-set'`-like): security, so its loss is a risk.
    pub user_filter: bool,
}

#[derive(Debug, Clone)]
pub struct Hierarchy {
    pub name: String,
    pub fields: Vec<String>,
}

/// A filter of a worksheet, a data source or an extract.
#[derive(Debug, Clone)]
pub struct Filter {
    pub element: Element,
    /// `categorical`, `quantitative`, `relative-date`.
    pub class: String,
    /// As written: `[federated.x].[none:Region:nk]`.
    pub column: Text,
    pub context: bool,
    /// One of Tableau's internals (action, measure names, exclusion set).
    pub internal: bool,
    /// A condition on another field, or a formula (`groupfilter[@function='filter']`).
    pub conditional: bool,
    /// `function='end'`.
    pub top_n: bool,
    /// Members that are listed by name.
    pub members: Vec<String>,
    /// Everything but the listed members.
    pub exclude: bool,
    /// "(All)".
    pub all: bool,
    /// Of quantitative and date filters: the bounds as written.
    pub min: Option<String>,
    pub max: Option<String>,
    /// `filter-group`: the same number on other sheets means that they share it.
    pub group: Option<String>,
}

impl Filter {
    /// A canonical rendering of all that the filter says besides its context and its group, for comparison. `tree` is the
    /// document's own.
    pub fn signature(&self, tree: &Tree) -> String {
        signature::of(tree, self.element.node, &["filter-group", "context"])
    }
}

/// A parameter, from the `Parameters` pseudo data source.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub element: Element,
    /// Internal, with brackets: `[Parameter 1]`.
    pub name: Text,
    pub caption: Option<Text>,
    pub datatype: Option<Text>,
    /// `any`, `list`, `range`.
    pub domain: Option<Text>,
    /// A literal: `"x"`, `#2020-01-01#`, `1.5`.
    pub value: Option<Text>,
    /// `calculation/@formula`, which repeats the value.
    pub formula: Option<Text>,
    pub members: Vec<ParameterMember>,
    /// min, max, granularity as written.
    pub range: Option<(Option<String>, Option<String>, Option<String>)>,
    /// Takes its value or list from a field when the workbook opens.
    pub dynamic: bool,
    pub description: Option<Text>,
}

impl Parameter {
    pub fn display_name(&self) -> String {
        self.caption
            .as_ref()
            .map_or_else(|| unbracket(&self.name.value), |c| c.value.clone())
    }
}

#[derive(Debug, Clone)]
pub struct ParameterMember {
    pub value: String,
    pub alias: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Worksheet {
    pub element: Element,
    pub name: Text,
    pub simple_id: Option<Text>,
    /// The title's text runs, joined; absent = the default title (the sheet's name).
    pub title: Option<Text>,
    pub caption: Option<Text>,
    pub alt_text: Option<Text>,
    /// Names of the data sources that the view uses, without `Parameters`. More than one is a blend.
    pub datasources: Vec<Text>,
    /// Copies of columns and instances that the sheet declares, per data source.
    pub dependencies: Vec<Dependency>,
    pub filters: Vec<Filter>,
    /// As written.
    pub rows: Option<Text>,
    pub cols: Option<Text>,
    pub pages: Option<Text>,
    pub panes: Vec<Pane>,
    pub sorts: Vec<Sort>,
    /// Sheets that its tooltip shows (viz in tooltip).
    pub tooltip_sheets: Vec<String>,
    /// Reference lines, trend lines, forecasts: element names.
    pub analytics: Vec<String>,
    /// `aggregation/@value`; false is "disaggregated".
    pub aggregated: bool,
}

/// `datasource-dependencies` of one sheet on one data source.
#[derive(Debug, Clone)]
pub struct Dependency {
    pub datasource: Text,
    /// `column/@name` of the copies.
    pub columns: Vec<Text>,
    pub instances: Vec<Instance>,
}

/// `column-instance`: a field as a shelf uses it.
#[derive(Debug, Clone)]
pub struct Instance {
    /// `[sum:Sales:qk]`.
    pub name: Text,
    /// `[Sales]`.
    pub column: Text,
    /// `Sum`, `None`, `User` ...
    pub derivation: String,
    /// A canonical rendering of its `table-calc` children (type, ordering, addressing), empty without.
    pub table_calculation: String,
}

/// One marks card.
#[derive(Debug, Clone)]
pub struct Pane {
    pub element: Element,
    /// `Automatic`, `Bar`, `Text` ...
    pub mark: Option<Text>,
    /// (`color`, `size`, `text`, `tooltip`, `lod` ..., column as written).
    pub encodings: Vec<(String, Text)>,
    /// Text of a customised tooltip or label.
    pub tooltip: Option<Text>,
    pub label: Option<Text>,
}

#[derive(Debug, Clone)]
pub struct Sort {
    pub element: Element,
    pub column: String,
    /// A canonical rendering of direction and key.
    pub signature: String,
}

/// A dashboard, or a story.
#[derive(Debug, Clone)]
pub struct Dashboard {
    pub element: Element,
    pub name: Text,
    pub simple_id: Option<Text>,
    pub story: bool,
    pub title: Option<Text>,
    pub size: Option<Size>,
    /// Tiled and floating zones, depth first, without those of device layouts.
    pub zones: Vec<Zone>,
    pub device_layouts: Vec<DeviceLayout>,
    /// `enable-sort-zone-taborder`.
    pub tab_order_by_zone: bool,
    /// Of a story: captions and sheets of its points.
    pub story_points: Vec<StoryPoint>,
}

impl Dashboard {
    /// What people call it: a story, or a dashboard.
    pub fn kind(&self) -> &'static str {
        if self.story { "story" } else { "dashboard" }
    }
}

/// The mode as it acts: also where it is only implied by equal or unequal bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    pub mode: SizeMode,
    pub min: (Option<u32>, Option<u32>),
    pub max: (Option<u32>, Option<u32>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SizeMode {
    Fixed,
    Automatic,
    Range,
    VerticalScroll,
    Unspecified,
}

#[derive(Debug, Clone)]
pub struct Zone {
    pub element: Element,
    pub id: Option<Text>,
    pub kind: ZoneKind,
    /// Of sheets, filters and legends: the sheet.
    pub name: Option<Text>,
    pub param: Option<Text>,
    pub alt_text: Option<Text>,
    pub url: Option<Text>,
    /// Of filter cards: `relevant` is "only relevant values".
    pub values: Option<Text>,
    /// Control's look: `dropdown`, `checkdropdown` ...
    pub mode: Option<Text>,
    /// Text of a text zone.
    pub text: Option<Text>,
    /// Of a button: the action as written.
    pub button_action: Option<Text>,
    /// Of a button: its image, of the state that is shown first.
    pub button_image: Option<Text>,
    /// Of a button: its caption or tooltip; what a screen reader says where there is no alternative text.
    pub button_label: Option<Text>,
    /// `show-title`: of a sheet, its title is shown above it. So it is where nothing is said.
    pub show_title: bool,
    /// `zone-style`: the colour behind it, where one is set.
    pub background: Option<Text>,
    /// Title that the item hierarchy shows.
    pub friendly_name: Option<Text>,
    /// Hundred-thousandths of the dashboard.
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
    pub floating: bool,
    pub hidden: bool,
    /// How many zones it is nested in.
    pub depth: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZoneKind {
    Sheet,
    Container,
    Text,
    Title,
    Image,
    Web,
    Filter,
    Parameter,
    Legend,
    Button,
    Extension,
    Blank,
    Other(String),
}

#[derive(Debug, Clone)]
pub struct DeviceLayout {
    pub element: Element,
    /// `Phone`, `Tablet`, `Desktop`, `default`.
    pub name: String,
    pub auto_generated: bool,
}

#[derive(Debug, Clone)]
pub struct StoryPoint {
    pub caption: Option<String>,
    pub sheet: Option<Text>,
}

/// A tab (or a sheet without one: `hidden`).
#[derive(Debug, Clone)]
pub struct Window {
    pub element: Element,
    /// `worksheet`, `dashboard`, `hidden-worksheet`.
    pub class: String,
    pub name: Text,
    pub simple_id: Option<Text>,
    pub hidden: bool,
    pub tab_color: Option<String>,
    /// Of a dashboard: how each of its sheets fills its place.
    pub fits: Vec<Fit>,
}

/// `viewpoint`: a sheet on a dashboard.
#[derive(Debug, Clone)]
pub struct Fit {
    pub element: Element,
    pub sheet: String,
    /// `zoom/@type`: `entire-view`, `fit-width`, `fit-height`; absent is "standard".
    pub kind: Option<Text>,
}

#[derive(Debug, Clone)]
pub struct Action {
    pub element: Element,
    pub caption: Option<Text>,
    pub name: Option<Text>,
    pub kind: ActionKind,
    /// `on-select`, `on-hover`, `on-menu`.
    pub activation: Option<String>,
    /// Sheet or dashboard that it starts from.
    pub source: Vec<Text>,
    pub excluded: Vec<String>,
    /// Sheet, dashboard, parameter or set that it acts on.
    pub target: Vec<Text>,
    /// Of a URL action.
    pub url: Option<Text>,
    /// A canonical rendering of the rest.
    pub signature: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionKind {
    Filter,
    Highlight,
    Url,
    Navigate,
    Parameter,
    Set,
    Other,
}

#[derive(Debug, Clone)]
pub struct Palette {
    pub name: String,
    pub colors: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Thumbnail {
    pub name: String,
    /// The base64 text.
    pub span: Span,
}

#[derive(Debug, Clone)]
pub struct MapSource {
    pub element: Element,
    pub name: String,
    pub api_key: Option<Text>,
}

/// A dashboard or viz extension.
#[derive(Debug, Clone)]
pub struct Extension {
    pub element: Element,
    pub id: Option<Text>,
    pub url: Option<Text>,
    /// Key and value of each saved setting.
    pub settings: Vec<(String, Text)>,
    pub full_data: bool,
}
