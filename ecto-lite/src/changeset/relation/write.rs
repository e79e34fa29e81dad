//! Stores a relation's children.

use super::child::{Child, Owned};
use super::link::Place;
use super::{Failed, Relation, Step};
use crate::changeset::{Action, Changeset};
use crate::repo::{InsertOptions, Repo, WriteError, WriteOptions, join_rows};
use crate::schema::{AssocKind, AssocMeta, OnReplace, Schema};
use crate::types::Value;

/// Stores the children of `relation` that are written in `step`. Gives the key that the owner is to have, where it is the
/// owner that refers to a child.
pub(super) async fn write<R: Schema>(
    relation: &mut Relation<R>,
    repo: &Repo,
    step: Step,
    owner: Owned,
) -> Result<Option<Value>, Failed> {
    let Place::Association { meta, .. } = relation.link.place else { return Ok(None) };
    let mut run = Run { repo, meta, owner };
    let key = match (meta.kind, step) {
        (AssocKind::BelongsTo { related_key, .. }, Step::Before) => Some(run.parent(relation, related_key).await?),
        (AssocKind::BelongsTo { .. }, Step::After) => {
            // Now that nobody refers to it.
            run.drop_children(&mut relation.children, None).await?;
            None
        }
        (AssocKind::HasMany { related_key, .. } | AssocKind::HasOne { related_key, .. }, Step::After) => {
            run.drop_children(&mut relation.children, Some(related_key)).await?;
            relation.stored = run.children(&mut relation.children, related_key).await?;
            None
        }
        (AssocKind::ManyToMany { related_key, .. }, Step::After) => {
            run.unjoin(&relation.children, related_key).await?;
            relation.stored = run.joined(&mut relation.children, related_key).await?;
            None
        }
        (_, Step::Before) | (AssocKind::Through { .. }, Step::After) => None,
    };
    Ok(key)
}

struct Run<'a> {
    repo: &'a Repo,
    meta: &'static AssocMeta,
    owner: Owned,
}

impl Run<'_> {
    /// Stores the row that the owner refers to; its key, or null if there is none any more.
    async fn parent<R: Schema>(&mut self, relation: &mut Relation<R>, related_key: usize) -> Result<Value, Failed> {
        let Some(child) = relation.children.iter_mut().find(|child| child.stays()) else {
            return Ok(Value::Null(R::meta().fields[related_key].db));
        };
        let parent = self.store(child).await?;
        let key = parent.get(related_key)?;
        relation.stored = vec![parent];
        Ok(key)
    }

    /// Stores the rows that refer to the owner.
    async fn children<R: Schema>(&mut self, children: &mut [Child<R>], related_key: usize) -> Result<Vec<R>, Failed> {
        let mut stored = Vec::with_capacity(children.len());
        for child in children.iter_mut().filter(|child| child.stays()) {
            let changeset = &mut child.changeset;
            if changeset.data.get(related_key)? != self.owner.key || changeset.change_at(related_key).is_some() {
                changeset.set_change(related_key, self.owner.key.clone());
            }
            stored.push(self.store(child).await?);
        }
        Ok(stored)
    }

    /// Deletes, or lets go, what is there and not wanted.
    async fn drop_children<R: Schema>(
        &mut self,
        children: &mut [Child<R>],
        related_key: Option<usize>,
    ) -> Result<(), Failed> {
        for child in children.iter_mut().filter(|child| !child.stays()) {
            let on_replace = if child.replaced { self.meta.on_replace } else { OnReplace::Delete };
            match (on_replace, related_key) {
                (OnReplace::Delete | OnReplace::DeleteIfExists, _) => {
                    let mut options = WriteOptions::new();
                    options.prefix.clone_from(&self.owner.prefix);
                    if on_replace == OnReplace::DeleteIfExists {
                        options = options.allow_stale();
                    }
                    let deleted = self.repo.delete_with(child.changeset.clone(), options).await;
                    settled(child, deleted)?;
                }
                (_, Some(related_key)) => {
                    let mut changeset = Changeset::new(child.changeset.data.clone());
                    changeset.set_change(related_key, Value::Null(R::meta().fields[related_key].db));
                    let mut options = WriteOptions::new();
                    options.prefix.clone_from(&self.owner.prefix);
                    let updated = self.repo.update_with(changeset, options).await;
                    settled(child, updated)?;
                }
                // The owner's own key is null already.
                (_, None) => {}
            }
        }
        Ok(())
    }

    /// Stores the rows at the other side of a join table, and the join rows that are missing.
    async fn joined<R: Schema>(&mut self, children: &mut [Child<R>], related_key: usize) -> Result<Vec<R>, Failed> {
        let mut stored = Vec::with_capacity(children.len());
        for child in children.iter_mut().filter(|child| child.stays()) {
            let row = self.store(child).await?;
            if self.owner.inserted || !child.known {
                let related = row.get(related_key)?;
                join_rows::insert(self.repo, &self.owner, self.meta, related).await?;
            }
            stored.push(row);
        }
        Ok(stored)
    }

    /// Deletes the join rows of what is not wanted; the rows at the other side stay.
    async fn unjoin<R: Schema>(&mut self, children: &[Child<R>], related_key: usize) -> Result<(), Failed> {
        for child in children.iter().filter(|child| !child.stays()) {
            let related = child.changeset.data.get(related_key)?;
            join_rows::delete(self.repo, &self.owner, self.meta, related).await?;
        }
        Ok(())
    }

    /// Stores one child as its action says.
    async fn store<R: Schema>(&mut self, child: &mut Child<R>) -> Result<R, Failed> {
        let changeset = child.changeset.clone();
        let prefix = self.owner.prefix.clone();
        let stored = match changeset.action {
            Some(Action::Insert) => {
                let mut options = InsertOptions::new();
                options.prefix = prefix;
                self.repo.insert_with(changeset, options).await
            }
            Some(Action::Update) | None => {
                let mut options = WriteOptions::new();
                options.prefix = prefix;
                self.repo.update_with(changeset, options).await
            }
            Some(_) => Ok(changeset.data),
        };
        settled(child, stored)
    }
}

/// The row that was stored; what is wrong with it goes to the child.
fn settled<R: Schema>(child: &mut Child<R>, result: Result<R, WriteError<R>>) -> Result<R, Failed> {
    match result {
        Ok(row) => Ok(row),
        Err(WriteError::Invalid(changeset)) => {
            child.changeset = *changeset;
            Err(Failed::Invalid)
        }
        Err(WriteError::Repo(error)) => Err(Failed::Repo(error)),
    }
}
