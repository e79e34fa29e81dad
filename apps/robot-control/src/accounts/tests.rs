//! Registering, logging in and out, passwords, roles and API tokens.

use serde_json::{Value, json};

use super::*;
use crate::robots::{Command, Point};
use crate::testing::{PASSWORD, on_databases, user};

on_databases!(
    whoever_registers_is_a_viewer_with_a_hashed_password,
    what_is_wrong_with_a_registration_is_said,
    a_name_is_taken_however_it_is_written,
    only_the_right_password_logs_in,
    a_session_knows_its_user_until_it_is_over,
    an_expired_session_is_nobodys,
    logging_out_everywhere_names_every_page_and_leaves_programs_alone,
    a_new_password_ends_every_session,
    a_new_password_takes_the_old_one,
    the_first_start_makes_one_administrator_who_must_choose_a_password,
    a_forgotten_password_is_replaced_by_one_for_one_log_in,
    a_changed_role_names_the_pages_that_show_the_old_one,
    the_last_administrator_stays_one,
    programs_have_tokens_that_are_shown_once,
    secrets_are_not_printed,
);

fn registration(name: &str, password: &str, again: &str) -> Value {
    json!({ "name": name, "password": password, "password_confirmation": again })
}

fn refused(result: Result<User, AccountError>) -> Value {
    result.expect_err("it is not fit").into_changeset().expect("the input is wrong").errors_json()
}

async fn whoever_registers_is_a_viewer_with_a_hashed_password(repo: Repo) {
    let mut input = registration(" Kim ", PASSWORD, PASSWORD);
    input["role"] = json!("admin");
    let kim = register_user(&repo, &input).await.unwrap();
    assert_eq!((kim.name.as_str(), kim.role, kim.must_change_password), ("kim", Role::Viewer, false));
    assert_eq!(kim.password, None);
    let stored = fetch_user(&repo, kim.id).await.unwrap();
    assert!(stored.password_hash.starts_with("$argon2id$"), "{}", stored.password_hash);
    assert_eq!(get_user_by_name(&repo, "KIM").await.unwrap(), Some(stored));
}

async fn what_is_wrong_with_a_registration_is_said(repo: Repo) {
    let cases = [
        (registration("k", PASSWORD, PASSWORD), json!({ "name": ["should be at least 2 character(s)"] })),
        (
            registration("kim smith", PASSWORD, PASSWORD),
            json!({ "name": ["takes letters a to z, digits and . - _, a letter or digit first"] }),
        ),
        (registration("kim", "short", "short"), json!({ "password": ["should be at least 12 character(s)"] })),
        (
            registration("kim", PASSWORD, "something else"),
            json!({ "password_confirmation": ["does not match confirmation"] }),
        ),
        (
            json!({}),
            json!({ "name": ["can't be blank"], "password": ["can't be blank"], "password_confirmation": ["can't be blank"] }),
        ),
        (
            registration("kim", &"x".repeat(129), &"x".repeat(129)),
            json!({ "password": ["should be at most 128 character(s)"] }),
        ),
    ];
    for (input, errors) in cases {
        assert_eq!(refused(register_user(&repo, &input).await), errors);
    }
    assert!(list_users(&repo).await.unwrap().is_empty());
}

async fn a_name_is_taken_however_it_is_written(repo: Repo) {
    user(&repo, "kim", Role::Viewer).await;
    let again = register_user(&repo, &registration("KIM", PASSWORD, PASSWORD)).await;
    assert_eq!(refused(again), json!({ "name": ["has already been taken"] }));
}

async fn only_the_right_password_logs_in(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let log_in = async |name: &str, password: &str| get_user_by_name_and_password(&repo, name, password).await.unwrap();
    assert_eq!(log_in("Kim", PASSWORD).await, Some(kim));
    assert_eq!(log_in("kim", "correct horse batterz").await, None);
    assert_eq!(log_in("kim", "").await, None);
    assert_eq!(log_in("lee", PASSWORD).await, None);
}

async fn a_session_knows_its_user_until_it_is_over(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let (one, other) = (create_session(&repo, &kim).await.unwrap(), create_session(&repo, &kim).await.unwrap());
    assert_ne!(one, other);
    let stored: Vec<UserToken> = repo.all(UserToken::query()).await.unwrap();
    assert!(
        stored.iter().all(|row| row.token_hash != one.as_str() && row.expires_at > Utc::now() + TimeDelta::days(13))
    );

    assert_eq!(get_user_by_session_token(&repo, one.as_str()).await.unwrap(), Some(kim.clone()));
    assert_eq!(get_user_by_api_token(&repo, one.as_str()).await.unwrap(), None, "a session is no API token");
    assert_eq!(get_user_by_session_token(&repo, "guessed").await.unwrap(), None);

    assert_eq!(delete_session(&repo, one.as_str()).await.unwrap(), Some(live_socket_id(&one)));
    assert_eq!(get_user_by_session_token(&repo, one.as_str()).await.unwrap(), None);
    assert_eq!(delete_session(&repo, one.as_str()).await.unwrap(), None);
    assert_eq!(get_user_by_session_token(&repo, other.as_str()).await.unwrap(), Some(kim));
}

