//! What the headers of a multipart request, and of its parts, say.

use super::{MultipartError, Strictness};

/// RFC 2046 allows 70 characters.
pub(super) const MAX_BOUNDARY: usize = 70;

/// The boundary that the `Content-Type` names.
pub(crate) fn boundary(
    content_type: &str,
    strictness: Strictness,
) -> Result<String, MultipartError> {
    let mut pieces = content_type.split(';').map(str::trim);
    let kind = pieces.next().unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/mixed" => {}
        "multipart/form-data" if strictness == Strictness::FormDataToo => {}
        "multipart/form-data" => return Err(MultipartError::FormData),
        _ => return Err(MultipartError::NotMultipart(content_type.to_owned())),
    }
    let boundary = pieces
        .find_map(|piece| {
            let (name, value) = piece.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("boundary")
                .then_some(value.trim())
        })
        .ok_or_else(|| MultipartError::NotMultipart(content_type.to_owned()))?;
    let boundary = match boundary
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(_) if strictness == Strictness::MixedOnly => {
            return Err(MultipartError::QuotedBoundary);
        }
        Some(inner) => inner,
        None => boundary,
    };
    if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
        return Err(MultipartError::BoundaryLength);
    }
    Ok(boundary.to_owned())
}

/// What a part's headers say about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PartHeaders {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// The headers of a part.
pub(super) fn parse(text: &str) -> Result<PartHeaders, MultipartError> {
    let mut headers = PartHeaders::default();
    let mut named = false;
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(MultipartError::Malformed(
            "a part has a header without a colon",
        ))?;
        match name.trim().to_ascii_lowercase().as_str() {
            "content-disposition" => {
                for (key, value) in parameters(value) {
                    match key.as_str() {
                        "name" => {
                            headers.name = value;
                            named = true;
                        }
                        "filename" => headers.filename = Some(value),
                        "filename*" => headers.filename = extended(&value).or(headers.filename),
                        _ => {}
                    }
                }
            }
            "content-type" => headers.content_type = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    if named {
        Ok(headers)
    } else {
        Err(MultipartError::Malformed("a part has no name"))
    }
}

/// `key=value` and `key="value"` pairs of a header, the first word (`form-data`) skipped when it is bare.
fn parameters(value: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let stop = rest.find([';', '=']).unwrap_or(rest.len());
        let key = rest[..stop].trim().to_ascii_lowercase();
        if !rest[stop..].starts_with('=') {
            rest = rest[stop..].trim_start_matches(';').trim_start();
            continue;
        }
        let (text, after) = parameter_value(rest[stop + 1..].trim_start());
        pairs.push((key, text));
        rest = after
            .find(';')
            .map_or("", |at| after[at + 1..].trim_start());
    }
    pairs
}

fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut out = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (out, &quoted[at + 1..]),
            // A backslash escapes a quote only: old clients send Windows paths unescaped.
            '\\' if quoted[at + 1..].starts_with('"') => {
                out.push('"');
                characters.next();
            }
            other => out.push(other),
        }
    }
    (out, "")
}

/// RFC 5987: `UTF-8''percent-encoded`.
fn extended(value: &str) -> Option<String> {
    let encoded = value
        .get(..7)
        .filter(|head| head.eq_ignore_ascii_case("utf-8''"))
        .map(|_| &value[7..])?;
    Some(crate::query::percent_decode(encoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_is_judged() {
        use Strictness::{FormDataToo, MixedOnly};
        assert_eq!(
            boundary("multipart/mixed; boundary=6f3c", MixedOnly).unwrap(),
            "6f3c"
        );
        assert_eq!(
            boundary("Multipart/Mixed;charset=utf-8;BOUNDARY=6f3c", MixedOnly).unwrap(),
            "6f3c"
        );
        assert_eq!(
            boundary("multipart/mixed; boundary=\"6f3c\"", MixedOnly),
            Err(MultipartError::QuotedBoundary)
        );
        assert_eq!(
            boundary("multipart/form-data; boundary=6f3c", MixedOnly),
            Err(MultipartError::FormData)
        );
        assert_eq!(
            boundary("multipart/form-data; boundary=6f3c", FormDataToo).unwrap(),
            "6f3c"
        );
        let long = format!("multipart/mixed; boundary={}", "x".repeat(71));
        assert_eq!(
            boundary(&long, MixedOnly),
            Err(MultipartError::BoundaryLength)
        );
        assert!(matches!(
            boundary("text/xml", MixedOnly),
            Err(MultipartError::NotMultipart(_))
        ));
        assert!(matches!(
            boundary("multipart/mixed", MixedOnly),
            Err(MultipartError::NotMultipart(_))
        ));
    }

    #[test]
    fn dispositions_come_in_three_forms() {
        for value in [
            "name=\"request_payload\"",
            "form-data; name=\"request_payload\"",
            "form-data; name=\"request_payload\"; filename=\"\"",
        ] {
            let headers = parse(&format!("Content-Disposition: {value}\r\n")).unwrap();
            assert_eq!(headers.name, "request_payload", "{value}");
        }
        let headers =
            parse("content-disposition: name=a; filename=\"a;b \\\"c\\\".twb\"; filename*=UTF-8''d%C3%A9.twb")
                .unwrap();
        assert_eq!(headers.filename.as_deref(), Some("dé.twb"));
        let headers = parse("content-disposition: name=a; filename=\"a;b \\\"c\\\".twb\"").unwrap();
        assert_eq!(headers.filename.as_deref(), Some("a;b \"c\".twb"));
        assert!(parse("content-disposition: form-data").is_err());
    }
}
