use super::{Category, Function, Kind, Parameter, optional, required};

const ANY: Parameter = required(Kind::Any);
const NUMBER: Parameter = required(Kind::Number);
const ONE: &[Parameter] = &[ANY];
const ONE_NUMBER: &[Parameter] = &[NUMBER];
const TWO_NUMBERS: &[Parameter] = &[NUMBER, NUMBER];
const ONE_OR_TWO: &[Parameter] = &[ANY, optional(Kind::Any)];

const fn aggregate(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::Aggregate,
        parameters,
        result,
        syntax,
        summary,
    )
    .aggregate()
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    aggregate("ATTR", ONE, Kind::SameAsArgument, "ATTR(expression)", "The value, if it is the same in all rows; otherwise `*`."),
    aggregate("AVG", ONE_NUMBER, Kind::Number, "AVG(expression)", "The mean."),
    aggregate("COLLECT", &[required(Kind::Spatial)], Kind::Spatial, "COLLECT(spatial)", "The geometries joined into one."),
    aggregate("CORR", TWO_NUMBERS, Kind::Number, "CORR(expression1, expression2)", "The Pearson correlation of two values."),
    aggregate("COUNT", ONE, Kind::Integer, "COUNT(expression)", "How many rows have a value."),
    aggregate("COUNTD", ONE, Kind::Integer, "COUNTD(expression)", "How many different values there are."),
    aggregate("COVAR", TWO_NUMBERS, Kind::Number, "COVAR(expression1, expression2)", "The covariance of a sample."),
    aggregate("COVARP", TWO_NUMBERS, Kind::Number, "COVARP(expression1, expression2)", "The covariance of a population."),
    aggregate("MAX", ONE_OR_TWO, Kind::SameAsArgument, "MAX(expression) or MAX(expr1, expr2)", "The greatest value of the rows, or the greater of two values."),
    aggregate("MEDIAN", ONE_NUMBER, Kind::Number, "MEDIAN(expression)", "The median."),
    aggregate("MIN", ONE_OR_TWO, Kind::SameAsArgument, "MIN(expression) or MIN(expr1, expr2)", "The least value of the rows, or the lesser of two values."),
    aggregate("PERCENTILE", TWO_NUMBERS, Kind::Number, "PERCENTILE(expression, number)", "The value at a percentile from 0 to 1, which is a constant."),
    aggregate("STDEV", ONE_NUMBER, Kind::Number, "STDEV(expression)", "The standard deviation of a sample."),
    aggregate("STDEVP", ONE_NUMBER, Kind::Number, "STDEVP(expression)", "The standard deviation of a population."),
    aggregate("SUM", ONE_NUMBER, Kind::Number, "SUM(expression)", "The sum."),
    aggregate("VAR", ONE_NUMBER, Kind::Number, "VAR(expression)", "The variance of a sample."),
    aggregate("VARP", ONE_NUMBER, Kind::Number, "VARP(expression)", "The variance of a population."),
];
