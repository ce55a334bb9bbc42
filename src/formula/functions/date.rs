use super::{Category, Function, Kind, Parameter, optional, required};

const DATE: Parameter = required(Kind::Date);
const INTEGER: Parameter = required(Kind::Integer);
const PART: Parameter = required(Kind::DatePart);
const WEEK_START: Parameter = optional(Kind::Weekday);
const NOTHING: &[Parameter] = &[];
const ONE: &[Parameter] = &[DATE];
const ANYTHING: &[Parameter] = &[required(Kind::Any)];
const PART_OF: &[Parameter] = &[PART, DATE, WEEK_START];
const BETWEEN: &[Parameter] = &[PART, DATE, DATE, WEEK_START];
const ADDED: &[Parameter] = &[PART, INTEGER, DATE];
const THREE: &[Parameter] = &[INTEGER, INTEGER, INTEGER];

const fn date(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(name, Category::Date, parameters, result, syntax, summary)
}

const fn conversion(
    name: &'static str,
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::TypeConversion,
        ANYTHING,
        result,
        syntax,
        summary,
    )
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    date("DATEADD", ADDED, Kind::Date, "DATEADD(date_part, interval, date)", "The date moved by so many date parts."),
    date("DATEDIFF", BETWEEN, Kind::Integer, "DATEDIFF(date_part, date1, date2, [start_of_week])", "How many date parts lie between two dates."),
    date("DATENAME", PART_OF, Kind::String, "DATENAME(date_part, date, [start_of_week])", "A part of the date, as a name."),
    date("DATEPARSE", &[required(Kind::String), required(Kind::String)], Kind::DateTime, "DATEPARSE(format, string)", "The date that a string says in a given format."),
    date("DATEPART", PART_OF, Kind::Integer, "DATEPART(date_part, date, [start_of_week])", "A part of the date, as an integer."),
    date("DATETRUNC", PART_OF, Kind::Date, "DATETRUNC(date_part, date, [start_of_week])", "The first moment of the date part that holds the date."),
    date("DAY", ONE, Kind::Integer, "DAY(date)", "The day of the month."),
    date("ISDATE", &[required(Kind::String)], Kind::Boolean, "ISDATE(string)", "Whether the string is a date."),
    date("ISOQUARTER", ONE, Kind::Integer, "ISOQUARTER(date)", "The quarter by ISO 8601 weeks."),
    date("ISOWEEK", ONE, Kind::Integer, "ISOWEEK(date)", "The week by ISO 8601."),
    date("ISOWEEKDAY", ONE, Kind::Integer, "ISOWEEKDAY(date)", "The weekday by ISO 8601, Monday being 1."),
    date("ISOYEAR", ONE, Kind::Integer, "ISOYEAR(date)", "The year by ISO 8601 weeks."),
    date("MAKEDATE", THREE, Kind::Date, "MAKEDATE(year, month, day)", "A date made of its parts."),
    date("MAKEDATETIME", &[required(Kind::Any), required(Kind::DateTime)], Kind::DateTime, "MAKEDATETIME(date, time)", "A date and a time joined."),
    date("MAKETIME", THREE, Kind::DateTime, "MAKETIME(hour, minute, second)", "A time made of its parts, on 1899-01-01."),
    date("MONTH", ONE, Kind::Integer, "MONTH(date)", "The month of the year."),
    date("NOW", NOTHING, Kind::DateTime, "NOW()", "The present date and time."),
    date("QUARTER", ONE, Kind::Integer, "QUARTER(date)", "The quarter of the year."),
    date("TODAY", NOTHING, Kind::Date, "TODAY()", "The present date."),
    date("WEEK", ONE, Kind::Integer, "WEEK(date)", "The week of the year."),
    date("YEAR", ONE, Kind::Integer, "YEAR(date)", "The year."),
    conversion("DATE", Kind::Date, "DATE(expression)", "The value as a date."),
    conversion("DATETIME", Kind::DateTime, "DATETIME(expression)", "The value as a date and time."),
    conversion("FLOAT", Kind::Number, "FLOAT(expression)", "The value as a decimal number."),
    conversion("INT", Kind::Integer, "INT(expression)", "The value as an integer, cut towards zero."),
    conversion("STR", Kind::String, "STR(expression)", "The value as a string."),
];
