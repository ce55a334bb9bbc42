//! `tabship rules`.

use serde_json::json;

use crate::diagnostic::Level;
use crate::lint::{self, Page};
use crate::manifest::closest;
use crate::report::style::Style;
use crate::words;

use super::Session;
use super::failure::Failure;
use super::options::Format;

/// List the rules, or explain one
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Id of a rule: naming/workbook
    id: Option<String>,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let pages = match &arguments.id {
        Some(id) => vec![lint::find(id).ok_or_else(|| unknown(id))?],
        None => lint::pages(),
    };
    let text = match (session.global.format, arguments.id.is_some()) {
        (Format::Json, _) => format!(
            "{:#}\n",
            json!({ "schema_version": 1, "rules": pages.iter().map(as_json).collect::<Vec<_>>() })
        ),
        (Format::Human | Format::Markdown, true) => pages.iter().map(page).collect(),
        (Format::Human, false) => pages.iter().map(|p| line(session, p)).collect(),
        (other, _) => return Err(super::no_such_format("rules", other, "human, json")),
    };
    session.streams.result(&text);
    Ok(())
}

fn unknown(id: &str) -> Failure {
    let pages = lint::pages();
    let failure = Failure::usage(format!("no rule is called `{id}`"));
    match closest(id, pages.iter().map(|p| p.meta.id)) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`tabship rules` lists them"),
    }
}

fn level(level: Option<Level>) -> String {
    level.map_or_else(|| "off".to_owned(), |l| l.to_string())
}

fn line(session: &Session, page: &Page) -> String {
    let palette = session.streams.palette();
    let id = format!("{:<32}", page.meta.id);
    format!(
        "{} {:<8} {}\n",
        palette.paint(Style::Name, &id),
        level(page.meta.levels.recommended),
        page.meta.summary
    )
}

/// The page of a rule, as it stands in docs/rules/.
pub(crate) fn page(page: &Page) -> String {
    let meta = page.meta;
    format!(
        "# {}\n\n{}.\n\nLevels: recommended {}, strict {}, optimizer {}.\n\n{}\n",
        meta.id,
        words::capital(meta.summary),
        level(meta.levels.recommended),
        level(meta.levels.strict),
        level(meta.levels.optimizer),
        meta.page().trim_end()
    )
}

fn as_json(page: &Page) -> serde_json::Value {
    let levels = page.meta.levels;
    json!({
        "id": page.meta.id,
        "summary": page.meta.summary,
        "levels": { "recommended": level(levels.recommended), "strict": level(levels.strict), "optimizer": level(levels.optimizer) },
        "options": page.options,
    })
}
