//! Content URLs: made from a name once, at first publish, and never changed.

use jiff::Timestamp;

use crate::Style;

/// What a name leaves of itself in a URL: ASCII letters, digits, `_` and `-`. Nothing is transliterated.
pub(crate) fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect()
}

/// The content URL for `name`, given which ones are taken (on the whole site, within the content type).
/// Server appends `_0`, `_1`, …; Cloud appends the time in milliseconds and a counter.
pub(crate) fn unique<E>(
    name: &str,
    style: Style,
    now: Timestamp,
    mut taken: impl FnMut(&str) -> Result<bool, E>,
) -> Result<String, E> {
    let stem = squeeze(name);
    if !stem.is_empty() && !taken(&stem)? {
        return Ok(stem);
    }
    let mut counter = 0_u64;
    loop {
        let candidate = match style {
            Style::Server => format!("{stem}_{counter}"),
            Style::Cloud => format!("{stem}_{}{counter}", now.as_millisecond()),
        };
        if !taken(&candidate)? {
            return Ok(candidate);
        }
        counter += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(name: &str, style: Style, taken: &[&str]) -> String {
        let now = Timestamp::from_millisecond(1_707_888_069_836).unwrap();
        unique(name, style, now, |url| Ok::<_, ()>(taken.contains(&url))).unwrap()
    }

    #[test]
    fn follows_the_recorded_examples() {
        assert_eq!(
            url("World Indicators", Style::Server, &[]),
            "WorldIndicators"
        );
        assert_eq!(url("Años", Style::Server, &[]), "Aos");
        assert_eq!(
            url("WB_Election_live", Style::Server, &[]),
            "WB_Election_live"
        );
        assert_eq!(
            url("RESTAPISample", Style::Server, &["RESTAPISample"]),
            "RESTAPISample_0"
        );
        assert_eq!(url("a", Style::Server, &["a", "a_0"]), "a_1");
        assert_eq!(url("学生", Style::Server, &[]), "_0");
        assert_eq!(
            url("Superstore", Style::Cloud, &["Superstore"]),
            "Superstore_17078880698360"
        );
    }
}
