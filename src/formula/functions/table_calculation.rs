use super::{Category, Function, Kind, Parameter, SCRIPT, optional, repeated, required};

const ANY: Parameter = required(Kind::Any);
const NUMBER: Parameter = required(Kind::Number);
const OFFSET: Parameter = optional(Kind::Integer);
const NOTHING: &[Parameter] = &[];
const ONE: &[Parameter] = &[ANY];
const RANKED: &[Parameter] = &[ANY, optional(Kind::Direction)];
const WINDOW: &[Parameter] = &[ANY, OFFSET, OFFSET];
const WINDOW_PAIR: &[Parameter] = &[NUMBER, NUMBER, OFFSET, OFFSET];
const MODEL: &[Parameter] = &[required(Kind::Any), ANY, repeated(Kind::Any)];
const QUANTILE: &[Parameter] = &[required(Kind::Any), ANY, ANY, repeated(Kind::Any)];
const EXTENSION: &[Parameter] = &[
    required(Kind::Literal),
    required(Kind::Any),
    repeated(Kind::Any),
];

const fn table(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::TableCalculation,
        parameters,
        result,
        syntax,
        summary,
    )
    .table_calculation()
}

const fn script(name: &'static str, result: Kind, syntax: &'static str) -> Function {
    let summary = "What a script gives that an analytics extension runs.";
    Function::new(
        name,
        Category::AnalyticsExtension,
        SCRIPT,
        result,
        syntax,
        summary,
    )
    .table_calculation()
}

const fn extension(name: &'static str, result: Kind, syntax: &'static str) -> Function {
    let summary = "What a model gives that is deployed on an analytics extension.";
    Function::new(
        name,
        Category::AnalyticsExtension,
        EXTENSION,
        result,
        syntax,
        summary,
    )
    .table_calculation()
}

