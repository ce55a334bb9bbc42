//! Workbooks that somebody broke, each in one way: found, at the right place, with help that says what to do. Every one
//! is tried as Tableau writes it and with everything in one line.

use std::fmt::Write;

use crate::harness::{Tabship, project};

/// What was done to `fixtures/broken/whole.twb`, and what is to come of it.
struct Broken {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    rule: &'static str,
    /// What stands where the finding points, in the broken text.
    at: &'static str,
    help: &'static str,
}

const MARGIN: &str = "<calculation class='tableau' formula='SUM([Profit]) / SUM([Sales])' />";
const NAME: &str = "<calculation class='tableau' formula='UPPER(LEFT([Region], 3))' />";

const BROKEN: &[Broken] = &[
    Broken {
        name: "a dashboard shows a sheet that was renamed",
        from: "id='2' name='Sales by region'",
        to: "id='2' name='Sales by district'",
        rule: "structure/dangling-sheet",
        at: "Sales by district'",
        help: "bring the sheet back",
    },
    Broken {
        name: "a formula lacks a bracket",
        from: MARGIN,
        to: "<calculation class='tableau' formula='SUM([Profit]) / SUM([Sales]' />",
        rule: "calculation/syntax-error",
        at: "([Sales]'",
        help: "close it with `)`",
    },
    Broken {
        name: "a password was saved",
        from: "username='reporting'",
        to: "password='hunter2' username='reporting'",
        rule: "security/embedded-password",
        at: "hunter2'",
        help: "change it where it is valid",
    },
    Broken {
        name: "a formula names a field wrongly",
        from: NAME,
        to: "<calculation class='tableau' formula='UPPER(LEFT([Regoin], 3))' />",
        rule: "calculation/broken-reference",
        at: "[Regoin]",
        help: "did you mean `[Region]`?",
    },
    Broken {
        name: "a formula calls what is no function",
        from: NAME,
        to: "<calculation class='tableau' formula='UPER(LEFT([Region], 3))' />",
        rule: "calculation/unknown-function",
        at: "UPER(",
        help: "did you mean `UPPER`?",
    },
    Broken {
        name: "a function gets too little",
        from: NAME,
        to: "<calculation class='tableau' formula='UPPER(LEFT([Region]))' />",
        rule: "calculation/wrong-arguments",
        at: "LEFT([Region])",
        help: "LEFT(string, number)",
    },
    Broken {
        name: "a formula mixes sums with rows",
        from: MARGIN,
        to: "<calculation class='tableau' formula='SUM([Profit]) / [Sales]' />",
        rule: "calculation/aggregation",
        at: "[Sales]'",
        help: "aggregate this too",
    },
    Broken {
        name: "a field is computed from itself",
        from: NAME,
        to: "<calculation class='tableau' formula='UPPER([Calculation_2])' />",
        rule: "calculation/cycle",
        at: "[Calculation_2])",
        help: "one of the formulas",
    },
    Broken {
        name: "two sheets have one name",
        from: "<worksheet name='Margin'>",
        to: "<worksheet name='Sales by region'>",
        rule: "structure/duplicate-name",
        at: "Sales by region'><table><view><datasources><datasource caption='Orders' name='federated.1' /></datasources><datasource-dependencies datasource='federated.1'><column caption='Margin",
        help: "rename one of them",
    },
    Broken {
        name: "a shelf reads a data source that is gone",
        from: "<rows>[federated.1].[none:Region:nk]",
        to: "<rows>[federated.2].[none:Region:nk]",
        rule: "structure/unknown-datasource",
        at: "[federated.2].",
        help: "bring the data source back",
    },
    Broken {
        name: "a shelf has a field that the sheet does not declare",
        from: "<cols>[federated.1].[sum:Sales:qk]",
        to: "<cols>[federated.1].[sum:Profit:qk]",
        rule: "structure/broken-shelf",
        at: "[federated.1].[sum:Profit:qk]",
        help: "put the field on the shelf again",
    },
    Broken {
        name: "an action leads nowhere",
        from: "name='target' value='Margin'",
        to: "name='target' value='Margins'",
        rule: "structure/broken-action",
        at: "Margins'",
        help: "choose again",
    },
    Broken {
        name: "an element is not closed",
        from: "</table><simple-id uuid='{00000000-0000-0000-0000-000000000002}' />",
        to: "",
        rule: "file/malformed-xml",
        at: "</worksheet></worksheets>",
        help: "take an earlier version from git",
    },
];

