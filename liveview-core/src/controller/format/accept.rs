//! The header `Accept` (RFC 9110, 12.5.1).

/// One entry: `text/*;q=0.8`.
#[derive(Debug, PartialEq)]
pub(super) struct MediaRange<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths, 0 to 1,000.
    pub(super) weight: u16,
}

/// All entries, the heaviest first; equal ones in the order in which they were written. What cannot be read refuses everything.
pub(super) fn ranges<'a>(values: &[&'a str]) -> Vec<MediaRange<'a>> {
    let entries = values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|entry| !entry.is_empty());
    let mut ranges: Vec<_> = entries.map(MediaRange::parse).collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.weight));
    ranges
}

impl<'a> MediaRange<'a> {
    fn parse(entry: &'a str) -> Self {
        let mut parts = entry.split(';').map(str::trim);
        let (kind, subtype) = parts.next().and_then(|range| range.split_once('/')).unwrap_or((entry, ""));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Self { kind, subtype, weight: weight.map_or(1_000, thousandths) }
    }

    pub(super) fn is_any(&self) -> bool {
        (self.kind, self.subtype) == ("*", "*")
    }

    /// Whether it names this type or its family.
    pub(super) fn matches(&self, media_type: &str) -> bool {
        let (kind, subtype) = media_type.split_once('/').unwrap_or((media_type, ""));
        self.kind.eq_ignore_ascii_case(kind) && (self.subtype == "*" || self.subtype.eq_ignore_ascii_case(subtype))
    }
}

/// What is no weight weighs nothing.
fn thousandths(text: &str) -> u16 {
    let weight: f32 = text.trim().parse().unwrap_or(0.0);
    (weight.clamp(0.0, 1.0) * 1_000.0).round() as u16
}
