//! Runs rules over files.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use globset::GlobMatcher;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::content::model::Datasource;
use crate::diagnostic::{Finding, Level, NotChecked};
use crate::hash::HashMap;
use crate::manifest::raw::{Override, Rules, Setting};
use crate::manifest::{Manifest, Preset, RuleLevel, glob};
use crate::parallel;

use super::custom;
use super::fields;
use super::registry::{Prepared, entries};
use super::rule::{File, InputFile};
use super::sink::{Said, Sink};
use super::suppression;

/// What is checked, and against what.
#[derive(Debug, Clone, Copy)]
pub struct Input<'i> {
    pub files: &'i [InputFile<'i>],
    /// There are more files than these: whether a suppression is still needed is then not known.
    pub partial: bool,
    pub rules: &'i Rules,
    /// For suppressions that expire, and for the age of extracts.
    pub today: Date,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// By file, then place.
    pub findings: Vec<Finding>,
    pub not_checked: Vec<NotChecked>,
    /// Findings that a suppression took away.
    pub suppressed: usize,
}

/// Runs the rules; the same input gives the same findings in the same order.
pub fn check(input: &Input<'_>) -> Outcome {
    let checker = Checker::new(input.rules, input.today);
    let files = parallel::map(input.files, parallel::cores(), |file| {
        checker.file(file, cores_left(input.files.len()))
    });
    checker.outcome(files, input.partial)
}

/// How many threads may look at each of so many files.
pub fn cores_left(files: usize) -> usize {
    parallel::cores() / files.clamp(1, parallel::cores())
}

/// Rules with their options read, ready to look at one file after another: what is found outlives the file.
pub struct Checker<'r> {
    plans: Plans<'r>,
    today: Date,
}

/// What came of one file.
#[derive(Debug, Clone, Default)]
pub struct FileOutcome {
    pub path: PathBuf,
    /// By place.
    pub findings: Vec<Finding>,
    pub not_checked: Vec<NotChecked>,
}

/// Rules that run before the others: the first three compute what many of the others ask for, and would wait for; the fourth is
/// there for the thread that has nothing else to do meanwhile.
const EARLY: [&str; 4] = [
    "calculation/aggregation",
    "accessibility/red-green-palette",
    "calculation/unused",
    "security/secret",
];

impl<'r> Checker<'r> {
    /// `today` is for suppressions that expire, and for the age of extracts.
    pub fn new(rules: &'r Rules, today: Date) -> Self {
        Self {
            plans: Plans::new(rules),
            today,
        }
    }

    /// Holds one file to the rules, with at most so many threads.
    pub fn file(&self, input: &InputFile<'_>, threads: usize) -> FileOutcome {
        let file = File::new(*input, self.today);
        let active = self.plans.of(file.path);
        let mut order: Vec<usize> = (0..active.len()).collect();
        order.sort_by_key(|n| {
            EARLY
                .iter()
                .position(|id| *id == active[*n].id)
                .unwrap_or(EARLY.len())
        });
        let mut by_rule = parallel::map(&order, threads, |n| {
            let active = &active[*n];
            let mut said = Said::default();
            let mut sink = Sink::new(*input, active.id.clone(), active.level, &mut said);
            (active.run)(&file, &mut sink);
            said.findings.sort_by(by_place);
            (*n, said)
        });
        by_rule.sort_by_key(|(n, _)| *n);
        let (mut lists, mut unseen) = (Vec::new(), not_checked(input));
        for (_, said) in by_rule {
            lists.push(said.findings);
            unseen.extend(said.not_checked);
        }
        suppression::within(&file, &mut lists);
        let ((), findings) = parallel::both(threads, move || drop(file), || merged(lists));
        FileOutcome {
            path: input.path.to_owned(),
            findings,
            not_checked: unseen,
        }
    }

