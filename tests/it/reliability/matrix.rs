//! Every request of a deployment, and everything that can go wrong with it.
//!
//! A sample of it runs with the other tests; all of it, and the table in docs/reliability.md, with
//! `scripts/reliability.sh`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use futures_util::StreamExt;
use serde_json::Value;

use crate::harness::project;

use super::estate::{self, By, Estate, SITE};
use super::site::{Site, State, named};

/// What goes wrong with one request.
struct Trouble {
    name: &'static str,
    /// The fault rule without the words that say which request it strikes.
    rule: &'static str,
}

const TROUBLES: &[Trouble] = &[
    Trouble {
        name: "429, wait 1 s",
        rule: "status=429 code=429000 retry-after=1",
    },
    Trouble {
        name: "429",
        rule: "status=429 code=429000",
    },
    Trouble {
        name: "503",
        rule: "status=503",
    },
    Trouble {
        name: "500",
        rule: "status=500 code=500000",
    },
    Trouble {
        name: "reset before",
        rule: "drop",
    },
    Trouble {
        name: "reset after",
        rule: "after=commit drop",
    },
    Trouble {
        name: "stall",
        rule: "delay=60s",
    },
    Trouble {
        name: "session killed",
        rule: "status=401 code=401002",
    },
    Trouble {
        name: "refused",
        rule: "status=403 code=403004",
    },
];

/// One request out of this many meets one trouble when only a sample runs.
const SAMPLE: usize = 19;

/// Requests that are under way together change places from run to run: how often one is aimed at when all are to be hit.
const AIMED: usize = 5;

/// Set to `all` for every case.
const SWITCH: &str = "TABSHIP_RELIABILITY";

pub(super) fn everything() -> bool {
    std::env::var(SWITCH).is_ok_and(|v| v == "all")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_fails_the_end_is_the_new_state_or_the_old_one() {
    let estate = Estate::prepare(By::Deploy).await;
    let all = everything();
    let cases: Vec<(usize, usize)> = (0..estate.calls.len())
        .flat_map(|call| (0..TROUBLES.len()).map(move |trouble| (call, trouble)))
        .filter(|(call, trouble)| all || (call + 5 * trouble) % SAMPLE == 0)
        .collect();
    assert!(cases.len() > 20, "{} cases", cases.len());
    let results: Vec<Result<Hit, String>> = futures_util::stream::iter(&cases)
        .map(|(call, trouble)| aim(&estate, *call, &TROUBLES[*trouble]))
        .buffered(if all { 16 } else { 12 })
        .collect()
        .await;
    let wrong: Vec<&String> = results.iter().filter_map(|r| r.as_ref().err()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong
            .iter()
            .map(|w| w.as_str())
            .collect::<Vec<_>>()
            .join("\n\n")
    );
    if all {
        write_table(&estate, &cases, &results);
    }
}

/// What was hit, and how the deployment ended.
struct Hit {
    request: String,
    code: i32,
}

/// Deploys until the trouble meets the request that is meant, or another one again and again. How often a job is looked
/// at differs from run to run, so that the last requests are not made in each.
async fn aim(estate: &Estate, call: usize, trouble: &Trouble) -> Result<Hit, String> {
    let mut last = None;
    for _ in 0..AIMED {
        let Some(hit) = judge(estate, call, trouble).await? else {
            continue;
        };
        let meant = hit.request == estate.calls[call];
        last = Some(hit);
        if meant || !everything() {
            break;
        }
    }
    last.ok_or_else(|| {
        let (name, number) = (trouble.name, call + 1);
        format!("{name} of {number}: so many requests are made in none of {AIMED} deployments")
    })
}

/// One deployment with one fault, and then one without. Comes back with what the first met, and its exit code; with
/// `None` where it made fewer requests.
async fn judge(estate: &Estate, call: usize, trouble: &Trouble) -> Result<Option<Hit>, String> {
    let rule = format!("any nth={} {}", call + 1, trouble.rule);
    let (trial, sandbox) = estate.trial(vec![rule.parse().unwrap()]).await;
    let run = estate.bring(&trial.tabship).await;
    let struck = sandbox.struck().remove(0);
    sandbox.set_faults(Vec::new());
    let site = Site::enter(sandbox.url(), SITE).await;
    let state = site.state().await;
    let Some(request) = struck.map(|struck| named(&struck.method, &struck.path)) else {
        return Ok(None);
    };
    let context = |what: &str| {
        format!(
            "{} of {} ({request}): {what}; exit code {}\n{}\n{}",
            trouble.name,
            call + 1,
            run.code,
            run.stderr,
            run.stdout
        )
    };
    truth(estate, run.code, &state).map_err(|what| context(&what))?;
    let locks = site.locks().await;
    let mut next = estate.by.command().to_vec();
    if !locks.is_empty() {
        // It could not be given back, which was said, with the way out.
        if !run.stderr.contains("--break-lock") {
            return Err(context(&format!("the lock is left: {locks:?}")));
        }
        next.push("--break-lock");
    }
    let again = estate::run(&trial.tabship, &next).await;
    let verdict = |run: &crate::harness::Run| {
        serde_json::from_str::<Value>(&run.stdout)
            .ok()
            .and_then(|v| v["verdict"].as_str().map(str::to_owned))
            .unwrap_or_default()
    };
    let wanted = if run.code == 0 {
        "unchanged"
    } else {
        "deployed"
    };
    if again.code != 0 || verdict(&again) != wanted {
        return Err(context(&format!(
            "the next deployment ends with {} {}, not {wanted}:\n{}",
            again.code,
            verdict(&again),
            again.stderr
        )));
    }
    truth(estate, 0, &site.state().await)
        .map_err(|what| context(&format!("after the next deployment {what}")))?;
    let code = run.code;
    Ok(Some(Hit { request, code }))
}

/// Is the site what the exit code says?
pub(super) fn truth(estate: &Estate, code: i32, state: &State) -> Result<(), String> {
    let expected = match code {
        0 => &estate.new,
        4..=6 => &estate.old,
        _ => return Err("nobody knows what holds".to_owned()),
    };
    let keys = |state: &State| state.keys().cloned().collect::<BTreeSet<_>>();
    if keys(state) != keys(expected) {
        return Err(format!("the site holds {:?}", keys(state)));
    }
    for (name, facts) in state {
        let wanted = &expected[name];
        if facts.apart_from_history() != wanted.apart_from_history() {
            return Err(format!("{name} is {facts:#?}\nand should be {wanted:#?}"));
        }
        if facts.revisions.0 != facts.revisions.1 {
            return Err(format!(
                "{name} has a stamp of another revision: {facts:#?}"
            ));
        }
        if facts.history.windows(2).any(|two| two[0] == two[1]) {
            return Err(format!("{name} was published twice: {:?}", facts.history));
        }
        let untouched = matches!(code, 4 | 6);
        if untouched && facts.history != wanted.history {
            return Err(format!("{name} was touched: {:?}", facts.history));
        }
    }
    Ok(())
}

fn word(code: i32) -> &'static str {
    match code {
        0 => "deployed",
        4 => "nothing done",
        5 => "restored",
        6 => "refused",
        _ => "?",
    }
}

