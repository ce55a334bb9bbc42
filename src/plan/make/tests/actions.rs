//! What is to be done with an item, and what that costs.

use super::*;

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
fn names_that_differ_in_what_an_address_leaves_out_have_one_address() {
    assert_eq!(
        expected_content_url("Sales & Costs, 2_\u{e4}-1 (EU)"),
        "SalesCosts2_\u{e4}-1EU"
    );
    let there = live_item(ItemKind::Workbook, "A", "Sales Report", Some(("aa", 1)));
    let new = item(ItemKind::Workbook, "A", "Sales-Report");
    let planned = only(new, &live(vec![there.clone()]), &policy());
    assert!(planned.notes.is_empty(), "{:?}", planned.notes);
    let new = item(ItemKind::Workbook, "A", "SalesReport");
    let planned = only(new, &live(vec![there]), &policy());
    let said =
        "its content URL will not be `SalesReport`: workbook \"Sales Report\" in A has that one";
    assert!(planned.notes[0].contains(said), "{:?}", planned.notes);
}
