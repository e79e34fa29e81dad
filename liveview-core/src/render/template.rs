//! Templates: the static parts of `rsx!`, sent to a socket once and cloned there ever after.
//!
//! A template has an id that is the same in the whole server process, so that a frame means the same to every
//! socket. Its definition is encoded when the id is given and shared from then on. Ids are never taken back:
//! a program has as many templates as it has `rsx!` calls.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use dioxus_core::{Template, TemplateAttribute, TemplateNode};

use super::attribute;
use crate::protocol::op::{OpWriter, Tree};

/// The id of a template in this server process.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TemplateId(u32);

impl TemplateId {
    /// The id as the wire carries it.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Where a template's roots are in memory. They are `'static` and never change, so the place stands for them.
type Place = (usize, usize);

#[derive(Default)]
struct Registry {
    ids: HashMap<Place, TemplateId>,
    definitions: Vec<Arc<[u8]>>,
}

static REGISTRY: LazyLock<RwLock<Registry>> = LazyLock::new(RwLock::default);

thread_local! {
    /// What this thread has looked up, so that rendering takes no lock.
    static KNOWN: RefCell<HashMap<Place, TemplateId>> = RefCell::default();
}

/// The id of a template, given to it now if it has none.
pub(super) fn id_of(template: &Template) -> TemplateId {
    let place = (template.roots.as_ptr() as usize, template.roots.len());
    KNOWN.with_borrow_mut(|known| *known.entry(place).or_insert_with(|| register(place, template.roots)))
}

fn register(place: Place, roots: &'static [TemplateNode]) -> TemplateId {
    // A poisoned lock is no reason to stop: both collections are changed below by operations that do not panic.
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    let Registry { ids, definitions } = &mut *registry;
    *ids.entry(place).or_insert_with(|| {
        let id = definitions.len() as u32;
        let mut writer = OpWriter::default();
        writer.template(id, &roots.iter().map(tree).collect::<Vec<_>>());
        definitions.push(writer.take().into());
        TemplateId(id)
    })
}

fn tree(node: &'static TemplateNode) -> Tree<'static> {
    match node {
        TemplateNode::Text { text } => Tree::Text(Cow::Borrowed(text)),
        TemplateNode::Dynamic { .. } => Tree::Dynamic,
        TemplateNode::Element { tag, namespace, attrs, children } => Tree::Element {
            tag: Cow::Borrowed(tag),
            namespace: Cow::Borrowed(namespace.unwrap_or_default()),
            attributes: attrs.iter().filter_map(static_attribute).collect(),
            children: children.iter().map(tree).collect(),
        },
    }
}

fn static_attribute(attr: &'static TemplateAttribute) -> Option<[Cow<'static, str>; 3]> {
    let TemplateAttribute::Static { name, value, namespace } = attr else {
        return None;
    };
    let value = attribute::text(name, value)?;
    Some([Cow::Borrowed(attribute::name(name)), Cow::Borrowed(namespace.unwrap_or_default()), value])
}

/// The templates that one socket has been told, for as long as it lives.
#[derive(Clone, Debug, Default)]
pub struct KnownTemplates {
    bits: Vec<u64>,
}

impl KnownTemplates {
    /// Notes a template; whether it was unknown before.
    fn insert(&mut self, id: TemplateId) -> bool {
        let (word, bit) = (id.0 as usize / 64, 1 << (id.0 % 64));
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        let fresh = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        fresh
    }
}

/// Appends the definitions (`template` ops) of those templates that the socket lacks, and notes that it has
/// them. They belong in front of the ops that use them.
pub fn write_definitions(templates: &[TemplateId], known: &mut KnownTemplates, out: &mut Vec<u8>) {
    let mut missing = templates.iter().filter(|id| known.insert(**id)).peekable();
    if missing.peek().is_none() {
        return;
    }
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    for id in missing {
        if let Some(definition) = registry.definitions.get(id.0 as usize) {
            out.extend_from_slice(definition);
        }
    }
}
