//! The client against the sandbox: the main path, byte for byte.

use std::{io::Write, path::Path, time::Duration};

use tabship::api::Credentials;
use tabship::api::{
    Client, Connection, Filter, Luid, Secret, Site, Source, chunks,
    endpoint::{
        content::{FileType, Item},
        downloads::Download,
        jobs::{JobState, Waited},
        projects::NewProject,
        publish::{PublishWorkbook, Published, Upload, WriteMode},
        uploads::AppendUpload,
        workbooks::{Workbook, WorkbookChange},
    },
};
use tabship_sandbox::Sandbox;

const TWB: &str = r"<?xml version='1.0' encoding='utf-8' ?>
<workbook source-build='2023.1.0' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>
  <datasources>
    <datasource caption='Orders' inline='true' name='federated.1' version='18.1'>
      <connection class='federated'>
        <named-connections>
          <named-connection caption='db.example.com' name='sqlserver.1'>
            <connection authentication='sqlserver' class='sqlserver' dbname='sales' server='db.example.com' username='svc' />
          </named-connection>
        </named-connections>
      </connection>
    </datasource>
  </datasources>
  <worksheets>
    <worksheet name='By Region'><table /></worksheet>
    <worksheet name='Helper'><table /></worksheet>
  </worksheets>
  <windows>
    <window class='worksheet' name='By Region' />
    <window class='worksheet' name='Helper' />
  </windows>
</workbook>
";

async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.unwrap()
}

async fn site(sandbox: &Sandbox) -> Site {
    let client = Client::connect(Connection::new(sandbox.url().parse().unwrap()))
        .await
        .unwrap();
    let credentials = Credentials::Token {
        name: "sandbox".into(),
        secret: Secret::new("sandbox-secret"),
    };
    client.sign_in(&credentials, "dev").await.unwrap()
}

async fn default_project(site: &Site) -> Luid {
    let projects = site.projects(Filter::all()).await.unwrap();
    projects
        .iter()
        .find(|project| project.name == "Default")
        .unwrap()
        .id
}

fn whole(bytes: impl Into<bytes::Bytes>) -> Upload {
    Upload::Whole {
        file: Source::bytes(bytes),
        progress: None,
    }
}

fn done<T: std::fmt::Debug>(published: Published<T>) -> T {
    match published {
        Published::Done(item) => item,
        Published::Job(job) => panic!("{job:?}"),
    }
}

async fn publish_twb(site: &Site, mode: WriteMode) -> Workbook {
    let project = default_project(site).await;
    let publish = PublishWorkbook {
        mode,
        show_tabs: Some(true),
        description: Some("Bob's \"sales\" & more".into()),
        hidden_views: vec!["Helper".into()],
        ..PublishWorkbook::new("Sales é", project, FileType::Twb, whole(TWB))
    };
    done(site.publish_workbook(&publish).await.unwrap())
}

#[tokio::test]
async fn a_session_begins_and_ends() {
    let sandbox = sandbox().await;
    let site = site(&sandbox).await;
    let session = site.current_session().await.unwrap();
    assert_eq!(session.site_id, site.session().site_id);
    assert_eq!(session.user_id, site.session().user_id);
    assert_eq!(site.info().await.unwrap().content_url, "dev");
    site.sign_out().await.unwrap();
    site.sign_out().await.unwrap();
}

#[tokio::test]
async fn projects_are_made_and_deleted() {
    let sandbox = sandbox().await;
    let site = site(&sandbox).await;
    let named = |name: &str| NewProject {
        name: name.into(),
        ..NewProject::default()
    };
    let top = site.create_project(named("Finance / EMEA")).await.unwrap();
    let nested = NewProject {
        parent: Some(top.id),
        ..named("Nested")
    };
    let below = site.create_project(nested.clone()).await.unwrap();
    assert_eq!((below.parent, top.parent), (Some(top.id), None));
    let clash = site.create_project(nested).await.unwrap_err();
    assert!(clash.is(409_006), "{clash}");
    site.delete_project(below.id).await.unwrap();
    site.delete_project(below.id).await.unwrap();
    let left = site.projects(Filter::all()).await.unwrap();
    assert!(left.iter().all(|project| project.id != below.id));
}

#[tokio::test]
async fn a_workbook_goes_up_in_one_request_and_comes_back_byte_for_byte() {
    let sandbox = sandbox().await;
    let site = site(&sandbox).await;
    let workbook = publish_twb(&site, WriteMode::Create).await;
    assert_eq!(
        (&*workbook.name, workbook.show_tabs),
        ("Sales é", Some(true))
    );

    let listed = site
        .workbooks(Filter::all().eq("name", "Sales é").unwrap())
        .await
        .unwrap();
    let [listed] = &listed[..] else {
        panic!("{listed:?}")
    };
    assert_eq!(listed.id, workbook.id);
    assert_eq!(
        listed.description.as_deref(),
        Some("Bob's \"sales\" & more")
    );
    assert!(listed.project.is_some() && listed.owner.is_some() && listed.content_url.is_some());
    assert!(listed.updated_at.is_some() && listed.has_extracts.is_some());

    let views = site.workbook_views(workbook.id).await.unwrap();
    let names: Vec<&str> = views.iter().map(|view| &*view.name).collect();
    assert_eq!(names, ["By Region"], "the hidden sheet is no view");

    let mut back = Vec::new();
    let download = Download::of(Item::workbook(workbook.id));
    let head = site.download(&download, &mut back, None).await.unwrap();
    assert_eq!(head.file_type(), Some(FileType::Twb));
    assert_eq!(String::from_utf8(back).unwrap(), TWB);
}

