//! What a zone shows, exactly and in words.

use crate::content::model::{Dashboard, Text, Zone, ZoneKind};
use crate::diagnostic::Subject;
use crate::diff::comparison::{Comparison, Side, unix};

use super::items;

/// Characters of a text that name its zone.
const LABEL: usize = 40;
/// Parts a target into what may be renamed by itself; no name holds it.
const PART: &str = "\u{1}";

/// What the zone shows, exactly; sheets through their name, windows through their sheet.
pub(super) fn target(side: &Side<'_>, zone: &Zone) -> String {
    let value = |t: &Option<Text>| t.as_ref().map_or(String::new(), |t| t.value.clone());
    match zone.kind {
        ZoneKind::Sheet => value(&zone.name),
        ZoneKind::Text => unix(value(&zone.text).trim()).into_owned(),
        ZoneKind::Title => String::new(),
        ZoneKind::Button => button(side, zone),
        ZoneKind::Extension => extension_url(side, zone),
        ZoneKind::Filter | ZoneKind::Legend => {
            format!("{}{PART}{}", value(&zone.param), value(&zone.name))
        }
        _ => value(&zone.param),
    }
}

/// The target of a later zone in the earlier document's names.
pub(super) fn earlier_target(at: &Comparison<'_>, zone: &Zone) -> String {
    let target = target(&at.after, zone);
    let parts: Vec<_> = target.split(PART).map(|p| at.renames.earlier(p)).collect();
    parts.join(PART)
}

/// A button's action in words.
fn button(side: &Side<'_>, zone: &Zone) -> String {
    let Some(action) = &zone.button_action else {
        return "button".to_owned();
    };
    let action = &action.value;
    let window = action
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .map(|(id, _)| format!("{{{id}}}"));
    let sheet = window.as_deref().and_then(|id| side.names.window(id));
    if action.contains("goto-sheet") {
        return format!(
            "go to {PART}{}",
            sheet.unwrap_or("a sheet that is not here")
        );
    }
    if action.contains("toggle-button") {
        return "show or hide".to_owned();
    }
    if action.contains("export") {
        let format = ["pdf", "image", "powerpoint", "crosstab"];
        let found = format.iter().find(|f| action.contains(**f));
        return format!("export {}", found.copied().unwrap_or("the view"));
    }
    action
        .split_whitespace()
        .next()
        .unwrap_or("button")
        .to_owned()
}

fn extension_url(side: &Side<'_>, zone: &Zone) -> String {
    let tree = &side.document.tree;
    let node = zone.element.node;
    let url = tree
        .child(node, "add-in")
        .and_then(|n| tree.get(n, "extension-url"));
    url.unwrap_or_default()
}

pub(super) fn named(side: &Side<'_>, zone: &Zone, subject: &[Subject]) -> Vec<Subject> {
    let kind = match &zone.kind {
        ZoneKind::Sheet => "sheet",
        ZoneKind::Container => "container",
        ZoneKind::Text => "text",
        ZoneKind::Title => "title",
        ZoneKind::Image => "image",
        ZoneKind::Web => "web page",
        ZoneKind::Filter => "filter control",
        ZoneKind::Parameter => "parameter control",
        ZoneKind::Legend => "legend",
        ZoneKind::Button => "button",
        ZoneKind::Extension => "extension",
        ZoneKind::Blank => "blank",
        ZoneKind::Other(_) => "item",
    };
    let mut subject = subject.to_vec();
    subject.push(Subject::new(kind, label(side, zone)));
    subject
}

/// What a dashboard holds, in words.
pub(in crate::diff) fn subjects(side: &Side<'_>, dashboard: &Dashboard) -> Vec<Subject> {
    items(dashboard)
        .flat_map(|zone| named(side, zone, &[]))
        .collect()
}

pub(super) fn label(side: &Side<'_>, zone: &Zone) -> String {
    let value = |t: &Option<Text>| t.as_ref().map_or(String::new(), |t| t.value.clone());
    match &zone.kind {
        ZoneKind::Text => {
            let words = value(&zone.text);
            let words: Vec<&str> = words.split_whitespace().collect();
            let text = side.names.in_text(&words.join(" "));
            if text.chars().count() > LABEL {
                let head: String = text.chars().take(LABEL).collect();
                format!("{}...", head.trim_end())
            } else {
                text
            }
        }
        ZoneKind::Filter | ZoneKind::Legend => {
            let field = side.names.shelf(&value(&zone.param));
            if field.is_empty() {
                value(&zone.name)
            } else {
                field
            }
        }
        ZoneKind::Parameter => side.names.shelf(&value(&zone.param)),
        ZoneKind::Other(kind) => match value(&zone.name) {
            name if name.is_empty() => kind.clone(),
            name => name,
        },
        ZoneKind::Title => String::new(),
        _ => target(side, zone).replace(PART, ""),
    }
}
