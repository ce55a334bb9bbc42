//! The command line: one file a command, the streams, the environment, the exit codes.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

mod check;
mod checking;
mod cleanup;
mod completions;
mod deploy;
mod desired;
mod diff;
mod doctor;
mod ending;
mod environment;
mod execution;
mod failure;
mod findings;
mod fix;
mod init;
mod locking;
mod man;
mod next_steps;
mod options;
mod passage;
mod plan;
mod planning;
mod profile;
mod progress;
mod promote;
mod promotion;
mod ready;
mod recorded;
mod resume;
mod review;
mod rollback;
mod rules;
mod sandbox;
mod sandbox_site;
mod schema;
mod selection;
mod several;
mod site;
mod status;
mod streams;
mod target;
mod workspace;

use environment::Environment;
use failure::Failure;
use options::Global;
use streams::Streams;

const BEGIN: &str = "Begin with `tabship init` in a folder with Tableau files, or try one file: `tabship check FILE.twbx`.";

/// Bring Tableau content from git to Tableau Server and Tableau Cloud
///
/// A manifest, tabship.yml, says which git branch goes to which site and project. `check` validates it and the
/// workbooks, data sources and flows offline; `plan` shows what a deployment would do; `deploy` and `promote` do it,
/// put back what a publish drops, and prove the result.
#[derive(Debug, Parser)]
#[command(
    name = "tabship",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
#[command(after_help = BEGIN, after_long_help = format!("{BEGIN}\n\n{}", failure::exit_codes_help()))]
struct Arguments {
    #[command(flatten)]
    global: Global,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Check(check::Arguments),
    Rules(rules::Arguments),
    Diff(diff::Arguments),
    Review(review::Arguments),
    Plan(plan::Arguments),
    Deploy(deploy::Arguments),
    Promote(promote::Arguments),
    Rollback(rollback::Arguments),
    Status(status::Arguments),
    Cleanup(cleanup::Arguments),
    Doctor(doctor::Arguments),
    Sandbox(sandbox::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// What every command is handed.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) global: Global,
    pub(crate) environment: Environment,
    pub(crate) streams: Streams,
}

/// The command line's definition, for the generated reference and its tests.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// A rule's page as it stands in docs/rules/.
pub fn rule_page(page: &crate::lint::Page) -> String {
    rules::page(page)
}

/// Runs the process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let environment = Environment::of_process();
    let streams = Streams::new(
        arguments.global.color,
        arguments.global.verbosity(),
        arguments.global.format,
        &environment,
    );
    if streams.verbosity() >= streams::Verbosity::Debug {
        trace();
    }
    let session = Session {
        global: arguments.global,
        environment,
        streams,
    };
    match run(&session, &arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            session.streams.fail(&failure);
            ExitCode::from(failure.kind.code())
        }
    }
}

/// Requests and decisions to stderr. What is traced never holds a body or a secret.
fn trace() {
    let subscriber = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::DEBUG)
        .with_target(false)
        .without_time()
        .finish();
    // Set once: there is one command a process.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

fn run(session: &Session, command: &Command) -> Result<(), Failure> {
    match command {
        Command::Init(arguments) => init::run(session, arguments),
        Command::Check(arguments) => check::run(session, arguments),
        Command::Rules(arguments) => rules::run(session, arguments),
        Command::Diff(arguments) => diff::run(session, arguments),
        Command::Review(arguments) => review::run(session, arguments),
        Command::Plan(arguments) => plan::run(session, arguments),
        Command::Deploy(arguments) => deploy::run(session, arguments),
        Command::Promote(arguments) => promote::run(session, arguments),
        Command::Rollback(arguments) => rollback::run(session, arguments),
        Command::Status(arguments) => status::run(session, arguments),
        Command::Cleanup(arguments) => cleanup::run(session, arguments),
        Command::Doctor(arguments) => doctor::run(session, arguments),
        Command::Sandbox(arguments) => sandbox::run(session, arguments),
        Command::Schema(arguments) => schema::run(session, arguments),
        Command::Completions(arguments) => completions::run(session, arguments),
        Command::Man(arguments) => man::run(session, arguments),
    }
}

/// Help and version are results; a wrong command line is clap's own exit code, 2.
fn usage(error: &clap::Error) -> ExitCode {
    // Nobody is left to tell when the stream is gone.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn no_such_format(command: &str, format: options::Format, formats: &str) -> Failure {
    Failure::usage(format!("`{command}` has no format {}", format.name()))
        .hint(format!("it has {formats}"))
}
