//! Fields and calculated fields of one data source.

use std::collections::HashMap;

use crate::content::model::{Column, Datasource, Definition, MetadataField, unbracket};
use crate::content::tree::NodeId;
use crate::diagnostic::{Span, Subject};

use super::change::{Action, Kind, Tag};
use super::comparison::{Comparison, Side, What, unix};
use super::identity::Matched;
use super::{canonical, folders, formulas, hunks};

/// More fields than this that come or go at once are one change.
const MANY: usize = 12;
const MANY_HIDDEN: usize = 3;

/// A field as one side knows it: a column, a record of what the source delivered, or both.
#[derive(Debug, Clone, Copy)]
struct Field<'d> {
    name: &'d str,
    column: Option<&'d Column>,
    metadata: Option<&'d MetadataField>,
}

impl Field<'_> {
    fn caption(&self) -> String {
        self.column
            .map_or_else(|| unbracket(self.name), Column::display_name)
    }

    fn span(&self) -> Option<Span> {
        self.column
            .map(|c| c.element.tag)
            .or_else(|| self.metadata.map(|m| m.name.span))
    }

    fn hidden(&self) -> bool {
        self.column.is_some_and(|c| c.hidden)
    }

    fn calculated(&self) -> bool {
        self.column.is_some_and(|c| c.formula().is_some())
    }

    fn datatype(&self) -> Option<&str> {
        self.column
            .and_then(|c| c.datatype.as_ref())
            .map(|t| t.value.as_str())
            .or_else(|| self.metadata?.local_type.as_deref())
    }

    fn kind(&self) -> Kind {
        if self.calculated() {
            Kind::Calculation
        } else {
            Kind::Field
        }
    }

    fn noun(&self) -> &'static str {
        match self.column.map(|c| &c.definition) {
            Some(Definition::Calculated { .. }) => "calculated field",
            Some(Definition::Bin { .. }) => "bin",
            Some(Definition::Group { .. }) => "group",
            _ => "field",
        }
    }
}

pub(super) fn compare(
    at: &mut Comparison<'_>,
    before: &Datasource,
    after: &Datasource,
    subject: &[Subject],
) {
    let (old, new) = (fields(before), fields(after));
    let homes = (before.name.value.as_str(), after.name.value.as_str());
    let name = |f: &Field<'_>| Some(f.name.to_owned());
    let matched = Matched::by_one(&old, &new, &name);
    let gone = but_own(&matched.removed);
    let come = but_own(&matched.added);
    one_sided(at, gone, Action::Removed, homes.0, subject);
    one_sided(at, come, Action::Added, homes.1, subject);
    for (old, new) in matched.pairs {
        pair(at, (*old, *new), homes, subject);
    }
    folders::compare(at, before, after, subject);
}

/// Tableau's own come and go as they are used.
fn but_own<'d>(fields: &[&Field<'d>]) -> Vec<Field<'d>> {
    let own = |f: &Field<'_>| f.column.is_some_and(|c| c.internal);
    fields.iter().filter(|f| !own(f)).map(|f| **f).collect()
}

/// Columns first, then the fields that only the source's own list names.
fn fields(datasource: &Datasource) -> Vec<Field<'_>> {
    let metadata: HashMap<&str, &MetadataField> = datasource
        .metadata
        .iter()
        .map(|m| (m.name.value.as_str(), m))
        .collect();
    let columns: HashMap<&str, &Column> = datasource
        .columns
        .iter()
        .map(|c| (c.name.value.as_str(), c))
        .collect();
    let with_column = datasource.columns.iter().map(|c| Field {
        name: &c.name.value,
        column: Some(c),
        metadata: metadata.get(c.name.value.as_str()).copied(),
    });
    let mut seen: Vec<Field<'_>> = with_column.collect();
    let rest = datasource.metadata.iter().filter(|m| {
        !columns.contains_key(m.name.value.as_str())
            && !m.name.value.starts_with("[__tableau_internal")
    });
    let mut names = std::collections::HashSet::new();
    seen.extend(
        rest.filter(|m| names.insert(m.name.value.as_str()))
            .map(|m| Field {
                name: &m.name.value,
                column: None,
                metadata: Some(m),
            }),
    );
    seen
}

