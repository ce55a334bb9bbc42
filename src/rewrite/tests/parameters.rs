//! Values of parameters.

use super::*;

#[test]
fn a_parameter_has_its_value_in_two_places() {
    let text = "<workbook><datasources><datasource name='Parameters'><column caption='Environment' name='[Parameter 1]' param-domain-type='any' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' /></column></datasource></datasources></workbook>";
    let matching = Match {
        parameter: Some("Environment".into()),
        ..Match::default()
    };
    let to = Replacement {
        value: Some("\"Production\"".into()),
        ..Replacement::default()
    };
    let (text, rewritten) = one(text, &matching, &to);
    assert_eq!(text.matches("&quot;Production&quot;").count(), 2, "{text}");
    assert_eq!(rewritten.hits[0].count, 2);
}

const PARAMETER: &str = "<workbook><datasources><datasource name='Parameters'><column alias='Development' caption='Environment' name='[Parameter 1]' param-domain-type='list' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' />\
    <aliases><alias key='&quot;Dev&quot;' value='Development' /><alias key='&quot;Prod&quot;' value='Live &amp; loud' /></aliases>\
    <members><member value='&quot;Dev&quot;' /><member value='&quot;Prod&quot;' /><member value='&quot;Test&quot;' /><member alias='Own' value='&quot;Own&quot;' /></members></column></datasource></datasources>\
    <worksheets><worksheet name='S'><table><view><datasource-dependencies datasource='Parameters'><column alias='Development' caption='Environment' name='[Parameter 1]' param-domain-type='list' value='&quot;Dev&quot;'><calculation class='tableau' formula='&quot;Dev&quot;' /></column></datasource-dependencies></view></table></worksheet></worksheets></workbook>";

fn parameter(value: &str) -> (String, Rewritten) {
    let matching = Match {
        parameter: Some("Environment".into()),
        ..Match::default()
    };
    let to = Replacement {
        value: Some(value.into()),
        ..Replacement::default()
    };
    one(PARAMETER, &matching, &to)
}

#[test]
fn the_alias_of_a_parameter_goes_with_its_value() {
    let (text, _) = parameter("\"Prod\"");
    assert_eq!(
        text.matches("<column alias='Live &amp; loud' caption")
            .count(),
        2,
        "{text}"
    );
    let (text, _) = parameter("\"Own\"");
    assert_eq!(
        text.matches("<column alias='Own' caption").count(),
        2,
        "{text}"
    );
    let (text, _) = parameter("\"Test\"");
    assert_eq!(text.matches("<column caption").count(), 2, "{text}");
}

#[test]
fn a_value_that_is_not_in_the_list_is_no_match() {
    let (_, rewritten) = parameter("\"Production\"");
    assert!(
        rewritten.matched.is_empty() && rewritten.unmet[0].why.contains("list"),
        "{:?}",
        rewritten.unmet
    );
}

#[test]
fn a_value_that_a_field_gives_cannot_be_set() {
    let text = PARAMETER.replace(
        "caption='Environment'",
        "caption='Environment' default-value-field='[federated.1].[env]'",
    );
    let matching = Match {
        parameter: Some("Environment".into()),
        ..Match::default()
    };
    let to = Replacement {
        value: Some("\"Prod\"".into()),
        ..Replacement::default()
    };
    let (_, rewritten) = one(&text, &matching, &to);
    assert!(
        rewritten.matched.is_empty() && rewritten.unmet[0].why.contains("[federated.1].[env]"),
        "{:?}",
        rewritten.unmet
    );
}
