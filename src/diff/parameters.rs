//! Parameters: value, domain, members, range.

use crate::content::model::{Parameter, ParameterMember};
use crate::diagnostic::Subject;

use super::change::{Action, Kind};
use super::comparison::{Comparison, What, both, first, second, unix};
use super::filters::literal;
use super::identity::{Key, Matched};
use super::residual;

pub(super) fn compare(at: &mut Comparison<'_>) {
    // Tableau numbers parameters: another workbook's `[Parameter 1]` is another parameter.
    let kind = |p: &Parameter| {
        let datatype = p.datatype.as_ref().map_or("", |t| &t.value);
        Some(format!("{} {datatype}", p.name.value))
    };
    let called = |p: &Parameter| Some(format!("{} {}", p.name.value, p.display_name()));
    let caption = |p: &Parameter| Some(p.display_name());
    let keys = [
        Key {
            before: &called,
            after: &called,
        },
        Key {
            before: &kind,
            after: &kind,
        },
        Key {
            before: &caption,
            after: &caption,
        },
    ];
    let (before, after) = (at.before.document, at.after.document);
    let matched = Matched::by(&before.model.parameters, &after.model.parameters, &keys);
    for parameter in &matched.removed {
        let reaches = at
            .before
            .reach
            .of_field("Parameters", &parameter.name.value);
        let what = What::new(Kind::Parameter, Action::Removed, &[subject(parameter)])
            .before(value(parameter))
            .reaches(reaches);
        at.say(what, first(parameter.element));
    }
    for parameter in &matched.added {
        let reaches = at.after.reach.of_field("Parameters", &parameter.name.value);
        let what = What::new(Kind::Parameter, Action::Added, &[subject(parameter)])
            .after(value(parameter))
            .reaches(reaches);
        at.say(what, second(parameter.element));
    }
    for (old, new) in matched.pairs {
        pair(at, old, new);
    }
}

fn subject(parameter: &Parameter) -> Subject {
    Subject::new("parameter", parameter.display_name())
}

fn pair(at: &mut Comparison<'_>, old: &Parameter, new: &Parameter) {
    let subject = [subject(new)];
    let places = both(old.element, new.element);
    let reaches = at.after.reach.of_field("Parameters", &new.name.value);
    let (from, to) = (old.display_name(), new.display_name());
    if from != to {
        let what = What::new(Kind::Parameter, Action::Renamed, &subject)
            .from_to(from, to)
            .reaches(reaches.clone());
        at.say(what, places);
    }
    // Of a value that stays, the word for it may change: `-8`, "Pacific Standard Time".
    let alias = |document: &crate::content::Document, p: &Parameter| {
        let same = value(old) == value(new);
        let alias = same.then(|| document.tree.get(p.element.node, "alias"));
        alias.flatten().unwrap_or_default()
    };
    let (before, after) = (at.before.document, at.after.document);
    let text = |t: &Option<crate::content::model::Text>| {
        t.as_ref().map_or(String::new(), |t| t.value.clone())
    };
    for (aspect, from, to) in [
        ("value", value(old), value(new)),
        ("name of the value", alias(before, old), alias(after, new)),
        ("data type", text(&old.datatype), text(&new.datatype)),
        ("allowed values", domain(old), domain(new)),
        ("range", range(old), range(new)),
        (
            "description",
            text(&old.description),
            text(&new.description),
        ),
        ("value when opened", dynamic(old), dynamic(new)),
    ] {
        if unix(&from) != unix(&to) {
            let what = What::changed(Kind::Parameter, &subject)
                .aspect(aspect)
                .text(&from, &to)
                .reaches(reaches.clone());
            at.say(what, places);
        }
    }
    members(at, (old, new), &subject, &reaches);
    residual::parameter(at, old, new, &subject);
}

fn value(parameter: &Parameter) -> String {
    // `value` and the calculation repeat each other; where a hand made them differ, the first counts.
    let text = parameter.value.as_ref().or(parameter.formula.as_ref());
    text.map_or(String::new(), |t| literal(&t.value))
}

fn domain(parameter: &Parameter) -> String {
    match parameter.domain.as_ref().map(|d| d.value.as_str()) {
        None | Some("" | "any") => "all",
        Some("list") => "list",
        Some("range") => "range",
        Some("database") => "a field's values",
        Some(_) => "other",
    }
    .to_owned()
}

fn range(parameter: &Parameter) -> String {
    let Some((min, max, step)) = &parameter.range else {
        return String::new();
    };
    let shown = |v: &Option<String>| v.as_ref().map_or_else(|| "open".to_owned(), |v| literal(v));
    let step = step.as_ref().map_or(String::new(), |s| format!(" by {s}"));
    format!("{} to {}{step}", shown(min), shown(max))
}

fn dynamic(parameter: &Parameter) -> String {
    if parameter.dynamic {
        "from a field".to_owned()
    } else {
        "the saved one".to_owned()
    }
}

fn members(
    at: &mut Comparison<'_>,
    (old, new): (&Parameter, &Parameter),
    subject: &[Subject],
    reaches: &[String],
) {
    let words = |m: &ParameterMember| match &m.alias {
        Some(alias) if *alias != m.value => format!("{} as {alias}", literal(&m.value)),
        _ => literal(&m.value),
    };
    let list = |p: &Parameter| p.members.iter().map(words).collect::<Vec<_>>();
    let (from, to) = (list(old), list(new));
    if from == to {
        return;
    }
    let only = |a: &[String], b: &[String]| {
        let own = a.iter().filter(|m| !b.contains(m)).cloned();
        own.collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (only(&from, &to), only(&to, &from));
    let mut what = What::changed(Kind::Parameter, subject)
        .aspect("list of values")
        .reaches(reaches.to_vec());
    if gone.is_empty() && come.is_empty() {
        what = what.note("the order changed");
    }
    if !gone.is_empty() {
        what = what.before(gone);
    }
    if !come.is_empty() {
        what = what.after(come);
    }
    at.say(what, both(old.element, new.element));
}

#[cfg(test)]
mod tests {
    use crate::content::Document;
    use crate::diff;

    fn timezone(alias: &str, value: &str) -> Document {
        let text = format!(
            "<workbook version='18.1'><datasources><datasource hasconnection='false' name='Parameters'>\
             <column alias='{alias}' caption='Timezone' datatype='integer' name='[Parameter 1]' \
             param-domain-type='list' role='measure' type='quantitative' value='{value}'>\
             <calculation class='tableau' formula='{value}' /></column></datasource></datasources></workbook>"
        );
        Document::parse(text).unwrap()
    }

    #[test]
    fn another_word_for_the_same_value_is_a_change() {
        let said = |before: &Document, after: &Document| -> Vec<String> {
            let changes = diff::documents(before, after).changes;
            changes.iter().map(diff::Change::sentence).collect()
        };
        let (daylight, standard) = (timezone("Daylight", "-7"), timezone("Standard", "-7"));
        assert_eq!(
            said(&daylight, &standard),
            ["parameter \"Timezone\": name of the value changed, Daylight -> Standard"]
        );
        // With another value the other word goes without saying.
        assert_eq!(
            said(&daylight, &timezone("Standard", "-8")),
            ["parameter \"Timezone\": value changed, -7 -> -8"]
        );
    }
}
