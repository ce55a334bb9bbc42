//! References as shelves, filters and actions write them: `[data source].[sum:Sales:qk]`.

use std::borrow::Cow;

use crate::content::model::{Text, Worksheet};

/// The texts of a worksheet that use fields, with where they are in words; action filters are Tableau's own.
pub(super) fn shelves(sheet: &Worksheet) -> impl Iterator<Item = (&'static str, &Text)> {
    let single = [
        ("the rows", &sheet.rows),
        ("the columns", &sheet.cols),
        ("the pages", &sheet.pages),
    ];
    let encodings = sheet
        .panes
        .iter()
        .flat_map(|p| &p.encodings)
        .map(|(_, column)| ("the marks", column));
    let filters = sheet
        .filters
        .iter()
        .filter(|f| !f.internal)
        .map(|f| ("the filters", &f.column));
    single
        .into_iter()
        .filter_map(|(name, text)| Some((name, text.as_ref()?)))
        .chain(encodings)
        .chain(filters)
}

/// One reference in a longer text, with its place there in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference<'t> {
    /// Without brackets, `]]` undone; the data source first, where one is said.
    pub(super) parts: Vec<Cow<'t, str>>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Reference<'_> {
    /// Data source and instance, when the reference is just those; fields of cubes have more parts.
    pub(super) fn pair(&self) -> Option<(&str, &str)> {
        match self.parts.as_slice() {
            [datasource, instance] => Some((&**datasource, &**instance)),
            _ => None,
        }
    }
}

/// All references in a text, in its order. What is not bracketed (operators, functions) is passed over.
pub(super) fn references(text: &str) -> Vec<Reference<'_>> {
    let mut found: Vec<Reference<'_>> = Vec::new();
    let mut at = 0;
    while let Some(open) = next(text, at, b'[') {
        let Some((name, end)) = bracketed(text, open) else {
            break;
        };
        match found.last_mut() {
            Some(last) if last.end + 1 == open && text.get(last.end..open) == Some(".") => {
                last.parts.push(name);
                last.end = end;
            }
            _ => found.push(Reference {
                parts: vec![name],
                start: open,
                end,
            }),
        }
        at = end;
    }
    found
}

/// The name that opens at `open`, and where its closing bracket ends.
pub(super) fn bracketed(text: &str, open: usize) -> Option<(Cow<'_, str>, usize)> {
    let mut from = open + 1;
    loop {
        let close = next(text, from, b']')?;
        if text.as_bytes().get(close + 1) == Some(&b']') {
            from = close + 2;
        } else {
            let name = text.get(open + 1..close)?;
            let name = if from > open + 1 {
                Cow::Owned(name.replace("]]", "]"))
            } else {
                Cow::Borrowed(name)
            };
            return Some((name, close + 1));
        }
    }
}

/// Where the next such sign stands from `at` on.
fn next(text: &str, at: usize, sign: u8) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    memchr::memchr(sign, rest).map(|n| at + n)
}

/// `[a].[b]` -> `a`, `[b]`.
pub(super) fn split(shelf: &str) -> Option<(&str, &str)> {
    let at = shelf.find("].[")?;
    Some((shelf.get(1..at)?, shelf.get(at + 2..)?))
}

/// `none:Region:nk` -> `Region`, where the file does not declare the instance.
pub(super) fn plain(instance: &str) -> &str {
    let Some((_, rest)) = instance
        .split_once(':')
        .filter(|(head, _)| !head.is_empty())
    else {
        return instance.trim_start_matches(':');
    };
    match rest.rsplit_once(':') {
        Some((name, "nk" | "ok" | "qk")) => name,
        _ => instance,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_between_operators() {
        let text = "([a.1].[none:Region:nk] / [a.1].[sum:x]]y:qk]) + [cube].[Product].[Family]";
        let found = references(text);
        assert_eq!(found[0].pair(), Some(("a.1", "none:Region:nk")));
        assert_eq!(
            &text[found[0].start..found[0].end],
            "[a.1].[none:Region:nk]"
        );
        assert_eq!(found[1].pair(), Some(("a.1", "sum:x]y:qk")));
        assert_eq!((found[2].pair(), found[2].parts.len()), (None, 3));
        assert_eq!(references("[open").len() + references("no").len(), 0);
    }

    #[test]
    fn one_reference_and_one_instance_are_taken_apart() {
        assert_eq!(split("[f.1].[sum:A:B:qk]"), Some(("f.1", "[sum:A:B:qk]")));
        assert_eq!(split("[x]"), None);
        assert_eq!(plain("sum:A:B:qk"), "A:B");
        assert_eq!(plain(":Measure Names"), "Measure Names");
        assert_eq!(plain("Time: UTC"), "Time: UTC");
    }

    #[test]
    fn references_are_found_in_any_text() {
        let text = "tsl:X?%5Bx%5D~s0=<[f.1].[none:A:nk]~na>&[f.2].[B]";
        let found: Vec<_> = references(text).into_iter().map(|r| r.parts).collect();
        assert_eq!(found, [["f.1", "none:A:nk"], ["f.2", "B"]]);
        assert!(references("].[").is_empty());
    }
}