    /// What came of all files, after the suppressions of the manifest. Where there are more files than these (`partial`),
    /// nothing is said about suppressions that none of them needs.
    pub fn outcome(&self, mut files: Vec<FileOutcome>, partial: bool) -> Outcome {
        let mut not_checked = Vec::new();
        for file in &mut files {
            not_checked.append(&mut file.not_checked);
        }
        not_checked.dedup();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let findings = files.into_iter().map(|file| file.findings);
        let findings = findings.reduce(joined).unwrap_or_default();
        let ignores = &self.plans.rules.ignore;
        let (findings, suppressed, mut own) = suppression::apply(findings, ignores, self.today);
        if partial {
            own.retain(|f| f.rule != suppression::UNUSED);
        }
        let mut outcome = Outcome {
            findings,
            not_checked,
            suppressed,
        };
        outcome.findings.extend(own);
        outcome
    }
}

/// One after the other. A large document has a hundred thousand, which are not moved where they need not be.
fn joined(mut some: Vec<Finding>, more: Vec<Finding>) -> Vec<Finding> {
    if some.is_empty() {
        return more;
    }
    some.extend(more);
    some
}

fn by_place(a: &Finding, b: &Finding) -> Ordering {
    (a.place.span, &a.rule, &a.message).cmp(&(b.place.span, &b.rule, &b.message))
}

/// All findings by place, of lists that are. A large document has a hundred thousand: their order is found first, and each is
/// moved once.
fn merged(lists: Vec<Vec<Finding>>) -> Vec<Finding> {
    let numbered = lists.iter().enumerate();
    let mut order: Vec<(usize, &Finding)> = numbered
        .flat_map(|(list, findings)| findings.iter().map(move |finding| (list, finding)))
        .collect();
    order.sort_by(|(_, a), (_, b)| by_place(a, b));
    let order: Vec<usize> = order.into_iter().map(|(list, _)| list).collect();
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::with_capacity(order.len());
    all.extend(order.into_iter().filter_map(|list| lists[list].next()));
    all
}

fn not_checked(file: &InputFile<'_>) -> Vec<NotChecked> {
    let note = |what: &str, why: &str| NotChecked {
        file: file.path.to_owned(),
        what: what.to_owned(),
        why: why.to_owned(),
    };
    let Some(document) = file.content.document() else {
        return vec![note(
            "the flow's steps",
            "rules for flows look only at names and connections so far",
        )];
    };
    let model = &document.model;
    let known = |name: &str| {
        let site = file.site.and_then(|site| site.published.get(name));
        site.is_some_and(|source| source.fields.is_some())
    };
    let why = |d: &Datasource| {
        if d.published().is_some() {
            let why = "it is a published data source: its fields live on the site";
            return (!known(&d.name.value)).then_some(why);
        }
        fields::lists_no_fields(model, d).then_some("the file does not list them")
    };
    let notes = model.datasources.iter().filter_map(|d| {
        let what = format!("fields of \"{}\"", d.display_name());
        why(d).map(|why| note(&what, why))
    });
    notes.collect()
}

/// Which rules run with which options: one plan for the manifest's own settings, one more for each set of overrides.
struct Plans<'r> {
    overrides: Vec<(Vec<GlobMatcher>, &'r Override)>,
    rules: &'r Rules,
    cache: std::sync::Mutex<HashMap<Vec<usize>, std::sync::Arc<Vec<Active>>>>,
}

/// A setting as it holds for a file.
#[derive(Debug, Clone)]
struct Effective {
    level: Option<Level>,
    options: Map<String, Value>,
}

struct Active {
    id: Cow<'static, str>,
    level: Level,
    run: Prepared,
}

impl<'r> Plans<'r> {
    fn new(rules: &'r Rules) -> Self {
        let overrides = rules
            .overrides
            .iter()
            .map(|o| (globs(o.files.values()), o))
            .collect();
        Self {
            overrides,
            rules,
            cache: std::sync::Mutex::default(),
        }
    }

    /// The rules for a file.
    fn of(&self, path: &Path) -> std::sync::Arc<Vec<Active>> {
        let matching: Vec<usize> = (0..self.overrides.len())
            .filter(|n| self.overrides[*n].0.iter().any(|g| g.is_match(path)))
            .collect();
        let mut cache = self
            .cache
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        cache
            .entry(matching.clone())
            .or_insert_with(|| std::sync::Arc::new(self.activate(&matching)))
            .clone()
    }

