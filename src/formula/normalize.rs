use super::field_ref::FieldRef;
use super::parser::parse;
use super::print::print_with;

/// Writes a formula in the form in which two are compared: as [`super::print`], comments gone, and each reference
/// replaced by what `resolve` returns for it. Nothing when the formula does not parse.
///
/// `resolve` returns the whole replacement, brackets included (see [`super::quote`]); for nothing the reference stays
/// as it is, in brackets. It is called once per reference, in the order of the text.
pub fn normalize(
    text: &str,
    mut resolve: impl FnMut(&FieldRef) -> Option<String>,
) -> Option<String> {
    let expression = parse(text).expression?;
    let field = |field: &FieldRef| resolve(field).unwrap_or_else(|| field.quoted());
    Some(print_with(&expression, field))
}
