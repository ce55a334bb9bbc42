use super::{Category, Function, Kind, Parameter, optional, required};

const STRING: Parameter = required(Kind::String);
const INTEGER: Parameter = required(Kind::Integer);
const ONE: &[Parameter] = &[STRING];
const TWO: &[Parameter] = &[STRING, STRING];
const THREE: &[Parameter] = &[STRING, STRING, STRING];
const COUNTED: &[Parameter] = &[STRING, INTEGER];
const NUMBERED: &[Parameter] = &[STRING, STRING, INTEGER];
const FROM: &[Parameter] = &[STRING, STRING, optional(Kind::Integer)];
const MIDDLE: &[Parameter] = &[STRING, INTEGER, optional(Kind::Integer)];

const fn string(
    name: &'static str,
    parameters: &'static [Parameter],
    result: Kind,
    syntax: &'static str,
    summary: &'static str,
) -> Function {
    Function::new(name, Category::String, parameters, result, syntax, summary)
}

#[rustfmt::skip] // A table: one row, one line.
pub(super) const FUNCTIONS: &[Function] = &[
    string("ASCII", ONE, Kind::Integer, "ASCII(string)", "The code of the first character."),
    string("CHAR", &[INTEGER], Kind::String, "CHAR(number)", "The character of a code."),
    string("CONTAINS", TWO, Kind::Boolean, "CONTAINS(string, substring)", "Whether the string holds the substring."),
    string("ENDSWITH", TWO, Kind::Boolean, "ENDSWITH(string, substring)", "Whether the string ends with the substring."),
    string("FIND", FROM, Kind::Integer, "FIND(string, substring, [start])", "The position of the substring, from 1; 0 when there is none."),
    string("FINDNTH", NUMBERED, Kind::Integer, "FINDNTH(string, substring, occurrence)", "The position of the nth occurrence of the substring."),
    string("LEFT", COUNTED, Kind::String, "LEFT(string, number)", "The first characters of the string."),
    string("LEN", ONE, Kind::Integer, "LEN(string)", "The number of characters."),
    string("LOWER", ONE, Kind::String, "LOWER(string)", "The string in lower case."),
    string("LTRIM", ONE, Kind::String, "LTRIM(string)", "The string without the spaces before it."),
    string("MID", MIDDLE, Kind::String, "MID(string, start, [length])", "The characters from a position on, the first being 1."),
    string("PROPER", ONE, Kind::String, "PROPER(string)", "The string with each word capitalised."),
    string("REPLACE", THREE, Kind::String, "REPLACE(string, substring, replacement)", "The string with every occurrence of the substring replaced."),
    string("RIGHT", COUNTED, Kind::String, "RIGHT(string, number)", "The last characters of the string."),
    string("RTRIM", ONE, Kind::String, "RTRIM(string)", "The string without the spaces after it."),
    string("SPACE", &[INTEGER], Kind::String, "SPACE(number)", "So many spaces."),
    string("SPLIT", NUMBERED, Kind::String, "SPLIT(string, delimiter, token)", "The nth part of the string; counted from its end when negative."),
    string("STARTSWITH", TWO, Kind::Boolean, "STARTSWITH(string, substring)", "Whether the string begins with the substring."),
    string("TRIM", ONE, Kind::String, "TRIM(string)", "The string without the spaces around it."),
    string("UPPER", ONE, Kind::String, "UPPER(string)", "The string in upper case."),
];
