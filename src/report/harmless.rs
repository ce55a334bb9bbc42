//! Text from anybody's files, on its way to a terminal or a pipeline's log: seen, never obeyed.

use std::borrow::Cow;

use super::style;

/// Writes control characters as `\u{..}`: a name cannot move the cursor, hide a line, or set a window's title. Line ends, tabs
/// and what [`style::Palette`] paints stay.
pub fn controls(text: &str) -> Cow<'_, str> {
    // Most texts have none, and a report may be of 30 MB: bytes are looked through faster than characters.
    if !text.as_bytes().chunks(256).any(may_control) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(is_control) {
        safe.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(painted) = style::CODES.iter().find(|code| rest.starts_with(**code)) {
            safe.push_str(painted);
            rest = &rest[painted.len()..];
        } else if let Some(c) = rest.chars().next() {
            safe.extend(c.escape_unicode());
            rest = &rest[c.len_utf8()..];
        }
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

/// Breaks what GitHub's and Azure's runners take for a command: `::name::` at the begin of a line, `##[` and `##vso[` anywhere in
/// it. A zero-width space goes between; people see no difference.
///
/// Sources: actions/runner `ActionCommand.cs`, which trims the line first; Azure Pipelines "Logging commands".
pub fn commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let start = line.len() - line.trim_start().len();
        let (indent, body) = line.split_at(start);
        safe.push_str(indent);
        let body = match body.strip_prefix("::") {
            Some(command) => {
                safe.push_str(":\u{200b}:");
                command
            }
            None => body,
        };
        logging_commands(&mut safe, body);
    }
    Cow::Owned(safe)
}

/// `##[` and `##vso[`; a heading in Markdown is no command.
fn logging_commands(safe: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = rest.find("##") {
        let (before, from) = rest.split_at(at);
        let command = from[2..].starts_with(['[', 'v', 'V']);
        safe.push_str(before);
        safe.push_str(if command { "#\u{200b}" } else { "#" });
        rest = &from[1..];
    }
    safe.push_str(rest);
}

/// Something in these bytes may be a control character: those beyond ASCII begin with one byte.
fn may_control(bytes: &[u8]) -> bool {
    let may = |b: u8| (b < 0x20 && b != b'\n' && b != b'\t') || b == 0x7f || b == 0xc2;
    // All of them, without a way out in the middle: so the compiler looks at many at once.
    bytes.iter().fold(false, |any, b| any | may(*b))
}

fn is_control(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::style::{Palette, Style};

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(controls("plain\ttext\n"), "plain\ttext\n");
        assert_eq!(
            controls("a\u{1b}]0;title\u{7}b\rc"),
            "a\\u{1b}]0;title\\u{7}b\\u{d}c"
        );
        assert_eq!(
            controls("\u{1b}[8mhidden\u{9b}2J"),
            "\\u{1b}[8mhidden\\u{9b}2J"
        );
    }

    #[test]
    fn what_we_paint_stays() {
        let palette = Palette::new(true);
        for style in [
            Style::Error,
            Style::Warning,
            Style::Good,
            Style::Hint,
            Style::Name,
            Style::Dim,
            Style::Heading,
        ] {
            let painted = palette.paint(style, "x");
            assert_eq!(controls(&painted), painted);
        }
    }

    #[test]
    fn a_name_gives_no_command_to_the_runner() {
        let broken = |text: &str| commands(text).replace('\u{200b}', "|");
        assert_eq!(
            broken("a::b\n  ::set-env name=x::y\n"),
            "a::b\n  :|:set-env name=x::y\n"
        );
        assert_eq!(
            broken("x ##vso[task.setvariable]y\n##[error]z"),
            "x #|#vso[task.setvariable]y\n#|#[error]z"
        );
        assert_eq!(broken("### Plan\n###[x]\n"), "### Plan\n##|#[x]\n");
        assert_eq!(broken("nothing"), "nothing");
    }
}
