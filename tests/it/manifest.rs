//! Manifests: good ones load, broken ones say all that is wrong, each at its place.

use std::path::{Path, PathBuf};

use tabship::manifest::{self, Loaded, RuleCatalogue};

use crate::harness::{project, shared};

struct Rules;

impl RuleCatalogue for Rules {
    fn ids(&self) -> Vec<&'static str> {
        vec![
            "naming/workbook",
            "naming/calculated-field",
            "calculation/required",
            "datasource/certified",
            "layout/fixed-size",
        ]
    }
}

fn load(text: &str, used: &[&str]) -> Loaded {
    manifest::load(Path::new("tabship.yml"), text, used, &|_| None, &Rules)
}

fn said(loaded: &Loaded) -> Vec<String> {
    let mut said: Vec<_> = loaded
        .findings
        .iter()
        .map(|f| {
            let at = f.place.start.unwrap();
            (
                at.line,
                format!("{}:{} {} | {}", at.line, at.column, f.rule, f.message),
            )
        })
        .collect();
    said.sort();
    said.into_iter().map(|(_, line)| line).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_its_place() {
    let text = std::fs::read_to_string(project("fixtures/manifests/broken.yml")).unwrap();
    let loaded = load(&text, &[]);
    let said = said(&loaded);
    assert_eq!(
        said,
        [
            "4:5 manifest/unknown-key | unknown key `targets.dev.servr`",
            "6:43 manifest/literal-secret | `targets.dev.auth.token_secret` must say where the secret is, and not be the secret",
            "8:13 manifest/wrong-value | `tableau.acme.example` is no web address",
            "9:5 manifest/wrong-value | `targets.staging.auth` must have one way to sign in",
            "12:19 manifest/unknown-target | no target is called `stagging`",
            "16:27 manifest/unknown-target | no target is called `prd`",
            "18:12 manifest/wrong-glob | `workbooks/[*.twb` is no glob: unclosed character class; missing ']'",
            "20:13 manifest/unknown-word | `content.0.verify` cannot be `refesh`",
            "23:5 manifest/duplicate-key | the key `content.1.project` is there twice",
            "25:5 manifest/wrong-value | `rewrite.0.match` must look for one kind of thing",
            "26:11 manifest/unknown-target | no target is called `proud`",
            "28:3 manifest/unknown-rule | no rule is called `naming/workbok`",
            "30:40 manifest/wrong-value | `rules.ignore.0.reason` must not be empty",
            "30:51 manifest/wrong-value | `tomorrow` is no date",
            "31:8 manifest/unknown-word | `prune` cannot be `always`",
        ]
    );
    let all = format!("{:?}", loaded.findings);
    assert!(!all.contains("hunter2"), "a literal secret is not repeated");
    assert!(
        all.contains("did you mean `server`?")
            && all.contains("did you mean `refresh`?")
            && all.contains("did you mean `naming/workbook`?")
    );
}

#[test]
fn an_item_of_a_list_that_is_of_no_use_does_not_keep_the_rest_from_being_read() {
    let text = "version: 1\ntargets:\n  dev: { server: \"https://dev.example\", auth: { user: ci, password: { env: P } } }\n\
                branches:\n  main: { target: dve }\ncontent:\n  - \"workbooks/*.twb\"\n  \
                - { files: \"[\", project: A }\n  - { files: \"*.tds\", project: B, tags: [{ a: b }, c], verify: refesh }\n";
    assert_eq!(
        said(&load(text, &[])),
        [
            "5:19 manifest/unknown-target | no target is called `dve`",
            "7:5 manifest/wrong-type | `content.0` wants a mapping, found `workbooks/*.twb`",
            "8:14 manifest/wrong-glob | `[` is no glob: unclosed character class; missing ']'",
            "9:42 manifest/wrong-type | `content.2.tags.0` wants text, found a mapping",
            "9:64 manifest/unknown-word | `content.2.verify` cannot be `refesh`",
        ]
    );
}

#[test]
fn with_no_targets_at_all_the_first_that_is_named_says_it() {
    let text = "version: 1\ntargetz: {}\nbranches:\n  main: { target: dev }\n  \"release/*\": { target: prod }\n\
                rewrite:\n  - { match: { class: postgres }, to: { prod: { server: pg } } }\n";
    let loaded = load(text, &[]);
    assert_eq!(
        said(&loaded),
        ["2:1 manifest/unknown-key | unknown key `targetz`"],
        "that there are no others comes of it"
    );
    let loaded = load(&text.replace("targetz: {}\n", ""), &[]);
    assert_eq!(
        said(&loaded),
        ["3:19 manifest/unknown-target | no target is called `dev`"]
    );
    let helps: Vec<_> = loaded.findings.iter().map(|f| f.help.as_deref()).collect();
    assert!(
        helps.iter().all(|h| h.is_some_and(|h| h != "there are ")),
        "{helps:?}"
    );
}

/// What is broken once is said once, and the rest is read on.
#[test]
fn nothing_that_follows_from_a_broken_part_is_said_of_others() {
    let dev = "  dev: { server: \"https://dev.example\", auth: { token_name: a, token_secret: { env: T } } }\n";
    let cases = [
        (
            "targets:\n  dev: { auth: { token_name: a, token_secret: { env: T } } }\n  \
             prod: { server: \"https://p.example\", promote_from: dev, auth: { token_nam: a, token_secret: { evn: T } } }\n\
             branches:\n  main: { target: dev }\n  \"x/*\": { target: prod, projct: \"P/{branch}\", ephemeral: true }\n"
                .to_owned(),
            &[
                "1:1 manifest/missing-key | the manifest lacks the key `version`",
                "2:8 manifest/missing-key | `targets.dev` lacks the key `server`",
                "3:67 manifest/unknown-key | unknown key `targets.prod.auth.token_nam`",
                "3:97 manifest/unknown-key | unknown key `targets.prod.auth.token_secret.evn`",
                "6:26 manifest/unknown-key | unknown key `branches.x/*.projct`",
            ][..],
        ),
        (
            format!(
                "version: 1\ntargets:\n{dev}content:\n  - {{ file: \"*.twb\", project: A }}\n  \
                 - {{ files: \"*.twb\", project: A, views: {{}}, credentials: [{{}}, {{ username: u, password: {{}} }}] }}\n\
                 rewrite:\n  - {{ to: {{}} }}\n  - {{ match: {{}}, to: {{}} }}\n  - {{ match: {{ clas: a }}, to: {{}} }}\n"
            ),
            &[
                "10:16 manifest/unknown-key | unknown key `rewrite.2.match.clas`",
                "5:7 manifest/unknown-key | unknown key `content.0.file`",
                "6:42 manifest/wrong-value | `content.1.views` must have one of `include` and `exclude`",
                "6:60 manifest/missing-key | `content.1.credentials.0` lacks the key `username`",
                "6:89 manifest/wrong-value | `content.1.credentials.1.password` must have one of `env` and `file`",
                "8:5 manifest/missing-key | `rewrite.0` lacks the key `match`",
                "9:7 manifest/wrong-value | `rewrite.1.match` must look for one kind of thing",
            ],
        ),
        (
            "version: 1\ntargets: [dev]\nbranches:\n  main: { target: dev }\n\
             rules:\n  custom: [{ id: custom/x }]\n  custom/x: error\n  naming/workbok: off\n"
                .to_owned(),
            &[
                "2:10 manifest/wrong-type | `targets` wants a mapping, found a list",
                "6:12 manifest/missing-key | `rules.custom.0` lacks the key `message`",
                "6:12 manifest/missing-key | `rules.custom.0` lacks the key `select`",
                "8:3 manifest/unknown-rule | no rule is called `naming/workbok`",
            ],
        ),
    ];
    for (text, expected) in cases {
        let mut said = said(&load(&text, &[]));
        said.sort();
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn a_project_without_a_name_is_refused_wherever_one_stands() {
    let text = "version: 1
targets:
  dev: { server: \"https://dev.example\", project: \"\", auth: { user: ci, password: { env: P } } }
branches:
  main: { target: dev, project: \"A//B\" }
content:
  - { files: \"*.twb\", project: \" \" }
  - { files: \"*.tds\", project: 'A\\/B/{region}', targets: { dev: { project: /A } } }
rewrite:
  - { match: { published: S }, to: { dev: { project: A/ } } }
";
    assert_eq!(
        said(&load(text, &[])),
        [
            "3:50 manifest/wrong-value | a project must have a name",
            "5:33 manifest/wrong-value | the project path `A//B` has an empty name in it",
            "7:32 manifest/wrong-value | a project must have a name",
            "8:76 manifest/wrong-value | the project path `/A` has an empty name in it",
            "10:54 manifest/wrong-value | the project path `A/` has an empty name in it",
        ]
    );
}

#[test]
fn what_is_of_the_wrong_form_is_shown_in_the_right_one() {
    let text = "version: 1
targets:
  dev: { server: \"https://dev.example\", auth: { user: ci, password: [hunter2] } }
content:
  - files: \"*.twb\"
    project: [A]
    tags: finance
    owner: [a, b]
    views: [Overview]
    credentials: { username: u }
    allow: drift
";
    let loaded = load(text, &[]);
    let helps: Vec<&str> = loaded
        .findings
        .iter()
        .filter(|f| f.rule == "manifest/wrong-type")
        .filter_map(|f| f.help.as_deref())
        .collect();
    assert_eq!(
        helps,
        [
            "without brackets and dash: `project: A`",
            "in brackets: `tags: [finance]`",
            "it takes one: `owner: ...`",
            "write `name: ...` a line, without dashes and brackets",
            "begin each with a dash, the only one too: `- username: ...`",
            "in brackets: `allow: [drift]`",
        ]
    );
    assert!(!format!("{:?}", loaded.findings).contains("hunter2"));
}

#[test]
fn a_tag_that_a_site_would_change_is_refused() {
    let text = "version: 1\ntargets:\n  dev: { server: \"https://dev.example\", auth: { user: ci, password: { env: P } } }\n\
                content:\n  - { files: \"*.tds\", project: A, tags: [a, 'say \"a\"'], targets: { dev: { tags: ['\"b\"'] } } }\n";
    assert_eq!(
        said(&load(text, &[])),
        [
            "5:45 manifest/wrong-value | the tag `say \"a\"` has double quotes, which a site would take off",
            "5:82 manifest/wrong-value | the tag `\"b\"` has double quotes, which a site would take off",
        ]
    );
}

#[test]
fn the_manifest_of_the_specification_loads() {
    let Some(spec) = shared("spec/manifest.md") else {
        return;
    };
    let text = std::fs::read_to_string(spec).unwrap();
    let yaml = text
        .split("```yaml")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let loaded = load(yaml, &["staging"]);
    assert_eq!(said(&loaded), Vec::<String>::new());
    let manifest = loaded.manifest.unwrap();
    assert_eq!(
        manifest.raw.targets.keys().collect::<Vec<_>>(),
        ["dev", "staging", "prod"]
    );
    assert_eq!(manifest.raw.branches.keys().next().unwrap(), "feature/**");
}

#[test]
fn only_targets_in_use_need_their_variables() {
    let text = "version: 1\ntargets:\n  dev: { server: \"https://${HOST}\", auth: { token_name: \"${NAME}\", token_secret: { env: T } } }\n";
    assert_eq!(said(&load(text, &[])), Vec::<String>::new());
    let needed = said(&load(text, &["dev"]));
    assert_eq!(needed.len(), 2, "{needed:?}");
    assert!(needed[0].contains("`HOST`") && needed[1].contains("`NAME`"));
}

#[test]
fn yaml_that_is_no_yaml_has_a_place() {
    assert_eq!(said(&load("version: 1\ntargets: [\n", &[])).len(), 1);
    assert_eq!(
        said(&load("- a\n", &[])),
        [
            "1:1 manifest/wrong-type | the manifest is a list, and wants to be a mapping with `version: 1`"
        ]
    );
    assert_eq!(said(&load("", &[])).len(), 1);
}

#[test]
fn files_go_to_one_entry_each() {
    let text = "version: 1\ncontent:\n  - { files: 'a/*.twb', project: P }\n  - { files: ['a/x.twb', '**/*.tds'], project: Q, name: N }\n  - { files: 'none/*', project: R }\n";
    let manifest = load(text, &[]).manifest.unwrap();
    let files: Vec<PathBuf> = ["a/x.twb", "a/y.twb", "b/c/d.tds", "e.tds", "a/deep/z.twb"]
        .iter()
        .map(PathBuf::from)
        .collect();
    let (assigned, findings) = manifest::assign(&manifest, &files);
    let shown: Vec<String> = assigned
        .iter()
        .map(|a| format!("{} {}", a.file.display(), a.entry))
        .collect();
    assert_eq!(shown, ["a/x.twb 0", "a/y.twb 0", "b/c/d.tds 1", "e.tds 1"]);
    let rules: Vec<&str> = findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(
        rules,
        [
            "manifest/claimed-twice",
            "manifest/one-name",
            "manifest/no-match"
        ]
    );
}

#[test]
fn the_schema_has_a_description_for_every_section() {
    let schema = manifest::schema();
    for key in [
        "targets", "branches", "content", "rewrite", "rules", "prune",
    ] {
        let text = schema["properties"][key]["description"]
            .as_str()
            .unwrap_or_default();
        assert!(!text.is_empty(), "{key}");
    }
}

#[test]
fn a_number_where_text_is_wanted_is_the_text_as_it_is_written() {
    let text = "version: 1\ntargets:\n  dev:\n    server: https://t.example.com\n    site: 007\n    version: 2024.10\n    \
                variables: { schema: 1e3, port: &port 5432 }\n    auth: { token_name: *port, token_secret: { env: 9 } }\n";
    let loaded = load(text, &[]);
    assert_eq!(said(&loaded), Vec::<String>::new());
    let manifest = loaded.manifest.unwrap();
    let dev = manifest.target("dev").unwrap();
    assert_eq!(
        (&*dev.site, dev.version.as_deref()),
        ("007", Some("2024.10"))
    );
    assert_eq!(
        (&*dev.variables["schema"], &*dev.variables["port"]),
        ("1e3", "5432")
    );
    assert_eq!(dev.auth.token_name.as_deref(), Some("5432"));
}

#[test]
fn a_word_of_a_list_that_is_something_else_says_the_list() {
    let text = "version: 1\nprune: [all]\ncontent:\n  - { files: a.twb, project: P, targets: { dev: { verify: [x] } } }\n";
    let said = said(&load(text, &[])).join("\n");
    assert!(
        said.contains("`prune` wants one of off, report, recycle, found a list"),
        "{said}"
    );
    assert!(
        said.contains(
            "`content.0.targets.dev.verify` wants one of identity, render, refresh, found a list"
        ),
        "{said}"
    );
}
