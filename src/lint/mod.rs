//! The rules and the engine that runs them. Pure.

use crate::manifest::RuleCatalogue;

/// The rules that there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Catalogue;

impl RuleCatalogue for Catalogue {
    fn ids(&self) -> Vec<&'static str> {
        vec![
            "naming/workbook",
            "naming/datasource",
            "naming/worksheet",
            "naming/dashboard",
            "naming/calculated-field",
            "naming/parameter",
            "calculation/required",
            "datasource/certified",
            "layout/fixed-size",
        ]
    }
}
