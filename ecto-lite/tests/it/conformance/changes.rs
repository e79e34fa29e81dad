//! E29: what `update_all` and `delete_all` change, and which rows are locked.

use ecto_lite::adapter::Dialect;
use ecto_lite::query::functions::count_all;
use ecto_lite::query::{AnyField, Lock, Query, Updates, cte, from_source};
use ecto_lite::{Repo, RepoError, Schema};

use super::queries::{Gadget, fleet, gadget};
use super::schemas::{LogEntry, Mission, Robot};

async fn titles(repo: &Repo) -> Vec<String> {
    repo.all(Mission::query().order_by(|m| m.id).select(|m| m.title)).await.unwrap()
}

pub async fn all_rows_are_updated(repo: Repo) {
    fleet(&repo).await;
    let update = Mission::query()
        .filter(|m| m.title.eq("dig"))
        .inc(Mission::priority, 10)
        .set(Mission::done, true)
        .set(Mission::robot_id, None::<i64>)
        .set_with(Mission::title, |m| m.title.upper());
    assert_eq!(repo.update_all(update).await.unwrap(), 2);
    let changed = Mission::query().filter(|m| m.title.eq("DIG")).order_by(|m| m.id);
    let changed = repo.all(changed.select(|m| (m.priority, m.done, m.robot_id))).await.unwrap();
    assert_eq!(changed, [(13, true, None), (12, true, None)]);
    let returned = Mission::query().filter(|m| m.id.eq(5)).inc(Mission::priority, -4).select(|m| (m.id, m.priority));
    assert_eq!(repo.update_all_returning(returned).await.unwrap(), [(5, 5)]);
}

pub async fn a_list_of_updates_is_made_at_run_time(repo: Repo) {
    fleet(&repo).await;
    let parts: [fn(Updates<Mission>) -> Updates<Mission>; 2] =
        [|updates| updates.inc(Mission::priority, 10), |updates| updates.set_with(Mission::title, |m| m.title.upper())];
    let updates = parts.iter().fold(Updates::new(), |updates, part| part(updates));
    let field = AnyField::<Mission>::named("done").unwrap();
    let updates = updates.set_input(field, &"true".into()).unwrap();
    assert_eq!(repo.update_all(Mission::query().filter(|m| m.id.eq(1)).update(updates.clone())).await.unwrap(), 1);
    // The same of a query with more sources.
    let of_robot = Mission::query().join(|m| m.robot).filter(|(_, r)| r.id.eq(2)).update(updates);
    assert_eq!(repo.update_all(of_robot).await.unwrap(), 1);
    let changed = Mission::query().filter(|m| m.title.eq("DIG")).order_by(|m| m.id);
    assert_eq!(repo.all(changed.select(|m| (m.priority, m.done))).await.unwrap(), [(13, true), (12, true)]);
    let none = repo.update_all(Mission::query().update(Updates::<Mission>::new())).await;
    assert!(matches!(none, Err(RepoError::Query(_))), "{none:?}");
}

