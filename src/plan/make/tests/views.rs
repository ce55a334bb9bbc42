//! Sheets that become views, or are none any more.

use super::*;

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
