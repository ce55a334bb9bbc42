//! tableauserverclient, tabcmd and tableau-utilities, unchanged.

use tabship_sandbox::{Sandbox, Style};

use super::python::{Environment, corpus, text};

/// A packaged workbook of tabcmd's own tests, with two sheets.
const WORKBOOK: &str = "02eb083af025";
/// A packaged workbook over a spreadsheet, with an extract.
const EXTRACT: &str = "034584d7535e";

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
    let Some(extract) = corpus(EXTRACT) else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("secret"), "sandbox-secret").unwrap();
    let tabcmd = |line: &str| {
        let arguments: Vec<&str> = line
            .split(' ')
            .map(|word| match word {
                "FILE" => file.to_str().unwrap(),
                "EXTRACT" => extract.to_str().unwrap(),
                other => other,
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
    let read = |name: &str| std::fs::read(home.path().join(name)).unwrap();
    tabcmd("createproject -n Interop");
    tabcmd("publish FILE -n By_tabcmd -r Interop");
    tabcmd("publish FILE -n By_tabcmd -r Interop --overwrite");
    assert!(tabcmd("list workbooks").contains("1 total workbooks"));
    tabcmd("list projects");
    tabcmd("get /workbooks/By_tabcmd.twbx -f back.twbx");
    assert_eq!(read("back.twbx"), std::fs::read(&file).unwrap());
    tabcmd("export /By_tabcmd/Distribution --png -f sheet.png");
    assert!(read("sheet.png").starts_with(b"\x89PNG"));
    tabcmd("export /By_tabcmd/Distribution --csv -f sheet.csv");
    tabcmd("export /By_tabcmd/Distribution --pdf -f sheet.pdf");
    assert!(read("sheet.pdf").starts_with(b"%PDF"));
    std::fs::write(
        home.path().join("users.csv"),
        "anna,pw,Anna,creator,none,yes,anna@example.com\n",
    )
    .unwrap();
    tabcmd("createsiteusers users.csv -r Creator");
    tabcmd("creategroup Analysts");
    std::fs::write(home.path().join("names.csv"), "anna\n").unwrap();
    tabcmd("addusers Analysts --users names.csv");
    tabcmd("removeusers Analysts --users names.csv");
    tabcmd("deletegroup Analysts");
    tabcmd("publish EXTRACT -n Extract -r Interop");
    tabcmd("refreshextracts --workbook Extract --project Interop");
    tabcmd("delete By_tabcmd -r Interop --workbook");
    tabcmd("deleteproject Interop");
    tabcmd("logout");
}

#[tokio::test(flavor = "multi_thread")]
async fn tableauserverclient_does_all_that_it_can() {
    let (Some(file), Some(extract), Some(python)) =
        (corpus(WORKBOOK), corpus(EXTRACT), Environment::open("tsc"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let datasource = folder.path().join("orders.tds");
    std::fs::write(&datasource, ORDERS).unwrap();
    let flow = folder.path().join("prep.tfl");
    write_flow(&flow);
    let sandbox = Sandbox::builder().start().await.unwrap();
    let paths = [&file, &datasource, &flow, &extract].map(|path| path.to_str().unwrap());
    let arguments: Vec<&str> = std::iter::once(sandbox.url()).chain(paths).collect();
    python.script("tsc_all.py", &arguments);
}

#[tokio::test(flavor = "multi_thread")]
async fn tableauserverclient_schedules_refreshes_on_cloud() {
    let (Some(extract), Some(python)) = (corpus(EXTRACT), Environment::open("tsc")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let datasource = folder.path().join("orders.tds");
    std::fs::write(&datasource, ORDERS).unwrap();
    let sandbox = Sandbox::builder()
        .style(Style::Cloud)
        .start()
        .await
        .unwrap();
    let paths = [&extract, &datasource].map(|path| path.to_str().unwrap());
    python.script("tsc_cloud.py", &[sandbox.url(), paths[0], paths[1]]);
}

fn write_flow(path: &std::path::Path) {
    let mut package = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    package
        .start_file("flow", zip::write::SimpleFileOptions::default())
        .unwrap();
    let flow = br#"{"nodes": {"1": {"name": "Out", "baseType": "output"}}, "connections": {}}"#;
    std::io::Write::write_all(&mut package, flow).unwrap();
    package.finish().unwrap();
}

/// A data source over a database, as the scripts publish it.
const ORDERS: &str = "<datasource version='18.1' formatted-name='f'><connection class='postgres' server='db.example.com' port='5432' \
                      dbname='sales' username='svc'/></datasource>";

#[tokio::test(flavor = "multi_thread")]
async fn tableau_utilities_does_all_that_it_can() {
    let (Some(file), Some(python)) = (corpus(EXTRACT), Environment::open("tableau-utilities"))
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let datasource = folder.path().join("orders.tds");
    std::fs::write(&datasource, ORDERS).unwrap();
    let sandbox = Sandbox::builder().start().await.unwrap();
    let paths = [&file, &datasource].map(|path| path.to_str().unwrap());
    let arguments = [sandbox.url(), paths[0], paths[1]];
    python.script("tableau_utilities_all.py", &arguments);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_knows_only_json_gets_on() {
    let (Some(file), Some(python)) = (corpus(WORKBOOK), Environment::open("json")) else {
        return;
    };
    let sandbox = Sandbox::builder().start().await.unwrap();
    python.script("json_client.py", &[sandbox.url(), file.to_str().unwrap()]);
}
