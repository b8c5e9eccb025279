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

/// A number with a sign: digits, in groups of three or not, with or without decimals, and
/// an exponent.
fn is_number(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix(['+', '-']) else {
        return false;
    };
    let (digits, exponent) = match number.split_once(['e', 'E']) {
        Some((digits, exponent)) => (
            digits,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (number, "0"),
    };
    are_digits(exponent) && are_grouped(digits)
}

/// Digits with at most one separator, or in groups of three with one kind of separator and
/// decimals after the other kind, if there are any.
fn are_grouped(number: &str) -> bool {
    let parts: Vec<&str> = number.split(['.', ',']).collect();
    if !parts.iter().all(|part| are_digits(part)) {
        return false;
    }
    let mut separators = number.matches(['.', ',']);
    let (Some(first), Some(last)) = (separators.next(), separators.next_back()) else {
        return true;
    };
    if separators.any(|between| between != first) {
        return false;
    }
    let groups = match first == last {
        true => &parts[..],
        false => &parts[..parts.len() - 1],
    };
    groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
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
            "-1.2.3",
            "+1.2.3.4",
            "-1,1,1",
            "-1,,2",
            "-1,.2",
            "-1234,567,890",
            "-1,2345.6",
            "-1,234.567,8",
            "-1.234,567.8",
            "-1,234.567.890",
            "-1e--5",
            "-1e5.5",
        ] {
            assert_eq!(escaped(cell), format!("'{cell}"));
        }
        for cell in [
            "-5",
            "+5",
            "-1,234.50",
            "-1.234,5",
            "-12,345,678",
            "-123.456.789,01",
            "-1234,5",
            "-1,234e+2",
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
