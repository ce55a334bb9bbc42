//! The SQL in a document, without its comments and strings.

use crate::content::Document;
use crate::content::model::{Datasource, Relation, Text};

/// Custom SQL as it stands: `<<` for `<`, so that its places are the document's.
pub(super) fn custom(document: &Document) -> impl Iterator<Item = (&Datasource, &Relation, Text)> {
    document.model.datasources.iter().flat_map(move |d| {
        let own = d.relations.iter().filter(|r| r.custom_sql.is_some());
        own.map(move |r| (d, r, document.tree.text(r.element.node)))
    })
}

/// Initial SQL, which runs when a connection is opened.
pub(super) fn initial(document: &Document) -> impl Iterator<Item = (&Datasource, &Text)> {
    document.model.datasources.iter().flat_map(|d| {
        let all = d
            .connections
            .iter()
            .filter_map(|c| c.attribute("one-time-sql"));
        all.filter(|t| !t.value.trim().is_empty())
            .map(move |t| (d, t))
    })
}

/// Both.
pub(super) fn statements(document: &Document) -> Vec<(&Datasource, Text)> {
    let custom = custom(document).map(|(d, _, text)| (d, text));
    custom
        .chain(initial(document).map(|(d, text)| (d, text.clone())))
        .collect()
}

/// The text with a space in place of each byte of a comment, a string or a quoted name.
pub(super) fn bare(sql: &str) -> String {
    let mut bytes = sql.as_bytes().to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let end = match rest {
            [b'-', b'-', ..] => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            [b'/', b'*', ..] => find(rest, b"*/", 2),
            [b'\'', ..] => find(rest, b"'", 1),
            [b'"', ..] => find(rest, b"\"", 1),
            [b'`', ..] => find(rest, b"`", 1),
            _ => {
                at += 1;
                continue;
            }
        };
        for byte in bytes.iter_mut().skip(at).take(end).filter(|b| **b != b'\n') {
            *byte = b' ';
        }
        at += end;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// One past `what`, looked for from `from` on; the end where it is missing.
fn find(rest: &[u8], what: &[u8], from: usize) -> usize {
    let found = rest.get(from..).and_then(|r| memchr::memmem::find(r, what));
    found.map_or(rest.len(), |n| from + n + what.len())
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn what_is_no_code_is_blank() {
        for (sql, blank) in [
            ("a -- ;\nb", "a     \nb"),
            ("a /* ; */ b", "a         b"),
            ("a 'it''s;' b", "a          b"),
            ("é 'é' \"x;\"", "é           ".trim_end()),
            ("'open", "     "),
        ] {
            assert_eq!(bare(sql).trim_end(), blank.trim_end(), "{sql}");
            assert_eq!(bare(sql).len(), sql.len());
        }
    }
}
