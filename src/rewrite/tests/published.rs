//! References to published data sources.

use super::*;

fn target(site: &str) -> PublishedTarget {
    PublishedTarget {
        host: "prod.example".into(),
        port: "443".into(),
        channel: "https".into(),
        site: site.into(),
        content_url: "Sales_1".into(),
        name: "Sales".into(),
    }
}

/// The reference to the data source `name` moves to a site of another server.
fn moved(text: &str, name: &str, site: &str) -> (String, Rewritten) {
    let matching = Match {
        published: Some(name.into()),
        ..Match::default()
    };
    let rule = Rule {
        number: 0,
        matching: &matching,
        to: &Replacement::default(),
        published: Some(target(site)),
    };
    apply(text, &[rule])
}

const PUBLISHED: &str = "<workbook xml:base='http://dev.example'><datasources><datasource caption='My Sales' name='sqlproxy.0'>\
    <repository-location derived-from='http://dev.example/t/dev/datasources/Sales?rev=1.0' id='Sales' path='/t/dev/datasources' revision='1.0' site='dev' />\
    <connection channel='http' class='sqlproxy' dbname='Sales' directory='dataserver' port='80' server='dev.example' server-ds-friendly-name='Sales'>\
    <relation name='sqlproxy' /></connection></datasource></datasources></workbook>";

#[test]
fn a_published_reference_is_rewritten_in_every_place() {
    let (text, rewritten) = moved(PUBLISHED, "Sales", "prod");
    assert!(
        text.contains("id='Sales_1' path='/t/prod/datasources' revision='1.0' site='prod'"),
        "{text}"
    );
    assert!(
        text.contains("derived-from='https://prod.example/t/prod/datasources/Sales_1?rev=1.0'")
            && text.contains("<workbook xml:base='https://prod.example'>"),
        "{text}"
    );
    assert!(text.contains("channel='https' class='sqlproxy' dbname='Sales_1' directory='dataserver' port='443' server='prod.example' server-ds-friendly-name='Sales'"), "{text}");
    assert_eq!(rewritten.matched, [0]);
    assert!(
        rewritten
            .hits
            .iter()
            .any(|h| h.what == "server of published data source \"My Sales\""
                && h.new == "prod.example"),
        "{:?}",
        rewritten.hits
    );
}

#[test]
fn the_default_site_has_no_site_attribute_and_back() {
    let (on_default, _) = moved(PUBLISHED, "Sales", "");
    assert!(
        on_default.contains("derived-from='https://prod.example/datasources/Sales_1?rev=1.0'")
            && on_default.contains("path='/datasources' revision='1.0' />"),
        "{on_default}"
    );
    let (back, _) = moved(&on_default, "Sales_1", "prod");
    assert!(
        back.contains("path='/t/prod/datasources' revision='1.0' site='prod' />"),
        "{back}"
    );
}

#[test]
fn a_data_source_beside_it_keeps_its_reference() {
    let text = "<workbook><datasources><datasource caption='Both' name='federated.1'>\
        <repository-location id='Sales' path='/t/dev/datasources' site='dev' />\
        <repository-location id='Stock' path='/t/dev/datasources' site='dev' />\
        <connection class='federated'><named-connections>\
        <named-connection name='sqlproxy.1'><connection class='sqlproxy' dbname='Sales' server='dev' /></named-connection>\
        <named-connection name='sqlproxy.2'><connection class='sqlproxy' dbname='Stock' server='dev' /></named-connection>\
        </named-connections></connection></datasource></datasources></workbook>";
    let (text, rewritten) = moved(text, "Stock", "prod");
    assert_eq!(rewritten.matched, [0]);
    assert!(
        text.contains("<repository-location id='Sales' path='/t/dev/datasources' site='dev' />")
            && text.contains("dbname='Sales' server='dev'")
            && text.contains(
                "<repository-location id='Sales_1' path='/t/prod/datasources' site='prod' />"
            )
            && text.contains("dbname='Sales_1' server='prod.example'"),
        "{text}"
    );
}

#[test]
fn both_sides_of_a_feature_move() {
    let (head, rest) = PUBLISHED.split_once("<connection").unwrap();
    let (inner, tail) = rest.split_once("</connection>").unwrap();
    let side = |side| format!("<_.fcp.F.{side}...connection{inner}</_.fcp.F.{side}...connection>");
    let manifest = "<document-format-change-manifest><_.fcp.F.true...F /></document-format-change-manifest><datasources>";
    let text = format!("{head}{}{}{tail}", side("false"), side("true"));
    let text = text.replace("<datasources>", manifest);
    let (text, _) = moved(&text, "Sales", "prod");
    assert_eq!(text.matches("dbname='Sales_1'").count(), 2, "{text}");
    assert!(!text.contains("dev.example"), "{text}");
}

#[test]
fn a_location_with_an_earlier_name_is_the_only_references_own() {
    let text = PUBLISHED.replace("id='Sales' path", "id='Old_Sales' path");
    let (text, _) = moved(&text, "Sales", "prod");
    assert!(
        text.contains("id='Sales_1' path='/t/prod/datasources'"),
        "{text}"
    );
}