pub async fn updates_follow_joins_orders_and_limits(repo: Repo) {
    fleet(&repo).await;
    let of_robots = Mission::query().join(|m| m.robot).filter(|(_, r)| r.battery.lt(20));
    let update = of_robots.set_with(Mission::title, |(_, r)| r.name);
    assert_eq!(repo.update_all(update).await.unwrap(), 2);
    assert_eq!(titles(&repo).await, ["dig", "fly", "sit", "Bob", r"50%_\"]);
    let idle = Mission::query().left_join(|m| m.robot).filter(|(_, r)| r.id.is_null()).set(Mission::title, "idle");
    assert_eq!(repo.update_all(idle).await.unwrap(), 1);
    let lowest = Mission::query().order_by(|m| m.priority).limit(2).set(Mission::title, "low");
    assert_eq!(repo.update_all(lowest).await.unwrap(), 2);
    assert_eq!(titles(&repo).await, ["dig", "fly", "low", "low", r"50%_\"]);
}

pub async fn all_rows_are_deleted(repo: Repo) {
    fleet(&repo).await;
    let logs = LogEntry::query().join(|l| l.mission).filter(|(_, m)| m.title.eq("dig").and(m.robot_id.eq(1)));
    assert_eq!(repo.delete_all(logs).await.unwrap(), 2);
    assert_eq!(repo.delete_all(LogEntry::query().order_by(|l| l.id).limit(5)).await.unwrap(), 1);
    let done = Mission::query().filter(|m| m.done).select(|m| m.id);
    let mut gone = repo.delete_all_returning(done).await.unwrap();
    gone.sort_unstable();
    assert_eq!(gone, [2, 5]);
    assert_eq!(repo.delete_all(Mission::query()).await.unwrap(), 3);
    assert_eq!(repo.count(Mission::query()).await.unwrap(), 0);
}

pub async fn arrays_grow_and_shrink(repo: Repo) {
    let made = gadget(&repo).await;
    let pushed = Gadget::query().push(Gadget::labels, "x'y").push(Gadget::flags, true);
    assert_eq!(repo.update_all(pushed).await.unwrap(), 1);
    repo.update_all(Gadget::query().pull(Gadget::labels, "new").pull(Gadget::flags, false)).await.unwrap();
    let found = repo.one(Gadget::query()).await.unwrap().unwrap();
    assert_eq!((found.labels, found.flags), (vec!["red".to_owned(), "x'y".to_owned()], vec![true, true]));
    assert_eq!(found.meta, made.meta);
}

pub async fn a_change_can_be_read_from(repo: Repo) {
    fleet(&repo).await;
    let closed = Mission::query().filter(|m| m.done.eq(false)).set(Mission::done, true).select(|m| m);
    let query: Query<Mission, i64> =
        from_source(cte::<Mission>("closed")).with_cte("closed", closed).select(|_| count_all());
    let found = repo.one(query).await;
    if repo.dialect() == Dialect::Sqlite {
        assert!(matches!(found, Err(RepoError::Query(_))), "{found:?}");
        return;
    }
    assert_eq!(found.unwrap(), Some(3));
    assert_eq!(repo.count(Mission::query().filter(|m| m.done)).await.unwrap(), 5);
}

/// Two workers, each in its transaction, take jobs at the same time.
pub async fn workers_that_skip_locked_rows_take_different_ones(repo: Repo) {
    fleet(&repo).await;
    let job =
        || Mission::query().filter(|m| m.done.eq(false)).order_by(|m| m.id).limit(1).lock(Lock::update().skip_locked());
    if repo.dialect() == Dialect::Sqlite {
        let refused = repo.one(job()).await;
        assert!(matches!(&refused, Err(RepoError::Query(why)) if why.contains("locks the whole file")), "{refused:?}");
        return;
    }
    let other = repo.clone();
    let taken = repo
        .transaction(|first| async move {
            let mine = first.one(job()).await?.map(|mission| mission.id);
            let theirs = Box::pin(other.transaction(|second| async move { second.one(job()).await })).await?;
            Ok::<_, RepoError>((mine, theirs.map(|mission| mission.id)))
        })
        .await
        .unwrap();
    assert_eq!(taken, (Some(1), Some(3)));
    let claimed = job().set(Mission::title, "taken").select(|m| m.id);
    assert_eq!(repo.update_all_returning(claimed).await.unwrap(), [1]);
    let other = repo.clone();
    let refused = repo
        .transaction(|first| async move {
            first.one(Robot::query().first().lock(Lock::update())).await?;
            Ok::<_, RepoError>(other.one(Robot::query().first().lock(Lock::update().no_wait())).await)
        })
        .await
        .unwrap();
    assert!(matches!(refused, Err(RepoError::Adapter(_))), "{refused:?}");
}