async fn an_expired_session_is_nobodys(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let past = Utc::now() - TimeDelta::seconds(1);
    repo.update_all(from!(t in UserToken, update: { t.expires_at = past })).await.unwrap();
    assert_eq!(get_user_by_session_token(&repo, session.as_str()).await.unwrap(), None);
    let next = create_session(&repo, &kim).await.unwrap();
    assert_eq!(repo.count(UserToken::query()).await.unwrap(), 1, "what has expired is forgotten");
    assert_eq!(get_user_by_session_token(&repo, next.as_str()).await.unwrap(), Some(kim));
}

async fn logging_out_everywhere_names_every_page_and_leaves_programs_alone(repo: Repo) {
    let (kim, lee) = (user(&repo, "kim", Role::Viewer).await, user(&repo, "lee", Role::Viewer).await);
    let (one, other) = (create_session(&repo, &kim).await.unwrap(), create_session(&repo, &kim).await.unwrap());
    let lees = create_session(&repo, &lee).await.unwrap();
    let (program, _) = create_api_token(&repo, &kim, &json!({ "label": "script" })).await.unwrap();

    let mut gone = delete_all_sessions(&repo, &kim).await.unwrap();
    let mut expected = vec![live_socket_id(&one), live_socket_id(&other)];
    gone.sort();
    expected.sort();
    assert_eq!(gone, expected);
    for session in [&one, &other] {
        assert_eq!(get_user_by_session_token(&repo, session.as_str()).await.unwrap(), None);
    }
    assert_eq!(get_user_by_session_token(&repo, lees.as_str()).await.unwrap(), Some(lee));
    assert_eq!(get_user_by_api_token(&repo, program.as_str()).await.unwrap(), Some(kim.clone()));
    assert!(delete_all_sessions(&repo, &kim).await.unwrap().is_empty());
}

async fn a_new_password_ends_every_session(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let input = registration("ignored", "another good one", "another good one");
    let changed = change_password(&repo, &kim, PASSWORD, &input).await.unwrap();
    assert_eq!(changed.disconnect, [live_socket_id(&session)]);
    assert_eq!(changed.user.name, "kim");
    assert_eq!(get_user_by_session_token(&repo, session.as_str()).await.unwrap(), None);
    assert_eq!(get_user_by_name_and_password(&repo, "kim", PASSWORD).await.unwrap(), None);
    assert!(get_user_by_name_and_password(&repo, "kim", "another good one").await.unwrap().is_some());
}

async fn a_new_password_takes_the_old_one(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let errors = async |current: &str, new: &str| {
        let changed = change_password(&repo, &kim, current, &registration("", new, new)).await;
        changed.expect_err("it is not fit").into_changeset().unwrap().errors_json()
    };
    assert_eq!(errors("wrong", "another good one").await, json!({ "current_password": ["is not right"] }));
    assert_eq!(errors(PASSWORD, PASSWORD).await, json!({ "password": ["must not be the old one"] }));
    assert_eq!(errors(PASSWORD, "short").await, json!({ "password": ["should be at least 12 character(s)"] }));
    assert!(get_user_by_session_token(&repo, session.as_str()).await.unwrap().is_some(), "nothing has changed");
}

async fn the_first_start_makes_one_administrator_who_must_choose_a_password(repo: Repo) {
    let password = ensure_admin(&repo).await.unwrap().expect("a first start");
    assert_eq!(ensure_admin(&repo).await.unwrap(), None, "the second start");
    let log_in = get_user_by_name_and_password(&repo, FIRST_ADMIN, password.as_str()).await.unwrap();
    let admin = log_in.expect("the password is good");
    assert_eq!((admin.role, admin.must_change_password), (Role::Admin, true));
    assert_eq!(may(&admin, Act::ManageUsers), Err(Refused::PasswordChangeFirst));

    let input = registration("", "a password of mine", "a password of mine");
    let admin = change_password(&repo, &admin, password.as_str(), &input).await.unwrap().user;
    assert_eq!(may(&admin, Act::ManageUsers), Ok(()));
    assert_eq!(get_user_by_name_and_password(&repo, FIRST_ADMIN, password.as_str()).await.unwrap(), None);
}

