//! The review on a terminal and in a job's log.

use std::fmt::Write;

use super::{Deployment, Review, Verdict, slashed};
use crate::report::findings::{self, Sources};
use crate::report::plan;
use crate::report::style::{Palette, Style};

/// The verdict, what changed, the findings with their lines, the plan.
pub fn human(review: &Review, source: Sources<'_>, palette: Palette) -> String {
    let style = match review.verdict() {
        Verdict::Untouched | Verdict::Ready => Style::Good,
        Verdict::LookTwice => Style::Warning,
        Verdict::NotReady => Style::Error,
    };
    let mut text = format!("{}\n\n", palette.paint(style, &review.headline()));
    text.push_str(&crate::report::changes::human(&review.changed(), palette));
    for item in &review.items {
        if let (Some(file), Some(why)) = (&item.file, &item.not_compared) {
            let name = palette.paint(Style::Name, &slashed(file));
            let _ = writeln!(text, "{name}: not compared: {why}\n");
        }
    }
    text.push_str(&findings::human(&review.checked(), source, palette));
    match &review.deployment {
        Deployment::NotAsked => {}
        Deployment::Planned(made) => {
            let _ = write!(text, "\n{}", plan::human(made, palette, false));
        }
        Deployment::NotPlanned { why, .. } => {
            let label = palette.paint(Style::Warning, "no plan:");
            let _ = writeln!(text, "\n{label} {why}");
        }
    }
    text
}
