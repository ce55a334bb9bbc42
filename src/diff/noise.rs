//! What of a document says nothing to a reviewer, and what is compared under its own name elsewhere.
//!
//! From the format reference: thumbnails, window state, build numbers, ids that nothing leans on, derived copies.

/// Where in a document a walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Workbook,
    Datasource,
    Column,
    Parameter,
    Worksheet,
    Dashboard,
    Zone,
}

/// What a walk does with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Noise, or compared elsewhere with all below.
    Skip,
    /// One fact with all below, in order.
    Whole,
    /// A fact of its own attributes (but `ignore`) and text, and one for each element below.
    Walk {
        ignore: &'static [&'static str],
        text: bool,
    },
}

/// No attribute counts.
pub(super) const ALL: &[&str] = &["*"];

const WALK: Treatment = Treatment::Walk {
    ignore: &[],
    text: true,
};

const fn without(ignore: &'static [&'static str]) -> Treatment {
    Treatment::Walk { ignore, text: true }
}

/// A holder of what counts.
const HOLDER: Treatment = Treatment::Walk {
    ignore: ALL,
    text: false,
};

/// Attributes without meaning wherever they stand.
pub(super) fn is_noise_attribute(name: &str) -> bool {
    matches!(
        name,
        "id" | "uuid"
            | "is-modified"
            | "jisc-modified"
            | "forceUpdate"
            | "saved-dpi-scale-factor"
            | "source-height"
            | "maximized"
            | "object-id"
            | "version"
            | "inline"
            | "source-platform"
            | "source-build"
            | "xml:base"
            | "dim-percentage"
            | "measure-percentage"
            | "dim-ordering"
            | "measure-ordering"
            | "show-structure"
            | "auto-hidden"
            | "user:auto-column"
            | "user:unnamed"
            | "approx-count"
            | "ordinal"
    ) || name.starts_with("xmlns")
}

pub(super) fn is_formatting(local: &str) -> bool {
    matches!(
        local,
        "format"
            | "style-rule"
            | "style"
            | "encoding"
            | "map"
            | "bucket"
            | "run"
            | "color"
            | "zone-style"
            | "color-palette"
    )
}

/// Its attributes say what the elements inside of it are about.
pub(super) fn names_its_content(local: &str) -> bool {
    matches!(
        local,
        "style-rule"
            | "encoding"
            | "map"
            | "folder"
            | "reference-line"
            | "rule-config"
            | "shared-view"
            | "story-point"
    )
}

/// Means nothing when it is empty.
pub(super) fn is_holder(local: &str) -> bool {
    matches!(
        local,
        "style"
            | "encodings"
            | "panes"
            | "pane"
            | "zone-style"
            | "view"
            | "table"
            | "layout-options"
            | "formatted-text"
            | "datasources"
            | "dashboards"
            | "actions"
            | "zones"
            | "devicelayouts"
            | "preferences"
            | "external"
            | "referenced-extensions"
            | "mapsources"
            | "aliases"
            | "semantic-values"
            | "run"
            | "breakdown"
            | "slices"
            | "title"
            | "caption"
            | "annotations"
    )
}

/// The element that a walk begins at.
pub(super) fn top(scope: Scope) -> Treatment {
    match scope {
        Scope::Workbook => without(&[
            "original-version",
            "locale",
            "author-id",
            "creator-author-id",
            "creator-license-type",
            "creator-site-id",
            "license-type",
            "machine-id",
            "site-id",
            "upgrade-extracts",
            "include-phone-layouts",
        ]),
        Scope::Datasource => without(&["name", "caption", "formatted-name", "hasconnection"]),
        Scope::Column => without(&[
            "name",
            "caption",
            "datatype",
            "role",
            "type",
            "hidden",
            "default-format",
            "semantic-role",
            "aggregation",
            "folder-name",
            "default-role",
            "default-type",
            "pivot",
        ]),
        Scope::Parameter => without(&[
            "name",
            "caption",
            "datatype",
            "role",
            "type",
            "param-domain-type",
            "value",
            "alias",
            "default-value-field",
            "source-field",
        ]),
        Scope::Worksheet | Scope::Dashboard => {
            without(&["name", "type", "enable-sort-zone-taborder"])
        }
        Scope::Zone => without(&[
            "x",
            "y",
            "w",
            "h",
            "name",
            "param",
            "type",
            "type-v2",
            "alt-text",
            "url",
            "values",
            "mode",
            "friendly-name",
            "hidden-by-user",
            "show-title",
            "show-caption",
            "pane-specification-id",
        ]),
    }
}

