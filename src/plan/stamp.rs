//! The stamp that tabship leaves on an item: one tag that says what was published, from which commit.
//!
//! Tags come with the site's own listing, so any machine can tell an unchanged item with no state file and
//! no request of its own. A republish by anybody else drops tags (reference: REST facts, 10.4), so an item
//! without a stamp is not as tabship left it.

use jiff::Timestamp;

/// What the tag `tabship:FINGERPRINT:COMMIT:rREVISION:tSECONDS` says. `tabship` is the configurable prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Content and settings as published: hex.
    pub fingerprint: String,
    /// Git commit (12 hex digits), or `none` outside of git.
    pub commit: String,
    /// The revision that the publish produced; 0 where the site keeps no history.
    pub revision: u64,
    /// When the publish was proven.
    pub at: Timestamp,
}

impl Stamp {
    pub fn label(&self, prefix: &str) -> String {
        format!(
            "{prefix}:{}:{}:r{}:t{}",
            self.fingerprint,
            self.commit,
            self.revision,
            self.at.as_second()
        )
    }

    /// Reads a tag; `None` when it is not a stamp of this prefix.
    pub fn parse(label: &str, prefix: &str) -> Option<Self> {
        let rest = label.strip_prefix(prefix)?.strip_prefix(':')?;
        let mut parts = rest.split(':');
        let (fingerprint, commit) = (parts.next()?, parts.next()?);
        let revision = parts.next()?.strip_prefix('r')?.parse().ok()?;
        let at = Timestamp::from_second(parts.next()?.strip_prefix('t')?.parse().ok()?).ok()?;
        let hex = !fingerprint.is_empty() && fingerprint.chars().all(|c| c.is_ascii_hexdigit());
        (hex && parts.next().is_none()).then(|| Self {
            fingerprint: fingerprint.to_owned(),
            commit: commit.to_owned(),
            revision,
            at,
        })
    }

    /// The newest stamp among an item's tags.
    pub fn find<'t>(tags: impl IntoIterator<Item = &'t String>, prefix: &str) -> Option<Self> {
        tags.into_iter()
            .filter_map(|t| Self::parse(t, prefix))
            .max_by_key(|s| s.at)
    }

    /// True for any tag of ours, readable or not: what is not to be carried along as the user's.
    pub fn is_ours(label: &str, prefix: &str) -> bool {
        label
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(':'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(seconds: i64) -> Stamp {
        let at = Timestamp::from_second(seconds).unwrap();
        Stamp {
            fingerprint: "00ff".into(),
            commit: "abcdef012345".into(),
            revision: 3,
            at,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let label = stamp(1_790_000_000).label("tabship");
        assert_eq!(label, "tabship:00ff:abcdef012345:r3:t1790000000");
        assert_eq!(Stamp::parse(&label, "tabship"), Some(stamp(1_790_000_000)));
    }

    #[test]
    fn other_tags_are_not_stamps() {
        for label in [
            "finance",
            "tabship",
            "tabship:",
            "tabship:xyz:c:r1:t1",
            "tabship:00:c:1:t1",
            "tabship:00:c:r1:t1:more",
            "tabship2:00:c:r1:t1",
        ] {
            assert_eq!(Stamp::parse(label, "tabship"), None, "{label}");
        }
    }

    #[test]
    fn the_newest_counts() {
        let tags = vec![
            stamp(10).label("t"),
            "finance".to_owned(),
            stamp(20).label("t"),
        ];
        assert_eq!(Stamp::find(&tags, "t"), Some(stamp(20)));
    }
}
