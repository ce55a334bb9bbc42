//! Tables, joins, unions, custom SQL and relationships.

use std::collections::HashMap;

use crate::content::Document;
use crate::content::model::{Datasource, Relation, Relationship};
use crate::diagnostic::Subject;

use super::change::{Action, Kind, Risk};
use super::comparison::{Comparison, What, both, first, second};
use super::hunks;
use super::identity::{Key, Matched};

pub(super) fn compare(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    tables(at, before, after, subject);
    relationships(at, before, after, subject);
}

fn tables(at: &mut Comparison<'_>, before: &Datasource, after: &Datasource, subject: &[Subject]) {
    // `collection` only holds the tables of the object model; a published source has one relation of no meaning.
    let meant = |r: &&Relation| r.kind != "collection" && table(r) != "[sqlproxy]";
    // Joins have no names: what they join on tells them apart.
    let is_join = |r: &Relation| r.kind == "join";
    let condition =
        |document| move |r: &Relation| is_join(r).then(|| format!("on {}", clause(document, r)));
    let (condition_before, condition_after) =
        (condition(at.before.document), condition(at.after.document));
    let any_join = |r: &Relation| is_join(r).then(|| "join".to_owned());
    let name = |r: &Relation| (!is_join(r)).then(|| format!("{} {}", r.kind, name(r)));
    let same_table = |r: &Relation| Some(format!("table {}", r.table.as_ref()?.value));
    let matched = Matched::by(
        before.relations.iter().filter(meant),
        after.relations.iter().filter(meant),
        &[
            Key {
                before: &name,
                after: &name,
            },
            Key {
                before: &same_table,
                after: &same_table,
            },
            Key {
                before: &condition_before,
                after: &condition_after,
            },
            Key {
                before: &any_join,
                after: &any_join,
            },
        ],
    );
    let (mut removed, mut added) = (matched.removed, matched.added);
    // The tables say more than how they are joined.
    removed.sort_by_key(|r| is_join(r));
    added.sort_by_key(|r| is_join(r));
    for relation in removed {
        let words = words(at.before.document, relation);
        let what = What::new(Kind::Table, Action::Removed, &named(subject, relation)).before(words);
        at.say(what, first(relation.element));
    }
    for relation in added {
        let risk = (relation.kind == "text").then_some(Risk::CustomSqlChanged);
        let what = What::new(Kind::Table, Action::Added, &named(subject, relation))
            .after(words(at.after.document, relation))
            .risk(risk);
        at.say(what, second(relation.element));
    }
    let labels = (connection_labels(before), connection_labels(after));
    for (old, new) in matched.pairs {
        pair(
            at,
            (old, new),
            &labels,
            &after.name.value,
            &named(subject, new),
        );
    }
}

fn pair(
    at: &mut Comparison<'_>,
    (old, new): (&Relation, &Relation),
    labels: &(HashMap<&str, String>, HashMap<&str, String>),
    datasource: &str,
    subject: &[Subject],
) {
    let places = both(old.element, new.element);
    let say = |at: &mut Comparison<'_>, aspect: &str, from: String, to: String| {
        if from != to {
            let what = What::changed(Kind::Table, subject)
                .aspect(aspect)
                .from_to(from, to);
            at.say(what, places);
        }
    };
    let join = |r: &Relation| r.join.as_ref().map_or(String::new(), |j| j.value.clone());
    say(at, "table", table(old).to_owned(), table(new).to_owned());
    say(at, "join type", join(old), join(new));
    if old.kind == "join" {
        say(
            at,
            "join condition",
            clause(at.before.document, old),
            clause(at.after.document, new),
        );
    }
    let label = |labels: &HashMap<&str, String>, r: &Relation| {
        let name = r.connection.as_ref().map(|c| c.value.as_str());
        name.and_then(|n| labels.get(n).cloned())
            .unwrap_or_default()
    };
    let (from, to) = (label(&labels.0, old), label(&labels.1, new));
    // A connection that moved is said once, at the connection.
    if labels.0.len() > 1 || labels.1.len() > 1 {
        let moved =
            old.connection.as_ref().map(|c| &c.value) != new.connection.as_ref().map(|c| &c.value);
        if moved {
            say(at, "connection", from, to);
        }
    }
    if let (Some(from), Some(to)) = (&old.custom_sql, &new.custom_sql)
        && !same_sql(&from.value, &to.value)
    {
        let from_words = at.before.names.in_text(&from.value);
        let to_words = at.after.names.in_text(&to.value);
        let said = What::changed(Kind::CustomSql, subject);
        if same_words(&from.value, &to.value) {
            let what = said.aspect("white space in the query");
            at.say(what, (Some(from.span), Some(to.span)));
            return;
        }
        let what = said
            .aspect("query")
            .detail(hunks::lines(&from_words, &to_words))
            .reaches(at.after.reach.of_datasource(datasource))
            .risk(Some(Risk::CustomSqlChanged));
        at.say(what, (Some(from.span), Some(to.span)));
    }
}

/// Line ends and space at the ends of lines are no change.
fn same_sql(before: &str, after: &str) -> bool {
    let lines = |text: &str| -> Vec<String> {
        text.trim()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect()
    };
    before == after || lines(before) == lines(after)
}

