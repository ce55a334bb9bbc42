//! Numbers with their nouns, and first letters, as every sentence says them.

/// `1 step`, `2 steps`; `one` and `many` are the noun.
pub fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// [`plural`] of a noun that takes an `s`.
pub fn count(number: usize, noun: &str) -> String {
    plural(number, noun, &format!("{noun}s"))
}

/// The first letter large, as a headline begins.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let said = [0, 1, 2].map(|n| count(n, "file"));
        assert_eq!(said, ["0 files", "1 file", "2 files"]);
        assert_eq!(plural(2, "entry", "entries"), "2 entries");
    }
}
