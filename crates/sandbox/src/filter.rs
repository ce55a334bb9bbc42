//! Filtering and sorting lists, by the fields that each kind of item has.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::error::ApiError;

/// What a row has under a field name, for filters and sorting.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fact {
    Text(String),
    Texts(Vec<String>),
    Integer(i64),
    Boolean(bool),
    Time(Timestamp),
    Absent,
}

impl From<&str> for Fact {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A field that lists of `T` can be filtered and sorted by.
pub(crate) struct Field<T: 'static> {
    pub(crate) name: &'static str,
    /// Comma-separated operators.
    pub(crate) operators: &'static str,
    pub(crate) fact: fn(&T) -> Fact,
}

/// `eq` and the four comparisons.
pub(crate) const RANGE: &str = "eq,gt,gte,lt,lte";

struct Condition<'a, T: 'static> {
    field: &'static Field<T>,
    operator: &'a str,
    value: &'a str,
}

fn split_conditions(filter: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (at, character) in filter.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&filter[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&filter[start..]);
    parts
}

/// Keeps the rows that pass. Of several conditions on one field only the last counts, as on the vendor's server.
pub(crate) fn filter<T>(
    rows: &mut Vec<T>,
    filter: &str,
    fields: &'static [Field<T>],
) -> Result<(), ApiError> {
    let mut conditions: Vec<Condition<'_, T>> = Vec::new();
    for part in split_conditions(filter) {
        let condition = condition(part, fields)?;
        conditions.retain(|other| other.field.name != condition.field.name);
        conditions.push(condition);
    }
    let mut kept = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        let mut pass = true;
        for condition in &conditions {
            pass = pass && matches(condition, &row)?;
        }
        if pass {
            kept.push(row);
        }
    }
    *rows = kept;
    Ok(())
}

fn condition<'a, T>(
    part: &'a str,
    fields: &'static [Field<T>],
) -> Result<Condition<'a, T>, ApiError> {
    let mut pieces = part.splitn(3, ':');
    let (Some(name), Some(operator), Some(value)) = (pieces.next(), pieces.next(), pieces.next())
    else {
        return Err(bad_filter(format!(
            "Invalid filter expression '{part}': it must be field:operator:value."
        )));
    };
    let field = fields
        .iter()
        .find(|field| field.name == name)
        .ok_or_else(|| bad_filter(format!("Filtering by the field '{name}' is not supported.")))?;
    if !field.operators.split(',').any(|known| known == operator) {
        return Err(bad_filter(format!(
            "The operator '{operator}' is not supported for the field '{name}'."
        )));
    }
    Ok(Condition {
        field,
        operator,
        value,
    })
}

fn bad_filter(detail: String) -> ApiError {
    ApiError::new(400_065, detail)
}

fn matches<T>(condition: &Condition<'_, T>, row: &T) -> Result<bool, ApiError> {
    let fact = (condition.field.fact)(row);
    let value = condition.value;
    match condition.operator {
        "in" => {
            let inner = value
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .ok_or_else(|| {
                    bad_filter(format!(
                        "The value of 'in' must be a list in brackets, not '{value}'."
                    ))
                })?;
            let mut any = false;
            for choice in inner.split(',') {
                any = any || compare(&fact, choice)? == Some(Ordering::Equal);
            }
            Ok(any)
        }
        "has" => Ok(matches!(&fact, Fact::Text(text) if text.contains(value))),
        "cieq" => {
            Ok(matches!(&fact, Fact::Text(text) if text.to_lowercase() == value.to_lowercase()))
        }
        "like" => Ok(matches!(&fact, Fact::Text(text) if like(text, value))),
        operator => {
            let order = compare(&fact, value)?;
            Ok(order.is_some_and(|order| match operator {
                "gt" => order.is_gt(),
                "gte" => order.is_ge(),
                "lt" => order.is_lt(),
                "lte" => order.is_le(),
                _ => order.is_eq(),
            }))
        }
    }
}

fn like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        if let Some(middle) = last.replace(piece) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |tail| rest.ends_with(tail))
}

fn compare(fact: &Fact, value: &str) -> Result<Option<Ordering>, ApiError> {
    Ok(match fact {
        Fact::Absent => None,
        Fact::Text(text) => Some(text.as_str().cmp(value)),
        Fact::Texts(texts) => texts
            .iter()
            .any(|text| text == value)
            .then_some(Ordering::Equal),
        Fact::Boolean(flag) => match value {
            "true" => Some(flag.cmp(&true)),
            "false" => Some(flag.cmp(&false)),
            _ => return Err(bad_filter(format!("'{value}' is not a boolean."))),
        },
        Fact::Integer(number) => Some(
            number.cmp(
                &value
                    .parse()
                    .map_err(|_| bad_filter(format!("'{value}' is not a number.")))?,
            ),
        ),
        Fact::Time(time) => {
            let wanted: Timestamp = value
                .parse()
                .map_err(|_| bad_filter(format!("'{value}' is not a date in ISO 8601 form.")))?;
            Some(time.as_second().cmp(&wanted.as_second()))
        }
    })
}

