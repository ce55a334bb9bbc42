//! `calculation/parameter-default`.

use crate::content::model::Parameter;
use crate::diagnostic::{Level, Subject};
use crate::lint::File;
use crate::lint::rule::{Levels, rule};
use crate::lint::sink::Sink;

rule! {
    /// ## What it does
    /// Reports parameters whose value is not in their list, or not in their range.
    ///
    /// ## Why is this bad?
    /// The control shows a value that nobody can choose again, or another one than what the sheets compute with. It happens when the list
    /// is edited in the file, or by a script.
    ParameterDefault, "calculation/parameter-default", "parameter's value is none that it allows", Levels::always(Level::Warning), check
}

fn check(file: &File<'_>, sink: &mut Sink<'_>) {
    let Some(document) = file.document() else { return };
    for parameter in document.model.parameters.iter().filter(|p| !p.dynamic) {
        let Some(value) = &parameter.value else { continue };
        let Some(why) = outside(parameter, &value.value) else { continue };
        let name = parameter.display_name();
        let message = format!("the parameter `{name}` has the value {}, which {why}", value.value);
        sink.report(value.span, vec![Subject::new("parameter", &*name)], message).help("choose a value that it allows (Edit Parameter), or add this one");
    }
}

/// Why the value is not allowed.
fn outside(parameter: &Parameter, value: &str) -> Option<String> {
    match parameter.domain.as_ref()?.value.as_str() {
        "list" if !parameter.members.is_empty() => {
            let there = parameter.members.iter().any(|m| same(&m.value, value));
            (!there).then(|| "is not in its list".to_owned())
        }
        "range" => {
            let (min, max, _) = parameter.range.as_ref()?;
            let number: f64 = value.parse().ok()?;
            let bound = |text: &Option<String>| text.as_ref().and_then(|t| t.parse::<f64>().ok());
            match (bound(min), bound(max)) {
                (Some(min), _) if number < min => Some(format!("is less than {min}")),
                (_, Some(max)) if number > max => Some(format!("is more than {max}")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Numbers are equal however they are written: `1` and `1.0`.
fn same(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() <= f64::EPSILON * a.abs().max(1.0))
}
