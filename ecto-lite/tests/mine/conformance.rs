//! What every adapter must do, written once and run on each: `conformance::sqlite::reads::…` and
//! `conformance::postgres::reads::…`.
//!
//! A case is a `pub async fn what_it_promises(repo: Repo)`; it has a database of its own with the tables of [`schemas`].

pub mod schemas;

/// Makes a test of each case on each adapter: `mod file: case, case;`, once for each file in `conformance/`.
macro_rules! cases {
    ($(mod $module:ident: $($case:ident),+ $(,)?;)+) => {
        $(mod $module;)+

        mod sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let database = crate::support::Database::sqlite();
                    crate::support::on(database, crate::conformance::$module::$case).await;
                })+
            })+
        }

        mod postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let database = crate::support::Database::postgres().await;
                    crate::support::on(database, crate::conformance::$module::$case).await;
                })+
            })+
        }
    };
}

cases! {
    mod reads:
        aggregates_are_of_one_type_everywhere,
        all_gives_the_rows_in_order,
        exists_and_count_ask_without_reading,
        get_and_fetch_find_by_primary_key,
        get_by_and_all_by_find_by_a_field,
        one_refuses_to_choose_among_several,
        raw_queries_keep_their_types,
        reload_reads_again;
    mod transactions:
        a_checkout_is_one_connection_and_no_transaction,
        a_commit_that_began_is_carried_out_though_nobody_waits,
        a_dropped_savepoint_is_undone_before_anything_else,
        a_dropped_transaction_rolls_back_and_leaks_nothing,
        a_failed_statement_that_was_swallowed_is_never_committed_as_success,
        a_joined_transaction_fails_its_savepoint_alone,
        a_panic_rolls_back,
        a_savepoint_fails_by_itself,
        a_savepoint_outside_of_a_transaction_is_one,
        a_thousand_transactions_on_ten_connections_lose_and_double_nothing,
        a_time_out_rolls_back,
        a_transaction_commits_what_it_did,
        a_transaction_that_only_reads_may_not_write_on_postgres_and_does_not_wait_on_sqlite,
        an_error_may_be_of_any_type,
        an_error_rolls_back,
        an_inner_failure_rolls_back_the_outer_one,
        an_inner_transaction_joins_the_outer_one,
        handles_that_outlive_their_transaction_are_refused,
        savepoints_side_by_side_wait_for_one_another,
        two_that_wait_for_each_other_are_told_that_it_is_busy;
}
