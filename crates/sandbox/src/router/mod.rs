//! Which call a request is. The calls are in `table`.

mod table;

use std::collections::BTreeMap;

use crate::call::{Answer, Call};
use crate::error::ApiError;
use crate::multipart::Strictness;
use crate::query::percent_decode;
use crate::version::ApiVersion;

pub(crate) use table::ROUTES;

/// Who may call at all, before the endpoint looks closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Public,
    SignedIn,
}

/// What the endpoint wants of the request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Ignored,
    /// A document, XML or JSON; an empty body is refused.
    Form,
    /// JSON of the call's own.
    Json,
    Multipart(Strictness),
}

pub(crate) type Endpoint = fn(&Call) -> Result<Answer, ApiError>;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// What follows `/api/VERSION`.
    pub(crate) pattern: &'static str,
    pub(crate) endpoint: Endpoint,
    pub(crate) since: ApiVersion,
    pub(crate) access: Access,
    pub(crate) body: BodyKind,
    /// What a JWT session must be allowed; without one the call is closed to JWT sessions.
    pub(crate) scope: Option<&'static str>,
}

impl Route {
    const fn new(
        method: &'static str,
        pattern: &'static str,
        body: BodyKind,
        endpoint: Endpoint,
    ) -> Self {
        Self {
            method,
            pattern,
            endpoint,
            since: ApiVersion::new(2, 0),
            access: Access::SignedIn,
            body,
            scope: None,
        }
    }

    const fn since(mut self, major: u32, minor: u32) -> Self {
        self.since = ApiVersion::new(major, minor);
        self
    }

    const fn public(mut self) -> Self {
        self.access = Access::Public;
        self
    }

    const fn scope(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    const fn multipart(mut self, strictness: Strictness) -> Self {
        self.body = BodyKind::Multipart(strictness);
        self
    }

    /// A body that may be there and is not looked at.
    const fn no_body(mut self) -> Self {
        self.body = BodyKind::Ignored;
        self
    }

    fn literals(&self) -> usize {
        self.pattern
            .split('/')
            .filter(|piece| !piece.starts_with('{'))
            .count()
    }
}

/// What the table says about a method and a path.
#[derive(Debug)]
pub(crate) enum Found {
    Route(&'static Route, BTreeMap<&'static str, String>),
    /// The path is known, with other methods.
    WrongMethod,
    Nothing,
}

/// Looks a path up (what follows `/api/VERSION`). The route with more literal segments wins.
pub(crate) fn find(method: &str, path: &str) -> Found {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let mut known = false;
    let mut best: Option<(&'static Route, BTreeMap<&'static str, String>)> = None;
    for route in ROUTES {
        let Some(params) = matches(route.pattern, &segments) else {
            continue;
        };
        known = true;
        if route.method == method
            && best
                .as_ref()
                .is_none_or(|(other, _)| route.literals() > other.literals())
        {
            best = Some((route, params));
        }
    }
    match best {
        Some((route, params)) => Found::Route(route, params),
        None if known => Found::WrongMethod,
        None => Found::Nothing,
    }
}

fn matches(pattern: &'static str, segments: &[&str]) -> Option<BTreeMap<&'static str, String>> {
    let mut params = BTreeMap::new();
    let mut count = 0;
    for piece in pattern[1..].split('/') {
        let segment = segments.get(count)?;
        count += 1;
        if let Some(name) = piece
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            if segment.is_empty() {
                return None;
            }
            params.insert(name, percent_decode(segment));
        } else if *segment != piece
            && !(piece == "serverinfo" && segment.eq_ignore_ascii_case(piece))
            && percent_decode(segment) != piece
        {
            return None;
        }
    }
    (count == segments.len()).then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_routes_and_tells_method_from_path() {
        let Found::Route(route, params) = find("DELETE", "/sites/s/workbooks/w/tags/a%20b%2Fc")
        else {
            panic!()
        };
        assert_eq!(
            route.pattern,
            "/sites/{site}/workbooks/{workbook}/tags/{tag}"
        );
        assert_eq!(params["tag"], "a b/c");
        assert!(matches!(find("GET", "/serverInfo"), Found::Route(..)));
        assert!(matches!(find("GET", "/Sites"), Found::Nothing));
        assert!(matches!(find("GET", "/auth/signin"), Found::WrongMethod));
        assert!(matches!(
            find("GET", "/sites/s/workbooks/"),
            Found::Route(..)
        ));
    }

    #[test]
    fn no_two_routes_are_the_same() {
        let mut seen = std::collections::HashSet::new();
        for route in ROUTES {
            assert!(
                seen.insert((route.method, route.pattern)),
                "{} {}",
                route.method,
                route.pattern
            );
        }
    }
}