/// Writes the table into the page, between its two marks.
fn write_table(estate: &Estate, cases: &[(usize, usize)], results: &[Result<Hit, String>]) {
    let mut rows: Vec<&str> = Vec::new();
    let mut cells: BTreeMap<(&str, usize), BTreeMap<i32, usize>> = BTreeMap::new();
    for ((_, trouble), result) in cases.iter().zip(results) {
        let Ok(Hit { request, code }) = result else {
            continue;
        };
        if !rows.contains(&request.as_str()) {
            rows.push(request);
        }
        *cells
            .entry((request, *trouble))
            .or_default()
            .entry(*code)
            .or_default() += 1;
    }
    let names: Vec<&str> = TROUBLES.iter().map(|t| t.name).collect();
    let mut table = format!(
        "{} requests, {} cases.\n\n| request | {} |\n|---|{}\n",
        estate.calls.len(),
        cases.len(),
        names.join(" | "),
        "---|".repeat(names.len())
    );
    for row in rows {
        let count = estate.calls.iter().filter(|c| *c == row).count();
        let cell = |trouble: usize| {
            let Some(codes) = cells.get(&(row, trouble)) else {
                return "not met".to_owned();
            };
            let alone = codes.len() == 1;
            let parts: Vec<String> = codes
                .iter()
                .map(|(code, times)| {
                    if alone {
                        word(*code).to_owned()
                    } else {
                        format!("{times} {}", word(*code))
                    }
                })
                .collect();
            parts.join(", ")
        };
        let line: Vec<String> = (0..TROUBLES.len()).map(cell).collect();
        let times = if count < 2 {
            String::new()
        } else {
            format!(" ({count} times)")
        };
        writeln!(table, "| `{row}`{times} | {} |", line.join(" | ")).unwrap();
    }
    replace_between("matrix", &table);
}

/// Replaces what stands in docs/reliability.md between the marks of this name.
pub(super) fn replace_between(name: &str, text: &str) {
    let page = project("docs/reliability.md");
    let old = std::fs::read_to_string(&page).unwrap();
    let (begin, end) = (
        format!("<!-- {name}: begin -->"),
        format!("<!-- {name}: end -->"),
    );
    let (head, rest) = old.split_once(&begin).unwrap();
    let (_, tail) = rest.split_once(&end).unwrap();
    std::fs::write(page, format!("{head}{begin}\n{text}\n{end}{tail}")).unwrap();
}
