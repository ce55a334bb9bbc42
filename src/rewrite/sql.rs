//! Names in custom and initial SQL.
//!
//! No parser of any dialect: what is a string, a comment or a parameter of Tableau's is passed over, and of what is left
//! every dotted name is looked at. `dev.orders`, `"dev"."orders"`, `sales.dev.orders`, `dev.orders.amount`.

use std::ops::Range;

use super::qualifier::{Renames, has_schemas, is_mysql};

/// A part of a name, and what stands there instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Bytes of the SQL.
    pub(super) range: Range<usize>,
    pub(super) text: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// Whose SQL it is: how names are quoted, and what the first part of one may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect<'c> {
    pub(super) class: &'c str,
    /// The connection's database.
    pub(super) database: Option<&'c str>,
}

impl Dialect<'_> {
    fn quotes(self) -> (char, char) {
        match self.class {
            "sqlserver" | "azure_sqldb" | "azure_sql_dw" => ('[', ']'),
            "bigquery" | "databricks" | "spark" | "hadoophive" => ('`', '`'),
            class if is_mysql(class) => ('`', '`'),
            _ => ('"', '"'),
        }
    }
}

/// The changes that renaming asks for, from the first to the last.
pub(super) fn changes(sql: &str, renames: &Renames, dialect: Dialect<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    for name in names(sql) {
        let (database, schema) = roles(&name, renames, dialect);
        let renamed = [(database, &renames.database), (schema, &renames.schema)];
        for (part, rename) in renamed {
            let (Some(part), Some(rename)) = (part.and_then(|at| name.get(at)), rename) else {
                continue;
            };
            if part.is(&rename.old) && rename.old != rename.new {
                found.push(Change {
                    range: part.range.clone(),
                    text: part.renamed(&rename.new, dialect),
                    old: rename.old.clone(),
                    new: rename.new.clone(),
                });
            }
        }
    }
    found
}

/// Which part is the database's and which the schema's. `a.b` may also be a column of a table, so a part is what it can
/// be only when its name says so.
fn roles(name: &[Part], renames: &Renames, dialect: Dialect<'_>) -> (Option<usize>, Option<usize>) {
    if !has_schemas(dialect.class) {
        return ((name.len() >= 2).then_some(0), None);
    }
    let is = |at: usize, wanted: Option<&str>| {
        wanted.is_some_and(|w| name.get(at).is_some_and(|p: &Part| p.is(w)))
    };
    let old_database = renames.database.as_ref().map(|r| r.old.as_str());
    let old_schema = renames.schema.as_ref().map(|r| r.old.as_str());
    let begins_with_database = name.len() >= 3 && (is(0, old_database) || is(0, dialect.database));
    if begins_with_database && (is(1, old_schema) || !is(0, old_schema)) {
        (Some(0), Some(1))
    } else {
        (None, (name.len() >= 2).then_some(0))
    }
}

/// One part of a dotted name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// With its quotes.
    range: Range<usize>,
    value: String,
    quote: Quote,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Around(char, char),
    /// Around the whole of the dotted name: `` `project.dataset.table` ``.
    Shared,
}

impl Part {
    /// Databases fold the case of a name that is not quoted.
    fn is(&self, name: &str) -> bool {
        self.value == name || self.quote == Quote::None && self.value.eq_ignore_ascii_case(name)
    }

    fn renamed(&self, new: &str, dialect: Dialect<'_>) -> String {
        let simple = new.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && new.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let (open, close) = match self.quote {
            Quote::Shared => return new.to_owned(),
            Quote::None if simple => return new.to_owned(),
            Quote::None => dialect.quotes(),
            Quote::Around(open, close) => (open, close),
        };
        let doubled = new.replace(close, &format!("{close}{close}"));
        format!("{open}{doubled}{close}")
    }
}

/// Every name of two parts and more.
fn names(sql: &str) -> Vec<Vec<Part>> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(rest) = sql.get(at..).filter(|r| !r.is_empty()) {
        let Some(c) = rest.chars().next() else { break };
        at += if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("<<") {
            // How Tableau writes a `<` that begins no parameter.
            2
        } else if rest.starts_with("<[") {
            rest.find("]>").map_or(2, |end| end + 2)
        } else if c == '\'' {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2)
        } else if let Some((name, end)) = dotted(sql, at) {
            if name.len() > 1 {
                names.push(name);
            }
            end - at
        } else {
            c.len_utf8()
        };
    }
    names
}

