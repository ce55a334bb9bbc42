use super::{Category, Function, Kind, Parameter, optional, required};

const NUMBER: Parameter = required(Kind::Number);
const NOTHING: &[Parameter] = &[];
const ONE: &[Parameter] = &[NUMBER];
const TWO: &[Parameter] = &[NUMBER, NUMBER];
const TWO_INTEGERS: &[Parameter] = &[required(Kind::Integer), required(Kind::Integer)];
const ONE_OR_TWO: &[Parameter] = &[NUMBER, optional(Kind::Number)];

const fn number(
    name: &'static str,
    parameters: &'static [Parameter],
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::Number,
        parameters,
        Kind::Number,
        syntax,
        summary,
    )
}

const fn integer(
    name: &'static str,
    parameters: &'static [Parameter],
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::Number,
        parameters,
        Kind::Integer,
        syntax,
        summary,
    )
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    number("ABS", ONE, "ABS(number)", "The number without its sign."),
    number("ACOS", ONE, "ACOS(number)", "The angle in radians that has this cosine."),
    number("ASIN", ONE, "ASIN(number)", "The angle in radians that has this sine."),
    number("ATAN", ONE, "ATAN(number)", "The angle in radians that has this tangent."),
    number("ATAN2", TWO, "ATAN2(y, x)", "The angle in radians of the point (x, y)."),
    integer("CEILING", ONE, "CEILING(number)", "The least integer that is not below the number."),
    number("COS", ONE, "COS(angle)", "The cosine of an angle in radians."),
    number("COT", ONE, "COT(angle)", "The cotangent of an angle in radians."),
    number("DEGREES", ONE, "DEGREES(angle)", "An angle in radians, in degrees."),
    integer("DIV", TWO_INTEGERS, "DIV(integer, integer)", "The whole part of a division."),
    number("EXP", ONE, "EXP(number)", "e to the power of the number."),
    integer("FLOOR", ONE, "FLOOR(number)", "The greatest integer that is not above the number."),
    number("HEXBINX", TWO, "HEXBINX(x, y)", "The x of the centre of the hexagon that holds the point."),
    number("HEXBINY", TWO, "HEXBINY(x, y)", "The y of the centre of the hexagon that holds the point."),
    number("LN", ONE, "LN(number)", "The natural logarithm; NULL unless the number is positive."),
    number("LOG", ONE_OR_TWO, "LOG(number, [base])", "The logarithm, to base 10 unless another is given."),
    number("PI", NOTHING, "PI()", "The constant pi."),
    number("POWER", TWO, "POWER(number, power)", "The number to a power, as `^` does."),
    number("RADIANS", ONE, "RADIANS(angle)", "An angle in degrees, in radians."),
    number("ROUND", ONE_OR_TWO, "ROUND(number, [decimals])", "The number rounded to so many decimals, or to an integer."),
    integer("SIGN", ONE, "SIGN(number)", "-1, 0 or 1 for a negative number, zero or a positive number."),
    number("SIN", ONE, "SIN(angle)", "The sine of an angle in radians."),
    number("SQRT", ONE, "SQRT(number)", "The square root."),
    number("SQUARE", ONE, "SQUARE(number)", "The number times itself."),
    number("TAN", ONE, "TAN(angle)", "The tangent of an angle in radians."),
    Function::new("RANDOM", Category::Undocumented, NOTHING, Kind::Number, "RANDOM()", "A random number from 0 to 1."),
    Function::new("SYS_NUMBIN", Category::Undocumented, TWO, Kind::Integer, "SYS_NUMBIN(number, size)", "The bin that a number falls into; Tableau writes it for a bin field."),
];
