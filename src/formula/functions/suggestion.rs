use super::{all, lookup};

/// What spreadsheets, SQL and programming languages call it, and what Tableau calls it.
pub(super) const FOREIGN: [(&str, &str); 40] = [
    ("AVERAGE", "AVG"),
    ("MEAN", "AVG"),
    ("COUNT_DISTINCT", "COUNTD"),
    ("COUNTDISTINCT", "COUNTD"),
    ("DISTINCTCOUNT", "COUNTD"),
    ("STDDEV", "STDEV"),
    ("STDDEV_SAMP", "STDEV"),
    ("STDDEV_POP", "STDEVP"),
    ("VARIANCE", "VAR"),
    ("VAR_SAMP", "VAR"),
    ("VAR_POP", "VARP"),
    ("CEIL", "CEILING"),
    ("POW", "POWER"),
    ("TRUNC", "INT"),
    ("RAND", "RANDOM"),
    ("SUBSTRING", "MID"),
    ("SUBSTR", "MID"),
    ("INSTR", "FIND"),
    ("CHARINDEX", "FIND"),
    ("INDEXOF", "FIND"),
    ("STRPOS", "FIND"),
    ("UCASE", "UPPER"),
    ("LCASE", "LOWER"),
    ("INITCAP", "PROPER"),
    ("SUBSTITUTE", "REPLACE"),
    ("CHR", "CHAR"),
    ("COALESCE", "IFNULL"),
    ("NVL", "IFNULL"),
    ("ISBLANK", "ISNULL"),
    ("IFF", "IIF"),
    ("STRING", "STR"),
    ("TEXT", "STR"),
    ("TO_CHAR", "STR"),
    ("TOSTRING", "STR"),
    ("TO_DATE", "DATEPARSE"),
    ("INTEGER", "INT"),
    ("NUMBER", "FLOAT"),
    ("GETDATE", "NOW"),
    ("SYSDATE", "NOW"),
    ("DATE_TRUNC", "DATETRUNC"),
];

/// Returns the function that a name which is none was probably meant for: the same thing in another language, or a
/// name that differs by a slip or two.
pub fn suggest(name: &str) -> Option<&'static str> {
    let name = name.to_uppercase();
    if let Some((_, ours)) = FOREIGN.iter().find(|(theirs, _)| *theirs == name) {
        return lookup(ours).map(|function| function.name);
    }
    // A name of three letters is one slip away from too many others; one this long is no slip.
    let slips = match name.chars().count() {
        4..=6 => 1,
        7..=40 => 2,
        _ => return None,
    };
    all()
        .map(|function| (strsim::osa_distance(&name, function.name), function.name))
        .filter(|(distance, _)| *distance <= slips)
        .min()
        .map(|(_, known)| known)
}
