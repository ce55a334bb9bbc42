//! `tabship doctor`: what is said of a target, and how it ends.

use crate::harness::{Tabship, project};

#[test]
fn a_target_that_is_well_says_what_it_is() {
    let acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.run(["doctor", "-t", "dev", "--sandbox"])
        .code(0)
        .stdout_has("ok dev: Tableau 2026.2.0 with REST API 3.29")
        .stdout_has("site role ");
}

#[test]
fn it_ends_as_the_worst_of_its_targets() {
    let acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.run(["doctor", "-t", "dve", "--sandbox"])
        .code(2)
        .stdout_has("did you mean `dev`?");
    // Without the sandbox nothing is there: an address that no name leads to, and a secret that is not set.
    let mut acme = Tabship::new();
    acme.copy(&project("examples/acme"));
    acme.set("TABLEAU_DEV_TOKEN", "t");
    acme.replace("tabship.yml", "tableau-dev.acme.example", "127.0.0.1:1");
    acme.run(["doctor", "-t", "staging", "--timeout", "2s"])
        .code(2);
    acme.run(["doctor", "-t", "dev,staging", "--timeout", "2s"])
        .code(4);
    acme.run(["doctor", "-t", "staging,dev", "--timeout", "2s"])
        .code(4);
}

/// A sandbox of its own, which ends when it is told to as a container is.
#[cfg(unix)]
#[test]
fn an_account_that_only_reads_is_not_well() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut tabship = Tabship::new();
    let seed = "sites:\n  - { contentUrl: dev, name: Dev }\nusers:\n  \
                - { name: admin, password: admin, siteRole: ServerAdministrator }\n  \
                - { name: reader, siteRole: Viewer }\ntokens:\n  - { name: ci, secret: s3cret, user: reader }\n";
    tabship.write("seed.yml", seed);
    let mut sandbox = tabship
        .command(["sandbox", "--listen", "127.0.0.1:0", "--seed", "seed.yml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(sandbox.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line.trim().strip_prefix("listening on ").unwrap();
    let manifest = format!(
        "version: 1\ntargets:\n  dev: {{ server: \"{address}\", site: dev, auth: {{ token_name: ci, token_secret: {{ env: TOKEN }} }} }}\n"
    );
    tabship.write("tabship.yml", manifest);
    tabship.set("TOKEN", "s3cret");
    tabship
        .run(["doctor", "-t", "dev"])
        .code(4)
        .stdout_has("site role `Viewer` cannot publish");
    let id = sandbox.id().to_string();
    let told = Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert!(told.success());
    assert!(sandbox.wait().unwrap().success(), "it was killed");
}
