//! `check --fix` and `check --diff`.

use std::io::{Read, Write};

use crate::harness::{Tabship, project};

const PASSWORD: &str = "fixtures/rules/security/embedded-password/bad/an-attribute.twb";

fn fixture(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap()
}

fn package(name: &str, document: &str, members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [(name, document)].iter().chain(members) {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn member(path: &std::path::Path, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn a_password_is_taken_out_and_every_other_byte_stays() {
    let tabship = Tabship::new();
    // Line ends and the mark of Windows programs.
    let before = format!("\u{feff}{}", fixture(PASSWORD).replace('\n', "\r\n"));
    let path = tabship.write("x.twb", &before);
    let diff = tabship
        .run(["check", "--diff"])
        .code(1)
        .stdout_has("remove the password")
        .stdout_has("class='postgres' password='' server='pg' />");
    assert!(!diff.stdout.contains("hunter2"), "{}", diff.stdout);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    tabship
        .run(["check"])
        .code(1)
        .stdout_has("fixable: remove the password (check --fix)")
        .stdout_has("1 fixable with --fix");
    let fixed = tabship
        .run(["check", "--fix"])
        .code(0)
        .stderr_has("repaired 1 finding in 1 file");
    assert!(!fixed.stdout.contains("password"), "{}", fixed.stdout);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        before.replace("hunter2", "")
    );
    tabship
        .run(["check", "--diff"])
        .code(0)
        .stdout_has("nothing to repair");
}

#[test]
fn a_package_is_repaired_and_keeps_its_members() {
    let tabship = Tabship::new();
    let document = fixture("fixtures/rules/datasource/local-file/bad/a-drive.twb");
    let data = ("Data/ann/sales.xlsx", "rows");
    let path = tabship.write("x.twbx", package("x.twb", &document, &[data]));
    tabship
        .run(["check", "--fix"])
        .code(0)
        .stdout_has("nothing to report");
    assert_eq!(
        member(&path, "x.twb"),
        document.replace("C:/Users/ann/sales.xlsx", "Data/ann/sales.xlsx")
    );
    assert_eq!(member(&path, data.0), data.1);
    // Without the file in the package there is nothing to point it at.
    tabship.write("y.twbx", package("y.twb", &document, &[]));
    tabship
        .run(["check", "--diff", "y.twbx"])
        .code(0)
        .stdout_has("nothing to repair");
}

#[test]
fn a_caption_is_changed_where_it_is_repeated() {
    let tabship = Tabship::new();
    let copy = "<datasource-dependencies datasource='federated.1'><column caption='Calculation1' name='[Calculation_1]' /></datasource-dependencies>";
    let document = fixture("fixtures/rules/naming/default-name/bad/with-a-mapping.twb").replace(
        "<worksheets>",
        &format!(
            "<worksheets><worksheet name='Margin'><table><view>{copy}</view></table></worksheet>"
        ),
    );
    let path = tabship.write("x.twb", &document);
    tabship.write(
        "tabship.yml",
        "version: 1\nrules:\n  naming/default-name: { level: error, rename: { Calculation1: \"Mine's <b>\" } }\n",
    );
    let _ = tabship.run(["check", "--fix"]).code(0);
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        document.replace("'Calculation1'", "'Mine&apos;s &lt;b&gt;'")
    );
}

#[test]
fn a_caption_that_another_field_has_is_left_alone() {
    let tabship = Tabship::new();
    let spaces = fixture("fixtures/rules/naming/spaces/bad/a-caption-with-a-space-behind.twb");
    let twin = "<column caption='Profit ratio' datatype='real' name='[Calculation_2]'>";
    let columns = "<column caption='Profit Ratio '";
    assert!(spaces.contains(columns));
    let document = spaces.replace(columns, &format!("{twin}</column>{columns}"));
    tabship.write("x.twb", &document);
    tabship
        .run(["check", "--diff"])
        .code(0)
        .stdout_has("nothing to repair");
    // A field of the source that the workbook says nothing else of has a name, too.
    let record = "<metadata-records><metadata-record class='column'><local-name>[profit ratio]</local-name></metadata-record></metadata-records></connection>";
    tabship.write("x.twb", spaces.replace("</connection>", record));
    tabship
        .run(["check", "--diff"])
        .code(0)
        .stdout_has("nothing to repair");
    tabship.write("x.twb", spaces);
    tabship
        .run(["check", "--diff"])
        .code(1)
        .stdout_has("1 repair");
}

#[test]
fn the_declaration_ends_as_the_other_lines_do() {
    let tabship = Tabship::new();
    let document = fixture("fixtures/rules/structure/declaration/bad/without-a-declaration.twb")
        .replace('\n', "\r\n");
    let path = tabship.write("x.twb", &document);
    let _ = tabship.run(["check", "--fix"]).code(0);
    assert_eq!(
        std::fs::read_to_string(path).unwrap(),
        format!("<?xml version='1.0' encoding='utf-8' ?>\r\n{document}")
    );
}

#[test]
fn what_is_suppressed_is_not_repaired_and_standard_input_cannot_be() {
    let tabship = Tabship::new();
    let path = tabship.write("x.twb", fixture(PASSWORD));
    tabship.write("tabship.yml", "version: 1\nrules:\n  ignore:\n    - { rule: security/embedded-password, reason: a test file }\n");
    let _ = tabship.run(["check", "--fix"]).code(0);
    assert_eq!(std::fs::read_to_string(path).unwrap(), fixture(PASSWORD));
    tabship
        .run(["check", "--fix", "-"])
        .code(2)
        .stderr_has("standard input");
}
