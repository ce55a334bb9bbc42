//! Web addresses in a document, and the hosts that a team allows.

use crate::content::Document;
use crate::content::model::{Text, ZoneKind};
use crate::diagnostic::Subject;

/// An address that a click or a dashboard opens.
pub(super) struct Address<'d> {
    pub(super) text: &'d Text,
    /// With its article: `the URL action "Details"`.
    pub(super) what: String,
    pub(super) subjects: Vec<Subject>,
}

/// URL actions, web objects, and the links of images; in the document's order. Empty ones are left out.
pub(super) fn addresses(document: &Document) -> Vec<Address<'_>> {
    let model = &document.model;
    let mut found = Vec::new();
    for dashboard in &model.dashboards {
        for zone in &dashboard.zones {
            let subjects = vec![Subject::new("dashboard", &*dashboard.name.value)];
            let shown = zone.param.as_ref().filter(|_| zone.kind == ZoneKind::Web);
            found.extend(shown.map(|text| Address {
                text,
                what: "the web object".to_owned(),
                subjects: subjects.clone(),
            }));
            found.extend(zone.url.as_ref().map(|text| Address {
                text,
                what: "the link of an object".to_owned(),
                subjects,
            }));
        }
    }
    for action in &model.actions {
        let name = action
            .caption
            .as_ref()
            .or(action.name.as_ref())
            .map_or("", |t| &t.value);
        found.extend(action.url.as_ref().map(|text| Address {
            text,
            what: format!("the URL action `{name}`"),
            subjects: vec![Subject::new("action", name)],
        }));
    }
    found.retain(|a| !a.text.value.trim().is_empty());
    found
}

/// The parts of an address that rules look at. Fields that Tableau inserts (`<[Region]>`) stay as they stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// In lower case; empty for an address without one, which a browser takes for `https`.
    pub(super) scheme: String,
    /// As written, without user and port.
    pub(super) host: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(address: &'a str) -> Self {
        let address = address.trim();
        let (scheme, rest) = match address.split_once(':') {
            Some((scheme, rest))
                if is_scheme(scheme) && !rest.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                (scheme.to_ascii_lowercase(), rest)
            }
            _ => (String::new(), address),
        };
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let host = if host.starts_with('[') {
            host
        } else {
            host.split_once(':').map_or(host, |(host, _)| host)
        };
        Self { scheme, host }
    }

    /// A field decides where it leads.
    pub(super) fn is_dynamic(&self) -> bool {
        self.host.contains(['<', '[', '{'])
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        && !text.contains('.')
}

/// `example.com` is that host; `*.example.com` is any below it.
pub(super) fn allows(hosts: &[String], host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    hosts.iter().any(|allowed| {
        let allowed = allowed.to_ascii_lowercase();
        match allowed.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == allowed,
        }
    })
}

/// The machine itself, by any of its names.
pub(super) fn is_local_host(host: &str) -> bool {
    matches!(
        host.to_ascii_lowercase().as_str(),
        "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0"
    ) || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found() {
        for (address, scheme, host) in [
            (
                "https://user:pw@a.example.com:8443/x?y=http://b",
                "https",
                "a.example.com",
            ),
            ("www.example.com/x", "", "www.example.com"),
            ("HTTP://<[Host]>/x", "http", "<[Host]>"),
            ("javascript:alert(1)", "javascript", "alert(1)"),
            ("mailto:ann@example.com", "mailto", "example.com"),
            ("localhost:8080/x", "", "localhost"),
            ("<[Url]>", "", "<[Url]>"),
        ] {
            let parts = Parts::of(address);
            assert_eq!(
                (parts.scheme.as_str(), parts.host),
                (scheme, host),
                "{address}"
            );
        }
    }

    #[test]
    fn a_star_stands_for_what_is_below() {
        let hosts = ["example.com".to_owned(), "*.Example.org".to_owned()];
        assert!(allows(&hosts, "EXAMPLE.com") && allows(&hosts, "a.example.org"));
        assert!(
            !allows(&hosts, "a.example.com")
                && !allows(&hosts, "example.org")
                && !allows(&hosts, ".example.org")
        );
    }
}
