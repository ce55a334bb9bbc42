//! Where a document names its parameters, in formulas, filters, titles and all else.

use std::borrow::Cow;

use crate::diagnostic::Span;

use super::shelf::bracketed;

const MARK: &str = "[Parameters].[";

/// Place and name of each `[Parameters].[x]` in a document's text, in its order.
pub(super) fn parameter_references(text: &str) -> impl Iterator<Item = (Span, String)> {
    memchr::memmem::find_iter(text.as_bytes(), MARK).filter_map(move |at| {
        let (name, end) = bracketed(text, at + MARK.len() - 1)?;
        let unescaped = quick_xml::escape::unescape(&name).map(Cow::into_owned);
        let name = unescaped.unwrap_or_else(|_| name.clone().into_owned());
        Some((Span::new(at as u32, end as u32), name))
    })
}

/// The reference, which begins where `before` ends, stands in the tag of a dashboard's or sheet's control, or in that of an
/// action's target.
pub(super) fn only_shows(before: &str) -> bool {
    let tag = before
        .rfind('<')
        .and_then(|at| before.get(at..))
        .unwrap_or_default();
    tag.starts_with("<zone ")
        || tag.starts_with("<card ")
        || (tag.starts_with("<param ") && tag.contains("target-parameter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unescaped_and_places_hold_the_whole_reference() {
        let text = "a='[Parameters].[A]]&amp;B] + [Parameters].[C' b='[Parameters].[D]'";
        let found: Vec<_> = parameter_references(text).collect();
        let at = |span: &Span| &text[span.start as usize..span.end as usize];
        let [(first, a), (_, _), (last, d)] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(
            (at(first), a.as_str()),
            ("[Parameters].[A]]&amp;B]", "A]&B")
        );
        assert_eq!((at(last), d.as_str()), ("[Parameters].[D]", "D"));
        assert_eq!(parameter_references("[Parameters].[never").count(), 0);
    }
}
