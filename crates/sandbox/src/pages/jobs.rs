//! The jobs of a site.

use maud::{Markup, html};

use super::layout::{self, Page, Tab, empty, time};
use crate::app::App;
use crate::error::ApiError;
use crate::model::{Job, JobState, Site};

pub(super) fn page(app: &App, site: &Site) -> Result<Page, ApiError> {
    let mut jobs = app.store.transact(|tx| tx.all::<Job>(&site.id))?;
    jobs.reverse();
    let body = html! {
        h1 { "Jobs" }
        p.lead { "The latest first. Jobs that are over are kept for a while." }
        @if jobs.is_empty() { (empty("No job has run yet.")) } @else { (table(&jobs)) }
    };
    Ok(Page::new("Jobs", body).on(site, Tab::Jobs))
}

pub(super) fn table(jobs: &[Job]) -> Markup {
    layout::table(
        "Jobs",
        &["State", "Job", "Queued", "Took"],
        &html! { @for job in jobs { tr id={ "job-" (job.id) } {
            td { span.state.(class(job.state)) { (words(job.state)) } }
            th scope="row" {
                (job.kind) " " span.soft { (job.title) }
                @if !job.notes.is_empty() { p.notes { (job.notes) } }
            }
            td { (time(job.created_at)) }
            td.took { (took(job)) }
        } } },
    )
}

fn words(state: JobState) -> &'static str {
    match state {
        JobState::Pending => "Pending",
        JobState::InProgress => "In progress",
        JobState::Success => "Success",
        JobState::Failed => "Failed",
        JobState::Cancelled => "Cancelled",
    }
}

fn class(state: JobState) -> &'static str {
    match state {
        JobState::Success => "good",
        JobState::Failed => "bad",
        JobState::Pending | JobState::InProgress => "open",
        JobState::Cancelled => "ended",
    }
}

fn took(job: &Job) -> String {
    match (job.started_at, job.ended_at) {
        (Some(start), Some(end)) => format!("{:.1} s", end.duration_since(start).as_secs_f64()),
        _ => String::new(),
    }
}
