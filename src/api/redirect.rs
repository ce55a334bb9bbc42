//! Which redirects are followed. HTTP libraries turn a redirected POST into a GET, which Tableau
//! answers with 405000, so it is done here, with the same method and body.

use url::Url;

/// How many in a row are followed.
pub(crate) const MOST: usize = 3;

/// Whether a request with credentials may follow from `from` to `to`: to the same address, or from
/// http to https of the same host.
pub(crate) fn is_safe(from: &Url, to: &Url) -> bool {
    if from.host() != to.host() || !to.username().is_empty() {
        return false;
    }
    let same =
        from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    same || (from.scheme() == "http" && to.scheme() == "https")
}

/// Scheme, host and port, for people.
pub(crate) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// `url` moved to the scheme and port of `to`, for the calls to come.
pub(crate) fn rebase(url: &Url, to: &Url) -> Url {
    let mut moved = url.clone();
    // Neither fails between http and https.
    let _ = moved.set_scheme(to.scheme());
    let _ = moved.set_port(to.port());
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_goes_to_no_other_host() {
        let safe =
            |from: &str, to: &str| is_safe(&Url::parse(from).unwrap(), &Url::parse(to).unwrap());
        assert!(safe("https://t.example.com/a", "https://t.example.com/b"));
        assert!(safe(
            "https://t.example.com/a",
            "https://t.example.com:443/b"
        ));
        assert!(safe("http://t.example.com/a", "https://t.example.com/a"));
        assert!(safe(
            "http://t.example.com:8000/a",
            "https://t.example.com:8443/a"
        ));
        assert!(!safe("https://t.example.com/a", "http://t.example.com/a"));
        assert!(!safe(
            "https://t.example.com/a",
            "https://evil.example.com/a"
        ));
        assert!(!safe(
            "https://t.example.com/a",
            "https://t.example.com.evil.com/a"
        ));
        assert!(!safe(
            "https://t.example.com/a",
            "https://t.example.com:8443/a"
        ));
        assert!(!safe(
            "https://t.example.com/a",
            "https://u@t.example.com/a"
        ));
    }

    #[test]
    fn the_base_moves_with_scheme_and_port() {
        let base = Url::parse("http://t.example.com:8000/x/").unwrap();
        let to = Url::parse("https://t.example.com/x/api/2.4/serverinfo").unwrap();
        assert_eq!(rebase(&base, &to).as_str(), "https://t.example.com/x/");
    }
}
