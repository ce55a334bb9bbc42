//! What a newcomer may want to do after a deployment.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::manifest::Manifest;

use super::Session;
use super::options::Sites;
use super::target::{self, rule_for};
use super::workspace::Workspace;

/// What a command that is named to the user needs, to be about the same sites and the same repository.
pub(crate) fn same(session: &Session, sites: &Sites) -> String {
    let sandbox = match &sites.sandbox {
        None => String::new(),
        Some(None) => " --sandbox".to_owned(),
        Some(Some(folder)) => format!(" --sandbox={}", word(folder)),
    };
    sandbox + &same_repository(session)
}

fn same_repository(session: &Session) -> String {
    let option = |flag: &str, path: &Option<PathBuf>| {
        let given = path.as_ref();
        given.map_or(String::new(), |path| format!(" {flag} {}", word(path)))
    };
    option("-C", &session.global.directory) + &option("-f", &session.global.manifest)
}

/// A path as one word of a command that can be copied into a shell.
pub(crate) fn word(path: &Path) -> String {
    let path = path.display().to_string();
    // No path has a NUL, which alone cannot be quoted.
    shlex::try_quote(&path).map_or(path.clone(), Cow::into_owned)
}

/// Says it on stderr, each line a command that can be copied.
pub(crate) fn say(session: &Session, workspace: &Workspace, target: &str, sites: &Sites) {
    let same = same(session, sites);
    let mut lines = Vec::new();
    if let Some(next) = next_target(&workspace.manifest, target) {
        let branches = branches(&workspace.manifest, next, workspace.branch.as_deref());
        lines.push(format!(
            "  tabship promote --from {target} --to {next}{same}   brings what {target} holds to {next}{branches}"
        ));
    }
    if sites.sandbox.is_some() {
        let repository = same_repository(session);
        lines.push(format!(
            "  tabship sandbox{repository}   serves the site, to look at it in a browser"
        ));
    }
    lines.push(format!(
        "  tabship status -t {target}{same}   says which commit is live where"
    ));
    session
        .streams
        .say(&format!("\nNext:\n{}", lines.join("\n")));
}

/// What is promoted from here, or else, where no chain is written down, the next target that is open to all. Targets with
/// variables are sites beside each other, and not stages.
fn next_target<'m>(manifest: &'m Manifest, current: &str) -> Option<&'m str> {
    let targets = &manifest.raw.targets;
    let free = |name: &str| {
        manifest
            .target(name)
            .is_some_and(|t| !t.protected && t.promote_from.is_none() && t.variables.is_empty())
    };
    let chained = targets
        .iter()
        .find(|(_, t)| t.promote_from.as_deref() == Some(current))
        .map(|(name, _)| name.as_str());
    let later = || {
        let mut after = targets
            .keys()
            .map(String::as_str)
            .skip_while(|n| *n != current)
            .skip(1);
        after.find(|n| free(current) && free(n))
    };
    chained.or_else(later)
}

/// The branch that it takes, where this is none.
fn branches(manifest: &Manifest, next: &str, branch: Option<&str>) -> String {
    let protected = manifest.target(next).is_some_and(|t| t.protected);
    let fits = branch.is_some_and(|b| rule_for(manifest, b).is_some_and(|(_, r)| r.target == next));
    if !protected || fits {
        return String::new();
    }
    match target::branches_of(manifest, next) {
        patterns if patterns.is_empty() => String::new(),
        patterns => format!(", from a branch that matches {}", patterns.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(targets: &str) -> Manifest {
        let auth = "auth: { token_name: a, token_secret: { env: A } }";
        let text = format!(
            "version: 1\ntargets:\n{targets}branches: {{ \"release/**\": {{ target: prod }} }}\n"
        )
        .replace("AUTH", auth);
        let loaded = crate::manifest::load(
            std::path::Path::new("tabship.yml"),
            &text,
            &[],
            &|_| None,
            &crate::lint::Catalogue,
        );
        assert!(loaded.findings.is_empty(), "{:?}", loaded.findings);
        loaded.manifest.unwrap()
    }

    #[test]
    fn the_way_leads_forward() {
        let manifest = manifest(
            "  dev: { server: \"https://a\", AUTH }\n  staging: { server: \"https://a\", AUTH }\n  \
             prod: { server: \"https://a\", protected: true, promote_from: staging, AUTH }\n",
        );
        assert_eq!(next_target(&manifest, "dev"), Some("staging"));
        assert_eq!(next_target(&manifest, "staging"), Some("prod"));
        assert_eq!(next_target(&manifest, "prod"), None);
        let said = branches(&manifest, "prod", Some("main"));
        assert_eq!(said, ", from a branch that matches `release/**`");
        assert_eq!(branches(&manifest, "prod", Some("release/1")), "");
    }

    #[test]
    fn a_path_is_one_word_of_a_command() {
        assert_eq!(word(Path::new("examples/acme")), "examples/acme");
        assert_eq!(word(Path::new("BI team/$x")), "'BI team/$x'");
    }

    #[test]
    fn one_customers_site_is_no_stage_of_anothers() {
        let manifest = manifest(
            "  north: { server: \"https://a\", AUTH, variables: { region: north } }\n  \
             south: { server: \"https://a\", AUTH, variables: { region: south } }\n  \
             prod: { server: \"https://a\", AUTH, variables: { region: all } }\n",
        );
        assert_eq!(next_target(&manifest, "north"), None);
    }

    #[test]
    fn it_never_leads_back() {
        let manifest = manifest(
            "  dev: { server: \"https://a\", AUTH }\n  prod: { server: \"https://a\", AUTH }\n",
        );
        assert_eq!(next_target(&manifest, "prod"), None);
    }
}
