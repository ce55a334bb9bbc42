use jiff::Timestamp;

use super::*;
use crate::plan::Stamp;
use crate::plan::desired::ItemKind;
use crate::plan::desired::{
    Certified, Credential, PublishedReference, Rewrite, ViewChoice, Written,
};
use crate::plan::live::Detail;
use crate::plan::live::{
    CustomView, LiveConnection, LiveItem, LiveProject, LiveView, Subscription,
};

fn path(text: &str) -> ProjectPath {
    text.parse().unwrap()
}

fn item(kind: ItemKind, project: &str, name: &str) -> Item {
    Item {
        kind,
        name: name.to_owned(),
        project: path(project),
        file: "f.twb".into(),
        bytes: 10,
        fingerprint: "aa".to_owned(),
        sheets: vec!["One".to_owned(), "Two".to_owned()],
        has_extract: Some(true),
        published: Vec::new(),
        writes: Vec::new(),
        rewrites: Vec::new(),
        notes: Vec::new(),
        settings: Settings::default(),
    }
}

fn live_item(kind: ItemKind, project: &str, name: &str, stamp: Option<(&str, u64)>) -> LiveItem {
    let at = Timestamp::from_second(1000).unwrap();
    let tags = stamp.map(|(fingerprint, revision)| {
        Stamp {
            fingerprint: fingerprint.to_owned(),
            commit: "c0ffee".to_owned(),
            revision,
            at,
        }
        .label("tabship")
    });
    LiveItem {
        kind,
        luid: format!("luid-{name}"),
        name: name.to_owned(),
        project: Some(path(project)),
        content_url: Some(expected_content_url(name)),
        webpage_url: None,
        owner_luid: Some("owner-1".to_owned()),
        tags: tags.into_iter().collect(),
        updated_at: Some(at),
        description: None,
        show_tabs: None,
        certified: None,
        certification_note: None,
        has_extracts: Some(true),
        size_mb: None,
    }
}

fn live(items: Vec<LiveItem>) -> Live {
    let mut live = Live {
        items,
        revision_history: true,
        ..Live::default()
    };
    live.projects = ["A", "B"]
        .iter()
        .map(|p| LiveProject {
            luid: (*p).to_owned(),
            path: path(p),
            writeable: None,
        })
        .collect();
    live.users.insert("owner-1".to_owned(), "ann".to_owned());
    live
}

fn with_detail(mut live: Live, luid: &str, detail: Detail) -> Live {
    live.details.insert(luid.to_owned(), detail);
    live
}

fn policy() -> Policy {
    Policy {
        prefix: "tabship".to_owned(),
        allow: BTreeSet::new(),
        prune: Prune::Report,
        prune_in: vec![path("A"), path("B")],
        of_others: Vec::new(),
        republish: false,
    }
}

fn only(desired: Item, live: &Live, policy: &Policy) -> Planned {
    let outcome = build(
        &Desired {
            items: vec![desired],
            ..Desired::default()
        },
        live,
        policy,
    );
    outcome.items.into_iter().next().unwrap()
}

fn view(name: &str) -> LiveView {
    LiveView {
        luid: format!("view-{name}"),
        name: name.to_owned(),
        content_url: None,
        tags: vec![],
    }
}

fn allows(planned: &Planned) -> Vec<Option<Allow>> {
    planned.blocked.iter().map(|b| b.allow).collect()
}

#[test]
fn what_is_not_there_is_created_with_its_projects() {
    let outcome = build(
        &Desired {
            items: vec![item(ItemKind::Workbook, "A/New/Deep", "Sales")],
            ..Desired::default()
        },
        &live(vec![]),
        &policy(),
    );
    assert_eq!(outcome.items[0].action, Action::Create);
    assert_eq!(outcome.projects, [path("A/New"), path("A/New/Deep")]);
}

