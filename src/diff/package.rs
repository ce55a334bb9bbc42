//! Members of packages: images, extracts, data files.

use std::collections::BTreeMap;

use crate::content::Kind as FileKind;
use crate::content::package::{Member, Package};
use crate::diagnostic::Subject;

use super::change::{Action, Change, Kind};
use super::comparison::What;

/// A bare document is a package without members.
pub(super) fn compare(
    before: Option<&Package>,
    after: Option<&Package>,
    changes: &mut Vec<Change>,
) {
    let (Some(before), Some(after)) = (before, after) else {
        if before.is_some() != after.is_some() {
            let words = |package: Option<&Package>| match package {
                Some(_) => "package",
                None => "bare document",
            };
            let what = What::changed(Kind::PackageMember, &[Subject::new("file", "")])
                .aspect("form")
                .from_to(words(before), words(after));
            changes.push(what.without_place());
        }
        return;
    };
    let (old, new) = (members(before), members(after));
    for (name, member) in &old {
        match new.get(name) {
            None => {
                let what = What::new(Kind::PackageMember, Action::Removed, &[subject(name)]);
                changes.push(what.before(size(member.size)).without_place());
            }
            // The sum over the content tells equal sizes apart, and equal content packed anew is no change.
            Some(other) if (member.size, member.crc32) != (other.size, other.crc32) => {
                let what = What::changed(Kind::PackageMember, &[subject(name)]);
                changes.push(
                    what.from_to(words(member, other), words(other, member))
                        .without_place(),
                );
            }
            Some(_) => {}
        }
    }
    for (name, member) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        let what = What::new(Kind::PackageMember, Action::Added, &[subject(name)]);
        changes.push(what.after(size(member.size)).without_place());
    }
}

pub(super) fn other_kind(before: FileKind, after: FileKind) -> Change {
    let words = |kind: FileKind| match kind {
        FileKind::Workbook => "workbook",
        FileKind::Datasource => "data source",
        FileKind::Flow => "flow",
    };
    What::changed(Kind::Other, &[Subject::new("file", "")])
        .aspect("kind")
        .from_to(words(before), words(after))
        .without_place()
}

/// All but the inner document, folders, caches, and what other systems add.
fn members(package: &Package) -> BTreeMap<&str, &Member> {
    let main = package.main().map(|m| m.name.as_str());
    let noise = |name: &str| {
        name.starts_with("__MACOSX/")
            || name.starts_with("TwbxExternalCache/")
            || name.starts_with("ExternalCache")
            || name.ends_with("flowGraphThumbnail.svg")
            || name == "displaySettings"
    };
    package
        .members
        .iter()
        .filter(|m| !m.directory && Some(m.name.as_str()) != main && !noise(&m.name))
        .map(|m| (m.name.as_str(), m))
        .collect()
}

fn subject(name: &str) -> Subject {
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
    let kind = match extension.as_str() {
        "hyper" | "tde" => "extract",
        "png" | "jpg" | "jpeg" | "gif" | "bmp" | "svg" | "webp" => "image",
        _ => "file",
    };
    Subject::new(kind, name)
}

/// The size; where that is the same, the sum that differs.
fn words(member: &Member, other: &Member) -> String {
    if member.size == other.size {
        format!("{} ({:08x})", size(member.size), member.crc32)
    } else {
        size(member.size)
    }
}

fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", units[unit])
}
