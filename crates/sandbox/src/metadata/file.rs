//! What a file tells of its lineage: data sources with fields and tables, sheets and what they use.

use roxmltree::{Document, Node};

use crate::reading::of_list;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FieldFact {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) role: String,
    pub(super) data_type: String,
    pub(super) hidden: bool,
    pub(super) formula: Option<String>,
    /// Index of its table among the source's.
    pub(super) table: Option<usize>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TableFact {
    pub(crate) name: String,
    pub(crate) schema: String,
    pub(crate) full_name: String,
    pub(crate) class: String,
    pub(crate) database: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SourceFact {
    pub(super) name: String,
    pub(super) caption: String,
    pub(super) has_extract: bool,
    /// Content URL of the published data source that it stands for.
    pub(super) published: Option<String>,
    pub(super) fields: Vec<FieldFact>,
    pub(super) tables: Vec<TableFact>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SheetFact {
    pub(super) name: String,
    /// Names of the data sources that it uses, or of the sheets that it shows if it is a dashboard.
    pub(super) uses: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FileFacts {
    pub(super) sources: Vec<SourceFact>,
    pub(super) sheets: Vec<SheetFact>,
    pub(super) dashboards: Vec<SheetFact>,
}

/// Facts of a document; none of one that cannot be read (it would not have been published).
pub(super) fn facts(text: &str) -> FileFacts {
    let Ok(document) = Document::parse(text) else {
        return FileFacts::default();
    };
    let root = document.root_element();
    if root.has_tag_name("datasource") {
        return FileFacts {
            sources: vec![source(root)],
            ..FileFacts::default()
        };
    }
    FileFacts {
        sources: of_list(root, "datasources", "datasource")
            .filter(|node| node.attribute("name") != Some("Parameters"))
            .map(source)
            .collect(),
        sheets: of_list(root, "worksheets", "worksheet")
            .map(worksheet)
            .collect(),
        dashboards: of_list(root, "dashboards", "dashboard")
            .map(dashboard)
            .collect(),
    }
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap_or_default().to_owned()
}

fn worksheet(node: Node<'_, '_>) -> SheetFact {
    let uses = node
        .descendants()
        .filter(|n| {
            n.has_tag_name("datasource")
                && n.parent().is_some_and(|p| p.has_tag_name("datasources"))
        })
        .map(|n| text(n, "name"))
        .collect();
    SheetFact {
        name: text(node, "name"),
        uses,
    }
}

fn dashboard(node: Node<'_, '_>) -> SheetFact {
    let mut uses: Vec<String> = node
        .descendants()
        .filter(|n| n.has_tag_name("zone"))
        .filter_map(|n| n.attribute("name"))
        .map(str::to_owned)
        .collect();
    uses.sort();
    uses.dedup();
    SheetFact {
        name: text(node, "name"),
        uses,
    }
}

fn plain(name: &str) -> &str {
    name.rsplit_once("...").map_or(name, |(_, plain)| plain)
}

/// `[schema].[table]` without its brackets.
fn unbracket(text: &str) -> String {
    text.trim_matches(['[', ']']).to_owned()
}

fn source(node: Node<'_, '_>) -> SourceFact {
    let mut source = SourceFact {
        name: text(node, "name"),
        caption: text(node, "caption"),
        has_extract: node
            .children()
            .any(|n| n.has_tag_name("extract") && n.attribute("enabled") == Some("true")),
        ..SourceFact::default()
    };
    if source.caption.is_empty() {
        source.caption = if source.name.is_empty() {
            text(node, "formatted-name")
        } else {
            source.name.clone()
        };
    }
    let Some(connection) = node.children().find(|n| n.has_tag_name("connection")) else {
        return source;
    };
    source.published =
        (connection.attribute("class") == Some("sqlproxy")).then(|| text(connection, "dbname"));
    if source.published.is_none() {
        source.tables = tables(connection);
    }
    source.fields = fields(node, connection, &source.tables);
    source
}

fn tables(connection: Node<'_, '_>) -> Vec<TableFact> {
    let named = |name: &str| {
        connection
            .descendants()
            .filter(|n| n.has_tag_name("named-connection") && n.attribute("name") == Some(name))
            .find_map(|n| n.children().find(roxmltree::Node::is_element))
    };
    let mut tables: Vec<TableFact> = connection
        .descendants()
        .filter(|n| {
            plain(n.tag_name().name()) == "relation" && n.attribute("type") == Some("table")
        })
        .map(|relation| {
            let inner = relation
                .attribute("connection")
                .and_then(named)
                .unwrap_or(connection);
            let full_name = text(relation, "table");
            let (schema, name) = match full_name.split_once("].[") {
                Some((schema, name)) => (unbracket(schema), unbracket(name)),
                None => (String::new(), unbracket(&full_name)),
            };
            let database = inner
                .attribute("dbname")
                .or(inner.attribute("filename"))
                .unwrap_or_default()
                .to_owned();
            TableFact {
                name,
                schema,
                full_name,
                class: text(inner, "class"),
                database,
            }
        })
        .collect();
    tables.sort();
    tables.dedup();
    tables
}

fn fields(source: Node<'_, '_>, connection: Node<'_, '_>, tables: &[TableFact]) -> Vec<FieldFact> {
    let columns: Vec<Node<'_, '_>> = source
        .children()
        .filter(|n| n.has_tag_name("column"))
        .collect();
    let mut fields: Vec<FieldFact> = columns
        .iter()
        .map(|column| from_column(*column, connection, tables))
        .collect();
    // Columns of the database that the file says nothing more about.
    for record in connection
        .descendants()
        .filter(|n| n.has_tag_name("metadata-record") && n.attribute("class") == Some("column"))
    {
        let Some(name) = child_text(record, "local-name") else {
            continue;
        };
        if !columns
            .iter()
            .any(|column| column.attribute("name") == Some(name))
        {
            fields.push(FieldFact {
                name: unbracket(name),
                data_type: child_text(record, "local-type")
                    .unwrap_or_default()
                    .to_uppercase(),
                table: table_of(record, tables),
                ..FieldFact::default()
            });
        }
    }
    fields
}

fn child_text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children()
        .find(|n| n.has_tag_name(name))
        .and_then(|n| n.text())
}

fn table_of(record: Node<'_, '_>, tables: &[TableFact]) -> Option<usize> {
    let parent = unbracket(child_text(record, "parent-name")?);
    tables.iter().position(|table| table.name == parent)
}

fn from_column(column: Node<'_, '_>, connection: Node<'_, '_>, tables: &[TableFact]) -> FieldFact {
    let name = text(column, "name");
    let record = connection.descendants().find(|n| {
        n.has_tag_name("metadata-record") && child_text(*n, "local-name") == Some(name.as_str())
    });
    FieldFact {
        name: column
            .attribute("caption")
            .map_or_else(|| unbracket(&name), str::to_owned),
        description: column
            .descendants()
            .filter(|n| n.has_tag_name("run"))
            .filter_map(|n| n.text())
            .collect::<String>(),
        role: text(column, "role").to_uppercase(),
        data_type: text(column, "datatype").to_uppercase(),
        hidden: column.attribute("hidden") == Some("true"),
        formula: column
            .children()
            .find(|n| n.has_tag_name("calculation") && n.attribute("class") == Some("tableau"))
            .and_then(|n| n.attribute("formula"))
            .map(str::to_owned),
        table: record.and_then(|record| table_of(record, tables)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_fields_tables_and_sheets() {
        let facts = facts(
            "<workbook><datasources><datasource name='Parameters'/><datasource name='f.1' caption='Orders'>\
             <connection class='federated'><named-connections><named-connection name='n'>\
             <connection class='postgres' dbname='sales'/></named-connection></named-connections>\
             <relation connection='n' name='orders' table='[public].[orders]' type='table'/>\
             <metadata-records><metadata-record class='column'><local-name>[id]</local-name><parent-name>[orders]</parent-name>\
             <local-type>integer</local-type></metadata-record></metadata-records></connection>\
             <column name='[Calc]' caption='Margin' role='measure' datatype='real'><calculation class='tableau' formula='[a]-[b]'/></column>\
             </datasource></datasources>\
             <worksheets><worksheet name='S'><table><view><datasources><datasource name='f.1'/></datasources></view></table></worksheet></worksheets>\
             <dashboards><dashboard name='D'><zones><zone name='S'/></zones></dashboard></dashboards></workbook>",
        );
        let source = &facts.sources[0];
        assert_eq!(
            (
                source.tables[0].schema.as_str(),
                source.tables[0].database.as_str()
            ),
            ("public", "sales")
        );
        let names: Vec<_> = source
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.formula.as_deref(), f.table))
            .collect();
        assert_eq!(
            names,
            [("Margin", Some("[a]-[b]"), None), ("id", None, Some(0))]
        );
        assert_eq!(facts.sheets[0].uses, ["f.1"]);
        assert_eq!(facts.dashboards[0].uses, ["S"]);
    }
}
