//! Dates and times as SQLite keeps them: text of a fixed width, which sorts in the order of time.
//!
//! What stands in the fixed form is read and written digit by digit, in some nanoseconds; chrono's formats, which take a
//! microsecond and decide over the speed of a whole query, read what other programs wrote.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

const DATE: &str = "%Y-%m-%d";
const TIME: &str = "%H:%M:%S%.6f";

/// `YYYY-MM-DD`
pub(super) fn date(date: NaiveDate) -> String {
    let mut text = String::with_capacity(10);
    push_date(&mut text, date);
    text
}

/// `HH:MM:SS.ffffff`
pub(super) fn time(time: NaiveTime) -> String {
    let mut text = String::with_capacity(15);
    push_time(&mut text, time);
    text
}

/// Both, with a space between.
pub(super) fn date_time(at: NaiveDateTime) -> String {
    let mut text = String::with_capacity(26);
    push_date_time(&mut text, at);
    text
}

/// Writes both behind what is there.
pub(super) fn push_date_time(text: &mut String, at: NaiveDateTime) {
    push_date(text, at.date());
    text.push(' ');
    push_time(text, at.time());
}

/// A date, also where there is more.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    exact_date(text.as_bytes())
        .or_else(|| NaiveDate::parse_from_str(text, DATE).ok())
        .or_else(|| parse_date_time(text).map(|it| it.date_naive()))
}

/// A time, with any fraction or without seconds.
pub(super) fn parse_time(text: &str) -> Option<NaiveTime> {
    exact_time(text.as_bytes()).or_else(|| {
        let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())?;
        time.with_nanosecond(time.nanosecond() / 1_000 * 1_000)
    })
}

/// A date and time as SQLite's functions and other programs write it: `T` or a space, any fraction, an offset or none.
pub(super) fn parse_date_time(text: &str) -> Option<DateTime<Utc>> {
    exact_date_time(text.as_bytes()).map(|it| it.and_utc()).or_else(|| lenient(text))
}

fn lenient(text: &str) -> Option<DateTime<Utc>> {
    let naive = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, DATE).ok().map(NaiveDateTime::from));
    naive
        .map(|naive| naive.and_utc())
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|it| it.to_utc()))
        .or_else(|| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z").ok().map(|it| it.to_utc()))
        .and_then(|it| it.with_nanosecond(it.nanosecond() / 1_000 * 1_000))
}

/// Writes it behind what is there.
pub(super) fn push_date(text: &mut String, date: NaiveDate) {
    match u32::try_from(date.year()) {
        Ok(year @ 0..=9999) => {
            push(text, year, 1_000);
            text.push('-');
            push(text, date.month(), 10);
            text.push('-');
            push(text, date.day(), 10);
        }
        _ => text.push_str(&date.format(DATE).to_string()),
    }
}

/// Writes it behind what is there.
pub(super) fn push_time(text: &mut String, time: NaiveTime) {
    // A leap second has a billion nanoseconds and more.
    if time.nanosecond() >= 1_000_000_000 {
        return text.push_str(&time.format(TIME).to_string());
    }
    push(text, time.hour(), 10);
    text.push(':');
    push(text, time.minute(), 10);
    text.push(':');
    push(text, time.second(), 10);
    text.push('.');
    push(text, time.nanosecond() / 1_000, 100_000);
}

/// `number`, from the digit that `unit` counts down to the last one.
fn push(text: &mut String, number: u32, mut unit: u32) {
    while unit > 0 {
        text.push(char::from(b'0' + (number / unit % 10) as u8));
        unit /= 10;
    }
}

fn exact_date(text: &[u8]) -> Option<NaiveDate> {
    let [_, _, _, _, b'-', _, _, b'-', _, _] = text else { return None };
    NaiveDate::from_ymd_opt(number(&text[..4])?.cast_signed(), number(&text[5..7])?, number(&text[8..])?)
}

fn exact_time(text: &[u8]) -> Option<NaiveTime> {
    let [_, _, b':', _, _, b':', _, _, b'.', _, _, _, _, _, _] = text else { return None };
    let (hour, minute, second) = (number(&text[..2])?, number(&text[3..5])?, number(&text[6..8])?);
    NaiveTime::from_hms_micro_opt(hour, minute, second, number(&text[9..])?)
}

fn exact_date_time(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let (b' ', time) = rest.split_first()? else { return None };
    Some(exact_date(date)?.and_time(exact_time(time)?))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, &digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDateTime, Utc};
    use proptest::prelude::*;

    use super::{date, date_time, lenient, parse_date, parse_date_time, parse_time, time};

    /// From the year 0 to 9999, what a database may hold.
    fn moments() -> impl Strategy<Value = NaiveDateTime> {
        (-62_167_219_200_000_000_i64..=253_402_300_799_999_999)
            .prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("a moment of these years").naive_utc())
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_chrono_writes_and_is_read_back(at in moments()) {
            prop_assert_eq!(date_time(at), at.format("%Y-%m-%d %H:%M:%S%.6f").to_string());
            prop_assert_eq!(parse_date_time(&date_time(at)), Some(at.and_utc()));
            prop_assert_eq!(parse_date(&date(at.date())), Some(at.date()));
            prop_assert_eq!(parse_time(&time(at.time())), Some(at.time()));
        }

        #[test]
        fn both_ways_of_reading_agree(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{6})?") {
            // A sixtieth second is chrono's leap second and not in the fixed form.
            prop_assert_eq!(parse_date_time(&text), lenient(&text));
        }
    }

    #[test]
    fn other_programs_forms_are_read() {
        let noon: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        for text in ["2026-11-22 12:00:00", "2026-11-22T12:00", "2026-11-22T13:00:00+01:00", "2026-11-22 12:00:00.0+00"]
        {
            assert_eq!(parse_date_time(text), Some(noon), "{text}");
        }
        assert_eq!(parse_date_time("tomorrow"), None);
    }
}