#[tokio::test]
async fn an_overwrite_keeps_the_item_and_makes_a_revision() {
    let sandbox = sandbox().await;
    let site = site(&sandbox).await;
    let first = publish_twb(&site, WriteMode::Create).await;
    let item = Item::workbook(first.id);
    let labels = vec!["tabship:fp=1/2".to_owned(), "a b".to_owned()];
    assert_eq!(site.add_tags(item, labels).await.unwrap().len(), 2);
    site.delete_tag(item, "tabship:fp=1/2").await.unwrap();
    site.delete_tag(item, "tabship:fp=1/2").await.unwrap();
    assert_eq!(site.workbook(first.id).await.unwrap().tags, ["a b"]);

    let again = publish_twb(&site, WriteMode::Overwrite).await;
    assert_eq!(
        (again.id, &again.content_url),
        (first.id, &first.content_url)
    );
    assert!(
        site.workbook(first.id).await.unwrap().tags.is_empty(),
        "an overwrite drops tags"
    );
    let revisions = site.revisions(item).await.unwrap();
    let seen: Vec<_> = revisions.iter().map(|r| (r.number, r.current)).collect();
    assert_eq!(seen, [(1, false), (2, true)]);
    let mut back = Vec::new();
    let download = Download {
        revision: Some(1),
        ..Download::of(item)
    };
    site.download(&download, &mut back, None).await.unwrap();
    assert_eq!(back, TWB.as_bytes());

    let refused = PublishWorkbook::new(
        "Sales é",
        first.project.unwrap().id,
        FileType::Twb,
        whole(TWB),
    );
    let error = site.publish_workbook(&refused).await.unwrap_err();
    assert!(error.is(403_130) || error.is(403_007), "{error}");
    let change = WorkbookChange {
        show_tabs: Some(false),
        ..WorkbookChange::default()
    };
    assert_eq!(
        site.update_workbook(first.id, change)
            .await
            .unwrap()
            .show_tabs,
        Some(false)
    );
    let connections = site.connections(item).await.unwrap();
    assert_eq!(
        connections[0].server_address.as_deref(),
        Some("db.example.com")
    );
    site.delete(item).await.unwrap();
    site.delete(item).await.unwrap();
    assert!(site.workbook(first.id).await.unwrap_err().is(404_006));
}

/// A package with incompressible data in it, so that it is as large as it says.
fn package(path: &Path, len: usize) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("Big.twb", stored).unwrap();
    zip.write_all(TWB.as_bytes()).unwrap();
    zip.start_file("Data/big.csv", stored).unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    let data: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(len).collect();
    zip.write_all(&data).unwrap();
    zip.finish().unwrap();
}

#[tokio::test]
async fn a_workbook_goes_up_in_blocks_out_of_order_as_a_job() {
    let sandbox = sandbox().await;
    let site = site(&sandbox).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big.twbx");
    package(&path, 3_000_000);
    let len = std::fs::metadata(&path).unwrap().len();

    let upload = site.initiate_upload().await.unwrap();
    assert!(site.has_sequenced_uploads());
    let ranges: Vec<_> = chunks(len, 1 << 20).enumerate().collect();
    assert_eq!(ranges.len(), 3);
    for (index, range) in ranges.into_iter().rev() {
        let append = AppendUpload {
            upload: upload.clone(),
            sequence: Some(index as u64 + 1),
            block: Source::file(&path, range),
            progress: None,
        };
        site.append_upload(&append).await.unwrap();
    }
    let project = default_project(&site).await;
    let publish = PublishWorkbook {
        as_job: true,
        ..PublishWorkbook::new("Big", project, FileType::Twbx, Upload::Session(upload))
    };
    let Published::Job(job) = site.publish_workbook(&publish).await.unwrap() else {
        panic!("asked for a job")
    };
    let waited = site
        .wait_for_job(job.id, Duration::from_secs(30), |_| {})
        .await
        .unwrap();
    assert!(
        matches!(&waited, Waited::Ended(job) if job.state() == JobState::Succeeded),
        "{waited:?}"
    );

    let listed = site
        .workbooks(Filter::all().eq("name", "Big").unwrap())
        .await
        .unwrap();
    let back = dir.path().join("back.twbx");
    let head = site
        .save(&Download::of(Item::workbook(listed[0].id)), &back, None)
        .await
        .unwrap();
    assert_eq!(
        (head.file_type(), head.len),
        (Some(FileType::Twbx), Some(len))
    );
    assert!(std::fs::read(&back).unwrap() == std::fs::read(&path).unwrap());
}
