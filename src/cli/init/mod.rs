//! `tabship init`.

mod live;
mod manifest;

use std::path::Path;

use super::Session;
use super::failure::{Failure, Kind};
use super::options::Sites;
use super::workspace::content_files;

const WORKFLOW: &str = include_str!("workflow.yml");

/// Tableau's bytes stay as they are, and `git diff` speaks of fields and sheets.
const ATTRIBUTES: &str = "\
*.twb  -text diff=tabship
*.tds  -text diff=tabship
*.twbx binary diff=tabship
*.tdsx binary diff=tabship
*.tfl  binary diff=tabship
*.tflx binary diff=tabship
";

/// Write a commented tabship.yml from the Tableau files that are here, or from a site
///
/// Never overwrites: a file that is there already is left alone, and said.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address of the server for the first target
    #[arg(
        long,
        value_name = "URL",
        default_value = "https://tableau.example.com"
    )]
    server: String,

    /// Content URL of the site for the first target; empty for the Default site
    #[arg(long, value_name = "SITE", default_value = "")]
    site: String,

    /// Download what the site holds, a folder for each project; the token's secret is in `TABLEAU_TOKEN`
    #[arg(long)]
    from_live: bool,

    /// Name of the personal access token
    #[arg(long, value_name = "NAME", default_value = "tabship")]
    token_name: String,

    /// Leave extracts on the site; such a file is not deployed over an item with data
    #[arg(long, requires = "from_live")]
    without_data: bool,

    /// Write a GitHub workflow that reviews each pull request
    #[arg(long)]
    github: bool,

    #[command(flatten)]
    sites: Sites,
}

pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let folder = session.directory()?;
    let path = folder.join("tabship.yml");
    if path.exists() {
        return Err(Failure::new(
            Kind::Refused,
            format!("`{}` is there already, and is left alone", path.display()),
        )
        .hint("`tabship check` says whether it is right"));
    }
    if arguments.sites.sandbox.is_some() {
        return Err(Failure::usage("`init` has no manifest to make a sandbox of").hint(
            "`tabship sandbox` serves one; name its address: `tabship init --from-live --server URL`",
        ));
    }
    let (count, entries) = if arguments.from_live {
        live::fetch(session, arguments, &folder)?
    } else {
        here(&folder)?
    };
    let (server, site) = (&arguments.server, &arguments.site);
    let text = manifest::text(server, site, &arguments.token_name, &entries);
    write(&path, &text)?;
    session
        .streams
        .result(&format!("wrote tabship.yml for {count} files\n"));
    let workflow = WORKFLOW.replace("{version}", env!("CARGO_PKG_VERSION"));
    let mut beside = vec![
        (".gitignore", ".tabship/\n"),
        (".gitattributes", ATTRIBUTES),
    ];
    if arguments.github {
        beside.push((".github/workflows/tableau-review.yml", &workflow));
    }
    for (name, text) in beside {
        let path = folder.join(name);
        if path.exists() {
            session.streams.say(&format!(
                "{name} is there already; tabship would have written:\n{text}"
            ));
        } else {
            write(&path, text)?;
            session.streams.result(&format!("wrote {name}\n"));
        }
    }
    session.streams.say(
        "\nNext:\n  tabship check                   validates what is there\n  tabship deploy -t dev --sandbox  rehearses a deployment, without a site\n  git config diff.tabship.textconv 'tabship diff --textconv'  lets `git diff` speak of fields and sheets",
    );
    Ok(())
}

/// The files that are here.
fn here(folder: &Path) -> Result<(usize, Vec<manifest::Entry>), Failure> {
    let files = content_files(folder)?;
    if files.is_empty() {
        return Err(Failure::new(
            Kind::NothingMatched,
            format!("there is no Tableau file in `{}`", folder.display()),
        )
        .hint("begin in the folder that holds .twb, .twbx, .tds, .tdsx, .tfl or .tflx files")
        .hint("or take what a site holds: `tabship init --from-live --server URL --site SITE`"));
    }
    Ok((files.len(), manifest::entries(&files)))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::write(path, text))
        .map_err(|e| Failure::usage(format!("`{}` cannot be written", path.display())).because(&e))
}
