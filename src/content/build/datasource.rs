//! Data sources.

use crate::content::model::{
    Attribute, Column, Connection, Datasource, Definition, Extract, Filter, Group, Hierarchy,
    MetadataField, Relation, Relationship, Text,
};
use crate::content::tree::{NodeId, Tree};
use crate::hash::HashMap;

use super::{counted, description, element, repository_location};

pub(super) fn read(tree: &Tree, node: NodeId) -> Datasource {
    let connection = tree.child(node, "connection");
    let name = tree
        .attribute(node, "name")
        .or_else(|| tree.attribute(node, "formatted-name"))
        .unwrap_or_default();
    Datasource {
        element: element(tree, node),
        name,
        caption: tree.attribute(node, "caption"),
        repository_location: repository_location(tree, node),
        connections: connection.map(|c| connections(tree, c)).unwrap_or_default(),
        relations: relations(tree, node, connection),
        relationships: relationships(tree, node),
        extract: tree.child(node, "extract").map(|n| extract(tree, n)),
        columns: counted(tree, node, "column")
            .map(|n| column(tree, n))
            .collect(),
        metadata: connection.map(|c| metadata(tree, c)).unwrap_or_default(),
        groups: tree.named(node, "group").map(|n| group(tree, n)).collect(),
        hierarchies: hierarchies(tree, node),
        folders: folders(tree, node),
        mapped_names: connection
            .and_then(|c| tree.child(c, "cols"))
            .map(|cols| {
                tree.named(cols, "map")
                    .filter_map(|n| tree.get(n, "key"))
                    .collect()
            })
            .unwrap_or_default(),
        instance_names: tree
            .named(node, "column-instance")
            .filter_map(|n| tree.get(n, "name"))
            .collect(),
        filters: tree
            .named(node, "filter")
            .map(|n| filter(tree, n))
            .collect(),
    }
}

/// The named connections of a federated one, or the old-style connection itself.
fn connections(tree: &Tree, node: NodeId) -> Vec<Connection> {
    if !tree.is(node, "class", "federated") {
        return vec![connection(tree, node, None)];
    }
    let Some(named) = tree.child(node, "named-connections") else {
        return Vec::new();
    };
    tree.named(named, "named-connection")
        .filter_map(|wrapper| {
            tree.child(wrapper, "connection")
                .map(|n| connection(tree, n, Some(wrapper)))
        })
        .collect()
}

fn connection(tree: &Tree, node: NodeId, wrapper: Option<NodeId>) -> Connection {
    let attributes = tree
        .read_attributes(node)
        .map(|a| Attribute {
            name: a.name.local.clone(),
            value: Text {
                value: a.value.into_owned(),
                span: a.span,
            },
        })
        .collect();
    Connection {
        element: element(tree, node),
        class: tree.attribute(node, "class").unwrap_or_default(),
        name: wrapper.and_then(|w| tree.attribute(w, "name")),
        caption: wrapper.and_then(|w| tree.attribute(w, "caption")),
        attributes,
    }
}

/// Each relation once: from the object graph where there is one, else from the connection (format reference, A.7.4).
fn relations(tree: &Tree, datasource: NodeId, connection: Option<NodeId>) -> Vec<Relation> {
    let mut found = Vec::new();
    for object in objects(tree, datasource) {
        let physical = tree
            .named(object, "properties")
            .filter(|p| tree.get(*p, "context").unwrap_or_default().is_empty());
        for relation in physical.flat_map(|p| tree.named(p, "relation").collect::<Vec<_>>()) {
            add_relation(tree, relation, 0, &mut found);
        }
    }
    if found.is_empty() {
        let top = connection
            .map(|c| tree.named(c, "relation").collect::<Vec<_>>())
            .unwrap_or_default();
        for relation in top {
            add_relation(tree, relation, 0, &mut found);
        }
    }
    found
}

fn objects(tree: &Tree, datasource: NodeId) -> Vec<NodeId> {
    let objects = tree.path(datasource, &["object-graph", "objects"]);
    objects
        .map(|o| tree.named(o, "object").collect())
        .unwrap_or_default()
}

