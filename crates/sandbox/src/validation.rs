//! What the validation calls of API 3.29 say about a document: a small part of the real checks, exactly placed.

use std::collections::HashSet;

use roxmltree::{Document, Node};
use serde::Serialize;

use crate::reading::of_list;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    pub(crate) severity: &'static str,
    pub(crate) message: String,
    /// 1-based.
    pub(crate) line: u32,
    /// 1-based, in characters.
    pub(crate) column: u32,
    pub(crate) element_name: String,
}

/// What cannot be validated at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAWorkbook {
    #[error("the document is not UTF-8")]
    NotUtf8,
    #[error("the document is not well-formed XML: {0}")]
    Xml(#[from] roxmltree::Error),
    #[error("the root element is '{0}', not 'workbook'")]
    Root(String),
}

#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) errors: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
}

impl Findings {
    fn error(&mut self, node: Node<'_, '_>, message: String) {
        self.errors.push(finding("ERROR", node, message));
    }

    fn warning(&mut self, node: Node<'_, '_>, message: String) {
        self.warnings.push(finding("WARNING", node, message));
    }
}

fn finding(severity: &'static str, node: Node<'_, '_>, message: String) -> Finding {
    let position = node.document().text_pos_at(node.range().start);
    Finding {
        severity,
        message,
        line: position.row,
        column: position.col,
        element_name: node.tag_name().name().to_owned(),
    }
}

/// `published` says whether the site has a data source of that content URL.
pub(crate) fn validate(
    document: &[u8],
    newest: (u32, u32),
    published: impl Fn(&str) -> bool,
) -> Result<Findings, NotAWorkbook> {
    let text = std::str::from_utf8(document).map_err(|_| NotAWorkbook::NotUtf8)?;
    let document = Document::parse(text.trim_start_matches('\u{feff}'))?;
    let root = document.root_element();
    if root.tag_name().name() != "workbook" {
        return Err(NotAWorkbook::Root(root.tag_name().name().to_owned()));
    }
    let mut findings = Findings::default();
    check_version(root, newest, &mut findings);
    let sheets = check_sheet_names(root, &mut findings);
    check_sources(root, &mut findings);
    check_zones(root, &sheets, &mut findings);
    check_published(root, published, &mut findings);
    Ok(findings)
}

fn check_version(root: Node<'_, '_>, newest: (u32, u32), findings: &mut Findings) {
    let Some(version) = root.attribute("version") else {
        findings.error(
            root,
            "Attribute 'version' is required but missing.".to_owned(),
        );
        return;
    };
    let (major, minor) = version.split_once('.').unwrap_or((version, "0"));
    match (major.parse::<u32>(), minor.parse::<u32>()) {
        (Ok(major), Ok(minor)) if (major, minor) <= newest => {}
        (Ok(_), Ok(_)) => findings.error(
            root,
            format!("Version '{version}' is newer than this server's."),
        ),
        _ => findings.error(root, format!("'{version}' is not a version.")),
    }
}

fn check_sheet_names(root: Node<'_, '_>, findings: &mut Findings) -> HashSet<String> {
    let mut names = HashSet::new();
    for sheet in
        of_list(root, "worksheets", "worksheet").chain(of_list(root, "dashboards", "dashboard"))
    {
        match sheet.attribute("name") {
            None => findings.error(
                sheet,
                "Attribute 'name' is required but missing.".to_owned(),
            ),
            Some(name) if !names.insert(name.to_owned()) => {
                findings.error(
                    sheet,
                    format!("There is more than one sheet named '{name}'."),
                );
            }
            Some(_) => {}
        }
    }
    names
}

/// Sheets may use only data sources that the workbook has.
fn check_sources(root: Node<'_, '_>, findings: &mut Findings) {
    let known: HashSet<&str> = of_list(root, "datasources", "datasource")
        .filter_map(|source| source.attribute("name"))
        .collect();
    for sheet in of_list(root, "worksheets", "worksheet") {
        let uses = sheet.descendants().filter(|node| {
            node.has_tag_name("datasource")
                && node.parent().is_some_and(|p| p.has_tag_name("datasources"))
        });
        for used in uses {
            if let Some(name) = used.attribute("name").filter(|name| !known.contains(name)) {
                findings.error(
                    used,
                    format!(
                        "The worksheet uses the data source '{name}', which the workbook lacks."
                    ),
                );
            }
        }
    }
}

/// A zone of a dashboard that is named and has no type shows the sheet of that name.
fn check_zones(root: Node<'_, '_>, sheets: &HashSet<String>, findings: &mut Findings) {
    for dashboard in of_list(root, "dashboards", "dashboard") {
        for zone in dashboard
            .descendants()
            .filter(|node| node.has_tag_name("zone"))
        {
            let plain = zone.attribute("type").is_none() && zone.attribute("type-v2").is_none();
            if let Some(name) = zone
                .attribute("name")
                .filter(|name| plain && !sheets.contains(*name))
            {
                findings.error(
                    zone,
                    format!("The dashboard shows the sheet '{name}', which the workbook lacks."),
                );
            }
        }
    }
}

fn check_published(root: Node<'_, '_>, published: impl Fn(&str) -> bool, findings: &mut Findings) {
    for source in of_list(root, "datasources", "datasource") {
        for connection in source
            .descendants()
            .filter(|node| node.attribute("class") == Some("sqlproxy"))
        {
            if let Some(url) = connection.attribute("dbname").filter(|url| !published(url)) {
                findings.warning(
                    connection,
                    format!("The published data source '{url}' is not on this site."),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<(String, u32, u32)> {
        let findings = validate(text.as_bytes(), (26, 2), |_| false).unwrap();
        findings
            .errors
            .into_iter()
            .map(|f| (f.element_name, f.line, f.column))
            .collect()
    }

    #[test]
    fn places_what_it_finds() {
        assert_eq!(errors("<workbook version='18.1'/>"), []);
        assert_eq!(errors("<workbook/>"), [("workbook".to_owned(), 1, 1)]);
        assert_eq!(errors("<workbook version='99.1'/>").len(), 1);
        let text = "<workbook version='18.1'><datasources><datasource name='d'/></datasources>\n\
            <worksheets><worksheet name='a'><table><view><datasources><datasource name='d'/><datasource name='e'/>\
            </datasources></view></table></worksheet>\n<worksheet name='a'/></worksheets>\n\
            <dashboards><dashboard name='b'><zones><zone type-v2='text' name='x'/><zone name='a'/>\n \
            <zone name='gone'/></zones></dashboard></dashboards></workbook>";
        assert_eq!(
            errors(text),
            [
                ("worksheet".to_owned(), 3, 1),
                ("datasource".to_owned(), 2, 81),
                ("zone".to_owned(), 5, 2),
            ]
        );
    }

    #[test]
    fn warns_of_missing_published_sources() {
        let text = "<workbook version='18.1'><datasources><datasource name='s'><connection class='sqlproxy' dbname='Gone'/>\
            </datasource></datasources></workbook>";
        assert_eq!(
            validate(text.as_bytes(), (26, 2), |_| false)
                .unwrap()
                .warnings
                .len(),
            1
        );
        assert_eq!(
            validate(text.as_bytes(), (26, 2), |url| url == "Gone")
                .unwrap()
                .warnings
                .len(),
            0
        );
        assert!(validate(b"<a/>", (26, 2), |_| true).is_err());
        assert!(validate(b"\xff", (26, 2), |_| true).is_err());
    }
}
