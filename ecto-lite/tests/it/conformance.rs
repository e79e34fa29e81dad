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
        an_empty_database_lacks_every_table,
        each_difference_is_told_in_words,
        the_tests_own_schemas_lack_nothing,
        what_the_sketch_makes_lacks_nothing;
    mod migrations:
        a_key_need_not_hold_for_old_rows,
        a_migration_that_fails_leaves_nothing,
        a_run_goes_where_it_is_told,
        a_step_that_fails_rolls_back,
        a_structure_is_dumped_and_loaded,
        a_transaction_of_the_caller_is_joined,
        an_index_is_built_while_others_write,
        at_once_each_migration_runs_once,
        composite_and_deferred_keys_are_kept,
        constraints_come_and_go,
        each_prefix_is_migrated_for_itself,
        every_type_and_default_is_what_a_schema_reads,
        names_of_any_kind_are_quoted,
        names_that_cannot_be_are_refused,
        rows_survive_what_sqlite_has_to_rebuild,
        steps_and_callbacks_run_in_order_and_in_the_transaction,
        what_cannot_be_reversed_says_so,
        what_is_reversed_restores_the_structure,
        what_only_postgres_has_is_made_there_and_refused_elsewhere;
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
        a_transaction_commits_what_it_did,
        an_error_rolls_back;
}