const fn model(
    name: &'static str,
    parameters: &'static [Parameter],
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::PredictiveModel,
        parameters,
        Kind::Number,
        syntax,
        summary,
    )
    .table_calculation()
    .since(2020, 3)
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    table("FIRST", NOTHING, Kind::Integer, "FIRST()", "How many rows from this one to the first of the partition."),
    table("INDEX", NOTHING, Kind::Integer, "INDEX()", "The place of this row in the partition, from 1."),
    table("LAST", NOTHING, Kind::Integer, "LAST()", "How many rows from this one to the last of the partition."),
    table("LOOKUP", &[ANY, OFFSET], Kind::SameAsArgument, "LOOKUP(expression, [offset])", "The value in another row, so many rows away."),
    table("PREVIOUS_VALUE", ONE, Kind::SameAsArgument, "PREVIOUS_VALUE(expression)", "What this calculation gave in the row before; the argument in the first row."),
    table("RANK", RANKED, Kind::Integer, "RANK(expression, ['asc' | 'desc'])", "The rank, with gaps after equal values."),
    table("RANK_DENSE", RANKED, Kind::Integer, "RANK_DENSE(expression, ['asc' | 'desc'])", "The rank, without gaps after equal values."),
    table("RANK_MODIFIED", RANKED, Kind::Integer, "RANK_MODIFIED(expression, ['asc' | 'desc'])", "The rank, with gaps before equal values."),
    table("RANK_PERCENTILE", RANKED, Kind::Number, "RANK_PERCENTILE(expression, ['asc' | 'desc'])", "The rank as a share of the partition, from 0 to 1."),
    table("RANK_UNIQUE", RANKED, Kind::Integer, "RANK_UNIQUE(expression, ['asc' | 'desc'])", "The rank, different for equal values too."),
    table("RUNNING_AVG", ONE, Kind::Number, "RUNNING_AVG(expression)", "The mean from the first row to this one."),
    table("RUNNING_COUNT", ONE, Kind::Integer, "RUNNING_COUNT(expression)", "The count from the first row to this one."),
    table("RUNNING_MAX", ONE, Kind::SameAsArgument, "RUNNING_MAX(expression)", "The greatest value from the first row to this one."),
    table("RUNNING_MIN", ONE, Kind::SameAsArgument, "RUNNING_MIN(expression)", "The least value from the first row to this one."),
    table("RUNNING_SUM", ONE, Kind::Number, "RUNNING_SUM(expression)", "The sum from the first row to this one."),
    table("SIZE", NOTHING, Kind::Integer, "SIZE()", "How many rows the partition has."),
    table("TOTAL", ONE, Kind::SameAsArgument, "TOTAL(expression)", "The aggregate over the whole partition."),
    table("WINDOW_AVG", WINDOW, Kind::Number, "WINDOW_AVG(expression, [start, end])", "The mean of a window of rows."),
    table("WINDOW_CORR", WINDOW_PAIR, Kind::Number, "WINDOW_CORR(expression1, expression2, [start, end])", "The correlation over a window of rows."),
    table("WINDOW_COUNT", WINDOW, Kind::Integer, "WINDOW_COUNT(expression, [start, end])", "The count over a window of rows."),
    table("WINDOW_COVAR", WINDOW_PAIR, Kind::Number, "WINDOW_COVAR(expression1, expression2, [start, end])", "The covariance of a sample over a window of rows."),
    table("WINDOW_COVARP", WINDOW_PAIR, Kind::Number, "WINDOW_COVARP(expression1, expression2, [start, end])", "The covariance of a population over a window of rows."),
    table("WINDOW_MAX", WINDOW, Kind::SameAsArgument, "WINDOW_MAX(expression, [start, end])", "The greatest value of a window of rows."),
    table("WINDOW_MEDIAN", WINDOW, Kind::Number, "WINDOW_MEDIAN(expression, [start, end])", "The median of a window of rows."),
    table("WINDOW_MIN", WINDOW, Kind::SameAsArgument, "WINDOW_MIN(expression, [start, end])", "The least value of a window of rows."),
    table("WINDOW_PERCENTILE", WINDOW_PAIR, Kind::Number, "WINDOW_PERCENTILE(expression, number, [start, end])", "The value at a percentile of a window of rows."),
    table("WINDOW_STDEV", WINDOW, Kind::Number, "WINDOW_STDEV(expression, [start, end])", "The standard deviation of a sample over a window of rows."),
    table("WINDOW_STDEVP", WINDOW, Kind::Number, "WINDOW_STDEVP(expression, [start, end])", "The standard deviation of a population over a window of rows."),
    table("WINDOW_SUM", WINDOW, Kind::Number, "WINDOW_SUM(expression, [start, end])", "The sum of a window of rows."),
    table("WINDOW_VAR", WINDOW, Kind::Number, "WINDOW_VAR(expression, [start, end])", "The variance of a sample over a window of rows."),
    table("WINDOW_VARP", WINDOW, Kind::Number, "WINDOW_VARP(expression, [start, end])", "The variance of a population over a window of rows."),
    script("SCRIPT_BOOL", Kind::Boolean, "SCRIPT_BOOL('script', [argument, …])"),
    script("SCRIPT_INT", Kind::Integer, "SCRIPT_INT('script', [argument, …])"),
    script("SCRIPT_REAL", Kind::Number, "SCRIPT_REAL('script', [argument, …])"),
    script("SCRIPT_STR", Kind::String, "SCRIPT_STR('script', [argument, …])"),
    extension("MODEL_EXTENSION_BOOL", Kind::Boolean, "MODEL_EXTENSION_BOOL('model', 'arguments', expression, …)"),
    extension("MODEL_EXTENSION_INT", Kind::Integer, "MODEL_EXTENSION_INT('model', 'arguments', expression, …)"),
    extension("MODEL_EXTENSION_REAL", Kind::Number, "MODEL_EXTENSION_REAL('model', 'arguments', expression, …)"),
    // The reference has both spellings of the next two.
    extension("MODEL_EXTENSION_STR", Kind::String, "MODEL_EXTENSION_STR('model', 'arguments', expression, …)"),
    extension("MODEL_EXTENSION_STRING", Kind::String, "MODEL_EXTENSION_STRING('model', 'arguments', expression, …)"),
    model("MODEL_PERCENTILE", MODEL, "MODEL_PERCENTILE(['model=…'], target, predictor, …)", "The probability that the model's value is at most the observed one."),
    model("MODEL_QUANTILE", QUANTILE, "MODEL_QUANTILE(['model=…'], quantile, target, predictor, …)", "The value that the model gives at a quantile."),
];
