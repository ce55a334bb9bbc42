//! The review as JSON: stable and versioned.

use serde_json::{Value, json};

use super::{Deployment, Item, Review, slashed};
use crate::report::findings;

/// The version of the document's form.
const SCHEMA_VERSION: u32 = 1;

pub fn json(review: &Review) -> String {
    let document = json!({
        "schema_version": SCHEMA_VERSION,
        "tabship": env!("CARGO_PKG_VERSION"),
        "verdict": review.verdict(),
        "headline": review.headline(),
        "base": review.base,
        "base_commit": review.base_commit,
        "commit": review.commit,
        "items": review.items.iter().map(item).collect::<Vec<_>>(),
        "findings": review.findings.iter().map(findings::shown).collect::<Vec<_>>(),
        "deployment": deployment(&review.deployment),
        "job": review.job,
    });
    format!("{document:#}\n")
}

fn item(item: &Item) -> Value {
    json!({
        "name": item.name,
        "file": item.file.as_deref().map(slashed),
        "changes": item.changes,
        "not_compared": item.not_compared,
        "findings": item.findings.iter().map(findings::shown).collect::<Vec<_>>(),
        "known": item.known,
        "planned": item.planned,
        "left_over": item.left_over,
    })
}

fn deployment(deployment: &Deployment) -> Value {
    match deployment {
        Deployment::NotAsked => Value::Null,
        Deployment::Planned(plan) => json!({
            "target": plan.target,
            "projects": plan.projects,
            "notes": plan.notes,
            "estimate": plan.estimate,
        }),
        Deployment::NotPlanned {
            target,
            why,
            expected,
        } => json!({ "target": { "name": target }, "not_planned": why, "expected": expected }),
    }
}
