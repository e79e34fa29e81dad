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
        a_transaction_commits_what_it_did,
        an_error_rolls_back;
}
