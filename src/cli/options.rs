//! Options that several commands share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::manifest::Manifest;

use super::failure::{Failure, Kind};
use super::streams::{Color, Verbosity};

/// What every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,

    /// The manifest [default: the nearest tabship.yml upward]
    #[arg(short = 'f', long = "manifest", value_name = "FILE", global = true)]
    pub(crate) manifest: Option<PathBuf>,

    /// How results are written to stdout
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        global = true
    )]
    pub(crate) format: Format,

    /// When to colour
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true)]
    pub(crate) color: Color,

    /// Say nothing but the result and what went wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,

    /// Say more: decisions (-v), requests (-vv)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

impl Global {
    pub(crate) fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::Debug,
        }
    }
}

/// The targets that a command looks at.
#[derive(Debug, Clone, Args)]
pub(crate) struct Targets {
    /// Targets, separated by commas [default: all]
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    target: Vec<String>,
}

impl Targets {
    /// Those that are named, or all of the manifest; never none.
    pub(crate) fn names(&self, manifest: &Manifest) -> Result<Vec<String>, Failure> {
        if !self.target.is_empty() {
            return Ok(self.target.clone());
        }
        let all: Vec<String> = manifest.raw.targets.keys().cloned().collect();
        if all.is_empty() {
            return Err(
                Failure::new(Kind::NothingMatched, "the manifest has no targets")
                    .hint("add one under `targets:`"),
            );
        }
        Ok(all)
    }
}

/// Every format that some command writes; a command says which it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// Stable, versioned, documented
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML
    Junit,
    /// GitHub annotations
    Github,
    /// GitLab code quality
    Gitlab,
    /// Azure Pipelines issues
    Azure,
    /// For comments and summaries
    Markdown,
    /// One page that stands alone
    Html,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Azure => "azure",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }
}

/// `--report FORMAT=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct ReportFile {
    pub(crate) format: Format,
    pub(crate) file: PathBuf,
}

impl std::str::FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is not FORMAT=FILE, such as sarif=tabship.sarif"))?;
        let format = Format::from_str(format, false).map_err(|_| {
            let all: Vec<&str> = Format::value_variants().iter().map(|f| f.name()).collect();
            format!("`{format}` is no format; there are {}", all.join(", "))
        })?;
        if file.is_empty() {
            return Err("the file after `=` is missing".to_owned());
        }
        Ok(Self {
            format,
            file: file.into(),
        })
    }
}

/// What a command that talks to a site takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Site options")]
pub(crate) struct Sites {
    /// Run against the embedded sandbox instead of the manifest's servers: every target is a site of it, and no
    /// credentials are needed [default DIR: .tabship/sandbox]
    #[arg(long, value_name = "DIR", num_args = 0..=1, require_equals = true)]
    pub(crate) sandbox: Option<Option<PathBuf>>,

    /// Items that are published at the same time, at most: a run begins with 8, takes more as long as the site keeps
    /// up, and fewer when it answers that it has too much to do
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) jobs: u16,

    /// Bound for one request, and for waiting for one job; 90s, 10m, 2h
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = duration)]
    pub(crate) timeout: Duration,

    /// The branch, where git and the CI's variables do not tell
    #[arg(long, value_name = "BRANCH")]
    pub(crate) branch: Option<String>,
}

impl Sites {
    /// The targets whose secrets and variables the run needs: none with the sandbox.
    pub(crate) fn used<'n>(&self, targets: &'n [&'n str]) -> &'n [&'n str] {
        if self.sandbox.is_some() { &[] } else { targets }
    }
}

/// `90s`, `10m`, `2h`, or seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(format!("`{text}` is no time; write 90s, 10m or 2h")),
    };
    let number: u64 = number
        .parse()
        .map_err(|_| format!("`{text}` is no time; write 90s, 10m or 2h"))?;
    match number.saturating_mul(factor) {
        0 => Err("the time must be more than zero".to_owned()),
        seconds => Ok(Duration::from_secs(seconds)),
    }
}

/// `500kB`, `10MB`, `1GB`, or bytes.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size; write 500kB or 10MB");
    let (number, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let factor = match unit {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
        .filter(|n| *n > 0)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_or_are_seconds() {
        assert_eq!(duration("90"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("10m"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
        for wrong in ["", "m", "1.5h", "-1", "5 m", "0", "3d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_report_names_a_format_and_a_file() {
        let report: ReportFile = "sarif=out/t.sarif".parse().unwrap();
        assert_eq!(
            (report.format, report.file.to_str()),
            (Format::Sarif, Some("out/t.sarif"))
        );
        for wrong in ["sarif", "sarif=", "xml=a"] {
            assert!(wrong.parse::<ReportFile>().is_err(), "{wrong}");
        }
    }
}
