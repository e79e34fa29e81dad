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
    mod diff:
        a_schema_may_read_a_view,
        an_empty_database_lacks_every_table,
        each_difference_is_told_in_words,
        the_tests_own_schemas_lack_nothing,
        what_the_sketch_makes_lacks_nothing;
    mod migrations:
        a_key_need_not_hold_for_old_rows,
        a_migration_that_fails_leaves_nothing,
        a_run_goes_where_it_is_told,
        a_run_that_is_dropped_or_panics_leaves_nothing,
        a_step_that_fails_rolls_back,
        a_structure_is_dumped_and_loaded,
        a_transaction_of_the_caller_is_joined,
        an_index_is_built_while_others_write,
        at_once_each_migration_runs_once,
        composite_and_deferred_keys_are_kept,
        constraints_come_and_go,
        each_prefix_is_migrated_for_itself,
        every_type_and_default_is_what_a_schema_reads,
        lists_are_merged_and_share_a_database_by_source,
        names_of_any_kind_are_quoted,
        names_that_cannot_be_are_refused,
        rows_survive_what_sqlite_has_to_rebuild,
        steps_and_callbacks_run_in_order_and_in_the_transaction,
        what_cannot_be_reversed_says_so,
        what_is_reversed_restores_the_structure,
        what_only_postgres_has_is_made_there_and_refused_elsewhere;
    mod preloads:
        nothing_is_loaded_that_was_not_asked_for,
        has_many_gives_each_owner_its_rows,
        has_one_gives_a_row_or_none,
        has_one_of_several_is_the_first_in_order,
        belongs_to_is_shared_and_null_is_none,
        many_to_many_goes_through_its_table,
        through_follows_its_path_and_repeats_nothing,
        the_filter_and_the_order_of_an_association_count,
        preloads_nest,
        two_preloads_of_one_association_add_up,
        what_is_loaded_is_kept_unless_forced,
        changes_that_are_not_written_are_kept,
        a_query_orders_and_filters_what_is_loaded,
        a_query_may_join_other_sources,
        a_limit_counts_for_each_owner,
        a_limit_without_an_order_counts_by_primary_key,
        a_function_can_load_instead_of_a_query,
        a_function_whose_rows_do_not_name_their_owner_is_told,
        queries_carry_their_preloads,
        one_row_a_slice_or_an_option_can_be_preloaded,
        preloads_are_part_of_a_transaction,
        preloads_of_one_level_can_run_one_after_the_other,
        more_owners_than_a_statement_takes_values,
        a_failed_preload_changes_nothing,
        a_joined_preload_reads_all_in_one_statement,
        a_joined_preload_goes_deeper_and_beside,
        what_is_joined_can_be_preloaded_further;
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
