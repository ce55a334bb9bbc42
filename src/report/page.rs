//! What every page has: it stands alone, without the network, light and dark, on a telephone and for a screen reader.

const STYLE: &str = include_str!("page.css");

/// A page before it is written.
pub(super) struct Page<'p> {
    /// `tabship check`.
    pub(super) tool: &'p str,
    /// What the page says in a line. Text.
    pub(super) headline: &'p str,
    /// Below it; nothing where it is empty. Text.
    pub(super) about: &'p str,
    /// CSS of this kind of page.
    pub(super) style: &'p str,
    /// What `main` holds. HTML.
    pub(super) main: &'p str,
    /// JavaScript without which the page can be read too.
    pub(super) script: &'p str,
}

impl Page<'_> {
    pub(super) fn html(&self) -> String {
        let (headline, main, style) = (escape(self.headline), self.main, self.style);
        let (tool, version) = (self.tool, env!("CARGO_PKG_VERSION"));
        let about = match self.about {
            "" => String::new(),
            about => format!("<p class=\"about\">{}</p>", escape(about)),
        };
        let script = match self.script {
            "" => String::new(),
            script => format!("<script>\n{script}</script>\n"),
        };
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{tool}: {headline}</title>\n\
             <style>\n{STYLE}{style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n\
             <header><p class=\"tool\">{tool}</p><h1>{headline}</h1>{about}</header>\n\
             <main id=\"main\">\n{main}</main>\n<footer>tabship {version}</footer>\n{script}</body>\n</html>\n"
        )
    }
}

/// Text in HTML, in elements and between quotes of both kinds.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