/// The name that begins at `at`, and where it ends.
fn dotted(sql: &str, at: usize) -> Option<(Vec<Part>, usize)> {
    let (mut parts, mut end) = part(sql, at)?;
    loop {
        let after = skip_space(sql, end);
        let more = sql
            .get(after..)
            .filter(|r| r.starts_with('.'))
            .and_then(|_| part(sql, skip_space(sql, after + 1)));
        let Some((more, after)) = more else {
            return Some((parts, end));
        };
        parts.extend(more);
        end = after;
    }
}

fn skip_space(sql: &str, at: usize) -> usize {
    let rest = sql.get(at..).unwrap_or_default();
    sql.len() - rest.trim_start().len()
}

/// One part, or the parts between one pair of backticks.
fn part(sql: &str, at: usize) -> Option<(Vec<Part>, usize)> {
    let rest = sql.get(at..)?;
    let first = rest.chars().next()?;
    let close = match first {
        '"' | '`' => first,
        '[' => ']',
        _ => {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            let part = Part {
                range: at..at + length,
                value: rest.get(..length)?.to_owned(),
                quote: Quote::None,
            };
            return (length > 0).then(|| (vec![part], at + length));
        }
    };
    let end = at + 1 + closing(rest.get(1..)?, close)?;
    let inner = sql.get(at + 1..end)?;
    if first == '`' && inner.contains('.') {
        let mut begin = at + 1;
        let shared = inner.split('.').map(|value| {
            let range = begin..begin + value.len();
            begin = range.end + 1;
            Part {
                range,
                value: value.to_owned(),
                quote: Quote::Shared,
            }
        });
        return Some((shared.collect(), end + 1));
    }
    let value = inner
        .replace(&format!("{close}{close}"), &close.to_string())
        .replace("<<", "<")
        .replace(">>", ">");
    let part = Part {
        range: at..end + 1,
        value,
        quote: Quote::Around(first, close),
    };
    Some((vec![part], end + 1))
}

/// Where the quote ends; a doubled one is part of the name.
fn closing(text: &str, close: char) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + text.get(at..)?.find(close)?;
        if text.get(found + 1..)?.starts_with(close) {
            at = found + 2;
        } else {
            return Some(found);
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '#')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::qualifier::Rename;

    fn renamed(sql: &str, class: &str, database: &[&str], schema: &[&str]) -> String {
        let rename = |pair: &[&str]| match pair {
            [old, new] => Some(Rename {
                old: (*old).to_owned(),
                new: (*new).to_owned(),
            }),
            _ => None,
        };
        let renames = Renames {
            database: rename(database),
            schema: rename(schema),
        };
        let dialect = Dialect {
            class,
            database: Some("sales"),
        };
        let mut text = sql.to_owned();
        for change in changes(sql, &renames, dialect).into_iter().rev() {
            text.replace_range(change.range, &change.text);
        }
        text
    }

    #[test]
    fn only_qualifiers_are_renamed() {
        let schema = |sql: &str| renamed(sql, "postgres", &[], &["dev", "prod"]);
        for (before, after) in [
            ("dev.a", "prod.a"),
            ("\"dev\" . \"a\"", "\"prod\" . \"a\""),
            ("\"DEV\".a Dev.a", "\"DEV\".a prod.a"),
            ("sales.dev.a", "sales.prod.a"),
            ("other.dev.a", "other.dev.a"),
            (
                "a.dev, dev, devs.a, my_dev.a",
                "a.dev, dev, devs.a, my_dev.a",
            ),
            (
                "'dev.a', 'it''s dev.a', dev.b",
                "'dev.a', 'it''s dev.a', prod.b",
            ),
            (
                "/* dev.a */ dev.b -- dev.c\ndev.d",
                "/* dev.a */ prod.b -- dev.c\nprod.d",
            ),
            ("<[dev].[a]> << dev.a", "<[dev].[a]> << prod.a"),
            ("dev.* 'open dev.a", "dev.* 'open dev.a"),
            ("é.dev.a [dev", "é.dev.a [dev"),
        ] {
            assert_eq!(schema(before), after);
        }
    }

    #[test]
    fn names_are_quoted_as_the_database_does() {
        let to = |class: &str, new: &str| renamed("a.t [a].t `p.a.t`", class, &[], &["a", new]);
        assert_eq!(to("postgres", "x-y"), "\"x-y\".t [x-y].t `p.a.t`");
        assert_eq!(to("sqlserver", "x]y"), "[x]]y].t [x]]y].t `p.a.t`");
        assert_eq!(
            renamed(
                "`sales.a.t` a.t",
                "bigquery",
                &["sales", "live"],
                &["a", "b-c"]
            ),
            "`live.b-c.t` `b-c`.t"
        );
        for class in ["mysql", "aurora"] {
            let renamed = renamed("a.t x.a.t", class, &["a", "b-c"], &[]);
            assert_eq!(renamed, "`b-c`.t x.a.t", "{class}");
        }
    }
}
