//! The process is killed at a random moment, and perhaps once more while it makes up for that.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::StreamExt;

use crate::harness::Tabship;

use super::estate::{self, By, Estate, SITE};
use super::matrix::{everything, replace_between, truth};
use super::site::Site;

/// Makes the moments between two requests as long as on a real line.
const LATENCY: Duration = Duration::from_millis(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// `deploy --resume`.
    On,
    /// `rollback`.
    Back,
}

/// What a case came to, for the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Outcome {
    by: By,
    way: Way,
    kills: usize,
    code: i32,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_any_moment_it_goes_on_or_back() {
    let mut outcomes = Vec::new();
    for (by, all, few) in [(By::Deploy, 200, 8), (By::Promote, 100, 8)] {
        let cases = if everything() { all } else { few };
        outcomes.extend(kill(by, cases).await);
    }
    if everything() {
        write_table(&outcomes);
    }
}

async fn kill(by: By, cases: u64) -> Vec<Outcome> {
    let estate = Estate::prepare(by).await;
    let length = length(&estate).await;
    let at_once = if everything() { 8 } else { 4 };
    let results: Vec<Result<Outcome, String>> = futures_util::stream::iter(0..cases)
        .map(|seed| case(&estate, length, seed))
        .buffered(at_once)
        .collect()
        .await;
    let wrong: Vec<&str> = results
        .iter()
        .filter_map(|r| r.as_ref().err().map(String::as_str))
        .collect();
    assert!(
        wrong.is_empty(),
        "{by:?}: {} of {cases} cases:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    results.into_iter().flatten().collect()
}

/// How long the deployment takes when nobody kills it.
async fn length(estate: &Estate) -> Duration {
    let (trial, _sandbox) = served(estate).await;
    let begun = Instant::now();
    estate.bring(&trial.tabship).await.code(0);
    begun.elapsed()
}

async fn served(estate: &Estate) -> (estate::Trial, tabship_sandbox::Sandbox) {
    let mut trial = estate.apart();
    let sandbox = estate::builder(&trial.data)
        .latency(LATENCY)
        .start()
        .await
        .unwrap();
    trial.tabship.set("TABLEAU_URL", sandbox.url());
    (trial, sandbox)
}

async fn case(estate: &Estate, length: Duration, seed: u64) -> Result<Outcome, String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (trial, sandbox) = served(estate).await;
    let tabship = &trial.tabship;
    let way = random.choice([Way::On, Way::Back]).unwrap();
    let moment = length.mul_f64(random.f64() * 1.05);
    let mut log = format!(
        "case {seed}: {:?} killed after {moment:?}, then {way:?}\n",
        estate.by
    );
    killed(tabship, estate.by.command(), moment).await;
    let mut kills = 1;
    let amends: &[&str] = match way {
        Way::On => &["deploy", "--resume"],
        Way::Back => &["rollback"],
    };
    while kills < 3 && random.f64() < 0.4 {
        let moment = length.mul_f64(random.f64());
        log += &format!("killed again after {moment:?}\n");
        killed(tabship, amends, moment).await;
        kills += 1;
    }
    // With a chunk size of its own, as the deployment had.
    let mut last = amends.to_vec();
    last.extend(["--chunk-size", "300kB"]);
    let run = estate::run(tabship, &last).await;
    let site = Site::enter(sandbox.url(), SITE).await;
    let state = site.state().await;
    let fail = |what: &str| {
        format!(
            "{log}{what}; exit code {}\n{}\n{}",
            run.code, run.stderr, run.stdout
        )
    };
    // 3: there is nothing to go on with, because nothing had begun or all was done.
    let holds = match (way, run.code) {
        (Way::On, 0) => truth(estate, 0, &state),
        (Way::Back, 0) => truth(estate, 5, &state),
        (_, 3) => truth(estate, 0, &state).or_else(|_| truth(estate, 5, &state)),
        _ => Err("it does not end well".to_owned()),
    };
    holds.map_err(|what| fail(&what))?;
    let locks = site.locks().await;
    if !locks.is_empty() {
        return Err(fail(&format!("the lock is left: {locks:?}")));
    }
    estate.bring(tabship).await.code(0);
    truth(estate, 0, &site.state().await)
        .map_err(|what| fail(&format!("after the next deployment {what}")))?;
    Ok(Outcome {
        by: estate.by,
        way,
        kills,
        code: run.code,
    })
}

/// Runs the command and kills it as `kill -9` does, unless it is done before.
async fn killed(tabship: &Tabship, first: &[&str], moment: Duration) {
    let mut child = tabship
        .command(estate::arguments(first))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    tokio::time::sleep(moment).await;
    let _ = child.kill();
    tokio::task::spawn_blocking(move || child.wait())
        .await
        .unwrap()
        .unwrap();
}

fn write_table(outcomes: &[Outcome]) {
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for outcome in outcomes {
        *counts.entry(*outcome).or_default() += 1;
    }
    let mut table = format!(
        "{} deployments and promotions killed.\n\n| of | then | kills | ends with | cases |\n|---|---|---|---|---|\n",
        outcomes.len()
    );
    for (outcome, count) in counts {
        let (then, holds) = match outcome.way {
            Way::On => ("`deploy --resume`", "0, the new state"),
            Way::Back => ("`rollback`", "0, the old state"),
        };
        let holds = if outcome.code == 0 {
            holds
        } else {
            "3, nothing had begun or all was done"
        };
        let of = match outcome.by {
            By::Deploy => "`deploy`",
            By::Promote => "`promote`",
        };
        table += &format!(
            "| {of} | {then} | {} | {holds} | {count} |\n",
            outcome.kills
        );
    }
    replace_between("crash", &table);
}
