//! `security/extension`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Level;
use crate::lint::File;
use crate::lint::address::{self, Parts, is_local_host};
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports dashboard and viz extensions that are not on your list. Extensions that run in Tableau's sandbox, which cannot reach
    /// the network, are let through; one that is served from `localhost` never is.
    ///
    /// ## Why is this bad?
    /// An extension is a web page that reads the dashboard's data; with "full data" access also the rows below it. Outside of the
    /// sandbox it can send them anywhere.
    ///
    /// ## Example
    /// ```yaml
    /// rules:
    ///   security/extension: { level: error, allow: [com.example.writeback, "*.example.com"] }
    /// ```
    ///
    /// ## Options
    /// `allow`: ids of extensions, or hosts that they may come from. `sandboxed`: `false` reports sandboxed ones too.
    Extension, "security/extension", "extension that is not on the list", Levels::always(Level::Warning), Options, check
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Ids of extensions, or hosts; `*.example.com` is any host below it.
    allow: Vec<String>,
    /// Let those through that run in Tableau's sandbox.
    sandboxed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { allow: Vec::new(), sandboxed: true }
    }
}

const SANDBOX: &str = "*.tableauusercontent.com";

fn check(options: &Options, file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for extension in &document.model.extensions {
        let id = extension.id.as_ref().map_or("", |t| &t.value);
        let host = extension.url.as_ref().map_or("", |t| Parts::of(&t.value).host);
        let local = is_local_host(host);
        let known = options.allow.iter().any(|a| a == id) || address::allows(&options.allow, host);
        let sandboxed = options.sandboxed && address::allows(&[SANDBOX.to_owned()], host);
        if !local && (known || sandboxed || host.is_empty()) {
            continue;
        }
        let name = if id.is_empty() { host } else { id };
        let data = if extension.full_data { " and may read the full data" } else { "" };
        let message = if local {
            format!("the extension `{name}` is served from the author's own machine")
        } else {
            format!("the extension `{name}` comes from `{host}`{data}, and is not on the list")
        };
        let span = extension.url.as_ref().or(extension.id.as_ref()).map_or(extension.element.tag, |t| t.span);
        sink.report(span, Vec::new(), message).help("use one that runs in Tableau's sandbox, or have it added to `security/extension: allow:`");
    }
}
