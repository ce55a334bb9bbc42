//! tableauserverclient and tabcmd, unchanged.

use tabship_sandbox::Sandbox;

use super::python::{Environment, corpus, text};

/// A packaged workbook of tabcmd's own tests, with two sheets.
const WORKBOOK: &str = "02eb083af025";

#[tokio::test(flavor = "multi_thread")]
async fn tableauserverclient_publishes_and_downloads() {
    let (Some(file), Some(python)) = (corpus(WORKBOOK), Environment::open("tsc")) else {
        return;
    };
    let sandbox = Sandbox::builder().start().await.unwrap();
    python.script("tsc_basics.py", &[sandbox.url(), file.to_str().unwrap()]);
    let refused: Vec<_> = sandbox
        .requests()
        .into_iter()
        .filter(|request| request.status >= 400)
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tabcmd_publishes_and_downloads() {
    let (Some(file), Some(python)) = (corpus(WORKBOOK), Environment::open("tabcmd")) else {
        return;
    };
    let sandbox = Sandbox::builder().start().await.unwrap();
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("secret"), "sandbox-secret").unwrap();
    let tabcmd = |line: &str| {
        let arguments: Vec<&str> = line
            .split(' ')
            .map(|word| {
                if word == "FILE" {
                    file.to_str().unwrap()
                } else {
                    word
                }
            })
            .collect();
        let output = python.command("tabcmd", home.path(), &arguments);
        assert!(output.status.success(), "tabcmd {line}:\n{}", text(&output));
        text(&output)
    };
    tabcmd(&format!(
        "login -s {} -t dev --token-name sandbox --token-file secret --no-certcheck",
        sandbox.url()
    ));
    tabcmd("createproject -n Interop");
    tabcmd("publish FILE -n By_tabcmd -r Interop");
    tabcmd("publish FILE -n By_tabcmd -r Interop --overwrite");
    assert!(tabcmd("list workbooks").contains("1 total workbooks"));
    tabcmd("get /workbooks/By_tabcmd.twbx -f back.twbx");
    assert_eq!(
        std::fs::read(home.path().join("back.twbx")).unwrap(),
        std::fs::read(&file).unwrap()
    );
    tabcmd("delete By_tabcmd -r Interop --workbook");
    tabcmd("deleteproject Interop");
    tabcmd("logout");
}
