//! What rules that count something have in common.

/// Declares the options of such a rule: `max` with its default, and what it counts.
macro_rules! limit {
    ($(#[doc = $doc:literal])* $default:literal) => {
        #[derive(Debug, Clone, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Limit {
            $(#[doc = $doc])*
            max: usize,
        }

        impl Default for Limit {
            fn default() -> Self {
                Self { max: $default }
            }
        }
    };
}
pub(super) use limit;
