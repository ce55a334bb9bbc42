//! Every endpoint, called once with success. What it refuses is the business of other tests.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::{Signed, Site, parts};
use super::files::{DATASOURCE, WORKBOOK, WORKBOOK_V2};
use crate::router::{self, Found, ROUTES};
use crate::{Sandbox, Style};

/// Calls with success; `body` is the inside of `tsRequest`.
async fn ok(signed: &Signed<'_>, method: &str, path: &str, body: &str) -> Value {
    let body = format!("<tsRequest>{body}</tsRequest>");
    let reply = signed
        .at("3.29", method, path, "application/xml", body)
        .await;
    assert!(
        (200..300).contains(&reply.status),
        "{method} {path}: {}",
        reply.text()
    );
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

async fn form(
    signed: &Signed<'_>,
    method: &str,
    path: &str,
    pieces: &[(&str, Option<&str>, &[u8])],
) -> Value {
    let reply = signed.multipart(method, path, parts(pieces)).await;
    assert!(
        (200..300).contains(&reply.status),
        "{method} {path}: {}",
        reply.text()
    );
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

#[track_caller]
fn id(value: &Value) -> &str {
    assert!(value["id"].is_string(), "no id: {value}");
    value["id"].as_str().unwrap()
}

const READ_ALLOWED: &str = "<capabilities><capability name='Read' mode='Allow'/></capabilities>";

async fn permissions(dev: &Signed<'_>, path: &str, group: &str) {
    let rules = format!(
        "<permissions><granteeCapabilities><group id='{group}'/>{READ_ALLOWED}</granteeCapabilities></permissions>"
    );
    for method in ["POST", "PUT"] {
        ok(dev, method, path, &rules).await;
    }
    ok(dev, "GET", path, "").await;
    ok(
        dev,
        "DELETE",
        &format!("{path}/groups/{group}/Read/Allow"),
        "",
    )
    .await;
}

/// What workbooks, data sources and flows have in common.
async fn item(dev: &Signed<'_>, path: &str, element: &str) {
    let (kind, luid) = path[1..].split_once('/').unwrap();
    ok(dev, "GET", &format!("/{kind}"), "").await;
    ok(dev, "GET", path, "").await;
    ok(dev, "PUT", path, &format!("<{element}/>")).await;
    ok(dev, "GET", &format!("{path}/content"), "").await;
    ok(
        dev,
        "PUT",
        &format!("{path}/tags"),
        "<tags><tag label='a'/><tag label='b'/></tags>",
    )
    .await;
    ok(dev, "DELETE", &format!("{path}/tags/a"), "").await;
    let connections = ok(dev, "GET", &format!("{path}/connections"), "").await;
    if let Some(connection) = connections["connections"]["connection"].get(0) {
        let change = format!("{path}/connections/{}", id(connection));
        ok(
            dev,
            "PUT",
            &change,
            "<connection userName='u' password='p' embedPassword='true'/>",
        )
        .await;
        if kind != "flows" {
            let luids = format!(
                "<connectionLuids><connectionLuid>{}</connectionLuid></connectionLuids><connection userName='v'/>",
                id(connection)
            );
            ok(dev, "PUT", &format!("{path}/connections"), &luids).await;
        }
    }
    if kind != "flows" {
        ok(dev, "GET", &format!("{path}/revisions"), "").await;
        ok(dev, "GET", &format!("{path}/revisions/1/content"), "").await;
        ok(dev, "DELETE", &format!("{path}/revisions/1"), "").await;
    }
    if kind != "workbooks" {
        let warning = "<dataQualityWarning type='WARNING' message='old' isActive='true'/>";
        let of_item = format!("/dataQualityWarnings/{}/{luid}", &kind[..kind.len() - 1]);
        for _ in 0..2 {
            ok(dev, "POST", &of_item, warning).await;
            ok(dev, "PUT", &of_item, warning).await;
            let all = ok(dev, "GET", &of_item, "").await;
            let one = format!(
                "/dataQualityWarnings/{}",
                id(&all["dataQualityWarningList"]["dataQualityWarning"][0])
            );
            ok(dev, "GET", &one, "").await;
            ok(dev, "PUT", &one, warning).await;
            ok(dev, "DELETE", &one, "").await;
        }
        ok(dev, "POST", &of_item, warning).await;
        ok(dev, "DELETE", &of_item, "").await;
    }
}

async fn workbook(dev: &Signed<'_>, group: &str) -> String {
    let upload = ok(dev, "POST", "/fileUploads", "").await["fileUpload"]["uploadSessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    let chunk = [
        ("request_payload", None, b"".as_slice()),
        ("tableau_file", Some("f"), WORKBOOK.as_bytes()),
    ];
    form(dev, "PUT", &format!("/fileUploads/{upload}"), &chunk).await;
    let payload = [(
        "request_payload",
        None,
        b"<tsRequest><workbook name='W'/></tsRequest>".as_slice(),
    )];
    let made = form(
        dev,
        "POST",
        &format!("/workbooks?uploadSessionId={upload}&workbookType=twb"),
        &payload,
    )
    .await;
    let path = format!("/workbooks/{}", id(&made["workbook"]));
    dev.published("overwrite=true", "W", "", WORKBOOK_V2).await;
    item(dev, &path, "workbook").await;
    permissions(dev, &format!("{path}/permissions"), group).await;
    for piece in ["previewImage", "pdf", "views"] {
        ok(dev, "GET", &format!("{path}/{piece}"), "").await;
    }
    ok(dev, "PUT", &format!("{path}/refreshThumbnails"), "").await;
    ok(dev, "GET", &format!("/users/{}/workbooks", dev.user), "").await;
    for call in ["validateWorkbook", "validateWorkbookAndUpload"] {
        let file = [("tableau_workbook", Some("w.twb"), WORKBOOK.as_bytes())];
        form(dev, "POST", &format!("/workbooks/{call}"), &file).await;
    }
    let upload = ok(dev, "POST", "/fileUploads", "").await["fileUpload"]["uploadSessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    form(dev, "PUT", &format!("/fileUploads/{upload}"), &chunk).await;
    ok(
        dev,
        "POST",
        &format!("/workbooks/validateUploadedWorkbook?uploadSessionId={upload}"),
        "",
    )
    .await;
    path
}

async fn views(dev: &Signed<'_>, workbook: &str) {
    let all = ok(dev, "GET", "/views", "").await;
    let view = id(&all["views"]["view"][0]).to_owned();
    let path = format!("/views/{view}");
    for piece in ["", "/image", "/pdf", "/data"] {
        ok(dev, "GET", &format!("{path}{piece}"), "").await;
    }
    ok(dev, "GET", &format!("{workbook}{path}/previewImage"), "").await;
    ok(
        dev,
        "PUT",
        &format!("{path}/tags"),
        "<tags><tag label='a'/></tags>",
    )
    .await;
    ok(dev, "DELETE", &format!("{path}/tags/a"), "").await;
    let luid = workbook.rsplit('/').next().unwrap();
    let payload =
        format!("<tsRequest><customView name='C'><workbook id='{luid}'/></customView></tsRequest>");
    let custom = form(
        dev,
        "POST",
        "/customviews",
        &[
            ("request_payload", None, payload.as_bytes()),
            ("tableau_customview", Some("c.json"), b"{}"),
        ],
    )
    .await;
    let custom = format!("/customviews/{}", id(&custom["customView"]));
    ok(dev, "GET", "/customviews", "").await;
    for piece in ["", "/content", "/image"] {
        ok(dev, "GET", &format!("{custom}{piece}"), "").await;
    }
    ok(dev, "PUT", &custom, "<customView name='D'/>").await;
    ok(dev, "DELETE", &custom, "").await;
    ok(dev, "DELETE", &path, "").await;
}

async fn refreshes(dev: &Signed<'_>, workbook: &str, datasource: &str, flow: &str) {
    for path in [workbook, datasource] {
        // From extract to live and back, where there is none to begin with.
        if path == workbook {
            ok(dev, "POST", &format!("{path}/deleteExtract"), "").await;
        }
        ok(dev, "POST", &format!("{path}/createExtract"), "").await;
        wait_for_jobs(dev).await;
        ok(dev, "POST", &format!("{path}/refresh"), "").await;
    }
    let job = ok(dev, "POST", &format!("{flow}/run"), "").await;
    let runs = ok(dev, "GET", "/flows/runs", "").await;
    assert_eq!(
        job["job"]["runFlowJobType"]["flowRunId"],
        runs["flowRuns"]["flowRun"][0]["id"]
    );
    let run = format!("/flows/runs/{}", id(&runs["flowRuns"]["flowRun"][0]));
    ok(dev, "GET", &run, "").await;
    ok(dev, "PUT", &run, "").await;
    let schedule = |name: &str, kind: &str| {
        format!(
            "<schedule name='{name}' priority='50' type='{kind}' frequency='Daily' executionOrder='Parallel'><frequencyDetails start='02:00:00'/></schedule>"
        )
    };
    let make = async |kind: &str| {
        let made = ok(dev, "POST", "//schedules", &schedule(kind, kind)).await;
        id(&made["schedule"]).to_owned()
    };
    let (extracts, flows, mail) = (
        make("Extract").await,
        make("Flow").await,
        make("Subscription").await,
    );
    ok(dev, "GET", "//schedules", "").await;
    ok(dev, "GET", &format!("//schedules/{extracts}"), "").await;
    ok(
        dev,
        "PUT",
        &format!("//schedules/{extracts}"),
        "<schedule priority='40'/>",
    )
    .await;
    for (kind, path, schedule) in [
        ("workbook", workbook, &extracts),
        ("datasource", datasource, &extracts),
        ("flow", flow, &flows),
    ] {
        let luid = path.rsplit('/').next().unwrap();
        let task = if kind == "flow" {
            "flowRun"
        } else {
            "extractRefresh"
        };
        let body = format!("<task><{task}><{kind} id='{luid}'/></{task}></task>");
        ok(dev, "PUT", &format!("/schedules/{schedule}/{kind}s"), &body).await;
    }
    ok(dev, "GET", &format!("/schedules/{extracts}/extracts"), "").await;
    let tasks = ok(dev, "GET", "/tasks/extractRefreshes", "").await;
    let task = format!(
        "/tasks/extractRefreshes/{}",
        id(&tasks["tasks"]["task"][0]["extractRefresh"])
    );
    ok(dev, "GET", &task, "").await;
    wait_for_jobs(dev).await;
    ok(dev, "POST", &format!("{task}/runNow"), "").await;
    ok(dev, "DELETE", &task, "").await;
    let luid = workbook.rsplit('/').next().unwrap();
    let made = ok(dev, "POST", "/subscriptions", &format!(
        "<subscription subject='S'><content id='{luid}' type='Workbook'/><schedule id='{mail}'/><user id='{}'/></subscription>",
        dev.user
    ))
    .await;
    let subscription = format!("/subscriptions/{}", id(&made["subscription"]));
    ok(dev, "GET", "/subscriptions", "").await;
    ok(dev, "GET", &subscription, "").await;
    ok(dev, "PUT", &subscription, "<subscription subject='T'/>").await;
    ok(dev, "DELETE", &subscription, "").await;
    ok(dev, "DELETE", &format!("//schedules/{mail}"), "").await;
    let jobs = ok(dev, "GET", "/jobs", "").await;
    ok(
        dev,
        "GET",
        &format!("/jobs/{}", id(&jobs["backgroundJobs"]["backgroundJob"][0])),
        "",
    )
    .await;
    wait_for_jobs(dev).await;
    let job = ok(dev, "POST", &format!("{flow}/run"), "").await;
    ok(dev, "PUT", &format!("/jobs/{}", id(&job["job"])), "").await;
}

async fn wait_for_jobs(dev: &Signed<'_>) {
    for _ in 0..100 {
        let open = ok(dev, "GET", "/jobs?filter=progress:lt:100", "").await;
        if open["pagination"]["totalAvailable"] == "0" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("jobs do not end");
}

async fn people(dev: &Signed<'_>) -> String {
    let group = ok(dev, "POST", "/groups", "<group name='G'/>").await;
    let group = id(&group["group"]).to_owned();
    let user = ok(dev, "POST", "/users", "<user name='u' siteRole='Viewer'/>").await;
    let user = id(&user["user"]).to_owned();
    ok(dev, "GET", "/users", "").await;
    ok(dev, "GET", &format!("/users/{user}"), "").await;
    ok(
        dev,
        "PUT",
        &format!("/users/{user}"),
        "<user fullName='U'/>",
    )
    .await;
    ok(dev, "GET", "/groups", "").await;
    ok(dev, "PUT", &format!("/groups/{group}"), "<group name='H'/>").await;
    let members = format!("/groups/{group}/users");
    ok(dev, "POST", &members, &format!("<user id='{user}'/>")).await;
    ok(dev, "GET", &members, "").await;
    ok(dev, "GET", &format!("/users/{user}/groups"), "").await;
    let set = ok(dev, "POST", "/groupsets", "<groupSet name='S'/>").await;
    let set = format!("/groupsets/{}", id(&set["groupSet"]));
    ok(dev, "GET", "/groupsets", "").await;
    ok(dev, "GET", &set, "").await;
    ok(dev, "PUT", &set, "<groupSet name='T'/>").await;
    ok(dev, "PUT", &format!("{set}/groups/{group}"), "").await;
    ok(dev, "DELETE", &format!("{set}/groups/{group}"), "").await;
    ok(dev, "DELETE", &set, "").await;
    ok(dev, "DELETE", &format!("{members}/{user}"), "").await;
    ok(dev, "DELETE", &format!("/users/{user}"), "").await;
    form(
        dev,
        "POST",
        "/users/import",
        &[("tableau_user_import", Some("u.csv"), b"v\n")],
    )
    .await;
    wait_for_jobs(dev).await;
    form(
        dev,
        "POST",
        "/users/delete",
        &[("tableau_user_delete", Some("u.csv"), b"v\n")],
    )
    .await;
    group
}

/// Publishes a data source twice and a flow once.
async fn others(dev: &Signed<'_>) -> (String, String) {
    let payload = b"<tsRequest><datasource name='D'/></tsRequest>".as_slice();
    let file = [
        ("request_payload", None, payload),
        ("tableau_datasource", Some("d.tds"), DATASOURCE.as_bytes()),
    ];
    let datasource = form(dev, "POST", "/datasources", &file).await;
    form(dev, "POST", "/datasources?overwrite=true", &file).await;
    let mut package = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    package
        .start_file("flow", zip::write::SimpleFileOptions::default())
        .unwrap();
    let inner = r#"{"nodes": {}, "connections": {"1": {"connectionAttributes": {"class": "postgres", "server": "s"}}}}"#;
    std::io::Write::write_all(&mut package, inner.as_bytes()).unwrap();
    let package = package.finish().unwrap().into_inner();
    let payload = b"<tsRequest><flow name='F'/></tsRequest>".as_slice();
    let flow = form(
        dev,
        "POST",
        "/flows",
        &[
            ("request_payload", None, payload),
            ("tableau_flow", Some("f.tfl"), &package),
        ],
    )
    .await;
    (
        format!("/datasources/{}", id(&datasource["datasource"])),
        format!("/flows/{}", id(&flow["flow"])),
    )
}

async fn on_a_server(site: &Site) {
    let dev = site.sign_in("dev").await;
    for path in [
        "//serverinfo",
        "//sessions/current",
        "//sites",
        "",
        "/projects",
    ] {
        ok(&dev, "GET", path, "").await;
    }
    let group = people(&dev).await;
    let project = ok(&dev, "POST", "/projects", "<project name='P'/>").await;
    let project = format!("/projects/{}", id(&project["project"]));
    ok(&dev, "PUT", &project, "<project description='d'/>").await;
    permissions(&dev, &format!("{project}/permissions"), &group).await;
    permissions(
        &dev,
        &format!("{project}/default-permissions/workbooks"),
        &group,
    )
    .await;
    let workbook = workbook(&dev, &group).await;
    views(&dev, &workbook).await;
    let (datasource, flow) = others(&dev).await;
    item(&dev, &datasource, "datasource").await;
    item(&dev, &flow, "flow").await;
    favorites_and_data(&dev, &workbook).await;
    refreshes(&dev, &workbook, &datasource, &flow).await;
    let luid = workbook.rsplit('/').next().unwrap();
    let batch = format!(
        "<tagBatch><tags><tag label='x'/></tags><contents><content contentType='Workbook' id='{luid}'/></contents></tagBatch>"
    );
    ok(&dev, "PUT", "/tags:batchCreate", &batch).await;
    ok(&dev, "PUT", "/tags:batchDelete", &batch).await;
    ok(&dev, "DELETE", "/tags:BatchDelete", &batch).await;
    let hook = "<webhook name='h' event='WorkbookDeleted'><webhook-destination><webhook-destination-http method='POST' url='URL'/></webhook-destination></webhook>";
    let receiver = super::webhooks::Receiver::start(200).await;
    let hook = ok(
        &dev,
        "POST",
        "/webhooks",
        &hook.replace("URL", &receiver.url),
    )
    .await;
    let hook = format!("/webhooks/{}", id(&hook["webhook"]));
    ok(&dev, "GET", "/webhooks", "").await;
    ok(&dev, "GET", &hook, "").await;
    ok(&dev, "GET", &format!("{hook}/test"), "").await;
    ok(&dev, "PUT", &hook, "<webhook isEnabled='false'/>").await;
    ok(&dev, "DELETE", &hook, "").await;
    wait_for_jobs(&dev).await;
    let project =
        id(&ok(&dev, "GET", "/projects?filter=name:eq:P", "").await["projects"]["project"][0])
            .to_owned();
    for path in [&workbook, &datasource, &flow] {
        ok(&dev, "DELETE", path, "").await;
    }
    ok(&dev, "GET", "/recyclebin/workbooks", "").await;
    ok(&dev, "GET", &format!("/recyclebin{workbook}"), "").await;
    ok(
        &dev,
        "POST",
        &format!("/recyclebin{workbook}/restore?projectId={project}"),
        "",
    )
    .await;
    ok(&dev, "DELETE", &format!("/recyclebin{datasource}"), "").await;
    ok(&dev, "DELETE", "/recyclebin", "").await;
    ok(&dev, "DELETE", &format!("/projects/{project}"), "").await;
    ok(&dev, "DELETE", &format!("/groups/{group}"), "").await;
    ok(
        &dev,
        "DELETE",
        &format!(
            "//schedules/{}",
            id(&ok(&dev, "GET", "//schedules", "").await["schedules"]["schedule"][0])
        ),
        "",
    )
    .await;
    let moved = ok(
        &dev,
        "POST",
        "//auth/switchSite",
        "<site contentUrl='prod'/>",
    )
    .await;
    let token = moved["credentials"]["token"].as_str().unwrap().to_owned();
    ok(
        &Signed {
            token,
            id: String::new(),
            user: String::new(),
            site,
        },
        "POST",
        "//auth/signout",
        "",
    )
    .await;
}

/// Favorites, and changes of a Hyper file's rows.
async fn favorites_and_data(dev: &Signed<'_>, workbook: &str) {
    let luid = workbook.rsplit('/').next().unwrap();
    let mine = format!("/favorites/{}", dev.user);
    let add = format!("<favorite label='mine'><workbook id='{luid}'/></favorite>");
    ok(dev, "PUT", &mine, &add).await;
    ok(dev, "GET", &mine, "").await;
    ok(dev, "DELETE", &format!("{mine}/workbooks/{luid}"), "").await;
    let hyper = super::hyper_data::publish(dev).await;
    let connections = ok(dev, "GET", &format!("{hyper}/connections"), "").await;
    let connection = id(&connections["connections"]["connection"][0]);
    for path in [
        format!("{hyper}/data"),
        format!("{hyper}/connections/{connection}/data"),
    ] {
        super::hyper_data::change(dev, &path, "r").await.expect(202);
    }
}

async fn sites(site: &Site) {
    let dev = site.sign_in("dev").await;
    let new = "<site name='New' contentUrl='new'/>";
    ok(&dev, "POST", "//sites", new).await;
    let new = site.sign_in("new").await;
    ok(&new, "PUT", "", "<site userQuota='9'/>").await;
    ok(&new, "DELETE", "", "").await;
}

/// Tasks with a schedule of their own, which only Cloud has.
async fn on_a_cloud(site: &Site) {
    let dev = site.sign_in("dev").await;
    let workbook = dev.published("", "W", "", WORKBOOK_V2).await;
    let body = format!(
        "<extractRefresh type='FullRefresh'><workbook id='{}'/></extractRefresh><schedule frequency='Daily'>\
         <frequencyDetails start='18:20:00'><intervals><interval weekDay='Sunday'/></intervals></frequencyDetails></schedule>",
        id(&workbook)
    );
    let task = ok(&dev, "POST", "/tasks/extractRefreshes", &body).await;
    let task = format!("/tasks/extractRefreshes/{}", id(&task["extractRefresh"]));
    ok(&dev, "POST", &task, &body).await;
}

#[tokio::test]
async fn every_endpoint_works() {
    let server = Site::with(Sandbox::builder().recycle_bin(true));
    on_a_server(&server).await;
    sites(&server).await;
    let cloud = Site::with(Sandbox::builder().style(Style::Cloud));
    on_a_cloud(&cloud).await;
    let mut called = BTreeSet::new();
    for record in server.app.log.all().into_iter().chain(cloud.app.log.all()) {
        let path = record
            .path
            .split('?')
            .next()
            .unwrap()
            .trim_start_matches("/api/3.29");
        if let (200..300, Found::Route(route, _)) =
            (record.status, router::find(&record.method, path))
        {
            called.insert((route.method, route.pattern));
        }
    }
    let missing: Vec<_> = ROUTES
        .iter()
        .map(|route| (route.method, route.pattern))
        .filter(|route| !called.contains(route))
        .collect();
    assert!(missing.is_empty(), "not called with success: {missing:#?}");
}
