//! Rules that a manifest writes itself.

use crate::harness::{Tabship, project};

const DOCUMENT: &str = "<?xml version='1.0' encoding='utf-8' ?>
<workbook version='18.1'>
  <datasources>
    <datasource caption='Orders' name='federated.1'>
      <connection class='postgres' server='pg.example.com' dbname='sales' />
      <column caption='Profit' name='[Calculation_1]' role='measure'>
        <calculation class='tableau' formula='SUM([p])' />
      </column>
      <column caption='Sales' default-format='c\"$\"#,##0' name='[Sales]' role='measure' />
    </datasource>
  </datasources>
  <dashboards>
    <dashboard name='Overview'>
      <zones>
        <zone h='1' id='1' type-v2='text' w='1' x='0' y='0'>
          <formatted-text><run fontname='Comic Sans MS'>Hi</run></formatted-text>
        </zone>
      </zones>
    </dashboard>
  </dashboards>
</workbook>
";

fn check(rules: &str) -> (i32, Vec<String>) {
    let tabship = Tabship::new();
    tabship.write("x.twb", DOCUMENT);
    tabship.write(
        "tabship.yml",
        format!("version: 1\nrules:\n  extends: none\n{rules}"),
    );
    let run = tabship.run(["check", "--format", "json"]);
    let said = run.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            format!(
                "{} {} {}:{} {}",
                f["level"].as_str().unwrap(),
                f["rule"].as_str().unwrap(),
                f["start"]["line"],
                f["start"]["column"],
                f["message"].as_str().unwrap()
            )
        })
        .collect();
    (run.code, said)
}

#[test]
fn what_is_required_is_reported_where_it_is_wrong() {
    let rule = "  custom:
    - { id: custom/ours, select: connection, where: { class: postgres }, require: { server: '\\.internal$' }, message: 'the server `{server}` of `{dbname}` is not ours', level: error }
";
    assert_eq!(
        check(rule),
        (
            1,
            vec![
                "error custom/ours 5:44 the server `pg.example.com` of `sales` is not ours"
                    .to_owned()
            ]
        )
    );
}

#[test]
fn absent_is_empty_and_the_element_is_the_place() {
    let rule = "  custom:
    - { id: custom/format, select: calculated-field, where: { role: measure, hidden: false }, require: { format: . }, message: '`{name}` has no format' }
    - { id: custom/format-2, select: field, where: { role: measure }, require: { format: . }, message: '`{name}` has no format' }
";
    assert_eq!(
        check(rule),
        (
            0,
            vec!["warning custom/format 6:7 `Profit` has no format".to_owned()]
        )
    );
}

#[test]
fn numbers_lists_and_any_element() {
    let rule = "  custom:
    - { id: custom/zones, select: dashboard, where: { zones: { above: 0, below: 2 } }, message: '{zones} zones' }
    - { id: custom/fonts, select: xml, where: { '@fontname': { none_of: ['', Tableau Book] }, element: ^run$ }, message: '{@fontname}' }
    - { id: custom/off, select: workbook, message: x, level: off }
    - { id: custom/book, select: workbook, where: { name: '^x$', dashboards: 1 }, message: '{name}' }
  custom/book: error
";
    assert_eq!(
        check(rule),
        (
            1,
            vec![
                "error custom/book 2:1 x".to_owned(),
                "warning custom/zones 13:5 1 zones".to_owned(),
                "warning custom/fonts 16:42 Comic Sans MS".to_owned(),
            ]
        )
    );
}

#[test]
fn what_is_wrong_with_a_rule_is_said_at_its_place() {
    let rule = "  custom:
    - id: custom/a
      select: dashbord
      message: x
    - id: custom/b
      select: worksheet
      where: { nme: x, name: '[', title: {} }
      message: 'the {nam}'
    - { id: custom/b, select: set, message: x }
  custom/b: { level: error, pattern: x }
";
    let (code, said) = check(rule);
    assert_eq!(code, 2);
    assert_eq!(
        said[0],
        "error manifest/unknown-word 6:15 `rules.custom.0.select` cannot be `dashbord`"
    );
    let (_, said) = check(&rule.replace("dashbord", "dashboard"));
    assert_eq!(
        said[..6],
        [
            "error manifest/wrong-rule 10:16 a worksheet has no `nme`",
            "error manifest/wrong-rule 10:30 the condition on `name`: `[` is no regular expression",
            "error manifest/wrong-rule 10:42 the condition on `title`: it says nothing; give it `matches`, `not`, `one_of`, `none_of`, `above` or `below`",
            "error manifest/wrong-rule 11:16 a worksheet has no `nam`",
            "error manifest/wrong-rule 12:13 two rules are called `custom/b`",
            "error manifest/wrong-option 13:3 `custom/b` has no option `pattern`",
        ]
    );
}

#[test]
fn the_page_shows_rules_that_work() {
    let page = std::fs::read_to_string(project("docs/check.md")).unwrap();
    let example = page
        .split("```yaml\n")
        .find(|block| block.contains("custom:"))
        .and_then(|block| block.split("```").next())
        .unwrap();
    let tabship = Tabship::new();
    tabship.write("x.twb", DOCUMENT);
    tabship.write("tabship.yml", format!("version: 1\n{example}"));
    let run = tabship.run(["check", "--format", "json"]).code(0);
    let found = run.stdout;
    assert!(
        found.contains("text is set in `Comic Sans MS`")
            && found.contains("the measure `Profit` has no number format"),
        "{found}"
    );
}
