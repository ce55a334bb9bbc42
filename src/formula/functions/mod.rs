//! What Tableau can call, up to 2026.2.
//!
//! Source: <https://help.tableau.com/current/pro/desktop/en-us/functions_all_alphabetical.htm> and the pages of each
//! category beside it. These pages do not say from which version on a function exists; `Function::since` is from the
//! index of functions in Tableau's public skills (tableau.github.io/tableau-ai-utilities, calc-linter), and empty where
//! that does not say it, or is at odds with older sources (it has `BUFFER` since 2024.1, and a book of 2022 uses it).

mod additional;
mod aggregate;
mod date;
mod logical;
mod number;
mod pass_through;
mod spatial;
mod string;
mod suggestion;
mod table_calculation;
#[cfg(test)]
mod tests;

use crate::hash::HashMap;
use std::sync::LazyLock;

pub use suggestion::suggest;

#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// In upper case.
    pub name: &'static str,
    pub category: Category,
    /// Required ones first, then optional ones, then at most one that repeats.
    pub parameters: &'static [Parameter],
    pub result: Kind,
    /// Turns rows into one value. `MIN` and `MAX` do with one argument only: see [`Function::aggregates`].
    pub aggregate: bool,
    pub table_calculation: bool,
    /// The first Tableau release that has it, where known.
    pub since: Option<(u16, u8)>,
    /// Optional arguments in brackets: `FIND(string, substring, [start])`.
    pub syntax: &'static str,
    /// One sentence.
    pub summary: &'static str,
}

/// The page of Tableau's reference that a function stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    Number,
    String,
    Date,
    TypeConversion,
    Logical,
    Aggregate,
    User,
    TableCalculation,
    Spatial,
    /// `RAWSQL_…`: text sent to the database as it is.
    PassThrough,
    /// `SCRIPT_…` and `MODEL_EXTENSION_…`: run by a server outside Tableau.
    AnalyticsExtension,
    PredictiveModel,
    /// Regular expressions, and what only Hive, Impala or BigQuery has.
    Additional,
    /// Written by Tableau itself, or working without being documented.
    Undocumented,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub kind: Kind,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    /// Any number of times, also none.
    Repeated,
}

/// A type of value, as far as the reference tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Any,
    Number,
    Integer,
    String,
    Boolean,
    /// A date, or a date with its time.
    Date,
    DateTime,
    Spatial,
    /// One of `'year'`, `'month'`, `'iso-week'`, …
    DatePart,
    /// `'monday'` to `'sunday'`
    Weekday,
    /// `'asc'` or `'desc'`
    Direction,
    /// `'km'`, `'miles'`, …
    DistanceUnit,
    /// A string written in the formula, not taken from a field.
    Literal,
    /// As a result: the type of the arguments.
    SameAsArgument,
}

impl Function {
    /// Returns the least and the greatest number of arguments; no greatest when they repeat.
    pub fn arity(&self) -> (usize, Option<usize>) {
        let required = self
            .parameters
            .iter()
            .filter(|parameter| parameter.presence == Presence::Required)
            .count();
        let repeats = self
            .parameters
            .iter()
            .any(|parameter| parameter.presence == Presence::Repeated);
        (required, (!repeats).then_some(self.parameters.len()))
    }

    pub fn accepts(&self, arguments: usize) -> bool {
        let (least, greatest) = self.arity();
        arguments >= least && greatest.is_none_or(|greatest| arguments <= greatest)
    }

    /// Says whether a call with so many arguments turns rows into one value.
    pub fn aggregates(&self, arguments: usize) -> bool {
        let compares = matches!(self.name, "MIN" | "MAX") && arguments != 1;
        (self.aggregate || self.table_calculation) && !compares
    }

    const fn new(
        name: &'static str,
        category: Category,
        parameters: &'static [Parameter],
        result: Kind,
        syntax: &'static str,
        summary: &'static str,
    ) -> Self {
        Self {
            name,
            category,
            parameters,
            result,
            aggregate: false,
            table_calculation: false,
            since: None,
            syntax,
            summary,
        }
    }

    const fn aggregate(mut self) -> Self {
        self.aggregate = true;
        self
    }

    const fn table_calculation(mut self) -> Self {
        self.table_calculation = true;
        self
    }

    const fn since(mut self, year: u16, release: u8) -> Self {
        self.since = Some((year, release));
        self
    }
}

const fn required(kind: Kind) -> Parameter {
    let presence = Presence::Required;
    Parameter { kind, presence }
}

const fn optional(kind: Kind) -> Parameter {
    let presence = Presence::Optional;
    Parameter { kind, presence }
}

const fn repeated(kind: Kind) -> Parameter {
    let presence = Presence::Repeated;
    Parameter { kind, presence }
}

/// A text in another language, and what its placeholders stand for.
const SCRIPT: &[Parameter] = &[required(Kind::Literal), repeated(Kind::Any)];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function>> =
    LazyLock::new(|| all().map(|function| (function.name, function)).collect());

/// Goes over every function, category by category.
pub fn all() -> impl Iterator<Item = &'static Function> {
    [
        number::FUNCTIONS,
        string::FUNCTIONS,
        date::FUNCTIONS,
        logical::FUNCTIONS,
        aggregate::FUNCTIONS,
        table_calculation::FUNCTIONS,
        spatial::FUNCTIONS,
        pass_through::FUNCTIONS,
        additional::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
}

/// Finds a function by its name, in any case.
pub fn lookup(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name.to_uppercase().as_str()).copied()
}
