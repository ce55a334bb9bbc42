//! action.yml, its shell steps run as a runner runs them, with a `tabship` that writes down its arguments.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Writes its arguments to a file, each ended by NUL, and ends as the test wants.
const STUB: &str = r#"#!/bin/sh
printf '%s\0' "$@" > "$STUB_ARGUMENTS"
pwd > "$STUB_ARGUMENTS.folder"
env > "$STUB_ARGUMENTS.environment"
echo "the result"
exit "${STUB_CODE:-0}"
"#;

/// Inputs of the action, by name.
type Inputs<'a> = &'a [(&'a str, &'a str)];

struct Runner {
    folder: tempfile::TempDir,
    action: Value,
    code: i32,
}

struct Ran {
    output: Output,
    arguments: Option<Vec<String>>,
    folder: String,
    outputs: BTreeMap<String, String>,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "checkout", "temp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let stub = folder.path().join("bin/tabship");
        std::fs::write(&stub, STUB).unwrap();
        std::fs::set_permissions(&stub, std::fs::Permissions::from_mode(0o755)).unwrap();
        let text = std::fs::read_to_string(root().join("action.yml")).unwrap();
        Self {
            folder,
            action: serde_saphyr::from_str(&text).unwrap(),
            code: 0,
        }
    }

    fn ending_with(code: i32) -> Self {
        Self {
            code,
            ..Self::new()
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn step(&self, name: &str) -> &Value {
        let steps = self.action["runs"]["steps"].as_array().unwrap();
        steps
            .iter()
            .find(|step| step["name"] == name)
            .unwrap_or_else(|| panic!("no step {name}"))
    }

    /// Evaluates the step's `env` as a runner does and runs its script with the runner's shell.
    fn run_step(&self, name: &str, inputs: &[(&str, &str)], more: &[(&str, &str)]) -> Ran {
        let step = self.step(name);
        let script = self.path("step.sh");
        std::fs::write(&script, step["run"].as_str().unwrap()).unwrap();
        for (input, _) in inputs {
            assert!(self.action["inputs"][input].is_object(), "no input {input}");
        }
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(&script)
            .current_dir(self.path("checkout"))
            .env_clear()
            .env("PATH", self.search_path())
            .env("GITHUB_ACTION_PATH", root())
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_PATH", self.path("path"))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("STUB_ARGUMENTS", self.path("arguments"))
            .env("STUB_CODE", self.code.to_string())
            .envs(self.step_environment(step, inputs))
            .envs(more.iter().copied())
            .output()
            .unwrap();
        Ran {
            output,
            arguments: std::fs::read_to_string(self.path("arguments"))
                .ok()
                .map(|text| text.split_terminator('\0').map(str::to_owned).collect()),
            folder: std::fs::read_to_string(self.path("arguments.folder")).unwrap_or_default(),
            outputs: outputs(&std::fs::read_to_string(self.path("output")).unwrap_or_default()),
        }
    }

    fn run(&self, inputs: &[(&str, &str)]) -> Ran {
        self.run_step("Run tabship", inputs, &[])
    }

    fn search_path(&self) -> String {
        let bin = self.path("bin");
        format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
    }

    fn step_environment(&self, step: &Value, inputs: &[(&str, &str)]) -> Vec<(String, String)> {
        let given: BTreeMap<_, _> = inputs.iter().copied().collect();
        let variables = step["env"].as_object().unwrap();
        variables
            .iter()
            .map(|(variable, expression)| {
                let input = input_of(expression.as_str().unwrap());
                let default = self.action["inputs"][input]["default"].as_str().unwrap();
                let value = given.get(input).copied().unwrap_or(default);
                (variable.clone(), value.to_owned())
            })
            .collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The name in `${{ inputs.NAME }}`, which is all that a variable may be.
fn input_of(expression: &str) -> &str {
    expression
        .strip_prefix("${{ inputs.")
        .and_then(|rest| rest.strip_suffix(" }}"))
        .unwrap_or_else(|| panic!("`{expression}` is not one input"))
}

/// Reads `name<<delimiter` blocks.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").unwrap();
        let value: Vec<_> = lines.by_ref().take_while(|l| *l != delimiter).collect();
        found.insert(name.to_owned(), value.join("\n"));
    }
    found
}

#[test]
fn no_script_has_an_expression_in_its_text() {
    let runner = Runner::new();
    for step in runner.action["runs"]["steps"].as_array().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
        for expression in step["env"].as_object().unwrap().values() {
            input_of(expression.as_str().unwrap());
        }
    }
}

