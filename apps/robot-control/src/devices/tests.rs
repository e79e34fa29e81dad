//! Devices in the database.

use serde_json::json;

use super::*;
use crate::testing::on_databases;

on_databases!(
    a_device_is_known_by_its_token_and_by_no_older_one,
    what_is_wrong_with_a_device_is_said,
    a_device_that_is_deleted_is_forgotten,
);

async fn shoebill(repo: &Repo) -> (Device, DeviceToken) {
    register_device(repo, "admin", &json!({ "robot_id": 21, "name": " Shoebill " })).await.unwrap()
}

async fn a_device_is_known_by_its_token_and_by_no_older_one(repo: Repo) {
    let (device, token) = shoebill(&repo).await;
    assert_eq!((device.robot_id, &*device.name, &*device.made_by), (RobotId(21), "Shoebill", "admin"));
    assert!(token.as_str().starts_with("rd_") && !device.token_hash.contains(token.as_str()));
    assert_eq!(format!("{token:?}"), "DeviceToken(**redacted**)");
    assert_eq!(get_device_by_token(&repo, token.as_str()).await.unwrap().as_ref(), Some(&device));

    let (renewed, new) = renew_token(&repo, device.id).await.unwrap();
    assert_eq!(get_device_by_token(&repo, token.as_str()).await.unwrap(), None);
    assert_eq!(get_device_by_token(&repo, new.as_str()).await.unwrap(), Some(renewed));
}

async fn what_is_wrong_with_a_device_is_said(repo: Repo) {
    shoebill(&repo).await;
    for (input, errors) in [
        (json!({ "robot_id": 21, "name": "Other" }), json!({ "robot_id": ["is another device's: choose a free one"] })),
        (
            json!({ "robot_id": 3, "name": "Other" }),
            json!({ "robot_id": ["is a simulated robot's: choose a free one"] }),
        ),
        (json!({ "robot_id": "", "name": "Other" }), json!({ "robot_id": ["is a number from 1 to 65535"] })),
        (json!({ "robot_id": 65536, "name": "Other" }), json!({ "robot_id": ["is invalid"] })),
        (json!({ "robot_id": 22, "name": " " }), json!({ "name": ["can't be blank"] })),
    ] {
        match register_device(&repo, "admin", &input).await {
            Err(DeviceError::Invalid(changeset)) => assert_eq!(changeset.errors_json(), errors, "{input}"),
            other => panic!("{other:?} for {input}"),
        }
    }
}

async fn a_device_that_is_deleted_is_forgotten(repo: Repo) {
    let (device, token) = shoebill(&repo).await;
    let other = register_device(&repo, "admin", &json!({ "robot_id": 23, "name": "Hamerkop" })).await.unwrap().0;
    assert_eq!(free_number(&list_devices(&repo).await.unwrap()), RobotId(22));
    assert_eq!(delete_device(&repo, device.id).await.unwrap(), device);
    assert!(matches!(delete_device(&repo, device.id).await, Err(DeviceError::Repo(RepoError::NotFound { .. }))));
    assert_eq!(get_device_by_token(&repo, token.as_str()).await.unwrap(), None);
    assert_eq!(list_devices(&repo).await.unwrap(), [other]);
}