#[test]
fn what_is_not_closed_is_named_with_its_line() {
    let tabship = Tabship::new();
    let whole = std::fs::read_to_string(project("fixtures/broken/whole.twb")).unwrap();
    let lost = whole.replacen("</worksheet>", "", 1);
    let opened = 1 + lost
        .lines()
        .take_while(|l| !l.contains("<worksheet "))
        .count();
    tabship.write("x.twb", &lost);
    let expected =
        format!("comes before `</worksheet>`: the `worksheet` of line {opened} is not closed");
    let _ = tabship.run(["check"]).code(1).stdout_has(&expected);
    tabship.write(
        "x.twb",
        whole.replacen("</worksheet>", "</worksheet></worksheet>", 1),
    );
    let _ = tabship
        .run(["check"])
        .code(1)
        .stdout_has("file/malformed-xml");
}

#[test]
fn a_package_that_is_cut_off_is_said_to_lack_its_end() {
    let tabship = Tabship::new();
    let whole = std::fs::read(project(
        "fixtures/rules/structure/unused-package-file/good/named-and-allowed.twbx",
    ))
    .unwrap();
    tabship.write("x.twbx", &whole[..whole.len() - 30]);
    let _ = tabship
        .run(["check"])
        .code(1)
        .stdout_has("the list of its members, which stands at its end, is missing");
}

/// Everything in one line: what is between two elements goes.
fn in_one_line(text: &str) -> String {
    text.lines().map(str::trim_start).collect()
}

/// Each break in the text of one line; and, with line ends where they were, in the other.
fn texts(broken: &Broken, whole: &str) -> [(&'static str, String); 2] {
    let one = in_one_line(whole);
    let at = one.find(broken.from).expect(broken.name);
    let one = format!(
        "{}{}{}",
        &one[..at],
        broken.to,
        &one[at + broken.from.len()..]
    );
    let mut many = String::new();
    // An element a line, as Tableau writes; texts and their closing tags stay together.
    for piece in one.replace("><", ">\n<").lines() {
        writeln!(many, "{piece}").unwrap();
    }
    [("one", one), ("many", many)]
}

#[test]
fn every_broken_workbook_is_found_where_it_is_broken() {
    let whole = std::fs::read_to_string(project("fixtures/broken/whole.twb")).unwrap();
    let tabship = Tabship::new();
    tabship.write("whole.twb", &whole);
    tabship
        .run(["check"])
        .code(0)
        .stdout_has("nothing to report");
    let mut files = Vec::new();
    for (number, broken) in BROKEN.iter().enumerate() {
        for (layout, text) in texts(broken, &whole) {
            let file = format!("{number:02}-{layout}.twb");
            tabship.write(&file, &text);
            files.push((broken, file, text));
        }
    }
    let run = tabship.run(["check", "--format", "json"]).code(1);
    assert!(
        !run.stdout.contains("hunter2"),
        "a password is not repeated"
    );
    let json = run.json();
    let findings = json["findings"].as_array().unwrap();
    let mut wrong = Vec::new();
    for (broken, file, text) in files {
        let of_rule = findings
            .iter()
            .filter(|f| f["file"] == file && f["rule"] == broken.rule);
        let found: Vec<_> = of_rule.collect();
        let place = found.first().map(|f| {
            let number = |key: &str| usize::try_from(f["start"][key].as_u64().unwrap()).unwrap();
            let line = text.lines().skip(number("line") - 1);
            let rest: String = line.collect();
            rest.chars().skip(number("column") - 1).collect::<String>()
        });
        let right = place.as_ref().is_some_and(|p| p.starts_with(broken.at));
        let helps = found
            .first()
            .is_some_and(|f| f["help"].as_str().is_some_and(|h| h.contains(broken.help)));
        if found.len() != 1 || !right || !helps {
            let place = place.unwrap_or_default();
            let shown: String = place.chars().take(60).collect();
            wrong.push(format!("{file} ({}): {shown:?} {found:#?}", broken.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