#[test]
fn the_same_fingerprint_is_unchanged_and_asks_for_no_detail() {
    let desired = Desired {
        items: vec![item(ItemKind::Workbook, "A", "Sales")],
        ..Desired::default()
    };
    let live = live(vec![live_item(
        ItemKind::Workbook,
        "a",
        "SALES",
        Some(("aa", 1)),
    )]);
    assert!(outline(&desired, &live, &policy()).is_empty());
    let outcome = build(&desired, &live, &policy());
    assert_eq!(outcome.items[0].action, Action::Unchanged);
    assert_eq!(outcome.estimate.bytes, 0);
}

#[test]
fn another_fingerprint_is_an_update_of_that_luid() {
    let live = live(vec![live_item(
        ItemKind::Workbook,
        "A",
        "Sales",
        Some(("bb", 4)),
    )]);
    let desired = Desired {
        items: vec![item(ItemKind::Workbook, "A", "Sales")],
        ..Desired::default()
    };
    assert_eq!(outline(&desired, &live, &policy()), ["luid-Sales"]);
    let live = with_detail(
        live,
        "luid-Sales",
        Detail {
            revision: Some(4),
            views: vec![view("One"), view("Two")],
            ..Detail::default()
        },
    );
    let planned = only(item(ItemKind::Workbook, "A", "Sales"), &live, &policy());
    assert_eq!(
        (planned.action, planned.luid.as_deref()),
        (Action::Update, Some("luid-Sales"))
    );
}

#[test]
fn an_item_without_a_stamp_is_drift_and_can_be_allowed() {
    let live = live(vec![live_item(ItemKind::Datasource, "A", "Sales", None)]);
    let planned = only(item(ItemKind::Datasource, "A", "Sales"), &live, &policy());
    assert_eq!(
        (planned.action, allows(&planned)),
        (Action::Blocked, vec![Some(Allow::Drift)])
    );
    let mut allowing = policy();
    allowing.allow.insert(Allow::Drift);
    let planned = only(item(ItemKind::Datasource, "A", "Sales"), &live, &allowing);
    assert_eq!(planned.action, Action::Update);
    assert_eq!(planned.allowed[0].by, "--allow");
}

#[test]
fn a_later_revision_is_drift() {
    let live = live(vec![live_item(
        ItemKind::Datasource,
        "A",
        "Sales",
        Some(("bb", 4)),
    )]);
    let live = with_detail(
        live,
        "luid-Sales",
        Detail {
            revision: Some(6),
            ..Detail::default()
        },
    );
    assert_eq!(
        allows(&only(
            item(ItemKind::Datasource, "A", "Sales"),
            &live,
            &policy()
        )),
        [Some(Allow::Drift)]
    );
}

#[test]
fn a_sheet_that_a_pattern_would_show_is_blocked_but_not_one_that_is_named() {
    let live = live(vec![live_item(
        ItemKind::Workbook,
        "A",
        "Sales",
        Some(("bb", 1)),
    )]);
    let live = with_detail(
        live,
        "luid-Sales",
        Detail {
            revision: Some(1),
            views: vec![view("One")],
            ..Detail::default()
        },
    );
    let mut desired = item(ItemKind::Workbook, "A", "Sales");
    desired.settings.views = Some(ViewChoice::Include(vec!["*".to_owned()]));
    let planned = only(desired.clone(), &live, &policy());
    assert_eq!(allows(&planned), [Some(Allow::NewlyVisible)]);
    desired.settings.views = Some(ViewChoice::Include(vec![
        "One".to_owned(),
        "Two".to_owned(),
    ]));
    let planned = only(desired, &live, &policy());
    assert_eq!(
        (planned.action, planned.views.newly_visible),
        (Action::Update, vec!["Two".to_owned()])
    );
}

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
fn a_missing_published_data_source_blocks_and_nothing_allows_it() {
    let mut desired = item(ItemKind::Workbook, "A", "Report");
    desired.published = vec![PublishedReference {
        content_url: "Sales".into(),
        name: "Sales".into(),
        provided_by: None,
        require_certified: false,
    }];
    let planned = only(desired.clone(), &live(vec![]), &policy());
    assert_eq!(
        (planned.action, allows(&planned)),
        (Action::Blocked, vec![None])
    );
    let there = live(vec![live_item(ItemKind::Datasource, "B", "Sales", None)]);
    assert_eq!(
        only(desired.clone(), &there, &policy()).action,
        Action::Create
    );
    desired.published[0].require_certified = true;
    assert_eq!(only(desired, &there, &policy()).action, Action::Blocked);
}

