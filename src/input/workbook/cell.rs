//! A cell's text.
//!
//! Owns how a cell's content is written: as its reader sees it, as far as that can be
//! known without its format, and dates so that they cannot be mistaken.

use calamine::{DataRef, ExcelDateTime};

/// The text of a cell's content.
pub(super) fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => self::number(*number),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => self::moment(moment),
        DataRef::DateTimeIso(text) => {
            let day = text.strip_suffix(".000").unwrap_or(text);
            day.strip_suffix("T00:00:00").unwrap_or(text).to_owned()
        }
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number with at most 15 significant digits, as spreadsheets show it: a stored
/// 0.30000000000000004 is 0.3.
fn number(number: f64) -> String {
    // Integers are stored exactly up to here.
    let is_exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    let rounded = match is_exact {
        true => number,
        false => format!("{number:.14e}").parse().unwrap_or(number),
    };
    match rounded {
        0.0 => "0".to_owned(),
        _ if (1e-9..1e21).contains(&f64::abs(rounded)) => rounded.to_string(),
        _ => format!("{rounded:E}"),
    }
}

/// A date, with the time of day if there is one; or a time, or a duration.
fn moment(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    // Outside the calendar of spreadsheet programs.
    if !(0.0..2_958_466.0).contains(&value) {
        return number(value);
    }
    if moment.is_duration() {
        let seconds = (value * 86_400.0).round() as u64;
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        return format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
    }
    let (year, month, day, hours, minutes, seconds, millis) = moment.to_ymd_hms_milli();
    let time = match millis {
        0 => format!("{hours:02}:{minutes:02}:{seconds:02}"),
        _ => format!("{hours:02}:{minutes:02}:{seconds:02}.{millis:03}"),
    };
    let day = format!("{year:04}-{month:02}-{day:02}");
    match (value < 1.0, time.as_str()) {
        (true, _) => time,
        (false, "00:00:00") => day,
        (false, _) => format!("{day}T{time}"),
    }
}

/// Writes a text as a field of CSV.
pub(super) fn write(text: &str, out: &mut Vec<u8>) {
    if text.contains([',', '"', '\n', '\r']) {
        out.extend_from_slice(format!("\"{}\"", text.replace('"', "\"\"")).as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_are_written_as_spreadsheets_show_them() {
        for (value, text) in [
            (1200.0, "1200"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (-0.0, "0"),
            (123456789012345.0, "123456789012345"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e300, "1E300"),
            (1.5e-12, "1.5E-12"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn a_day_has_a_time_only_where_there_is_one() {
        let moment = |value, kind| super::moment(&ExcelDateTime::new(value, kind, false));
        let date = |value| moment(value, ExcelDateTimeType::DateTime);
        assert_eq!(date(45292.0), "2024-01-01");
        assert_eq!(date(45292.573), "2024-01-01T13:45:07.200");
        assert_eq!(date(45292.75), "2024-01-01T18:00:00");
        assert_eq!(date(0.75), "18:00:00");
        assert_eq!(date(-1.0), "-1");
        assert_eq!(moment(1.5, ExcelDateTimeType::TimeDelta), "36:00:00");
    }
}
