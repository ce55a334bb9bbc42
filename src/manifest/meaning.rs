//! What a well-formed manifest says wrongly: names that name nothing, globs that are none, mappings with holes.

use globset::Glob;

use super::load::{Manifest, Report, RuleCatalogue};
use super::raw::{Auth, OneOrMany, SecretRef};
use super::shape::closest;
use crate::diagnostic::Span;

pub(super) fn check(manifest: &Manifest, rules: &dyn RuleCatalogue, report: &mut Report<'_>) {
    targets(manifest, report);
    branches(manifest, report);
    content(manifest, report);
    rewrites(manifest, report);
    rule_settings(manifest, rules, report);
}

fn unknown_target(manifest: &Manifest, name: &str, path: &[&str], report: &mut Report<'_>) {
    no_target(manifest, name, manifest.span(path), report);
}

fn unknown_key_target(manifest: &Manifest, name: &str, path: &[&str], report: &mut Report<'_>) {
    no_target(manifest, name, manifest.key_span(path, name), report);
}

/// With no targets at all, every name would be unknown: the first says it for all.
fn no_target(manifest: &Manifest, name: &str, span: Span, report: &mut Report<'_>) {
    const RULE: &str = "manifest/unknown-target";
    let untold = manifest.raw.targets.is_empty() && report.has(RULE);
    if untold || manifest.is_wrong(&["targets", name]) {
        return;
    }
    let message = format!("no target is called `{name}`");
    report.say(RULE, message, Some(other_targets(manifest, name)), span);
}

/// What may have been meant by the name of a target that there is not.
pub fn other_targets(manifest: &Manifest, name: &str) -> String {
    let known: Vec<&str> = manifest.raw.targets.keys().map(String::as_str).collect();
    match closest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there are no targets yet; add it under `targets:`".to_owned(),
        None => format!("there are {}", known.join(", ")),
    }
}

fn targets(manifest: &Manifest, report: &mut Report<'_>) {
    for (name, target) in &manifest.raw.targets {
        let path = ["targets", name.as_str()];
        if name == "_default" || name.is_empty() || name.contains([',', ' ', '/', '=']) {
            let message = format!("a target cannot be called `{name}`");
            report.say(
                "manifest/wrong-value",
                message,
                Some("use letters, digits, `-` and `_`".to_owned()),
                manifest.key_span(&["targets"], name),
            );
        }
        auth(manifest, &target.auth, &path, report);
        project(
            manifest,
            target.project.as_ref(),
            &["targets", name, "project"],
            report,
        );
        if !target.server.contains("${")
            && !target.server.starts_with("https://")
            && !target.server.starts_with("http://")
        {
            let help = "write the whole address: `https://tableau.example.com`".to_owned();
            report.say(
                "manifest/wrong-value",
                format!("`{}` is no web address", target.server),
                Some(help),
                manifest.span(&["targets", name, "server"]),
            );
        }
        if let Some(from) = &target.promote_from {
            if !manifest.raw.targets.contains_key(from) {
                unknown_target(manifest, from, &["targets", name, "promote_from"], report);
            } else if in_a_circle(manifest, name) {
                let help = "let one target be the first of the chain".to_owned();
                report.say(
                    "manifest/promotion-circle",
                    format!("`{name}` is promoted from itself, by way of `{from}`"),
                    Some(help),
                    manifest.span(&["targets", name, "promote_from"]),
                );
            }
        }
    }
}

fn in_a_circle(manifest: &Manifest, start: &str) -> bool {
    let mut at = start;
    for _ in 0..manifest.raw.targets.len() {
        match manifest.target(at).and_then(|t| t.promote_from.as_deref()) {
            Some(from) if from == start => return true,
            Some(from) => at = from,
            None => return false,
        }
    }
    false
}

fn auth(manifest: &Manifest, auth: &Auth, target: &[&str; 2], report: &mut Report<'_>) {
    let path = [target[0], target[1], "auth"];
    let token = auth.token_name.is_some() || auth.token_secret.is_some();
    let password = auth.user.is_some() || auth.password.is_some();
    let ways =
        usize::from(token) + usize::from(password) + usize::from(auth.connected_app.is_some());
    let whole = (!token || (auth.token_name.is_some() && auth.token_secret.is_some()))
        && (!password || (auth.user.is_some() && auth.password.is_some()));
    if (ways != 1 || !whole) && !manifest.is_wrong(&path) {
        let help =
            "write `token_name` and `token_secret`, or `user` and `password`, or `connected_app`"
                .to_owned();
        let message = format!("`{}` must have one way to sign in", path.join("."));
        report.say(
            "manifest/wrong-value",
            message,
            Some(help),
            manifest.key_span(target, "auth"),
        );
    }
    for (name, secret) in [
        ("token_secret", &auth.token_secret),
        ("password", &auth.password),
    ] {
        if let Some(secret) = secret {
            secret_ref(
                manifest,
                secret,
                &[target[0], target[1], "auth", name],
                report,
            );
        }
    }
    if let Some(app) = &auth.connected_app {
        secret_ref(
            manifest,
            &app.secret,
            &[target[0], target[1], "auth", "connected_app", "secret"],
            report,
        );
    }
}

