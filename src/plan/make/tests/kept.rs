//! What a publish would drop.

use super::*;

#[test]
fn losing_an_extract_is_blocked() {
    let live = live(vec![live_item(
        ItemKind::Datasource,
        "A",
        "Sales",
        Some(("bb", 1)),
    )]);
    let mut desired = item(ItemKind::Datasource, "A", "Sales");
    desired.has_extract = Some(false);
    assert_eq!(
        allows(&only(desired, &live, &policy())),
        [Some(Allow::ExtractLoss)]
    );
}

#[test]
fn credentials_that_nobody_restores_block() {
    let connection = LiveConnection {
        luid: "c".into(),
        class: "postgres".into(),
        server: Some("PG".into()),
        port: None,
        username: None,
        embedded: true,
    };
    let live = live(vec![live_item(
        ItemKind::Datasource,
        "A",
        "Sales",
        Some(("bb", 1)),
    )]);
    let live = with_detail(
        live,
        "luid-Sales",
        Detail {
            revision: Some(1),
            connections: vec![connection],
            ..Detail::default()
        },
    );
    let mut desired = item(ItemKind::Datasource, "A", "Sales");
    assert_eq!(
        allows(&only(desired.clone(), &live, &policy())),
        [Some(Allow::CredentialLoss)]
    );
    desired.settings.owner = Some("bob".to_owned());
    assert_eq!(
        allows(&only(desired.clone(), &live, &policy())),
        [Some(Allow::OwnerChange)]
    );
    desired.settings.credentials = vec![Credential {
        class: None,
        server: Some("pg".into()),
        username: None,
        secret: Some("env:P".into()),
        embed: true,
    }];
    assert_eq!(only(desired, &live, &policy()).action, Action::Update);
}

#[test]
fn an_owner_who_is_not_there_blocks_what_would_be_published_and_nothing_else() {
    let mut new = item(ItemKind::Workbook, "A", "New");
    let mut same = item(ItemKind::Workbook, "A", "Same");
    let mut changed = item(ItemKind::Workbook, "A", "Changed");
    for item in [&mut new, &mut same] {
        item.settings.owner = Some("gone".to_owned());
    }
    changed.settings.owner = Some("Ann".to_owned());
    let desired = Desired {
        items: vec![new, same, changed],
        ..Desired::default()
    };
    let mut live = live(vec![
        live_item(ItemKind::Workbook, "A", "Same", Some(("aa", 1))),
        live_item(ItemKind::Workbook, "A", "Changed", Some(("bb", 1))),
    ]);
    let policy = policy();
    assert_eq!(
        owners(&desired, &live, &policy),
        ["gone"],
        "ann owns something"
    );
    live.nobody.insert("gone".to_owned());
    let plan = build(&desired, &live, &policy);
    let blocked: Vec<&str> = plan
        .items
        .iter()
        .filter(|i| i.action == Action::Blocked)
        .map(|i| i.name.as_str())
        .collect();
    assert_eq!(blocked, ["New"]);
}

fn embedded(class: &str, server: &str) -> LiveConnection {
    LiveConnection {
        luid: "c".into(),
        class: class.to_owned(),
        server: Some(server.to_owned()),
        port: None,
        username: None,
        embedded: true,
    }
}

#[test]
fn credentials_cover_the_class_and_the_server_that_they_name_and_a_published_source_has_its_own() {
    let blocked = |connection: LiveConnection, class: Option<&str>, server: Option<&str>| {
        let there = live_item(ItemKind::Datasource, "A", "Sales", Some(("bb", 1)));
        let detail = Detail {
            revision: Some(1),
            connections: vec![connection],
            ..Detail::default()
        };
        let mut wanted = item(ItemKind::Datasource, "A", "Sales");
        wanted.settings.credentials = vec![Credential {
            class: class.map(str::to_owned),
            server: server.map(str::to_owned),
            username: None,
            secret: None,
            embed: true,
        }];
        let live = with_detail(live(vec![there]), "luid-Sales", detail);
        !only(wanted, &live, &policy()).blocked.is_empty()
    };
    assert!(!blocked(
        embedded("postgres", "pg"),
        Some("postgres"),
        Some("PG")
    ));
    assert!(blocked(embedded("postgres", "pg"), Some("snowflake"), None));
    assert!(blocked(embedded("postgres", "pg"), None, Some("other")));
    assert!(!blocked(embedded("sqlproxy", "pg"), None, Some("other")));
}

#[test]
fn all_that_a_publish_drops_and_is_put_back_is_named() {
    let mut there = live_item(ItemKind::Datasource, "A", "Sales", Some(("bb", 1)));
    there.tags.push("board".to_owned());
    there.description = Some("Monthly".to_owned());
    there.certified = Some(true);
    let detail = Detail {
        revision: Some(1),
        views: vec![LiveView {
            tags: vec!["start".to_owned()],
            ..view("One")
        }],
        connections: vec![embedded("postgres", "pg")],
        refresh_tasks: 2,
        ..Detail::default()
    };
    let live = with_detail(live(vec![there]), "luid-Sales", detail);
    let mut wanted = item(ItemKind::Datasource, "A", "Sales");
    wanted.settings.credentials = vec![Credential {
        class: None,
        server: None,
        username: None,
        secret: None,
        embed: true,
    }];
    let what = |item: Item| -> Vec<String> {
        let planned = only(item, &live, &policy());
        planned.preserved.into_iter().map(|p| p.what).collect()
    };
    assert_eq!(
        what(wanted.clone()),
        [
            "owner",
            "1 tag",
            "1 tag of a view",
            "description",
            "certification",
            "credentials of 1 connection",
            "2 refresh schedules"
        ]
    );
    wanted.settings.description = Some("Ours".to_owned());
    wanted.settings.certified = Some(Certified { note: None });
    let ours = what(wanted);
    assert!(
        !ours
            .iter()
            .any(|w| w == "description" || w == "certification"),
        "{ours:?}"
    );
}
