//! `tabship sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::Session;
use super::failure::{Failure, Kind};
use super::sandbox_site::ADDRESS;

/// Serve the embedded Tableau-compatible site
///
/// Tableau's own clients work with it: sign in to it with tabcmd or tableauserverclient as user admin with password
/// admin, or with the personal access token sandbox and its secret sandbox-secret. Nothing leaves this machine.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value_t = ADDRESS)]
    listen: SocketAddr,

    /// Folder of its state [default: .tabship/sandbox beside the manifest, or here]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// YAML file with sites, users, groups, tokens, projects, and how the server behaves
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Newest version of the REST API that it offers
    #[arg(long, value_name = "VERSION", default_value = "3.29")]
    api_version: String,

    /// Version of Tableau that it says it is
    #[arg(long, value_name = "VERSION", default_value = "2026.2.0")]
    product_version: String,

    /// Wait before every request; 50ms, 2s
    #[arg(long, value_name = "TIME", value_parser = milliseconds)]
    latency: Option<Duration>,

    /// Bytes per second of all bodies; 100MB/s
    #[arg(long, value_name = "RATE", value_parser = bytes_per_second)]
    bandwidth: Option<u64>,

    /// Make trouble on purpose: `PUT /fileUploads/* nth=3 status=503`; may be repeated
    #[arg(long, value_name = "RULE")]
    fault: Vec<String>,

    /// Append a JSON object for each request
    #[arg(long, value_name = "FILE")]
    log_requests: Option<PathBuf>,
}

#[cfg(feature = "sandbox")]
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Result<(), Failure> {
    let builder = builder(session, arguments)?;
    super::ready::block_on(async {
        let sandbox = builder.start().await.map_err(|e| not_started(&e))?;
        session
            .streams
            .result(&format!("listening on {}\n", sandbox.url()));
        session.streams.say(match arguments.seed {
            None => {
                "user admin, password admin; token sandbox, secret sandbox-secret; Ctrl-C ends it"
            }
            Some(_) => "users and tokens are the seed's; Ctrl-C ends it",
        });
        if !arguments.listen.ip().is_loopback() {
            session.streams.warn("everybody who can reach this machine can sign in to it: it listens on more than loopback");
        }
        let _ = super::ready::asked_to_stop().await;
        sandbox.stop().await;
        Ok(())
    })
}

#[cfg(feature = "sandbox")]
fn not_started(error: &tabship_sandbox::StartError) -> Failure {
    use tabship_sandbox::StartError;
    let (kind, hint) = match error {
        StartError::Listen { .. } => (
            Kind::Unreachable,
            "`--listen 127.0.0.1:0` takes a free port",
        ),
        StartError::Folder { .. } | StartError::Database { .. } => (
            Kind::Unreachable,
            "one sandbox at a time uses a folder, which must be writable; `--data DIR` takes another",
        ),
        StartError::RequestLog { .. } => (
            Kind::Usage,
            "`--log-requests FILE` needs a file that can be written, in a folder that exists",
        ),
        StartError::ApiVersion(_) => (Kind::Usage, "`--api-version 3.29` is the newest"),
        _ => (
            Kind::Usage,
            "docs/sandbox.md shows what a seed can say; it adds to what the folder given with `--data` holds",
        ),
    };
    Failure::new(kind, "the sandbox does not start")
        .because(error)
        .hint(hint)
}

#[cfg(feature = "sandbox")]
fn builder(session: &Session, arguments: &Arguments) -> Result<tabship_sandbox::Builder, Failure> {
    let directory = session.directory()?;
    let manifest = session.find_manifest()?;
    let workspace = match &manifest {
        Some(path) => session.read_workspace(path, &[], None)?.0,
        None => None,
    };
    let base = workspace
        .as_ref()
        .map_or_else(|| directory.clone(), |w| w.folder.clone());
    let data = arguments
        .data
        .as_ref()
        .map_or_else(|| base.join(".tabship/sandbox"), |d| directory.join(d));
    std::fs::create_dir_all(&data)
        .map_err(|e| Failure::usage(format!("`{}` cannot be used", data.display())).because(&e))?;
    let mut builder = match &workspace {
        Some(workspace) => super::sandbox_site::builder(&workspace.manifest),
        None => tabship_sandbox::Sandbox::builder(),
    };
    if let Some(seed) = &arguments.seed {
        let path = directory.join(seed);
        let wrong = |e: &dyn std::error::Error| {
            Failure::usage(format!("the seed `{}` is wrong", path.display())).because(e)
        };
        let text = std::fs::read_to_string(&path).map_err(|e| wrong(&e))?;
        builder = builder.seed(
            tabship_sandbox::Seed::parse(&text).map_err(|e| wrong(&std::io::Error::other(e)))?,
        );
    }
    builder = builder
        .data(data)
        .listen(arguments.listen)
        .api_version(&arguments.api_version)
        .product_version(&arguments.product_version);
    if let Some(latency) = arguments.latency {
        builder = builder.latency(latency);
    }
    if let Some(bandwidth) = arguments.bandwidth {
        builder = builder.bandwidth(bandwidth);
    }
    for rule in &arguments.fault {
        let fault = rule.parse().map_err(|e: tabship_sandbox::BadFault| {
            Failure::usage(format!("`--fault {rule}` is no rule")).because(&e)
        })?;
        builder = builder.fault(fault);
    }
    if let Some(file) = &arguments.log_requests {
        builder = builder.log_requests(directory.join(file));
    }
    Ok(builder)
}

#[cfg(not(feature = "sandbox"))]
pub(crate) fn run(_session: &Session, _arguments: &Arguments) -> Result<(), Failure> {
    Err(Failure::new(Kind::Usage, "this build has no sandbox")
        .hint("build it with the feature `sandbox`"))
}

/// A number without a unit is refused: everywhere else it is seconds, and who waits for a request thinks in milliseconds.
fn milliseconds(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time; write 50ms or 2s");
    match text.strip_suffix("ms") {
        Some(number) => number
            .parse()
            .map(Duration::from_millis)
            .map_err(|_| wrong()),
        None if text.ends_with(|c: char| c.is_ascii_digit()) => Err(wrong()),
        None => super::options::duration(text).map_err(|_| wrong()),
    }
}

fn bytes_per_second(text: &str) -> Result<u64, String> {
    let rate = text.strip_suffix("/s").unwrap_or(text);
    super::options::bytes(rate)
        .map_err(|_| format!("`{text}` is no rate; write 100MB/s or 500kB/s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_has_a_unit() {
        assert_eq!(milliseconds("50ms"), Ok(Duration::from_millis(50)));
        assert_eq!(milliseconds("2s"), Ok(Duration::from_secs(2)));
        for wrong in ["50", "ms", "50msms", "fast"] {
            assert!(milliseconds(wrong).is_err(), "{wrong}");
        }
    }
}
