//! The few colours that the terminal output uses.

/// What a piece of text is, not how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Error,
    Warning,
    Good,
    Hint,
    /// Names of things.
    Name,
    Dim,
    Heading,
}

/// Paints, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    colored: bool,
}

impl Palette {
    pub fn new(colored: bool) -> Self {
        Self { colored }
    }

    pub fn is_colored(self) -> bool {
        self.colored
    }

    pub fn paint(self, style: Style, text: &str) -> String {
        if !self.colored || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Error => ERROR,
            Style::Warning => WARNING,
            Style::Good => GOOD,
            Style::Hint => HINT,
            Style::Name => NAME,
            Style::Dim => DIM,
            Style::Heading => HEADING,
        };
        format!("{code}{text}{RESET}")
    }
}

const ERROR: &str = "\u{1b}[1;31m";
const WARNING: &str = "\u{1b}[1;33m";
const GOOD: &str = "\u{1b}[32m";
const HINT: &str = "\u{1b}[36m";
const NAME: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const HEADING: &str = "\u{1b}[1;4m";
const RESET: &str = "\u{1b}[0m";

/// All that is ever painted with.
pub(super) const CODES: [&str; 8] = [ERROR, WARNING, GOOD, HINT, NAME, DIM, HEADING, RESET];
