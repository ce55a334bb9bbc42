//! Small Tableau files, made for tests.

use std::io::{Read, Write};

use crate::harness::project;

/// A data source on a database, reading one table: another table makes it another content.
pub(crate) fn datasource(table: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='utf-8' ?>
<datasource formatted-name='federated.1' inline='true' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <connection class='federated'>
    <named-connections>
      <named-connection caption='pg.example.com' name='postgres.1'>
        <connection authentication='username-password' class='postgres' dbname='sales' port='5432' server='pg.example.com' username='svc' />
      </named-connection>
    </named-connections>
    <relation connection='postgres.1' name='{table}' table='[public].[{table}]' type='table' />
  </connection>
</datasource>
"
    )
}

pub(crate) fn workbook(sheets: &[&str], table: &str) -> String {
    let inner = datasource(table);
    let inner = inner
        .split_once("?>")
        .unwrap()
        .1
        .replace(" xmlns:user='http://www.tableausoftware.com/xml/user'", "")
        .replace(
            "formatted-name='federated.1'",
            "caption='Orders' name='federated.1'",
        );
    book(&inner, sheets)
}

/// A workbook that reads a published data source.
pub(crate) fn reading(name: &str) -> String {
    let inner = format!(
        "<datasource caption='{name}' inline='true' name='sqlproxy.1' version='18.1'>
      <repository-location derived-from='https://tableau.example.com/t/prod/datasources/{name}?rev=1.0' id='{name}' path='/t/prod/datasources' revision='1.0' site='prod' />
      <connection channel='https' class='sqlproxy' dbname='{name}' directory='dataserver' port='443' server='tableau.example.com' server-ds-friendly-name='{name}' username=''>
        <relation name='sqlproxy' table='[sqlproxy]' type='table' />
      </connection>
    </datasource>"
    );
    book(&inner, &["Costs"])
}

fn book(datasource: &str, sheets: &[&str]) -> String {
    let (mut worksheets, mut windows) = (String::new(), String::new());
    for sheet in sheets {
        worksheets += &format!("<worksheet name='{sheet}'><table><view /></table></worksheet>");
        windows += &format!("<window class='worksheet' name='{sheet}' />");
    }
    format!(
        "<?xml version='1.0' encoding='utf-8' ?>
<workbook version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <datasources>{datasource}</datasources>
  <worksheets>{worksheets}</worksheets>
  <windows>{windows}</windows>
</workbook>
"
    )
}

/// A package that does not compress, of a little more than `size` bytes.
pub(crate) fn package(table: &str, size: usize) -> Vec<u8> {
    packed(&workbook(&["Map"], table), size)
}

/// The same around another document.
pub(crate) fn packed(document: &str, size: usize) -> Vec<u8> {
    let mut noise = vec![0; size];
    let seed = document.bytes().fold(0_u64, |seed, b| {
        seed.wrapping_mul(31).wrapping_add(b.into())
    });
    fastrand::Rng::with_seed(seed).fill(&mut noise);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("Atlas.twb", stored).unwrap();
    zip.write_all(document.as_bytes()).unwrap();
    zip.start_file("Image/noise.png", stored).unwrap();
    zip.write_all(&noise).unwrap();
    zip.finish().unwrap().into_inner()
}

/// The flow of the example repository, with a description of its first step: another one makes it another content.
pub(crate) fn flow(description: &str) -> Vec<u8> {
    let file = project("examples/acme/flows/Customer Segments.tfl");
    let mut from = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut member = from.by_index(at).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        let described = format!("\"description\" : \"{description}\"");
        let text = text.replacen("\"description\" : null", &described, 1);
        let options = zip::write::SimpleFileOptions::default();
        to.start_file(member.name().unwrap(), options).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}
