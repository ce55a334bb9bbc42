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
}

#[test]
fn the_manual_has_a_page_for_each_command_and_says_how_each_ends() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Tabship::new()
        .run(["man"])
        .code(0)
        .stdout_has(".TH tabship 1")
        .stdout;
    Tabship::new()
        .run([
            "man".as_ref(),
            "--output".as_ref(),
            folder.path().as_os_str(),
        ])
        .code(0);
    let of = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(of("tabship.1"), whole);
    for page in [whole, of("tabship-deploy.1")] {
        assert_eq!(page.matches(".SH \"EXIT STATUS\"").count(), 1, "{page}");
        assert!(
            page.contains("\\fB7\\fR\nthe deployment failed, and the restore is incomplete"),
            "{page}"
        );
        assert!(!page.contains("Exit codes:"), "{page}");
    }
    Tabship::new()
        .run(["--help"])
        .code(0)
        .stdout_has("130  interrupted (Ctrl-C or SIGTERM)");
}
