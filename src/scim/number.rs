//! Numbers as text whose order by bytes is the order of the numbers, exact whatever their size.
//!
//! A number is read as `0.digits` times a power of ten; sign, exponent and digits follow each other in the key, for a
//! negative number with every digit turned round. So 1, 1.0 and 10e-1 have one key.

/// Exponents beyond this are cut to it.
const EXPONENT: i64 = 4_000_000_000;

/// The key of a JSON number.
pub fn key(text: &str) -> String {
    let (is_negative, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let digits = significant.trim_end_matches('0');
    if digits.is_empty() {
        return "1".to_owned();
    }
    let leading = i64::try_from(all.len() - significant.len()).unwrap_or(i64::MAX);
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_sub(leading);
    let exponent = parsed(exponent).saturating_add(point).clamp(-EXPONENT, EXPONENT) + EXPONENT;
    let magnitude = format!("{exponent:010}{digits}");
    if is_negative { format!("0{}~", turned(&magnitude)) } else { format!("2{magnitude}") }
}

fn parsed(exponent: &str) -> i64 {
    let edge = if exponent.starts_with('-') { -EXPONENT } else { EXPONENT };
    exponent.parse().unwrap_or(edge)
}

/// Every digit taken from nine, which turns the order round.
fn turned(digits: &str) -> String {
    digits
        .chars()
        .map(|digit| digit.to_digit(10).and_then(|value| char::from_digit(9 - value, 10)).unwrap_or(digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_the_numbers_do() {
        let ascending = [
            "-1e999999999999",
            "-1e400",
            "-123456789012345678901234567891",
            "-123456789012345678901234567890",
            "-100",
            "-99.5",
            "-10",
            "-9",
            "-1.52",
            "-1.5",
            "-1",
            "-0.1",
            "-1e-9",
            "0",
            "1e-400",
            "1e-9",
            "0.09",
            "0.1",
            "0.99",
            "1",
            "1.000000000000000000001",
            "1.5",
            "1.52",
            "2",
            "9",
            "10",
            "99.5",
            "100",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "2e400",
        ];
        for pair in ascending.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{} {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn one_number_has_one_key() {
        for same in [
            &["1", "1.0", "10e-1", "0.1e1", "1E0", "1e+0"][..],
            &["0", "-0", "0.0", "0e5"],
            &["-120", "-1.2e2", "-120.00"],
        ] {
            for text in same {
                assert_eq!(key(text), key(same[0]), "{text}");
            }
        }
    }
}
