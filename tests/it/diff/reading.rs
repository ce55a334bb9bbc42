//! What a reviewer reads first: names, counts and lengths; and rewritings by Tableau that are no change.

use tabship::content::Document;
use tabship::diff::{self, Changes, Detail, Tag};

use super::sentences;

/// A workbook of one or two data sources with `inside`, and of one worksheet and one dashboard.
fn workbook(sources: &[&str], inside: &str, view: &str, dashboard: &str) -> Document {
    let sources: Vec<String> = sources
        .iter()
        .map(|name| {
            format!(
                "<datasource caption='{name}' name='federated.{name}'>\
                 <connection class='federated'><named-connections><named-connection name='leaf.{name}'>\
                 <connection class='postgres' server='db.example' dbname='shop' /></named-connection></named-connections>\
                 </connection>{inside}</datasource>"
            )
        })
        .collect();
    let text = format!(
        "<workbook version='18.1'><datasources>{}</datasources><worksheets><worksheet name='Map'><table><view>\
         {view}</view></table></worksheet></worksheets><dashboards><dashboard name='Overview'><size maxheight='600' />\
         <zones>{dashboard}</zones></dashboard></dashboards></workbook>",
        sources.concat()
    );
    Document::parse(text).unwrap()
}

fn compared(before: &Document, after: &Document) -> Changes {
    diff::documents(before, after)
}

fn columns(names: &[&str], attributes: &str) -> String {
    let one = |name: &&str| {
        format!(
            "<column caption='{name}' datatype='string' {attributes} name='[{name}]' role='dimension' type='nominal' />"
        )
    };
    names.iter().map(one).collect()
}

#[test]
fn the_same_change_in_several_places_is_one_sentence_and_one_risk() {
    let before = workbook(&["Orders", "Returns"], "", "", "");
    let text = before.source().text().replace("db.example", "db.other");
    let changes = compared(&before, &Document::parse(text).unwrap());
    assert_eq!(changes.summary, "2 connection settings changed; 1 risk");
    assert_eq!(
        changes.risks[0].message,
        "connection of 2 data sources (Orders, Returns): server changed, db.example -> db.other: the data comes from \
         another place"
    );
    assert_eq!(changes.changes.len(), 2, "each is in the JSON by itself");
    assert_eq!(diff::alike(&changes.changes).len(), 1);
}

#[test]
fn a_field_of_which_two_settings_changed_counts_once() {
    let before = workbook(&["Orders"], &columns(&["Region"], ""), "", "");
    let text = before.source().text();
    let text = text
        .replace("datatype='string'", "datatype='integer'")
        .replace("role='dimension'", "role='measure'");
    let changes = compared(&before, &Document::parse(text).unwrap());
    assert_eq!(changes.changes.len(), 2);
    assert_eq!(changes.summary, "1 field changed");
}

#[test]
fn several_hidden_fields_are_one_change_and_are_counted() {
    let before = workbook(&["Orders"], "", "", "");
    let hidden = columns(&["a", "b", "c", "d"], "hidden='true'");
    let after = workbook(&["Orders"], &(columns(&["Region"], "") + &hidden), "", "");
    let changes = compared(&before, &after);
    assert_eq!(
        sentences(&changes),
        [
            "data source \"Orders\": 4 hidden fields added",
            "field \"Region\" of data source \"Orders\" added (string)"
        ]
    );
    assert_eq!(changes.summary, "5 fields added");
}

#[test]
fn a_field_that_went_to_another_folder_is_named() {
    let inside = |folder: &str| {
        format!(
            "{}<folders-common><folder name='Places'><folder-item name='[City]' type='field' /></folder>\
             <folder name='{folder}'><folder-item name='[Region]' type='field' /></folder></folders-common>",
            columns(&["Region", "City"], "")
        )
    };
    let before = workbook(&["Orders"], &inside("Places too"), "", "");
    let after = workbook(&["Orders"], &inside("Elsewhere"), "", "");
    let changes = compared(&before, &after);
    assert_eq!(
        sentences(&changes),
        ["data source \"Orders\": folder of 1 field changed"]
    );
    let said = format!("{:?}", changes.changes[0].details);
    assert!(said.contains("Region: Places too -> Elsewhere"), "{said}");
}

