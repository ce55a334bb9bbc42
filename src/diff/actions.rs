//! Actions of dashboards and worksheets.

use crate::content::model::{Action as Act, ActionKind, Text};
use crate::diagnostic::Subject;

use super::canonical;
use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::identity::{Key, Matched};
use super::names::Names;

pub(super) fn compare(at: &mut Comparison<'_>) {
    let name = |a: &Act| Some(a.name.as_ref()?.value.clone());
    // Internal names are numbered in order: a caption that stays is the better identity.
    let caption = |a: &Act| Some(a.caption.as_ref()?.value.clone());
    let (before, after) = (at.before.document, at.after.document);
    let both_keys = |a: &Act| Some(format!("{}\u{1}{}", name(a)?, caption(a)?));
    // Beside the actions stand copies of the fields that they use, without a name.
    let meant = |a: &&Act| a.name.is_some() || a.caption.is_some();
    let matched = Matched::by(
        before.model.actions.iter().filter(meant),
        after.model.actions.iter().filter(meant),
        &[
            Key {
                before: &both_keys,
                after: &both_keys,
            },
            Key {
                before: &caption,
                after: &caption,
            },
            Key {
                before: &name,
                after: &name,
            },
        ],
    );
    for action in &matched.removed {
        let what = What::new(Kind::Action, Action::Removed, &[subject(action)])
            .before(words(action, &at.before.names));
        at.say(what, first(action.element));
    }
    for action in &matched.added {
        let risk = (action.kind == ActionKind::Url).then_some(Risk::NewExternalUrl);
        let what = What::new(Kind::Action, Action::Added, &[subject(action)])
            .after(words(action, &at.after.names))
            .risk(risk);
        at.say(what, second(action.element));
    }
    for (old, new) in matched.pairs {
        pair(at, old, new);
    }
}

fn subject(action: &Act) -> Subject {
    let name = action.caption.as_ref().or(action.name.as_ref());
    let kind = match action.kind {
        ActionKind::Filter => "filter action",
        ActionKind::Highlight => "highlight action",
        ActionKind::Url => "URL action",
        ActionKind::Navigate => "navigation action",
        ActionKind::Parameter => "parameter action",
        ActionKind::Set => "set action",
        ActionKind::Other => "action",
    };
    Subject::new(kind, name.map_or(String::new(), |n| n.value.clone()))
}

fn runs(action: &Act) -> String {
    let activation = action.activation.as_deref().unwrap_or("on hover");
    activation.replace('-', " ")
}

/// `on select, from Map, to Details`.
fn words(action: &Act, names: &Names<'_>) -> String {
    let mut parts = Vec::new();
    if action.activation.is_some() {
        parts.push(runs(action));
    }
    let list = |texts: &[Text]| {
        texts
            .iter()
            .map(|t| t.value.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !action.source.is_empty() {
        parts.push(format!("from {}", list(&action.source)));
    }
    if !action.target.is_empty() {
        parts.push(format!("to {}", list(&action.target)));
    }
    if let Some(url) = &action.url {
        parts.push(names.in_url(&url.value));
    }
    parts.join(", ")
}

fn pair(at: &mut Comparison<'_>, old: &Act, new: &Act) {
    let subject = [subject(new)];
    let places = both(old.element, new.element);
    let caption = |a: &Act| {
        a.caption
            .as_ref()
            .map_or(String::new(), |c| c.value.clone())
    };
    if caption(old) != caption(new) {
        let what =
            What::new(Kind::Action, Action::Renamed, &subject).from_to(caption(old), caption(new));
        at.say(what, places);
    }
    let url = |a: &Act, names: &Names<'_>| {
        a.url
            .as_ref()
            .map_or(String::new(), |u| names.in_url(&u.value))
    };
    let list = |texts: &[Text], earlier: bool, at: &Comparison<'_>| -> Vec<String> {
        let values = texts.iter().map(|t| {
            if earlier {
                at.renames.earlier(&t.value).into_owned()
            } else {
                t.value.clone()
            }
        });
        values.collect()
    };
    let mut said = false;
    for (aspect, from, to, same) in [
        (
            "runs",
            runs(old),
            runs(new),
            old.activation == new.activation,
        ),
        (
            "source",
            list(&old.source, false, at).join(", "),
            list(&new.source, false, at).join(", "),
            list(&old.source, false, at) == list(&new.source, true, at),
        ),
        (
            "excluded sheets",
            old.excluded.join(", "),
            new.excluded.join(", "),
            old.excluded.iter().eq(new
                .excluded
                .iter()
                .map(|s| at.renames.sheet(s))
                .collect::<Vec<_>>()),
        ),
        (
            "target",
            list(&old.target, false, at).join(", "),
            list(&new.target, false, at).join(", "),
            list(&old.target, false, at) == list(&new.target, true, at),
        ),
        (
            "URL",
            url(old, &at.before.names),
            url(new, &at.after.names),
            at.same_option(
                old.url.as_ref().map(|t| t.value.as_str()),
                new.url.as_ref().map(|t| t.value.as_str()),
            ),
        ),
    ] {
        if same {
            continue;
        }
        said = true;
        let risk = (aspect == "URL" && !to.is_empty()).then_some(Risk::NewExternalUrl);
        let what = What::changed(Kind::Action, &subject)
            .aspect(aspect)
            .from_to(from, to)
            .risk(risk);
        at.say(what, places);
    }
    if said {
        return;
    }
    let from = canonical::inside(&at.before.document.tree, old.element.node);
    let to = canonical::inside_earlier(&at.after.document.tree, new.element.node, &at.renames);
    if from != to {
        let what = What::changed(Kind::Action, &subject).aspect("settings");
        at.say(what, places);
    }
}
