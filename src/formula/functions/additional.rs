use super::{Category, Function, Kind, Parameter, required};

const STRING: Parameter = required(Kind::String);
const ONE: &[Parameter] = &[STRING];
const TWO: &[Parameter] = &[STRING, STRING];
const ANYTHING: &[Parameter] = &[required(Kind::Any)];

const fn additional(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(
        name,
        Category::Additional,
        parameters,
        result,
        syntax,
        summary,
    )
}

const fn xpath(name: &'static str, result: Kind, syntax: &'static str) -> Function {
    additional(
        name,
        TWO,
        result,
        syntax,
        "What an XPath expression finds in an XML string (Hive).",
    )
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    additional("REGEXP_EXTRACT", TWO, Kind::String, "REGEXP_EXTRACT(string, pattern)", "What the first group of the pattern matches."),
    additional("REGEXP_EXTRACT_NTH", &[STRING, STRING, required(Kind::Integer)], Kind::String, "REGEXP_EXTRACT_NTH(string, pattern, index)", "What the nth group of the pattern matches."),
    additional("REGEXP_MATCH", TWO, Kind::Boolean, "REGEXP_MATCH(string, pattern)", "Whether the pattern matches a part of the string."),
    additional("REGEXP_REPLACE", &[STRING, STRING, STRING], Kind::String, "REGEXP_REPLACE(string, pattern, replacement)", "The string with what the pattern matches replaced."),
    additional("GET_JSON_OBJECT", TWO, Kind::String, "GET_JSON_OBJECT(json, path)", "What stands at a path of a JSON string (Hive)."),
    additional("PARSE_URL", TWO, Kind::String, "PARSE_URL(url, part)", "A part of a URL (Hive, Impala)."),
    additional("PARSE_URL_QUERY", TWO, Kind::String, "PARSE_URL_QUERY(url, key)", "A value from the query of a URL (Hive, Impala)."),
    xpath("XPATH_BOOLEAN", Kind::Boolean, "XPATH_BOOLEAN(xml, xpath)"),
    xpath("XPATH_DOUBLE", Kind::Number, "XPATH_DOUBLE(xml, xpath)"),
    xpath("XPATH_FLOAT", Kind::Number, "XPATH_FLOAT(xml, xpath)"),
    xpath("XPATH_INT", Kind::Integer, "XPATH_INT(xml, xpath)"),
    xpath("XPATH_LONG", Kind::Integer, "XPATH_LONG(xml, xpath)"),
    xpath("XPATH_SHORT", Kind::Integer, "XPATH_SHORT(xml, xpath)"),
    xpath("XPATH_STRING", Kind::String, "XPATH_STRING(xml, xpath)"),
    additional("DOMAIN", ONE, Kind::String, "DOMAIN(url)", "The domain of a URL (BigQuery)."),
    additional("GROUP_CONCAT", ANYTHING, Kind::String, "GROUP_CONCAT(expression)", "The values of the rows, separated by commas (BigQuery).").aggregate(),
    additional("HOST", ONE, Kind::String, "HOST(url)", "The host of a URL (BigQuery)."),
    additional("LOG2", &[required(Kind::Number)], Kind::Number, "LOG2(number)", "The logarithm to base 2 (BigQuery)."),
    additional("LTRIM_THIS", TWO, Kind::String, "LTRIM_THIS(string, string)", "The first string without the second before it (BigQuery)."),
    additional("RTRIM_THIS", TWO, Kind::String, "RTRIM_THIS(string, string)", "The first string without the second after it (BigQuery)."),
    additional("TIMESTAMP_TO_USEC", ANYTHING, Kind::Integer, "TIMESTAMP_TO_USEC(expression)", "A time as microseconds since 1970 (BigQuery)."),
    additional("TLD", ONE, Kind::String, "TLD(url)", "The top-level domain of a URL (BigQuery)."),
    additional("USEC_TO_TIMESTAMP", ANYTHING, Kind::DateTime, "USEC_TO_TIMESTAMP(expression)", "Microseconds since 1970 as a time (BigQuery)."),
];
