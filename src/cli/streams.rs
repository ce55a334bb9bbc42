//! The one place that owns the streams: results to stdout, everything else to stderr.

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use super::environment::Environment;
use super::failure::Failure;
use super::options::Format;
use crate::report::harmless;
use crate::report::style::{Palette, Style};

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set; everywhere when `CLICOLOR_FORCE` is.
    #[default]
    Auto,
    Always,
    Never,
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verbosity {
    /// Failures only.
    Quiet,
    #[default]
    Normal,
    /// And decisions.
    Verbose,
    /// And requests.
    Debug,
}

/// Where a command writes. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    verbosity: Verbosity,
    out: Palette,
    err: Palette,
    err_terminal: bool,
    /// A runner reads along, and takes some lines for commands.
    runner: bool,
    /// Results are such commands.
    result_commands: bool,
}

impl Streams {
    pub(crate) fn new(
        color: Color,
        verbosity: Verbosity,
        format: Format,
        environment: &Environment,
    ) -> Self {
        let out_terminal = std::io::stdout().is_terminal();
        let err_terminal = std::io::stderr().is_terminal();
        let colored = |terminal| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if environment.is_set("NO_COLOR") => false,
            Color::Auto if environment.get("CLICOLOR_FORCE").is_some_and(|v| v != "0") => true,
            Color::Auto => terminal && environment.get("TERM").is_none_or(|t| t != "dumb"),
        };
        let inner = Inner {
            verbosity,
            out: Palette::new(colored(out_terminal)),
            err: Palette::new(colored(err_terminal)),
            err_terminal,
            runner: environment.is_set("GITHUB_ACTIONS") || environment.is_set("TF_BUILD"),
            result_commands: matches!(format, Format::Github | Format::Azure),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Colours of stdout.
    pub(crate) fn palette(&self) -> Palette {
        self.inner.out
    }

    /// Colours of stderr.
    pub(crate) fn error_palette(&self) -> Palette {
        self.inner.err
    }

    /// Progress is drawn only here.
    pub(crate) fn shows_progress(&self) -> bool {
        self.inner.err_terminal && self.inner.verbosity == Verbosity::Normal
    }

    pub(crate) fn verbosity(&self) -> Verbosity {
        self.inner.verbosity
    }

    /// Writes a result. A reader that has gone away (`| head`) ends the process quietly, as success.
    pub(crate) fn result(&self, text: &str) {
        let safe = harmless::controls(text);
        let safe = if self.inner.runner && !self.inner.result_commands {
            harmless::commands(&safe)
        } else {
            safe
        };
        let mut out = std::io::stdout().lock();
        let written = out.write_all(safe.as_bytes()).and_then(|()| out.flush());
        if written.is_err_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe) {
            end_quietly();
        }
    }

    /// A line on what goes on; not with `-q`.
    pub(crate) fn say(&self, line: &str) {
        if self.inner.verbosity > Verbosity::Quiet {
            self.write_error(&format!("{line}\n"));
        }
    }

    /// A line for those who asked for more.
    pub(crate) fn detail(&self, line: &str) {
        if self.inner.verbosity >= Verbosity::Verbose {
            self.write_error(&format!("{line}\n"));
        }
    }

    /// Said whatever the verbosity: why nothing was done.
    pub(crate) fn must_say(&self, text: &str) {
        self.write_error(text);
    }

    pub(crate) fn warn(&self, line: &str) {
        let label = self.inner.err.paint(Style::Warning, "warning");
        self.write_error(&format!("{label}: {line}\n"));
    }

    /// Says why a command ended.
    pub(crate) fn fail(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        let palette = self.inner.err;
        let mut text = format!(
            "{}: {}\n",
            palette.paint(Style::Error, "error"),
            failure.message
        );
        for cause in &failure.causes {
            text.push_str(&format!(
                "  {} {cause}\n",
                palette.paint(Style::Dim, "because:")
            ));
        }
        for hint in &failure.hints {
            text.push_str(&format!(
                "  {} {hint}\n",
                palette.paint(Style::Hint, "help:")
            ));
        }
        self.write_error(&text);
    }

    fn write_error(&self, text: &str) {
        let safe = harmless::controls(text);
        let safe = if self.inner.runner {
            harmless::commands(&safe)
        } else {
            safe
        };
        // Nobody is left to tell when stderr is gone.
        let _ = std::io::stderr().lock().write_all(safe.as_bytes());
    }
}

#[expect(
    clippy::exit,
    reason = "a broken pipe is the reader's way to say: enough"
)]
fn end_quietly() {
    std::process::exit(0);
}