fn one_sided(
    at: &mut Comparison<'_>,
    fields: Vec<Field<'_>>,
    action: Action,
    home: &str,
    subject: &[Subject],
) {
    let (calculated, plain): (Vec<_>, Vec<_>) = fields.into_iter().partition(Field::calculated);
    let side = |at: &mut Comparison<'_>, what: What, span: Option<Span>| match action {
        Action::Removed => at.say(what, (span, None)),
        _ => at.say(what, (None, span)),
    };
    for field in &calculated {
        let what = calculation(of(at, action), field, action, home, subject);
        side(at, what, field.span());
    }
    // Nobody meets a hidden field: of several their names are enough.
    let (hidden, open): (Vec<_>, Vec<_>) = plain.into_iter().partition(Field::hidden);
    let mut single = Vec::new();
    for (fields, many, noun) in [
        (open, MANY, "fields"),
        (hidden, MANY_HIDDEN, "hidden fields"),
    ] {
        if fields.len() <= many {
            single.extend(fields);
            continue;
        }
        let names: Vec<String> = fields.iter().map(Field::caption).collect();
        let what = What::new(Kind::Field, action, subject)
            .aspect(format!("{} {noun}", fields.len()))
            .count(fields.len())
            .note(names.join(", "));
        side(at, what, fields.first().and_then(Field::span));
    }
    for field in &single {
        let mut what = What::new(field.kind(), action, &named(field, subject));
        if let Some(datatype) = field.datatype() {
            let datatype = if field.hidden() {
                format!("{datatype}, hidden")
            } else {
                datatype.to_string()
            };
            what = match action {
                Action::Removed => what.before(datatype),
                _ => what.after(datatype),
            };
        }
        let reaches = of(at, action).reach.of_field(home, field.name);
        side(at, what.reaches(reaches), field.span());
    }
}

fn of<'c, 'd>(at: &'c Comparison<'d>, action: Action) -> &'c Side<'d> {
    if action == Action::Removed {
        &at.before
    } else {
        &at.after
    }
}

fn named(field: &Field<'_>, subject: &[Subject]) -> Vec<Subject> {
    let mut subject = subject.to_vec();
    subject.push(Subject::new(field.noun(), field.caption()));
    subject
}

fn calculation(
    side: &Side<'_>,
    field: &Field<'_>,
    action: Action,
    home: &str,
    subject: &[Subject],
) -> What {
    let formula = field.column.and_then(Column::formula);
    let words = formula.map_or(String::new(), |f| side.names.formula(&f.value, home));
    let risk = formulas::security(side, home, field.name);
    let what = What::new(Kind::Calculation, action, &named(field, subject))
        .reaches(side.reach.of_field(home, field.name));
    // A formula of several lines is not for a sentence.
    let (what, tag) = match action {
        Action::Removed => (what.risk(risk), Tag::Removed),
        _ => (what, Tag::Added),
    };
    if !hunks::is_short(words.trim()) {
        return what.detail(hunks::whole(words.trim(), tag));
    }
    match action {
        Action::Removed => what.before(words),
        _ => what.after(words),
    }
}

fn pair(
    at: &mut Comparison<'_>,
    (old, new): (Field<'_>, Field<'_>),
    homes: (&str, &str),
    subject: &[Subject],
) {
    let subject = named(&new, subject);
    let places = (old.span(), new.span());
    let (from, to) = (old.caption(), new.caption());
    if from != to {
        let what = What::new(new.kind(), Action::Renamed, &subject)
            .from_to(from, to)
            .reaches(at.after.reach.of_field(homes.1, new.name));
        at.say(what, places);
    }
    formulas::compare(at, (old.column, new.column), (homes, new.name), &subject);
    settings(at, (old, new), homes, &subject);
}

