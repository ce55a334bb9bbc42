//! What several rules ask of a file: computed once, and only when the first of them asks; the others wait for it.

use std::sync::OnceLock;

use crate::content::Document;
use crate::content::style::Styles;
use crate::formula::{self, Parsed};
use crate::hash::HashSet;

use super::calculation_chain;
use super::calculation_field::{CalculatedField, calculated_fields};
use super::names::Names;
use super::usage::Used;

/// A calculated field with its formula parsed.
#[derive(Debug)]
pub(super) struct Formula<'d> {
    pub(super) field: CalculatedField<'d>,
    pub(super) parsed: Parsed,
}

impl Formula<'_> {
    /// Data source and name of the fields that the formula reads.
    pub(super) fn references(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.field.datasource.name.value.as_str();
        let all = self.parsed.references();
        all.map(move |r| (r.data_source().unwrap_or(own), r.name()))
    }
}

/// See the methods of [`File`](super::File) that read it.
#[derive(Debug, Default)]
pub(super) struct Facts<'d> {
    formulas: OnceLock<Vec<Formula<'d>>>,
    below: OnceLock<Vec<Vec<usize>>>,
    hidden: OnceLock<HashSet<&'d str>>,
    names: OnceLock<Names<'d>>,
    styles: OnceLock<Styles>,
    used: OnceLock<Used>,
}

impl<'d> Facts<'d> {
    pub(super) fn formulas(&self, document: &'d Document) -> &[Formula<'d>] {
        self.formulas.get_or_init(|| {
            let mut formulas = Vec::with_capacity(calculated_fields(document).count());
            formulas.extend(calculated_fields(document).map(|field| Formula {
                field,
                parsed: formula::parse(&field.formula.value),
            }));
            formulas
        })
    }

    /// Of each formula, the numbers of those that it reads.
    pub(super) fn below(&self, document: &'d Document) -> &[Vec<usize>] {
        self.below
            .get_or_init(|| calculation_chain::below(self.formulas(document)))
    }

    pub(super) fn hidden_sheets(&self, document: &'d Document) -> &HashSet<&'d str> {
        self.hidden.get_or_init(|| {
            let hidden = document.model.windows.iter().filter(|w| w.hidden);
            hidden.map(|w| w.name.value.as_str()).collect()
        })
    }

    pub(super) fn names(&self, document: &'d Document) -> &Names<'d> {
        self.names.get_or_init(|| Names::of(document))
    }

    pub(super) fn styles(&self, document: &'d Document) -> &Styles {
        self.styles.get_or_init(|| Styles::of(&document.tree))
    }

    pub(super) fn used(&self, document: &'d Document) -> &Used {
        self.used
            .get_or_init(|| Used::of(document, self.formulas(document)))
    }
}
