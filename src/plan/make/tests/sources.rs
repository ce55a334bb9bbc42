//! Published data sources that items read and write.

use super::*;

#[test]
fn a_missing_published_data_source_blocks_and_nothing_allows_it() {
    let mut desired = item(ItemKind::Workbook, "A", "Report");
    desired.published = vec![PublishedReference {
        content_url: "Sales".into(),
        name: "Sales".into(),
        provided_by: None,
        require_certified: false,
        as_written: false,
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
        as_written: false,
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

fn reads(name: &str, certified: bool) -> PublishedReference {
    PublishedReference {
        content_url: expected_content_url(name),
        name: name.to_owned(),
        provided_by: None,
        require_certified: certified,
        as_written: false,
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
fn what_the_file_names_must_be_the_source_that_is_deployed_from_here() {
    let source = item(ItemKind::Datasource, "A", "Sales");
    let mut report = item(ItemKind::Workbook, "A", "Report");
    report.published = vec![PublishedReference {
        provided_by: Some(source.key()),
        as_written: true,
        ..reads("Sales", false)
    }];
    let said = |report: &Item, there: Vec<LiveItem>| {
        let desired = Desired {
            items: vec![source.clone(), report.clone()],
            ..Desired::default()
        };
        let plan = build(&desired, &live(there), &policy());
        let blocked = plan.items.into_iter().flat_map(|i| i.blocked);
        blocked.map(|b| b.message).collect::<Vec<_>>()
    };
    let theirs = || {
        let mut theirs = live_item(ItemKind::Datasource, "B", "Sales", None);
        theirs.luid = "theirs".to_owned();
        theirs
    };
    let own = |url: &str| LiveItem {
        content_url: Some(url.to_owned()),
        ..live_item(ItemKind::Datasource, "A", "Sales", Some(("aa", 1)))
    };
    let another = "it reads `Sales`, which is the data source \"Sales\" in B, and not the one in A that is deployed from here";
    assert_eq!(said(&report, vec![]), [""; 0]);
    assert_eq!(said(&report, vec![own("Sales")]), [""; 0]);
    assert_eq!(said(&report, vec![theirs()]), [another]);
    assert_eq!(said(&report, vec![theirs(), own("Sales_1")]), [another]);
    assert_eq!(
        said(&report, vec![own("Sales_1")]),
        [
            "it reads `Sales`, which is no data source of the site, and not the one in A that is deployed from here"
        ]
    );
    report.published[0].as_written = false;
    assert_eq!(said(&report, vec![theirs()]), [""; 0]);
}
