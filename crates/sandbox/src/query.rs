//! What a list call's query string asks for: page and fields. Filters and sorting are in `filter`.

use crate::error::ApiError;
use crate::wire::Element;

/// The decoded query string, in order. Unknown parameters are ignored, as the vendor's server does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Self(
            url::form_urlencoded::parse(query.as_bytes())
                .map(|(k, v)| (k.into_owned(), v.into_owned()))
                .collect(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A boolean parameter, false when absent; 400008 for anything but true and false.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, ApiError> {
        self.get(name)
            .map_or(Ok(false), |value| crate::wire::parse_boolean(name, value))
    }
}

/// Percent-decodes a path segment; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes
            .get(at + 1..at + 3)
            .filter(|pair| pair.iter().all(u8::is_ascii_hexdigit))
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match (
            bytes[at],
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The page asked for: 1-based number and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) size: usize,
}

impl Page {
    pub(crate) fn parse(query: &Query) -> Result<Self, ApiError> {
        let size = match query.get("pageSize") {
            None => 100,
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|size| *size >= 1)
                .ok_or_else(|| {
                    ApiError::new(
                        400_007,
                        format!("Invalid page size '{text}': it must be an integer of at least 1."),
                    )
                })?,
        };
        if size > 1000 {
            return Err(ApiError::new(
                403_014,
                format!("Page size '{size}' is greater than the maximum of 1000."),
            ));
        }
        let number = match query.get("pageNumber") {
            None => 1,
            Some(text) => text
                .parse::<usize>()
                .ok()
                .filter(|number| *number >= 1)
                .ok_or_else(|| bad_page(text))?,
        };
        Ok(Self { number, size })
    }

    /// The rows of the page, and the `pagination` element; 400006 past the last page.
    pub(crate) fn cut<T>(self, mut rows: Vec<T>) -> Result<(Element, Vec<T>), ApiError> {
        let total = rows.len();
        let start = (self.number - 1).saturating_mul(self.size);
        if start > 0 && start >= total {
            return Err(bad_page(&self.number.to_string()));
        }
        rows.truncate(start.saturating_add(self.size));
        let rows = rows.split_off(start.min(rows.len()));
        let pagination = Element::new("pagination")
            .attr("pageNumber", self.number)
            .attr("pageSize", self.size)
            .attr("totalAvailable", total);
        Ok((pagination, rows))
    }
}

fn bad_page(text: &str) -> ApiError {
    ApiError::new(
        400_006,
        format!(
            "Invalid page number '{text}': it must be an integer from 1 to the number of the last page."
        ),
    )
}

/// Which attributes and children of an item `fields=` asks for; `extra` names those not given by default.
pub(crate) fn select(item: Element, fields: Option<&str>, extra: &[&str]) -> Element {
    let names: Vec<&str> = fields
        .unwrap_or("_default_")
        .split(',')
        .map(str::trim)
        .collect();
    if names.contains(&"_all_") {
        return item;
    }
    let with_defaults = names.contains(&"_default_");
    let wanted = |name: &str| names.contains(&name) || (with_defaults && !extra.contains(&name));
    let nested = |child: &str| -> Vec<&str> {
        names
            .iter()
            .filter_map(|n| n.strip_prefix(child)?.strip_prefix('.'))
            .collect()
    };
    let Element {
        name,
        attributes,
        children,
        text,
        shape,
    } = item;
    Element {
        attributes: attributes
            .into_iter()
            .filter(|(name, _)| wanted(name))
            .collect(),
        children: children
            .into_iter()
            .filter_map(|child| {
                let inner = nested(child.name);
                if wanted(child.name) {
                    Some(child)
                } else if inner.is_empty() {
                    None
                } else {
                    Some(select(child, Some(&inner.join(",")), &[]))
                }
            })
            .collect(),
        name,
        text,
        shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_hexadecimal_digits_are_an_escape() {
        for (encoded, decoded) in [
            ("a%2Fb%C3%a9", "a/bé"),
            ("100%", "100%"),
            ("%+f%g0%f", "%+f%g0%f"),
        ] {
            assert_eq!(percent_decode(encoded), decoded);
        }
    }

    #[test]
    fn pages() {
        let cut = |query: &str, count: usize| {
            Page::parse(&Query::parse(query))
                .and_then(|page| page.cut((0..count).collect()))
                .map(|(_, rows)| rows)
                .map_err(|error| error.code)
        };
        assert_eq!(cut("", 0).unwrap(), [0; 0]);
        assert_eq!(cut("", 101).unwrap().len(), 100);
        assert_eq!(cut("pageSize=2&pageNumber=2", 3).unwrap(), [2]);
        assert_eq!(cut("pageSize=2&pageNumber=3", 4), Err(400_006));
        assert_eq!(cut("pageNumber=2", 0), Err(400_006));
        assert_eq!(cut("pageNumber=0", 1), Err(400_006));
        assert_eq!(cut("pageNumber=x", 1), Err(400_006));
        assert_eq!(cut("pageSize=0", 1), Err(400_007));
        assert_eq!(cut("pageSize=1001", 1), Err(403_014));
        assert_eq!(
            cut("pageSize=1000&pageNumber=18446744073709551615", 1),
            Err(400_006)
        );
    }

    #[test]
    fn selects_fields() {
        let item = || {
            Element::new("workbook")
                .attr("id", "1")
                .attr("name", "n")
                .attr("hasExtracts", true)
                .child(Element::new("project").attr("id", "p").attr("name", "P"))
        };
        let pick = |fields| {
            let out = select(item(), fields, &["hasExtracts"]);
            (
                out.attributes
                    .iter()
                    .map(|(name, _)| *name)
                    .collect::<Vec<_>>(),
                out.children
                    .iter()
                    .flat_map(|c| c.attributes.iter().map(|(n, _)| *n))
                    .collect::<Vec<_>>(),
            )
        };
        assert_eq!(pick(None), (vec!["id", "name"], vec!["id", "name"]));
        assert_eq!(
            pick(Some("_all_")),
            (vec!["id", "name", "hasExtracts"], vec!["id", "name"])
        );
        assert_eq!(pick(Some("id,project.name")), (vec!["id"], vec!["name"]));
        assert_eq!(
            pick(Some("_default_,hasExtracts")).0,
            ["id", "name", "hasExtracts"]
        );
    }

    #[test]
    fn decodes_segments() {
        assert_eq!(percent_decode("a%20b%2Fc%zz%"), "a b/c%zz%");
        assert_eq!(percent_decode("caf%C3%A9"), "café");
    }
}
