//! The table of endpoints in the manual is the router's, and its tests are those that call them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::router::{self, Access, Found, ROUTES};

const START: &str = "<!-- endpoints -->\n";
const END: &str = "<!-- /endpoints -->\n";

/// A file to note calls in, one a line: method, pattern, test.
const NOTES: &str = "TABSHIP_SANDBOX_CALLS";

/// Notes which test makes a call, where that is asked for.
pub(super) fn note(method: &str, path: &str) {
    let Some(notes) = std::env::var_os(NOTES) else {
        return;
    };
    let inner = path
        .strip_prefix("/api/")
        .and_then(|rest| rest.find('/').map(|at| &rest[at..]));
    let Some(Found::Route(route, _)) = inner.map(|inner| router::find(method, inner)) else {
        return;
    };
    let thread = std::thread::current();
    let line = format!(
        "{method}\t{}\t{}\n",
        route.pattern,
        thread.name().unwrap_or_default()
    );
    let mut notes = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(notes)
        .unwrap();
    notes.write_all(line.as_bytes()).unwrap();
}

/// The files of tests that call each endpoint. Nobody knows but the tests, so they run once more, in a process of
/// their own.
fn callers() -> BTreeMap<(String, String), BTreeSet<String>> {
    let folder = tempfile::tempdir().unwrap();
    let notes = folder.path().join("calls");
    let status = Command::new(std::env::current_exe().unwrap())
        // With one thread, a test is not told from another by its thread's name.
        .args([
            "tests::",
            "--skip",
            "tests::documentation",
            "--test-threads=4",
        ])
        .env(NOTES, &notes)
        .env_remove("RUST_TEST_THREADS")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "another test fails: see which");
    let mut callers: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for line in std::fs::read_to_string(notes).unwrap().lines() {
        let [method, pattern, test] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let file = test.split("::").nth(1).unwrap_or_default();
        let endpoint = (method.to_owned(), pattern.to_owned());
        callers.entry(endpoint).or_default().insert(file.to_owned());
    }
    callers
}

fn table() -> String {
    let callers = callers();
    let mut table =
        "| method | path | version | scope | tests |\n|---|---|---|---|---|\n".to_owned();
    for route in ROUTES {
        let scope = match (route.access, route.scope) {
            (Access::Public, _) => "no session".to_owned(),
            (_, Some("")) => "any".to_owned(),
            (_, Some(scope)) => format!("`{scope}`"),
            (_, None) => String::new(),
        };
        let endpoint = (route.method.to_owned(), route.pattern.to_owned());
        let tests: Vec<&str> = callers
            .get(&endpoint)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        let tests = tests.join(", ");
        writeln!(
            table,
            "| {} | `{}` | {} | {scope} | {tests} |",
            route.method, route.pattern, route.since
        )
        .unwrap();
    }
    table
}

#[test]
fn the_manual_lists_every_endpoint() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/sandbox.md");
    let manual = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = manual.split_once(START).unwrap();
    let (now, after) = rest.split_once(END).unwrap();
    let wanted = table();
    if std::env::var_os("TABSHIP_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{START}{wanted}{END}{after}")).unwrap();
        return;
    }
    assert!(
        now == wanted,
        "docs/sandbox.md is stale: renew it with TABSHIP_BLESS=1 cargo test -p tabship-sandbox"
    );
}
