//! What rules about dashboards' objects have in common.

use crate::content::model::Zone;
use crate::diagnostic::Subject;

use super::File;
use super::limit::count;
use super::sink::Sink;

/// Reports dashboards with more than `max` zones of a kind, at their names. Stories are no dashboards.
pub(super) fn too_many(
    file: &File<'_>,
    sink: &mut Sink<'_>,
    max: usize,
    noun: &str,
    help: &str,
    is_one: impl Fn(&Zone) -> bool,
) {
    let Some(document) = file.document() else {
        return;
    };
    for dashboard in document.model.dashboards.iter().filter(|d| !d.story) {
        let number = dashboard.zones.iter().filter(|z| is_one(z)).count();
        if number > max {
            let name = dashboard.name.value.as_str();
            let message = format!(
                "the dashboard `{name}` has {}; more than {max} are too many",
                count(number, noun)
            );
            sink.report(
                dashboard.name.span,
                vec![Subject::new("dashboard", name)],
                message,
            )
            .help(help);
        }
    }
}
