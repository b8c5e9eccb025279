//! Cells that a spreadsheet would take for formulas.
//!
//! Owns which they are, and the apostrophe that makes them texts.

use std::borrow::Cow;

/// True if a spreadsheet that opens CSV may evaluate `cell`: it begins with `=`, `+`, `-`
/// or `@`, also in their wide forms, or with a tab or a line break before them. A number,
/// such as `-5`, has a sign too and is none.
pub(crate) fn is_formula(cell: &str) -> bool {
    let begins = cell.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ]);
    begins && !is_number(cell)
}

/// `cell`, with an apostrophe before what looks like a formula.
pub(super) fn escaped(cell: &str) -> Cow<'_, str> {
    match is_formula(cell) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// A number with a sign: digits, in groups or with decimals, and an exponent.
fn is_number(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix(['+', '-']) else {
        return false;
    };
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.trim_start_matches(['+', '-'])),
        None => (number, "0"),
    };
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let mut digits = digits.bytes();
    let ends = [digits.clone().next(), digits.clone().next_back()];
    ends.iter().all(|end| end.is_some_and(is_digit))
        && digits.all(|byte| is_digit(byte) || matches!(byte, b'.' | b','))
        && !exponent.is_empty()
        && exponent.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_numbers_do_not() {
        for cell in [
            "=1+1",
            "+1+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "=",
            "-",
            "+49 30 1234",
            "-5%",
            "-1e",
            "--5",
            "+",
            "\u{ff1d}1",
            "-.5",
            "-5.",
        ] {
            assert_eq!(escaped(cell), format!("'{cell}"));
        }
        for cell in [
            "-5",
            "+5",
            "-1,234.50",
            "-1.5e-3",
            "+2E+10",
            "5",
            "",
            " =1",
            "'=1",
            "a=b",
        ] {
            assert_eq!(escaped(cell), cell);
        }
    }
}