#[test]
fn what_reads_a_blocked_data_source_is_blocked_with_it() {
    let source = item(ItemKind::Datasource, "A", "Sales");
    let mut report = item(ItemKind::Workbook, "A", "Report");
    report.published = vec![PublishedReference {
        content_url: "Sales".into(),
        name: "Sales".into(),
        provided_by: Some(source.key()),
        require_certified: true,
    }];
    let live = live(vec![live_item(ItemKind::Datasource, "A", "Sales", None)]);
    let outcome = build(
        &Desired {
            items: vec![report.clone(), source.clone()],
            ..Desired::default()
        },
        &live,
        &policy(),
    );
    assert!(outcome.items.iter().all(|i| i.action == Action::Blocked));
    let mut certified = source;
    certified.settings.certified = Some(Certified { note: None });
    certified.settings.allow = vec![Allow::Drift];
    let outcome = build(
        &Desired {
            items: vec![report, certified],
            ..Desired::default()
        },
        &live,
        &policy(),
    );
    assert_eq!(
        outcome
            .items
            .iter()
            .map(|i| (i.kind, i.action))
            .collect::<Vec<_>>(),
        [
            (ItemKind::Datasource, Action::Update),
            (ItemKind::Workbook, Action::Create)
        ]
    );
}

#[test]
fn an_item_of_ours_in_another_project_is_moved() {
    let live = live(vec![live_item(
        ItemKind::Workbook,
        "B",
        "Sales",
        Some(("aa", 1)),
    )]);
    let planned = only(item(ItemKind::Workbook, "A", "Sales"), &live, &policy());
    assert_eq!((planned.action, planned.publish), (Action::Move, false));
}

#[test]
fn an_item_of_ours_where_nothing_is_wanted_any_more_keeps_its_address_unless_allowed() {
    let at = |project| {
        let stamp = Some(("aa", 1));
        live(vec![live_item(ItemKind::Workbook, project, "Sales", stamp)])
    };
    let mut only_a = policy();
    only_a.prune_in = vec![path("A")];
    let plan = |live: &Live, policy: &Policy| {
        let mut wanted = item(ItemKind::Workbook, "A", "sales");
        wanted.fingerprint = "bb".to_owned();
        only(wanted, live, policy)
    };
    let planned = plan(&at("B"), &only_a);
    assert_eq!(allows(&planned), [Some(Allow::ContentUrl)]);
    let said = &planned.blocked[0];
    assert!(
        said.message.contains("would change from `Sales`"),
        "{said:?}"
    );
    assert!(said.help.contains("from B to A"), "{said:?}");

    only_a.allow.insert(Allow::ContentUrl);
    let planned = plan(&at("B"), &only_a);
    assert_eq!(planned.action, Action::Create);
    let by: Vec<_> = planned
        .allowed
        .iter()
        .map(|a| (a.allow, a.by.as_str()))
        .collect();
    assert_eq!(by, [(Allow::ContentUrl, "--allow")]);

    // Another target's, and a run that is not about everything and so does not know what is wanted.
    only_a.allow.clear();
    only_a.of_others = vec![path("Staging")];
    assert_eq!(plan(&at("Staging/B"), &only_a).action, Action::Create);
    only_a.prune_in.clear();
    assert_eq!(plan(&at("B"), &only_a).action, Action::Create);
}