fn secret_ref(manifest: &Manifest, secret: &SecretRef, path: &[&str], report: &mut Report<'_>) {
    if secret.env.is_some() == secret.file.is_some() && !manifest.is_wrong(path) {
        let written = manifest.written(path);
        let message = format!("`{written}` must have one of `env` and `file`");
        report.say("manifest/wrong-value", message, None, manifest.span(path));
    }
}

fn branches(manifest: &Manifest, report: &mut Report<'_>) {
    for (pattern, branch) in &manifest.raw.branches {
        glob(pattern, manifest.key_span(&["branches"], pattern), report);
        if !manifest.raw.targets.contains_key(&branch.target) {
            unknown_target(
                manifest,
                &branch.target,
                &["branches", pattern, "target"],
                report,
            );
        }
        let path = ["branches", pattern.as_str(), "project"];
        project(manifest, branch.project.as_ref(), &path, report);
        if branch.ephemeral
            && !manifest.is_wrong(&["branches", pattern, "project"])
            && !branch
                .project
                .as_ref()
                .is_some_and(|p| p.contains("{branch}"))
        {
            let help = "give it a project of its own: `project: \"Previews/{branch}\"`".to_owned();
            let message = format!(
                "the branches `{pattern}` are ephemeral and would share their project with others"
            );
            report.say(
                "manifest/wrong-value",
                message,
                Some(help),
                manifest.key_span(&["branches", pattern], "ephemeral"),
            );
        }
    }
}

fn content(manifest: &Manifest, report: &mut Report<'_>) {
    for (n, entry) in manifest.raw.content.iter().enumerate() {
        let number = n.to_string();
        globs(
            manifest,
            &entry.files,
            &["content", &number, "files"],
            report,
        );
        for name in entry
            .targets
            .keys()
            .filter(|name| !manifest.raw.targets.contains_key(*name))
        {
            unknown_key_target(manifest, name, &["content", &number, "targets"], report);
        }
        tags(manifest, &entry.tags, &["content", &number], report);
        let path = ["content", number.as_str(), "project"];
        project(manifest, Some(&entry.project), &path, report);
        for (name, own) in &entry.targets {
            let path = ["content", &number, "targets", name, "project"];
            project(manifest, own.project.as_ref(), &path, report);
            let path = ["content", &number, "targets", name];
            tags(
                manifest,
                own.tags.as_deref().unwrap_or_default(),
                &path,
                report,
            );
        }
        if let Some(views) = &entry.views {
            let path = ["content", &number, "views"];
            if views.include.is_some() == views.exclude.is_some() && !manifest.is_wrong(&path) {
                let message = format!(
                    "`{}` must have one of `include` and `exclude`",
                    manifest.written(&path)
                );
                report.say("manifest/wrong-value", message, None, manifest.span(&path));
            }
        }
        for (m, credential) in entry.credentials.iter().enumerate() {
            if let Some(secret) = &credential.password {
                secret_ref(
                    manifest,
                    secret,
                    &[
                        "content",
                        &number,
                        "credentials",
                        &m.to_string(),
                        "password",
                    ],
                    report,
                );
            }
        }
    }
}

/// The path of a project with a name that is empty: `""`, `Finance//Executive`.
fn project(manifest: &Manifest, path: Option<&String>, at: &[&str], report: &mut Report<'_>) {
    let Some(path) = path.filter(|path| has_an_empty_name(path)) else {
        return;
    };
    let (message, help) = if path.trim().is_empty() {
        (
            "a project must have a name".to_owned(),
            "content is always in a project; every site has the one called `Default`",
        )
    } else {
        (
            format!("the project path `{path}` has an empty name in it"),
            "one `/` between two names, and none at the ends; a `/` in a name is written `\\/`",
        )
    };
    let span = manifest.span(at);
    report.say("manifest/wrong-value", message, Some(help.to_owned()), span);
}

/// A slash after a backslash is part of a name.
fn has_an_empty_name(path: &str) -> bool {
    let (mut empty, mut characters) = (true, path.chars());
    while let Some(c) = characters.next() {
        match c {
            '/' if empty => return true,
            '/' => empty = true,
            '\\' => empty &= characters.next().is_some_and(char::is_whitespace),
            c => empty &= c.is_whitespace(),
        }
    }
    empty
}

