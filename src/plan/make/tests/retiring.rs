//! What was deployed once and is wanted no more.

use super::*;

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
