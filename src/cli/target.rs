//! Which target a run is about: by name, or by the branch.

use crate::manifest::raw::{Branch, Target};
use crate::manifest::{self, Manifest, glob};
use crate::plan::ProjectPath;
use crate::repository::{self, slug};

use super::Session;
use super::failure::{Failure, Kind};
use super::workspace::Workspace;

/// A target that was chosen, and what the branch adds to it.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) target: Target,
    /// Everything goes under this project.
    pub(crate) root: Option<ProjectPath>,
    /// Prefix of the stamps.
    pub(crate) stamp: String,
    pub(crate) ephemeral: bool,
}

/// Chooses the target: the one that is named, else the one that the branch maps to.
pub(crate) fn choose(workspace: &Workspace, named: Option<&str>) -> Result<Chosen, Failure> {
    let manifest = &workspace.manifest;
    let rule = workspace
        .branch
        .as_deref()
        .and_then(|b| rule_for(manifest, b));
    let name = match (named, &rule) {
        (Some(name), _) => name.to_owned(),
        (None, Some((_, rule))) => rule.target.clone(),
        (None, None) => return Err(unmapped(workspace)),
    };
    let Some(target) = manifest.target(&name) else {
        return Err(unknown(manifest, &name));
    };
    let rule = rule
        .filter(|(_, rule)| rule.target == name)
        .map(|(_, rule)| rule);
    if target.protected && rule.is_none() && !manifest.raw.branches.is_empty() {
        return Err(wrong_branch(workspace, &name));
    }
    let ephemeral = rule.is_some_and(|r| r.ephemeral);
    let root = root(workspace, target, rule)?;
    let stamp = match (ephemeral, workspace.branch.as_deref()) {
        (true, Some(branch)) => format!("{}.{}", manifest.raw.stamp, slug(branch)),
        _ => manifest.raw.stamp.clone(),
    };
    Ok(Chosen {
        name,
        target: target.clone(),
        root,
        stamp,
        ephemeral,
    })
}

/// A target by its name, without a word on branches: for what only reads, or goes back.
pub(crate) fn as_recorded(workspace: &Workspace, name: &str) -> Result<Chosen, Failure> {
    let Some(target) = workspace.manifest.target(name) else {
        return Err(unknown(&workspace.manifest, name));
    };
    let root = root(workspace, target, None)?;
    Ok(Chosen {
        name: name.to_owned(),
        target: target.clone(),
        root,
        stamp: workspace.manifest.raw.stamp.clone(),
        ephemeral: false,
    })
}

/// The first branch rule that matches.
pub(crate) fn rule_for<'m>(manifest: &'m Manifest, branch: &str) -> Option<(&'m str, &'m Branch)> {
    manifest
        .raw
        .branches
        .iter()
        .find(|(pattern, _)| matches(pattern, branch))
        .map(|(pattern, rule)| (pattern.as_str(), rule))
}

fn matches(pattern: &str, branch: &str) -> bool {
    glob::path(pattern).is_ok_and(|glob| glob.is_match(branch))
}

fn root(
    workspace: &Workspace,
    target: &Target,
    rule: Option<&Branch>,
) -> Result<Option<ProjectPath>, Failure> {
    let Some(text) = rule
        .and_then(|r| r.project.as_ref())
        .or(target.project.as_ref())
    else {
        return Ok(None);
    };
    let branch = workspace.branch.as_deref().map(slug).unwrap_or_default();
    let path: ProjectPath = text
        .replace("{branch}", &branch)
        .parse()
        .map_err(|e| Failure::usage("a project path in the manifest is wrong").because(&e))?;
    Ok(Some(path))
}

