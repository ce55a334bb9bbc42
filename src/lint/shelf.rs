//! References as shelves, filters and actions write them: `[data source].[sum:Sales:qk]`.

/// One reference in a longer text, with its place there in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Without brackets, `]]` undone; the data source first, where one is said.
    pub(super) parts: Vec<String>,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Reference {
    /// Data source and instance, when the reference is just those; fields of cubes have more parts.
    pub(super) fn pair(&self) -> Option<(&str, &str)> {
        match self.parts.as_slice() {
            [datasource, instance] => Some((datasource, instance)),
            _ => None,
        }
    }
}

/// All references in a text, in its order. What is not bracketed (operators, functions) is passed over.
pub(super) fn references(text: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut at = 0;
    while let Some(open) = text
        .get(at..)
        .and_then(|rest| rest.find('['))
        .map(|n| at + n)
    {
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
fn bracketed(text: &str, open: usize) -> Option<(String, usize)> {
    let mut from = open + 1;
    loop {
        let close = from + text.get(from..)?.find(']')?;
        if text
            .get(close + 1..)
            .is_some_and(|rest| rest.starts_with(']'))
        {
            from = close + 2;
        } else {
            return Some((text.get(open + 1..close)?.replace("]]", "]"), close + 1));
        }
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
}