fn add_relation(tree: &Tree, node: NodeId, depth: u16, found: &mut Vec<Relation>) {
    let kind = tree.get(node, "type").unwrap_or_else(|| "table".to_owned());
    let custom_sql = (kind == "text").then(|| {
        let text = tree.text(node);
        // Every literal `<` of the SQL is written twice, because `<[Parameters].[x]>` inserts a parameter.
        Text {
            value: text.value.replace("<<", "<").replace(">>", ">"),
            span: text.span,
        }
    });
    found.push(Relation {
        element: element(tree, node),
        name: tree.attribute(node, "name"),
        table: tree.attribute(node, "table"),
        connection: tree.attribute(node, "connection"),
        join: tree.attribute(node, "join"),
        has_clause: tree.child(node, "clause").is_some(),
        custom_sql,
        depth,
        kind,
    });
    for child in tree.named(node, "relation") {
        add_relation(tree, child, depth.saturating_add(1), found);
    }
}

fn relationships(tree: &Tree, datasource: NodeId) -> Vec<Relationship> {
    let captions: HashMap<String, String> = objects(tree, datasource)
        .into_iter()
        .filter_map(|n| Some((tree.get(n, "id")?, tree.get(n, "caption")?)))
        .collect();
    let Some(all) = tree.path(datasource, &["object-graph", "relationships"]) else {
        return Vec::new();
    };
    tree.named(all, "relationship")
        .map(|n| {
            let end = |name: &str| {
                let id = tree
                    .child(n, name)
                    .and_then(|e| tree.get(e, "object-id"))
                    .unwrap_or_default();
                captions.get(&id).cloned().unwrap_or(id)
            };
            Relationship {
                element: element(tree, n),
                tables: (end("first-end-point"), end("second-end-point")),
                expression: tree
                    .child(n, "expression")
                    .map(|e| tree.expression(e))
                    .unwrap_or_default(),
            }
        })
        .collect()
}

fn extract(tree: &Tree, node: NodeId) -> Extract {
    let connection = tree.child(node, "connection");
    let refresh = connection.and_then(|c| tree.child(c, "refresh"));
    Extract {
        element: element(tree, node),
        enabled: tree.is(node, "enabled", "true"),
        file: connection.and_then(|c| tree.attribute(c, "dbname")),
        update_time: connection.and_then(|c| tree.attribute(c, "update-time")),
        incremental: refresh.is_some_and(|r| tree.is(r, "incremental-updates", "true")),
        filters: tree
            .named(node, "filter")
            .map(|n| filter(tree, n))
            .collect(),
    }
}

pub(super) fn column(tree: &Tree, node: NodeId) -> Column {
    let name = tree.attribute(node, "name").unwrap_or_default();
    Column {
        element: element(tree, node),
        caption: tree.attribute(node, "caption"),
        datatype: tree.attribute(node, "datatype"),
        role: tree.attribute(node, "role"),
        kind: tree.attribute(node, "type"),
        hidden: tree.is(node, "hidden", "true"),
        default_format: tree.attribute(node, "default-format"),
        semantic_role: tree.attribute(node, "semantic-role"),
        description: description(tree, node),
        definition: definition(tree, node),
        internal: is_internal(&name.value),
        name,
    }
}

/// Tableau's own fields.
fn is_internal(name: &str) -> bool {
    const OWN: [&str; 7] = [
        "[Number of Records]",
        "[:Measure Names]",
        "[Multiple Values]",
        "[Measure Names]",
        "[Measure Values]",
        "[Latitude (generated)]",
        "[Longitude (generated)]",
    ];
    OWN.contains(&name)
        || name == "[Geometry (generated)]"
        || name.starts_with("[__tableau_internal_object_id__]")
}

fn definition(tree: &Tree, node: NodeId) -> Definition {
    let Some(calculation) = tree.child(node, "calculation") else {
        return Definition::Field;
    };
    let class = tree.get(calculation, "class").unwrap_or_default();
    match class.as_str() {
        "tableau" => Definition::Calculated {
            calculation: element(tree, calculation),
            formula: tree.attribute(calculation, "formula").unwrap_or_default(),
            table_calculation: tree.child(calculation, "table-calc").is_some(),
        },
        "bin" => Definition::Bin {
            of: tree.get(calculation, "formula").unwrap_or_default(),
        },
        "categorical-bin" => Definition::Group {
            of: tree.get(calculation, "column").unwrap_or_default(),
        },
        _ => Definition::Other { class },
    }
}