/// A description, a formula of several lines: below the sentence, and not in it.
#[test]
fn a_long_text_is_a_difference_and_not_a_sentence() {
    let inside = |text: &str, field: &str| {
        format!(
            "<column caption='Ratio' datatype='real' name='[Ratio]' role='measure' type='quantitative'>\
             <desc><formatted-text><run>{}{text}</run></formatted-text></desc></column>{field}",
            "long ".repeat(40)
        )
    };
    let field = "<column caption='Late' datatype='boolean' name='[Calculation_1]' role='dimension' type='nominal'>\
                 <calculation class='tableau' formula='// Who waits&#10;[Days] &gt; 30' /></column>";
    let before = workbook(&["Orders"], &inside("ago", ""), "", "");
    let after = workbook(&["Orders"], &inside("since", field), "", "");
    assert_eq!(
        sentences(&compared(&before, &after)),
        [
            "calculated field \"Late\" of data source \"Orders\" added",
            "field \"Ratio\" of data source \"Orders\": description changed"
        ]
    );
}

/// A workbook whose data source is one query.
fn sql(text: &str) -> Document {
    let relation = format!(
        "<connection class='postgres'><relation name='Q' type='text'>{text}</relation></connection>"
    );
    Document::parse(format!(
        "<workbook version='18.1'><datasources><datasource caption='Orders' name='federated.1'>{relation}</datasource>\
         </datasources></workbook>"
    ))
    .unwrap()
}

/// The lines of the only change's detail, each with its sign.
fn lines(changes: &Changes) -> Vec<String> {
    let [Detail::Lines { hunks }] = changes.changes[0].details.as_slice() else {
        panic!("no lines: {changes:?}")
    };
    let sign = |tag| match tag {
        Tag::Same => ' ',
        Tag::Removed => '-',
        Tag::Added => '+',
        Tag::Gap => '~',
    };
    let said = hunks.iter().map(|h| format!("{}{}", sign(h.tag), h.text));
    said.collect()
}

#[test]
fn custom_sql_and_comments_are_shown_line_by_line() {
    let before = sql("SELECT a\nFROM t\nWHERE x &gt; 1");
    let after = sql("SELECT a\nFROM u\nWHERE x &gt; 1");
    assert_eq!(
        lines(&compared(&before, &after)),
        [" SELECT a", "-FROM t", "+FROM u", " WHERE x > 1"]
    );
    let calculated = |formula: &str| {
        let column = format!(
            "<column caption='C' name='[c]' datatype='integer' role='measure' type='quantitative'>\
             <calculation class='tableau' formula='{formula}' /></column>"
        );
        workbook(&["Orders"], &column, "", "")
    };
    let (before, after) = (
        calculated("// old&#10;1 + 2"),
        calculated("// new&#10;1 + 2"),
    );
    let changes = compared(&before, &after);
    assert_eq!(
        changes.changes[0].aspect.as_deref(),
        Some("comments in the formula")
    );
    assert_eq!(lines(&changes), ["-// old", "+// new", " 1 + 2"]);
}

#[test]
fn white_space_in_custom_sql_is_no_risk_but_in_a_comment_or_a_text_it_may_be() {
    let said = |before: &str, after: &str| {
        let changes = compared(&sql(before), &sql(after));
        (
            changes.changes[0].aspect.clone().unwrap(),
            changes.risks.len(),
        )
    };
    let space = ("white space in the query".to_owned(), 0);
    let query = ("query".to_owned(), 1);
    assert_eq!(said("SELECT a,\n  b FROM t", "SELECT a, b\nFROM t"), space);
    assert_eq!(said("SELECT 'a  b' FROM t", "SELECT 'a b' FROM t"), query);
    assert_eq!(said("SELECT 1 -- x\nFROM t", "SELECT 1 -- x FROM t"), query);
    assert_eq!(
        said("SELECT 1 -- x\nFROM t", "SELECT 1 --  x\n\nFROM  t"),
        space
    );
}

#[test]
fn what_a_release_writes_in_another_form_is_no_change() {
    let sort = "column='[federated.Orders].[none:City:nk]' direction='DESC' using='[federated.Orders].[sum:Sales:qk]'";
    let view = |element: &str| format!("<{element} {sort} />");
    let zone = |cache: &str| {
        format!("<zone h='100000' id='4' name='Map' w='100000' x='0' y='0'>{cache}</zone>")
    };
    let before = workbook(&["Orders"], "", &view("sort class='computed'"), &zone(""));
    let cache = "<layout-cache minheight='100' type-h='scalable' type-w='fixed' />";
    let after = workbook(&["Orders"], "", &view("computed-sort"), &zone(cache));
    assert_eq!(sentences(&compared(&before, &after)), Vec::<String>::new());
}

#[test]
fn ordinal_and_nominal_are_both_discrete() {
    let sheet = |kind: &str| {
        let text = format!(
            "<workbook version='18.1'><datasources><datasource caption='Orders' name='o'></datasource></datasources>\
             <worksheets><worksheet name='Map'><table><view /><rows>[o].[none:Tuples:{kind}]</rows></table></worksheet>\
             </worksheets></workbook>"
        );
        Document::parse(text).unwrap()
    };
    assert!(compared(&sheet("ok"), &sheet("nk")).is_empty());
    assert!(!compared(&sheet("ok"), &sheet("qk")).is_empty());
}

