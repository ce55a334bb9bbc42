//! Filters that show each person only their own rows.

use crate::content::Document;
use crate::content::model::{Datasource, Filter, unbracket};
use crate::formula::{self, Parsed};
use crate::hash::{HashMap, HashSet};

use super::facts::Formula;
use super::shelf::plain;

/// Calculated fields that ask who is looking, directly or through others: data source and name without brackets.
pub(super) type UserFields = HashSet<(String, String)>;

pub(super) fn user_fields(formulas: &[Formula<'_>]) -> UserFields {
    let of = |f: &Formula<'_>| {
        (
            f.field.datasource.name.value.clone(),
            unbracket(&f.field.column.name.value),
        )
    };
    close(formulas.iter().map(|f| (of(f), &f.parsed)))
}

/// The same of a document that no rule runs on.
pub(super) fn user_fields_of(document: &Document) -> UserFields {
    let parsed: Vec<((String, String), Parsed)> =
        super::calculation_field::calculated_fields(document)
            .map(|f| {
                (
                    (
                        f.datasource.name.value.clone(),
                        unbracket(&f.column.name.value),
                    ),
                    formula::parse(&f.formula.value),
                )
            })
            .collect();
    close(parsed.iter().map(|(key, parsed)| (key.clone(), parsed)))
}

fn close<'p>(formulas: impl Iterator<Item = ((String, String), &'p Parsed)>) -> UserFields {
    let mut users: HashMap<(String, String), Vec<(String, String)>> = HashMap::default();
    let mut open = Vec::new();
    for (key, parsed) in formulas {
        for reference in parsed.references() {
            let named = match reference.parts.as_slice() {
                [name] => (key.0.clone(), name.clone()),
                [datasource, name, ..] => (datasource.clone(), name.clone()),
                [] => continue,
            };
            users.entry(named).or_default().push(key.clone());
        }
        if parsed.uses_user_function() {
            open.push(key);
        }
    }
    let mut found = UserFields::default();
    while let Some(key) = open.pop() {
        if found.insert(key.clone()) {
            open.extend(users.remove(&key).unwrap_or_default());
        }
    }
    found
}

/// The filters of a data source that show each person their own rows, by what they filter: calculations that ask who is
/// looking, and user filters that Tableau made.
pub(super) fn user_filters<'d>(
    datasource: &'d Datasource,
    fields: &UserFields,
    filters: &'d [Filter],
) -> Vec<&'d Filter> {
    let name = &datasource.name.value;
    let sets: HashSet<String> = datasource
        .groups
        .iter()
        .filter(|g| g.user_filter)
        .map(|g| unbracket(&g.name.value))
        .collect();
    filters
        .iter()
        .filter(|f| {
            let field = filtered_field(&f.column.value);
            sets.contains(&field) || fields.contains(&(name.clone(), field))
        })
        .collect()
}

/// `[federated.1].[none:Region:nk]` filters `Region`; `[Region]` does too.
pub(super) fn filtered_field(column: &str) -> String {
    let last = column.rfind("].[").map_or(column, |at| &column[at + 2..]);
    let name = unbracket(last);
    plain(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::filtered_field;

    #[test]
    fn instances_are_read() {
        for (column, field) in [
            ("[federated.1].[none:Region:nk]", "Region"),
            ("[Region]", "Region"),
            ("[federated.1].[usr:Calculation_1:nk]", "Calculation_1"),
            ("[none:a:b:nk]", "a:b"),
            ("[a: b]", "a: b"),
        ] {
            assert_eq!(filtered_field(column), field, "{column}");
        }
    }
}