pub(super) fn treatment(scope: Scope, parent: &str, local: &str) -> Treatment {
    if matches!(
        local,
        "thumbnails"
            | "document-format-change-manifest"
            | "repository-location"
            | "simple-id"
            | "datasource-dependencies"
            | "selection-collection"
            // What a layout came to, and not what was asked for.
            | "layout-cache"
    ) {
        return Treatment::Skip;
    }
    // Of texts that are compared as such only the looks count here.
    if local == "run" && parent == "formatted-text" && scope != Scope::Workbook {
        return Treatment::Walk {
            ignore: &[],
            text: false,
        };
    }
    match scope {
        Scope::Workbook => workbook(parent, local),
        Scope::Datasource => datasource(parent, local),
        Scope::Column => column(local),
        Scope::Parameter => match local {
            "calculation" | "members" | "aliases" | "range" | "desc" => Treatment::Skip,
            _ => WALK,
        },
        Scope::Worksheet => worksheet(parent, local),
        Scope::Dashboard => match (parent, local) {
            ("dashboard", "size" | "datasources" | "zones" | "devicelayouts") => Treatment::Skip,
            _ => WALK,
        },
        Scope::Zone => zone(parent, local),
    }
}

fn workbook(parent: &str, local: &str) -> Treatment {
    match (parent, local) {
        (
            "workbook",
            "datasources" | "worksheets" | "dashboards" | "windows" | "actions" | "preferences",
        ) => Treatment::Skip,
        ("datasource-relationships", _) => Treatment::Walk {
            ignore: &["source", "target"],
            text: false,
        },
        (_, "filter") => without(&["filter-group"]),
        (_, "shape" | "formatted-text") => Treatment::Whole,
        _ => WALK,
    }
}

fn datasource(parent: &str, local: &str) -> Treatment {
    match (parent, local) {
        // Compared as fields, sets, hierarchies and filters; copies; how the window is laid out.
        (
            "datasource",
            "column" | "column-instance" | "group" | "drill-paths" | "filter" | "layout"
            | "data-source-tree" | "folder" | "folders-common",
        )
        | (
            "connection",
            "named-connections" | "cols" | "metadata-records" | "refresh" | "_" | "calculations",
        )
        | ("extract", "connection" | "filter")
        | ("object-graph", "objects")
        | ("relationship", "expression")
        | ("columns", _)
        | ("relation", "clause" | "relation") => Treatment::Skip,
        ("datasource", "connection" | "object-graph" | "aliases")
        | ("connection" | "collection", "relation")
        | ("object-graph", "relationships") => HOLDER,
        ("datasource", "extract") => without(&["enabled", "type", "user-specific"]),
        ("relation", "columns") => without(&["gridOrigin", "outcome"]),
        _ => WALK,
    }
}

fn column(local: &str) -> Treatment {
    match local {
        "calculation" | "aliases" | "desc" => Treatment::Skip,
        _ => WALK,
    }
}

fn worksheet(parent: &str, local: &str) -> Treatment {
    match (parent, local) {
        (
            "view",
            "datasources" | "filter" | "sort" | "computed-sort" | "manual-sort" | "shelf-sorts"
            | "slices" | "aggregation",
        )
        | ("table", "rows" | "cols" | "pages")
        | ("pane", "encodings") => Treatment::Skip,
        ("panes", "pane") => without(&[
            "x-axis-name",
            "y-axis-name",
            "x-index",
            "y-index",
            "selection-relaxation-option",
        ]),
        ("pane", "mark") => without(&["class"]),
        _ => WALK,
    }
}

fn zone(parent: &str, local: &str) -> Treatment {
    match (parent, local) {
        // Zones inside are compared by themselves; extensions' settings as such.
        ("zone", "zone" | "add-in") | ("button", "toggle-action") => Treatment::Skip,
        ("zone", "button") => without(&["action", "alt-text"]),
        ("story-points", "story-point") => without(&["caption", "captured-sheet"]),
        _ => WALK,
    }
}