/// `[Parameter 1]` of another make is another parameter: Tableau numbers them.
#[test]
fn a_number_alone_does_not_make_two_parameters_one() {
    let with = |caption: &str, datatype: &str, value: &str| {
        let text = format!(
            "<workbook version='18.1'><datasources><datasource hasconnection='false' name='Parameters'>\
             <column caption='{caption}' datatype='{datatype}' name='[Parameter 1]' param-domain-type='any' role='measure' \
             type='quantitative' value='{value}'><calculation class='tableau' formula='{value}' /></column></datasource>\
             </datasources></workbook>"
        );
        Document::parse(text).unwrap()
    };
    let growth = with("Growth", "real", "0.4");
    assert_eq!(
        sentences(&compared(
            &growth,
            &with("Recipients", "string", "&quot;x&quot;")
        )),
        [
            "parameter \"Growth\" removed (was 0.4)",
            "parameter \"Recipients\" added (x)"
        ]
    );
    assert_eq!(
        sentences(&compared(&growth, &with("Growth rate", "real", "0.4"))),
        ["parameter \"Growth rate\" renamed, was \"Growth\""]
    );
}

/// Nothing but the release: one line, and not the hundreds of places that a save touches.
#[test]
fn two_saves_of_one_workbook_are_two_releases() {
    let saved = |build: &str, id: &str| {
        let text = format!(
            "<workbook source-build='{build}' version='18.1'><worksheets><worksheet name='Map'><table><view /></table>\
             <simple-id uuid='{{{id}}}' /></worksheet></worksheets><windows source-height='{id}'><window class='worksheet' \
             name='Map' /></windows><thumbnails><thumbnail name='Map'>{id}</thumbnail></thumbnails></workbook>"
        );
        Document::parse(text).unwrap()
    };
    let before = saved("2023.3.0 (20233.23.1017.0948)", "11");
    let changes = compared(&before, &saved("2024.1.0 (20241.24.0312.0830)", "22"));
    assert_eq!(changes.summary, "saved by 2024.1, was 2023.3; 1 risk");
    assert_eq!(changes.changes.len(), 1);
    let patch = saved("2023.3.5 (20233.24.0110.1111)", "22");
    assert!(compared(&before, &patch).is_empty());
}

/// A sheet shows a calculation through another one; a hidden sheet is not seen, a dashboard that shows it is.
#[test]
fn a_changed_calculation_names_the_sheets_that_show_it() {
    let book = |formula: &str| {
        let column = |name: &str, formula: &str| {
            format!(
                "<column caption='{name}' datatype='real' name='[{name}]' role='measure' type='quantitative'>\
                 <calculation class='tableau' formula='{formula}' /></column>"
            )
        };
        let sheet = |name: &str, field: &str| {
            format!(
                "<worksheet name='{name}'><table><view><datasource-dependencies datasource='o'>\
                 <column-instance column='[{field}]' derivation='User' name='[usr:{field}:qk]' />\
                 </datasource-dependencies></view></table></worksheet>"
            )
        };
        let text = format!(
            "<workbook version='18.1'><datasources><datasource caption='Orders' name='o'>{}{}{}</datasource></datasources>\
             <worksheets>{}{}{}</worksheets><dashboards><dashboard name='Overview'><zones><zone name='Hidden' /></zones>\
             </dashboard></dashboards><windows><window class='worksheet' name='Direct' /><window class='worksheet' \
             hidden='true' name='Hidden' /><window class='worksheet' name='Other' /><window class='dashboard' \
             name='Overview' /></windows></workbook>",
            column("Margin", formula),
            column("Twice", "2 * [Margin]"),
            column("Unrelated", "1"),
            sheet("Direct", "Margin"),
            sheet("Hidden", "Twice"),
            sheet("Other", "Unrelated"),
        );
        Document::parse(text).unwrap()
    };
    let changes = compared(
        &book("[Profit] / [Sales]"),
        &book("[Profit] / SUM([Sales])"),
    );
    let [change] = changes.changes.as_slice() else {
        panic!("{:#?}", sentences(&changes))
    };
    assert_eq!(change.reaches, ["Direct", "Overview"]);
    let words = format!("{:?}", change.details);
    assert!(words.contains("Removed, text: \"[Sales]\""), "{words}");
    assert!(words.contains("Added, text: \"SUM([Sales])\""), "{words}");
}
