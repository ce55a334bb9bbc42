//! Which capabilities each kind of content knows.

const WORKBOOK: &[&str] = &[
    "Read",
    "Filter",
    "ViewComments",
    "AddComment",
    "ExportImage",
    "ExportData",
    "ShareView",
    "ViewUnderlyingData",
    "WebAuthoring",
    "RunExplainData",
    "ExportXml",
    "Write",
    "CreateRefreshMetrics",
    "ChangeHierarchy",
    "Delete",
    "ChangePermissions",
    "ExtractRefresh",
    "AiAccess",
];
const VIEW: &[&str] = &[
    "Read",
    "Filter",
    "ViewComments",
    "AddComment",
    "ExportImage",
    "ExportData",
    "ShareView",
    "ViewUnderlyingData",
    "WebAuthoring",
    "Delete",
    "ChangePermissions",
    "ExportXml",
    "Write",
    "AiAccess",
];
const DATASOURCE: &[&str] = &[
    "Read",
    "Connect",
    "ExportXml",
    "Write",
    "SaveAs",
    "ChangeHierarchy",
    "Delete",
    "ChangePermissions",
    "VizqlDataApiAccess",
    "PulseMetricDefine",
    "ExtractRefresh",
];
const FLOW: &[&str] = &[
    "Read",
    "ExportXml",
    "Execute",
    "Write",
    "WebAuthoringForFlows",
    "ChangeHierarchy",
    "Delete",
    "ChangePermissions",
];
const PROJECT: &[&str] = &["Read", "Write", "ProjectLeader"];
/// Databases, tables, virtual connections, metrics, lenses, data roles.
const OTHER: &[&str] = &[
    "Read",
    "Connect",
    "Write",
    "ChangeHierarchy",
    "Delete",
    "ChangePermissions",
];

/// By the plural that the path uses. `InheritedProjectLeader` is read-only and in none.
pub(crate) fn of_content(plural: &str) -> &'static [&'static str] {
    match plural {
        "workbooks" => WORKBOOK,
        "views" => VIEW,
        "datasources" => DATASOURCE,
        "flows" => FLOW,
        "projects" => PROJECT,
        _ => OTHER,
    }
}

/// The content types that have default permissions, whatever the case of the path.
pub(crate) fn default_content(text: &str) -> Option<&'static str> {
    [
        "workbooks",
        "datasources",
        "flows",
        "databases",
        "tables",
        "virtualconnections",
        "metrics",
        "lenses",
        "dataroles",
    ]
    .into_iter()
    .find(|known| known.eq_ignore_ascii_case(text))
}