/// A site takes double quotes for the ends of a tag.
fn tags(manifest: &Manifest, tags: &[String], entry: &[&str], report: &mut Report<'_>) {
    for (n, tag) in tags.iter().enumerate().filter(|(_, t)| t.contains('"')) {
        let number = n.to_string();
        let path: Vec<&str> = entry.iter().copied().chain(["tags", &number]).collect();
        report.say(
            "manifest/wrong-value",
            format!("the tag `{tag}` has double quotes, which a site would take off"),
            Some("write it without them".to_owned()),
            manifest.span(&path),
        );
    }
}

fn rewrites(manifest: &Manifest, report: &mut Report<'_>) {
    for (n, rewrite) in manifest.raw.rewrite.iter().enumerate() {
        let number = n.to_string();
        let matching = &rewrite.matching;
        let connection = [
            &matching.class,
            &matching.server,
            &matching.port,
            &matching.database,
            &matching.schema,
            &matching.username,
            &matching.warehouse,
        ];
        let kinds = usize::from(matching.published.is_some())
            + usize::from(matching.parameter.is_some())
            + usize::from(connection.iter().any(|c| c.is_some()));
        let path = ["rewrite", &number, "match"];
        if kinds != 1 && !manifest.is_wrong(&path) {
            let help = "match a published data source (`published`), a parameter (`parameter`), or connections (`class`, `server`, ...)".to_owned();
            report.say(
                "manifest/wrong-value",
                format!(
                    "`{}` must look for one kind of thing",
                    manifest.written(&path)
                ),
                Some(help),
                manifest.key_span(&["rewrite", &number], "match"),
            );
        }
        for name in rewrite
            .to
            .keys()
            .filter(|name| *name != "_default" && !manifest.raw.targets.contains_key(*name))
        {
            unknown_key_target(manifest, name, &["rewrite", &number, "to"], report);
        }
        if let Some(files) = &rewrite.files {
            globs(manifest, files, &["rewrite", &number, "in"], report);
        }
        for (name, replacement) in &rewrite.to {
            let path = ["rewrite", &number, "to", name, "project"];
            project(manifest, replacement.project.as_ref(), &path, report);
            if let Some(secret) = &replacement.password {
                secret_ref(
                    manifest,
                    secret,
                    &["rewrite", &number, "to", name, "password"],
                    report,
                );
            }
        }
    }
}

fn rule_settings(manifest: &Manifest, rules: &dyn RuleCatalogue, report: &mut Report<'_>) {
    let ids = rules.ids();
    let custom: Vec<&str> = manifest
        .raw
        .rules
        .custom
        .iter()
        .map(|c| c.id.as_str())
        .collect();
    let known = |id: &str, span, report: &mut Report<'_>| {
        let unread = id.starts_with("custom/") && manifest.is_wrong(&["rules", "custom"]);
        if unread || ids.contains(&id) || custom.contains(&id) {
            return;
        }
        let help = closest(id, ids.iter().copied().chain(custom.iter().copied())).map_or_else(
            || "`tabship rules` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        report.say(
            "manifest/unknown-rule",
            format!("no rule is called `{id}`"),
            Some(help),
            span,
        );
    };
    for id in manifest.raw.rules.settings.keys() {
        known(id, manifest.key_span(&["rules"], id), report);
    }
    for (n, entry) in manifest.raw.rules.overrides.iter().enumerate() {
        let number = n.to_string();
        for id in entry.rules.keys() {
            known(
                id,
                manifest.key_span(&["rules", "overrides", &number, "rules"], id),
                report,
            );
        }
        globs(
            manifest,
            &entry.files,
            &["rules", "overrides", &number, "files"],
            report,
        );
    }
    for (n, ignore) in manifest.raw.rules.ignore.iter().enumerate() {
        let number = n.to_string();
        let at = |key: &str| manifest.span(&["rules", "ignore", &number, key]);
        if !ignore.rule.contains('*') {
            known(&ignore.rule, at("rule"), report);
        }
        if let Some(file) = &ignore.file {
            glob(file, at("file"), report);
        }
        if let Some(until) = &ignore.until {
            if until.parse::<jiff::civil::Date>().is_err() {
                let help = "write it as 2027-03-31".to_owned();
                report.say(
                    "manifest/wrong-value",
                    format!("`{until}` is no date"),
                    Some(help),
                    at("until"),
                );
            }
        }
    }
}

fn globs(manifest: &Manifest, files: &OneOrMany, path: &[&str], report: &mut Report<'_>) {
    for (n, pattern) in files.values().iter().enumerate() {
        let number = n.to_string();
        let list: Vec<&str> = path.iter().copied().chain([number.as_str()]).collect();
        let span = if matches!(files, OneOrMany::Many(_)) {
            manifest.span(&list)
        } else {
            manifest.span(path)
        };
        glob(pattern, span, report);
    }
}

fn glob(pattern: &str, span: crate::diagnostic::Span, report: &mut Report<'_>) {
    if let Err(error) = Glob::new(pattern) {
        report.say(
            "manifest/wrong-glob",
            format!("`{pattern}` is no glob: {}", error.kind()),
            None,
            span,
        );
    }
}
