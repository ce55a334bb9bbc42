//! `security/web-object`.

use crate::content::model::ZoneKind;
use crate::diagnostic::Subject;
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports web objects on dashboards.
    ///
    /// ## Why is this bad?
    /// What a web object shows is not under version control and not tested with the dashboard: it can change, ask for a sign-in, or
    /// read along what filters send to it. Sites can switch web objects off, and then there is a blank.
    ///
    /// ## Use instead
    /// A link that opens in a tab of its own. [security/external-address](external-address.md) allows only the hosts that you name.
    WebObject, "security/web-object", "dashboard shows a web page", Levels::CONFIGURED, check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for dashboard in &document.model.dashboards {
        for zone in dashboard.zones.iter().filter(|z| z.kind == ZoneKind::Web) {
            let what = zone.param.as_ref().filter(|p| !p.value.is_empty()).map_or_else(|| "a web page".to_owned(), |p| format!("the web page `{}`", p.value));
            let subjects = vec![Subject::new("dashboard", &*dashboard.name.value)];
            sink.report(zone.element.tag, subjects, format!("the dashboard `{}` shows {what}", dashboard.name.value))
                .help("take the web object off, or link to the page");
        }
    }
}