/// Datatype, role, hidden, format, description, aliases: what a right click sets.
fn settings(
    at: &mut Comparison<'_>,
    (old, new): (Field<'_>, Field<'_>),
    homes: (&str, &str),
    subject: &[Subject],
) {
    let places = (old.span(), new.span());
    let reaches = at.after.reach.of_field(homes.1, new.name);
    let kind = new.kind();
    let say = |at: &mut Comparison<'_>, aspect: &str, from: String, to: String| {
        if unix(&from) != unix(&to) {
            let what = What::changed(kind, subject)
                .aspect(aspect)
                .text(&from, &to)
                .reaches(reaches.clone());
            at.say(what, places);
        }
    };
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    say(at, "data type", text(old.datatype()), text(new.datatype()));
    let value = |f: &Field<'_>, read: fn(&Column) -> Option<&crate::content::model::Text>| {
        f.column
            .and_then(read)
            .map_or(String::new(), |t| t.value.clone())
    };
    // A field without a column has the role that its source gave it, which is not written down.
    if old.column.is_some() && new.column.is_some() {
        let role = |f: &Field<'_>| value(f, |c| c.role.as_ref());
        let scale = |f: &Field<'_>| match value(f, |c| c.kind.as_ref()).as_str() {
            "quantitative" => "continuous".to_owned(),
            "" => String::new(),
            _ => "discrete".to_owned(),
        };
        say(at, "role", role(&old), role(&new));
        if role(&old) == role(&new) {
            say(at, "scale", scale(&old), scale(&new));
        }
    }
    if old.hidden() != new.hidden() {
        let action = if new.hidden() {
            Action::Hidden
        } else {
            Action::Shown
        };
        at.say(
            What::new(kind, action, subject).reaches(reaches.clone()),
            places,
        );
    }
    say(
        at,
        "default format",
        value(&old, |c| c.default_format.as_ref()),
        value(&new, |c| c.default_format.as_ref()),
    );
    say(
        at,
        "geographic role",
        value(&old, |c| c.semantic_role.as_ref()),
        value(&new, |c| c.semantic_role.as_ref()),
    );
    say(
        at,
        "description",
        value(&old, |c| c.description.as_ref()),
        value(&new, |c| c.description.as_ref()),
    );
    let attribute = |side: &Side<'_>, f: &Field<'_>, name: &str| {
        let node = f.column.map(|c| c.element.node);
        node.and_then(|n| side.document.tree.get(n, name))
            .unwrap_or_default()
    };
    if old.column.is_some() && new.column.is_some() {
        for (name, aspect) in [
            ("aggregation", "default aggregation"),
            ("folder-name", "folder"),
        ] {
            let (from, to) = (
                attribute(&at.before, &old, name),
                attribute(&at.after, &new, name),
            );
            say(at, aspect, from, to);
        }
    }
    let (from, to) = (
        mapped(&at.before, homes.0, old.name),
        mapped(&at.after, homes.1, new.name),
    );
    if let (Some(from), Some(to)) = (from, to) {
        say(at, "source column", from, to);
    }
    aliases(at, (old, new), subject);
    if definition(&at.before, old) != definition(&at.after, new) {
        let what = What::changed(kind, subject)
            .aspect("definition")
            .reaches(reaches);
        at.say(what, places);
    }
}

/// The column of a table that a field stands for, where the data source has several tables.
fn mapped(side: &Side<'_>, home: &str, name: &str) -> Option<String> {
    let tree = &side.document.tree;
    let datasource = side.names.fields(home)?.datasource.element.node;
    let cols = tree.path(datasource, &["connection", "cols"])?;
    let map = tree.named(cols, "map").find(|n| tree.is(*n, "key", name))?;
    tree.get(map, "value")
}

/// Bins, groups and their like: all of their definition but formulas, which are compared as such.
fn definition(side: &Side<'_>, field: Field<'_>) -> String {
    let tree = &side.document.tree;
    match field.column.map(|c| (&c.definition, c.element.node)) {
        Some((
            Definition::Bin { .. } | Definition::Group { .. } | Definition::Other { .. },
            node,
        )) => tree
            .child(node, "calculation")
            .map_or(String::new(), |n| canonical::whole(tree, n)),
        _ => String::new(),
    }
}

fn aliases(at: &mut Comparison<'_>, (old, new): (Field<'_>, Field<'_>), subject: &[Subject]) {
    let pairs = |side: &Side<'_>, f: Field<'_>| -> Vec<(String, String)> {
        let tree = &side.document.tree;
        let node: Option<NodeId> = f.column.map(|c| c.element.node);
        let Some(all) = node.and_then(|n| tree.child(n, "aliases")) else {
            return Vec::new();
        };
        let get = |n: NodeId, name: &str| tree.get(n, name).unwrap_or_default();
        let mut pairs: Vec<_> = tree
            .named(all, "alias")
            .map(|n| (get(n, "key").trim_matches('"').to_owned(), get(n, "value")))
            .collect();
        pairs.sort();
        pairs
    };
    let (from, to) = (pairs(&at.before, old), pairs(&at.after, new));
    if from == to {
        return;
    }
    let words = |all: &[(String, String)], but: &[(String, String)]| -> Vec<String> {
        let own = all.iter().filter(|p| !but.contains(p));
        own.map(|(key, value)| format!("{key} as {value}"))
            .collect()
    };
    let mut what = What::changed(new.kind(), subject).aspect("aliases");
    let (gone, come) = (words(&from, &to), words(&to, &from));
    if !gone.is_empty() {
        what = what.before(gone.join(", "));
    }
    if !come.is_empty() {
        what = what.after(come.join(", "));
    }
    at.say(what, (old.span(), new.span()));
}