    fn activate(&self, overrides: &[usize]) -> Vec<Active> {
        let mut active = Vec::new();
        for entry in entries() {
            let levels = entry.meta.levels;
            let preset = match self.rules.extends {
                Preset::Recommended => levels.recommended,
                Preset::Strict => levels.strict,
                Preset::Optimizer => levels.optimizer,
                Preset::None => None,
            };
            let effective = self.effective(entry.meta.id, preset, levels.named(), overrides);
            let Some(level) = effective.level else {
                continue;
            };
            // Options that do not fit were said when the manifest was read; the rule is then left out.
            if let Ok(run) = (entry.prepare)(Value::Object(effective.options)) {
                active.push(Active {
                    id: Cow::Borrowed(entry.meta.id),
                    level,
                    run,
                });
            }
        }
        for custom in &self.rules.custom {
            let own = custom.level.map_or(Some(Level::Warning), RuleLevel::level);
            let named = own.unwrap_or(Level::Warning);
            let level = self.effective(&custom.id, own, named, overrides).level;
            if let (Some(level), Some(run)) = (level, custom::prepare(custom)) {
                active.push(Active {
                    id: Cow::Owned(custom.id.clone()),
                    level,
                    run,
                });
            }
        }
        active
    }

    /// The setting of a rule as it holds with these overrides.
    fn effective(
        &self,
        id: &str,
        preset: Option<Level>,
        named: Level,
        overrides: &[usize],
    ) -> Effective {
        let mut effective = Effective {
            level: preset,
            options: Map::new(),
        };
        let own = self.rules.settings.get(id);
        let others = overrides
            .iter()
            .filter_map(|n| self.overrides[*n].1.rules.get(id));
        for setting in own.into_iter().chain(others) {
            effective.apply(setting, named);
        }
        effective
    }
}

impl Effective {
    fn apply(&mut self, setting: &Setting, named: Level) {
        match setting {
            Setting::Level(level) => self.level = level.level(),
            Setting::Options { level, options } => {
                self.level = level.map_or(Some(self.level.unwrap_or(named)), RuleLevel::level);
                self.options.extend(options.clone());
            }
        }
    }
}

/// Options that do not fit their rule and rules of the manifest's own that say nothing sensible, as findings about it.
pub fn option_findings(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = custom::findings(manifest);
    let mut one = |id: &str, setting: &Setting, span| {
        let Setting::Options { options, .. } = setting else {
            return;
        };
        let Some(entry) = entries().iter().find(|e| e.meta.id == id) else {
            if let (true, Some(option)) = (id.starts_with("custom/"), options.keys().next()) {
                let message = format!("`{id}` has no option `{option}`");
                let help = "its conditions stand under `custom:`".to_owned();
                findings.push(manifest.finding("manifest/wrong-option", message, Some(help), span));
            }
            return;
        };
        if let Err(why) = (entry.prepare)(Value::Object(options.clone())) {
            let help = format!("`tabship rules {id}` shows its options");
            findings.push(manifest.finding(
                "manifest/wrong-option",
                format!("the options of `{id}` do not fit: {why}"),
                Some(help),
                span,
            ));
        }
    };
    for (id, setting) in &manifest.raw.rules.settings {
        one(id, setting, manifest.key_span(&["rules"], id));
    }
    for (n, entry) in manifest.raw.rules.overrides.iter().enumerate() {
        for (id, setting) in &entry.rules {
            one(
                id,
                setting,
                manifest.key_span(&["rules", "overrides", &n.to_string(), "rules"], id),
            );
        }
    }
    findings
}

pub(super) fn globs(patterns: &[String]) -> Vec<GlobMatcher> {
    patterns.iter().filter_map(|p| glob::path(p).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_run_early_are_rules() {
        let known = |id: &&str| entries().iter().any(|e| e.meta.id == *id);
        assert!(EARLY.iter().all(known));
    }

    #[test]
    fn no_set_of_rules_is_milder_than_the_recommended_one() {
        for entry in entries() {
            let levels = entry.meta.levels;
            assert!(levels.strict >= levels.recommended, "{}", entry.meta.id);
            assert!(levels.optimizer >= levels.recommended, "{}", entry.meta.id);
        }
    }
}