fn metadata(tree: &Tree, connection: NodeId) -> Vec<MetadataField> {
    let Some(records) = tree.child(connection, "metadata-records") else {
        return Vec::new();
    };
    let text = |n: NodeId, name: &str| tree.child(n, name).map(|c| tree.text(c));
    tree.named(records, "metadata-record")
        .filter(|n| tree.is(*n, "class", "column"))
        .filter_map(|n| {
            Some(MetadataField {
                name: text(n, "local-name")?,
                remote_name: text(n, "remote-name").map(|t| t.value),
                local_type: text(n, "local-type").map(|t| t.value),
                parent: text(n, "parent-name").map(|t| t.value),
            })
        })
        .collect()
}

fn group(tree: &Tree, node: NodeId) -> Group {
    let name = tree.attribute(node, "name").unwrap_or_default();
    let hidden = tree.is(node, "hidden", "true");
    let automatic = tree.attribute(node, "user:auto-column").is_some();
    let internal = automatic
        || (hidden
            && (name.value.starts_with("[Action (") || name.value.starts_with("[Exclusions (")));
    let user_filter = tree.descendants(node).chain([node]).any(|n| {
        tree.get(n, "user:ui-builder")
            .is_some_and(|b| b.contains("identity"))
            || tree
                .get(n, "expression")
                .is_some_and(|e| e.contains("ISUSERNAME"))
    });
    Group {
        element: element(tree, node),
        caption: tree.attribute(node, "caption"),
        internal,
        user_filter,
        name,
    }
}

fn hierarchies(tree: &Tree, node: NodeId) -> Vec<Hierarchy> {
    let Some(paths) = tree.child(node, "drill-paths") else {
        return Vec::new();
    };
    tree.named(paths, "drill-path")
        .map(|n| Hierarchy {
            name: tree.get(n, "name").unwrap_or_default(),
            fields: tree.named(n, "field").map(|f| tree.text(f).value).collect(),
        })
        .collect()
}

fn folders(tree: &Tree, node: NodeId) -> Vec<String> {
    let holders = tree.children(node).filter(|n| {
        matches!(
            tree.local(*n),
            "folders-common" | "folders-parameters" | "folder"
        )
    });
    holders
        .flat_map(|h| tree.named(h, "folder").chain([h]).collect::<Vec<_>>())
        .filter_map(|n| tree.get(n, "name"))
        .collect()
}

pub(super) fn filter(tree: &Tree, node: NodeId) -> Filter {
    let column = tree.attribute(node, "column").unwrap_or_default();
    let groups: Vec<NodeId> = tree
        .descendants(node)
        .filter(|n| tree.local(*n) == "groupfilter")
        .collect();
    let function = |n: &NodeId, name: &str| tree.is(*n, "function", name);
    let enumerated = |value: &str| {
        groups
            .iter()
            .any(|n| tree.is(*n, "user:ui-enumeration", value))
    };
    let members: Vec<String> = groups
        .iter()
        .filter(|n| function(n, "member"))
        .filter_map(|n| tree.get(*n, "member"))
        .collect();
    let bound = |name: &str| {
        tree.child(node, name)
            .map(|n| tree.text(n).value.trim().to_owned())
            .or_else(|| tree.get(node, name))
    };
    Filter {
        element: element(tree, node),
        class: tree.get(node, "class").unwrap_or_default(),
        context: tree.is(node, "context", "true"),
        internal: internal_filter(&column.value),
        conditional: groups.iter().any(|n| {
            (function(n, "filter") && tree.attribute(*n, "expression").is_some())
                || tree.attribute(*n, "user:ui-filter-by-field").is_some()
        }),
        top_n: groups.iter().any(|n| function(n, "end")),
        exclude: enumerated("exclusive") || groups.iter().any(|n| function(n, "except")),
        all: enumerated("all")
            || (members.is_empty()
                && groups.len() == 1
                && groups.iter().any(|n| function(n, "level-members"))),
        members,
        min: bound("min"),
        max: bound("max"),
        group: tree.get(node, "filter-group"),
        column,
    }
}

/// Filters that Tableau makes for itself: of actions, of measure names, of exclusion sets.
fn internal_filter(column: &str) -> bool {
    column.contains("[Action (")
        || column.contains("[:Measure Names]")
        || column.contains("[Exclusions (")
        || column.starts_with("[Parameters]")
}
