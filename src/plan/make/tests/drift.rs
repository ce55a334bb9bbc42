//! What somebody else published.

use super::*;

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