/// The same but for space between the words. Where a comment may end at the end of its line, lines count.
fn same_words(before: &str, after: &str) -> bool {
    let comments = |text: &str| text.contains("--") || text.contains('#');
    let by_lines = comments(before) || comments(after);
    spaced(before, by_lines) == spaced(after, by_lines)
}

/// Runs of space outside of quotes as one space, or one line end.
fn spaced(sql: &str, by_lines: bool) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    let mut gap = None;
    for c in sql.trim().chars() {
        if quote.is_none() && c.is_whitespace() {
            let line = by_lines && c == '\n';
            gap = Some(if line || gap == Some('\n') { '\n' } else { ' ' });
            continue;
        }
        out.extend(gap.take());
        out.push(c);
        match quote {
            Some(end) if c == end => quote = None,
            None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
            _ => {}
        }
    }
    out
}

fn connection_labels(datasource: &Datasource) -> HashMap<&str, String> {
    datasource
        .connections
        .iter()
        .filter_map(|c| {
            Some((
                c.name.as_ref()?.value.as_str(),
                super::connections::place(c),
            ))
        })
        .collect()
}

fn table(relation: &Relation) -> &str {
    relation.table.as_ref().map_or("", |t| &t.value)
}

fn name(relation: &Relation) -> &str {
    relation.name.as_ref().map_or("", |n| &n.value)
}

fn named(subject: &[Subject], relation: &Relation) -> Vec<Subject> {
    let kind = match relation.kind.as_str() {
        "join" => "join",
        "union" | "batch-union" => "union",
        "text" => "custom SQL",
        "pivot" => "pivot",
        "stored-proc" => "stored procedure",
        _ => "table",
    };
    let mut subject = subject.to_vec();
    let name = match name(relation) {
        "" => table(relation),
        name => name,
    };
    subject.push(Subject::new(kind, name));
    subject
}

fn words(document: &Document, relation: &Relation) -> String {
    match relation.kind.as_str() {
        "join" => {
            let how = relation.join.as_ref().map_or("", |j| &j.value);
            match clause(document, relation).as_str() {
                "" => format!("{how} join"),
                condition => format!("{how} join on {condition}"),
            }
        }
        "text" => relation.custom_sql.as_ref().map_or(String::new(), |sql| {
            sql.value.split_whitespace().collect::<Vec<_>>().join(" ")
        }),
        _ => table(relation).to_owned(),
    }
}

/// The condition of a join, in one form: `[a].[id] = [b].[id]`.
fn clause(document: &Document, relation: &Relation) -> String {
    let tree = &document.tree;
    tree.named(relation.element.node, "clause")
        .flat_map(|clause| tree.named(clause, "expression").collect::<Vec<_>>())
        .map(|e| tree.expression(e))
        .collect::<Vec<_>>()
        .join(" AND ")
}

fn relationships(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    let tables = |r: &Relationship| Some((r.tables.0.clone(), r.tables.1.clone()));
    let key = Key {
        before: &tables,
        after: &tables,
    };
    let matched = Matched::by(&before.relationships, &after.relationships, &[key]);
    let named = |r: &Relationship| {
        let mut subject = subject.to_vec();
        subject.push(Subject::new(
            "relationship",
            format!("{} - {}", r.tables.0, r.tables.1),
        ));
        subject
    };
    for r in &matched.removed {
        let what = What::new(Kind::Relationship, Action::Removed, &named(r)).before(&r.expression);
        at.say(what, first(r.element));
    }
    for r in &matched.added {
        let what = What::new(Kind::Relationship, Action::Added, &named(r)).after(&r.expression);
        at.say(what, second(r.element));
    }
    for (old, new) in matched.pairs {
        if old.expression != new.expression {
            let what = What::changed(Kind::Relationship, &named(new))
                .aspect("condition")
                .from_to(&old.expression, &new.expression);
            at.say(what, both(old.element, new.element));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::content::Document;
    use crate::diff;

    /// Joins of `a` with others, each on its own condition; the outermost first, as Tableau nests them.
    fn joined(with: &[&str]) -> Document {
        let mut relation = "<relation name='a' table='[public].[a]' type='table' />".to_owned();
        for other in with {
            relation = format!(
                "<relation join='left' type='join'><clause type='join'><expression op='='>\
                 <expression op='[a].[{other}_id]' /><expression op='[{other}].[id]' /></expression></clause>\
                 {relation}<relation name='{other}' table='[public].[{other}]' type='table' /></relation>"
            );
        }
        let text = format!(
            "<workbook version='18.1'><datasources><datasource caption='Orders' name='federated.1'>\
             <connection class='federated'>{relation}</connection></datasource></datasources></workbook>"
        );
        Document::parse(text).unwrap()
    }

    #[test]
    fn a_join_is_the_same_where_it_joins_on_the_same() {
        let changes = diff::documents(&joined(&["b", "c"]), &joined(&["b", "x", "c"]));
        let said: Vec<String> = changes.changes.iter().map(diff::Change::sentence).collect();
        assert_eq!(
            said,
            [
                "table \"x\" of data source \"Orders\" added ([public].[x])",
                "join of data source \"Orders\" added (left join on [a].[x_id] = [x].[id])",
            ]
        );
    }
}