#[test]
fn every_input_reaches_a_step() {
    let runner = Runner::new();
    let steps = runner.action["runs"]["steps"].as_array().unwrap();
    let used: Vec<_> = steps
        .iter()
        .flat_map(|step| step["env"].as_object().unwrap().values())
        .map(|expression| input_of(expression.as_str().unwrap()))
        .collect();
    for input in runner.action["inputs"].as_object().unwrap().keys() {
        assert!(used.contains(&input.as_str()), "{input} goes nowhere");
    }
}

#[test]
fn without_inputs_it_checks() {
    let ran = Runner::new().run(&[]);
    assert_eq!(ran.arguments.unwrap(), ["check"]);
    assert_eq!(ran.outputs["verdict"], "passed");
    assert_eq!(ran.outputs["exit-code"], "0");
    assert_eq!(ran.outputs["report"], "");
    assert_eq!(String::from_utf8_lossy(&ran.output.stdout), "the result\n");
}

#[test]
fn inputs_become_flags() {
    let runner = Runner::new();
    std::fs::create_dir(runner.path("checkout/bi repo")).unwrap();
    let ran = runner.run(&[
        ("working-directory", "bi repo"),
        ("manifest", "conf/tabship.yml"),
        ("changed-since", "origin/main"),
        ("select", "Finance/*\n\nSales\r\n"),
        ("reports", "sarif=out/a b.sarif\nmarkdown=out/c.md\n"),
        ("format", "github"),
        (
            "paths",
            "workbooks/Executive Overview.twb\nworkbooks/x.twbx",
        ),
        ("sandbox", "true"),
        ("jobs", "8"),
        ("timeout", "10m"),
    ]);
    assert_eq!(
        ran.arguments.unwrap(),
        [
            "check",
            "--manifest=conf/tabship.yml",
            "--select=Finance/*",
            "--select=Sales",
            "--changed-since=origin/main",
            "--report=sarif=out/a b.sarif",
            "--report=markdown=out/c.md",
            "--format=github",
            "--sandbox",
            "--jobs=8",
            "--timeout=10m",
            "--",
            "workbooks/Executive Overview.twb",
            "workbooks/x.twbx",
        ]
    );
    assert!(ran.folder.trim_end().ends_with("/checkout/bi repo"));
    assert!(ran.outputs["report"].ends_with("/checkout/bi repo/out/a b.sarif"));
    assert!(ran.outputs["report"].starts_with('/'));
}

#[test]
fn commands_take_their_own_inputs() {
    let cases: [(Inputs, &[&str]); 5] = [
        (
            &[
                ("command", "review"),
                ("base", "origin/main"),
                ("target", "prod"),
                ("with-plan", "true"),
                ("comment", "true"),
            ],
            &[
                "review",
                "--target=prod",
                "--base=origin/main",
                "--plan",
                "--comment",
            ],
        ),
        (
            &[
                ("command", "plan"),
                ("target", "prod"),
                ("plan", "p.json"),
                ("exit-code", "true"),
            ],
            &["plan", "--target=prod", "--exit-code", "--out=p.json"],
        ),
        (
            &[("command", "deploy"), ("plan", "p.json")],
            &["deploy", "--", "p.json"],
        ),
        (
            &[("command", "promote"), ("from", "staging"), ("to", "prod")],
            &["promote", "--from=staging", "--to=prod"],
        ),
        (
            &[("command", "diff"), ("revisions", "main..HEAD")],
            &["diff", "--", "main..HEAD"],
        ),
    ];
    for (inputs, expected) in cases {
        assert_eq!(Runner::new().run(inputs).arguments.unwrap(), expected);
    }
}

#[test]
fn the_result_can_go_to_a_file_too() {
    let runner = Runner::ending_with(10);
    let ran = runner.run(&[
        ("command", "plan"),
        ("format", "markdown"),
        ("result", "plan $(id).md"),
        ("allow", "drift\nextract-loss"),
    ]);
    assert_eq!(
        ran.arguments.unwrap(),
        [
            "plan",
            "--allow=drift",
            "--allow=extract-loss",
            "--format=markdown"
        ]
    );
    assert_eq!(ran.output.status.code(), Some(10));
    assert_eq!(ran.outputs["verdict"], "changes");
    let file = runner.path("checkout/plan $(id).md");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "the result\n");
    assert_eq!(String::from_utf8_lossy(&ran.output.stdout), "the result\n");
    assert!(ran.outputs["report"].ends_with("/checkout/plan $(id).md"));
}

