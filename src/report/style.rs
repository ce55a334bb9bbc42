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
            Style::Error => "1;31",
            Style::Warning => "1;33",
            Style::Good => "32",
            Style::Hint => "36",
            Style::Name => "1",
            Style::Dim => "2",
            Style::Heading => "1;4",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