/// Projects of the same site that other targets, and other branches, deploy to. What is above the run's own root is left
/// out.
pub(crate) fn projects_of_others(manifest: &Manifest, chosen: &Chosen) -> Vec<ProjectPath> {
    let raw = &manifest.raw;
    let mut found: Vec<&str> = Vec::new();
    for (name, target) in &raw.targets {
        if (&target.server, &target.site) != (&chosen.target.server, &chosen.target.site) {
            continue;
        }
        let rules = raw.branches.values().filter(|rule| rule.target == *name);
        found.extend(rules.filter_map(|rule| rule.project.as_deref()));
        match &target.project {
            _ if *name == chosen.name => {}
            Some(root) => found.push(root),
            None => found.extend(raw.content.iter().map(|entry| {
                let own = entry.targets.get(name).and_then(|own| own.project.as_ref());
                own.unwrap_or(&entry.project).as_str()
            })),
        }
    }
    let own = chosen.root.as_ref().map(ProjectPath::folded);
    let paths = found.into_iter().filter_map(|text| {
        let path: ProjectPath = text.parse().ok()?;
        let names = path.names().iter();
        let fixed = names.take_while(|name| !name.contains("{branch}"));
        Some(ProjectPath::new(fixed.cloned())).filter(|path| !path.is_empty())
    });
    paths
        .filter(|path| {
            let own = own.as_ref();
            !own.is_some_and(|own| own.starts_with(&path.folded()))
        })
        .collect()
}

fn unmapped(workspace: &Workspace) -> Failure {
    let manifest = &workspace.manifest;
    let names: Vec<&str> = manifest.raw.targets.keys().map(String::as_str).collect();
    let rules: Vec<String> = manifest
        .raw
        .branches
        .iter()
        .map(|(p, b)| format!("`{p}` to {}", b.target))
        .collect();
    let message = match &workspace.branch {
        Some(branch) if rules.is_empty() => {
            format!("the manifest maps no branches, and so not `{branch}`")
        }
        Some(branch) => format!(
            "no rule under `branches:` maps the branch `{branch}`; there are {}",
            rules.join(", ")
        ),
        None => "it is not known which branch this is: HEAD is detached, and no CI variable tells"
            .to_owned(),
    };
    Failure::usage(message)
        .hint(format!(
            "name the target: `-t {}`",
            names.first().copied().unwrap_or("NAME")
        ))
        .hint(match workspace.branch {
            Some(_) => "or add a rule for it under `branches:`".to_owned(),
            None => "or name the branch: `--branch NAME`".to_owned(),
        })
}

pub(crate) fn unknown(manifest: &Manifest, name: &str) -> Failure {
    Failure::usage(format!("no target is called `{name}`"))
        .hint(manifest::other_targets(manifest, name))
}

/// Patterns of the branches that go to a target, for people.
pub(crate) fn branches_of(manifest: &Manifest, target: &str) -> Vec<String> {
    let all = manifest.raw.branches.iter();
    all.filter(|(_, rule)| rule.target == target)
        .map(|(pattern, _)| format!("`{pattern}`"))
        .collect()
}

fn wrong_branch(workspace: &Workspace, name: &str) -> Failure {
    let wanted = branches_of(&workspace.manifest, name);
    let branch = workspace
        .branch
        .as_deref()
        .unwrap_or("no branch that is known");
    let failure = Failure::new(
        Kind::Refused,
        format!("`{name}` is protected and takes no deployment from {branch}"),
    );
    if wanted.is_empty() {
        failure.hint("no rule under `branches:` goes there; add one for the branches that may")
    } else {
        failure.hint(format!(
            "it takes branches that match {}",
            wanted.join(" or ")
        ))
    }
}

/// A protected target takes only what is in a commit, and nothing from a pull request: its author chooses the name of
/// the branch, and so what the rules under `branches:` make of it.
pub(crate) fn worthy(
    session: &Session,
    workspace: &Workspace,
    chosen: &Chosen,
) -> Result<(), Failure> {
    let environment = |name: &str| session.environment.get(name).map(str::to_owned);
    if chosen.target.protected && repository::is_pull_request(&environment) {
        return Err(Failure::new(
            Kind::Refused,
            format!(
                "`{}` is protected and takes nothing from a pull request",
                chosen.name
            ),
        )
        .hint("deploy after the merge; `tabship plan` shows what it would do"));
    }
    match workspace.git() {
        Some(git) if git.dirty && chosen.target.protected => Err(Failure::new(
            Kind::Refused,
            format!(
                "`{}` is protected, and the working tree has changes that are in no commit",
                chosen.name
            ),
        )
        .hint("commit or stash them; `git status` shows them")),
        None if chosen.target.protected => Err(Failure::new(
            Kind::Refused,
            format!("`{}` is protected, and this is no git commit", chosen.name),
        )
        .hint("deploy from a clone with at least one commit")),
        _ => Ok(()),
    }
}
