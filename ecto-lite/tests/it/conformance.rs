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
    mod changes:
        all_rows_are_updated,
        a_list_of_updates_is_made_at_run_time,
        updates_follow_joins_orders_and_limits,
        all_rows_are_deleted,
        arrays_grow_and_shrink,
        a_change_can_be_read_from,
        workers_that_skip_locked_rows_take_different_ones;
    mod diff:
        a_schema_may_read_a_view,
        an_empty_database_lacks_every_table,
        each_difference_is_told_in_words,
        the_tests_own_schemas_lack_nothing,
        what_the_sketch_makes_lacks_nothing;
    mod fields:
        a_key_of_two_fields_is_a_pair,
        a_raw_row_becomes_a_struct,
        a_struct_knows_whether_a_row_stands_behind_it,
        a_time_finer_than_promised_is_refused,
        documents_can_be_selected,
        every_kind_of_field_comes_back,
        keys_of_uuids_are_made_and_sort_by_time,
        no_error_quotes_what_is_redacted,
        queries_compare_with_variants,
        timestamps_are_one_time_and_move_with_real_updates,
        virtual_fields_are_never_stored,
        what_is_not_loaded_is_there_when_it_is_selected,
        what_may_be_written_once_is_ignored_or_refused_later,
        what_the_database_makes_is_read_back;
    mod from_macro:
        conditions_choose_rows,
        shapes_are_what_rows_become,
        joins_bind_associations_schemas_and_queries,
        a_query_is_extended_without_knowing_its_joins,
        inner_queries_name_outer_bindings,
        the_first_of_each_group_by_a_window,
        run_time_conditions_make_one_query,
        updates_and_deletes_touch_what_was_chosen,
        preloads_name_associations,
        preloads_take_the_rows_of_joins,
        what_a_database_lacks_is_said;
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
    mod multi:
        steps_see_the_results_before_them,
        the_step_that_failed_is_named_and_nothing_is_stored,
        an_error_of_the_programs_own_rolls_back,
        an_invalid_changeset_is_found_before_anything_is_begun,
        names_are_unique,
        multis_are_put_together,
        whole_tables_are_steps_too,
        a_multi_in_a_transaction_is_part_of_it;
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
        what_is_joined_can_be_preloaded_further,
        each_association_and_level_is_one_statement,
        rows_of_a_prefix_have_the_rows_of_their_prefix;
    mod queries:
        conditions_find_what_they_say,
        hostile_values_are_only_values,
        order_limit_and_distinct,
        joins_of_every_kind,
        lateral_joins_and_quantifiers,
        groups_and_aggregates,
        queries_inside_of_queries,
        sources_that_are_no_tables,
        a_tree_is_read_by_a_recursive_query,
        rows_of_two_queries,
        the_best_of_each_group,
        fragments_stay_parametrised,
        conditions_are_built_at_run_time,
        a_source_is_found_by_name,
        rows_become_what_is_selected,
        documents_arrays_and_times;
    mod reads:
        aggregates_are_of_one_type_everywhere,
        all_gives_the_rows_in_order,
        exists_and_count_ask_without_reading,
        get_and_fetch_find_by_primary_key,
        get_by_and_all_by_find_by_a_field,
        one_refuses_to_choose_among_several,
        raw_queries_keep_their_types,
        reload_reads_again;
    mod relations:
        a_struct_is_inserted_with_what_it_holds,
        children_are_inserted_updated_and_replaced_by_their_keys,
        lists_and_maps_by_index_are_the_same_input,
        sort_and_drop_order_and_leave_out,
        the_last_child_is_dropped_by_an_empty_input,
        a_key_given_twice_is_an_error,
        an_unknown_key_makes_a_new_child_with_a_key_of_its_own,
        an_association_that_nobody_loaded_is_not_changed,
        input_of_the_wrong_shape_is_an_error_of_the_association,
        a_required_association_has_a_child,
        errors_of_children_are_nested,
        a_child_that_the_database_refuses_takes_everything_back,
        policy_raise_is_the_programs_mistake,
        policy_mark_as_invalid_is_an_error,
        policy_nilify_lets_go,
        policy_delete_deletes_and_minds_who_was_faster,
        policy_delete_if_exists_does_not_mind,
        policy_update_changes_the_one_in_place,
        the_one_is_deleted_before_another_takes_its_place,
        a_child_says_itself_that_it_is_to_be_deleted,
        a_change_of_a_child_is_one_of_its_owner_unless_told_otherwise,
        a_parent_is_stored_first_and_let_go,
        a_replaced_parent_is_deleted_when_nobody_refers_to_it,
        many_to_many_writes_join_rows_and_leaves_the_others_rows,
        the_rows_of_a_join_table_are_set_and_told_apart,
        entries_change_the_child_they_name,
        putting_what_is_there_changes_nothing,
        changes_are_seen_before_they_are_written,
        through_is_for_reading,
        documents_of_a_new_struct_get_their_keys,
        editing_one_of_three_documents_keeps_keys_and_order,
        documents_are_reordered_added_and_dropped,
        documents_are_validated_at_any_depth,
        nested_documents_are_edited_by_their_keys,
        documents_can_be_put,
        a_child_sees_its_own_input_alone;
    mod streams:
        many_rows_need_the_memory_of_few,
        many_rows_need_the_memory_of_few_in_a_transaction,
        whatever_the_size_of_a_chunk_every_row_comes,
        values_are_bound_and_rows_are_whole,
        a_stream_dropped_early_frees_its_connection,
        a_transaction_goes_on_while_it_streams,
        a_transaction_outlives_a_stream_dropped_early,
        a_stream_sees_what_its_transaction_wrote,
        nothing_runs_before_the_first_row_is_asked_for,
        an_error_ends_a_stream,
        a_stream_does_not_preload,
        rows_come_before_the_error_that_ends_them;
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
    mod upserts:
        nothing_leaves_both_rows_alone_and_the_key_unset,
        replace_takes_over_the_named_fields,
        replace_all_takes_over_everything_but_a_made_key,
        an_update_calculates_with_the_row_that_is_there_and_the_new_one,
        a_conflict_with_another_index_is_an_error_still,
        partial_indexes_and_expressions_are_conflict_targets,
        a_constraint_by_name_is_a_target_where_there_are_such,
        a_change_without_a_target_says_what_is_missing,
        the_existing_row_can_be_given_instead,
        of_many_that_want_one_row_each_gets_it,
        children_of_an_upsert_belong_to_the_row_that_is_there,
        insert_all_writes_structs_and_entries,
        insert_all_fills_no_timestamps,
        rows_with_unlike_fields,
        more_rows_than_a_statement_takes_are_sent_by_several,
        one_statement_may_be_asked_for,
        many_rows_that_fail_leave_a_transaction_as_one_row_does,
        shared_values_are_sent_once,
        insert_all_resolves_conflicts,
        a_query_is_inserted_in_one_statement,
        a_table_without_a_schema_takes_rows_too,
        a_form_says_early_that_a_name_is_taken;
    mod writes:
        an_insert_gives_the_row_as_it_is_stored,
        keys_that_types_make_are_made_before_the_insert,
        a_null_that_nobody_chose_is_left_to_the_database,
        what_the_database_decides_is_read_back,
        returning_all_reads_what_others_wrote,
        virtual_fields_stay_in_the_struct_and_out_of_the_row,
        fields_are_written_only_when_they_may_be,
        an_invalid_changeset_comes_back_with_its_action,
        an_update_without_changes_sends_nothing,
        updated_at_moves_on_real_updates_only,
        an_update_writes_what_changed_and_no_more,
        a_delete_of_a_gone_row_is_stale_unless_allowed,
        what_was_never_inserted_is_not_updated,
        insert_or_update_asks_the_state_or_the_key,
        a_taken_name_is_an_error_of_its_field,
        of_concurrent_duplicates_one_is_stored_and_the_others_get_the_error,
        a_constraint_that_the_changeset_does_not_have_lists_those_it_has,
        checks_and_foreign_keys_become_errors,
        a_savepoint_lets_the_transaction_go_on_after_a_constraint,
        of_two_updates_of_one_version_the_second_is_stale,
        a_filtered_write_finds_only_the_row_that_is_as_it_was,
        prepared_changes_are_part_of_the_write,
        a_prefix_is_another_table,
        deleting_the_owner_takes_care_of_its_rows,
        options_of_constraints_count_when_writing;
}