#[test]
fn hostile_values_stay_one_argument() {
    let hostile = [
        "$(touch pwned)",
        "`touch pwned`",
        "\"; touch pwned; \"",
        "'; touch pwned; '",
        "a && touch pwned",
        "${IFS}touch${IFS}pwned",
        "--report=json=/etc/passwd",
        "*",
        "é 中",
    ];
    for value in hostile {
        let runner = Runner::new();
        let ran = runner.run(&[("target", value), ("paths", value), ("select", value)]);
        let expected = [
            "check".to_owned(),
            format!("--target={value}"),
            format!("--select={value}"),
            "--".to_owned(),
            value.to_owned(),
        ];
        assert_eq!(ran.arguments.unwrap(), expected);
        assert_eq!(
            std::fs::read_dir(runner.path("checkout")).unwrap().count(),
            0
        );
    }
}

#[test]
fn a_value_with_lines_cannot_write_outputs_of_its_own() {
    let runner = Runner::new();
    let folder = "a\nverdict<<x\npassed\nx\nb";
    std::fs::create_dir(runner.path("checkout").join(folder)).unwrap();
    let ran = Runner { code: 1, ..runner }
        .run(&[("working-directory", folder), ("reports", "json=r.json")]);
    assert_eq!(ran.outputs["verdict"], "findings");
    assert!(
        ran.outputs["report"].ends_with("b/r.json"),
        "{:?}",
        ran.outputs
    );
    assert_eq!(ran.outputs.len(), 3);
}

#[test]
fn the_exit_code_is_passed_on_with_a_verdict() {
    let verdicts = [
        (0, "passed"),
        (1, "findings"),
        (2, "usage"),
        (3, "nothing-matched"),
        (4, "unreachable"),
        (5, "restored"),
        (6, "refused"),
        (7, "incomplete"),
        (10, "changes"),
        (130, "interrupted"),
        (101, "failed"),
    ];
    for (code, verdict) in verdicts {
        let ran = Runner::ending_with(code).run(&[]);
        assert_eq!(ran.output.status.code(), Some(code));
        assert_eq!(ran.outputs["verdict"], verdict);
        assert_eq!(ran.outputs["exit-code"], code.to_string());
    }
}

