//! `security/external-address`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::lint::File;
use crate::lint::address::{self, Parts, addresses};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports URL actions, web objects and links of images that lead to a host which is not on your list, or to one that a field
    /// decides.
    ///
    /// ## Why is this bad?
    /// A URL action sends values of the data to the host that it opens. Where that is should be a decision that somebody made.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   security/external-address: { level: error, allow: ["*.example.com", "wiki.example.org"] }
    /// ```
    ///
    /// ## Options
    /// `allow`: hosts; `*.example.com` is any host below it. `dynamic`: what to do where a field decides the host: `report` (default)
    /// or `ignore`.
    ExternalAddress, "security/external-address", "link leads to a host that is not on the list", Levels::CONFIGURED, Options, check
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Hosts; `*.example.com` is any host below it.
    allow: Vec<String>,
    dynamic: Dynamic,
}

/// What to do where a field decides the host.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Dynamic {
    #[default]
    Report,
    Ignore,
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for address in addresses(document) {
        let parts = Parts::of(&address.text.value);
        // Addresses that stay on the site have no host; mail programs are no hosts.
        if parts.host.is_empty() || !matches!(parts.scheme.as_str(), "" | "http" | "https" | "ftp") {
            continue;
        }
        let message = if parts.is_dynamic() {
            if options.dynamic == Dynamic::Ignore {
                continue;
            }
            format!("{} leads to a host that a field decides", address.what)
        } else if address::allows(&options.allow, parts.host) {
            continue;
        } else {
            format!("{} leads to `{}`, which is not on the list", address.what, parts.host)
        };
        sink.report(address.text.span, address.subjects, message).help("use a host of the list, or have it added to `security/external-address: allow:`");
    }
}
