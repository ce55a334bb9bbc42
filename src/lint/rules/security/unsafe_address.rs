//! `security/unsafe-address`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::address::{Parts, addresses, is_local_host};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports URL actions, web objects and links of images that begin with `javascript:`, `data:` or `file:`, that lead to
    /// `localhost`, or that use `http:`.
    ///
    /// ## Why is this bad?
    /// `file:` and `localhost` lead to the reader's own machine, where nothing is. Scripts in links are how pages are attacked, and
    /// browsers refuse them. A page that is not encrypted is not shown inside one that is: on a site with `https` the web object
    /// stays blank.
    ///
    /// ## Use instead
    /// An address with `https:`.
    ///
    /// ## Options
    /// `http`: `false` leaves addresses with `http:` alone.
    UnsafeAddress, "security/unsafe-address", "link that a browser refuses or that is not encrypted", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Report addresses that are not encrypted.
    http: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { http: true }
    }
}

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for address in addresses(document) {
        let parts = Parts::of(&address.text.value);
        let why = match parts.scheme.as_str() {
            "javascript" | "vbscript" | "data" => "runs a script",
            "file" => "leads to a file on the reader's own disk",
            _ if is_local_host(parts.host) => "leads to the reader's own machine",
            "http" if options.http => "is not encrypted",
            _ => continue,
        };
        sink.report(address.text.span, address.subjects, format!("{} {why}", address.what)).help("use an address that begins with `https:`");
    }
}