#[test]
fn a_wrong_input_is_refused_before_the_run() {
    let cases = [
        (("command", "rm -rf"), "no command 'rm -rf'"),
        (("sandbox", "yes"), "sandbox is true or false"),
        (("with-plan", "p.json"), "with-plan is true or false"),
        (("working-directory", "nowhere"), "no folder 'nowhere'"),
    ];
    for (input, said) in cases {
        let ran = Runner::new().run(&[input]);
        assert_eq!(ran.output.status.code(), Some(2));
        assert!(ran.arguments.is_none());
        let stderr = String::from_utf8_lossy(&ran.output.stderr).into_owned();
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[test]
fn only_a_run_with_a_comment_sees_the_token() {
    let seen = |inputs: Inputs, more: &[(&str, &str)]| {
        let runner = Runner::new();
        runner.run_step("Run tabship", inputs, more);
        let seen = std::fs::read_to_string(runner.path("arguments.environment")).unwrap();
        let held = seen.lines().filter(|l| l.contains("hunter2"));
        held.map(str::to_owned).collect::<Vec<_>>()
    };
    let token = ("token", "hunter2");
    assert_eq!(seen(&[token], &[]), Vec::<String>::new());
    let review = [("command", "review"), token, ("comment", "true")];
    assert_eq!(seen(&review, &[]), ["GITHUB_TOKEN=hunter2"]);
    // The job's own choice comes first.
    let own = [("GITHUB_TOKEN", "own")];
    assert_eq!(seen(&review, &own), Vec::<String>::new());
}

/// A release of one version, served from a folder.
fn release(runner: &Runner, checksum: Option<&str>) -> String {
    release_for(runner, "gnu", checksum)
}

fn release_for(runner: &Runner, libc: &str, checksum: Option<&str>) -> String {
    let folder = runner.path("releases/v1.2.3");
    std::fs::create_dir_all(&folder).unwrap();
    let machine = if cfg!(target_arch = "aarch64") {
        "aarch64"
    } else {
        "x86_64"
    };
    let archive = format!("tabship-1.2.3-{machine}-unknown-linux-{libc}.tar.gz");
    let made = Command::new("bash")
        .args([
            "-c",
            "tar -czf \"$1\" -C \"$2\" tabship && sha256sum < \"$1\"",
            "-",
        ])
        .arg(folder.join(&archive))
        .arg(runner.path("bin"))
        .output()
        .unwrap();
    assert!(made.status.success());
    let sum = String::from_utf8(made.stdout).unwrap();
    let sum = checksum.unwrap_or(sum.split(' ').next().unwrap());
    std::fs::write(folder.join("SHA256SUMS"), format!("{sum}  {archive}\n")).unwrap();
    format!("file://{}", runner.path("releases").display())
}

fn install(runner: &Runner, inputs: &[(&str, &str)], releases: &str) -> Ran {
    runner.run_step(
        "Install tabship",
        inputs,
        &[("TABSHIP_RELEASES_URL", releases)],
    )
}

#[test]
fn a_release_is_installed_when_its_checksum_fits() {
    let runner = Runner::new();
    let releases = release(&runner, None);
    let ran = install(&runner, &[("version", "v1.2.3")], &releases);
    let stderr = String::from_utf8_lossy(&ran.output.stderr);
    assert!(ran.output.status.success(), "{stderr}");
    let path = std::fs::read_to_string(runner.path("path")).unwrap();
    assert!(Path::new(path.trim_end()).join("tabship").is_file());
}

/// Its `ldd` says so, and fails.
#[test]
fn where_the_c_library_is_musl_the_static_binary_is_installed() {
    let runner = Runner::new();
    let releases = release_for(&runner, "musl", None);
    let ldd = runner.path("musl/ldd");
    std::fs::create_dir_all(ldd.parent().unwrap()).unwrap();
    std::fs::write(&ldd, "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n").unwrap();
    let chmod = Command::new("chmod").arg("+x").arg(&ldd).status().unwrap();
    assert!(chmod.success());
    let path = format!(
        "{}:{}",
        ldd.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let ran = runner.run_step(
        "Install tabship",
        &[("version", "1.2.3")],
        &[("TABSHIP_RELEASES_URL", &releases), ("PATH", &path)],
    );
    let stderr = String::from_utf8_lossy(&ran.output.stderr);
    assert!(ran.output.status.success(), "{stderr}");
}

#[test]
fn a_release_with_another_checksum_is_not_installed() {
    let other = "0".repeat(64);
    for inputs in [
        vec![("version", "1.2.3")],
        vec![("version", "1.2.3"), ("sha256", other.as_str())],
    ] {
        let runner = Runner::new();
        let releases = release(&runner, (inputs.len() == 1).then_some(other.as_str()));
        let ran = install(&runner, &inputs, &releases);
        assert_eq!(ran.output.status.code(), Some(2));
        let stderr = String::from_utf8_lossy(&ran.output.stderr).into_owned();
        assert!(stderr.contains("it is not installed"), "{stderr}");
        assert!(!runner.path("path").exists());
        assert!(!runner.path("temp/tabship/bin/tabship").exists());
    }
}

#[test]
fn a_version_is_a_version() {
    for version in ["latest", "1.2", "../1.2.3", "1.2.3;id", "1.2.3/../4.5.6"] {
        let ran = install(&Runner::new(), &[("version", version)], "file:///nowhere");
        assert_eq!(ran.output.status.code(), Some(2), "{version}");
    }
}

/// The flags that the action makes are flags that the command takes.
#[test]
fn the_command_takes_what_the_action_makes() {
    let site: &[(&str, &str)] = &[("sandbox", "true"), ("jobs", "2"), ("timeout", "10m")];
    let check = [
        ("changed-since", "origin/main"),
        ("reports", "sarif=a.sarif"),
        ("paths", "a.twb\nb.twbx"),
    ];
    let plan = [
        ("target", "dev"),
        ("plan", "p.json"),
        ("exit-code", "true"),
        ("allow", "drift"),
        ("select", "Sales"),
    ];
    let deploy = [("plan", "p.json"), ("allow", "drift"), ("select", "Sales")];
    let promote = [("from", "staging"), ("to", "prod"), ("select", "Sales")];
    let review = [
        ("base", "origin/main"),
        ("target", "dev"),
        ("with-plan", "true"),
        ("comment", "true"),
        ("reports", "sarif=a.sarif"),
    ];
    let cases = [
        ("check", check.as_slice(), &[][..]),
        ("review", &review, site),
        ("diff", &[("revisions", "a..b")], &[]),
        ("plan", &plan, site),
        ("deploy", &deploy, site),
        ("promote", &promote, site),
        ("status", &[("target", "dev"), ("format", "markdown")], site),
        ("doctor", &[("target", "dev")], &[]),
        ("cleanup", &[("of", "feature/x")], site),
    ];
    for (command, own, more) in cases {
        let root = tabship::cli::command();
        if root.find_subcommand(command).is_none() {
            continue;
        }
        let mut inputs = vec![("command", command), ("manifest", "tabship.yml")];
        inputs.extend_from_slice(own);
        inputs.extend_from_slice(more);
        let mut line = vec!["tabship".to_owned()];
        line.extend(Runner::new().run(&inputs).arguments.unwrap());
        let parsed = root.try_get_matches_from(&line);
        assert!(parsed.is_ok(), "{line:?}\n{}", parsed.unwrap_err());
    }
}