async fn a_forgotten_password_is_replaced_by_one_for_one_log_in(repo: Repo) {
    let kim = user(&repo, "kim", Role::Operator).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let (changed, password) = reset_password(&repo, kim.id).await.unwrap();
    assert_eq!(changed.disconnect, [live_socket_id(&session)]);
    let log_in = get_user_by_name_and_password(&repo, "kim", password.as_str()).await.unwrap();
    assert!(log_in.expect("the password is good").must_change_password);
    assert!(matches!(reset_password(&repo, kim.id + 1).await, Err(AccountError::Repo(RepoError::NotFound { .. }))));
}

async fn a_changed_role_names_the_pages_that_show_the_old_one(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let changed = change_role(&repo, kim.id, Role::Operator).await.unwrap();
    assert_eq!((changed.user.role, changed.disconnect), (Role::Operator, vec![live_socket_id(&session)]));
    let now = get_user_by_session_token(&repo, session.as_str()).await.unwrap().expect("it is still logged in");
    assert_eq!(now.role, Role::Operator);
}

async fn the_last_administrator_stays_one(repo: Repo) {
    let kim = user(&repo, "kim", Role::Admin).await;
    assert!(matches!(change_role(&repo, kim.id, Role::Viewer).await, Err(AccountError::LastAdmin)));
    let lee = user(&repo, "lee", Role::Admin).await;
    change_role(&repo, kim.id, Role::Viewer).await.unwrap();
    assert!(matches!(change_role(&repo, lee.id, Role::Operator).await, Err(AccountError::LastAdmin)));
    assert_eq!(change_role(&repo, lee.id, Role::Admin).await.unwrap().user.role, Role::Admin);
}

async fn programs_have_tokens_that_are_shown_once(repo: Repo) {
    let (kim, lee) = (user(&repo, "kim", Role::Operator).await, user(&repo, "lee", Role::Operator).await);
    let unnamed = create_api_token(&repo, &kim, &json!({ "label": " " })).await;
    assert_eq!(crate::testing::errors(unnamed), json!({ "label": ["can't be blank"] }));

    let (secret, row) = create_api_token(&repo, &kim, &json!({ "label": "night shift" })).await.unwrap();
    assert!(secret.as_str().starts_with("rc_") && row.token_hash != secret.as_str());
    assert_eq!(get_user_by_api_token(&repo, secret.as_str()).await.unwrap(), Some(kim.clone()));
    assert_eq!(get_user_by_session_token(&repo, secret.as_str()).await.unwrap(), None, "it is no session");

    let labels: Vec<_> = list_api_tokens(&repo, &kim).await.unwrap().into_iter().map(|token| token.label).collect();
    assert_eq!(labels, [Some("night shift".to_owned())]);
    assert!(!delete_api_token(&repo, &lee, row.id).await.unwrap(), "it is not lee's");
    assert!(delete_api_token(&repo, &kim, row.id).await.unwrap());
    assert_eq!(get_user_by_api_token(&repo, secret.as_str()).await.unwrap(), None);
}

async fn secrets_are_not_printed(repo: Repo) {
    let kim = user(&repo, "kim", Role::Viewer).await;
    let session = create_session(&repo, &kim).await.unwrap();
    let changeset = change_registration(&registration("lee", "a secret password", "a secret password"));
    let printed = format!("{kim:?} {session:?} {changeset:?} {:?}", ensure_admin(&repo).await.unwrap());
    for secret in [kim.password_hash.as_str(), session.as_str(), "a secret password"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// Who may do what, as a table.
#[test]
fn each_role_may_what_it_may() {
    let go_to = Command::GoTo(Point::new(1.0, 2.0));
    let drive = Command::Drive { linear: 1.0, angular: 0.0 };
    let commands = [drive, Command::Stop, Command::Dock, go_to, Command::EmergencyStop, Command::Reset];
    let table = (commands.map(Act::from).into_iter().map(|act| (act, [false, true, true]))).chain([
        (Act::EditMissions, [false, true, true]),
        (Act::RunMissions, [false, true, true]),
        (Act::ReadAudit, [false, true, true]),
        (Act::CrashRobots, [false, false, true]),
        (Act::ManageUsers, [false, false, true]),
    ]);
    for (act, allowed) in table {
        for (role, allowed) in [Role::Viewer, Role::Operator, Role::Admin].into_iter().zip(allowed) {
            let somebody = User { role, ..User::default() };
            assert_eq!(may(&somebody, act).is_ok(), allowed, "{role:?} {act:?}");
            let newcomer = User { must_change_password: true, ..somebody };
            assert!(may(&newcomer, act).is_err(), "{role:?} {act:?} with a one-time password");
        }
    }
}

#[test]
fn a_refusal_says_whom_to_ask() {
    let refused = may(&User::default(), Command::Stop).unwrap_err();
    assert_eq!(refused.to_string(), "this takes the role operator, and yours is viewer: ask an administrator");
}
