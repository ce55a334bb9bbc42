use super::{Category, Function, Kind, Parameter, optional, required};

const ANY: Parameter = required(Kind::Any);
const CHOICE: &[Parameter] = &[required(Kind::Boolean), ANY, ANY, optional(Kind::Any)];
const NOTHING: &[Parameter] = &[];
const NAMED: &[Parameter] = &[required(Kind::Literal)];
const NAMED_VALUE: &[Parameter] = &[required(Kind::Literal), required(Kind::String)];

const fn user(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(name, Category::User, parameters, result, syntax, summary)
}

const fn logical(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(name, Category::Logical, parameters, result, syntax, summary)
}

/// With the user functions, which filters are made of.
#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    logical("IFNULL", &[ANY, ANY], Kind::SameAsArgument, "IFNULL(expr1, expr2)", "The first value, or the second where the first is NULL."),
    logical("IIF", CHOICE, Kind::SameAsArgument, "IIF(test, then, else, [unknown])", "One of two values by a test; a third where the test is NULL."),
    logical("ISNULL", &[ANY], Kind::Boolean, "ISNULL(expression)", "Whether the value is NULL."),
    logical("ZN", &[required(Kind::Number)], Kind::Number, "ZN(expression)", "The number, or 0 where it is NULL."),
    user("FULLNAME", NOTHING, Kind::String, "FULLNAME()", "The full name of the user."),
    user("ISFULLNAME", NAMED, Kind::Boolean, "ISFULLNAME('full name')", "Whether the user has this full name."),
    user("ISMEMBEROF", NAMED, Kind::Boolean, "ISMEMBEROF('group')", "Whether the user is in the group."),
    user("ISUSERNAME", NAMED, Kind::Boolean, "ISUSERNAME('username')", "Whether the user has this name."),
    user("USERATTRIBUTE", NAMED, Kind::String, "USERATTRIBUTE('attribute')", "An attribute of the user, from the token of the embedding page."),
    user("USERATTRIBUTEINCLUDES", NAMED_VALUE, Kind::Boolean, "USERATTRIBUTEINCLUDES('attribute', expected)", "Whether an attribute of the user has this value among its values."),
    user("USERDOMAIN", NOTHING, Kind::String, "USERDOMAIN()", "The domain of the user."),
    user("USERNAME", NOTHING, Kind::String, "USERNAME()", "The name with which the user signed in."),
];