#[test]
fn only_what_tabship_put_there_is_retired_and_only_when_asked() {
    let live = live(vec![
        live_item(ItemKind::Workbook, "A", "Old", Some(("cc", 1))),
        live_item(ItemKind::Workbook, "A", "Theirs", None),
    ]);
    let report = build(&Desired::default(), &live, &policy());
    assert!(report.items.is_empty());
    assert_eq!(report.notes.len(), 1);
    let mut recycle = policy();
    recycle.prune = Prune::Recycle;
    let outcome = build(&Desired::default(), &live, &recycle);
    assert_eq!(
        outcome
            .items
            .iter()
            .map(|i| (i.name.as_str(), i.action))
            .collect::<Vec<_>>(),
        [("Old", Action::Retire)]
    );
    recycle.prune_in = vec![path("B")];
    assert!(build(&Desired::default(), &live, &recycle).items.is_empty());
}

#[test]
fn custom_views_of_a_removed_view_are_named() {
    let live = live(vec![live_item(
        ItemKind::Workbook,
        "A",
        "Sales",
        Some(("bb", 1)),
    )]);
    let custom = CustomView {
        name: "Mine".into(),
        view: "Gone".into(),
        owner: None,
    };
    let detail = Detail {
        revision: Some(1),
        views: vec![view("One"), view("Gone")],
        custom_views: vec![custom.clone()],
        ..Detail::default()
    };
    let planned = only(
        item(ItemKind::Workbook, "A", "Sales"),
        &with_detail(live, "luid-Sales", detail),
        &policy(),
    );
    assert_eq!(
        (planned.views.removed, planned.broken_custom_views),
        (vec!["Gone".to_owned()], vec![custom])
    );
}

#[test]
fn tabs_are_said_to_change_permissions() {
    let said = |live_tabs, wanted: Option<bool>| {
        let mut there = live_item(ItemKind::Workbook, "A", "Sales", Some(("bb", 4)));
        there.show_tabs = Some(live_tabs);
        let mut item = item(ItemKind::Workbook, "A", "Sales");
        item.settings.tabs = wanted;
        let planned = only(item, &live(vec![there]), &policy());
        let about = |n: &&String| n.contains("which changes permissions");
        planned.notes.iter().find(about).cloned()
    };
    assert!(
        said(false, Some(true))
            .unwrap()
            .starts_with("tabs are switched on")
    );
    assert!(
        said(true, Some(false))
            .unwrap()
            .starts_with("tabs are switched off")
    );
    assert_eq!(said(true, Some(true)), None);
    assert_eq!(said(true, None), None);
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

fn reads(name: &str, certified: bool) -> PublishedReference {
    PublishedReference {
        content_url: expected_content_url(name),
        name: name.to_owned(),
        provided_by: None,
        require_certified: certified,
    }
}

#[test]
fn a_flow_reads_what_must_be_there_and_certified_as_a_workbook_does() {
    let mut flow = item(ItemKind::Flow, "A", "Prep");
    flow.published = vec![reads("Gone", false), reads("Plain", true)];
    let plain = live_item(ItemKind::Datasource, "A", "Plain", None);
    let planned = only(flow, &live(vec![plain]), &policy());
    assert_eq!(planned.action, Action::Blocked);
    let said: Vec<&str> = planned.blocked.iter().map(|b| b.message.as_str()).collect();
    assert!(said[0].contains("\"Gone\"") && said[0].contains("not on the site"));
    assert!(said[1].contains("\"Plain\" is not certified"));
}

#[test]
fn what_a_flow_writes_is_there_once_it_has_run_and_is_nobody_elses() {
    let mut flow = item(ItemKind::Flow, "A", "Prep");
    flow.writes = ["Out", "sales"]
        .map(|name| Written {
            name: name.to_owned(),
            project: Some(path("Data")),
        })
        .into();
    let mut book = item(ItemKind::Workbook, "A", "Book");
    book.published = vec![reads("Out", false)];
    let desired = Desired {
        items: vec![
            flow,
            book,
            item(ItemKind::Datasource, "Top/data", "Sales"),
            item(ItemKind::Datasource, "Other", "Out"),
        ],
        ..Desired::default()
    };
    let plan = build(&desired, &live(Vec::new()), &policy());
    let find = |kind| plan.items.iter().find(|i| i.kind == kind).unwrap();
    let help = &find(ItemKind::Workbook).blocked[0].help;
    assert!(
        help.contains("the flow \"Prep\" writes it when it runs"),
        "{help}"
    );
    let notes = &find(ItemKind::Flow).notes;
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("\"Sales\" in Top/data"), "{notes:?}");
}

