//! A test in a process of its own: this binary again, with one test that is ignored otherwise. For
//! what a process has only one of: its environment and its log.

use std::process::Command;

/// Runs the ignored test `name`; gives whether it passed, and all that it said.
pub(crate) fn run(name: &str, variables: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(
        said.contains("running 1 test"),
        "no test of the name {name}: {said}"
    );
    (output.status.success(), said)
}
