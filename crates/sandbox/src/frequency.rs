//! Reading and checking how often something happens.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::error::ApiError;
use crate::model::Frequency;
use crate::wire::{Element, Node};

const WEEK_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

fn invalid(detail: &str) -> ApiError {
    ApiError::new(409_004, format!("Invalid subscription schedule: {detail}")).with_status(400)
}

/// The `schedule` element of a request; without a frequency in it, `old` stays.
pub(crate) fn parse(schedule: &Node, old: Option<&Frequency>) -> Result<Frequency, ApiError> {
    let details = schedule.child("frequencyDetails");
    let name = schedule
        .attribute("frequency")
        .or_else(|| old.map(|old| old.name.as_str()));
    let Some(name) = name else {
        return Err(invalid("the frequency is missing."));
    };
    let Some(details) = details else {
        return match old.filter(|old| old.name == name) {
            Some(old) => Ok(old.clone()),
            None => Err(invalid("the frequencyDetails are missing.")),
        };
    };
    let intervals = details
        .items("intervals", "interval")
        .flat_map(|interval| interval.attributes.iter().cloned())
        .collect();
    Ok(Frequency {
        name: name.to_owned(),
        start: details.attribute("start").unwrap_or_default().to_owned(),
        end: details.attribute("end").map(str::to_owned),
        intervals,
    })
}

fn time(text: &str) -> Result<Time, ApiError> {
    let well_formed = text.len() == 8 && text.bytes().filter(|byte| *byte == b':').count() == 2;
    text.parse::<Time>()
        .ok()
        .filter(|_| well_formed)
        .ok_or_else(|| invalid(&format!("'{text}' is not a time as HH:MM:SS.")))
}

fn values<'a>(frequency: &'a Frequency, name: &'a str) -> impl Iterator<Item = &'a str> {
    frequency
        .intervals
        .iter()
        .filter(move |(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// The rules that both forms share.
pub(crate) fn check_server(frequency: &Frequency) -> Result<(), ApiError> {
    if !["Hourly", "Daily", "Weekly", "Monthly"].contains(&frequency.name.as_str()) {
        return Err(invalid(&format!(
            "'{}' is not a frequency.",
            frequency.name
        )));
    }
    time(&frequency.start)?;
    if let Some(end) = &frequency.end {
        time(end)?;
    }
    if let Some(day) = values(frequency, "weekDay").find(|day| !WEEK_DAYS.contains(day)) {
        return Err(invalid(&format!("'{day}' is not a week day.")));
    }
    let month_day = |day: &&str| {
        *day == "LastDay" || day.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
    };
    if let Some(day) = values(frequency, "monthDay").find(|day| !month_day(day)) {
        return Err(invalid(&format!("'{day}' is not a day of the month.")));
    }
    let needs = |name: &str| values(frequency, name).next().is_some();
    match frequency.name.as_str() {
        "Hourly" if !needs("hours") && !needs("minutes") => {
            Err(invalid("an hourly schedule needs hours or minutes."))
        }
        "Weekly" if !needs("weekDay") => Err(invalid("a weekly schedule needs a week day.")),
        "Monthly" if !needs("monthDay") => {
            Err(invalid("a monthly schedule needs a day of the month."))
        }
        _ => Ok(()),
    }
}

/// The stricter rules of tasks with a schedule of their own.
pub(crate) fn check_cloud(frequency: &Frequency) -> Result<(), ApiError> {
    check_server(frequency)?;
    let start = time(&frequency.start)?;
    if start.minute() % 5 != 0 || start.second() != 0 {
        return Err(invalid("the start must be on a boundary of five minutes."));
    }
    let week_days = values(frequency, "weekDay").count();
    if matches!(frequency.name.as_str(), "Hourly" | "Daily") && week_days == 0 {
        return Err(invalid("a week day is missing."));
    }
    if frequency.name == "Hourly" {
        let end = frequency
            .end
            .as_deref()
            .ok_or_else(|| invalid("an hourly schedule needs an end."))?;
        let end = time(end)?;
        if end <= start || end.minute() != start.minute() {
            return Err(invalid(
                "the end must be later than the start, at the same minute.",
            ));
        }
    }
    Ok(())
}

/// The next time that the start's time of day comes, from tomorrow at the latest. Week and month days are left
/// out of account: nothing runs by itself here.
pub(crate) fn next_run(frequency: &Frequency, now: Timestamp) -> Timestamp {
    let now_utc = now.to_zoned_datetime(TimeZone::UTC);
    let start = frequency.start.parse::<Time>().unwrap_or_default();
    let today = now_utc.date().to_datetime(start);
    let next = if today > now_utc.datetime() {
        Ok(today)
    } else {
        today.checked_add(Span::new().days(1))
    };
    next.and_then(|next| next.to_zoned_datetime(TimeZone::UTC))
        .map_or(now, |next| next.timestamp())
}

pub(crate) fn details(frequency: &Frequency) -> Element {
    let intervals = frequency.intervals.iter().filter_map(|(key, value)| {
        let name = ["hours", "minutes", "weekDay", "monthDay"]
            .into_iter()
            .find(|name| name == key)?;
        Some(Element::new("interval").attr(name, value))
    });
    Element::new("frequencyDetails")
        .attr("start", &frequency.start)
        .attr_if("end", frequency.end.as_ref())
        .child(Element::list("intervals", intervals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frequency(
        name: &str,
        start: &str,
        end: Option<&str>,
        intervals: &[(&str, &str)],
    ) -> Frequency {
        Frequency {
            name: name.to_owned(),
            start: start.to_owned(),
            end: end.map(str::to_owned),
            intervals: intervals
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        }
    }

    #[test]
    fn cloud_schedules_are_checked() {
        let good = [
            frequency(
                "Hourly",
                "18:20:00",
                Some("22:20:00"),
                &[("hours", "1"), ("weekDay", "Monday")],
            ),
            frequency("Daily", "18:20:00", None, &[("weekDay", "Sunday")]),
            frequency("Weekly", "00:00:00", None, &[("weekDay", "Friday")]),
            frequency("Monthly", "23:55:00", None, &[("monthDay", "LastDay")]),
        ];
        for schedule in &good {
            check_cloud(schedule).unwrap();
        }
        let bad = [
            frequency("Yearly", "18:20:00", None, &[]),
            frequency("Daily", "18:21:00", None, &[("weekDay", "Sunday")]),
            frequency("Daily", "18:20", None, &[("weekDay", "Sunday")]),
            frequency("Daily", "18:20:00", None, &[]),
            frequency(
                "Hourly",
                "18:20:00",
                None,
                &[("hours", "1"), ("weekDay", "Monday")],
            ),
            frequency(
                "Hourly",
                "18:20:00",
                Some("18:25:00"),
                &[("hours", "1"), ("weekDay", "Monday")],
            ),
            frequency("Weekly", "00:00:00", None, &[("weekDay", "Freitag")]),
            frequency("Monthly", "00:00:00", None, &[("monthDay", "32")]),
        ];
        for schedule in &bad {
            let error = check_cloud(schedule).unwrap_err();
            assert_eq!(
                (error.code, error.status().as_u16()),
                (409_004, 400),
                "{schedule:?}"
            );
        }
    }

    #[test]
    fn the_next_run_is_within_a_day() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let at = |start| next_run(&frequency("Daily", start, None, &[]), now).to_string();
        assert_eq!(at("12:00:01"), "2026-03-01T12:00:01Z");
        assert_eq!(at("12:00:00"), "2026-03-02T12:00:00Z");
    }
}
