//! Which sheets of a workbook become views.

use serde::{Deserialize, Serialize};

use super::desired::ViewChoice;
use crate::manifest::glob;

/// What happens to the views of one workbook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewPlan {
    /// Sheets that will be views.
    pub visible: Vec<String>,
    /// Sheets that the publish must hide by name.
    pub hidden: Vec<String>,
    /// Sheets that are no views now and will be; each is somebody's data shown to everybody who may see the workbook.
    pub newly_visible: Vec<String>,
    /// Of [`hidden`](Self::hidden), those kept hidden only because they are not live now.
    pub kept_hidden: Vec<String>,
    /// Views that go away because the file no longer has the sheet, or hides it.
    pub removed: Vec<String>,
}

/// Chooses the views.
///
/// `sheets` are those that the file itself does not hide; `live` is absent for a workbook that is not there yet.
/// Without a choice what is live is kept: a sheet that is no view now stays hidden, unless `show_new` is set.
pub fn choose(
    sheets: &[String],
    choice: Option<&ViewChoice>,
    live: Option<&[String]>,
    show_new: bool,
) -> ViewPlan {
    let mut plan = ViewPlan::default();
    for sheet in sheets {
        let is_live = live.is_none_or(|views| views.contains(sheet));
        let visible = match choice {
            Some(ViewChoice::Include(patterns)) => matches_any(patterns, sheet),
            Some(ViewChoice::Exclude(patterns)) => !matches_any(patterns, sheet),
            None => is_live || show_new,
        };
        if visible && !is_live {
            plan.newly_visible.push(sheet.clone());
        }
        if visible {
            plan.visible.push(sheet.clone());
        } else {
            plan.hidden.push(sheet.clone());
            if choice.is_none() {
                plan.kept_hidden.push(sheet.clone());
            }
        }
    }
    plan.removed = live
        .unwrap_or_default()
        .iter()
        .filter(|view| !plan.visible.contains(view))
        .cloned()
        .collect();
    plan
}

/// True when the choice names the sheet itself, not by a pattern: then somebody meant just this sheet.
pub fn named_literally(choice: Option<&ViewChoice>, sheet: &str) -> bool {
    matches!(choice, Some(ViewChoice::Include(patterns)) if patterns.iter().any(|p| p == sheet))
}

fn matches_any(patterns: &[String], sheet: &str) -> bool {
    patterns
        .iter()
        .any(|p| p == sheet || glob::name(p).is_ok_and(|glob| glob.is_match(sheet)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn without_a_choice_what_is_live_is_kept() {
        let plan = choose(
            &strings(&["A", "B", "C"]),
            None,
            Some(&strings(&["A", "Gone"])),
            false,
        );
        assert_eq!(plan.visible, ["A"]);
        assert_eq!(plan.kept_hidden, ["B", "C"]);
        assert_eq!(plan.hidden, ["B", "C"]);
        assert_eq!(plan.removed, ["Gone"]);
        assert!(plan.newly_visible.is_empty());
    }

    #[test]
    fn a_new_workbook_shows_what_the_file_shows() {
        let plan = choose(&strings(&["A", "B"]), None, None, false);
        assert_eq!(plan.visible, ["A", "B"]);
        assert!(plan.newly_visible.is_empty() && plan.hidden.is_empty());
    }

    #[test]
    fn a_pattern_that_shows_more_than_is_live_says_so() {
        let choice = ViewChoice::Include(strings(&["Detail*", "Overview"]));
        let sheets = strings(&["Overview", "Detail 1", "Detail 2", "Scratch"]);
        let plan = choose(&sheets, Some(&choice), Some(&strings(&["Detail 1"])), false);
        assert_eq!(plan.newly_visible, ["Overview", "Detail 2"]);
        assert_eq!(plan.hidden, ["Scratch"]);
        assert!(named_literally(Some(&choice), "Overview"));
        assert!(!named_literally(Some(&choice), "Detail 2"));
    }

    #[test]
    fn an_empty_include_means_none_and_an_empty_exclude_means_all() {
        let sheets = strings(&["A"]);
        assert_eq!(
            choose(&sheets, Some(&ViewChoice::Include(vec![])), None, false).hidden,
            ["A"]
        );
        assert_eq!(
            choose(&sheets, Some(&ViewChoice::Exclude(vec![])), None, false).visible,
            ["A"]
        );
    }

    #[test]
    fn a_sheet_whose_name_is_no_glob_is_still_matched_by_itself() {
        let plan = choose(
            &strings(&["A [x"]),
            Some(&ViewChoice::Include(strings(&["A [x"]))),
            None,
            false,
        );
        assert_eq!(plan.visible, ["A [x"]);
    }
}
