//! Edits that people made: each pair of files is read by eye, and the comparison says the same.

use tabship::diff::{self, Changes, Risk};

use super::{open, sentences};
use crate::harness::shared;

fn compared(pair: &str) -> Option<Changes> {
    let folder = shared("corpus/pairs")?;
    let named = |side: &str| {
        let prefix = format!("{pair}_{side}__");
        std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|p| {
                p.file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with(&prefix)
            })
            .unwrap()
    };
    Some(diff::contents(
        &open(&named("before")),
        &open(&named("after")),
    ))
}

fn risks(changes: &Changes) -> Vec<Risk> {
    changes.risks.iter().map(|r| r.risk).collect()
}

#[test]
fn a_folder_was_taken_out_of_a_connection() {
    let Some(changes) = compared("04") else {
        return;
    };
    assert_eq!(
        sentences(&changes),
        [
            "connection of data source \"test_results_combined\": directory changed, /Users/s.davis/Desktop -> (none)"
        ]
    );
    assert_eq!(risks(&changes), [Risk::ConnectionMoved]);
    assert!(
        changes.changes[0]
            .reaches
            .contains(&"TDVT Test Results".to_owned())
    );
    let place = changes.changes[0].after_position.unwrap();
    assert_eq!(place.line, 63);
}

#[test]
fn a_data_source_file_went_to_another_server() {
    let Some(changes) = compared("05") else {
        return;
    };
    let [change] = changes.changes.as_slice() else {
        panic!("{:#?}", sentences(&changes))
    };
    assert_eq!(change.aspect.as_deref(), Some("server"));
    assert_eq!(change.before.as_deref(), Some("exasol.test.lan"));
    assert!(
        change
            .after
            .as_deref()
            .unwrap()
            .starts_with("exasol.test.lan/B782F")
    );
    assert_eq!(risks(&changes), [Risk::ConnectionMoved]);
}

#[test]
fn a_field_became_text_and_filters_let_nulls_through() {
    let Some(changes) = compared("11") else {
        return;
    };
    assert_eq!(
        sentences(&changes),
        [
            "field \"Worker\" of data source \"Filestore Events\": data type changed, integer -> string",
            "field \"Worker\" of data source \"Filestore Events\": role changed, measure -> dimension",
            "worksheet \"Event Timeline\": tooltip field changed, ATTR(Class), ATTR(Message), ATTR(Worker) -> \
             ATTR(Class), ATTR(Message)",
            "filter \"Timestamp\" of worksheet \"Event Timeline\" widened, values that are not null -> all values",
            "filter \"Timestamp\" of worksheet \"Events by Class\" widened, values that are not null -> all values",
            "filter \"Timestamp\" of worksheet \"Top 10 Event Messages\" widened, values that are not null -> all values",
        ]
    );
    // The worksheets are hidden: people see them on the one dashboard.
    assert!(
        changes
            .changes
            .iter()
            .all(|c| c.reaches == ["Filestore Events"])
    );
    assert!(changes.risks.is_empty());
}

/// The data source moved to another place in the list, and every thumbnail is another one: neither is a change.
#[test]
fn a_sum_became_an_average_on_a_sheet_that_was_hidden() {
    let Some(changes) = compared("21") else {
        return;
    };
    assert_eq!(
        sentences(&changes),
        [
            "worksheet \"Sheet 21\": rows changed, Machine Name, SUM(%_committed_bytes_in_use) -> Machine Name, \
             AVG(%_committed_bytes_in_use)",
            "worksheet \"Sheet 21\": tooltip changed",
            "worksheet \"Sheet 21\" shown",
            "worksheet \"Sheet 21\": formatting (3 settings) changed",
        ]
    );
    assert_eq!(risks(&changes), [Risk::SheetBecameVisible]);
}

#[test]
fn a_workbook_reads_another_file_and_four_items_moved() {
    let Some(changes) = compared("22") else {
        return;
    };
    let said = sentences(&changes);
    assert_eq!(said.len(), 3, "{said:#?}");
    assert!(
        said[0].contains("file name changed, C:/Users/Ben/")
            && said[0].contains("C:/Users/bklower/")
    );
    assert_eq!(
        said[1],
        "worksheet \"Project Status\": detail changed, DAY(Due), Draft -> Completion Date, DAY(Due), Draft, SUM(RowID)"
    );
    assert_eq!(said[2], "dashboard \"Project Management\": 4 items moved");
    assert_eq!(changes.changes[2].details.len(), 4);
}

#[test]
fn a_sheet_got_title_and_caption_and_a_dashboard_two_images() {
    let Some(changes) = compared("30") else {
        return;
    };
    let said = sentences(&changes);
    assert_eq!(
        said,
        [
            "worksheet \"Pie\": title added (Apple <Sheet Name>)",
            "worksheet \"Pie\": caption added (Behold! The Pie!)",
            "image \"/Users/scottw/Pictures/1114.jpg\" of dashboard \"Dashboard\" added",
            "image \"/Users/scottw/Pictures/1114.jpg\" of dashboard \"Dashboard\" added",
            "sheet \"Bar\" of dashboard \"Dashboard\": caption changed, hidden -> shown",
            "sheet \"Pie\" of dashboard \"Dashboard\": caption changed, hidden -> shown",
            "dashboard \"Dashboard\": 2 items moved",
            "sheet \"Bar\" of dashboard \"Other Dashboard\": title changed, shown -> hidden",
            "sheet \"Pie\" of dashboard \"Other Dashboard\": title changed, shown -> hidden",
            "sheet \"Pie\" of dashboard \"Other Dashboard\": caption changed, hidden -> shown",
        ]
    );
    assert!(changes.risks.is_empty());
}