fn order(left: &Fact, right: &Fact) -> Ordering {
    match (left, right) {
        (Fact::Text(left), Fact::Text(right)) => left
            .to_lowercase()
            .cmp(&right.to_lowercase())
            .then(left.cmp(right)),
        (Fact::Texts(left), Fact::Texts(right)) => left.cmp(right),
        (Fact::Integer(left), Fact::Integer(right)) => left.cmp(right),
        (Fact::Boolean(left), Fact::Boolean(right)) => left.cmp(right),
        (Fact::Time(left), Fact::Time(right)) => left.cmp(right),
        (Fact::Absent, Fact::Absent) => Ordering::Equal,
        (Fact::Absent, _) => Ordering::Less,
        _ => Ordering::Greater,
    }
}

/// Sorts by `field:direction,…`; the direction is mandatory, and the sort is stable.
pub(crate) fn sort<T>(
    rows: &mut [T],
    sort: &str,
    fields: &'static [Field<T>],
) -> Result<(), ApiError> {
    let bad = |detail: String| ApiError::new(400_066, detail);
    let mut keys = Vec::new();
    for part in sort.split(',') {
        let (name, direction) = part.split_once(':').ok_or_else(|| {
            bad(format!(
                "Invalid sort expression '{part}': it must be field:asc or field:desc."
            ))
        })?;
        let field = fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| bad(format!("Sorting by the field '{name}' is not supported.")))?;
        let descending = match direction {
            "asc" => false,
            "desc" => true,
            other => {
                return Err(bad(format!(
                    "The sort direction must be asc or desc, not '{other}'."
                )));
            }
        };
        keys.push((field, descending));
    }
    rows.sort_by(|left, right| {
        keys.iter()
            .fold(Ordering::Equal, |so_far, (field, descending)| {
                so_far.then_with(|| {
                    let order = order(&(field.fact)(left), &(field.fact)(right));
                    if *descending { order.reverse() } else { order }
                })
            })
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, i64, Vec<&'static str>);
    static FIELDS: &[Field<Row>] = &[
        Field {
            name: "name",
            operators: "eq,in,has,cieq,like",
            fact: |r| r.0.into(),
        },
        Field {
            name: "size",
            operators: RANGE,
            fact: |r| Fact::Integer(r.1),
        },
        Field {
            name: "tags",
            operators: "eq,in",
            fact: |r| Fact::Texts(r.2.iter().map(|t| (*t).to_owned()).collect()),
        },
    ];

    fn names(expression: &str) -> Result<Vec<&'static str>, u32> {
        let mut rows = vec![
            ("Alpha", 1, vec!["x"]),
            ("beta", 2, vec![]),
            ("Gamma: one", 3, vec!["x", "y"]),
        ];
        filter(&mut rows, expression, FIELDS).map_err(|error| error.code)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    #[test]
    fn filters() {
        assert_eq!(names("name:eq:Alpha").unwrap(), ["Alpha"]);
        assert_eq!(names("name:eq:alpha").unwrap(), [""; 0]);
        assert_eq!(names("name:cieq:ALPHA").unwrap(), ["Alpha"]);
        assert_eq!(names("name:eq:Gamma: one").unwrap(), ["Gamma: one"]);
        assert_eq!(names("name:in:[Alpha,beta],size:gt:1").unwrap(), ["beta"]);
        assert_eq!(names("name:like:*a*e").unwrap(), ["Gamma: one"]);
        assert_eq!(names("tags:eq:y").unwrap(), ["Gamma: one"]);
        assert_eq!(
            names("size:gte:2,size:lte:2").unwrap(),
            ["Alpha", "beta"],
            "the last condition wins"
        );
        for bad in [
            "name",
            "name:eq",
            "color:eq:1",
            "size:has:1",
            "size:eq:x",
            "name:in:a",
            "",
        ] {
            assert_eq!(names(bad).unwrap_err(), 400_065, "{bad}");
        }
    }

    #[test]
    fn sorts_with_a_mandatory_direction() {
        let mut rows = vec![("b", 1, vec![]), ("a", 1, vec![]), ("c", 0, vec![])];
        sort(&mut rows, "size:desc,name:asc", FIELDS).unwrap();
        assert_eq!(
            rows.iter().map(|r| r.0).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        for bad in ["name", "name:up", "color:asc"] {
            assert_eq!(sort(&mut rows, bad, FIELDS).unwrap_err().code, 400_066);
        }
    }
}
