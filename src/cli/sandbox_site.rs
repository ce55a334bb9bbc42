//! `--sandbox`: the embedded site in place of the manifest's servers.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use url::Url;

use crate::api::Secret;
use crate::manifest::Manifest;

use super::failure::{Failure, Kind};
use super::options::Sites;

/// Where `tabship sandbox` listens when it is not told otherwise, so that addresses that were printed stay true.
pub(crate) const ADDRESS: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8765);

/// The running site. It stops when this is dropped.
#[cfg(feature = "sandbox")]
pub(crate) struct Embedded {
    sandbox: tabship_sandbox::Sandbox,
}

/// The sandbox is no part of this build.
#[cfg(not(feature = "sandbox"))]
pub(crate) struct Embedded {}

/// Folder of the sandbox's state: what `--sandbox=DIR` says, else `.tabship/sandbox` beside the manifest.
pub(crate) fn folder(sites: &Sites, state: &Path) -> PathBuf {
    sites
        .sandbox
        .clone()
        .flatten()
        .unwrap_or_else(|| state.join("sandbox"))
}

/// Starts it when it is asked for, with a site for every target.
pub(crate) async fn start(
    sites: &Sites,
    manifest: &Manifest,
    state: &Path,
) -> Result<Option<Embedded>, Failure> {
    if sites.sandbox.is_none() {
        return Ok(None);
    }
    let folder = folder(sites, state);
    // Two runs at once: the second takes any free port.
    match open(manifest, &folder, ADDRESS).await {
        Ok(embedded) => Ok(Some(embedded)),
        Err(_) => open(
            manifest,
            &folder,
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        )
        .await
        .map(Some),
    }
}

#[cfg(feature = "sandbox")]
async fn open(manifest: &Manifest, folder: &Path, listen: SocketAddr) -> Result<Embedded, Failure> {
    let failed = |e: &dyn std::error::Error| {
        Failure::new(
            Kind::Unreachable,
            format!("the sandbox in `{}` does not start", folder.display()),
        )
        .because(e)
    };
    std::fs::create_dir_all(folder).map_err(|e| failed(&e))?;
    let mut builder = builder(manifest).data(folder).listen(listen);
    for name in manifest.raw.targets.keys() {
        builder = builder.token(token_name(name), token_secret(name));
    }
    let sandbox = builder.start().await.map_err(|e| failed(&e))?;
    Ok(Embedded { sandbox })
}

/// A site for each target, and the people that the manifest names.
#[cfg(feature = "sandbox")]
pub(crate) fn builder(manifest: &Manifest) -> tabship_sandbox::Builder {
    let sites = manifest
        .raw
        .targets
        .keys()
        .map(|name| (name.clone(), name.clone()));
    let owners = manifest.raw.content.iter().flat_map(|c| {
        c.owner
            .iter()
            .chain(c.targets.values().filter_map(|t| t.owner.as_ref()))
    });
    let mut people: Vec<&String> = owners.collect();
    people.sort();
    people.dedup();
    people.into_iter().fold(
        tabship_sandbox::Sandbox::builder().sites(sites),
        |builder, name| builder.user(name, "Creator"),
    )
}

#[cfg(not(feature = "sandbox"))]
async fn open(
    _manifest: &Manifest,
    _folder: &Path,
    _listen: SocketAddr,
) -> Result<Embedded, Failure> {
    Err(Failure::new(Kind::Usage, "this build has no sandbox")
        .hint("build it with the feature `sandbox`"))
}

fn token_name(target: &str) -> String {
    format!("tabship-{target}")
}

/// The sandbox is on loopback and holds nothing real: its secrets are no secrets.
fn token_secret(target: &str) -> String {
    format!("sandbox-{target}")
}

impl Embedded {
    /// Name and secret of a token of its own for a target: one token carries one session.
    pub(crate) fn token(&self, target: &str) -> (String, Secret) {
        (token_name(target), Secret::new(token_secret(target)))
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn url(&self) -> Result<Url, Failure> {
        self.sandbox
            .url()
            .parse()
            .map_err(|e: url::ParseError| Failure::usage("the sandbox has no address").because(&e))
    }

    #[cfg(not(feature = "sandbox"))]
    pub(crate) fn url(&self) -> Result<Url, Failure> {
        Err(Failure::usage("this build has no sandbox"))
    }

    /// Ends it once all that was asked is on disk.
    #[cfg(feature = "sandbox")]
    pub(crate) async fn stop(self) {
        self.sandbox.stop().await;
    }

    #[cfg(not(feature = "sandbox"))]
    pub(crate) async fn stop(self) {}
}
