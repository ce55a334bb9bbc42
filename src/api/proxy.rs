//! The proxy between this machine and a server, by the rules that the HTTP library follows.

use std::{error::Error as StdError, fmt};

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// A proxy that requests go through.
#[derive(Debug)]
pub(super) struct Proxy {
    /// Scheme, host and port: a password in it is left out.
    address: String,
    /// The environment variable that names it; `None` where the system's settings do.
    variable: Option<&'static str>,
}

impl Proxy {
    /// The one that requests to `server` go through, if any.
    pub(super) fn of(server: &Url) -> Option<Self> {
        let uri = server.as_str().parse().ok()?;
        let proxy = Matcher::from_system().intercept(&uri)?;
        let (proxy, host) = (proxy.uri(), proxy.uri().host()?);
        let scheme = proxy.scheme_str().unwrap_or("http");
        let port = proxy.port_u16().map_or(String::new(), |p| format!(":{p}"));
        Some(Self {
            address: format!("{scheme}://{host}{port}"),
            variable: variable(server.scheme(), |name| std::env::var(name).ok()),
        })
    }

    /// That it is to blame for `source`.
    pub(super) fn failed(self, source: reqwest::Error) -> Failed {
        Failed {
            proxy: self,
            source,
        }
    }
}

/// For each scheme the first that is set counts, as it is; one that is empty leaves it to the general one.
fn variable(scheme: &str, get: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let own: &[&'static str] = match scheme {
        "https" => &["HTTPS_PROXY", "https_proxy"],
        _ => &["HTTP_PROXY", "http_proxy"],
    };
    [own, &["ALL_PROXY", "all_proxy"]]
        .into_iter()
        .filter_map(|names| names.iter().find_map(|name| Some((*name, get(name)?))))
        .find(|(_, value)| !value.is_empty())
        .map(|(name, _)| name)
}

/// How the HTTP library says that a proxy answered, and would not connect to the server; it keeps the type to itself.
const REFUSALS: [&str; 2] = [
    "tunnel error: unsuccessful",
    "tunnel error: proxy authorization required",
];

/// A proxy that was not reached, or that would not go on.
#[derive(Debug)]
pub(super) struct Failed {
    proxy: Proxy,
    source: reqwest::Error,
}

impl Failed {
    fn refused(&self) -> bool {
        let mut next = self.source();
        while let Some(cause) = next {
            if REFUSALS.contains(&cause.to_string().as_str()) {
                return true;
            }
            next = cause.source();
        }
        false
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Proxy { address, variable } = &self.proxy;
        let by = variable.unwrap_or("the settings of the system");
        let how = if self.refused() {
            "refuses"
        } else {
            "is not reached"
        };
        write!(f, "the proxy {address}, set by {by}, {how}")
    }
}

impl StdError for Failed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_that_counts_is_named() {
        let named = |scheme: &str, set: &[(&str, &str)]| {
            variable(scheme, |name| {
                let found = set.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(named("https", &[]), None);
        assert_eq!(named("https", &[("HTTP_PROXY", "x")]), None);
        let both = [
            ("https_proxy", "x"),
            ("HTTPS_PROXY", "y"),
            ("ALL_PROXY", "z"),
        ];
        assert_eq!(named("https", &both), Some("HTTPS_PROXY"));
        assert_eq!(named("http", &both), Some("ALL_PROXY"));
        let empty = [("HTTP_PROXY", ""), ("http_proxy", "x"), ("all_proxy", "z")];
        assert_eq!(named("http", &empty), Some("all_proxy"));
    }
}
