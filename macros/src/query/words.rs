//! The words of `from!`, and what to say about one that is not among them.

use crate::nearest::nearest;

/// The joins that there are.
pub(super) const JOINS: [&str; 9] = [
    "join",
    "inner_join",
    "left_join",
    "right_join",
    "full_join",
    "cross_join",
    "inner_lateral_join",
    "left_lateral_join",
    "cross_lateral_join",
];

/// The other clauses.
const CLAUSES: [&str; 28] = [
    "on",
    "as",
    "prefix",
    "join",
    "where",
    "or_where",
    "having",
    "or_having",
    "select",
    "select_merge",
    "order_by",
    "prepend_order_by",
    "group_by",
    "distinct",
    "limit",
    "offset",
    "with_ties",
    "preload",
    "lock",
    "update",
    "windows",
    "union",
    "union_all",
    "except",
    "except_all",
    "intersect",
    "intersect_all",
    "comment",
];

/// Whether there is a clause of that name that is not a join.
pub(super) fn is_clause(word: &str) -> bool {
    CLAUSES.contains(&word)
}

/// Words of SQL and of other libraries, and what stands for them here.
const ELSEWHERE: [(&str, &str); 13] = [
    ("filter", "where"),
    ("and_where", "where"),
    ("or", "or_where"),
    ("order", "order_by"),
    ("sort", "order_by"),
    ("sort_by", "order_by"),
    ("group", "group_by"),
    ("take", "limit"),
    ("skip", "offset"),
    ("set", "update"),
    ("with", "preload"),
    ("outer_join", "left_join"),
    ("left_outer_join", "left_join"),
];

/// The directions of `order_by`.
pub(super) const DIRECTIONS: [&str; 6] =
    ["asc", "desc", "asc_nulls_first", "asc_nulls_last", "desc_nulls_first", "desc_nulls_last"];

/// The strengths of `lock`.
pub(super) const STRENGTHS: [&str; 4] = ["update", "no_key_update", "share", "key_share"];

/// What `lock` does about a row that somebody else has locked, and whose rows it locks.
pub(super) const LOCKING: [&str; 3] = ["skip_locked", "no_wait", "first_only"];

/// The parts of a window.
pub(super) const WINDOW: [&str; 3] = ["partition_by", "order_by", "frame"];

/// The message for a clause that there is not.
pub(super) fn unknown_clause(written: &str) -> String {
    let elsewhere = ELSEWHERE.iter().find(|(word, _)| *word == written).map(|(_, meant)| *meant);
    let known = CLAUSES.into_iter().chain(JOINS);
    unknown("clause", written, elsewhere.or_else(|| nearest(written, known)), &CLAUSES[3..])
}

/// The message for a word that is not one of `words`.
pub(super) fn unknown_word(what: &str, written: &str, words: &[&str]) -> String {
    // `descending` is `desc`.
    let longer = words.iter().copied().rfind(|word| written.starts_with(word));
    unknown(what, written, nearest(written, words.iter().copied()).or(longer), words)
}

fn unknown(what: &str, written: &str, meant: Option<&str>, words: &[&str]) -> String {
    match meant {
        Some(meant) => format!("there is no {what} `{written}`; did you mean `{meant}`?"),
        None => format!("there is no {what} `{written}`; there are `{}`", words.join("`, `")),
    }
}

/// The query's functions: called by their bare name in an expression, they are meant, whatever else is in scope.
const FUNCTIONS: [&str; 74] = [
    "ago",
    "all",
    "and",
    "any",
    "array_agg",
    "array_contains",
    "as_",
    "avg",
    "between",
    "cast_as",
    "coalesce",
    "concat",
    "constant",
    "contains",
    "count",
    "count_all",
    "count_distinct",
    "cte",
    "cume_dist",
    "date_add",
    "datetime_add",
    "dense_rank",
    "distinct",
    "ends_with",
    "exists",
    "filter",
    "first_value",
    "from_now",
    "identifier",
    "ilike",
    "is_in",
    "is_not_null",
    "is_null",
    "json_path",
    "json_path_as",
    "lag",
    "lag_or",
    "last_value",
    "lead",
    "lead_or",
    "length",
    "like",
    "lower",
    "max",
    "min",
    "not",
    "not_exists",
    "not_in",
    "not_like",
    "now",
    "nth_value",
    "ntile",
    "nullable",
    "nullif",
    "optional",
    "or",
    "over",
    "percent_rank",
    "rank",
    "row",
    "row_number",
    "selected",
    "selected_as",
    "splice",
    "starts_with",
    "string_agg",
    "subquery",
    "subquery_as",
    "sum",
    "table_fragment",
    "upper",
    "value",
    "values",
    "window",
];

/// Whether `name` is one of the query's functions.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}
