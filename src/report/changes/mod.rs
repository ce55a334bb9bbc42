//! How the difference of two files looks.

mod html;
mod human;
mod markdown;

pub use html::html;
pub use human::human;
pub use markdown::markdown;
pub(crate) use markdown::{list, sentence};

use crate::diff::{Action, Alike, Changes, SCHEMA_VERSION};

/// Sheets that are said by name.
const SHEETS: usize = 6;

/// The versioned document: each file's changes, and all of them under `changes`.
pub fn json(files: &[(String, Changes)]) -> String {
    let documents: Vec<serde_json::Value> = files
        .iter()
        .map(|(file, changes)| {
            let mut value = serde_json::to_value(changes).unwrap_or_default();
            if let Some(map) = value.as_object_mut() {
                map.insert("file".to_owned(), file.as_str().into());
            }
            value
        })
        .collect();
    let all: Vec<&serde_json::Value> = documents
        .iter()
        .filter_map(|d| d["changes"].as_array())
        .flatten()
        .collect();
    format!(
        "{:#}\n",
        serde_json::json!({ "schema_version": SCHEMA_VERSION, "files": documents, "changes": all })
    )
}

/// `+`, `-` or `~`: reads without colours.
fn sign(action: Action) -> &'static str {
    match action {
        Action::Added => "+",
        Action::Removed => "-",
        _ => "~",
    }
}

/// The visible sheets that show a change, but not those that it is about: `Overview, Map and 3 more`.
fn seen_on(group: &Alike<'_>) -> Option<String> {
    let named = |sheet: &str| {
        let mut subjects = group.changes.iter().flat_map(|c| &c.subject);
        subjects.any(|s| s.name == sheet)
    };
    let mut sheets = group.reaches();
    sheets.retain(|sheet| !named(sheet));
    match sheets.len() {
        0 => None,
        n if n <= SHEETS => Some(sheets.join(", ")),
        n => Some(format!(
            "{} and {} more",
            sheets[..SHEETS].join(", "),
            n - SHEETS
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Document;
    use crate::diff;
    use crate::report::style::Palette;

    fn workbook(formula: &str, filter: &str) -> Document {
        let text = format!(
            "<workbook version='18.1'><datasources><datasource caption='Sales &lt;b>' name='federated.1'>\
             <connection class='postgres' server='db.example' dbname='sales' />\
             <column caption='Ratio' datatype='real' name='[Calculation_1]' role='measure' type='quantitative'>\
             <calculation class='tableau' formula='{formula}' /></column>\
             <column caption='Mine' datatype='boolean' name='[Calculation_2]' role='dimension' type='nominal'>\
             <calculation class='tableau' formula='ISMEMBEROF(&quot;A&quot;)' /></column>{filter}</datasource></datasources>\
             <worksheets><worksheet name='Map'><table><view><datasource-dependencies datasource='federated.1'>\
             <column-instance column='[Calculation_1]' derivation='User' name='[usr:Calculation_1:qk]' />\
             </datasource-dependencies></view></table></worksheet></worksheets></workbook>"
        );
        Document::parse(text).unwrap_or_else(|e| panic!("{e}"))
    }

    fn files() -> Vec<(String, Changes)> {
        let filter = "<filter class='categorical' column='[Calculation_2]'>\
                      <groupfilter function='member' member='true' /></filter>";
        let before = workbook("SUM([a]) / SUM([b])", filter);
        let after = workbook("SUM([a]) / COUNT([b])", "");
        vec![("w.twb".to_owned(), diff::documents(&before, &after))]
    }

    #[test]
    fn people_read_the_risk_first() {
        let text = human(&files(), Palette::new(false));
        assert_eq!(
            text,
            "w.twb: 1 data source filter removed, 1 calculated field changed; 1 risk\n  \
             risk: data source filter \"Mine\" of data source \"Sales <b>\" removed (was only true): people may see rows \
             that were kept from them\n\n  \
             - data source filter \"Mine\" of data source \"Sales <b>\" removed (was only true)\n      \
             seen on Map\n  \
             ~ calculated field \"Ratio\" of data source \"Sales <b>\": formula changed\n      \
             SUM([a]) / [-SUM([b])-]{+COUNT([b])+}\n      \
             seen on Map\n\n"
        );
        assert!(human(&files(), Palette::new(true)).contains("\u{1b}[1;31mSUM([b])\u{1b}[0m"));
    }

    #[test]
    fn a_comment_has_no_markup_from_a_file() {
        let text = markdown(&files());
        assert!(text.contains("```diff"));
        assert!(!text.contains("<b>"), "{text}");
    }

    #[test]
    fn a_page_stands_alone_and_escapes() {
        let page = html(&files());
        assert!(page.contains("Sales &lt;b&gt;") && !page.contains("Sales <b>"));
        assert!(page.contains("prefers-color-scheme: dark"));
        assert!(!page.contains("http://") && !page.contains("https://"));
        assert!(page.contains("<span class=\"removed\">-</span>data source filter"));
        assert!(!page.contains("<nav>"), "one file needs no contents");
        let two = html(&[files(), files()].concat());
        assert!(two.contains("href=\"#file-1\"") && two.contains("id=\"file-1\""));
        assert!(page.contains("<del>SUM([b])</del>") && page.contains("<ins>COUNT([b])</ins>"));
    }

    #[test]
    fn a_side_without_a_value_says_so() {
        let before = workbook("1", "");
        let text = before.source().text().replace("db.example", "");
        let after = Document::parse(text).unwrap_or_else(|e| panic!("{e}"));
        let page = html(&[("w.twb".to_owned(), diff::documents(&before, &after))]);
        let sides = "<del>db.example</del></div><div><span class=\"gap\">(none)</span>";
        assert!(page.contains(sides), "{page}");
    }

    #[test]
    fn the_document_says_its_version() {
        let value: serde_json::Value = serde_json::from_str(&json(&files())).unwrap_or_default();
        assert_eq!(value["schema_version"], 1);
        assert_eq!(value["changes"][1]["kind"], "calculation");
        assert_eq!(value["changes"][1]["reaches"][0], "Map");
        assert_eq!(value["files"][0]["risks"][0]["risk"], "user_filter_removed");
    }
}
