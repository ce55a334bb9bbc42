//! Data sources as a whole, and what each is made of.

use crate::content::model::{Datasource, Extract};
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::Matched;
use super::{connections, fields, filters, relations, residual, sets};

pub(super) fn compare(at: &mut Comparison<'_>, matched: &Matched<'_, Datasource>) {
    for datasource in &matched.removed {
        let reaches = at.before.reach.of_datasource(&datasource.name.value);
        let what = What::new(Kind::Datasource, Action::Removed, &[subject(datasource)])
            .before(connections::summary(datasource))
            .reaches(reaches);
        at.say(what, first(datasource.element));
    }
    for datasource in &matched.added {
        let reaches = at.after.reach.of_datasource(&datasource.name.value);
        let what = What::new(Kind::Datasource, Action::Added, &[subject(datasource)])
            .after(connections::summary(datasource))
            .reaches(reaches);
        at.say(what, second(datasource.element));
    }
    for (before, after) in &matched.pairs {
        pair(at, before, after);
    }
}

pub(super) fn subject(datasource: &Datasource) -> Subject {
    Subject::new("data source", datasource.display_name())
}

fn pair(at: &mut Comparison<'_>, before: &Datasource, after: &Datasource) {
    let subject = [subject(after)];
    let (old, new) = (before.display_name(), after.display_name());
    // The internal name of a data source file says nothing to anybody.
    let captioned = before.caption.is_some() || after.caption.is_some();
    if old != new && captioned {
        let what = What::new(Kind::Datasource, Action::Renamed, &subject).from_to(old, new);
        at.say(what, both(before.element, after.element));
    }
    connections::compare(at, before, after, &subject);
    extract(at, before, after, &subject);
    relations::compare(at, before, after, &subject);
    let home = (before.name.value.as_str(), after.name.value.as_str());
    filters::compare(
        at,
        (&before.filters, &after.filters),
        home,
        &filters::Scope {
            kind: Kind::DatasourceFilter,
            subject: &subject,
            reaches: at.after.reach.of_datasource(&after.name.value),
            ..filters::Scope::new("data source filter")
        },
    );
    fields::compare(at, before, after, &subject);
    sets::compare(at, before, after, &subject);
    residual::datasource(at, before, after, &subject);
}

fn extract(at: &mut Comparison<'_>, before: &Datasource, after: &Datasource, subject: &[Subject]) {
    let (old, new) = (before.extract.as_ref(), after.extract.as_ref());
    let enabled = |extract: Option<&Extract>| extract.is_some_and(|e| e.enabled);
    let span = (old.map(|e| e.element.tag), new.map(|e| e.element.tag));
    if enabled(old) != enabled(new) {
        let words = |on: bool| if on { "extract" } else { "live" };
        let what = What::changed(Kind::Extract, subject)
            .aspect("data access")
            .from_to(words(enabled(old)), words(enabled(new)))
            .reaches(at.after.reach.of_datasource(&after.name.value))
            .risk(enabled(old).then_some(Risk::ExtractBecameLive));
        at.say(what, span);
    }
    let (Some(old), Some(new)) = (old, new) else {
        return;
    };
    if old.incremental != new.incremental {
        let words = |on: bool| if on { "incremental" } else { "full" };
        let what = What::changed(Kind::Extract, subject)
            .aspect("extract refresh")
            .from_to(words(old.incremental), words(new.incremental));
        at.say(what, span);
    }
    filters::compare(
        at,
        (&old.filters, &new.filters),
        (&before.name.value, &after.name.value),
        &filters::Scope {
            kind: Kind::ExtractFilter,
            subject,
            reaches: Vec::new(),
            ..filters::Scope::new("extract filter")
        },
    );
}