#[test]
fn a_subscription_breaks_with_its_view_and_no_other_does() {
    let there = live_item(ItemKind::Workbook, "A", "Sales", Some(("bb", 1)));
    let to = |view: &str| Subscription {
        subject: view.to_owned(),
        user: None,
        content: format!("view-{view}"),
    };
    let detail = Detail {
        revision: Some(1),
        views: vec![view("One"), view("Gone")],
        subscriptions: vec![to("One"), to("Gone")],
        ..Detail::default()
    };
    let live = with_detail(live(vec![there]), "luid-Sales", detail);
    let planned = only(item(ItemKind::Workbook, "A", "Sales"), &live, &policy());
    assert_eq!(planned.broken_subscriptions, [to("Gone")]);
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
fn of_two_that_it_may_have_been_neither_is_moved_and_what_is_moved_is_not_retired() {
    let stamped = |project: &str, luid: &str| LiveItem {
        luid: luid.to_owned(),
        ..live_item(ItemKind::Workbook, project, "Sales", Some(("aa", 1)))
    };
    let wanted = || item(ItemKind::Workbook, "A/New", "Sales");
    let two = live(vec![stamped("A", "1"), stamped("B", "2")]);
    let planned = only(wanted(), &two, &policy());
    assert_eq!(allows(&planned), [Some(Allow::ContentUrl)]);
    let one = live(vec![stamped("B", "2")]);
    let desired = Desired {
        items: vec![wanted()],
        ..Desired::default()
    };
    let mut recycle = policy();
    recycle.prune = Prune::Recycle;
    let actions: Vec<Action> = build(&desired, &one, &recycle)
        .items
        .iter()
        .map(|i| i.action)
        .collect();
    assert_eq!(actions, [Action::Move]);
}

#[test]
fn what_reads_is_retired_before_what_is_read() {
    let stamped = |kind, name| live_item(kind, "A", name, Some(("aa", 1)));
    let live = live(vec![
        stamped(ItemKind::Datasource, "Z"),
        stamped(ItemKind::Workbook, "B"),
        stamped(ItemKind::Datasource, "A"),
        stamped(ItemKind::Flow, "F"),
    ]);
    let mut recycle = policy();
    recycle.prune = Prune::Recycle;
    let names: Vec<String> = build(&Desired::default(), &live, &recycle)
        .items
        .into_iter()
        .map(|i| i.name)
        .collect();
    assert_eq!(names, ["F", "B", "A", "Z"]);
}

#[test]
fn a_content_url_is_taken_whatever_its_case() {
    let mut there = live_item(ItemKind::Workbook, "B", "Other", None);
    there.content_url = Some("SALES".to_owned());
    let planned = only(
        item(ItemKind::Workbook, "A", "Sales"),
        &live(vec![there]),
        &policy(),
    );
    assert_eq!(planned.action, Action::Create);
    assert!(planned.notes[0].contains("its content URL will not be `Sales`"));
    let note = &planned.notes[0];
    assert!(
        note.contains("workbook \"Other\" in B has that one"),
        "{note}"
    );
}

#[test]
fn certified_on_the_site_is_enough_for_a_source_that_this_run_publishes() {
    let source = item(ItemKind::Datasource, "A", "Sales");
    let mut report = item(ItemKind::Workbook, "A", "Report");
    report.published = vec![PublishedReference {
        provided_by: Some(source.key()),
        ..reads("Sales", true)
    }];
    let desired = Desired {
        items: vec![report, source],
        ..Desired::default()
    };
    let blocked = |certified| {
        let mut there = live_item(ItemKind::Datasource, "A", "Sales", Some(("aa", 1)));
        there.certified = Some(certified);
        let plan = build(&desired, &live(vec![there]), &policy());
        let blocked = plan.items.iter().filter(|i| i.action == Action::Blocked);
        blocked.count()
    };
    assert_eq!((blocked(true), blocked(false)), (0, 1));
}

#[test]
fn only_what_reads_the_blocked_one_is_blocked_with_it() {
    let source = item(ItemKind::Datasource, "A", "Sales");
    let mut reader = item(ItemKind::Workbook, "A", "Report");
    reader.published = vec![PublishedReference {
        provided_by: Some(source.key()),
        ..reads("Sales", false)
    }];
    let other = item(ItemKind::Workbook, "A", "Other");
    let desired = Desired {
        items: vec![reader, source, other],
        ..Desired::default()
    };
    let drifted = live(vec![live_item(ItemKind::Datasource, "A", "Sales", None)]);
    let plan = build(&desired, &drifted, &policy());
    let actions: Vec<(&str, Action)> = plan
        .items
        .iter()
        .map(|i| (i.name.as_str(), i.action))
        .collect();
    assert_eq!(
        actions,
        [
            ("Sales", Action::Blocked),
            ("Other", Action::Create),
            ("Report", Action::Blocked)
        ]
    );
    assert!(
        plan.items[2].blocked[0]
            .message
            .contains("\"Sales\" in A, which is blocked")
    );
}

#[test]
fn an_estimate_counts_what_is_sent_and_nothing_else() {
    let estimate = |items: Vec<Item>| {
        let desired = Desired {
            items,
            ..Desired::default()
        };
        let there = live_item(ItemKind::Workbook, "A", "Same", Some(("aa", 1)));
        build(&desired, &live(vec![there]), &policy()).estimate
    };
    let nothing = estimate(vec![item(ItemKind::Workbook, "A", "Same")]);
    assert_eq!(nothing.bytes, 0);
    let one = estimate(vec![
        item(ItemKind::Workbook, "A", "Same"),
        item(ItemKind::Workbook, "A", "New"),
    ]);
    assert_eq!(one.bytes, 10);
    let mut large = item(ItemKind::Workbook, "A", "New");
    large.bytes = 1 << 30;
    let large = estimate(vec![large]);
    assert!(one.requests > nothing.requests && large.requests >= one.requests + 30);
}

#[test]
fn what_is_rewritten_and_said_of_a_file_stands_in_the_plan() {
    let mut wanted = item(ItemKind::Workbook, "A", "Sales");
    wanted.rewrites = vec![Rewrite {
        what: "server".to_owned(),
        old: "dev".to_owned(),
        new: "prod".to_owned(),
        count: 3,
    }];
    wanted.notes = vec!["said of it".to_owned()];
    let planned = only(wanted.clone(), &live(Vec::new()), &policy());
    assert_eq!(planned.rewrites, wanted.rewrites);
    assert_eq!(planned.notes, wanted.notes);
}

#[test]
fn a_sheet_that_is_no_view_now_stays_hidden_unless_that_is_allowed() {
    let there = live_item(ItemKind::Workbook, "A", "Sales", Some(("bb", 1)));
    let detail = Detail {
        revision: Some(1),
        views: vec![view("One")],
        ..Detail::default()
    };
    let live = with_detail(live(vec![there]), "luid-Sales", detail);
    let wanted = || item(ItemKind::Workbook, "A", "Sales");
    let kept = only(wanted(), &live, &policy());
    assert_eq!(kept.views.hidden, ["Two"]);
    assert!(
        kept.notes[0].contains("\"Two\" stay hidden"),
        "{:?}",
        kept.notes
    );
    let mut allowing = policy();
    allowing.allow.insert(Allow::NewlyVisible);
    let shown = only(wanted(), &live, &allowing);
    assert_eq!(
        (shown.action, shown.views.visible),
        (Action::Update, wanted().sheets)
    );
    assert_eq!(shown.allowed[0].allow, Allow::NewlyVisible);
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
