//! Sizes as people read them.

/// `0 B`, `1.4 MB`: powers of 1000, three digits at most.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let mut value = count as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 {
        format!("{value:.1} {}", UNITS[unit])
    } else {
        format!("{value:.0} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn three_digits_at_most() {
        let shown: Vec<String> = [
            0,
            999,
            1000,
            1449,
            9_949,
            9_951,
            999_499,
            999_500,
            64 << 20,
            4 << 30,
            u64::MAX,
        ]
        .map(bytes)
        .into();
        assert_eq!(
            shown,
            [
                "0 B", "999 B", "1.0 kB", "1.4 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "67 MB",
                "4.3 GB", "18447 PB"
            ]
        );
    }
}
