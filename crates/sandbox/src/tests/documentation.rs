//! The table of endpoints in the manual is the router's.

use std::fmt::Write;
use std::path::Path;

use crate::router::{Access, ROUTES};

const START: &str = "<!-- endpoints -->\n";
const END: &str = "<!-- /endpoints -->\n";

fn table() -> String {
    let mut table = "| method | path | version | scope |\n|---|---|---|---|\n".to_owned();
    for route in ROUTES {
        let scope = match (route.access, route.scope) {
            (Access::Public, _) => "no session".to_owned(),
            (_, Some("")) => "any".to_owned(),
            (_, Some(scope)) => format!("`{scope}`"),
            (_, None) => String::new(),
        };
        writeln!(
            table,
            "| {} | `{}` | {} | {scope} |",
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
