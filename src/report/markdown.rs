//! Text in comments and summaries. Names in workbooks are anybody's: they must not become markup, mentions or references.

/// Stands between a sign and what follows it, and is not seen. A backslash does not help there: GitHub, GitLab and Azure
/// DevOps look for mentions and references in the text that they have rendered (github/markup issue 1168).
const UNSEEN: char = '\u{200b}';

/// What would be markup, a mention, a reference or a link is shown as it is; on one line.
pub(crate) fn escape(text: &str) -> String {
    escaped(text, true)
}

/// A message of ours, which has names and code between backticks: those become code, and the rest is [`escape`]d. A name
/// with a backtick in it may be code in the wrong place, but nothing worse.
pub(crate) fn prose(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return escape(text);
    }
    let shown = pieces.iter().enumerate().map(|(n, piece)| match n % 2 {
        // In a table, a backslash before a bar would end the cell and with it the code.
        1 if !piece.trim().is_empty() && !piece.contains(['|', '\\']) => {
            format!("`{}`", tick(piece))
        }
        _ => escape(piece),
    });
    shown.collect()
}

/// As [`escape`], for where HTML is read and Markdown is not: in a `<summary>`.
pub(crate) fn escape_html(text: &str) -> String {
    escaped(text, false)
}

fn escaped(text: &str, markdown: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let next = rest.peek().copied();
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' => {
                if markdown {
                    escaped.extend(['\\', c]);
                } else {
                    escaped.push_str(&format!("&#{};", u32::from(c)));
                }
            }
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A pair of them would be a formula.
            '$' => escaped.push_str("&#36;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            c if is_deceptive(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
        if begins_reference(c, next, &escaped) {
            escaped.push(UNSEEN);
        }
    }
    escaped
}

/// For between backticks, which cannot be escaped there; not in a table.
pub(crate) fn tick(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '`' => '\'',
        '\n' | '\r' | '\t' => ' ',
        c if is_deceptive(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    });
    shown.collect()
}

/// A line for a code block; what would turn the direction of the text is shown.
pub(crate) fn verbatim(text: &str) -> String {
    let shown = text.chars().map(|c| match c {
        '\n' | '\r' => ' ',
        c if c != '\t' && is_deceptive(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    });
    shown.collect()
}

/// At most `most` characters, with `...` for what is left out.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}...", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// `@name`, `#12`, `!12`, `~label`, `%milestone`, `$snippet`, `&epic`, `^alert`, `www.` and `https://`.
fn begins_reference(c: char, next: Option<char>, so_far: &str) -> bool {
    let named = next.is_some_and(|n| n.is_alphanumeric() || n == '"' || n == '_');
    match c {
        '@' => next.is_some_and(|n| !n.is_whitespace()),
        '#' | '!' | '~' | '%' | '$' | '&' | '^' => named,
        ':' => next == Some('/'),
        'w' | 'W' => next == Some('.') && so_far.to_lowercase().ends_with("www"),
        _ => false,
    }
}

/// Control characters, and those that reorder what stands around them.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_as_it_is() {
        assert_eq!(
            escape("</details> **Net** | [a](b) `c` $x$"),
            "&lt;/details&gt; \\*\\*Net\\*\\* \\| \\[a\\](b) \\`c\\` &#36;\u{200b}x&#36;"
        );
        assert_eq!(escape_html("a_b <i>"), "a&#95;b &lt;i&gt;");
        assert_eq!(escape("a\r\nb\u{202e}c"), "a  b\u{fffd}c");
    }

    #[test]
    fn nobody_is_mentioned_and_nothing_is_referred_to() {
        assert_eq!(
            escape("@acme/all #12 !7 50% & more"),
            "@\u{200b}acme/all #\u{200b}12 !\u{200b}7 50% &amp; more"
        );
        assert_eq!(
            escape("https://evil.example www.evil.example"),
            "https:\u{200b}//evil.example www\u{200b}.evil.example"
        );
    }

    #[test]
    fn code_in_a_message_is_code() {
        assert_eq!(
            prose("the field `a_b` is <b>, `c\\|d`"),
            "the field `a_b` is &lt;b&gt;, c\\\\\\|d"
        );
        assert_eq!(prose("one ` is none"), "one \\` is none");
        assert_eq!(prose("`` @all"), " @\u{200b}all");
    }

    #[test]
    fn what_is_long_says_that_it_was_cut() {
        assert_eq!(shortened("äöü rest", 4), "äöü...");
        assert_eq!(shortened("äöü", 3), "äöü");
    }
}
