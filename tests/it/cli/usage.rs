//! Help, version and wrong command lines.

use crate::harness::Tabship;

#[test]
fn help_goes_to_stdout_and_is_success() {
    let run = Tabship::new()
        .run(["--help"])
        .code(0)
        .stdout_has("Usage: tabship");
    assert_eq!(run.stderr, "");
}

#[test]
fn no_command_is_a_usage_error_not_success() {
    let run = Tabship::new()
        .run::<&str>([])
        .code(2)
        .stderr_has("Usage: tabship");
    assert_eq!(run.stdout, "");
}

#[test]
fn a_wrong_flag_suggests_the_right_one() {
    Tabship::new()
        .run(["completions", "--colour", "never"])
        .code(2)
        .stderr_has("--color");
}

#[test]
fn the_version_is_cargos() {
    Tabship::new()
        .run(["--version"])
        .code(0)
        .stdout_has(env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_shell_has_completions_and_there_is_a_manual() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        Tabship::new()
            .run(["completions", shell])
            .code(0)
            .stdout_has("tabship");
    }
    Tabship::new()
        .run(["man"])
        .code(0)
        .stdout_has(".TH tabship 1");
}
