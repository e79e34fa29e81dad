//! ISO 8601, strictly: no spaces around, no missing digits.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::{Map, Value};

use crate::types::number;

/// `2026-07-31`.
pub(in crate::types) fn date(text: &str) -> Option<NaiveDate> {
    match text.as_bytes() {
        [y @ .., b'-', m1, m2, b'-', d1, d2] if y.len() == 4 => {
            NaiveDate::from_ymd_opt(digits(y)?.cast_signed(), digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
        }
        _ => None,
    }
}

/// `12:30`, `12:30:59`, `12:30:59.123456`.
pub(in crate::types) fn time(text: &str) -> Option<NaiveTime> {
    let (hours, minutes, rest) = match text.as_bytes() {
        [h1, h2, b':', m1, m2, rest @ ..] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, rest),
        _ => return None,
    };
    let (seconds, microseconds) = match rest {
        [] => (0, 0),
        [b':', s1, s2] => (digits(&[*s1, *s2])?, 0),
        [b':', s1, s2, b'.' | b',', fraction @ ..] if !fraction.is_empty() => {
            (digits(&[*s1, *s2])?, microseconds(fraction)?)
        }
        _ => return None,
    };
    NaiveTime::from_hms_micro_opt(hours, minutes, seconds, microseconds)
}

/// A date and a time, and the offset from UTC if there is one: `Z`, `+02:00`, `+0200`, `+02`.
pub(in crate::types) fn datetime(text: &str) -> Option<(NaiveDateTime, Option<TimeDelta>)> {
    if !matches!(text.as_bytes().get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let (day, clock) = (date(text.get(..10)?)?, text.get(11..)?);
    let (clock, offset) = match clock.find(['Z', 'z', '+', '-']) {
        Some(at) => (&clock[..at], Some(offset(&clock[at..])?)),
        None => (clock, None),
    };
    Some((day.and_time(time(clock)?), offset))
}

fn offset(text: &str) -> Option<TimeDelta> {
    let (sign, rest) = match text.as_bytes() {
        [b'Z' | b'z'] => return Some(TimeDelta::zero()),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| TimeDelta::minutes(sign * i64::from(hours * 60 + minutes)))
}

/// `P2W`, `P1DT2H30M`, `-PT0.5S`.
pub(in crate::types) fn duration(text: &str) -> Option<TimeDelta> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.strip_prefix('P')?;
    let (days, clock) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((days, clock)) => (days, clock),
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let days = parts(days, &[('W', 7 * 86_400), ('D', 86_400)])?;
    let clock = parts(clock, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    days.checked_add(&clock)?.checked_mul(sign)
}

/// Numbers, each followed by its unit, in the units' order and each unit once.
fn parts(mut text: &str, units: &[(char, i32)]) -> Option<TimeDelta> {
    let mut sum = TimeDelta::zero();
    for (unit, length) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        sum = sum.checked_add(&seconds(number)?.checked_mul(*length)?)?;
        text = rest;
    }
    text.is_empty().then_some(sum)
}

/// A decimal number of seconds, cut to microseconds.
pub(super) fn seconds(text: &str) -> Option<TimeDelta> {
    let microseconds = number::parse(text)?.checked_mul(1_000_000.into())?.trunc();
    i64::try_from(microseconds).ok().map(TimeDelta::microseconds)
}

/// `{year, month, day}`.
pub(super) fn date_map(map: &Map<String, Value>) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(part(map, "year")?.cast_signed(), part(map, "month")?, part(map, "day")?)
}

/// `{hour, minute, second}`, seconds optional.
pub(super) fn time_map(map: &Map<String, Value>) -> Option<NaiveTime> {
    let second = if map.contains_key("second") { part(map, "second")? } else { 0 };
    NaiveTime::from_hms_opt(part(map, "hour")?, part(map, "minute")?, second)
}

pub(super) fn datetime_map(map: &Map<String, Value>) -> Option<NaiveDateTime> {
    Some(date_map(map)?.and_time(time_map(map)?))
}

/// At most four digits, as a number or as text.
fn part(map: &Map<String, Value>, name: &str) -> Option<u32> {
    match map.get(name)? {
        Value::Number(number) => number.as_u64().filter(|number| *number <= 9_999).map(|number| number as u32),
        Value::String(text) if (1..=4).contains(&text.len()) => digits(text.as_bytes()),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// The first six digits of a fraction.
fn microseconds(fraction: &[u8]) -> Option<u32> {
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (kept, zeros) = (fraction.len().min(6), 6_usize.saturating_sub(fraction.len()));
    Some(digits(&fraction[..kept])? * 10_u32.pow(zeros as u32))
}
