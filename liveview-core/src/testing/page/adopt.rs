//! The adoption program, executed: see the wire document.

use std::collections::HashMap;

use super::super::dom::{Handle, Kind};
use super::{Page, PageError};
use crate::protocol::wire::Reader;

/// Checks the page and binds the program's ids.
pub(super) fn adopt(page: &mut Page, program: &[u8], check: u32) -> Result<(), PageError> {
    let mut reader = Reader::new(program);
    let opaque = opaque(&mut reader)?;
    let mut list = List { page, opaque: &opaque, nodes: Vec::new(), check: 2_166_136_261 };
    let container = list.page.container;
    list.nodes.push(container);
    list.children(container);
    let List { nodes, check: found, .. } = list;
    if found != check {
        return Err(PageError::Changed);
    }
    page.nodes = HashMap::from([(0, container)]);
    page.stack.clear();
    Adoption { page, positions: &nodes, position: 0, id: 0, made: HashMap::new(), texts: HashMap::new() }
        .run(&mut reader)
}

fn opaque(reader: &mut Reader<'_>) -> Result<Vec<usize>, PageError> {
    let mut position = 0;
    (0..reader.number()?)
        .map(|_| {
            position += reader.number()? as usize;
            Ok(position)
        })
        .collect()
}

/// The elements and texts in document order, and the checksum of their shape.
struct List<'a> {
    page: &'a Page,
    opaque: &'a [usize],
    nodes: Vec<Handle>,
    check: u32,
}

impl List<'_> {
    fn children(&mut self, parent: Handle) {
        for node in self.page.dom.children(parent) {
            match self.page.dom.kind(*node) {
                Kind::Comment => {}
                Kind::Text(text) => {
                    self.nodes.push(*node);
                    self.hash(&[3]);
                    self.hash(&(text.encode_utf16().count() as u32).to_le_bytes());
                }
                Kind::Element(element) => {
                    self.nodes.push(*node);
                    self.hash(&[1]);
                    self.hash(element.tag.to_lowercase().as_bytes());
                    if !self.opaque.contains(&(self.nodes.len() - 1)) {
                        self.children(*node);
                    }
                    self.hash(&[2]);
                }
            }
        }
    }

    fn hash(&mut self, bytes: &[u8]) {
        self.check = bytes.iter().fold(self.check, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619));
    }
}

struct Adoption<'a> {
    page: &'a mut Page,
    positions: &'a [Handle],
    position: i64,
    id: i64,
    /// The node made last for a position and a place.
    made: HashMap<(i64, u8), Handle>,
    texts: HashMap<i64, Text>,
}

/// A text node of the parser's while it is being taken apart.
#[derive(Clone, Copy)]
struct Text {
    /// What was named or made there last.
    last: Option<Handle>,
    /// The text behind that.
    rest: Option<Handle>,
}

impl Adoption<'_> {
    fn run(&mut self, reader: &mut Reader<'_>) -> Result<(), PageError> {
        while !reader.is_empty() {
            let head = reader.varint()?;
            let (delta, kind) = ((head >> 3).cast_signed(), head & 3);
            self.position += if kind == 3 { (delta >> 1) ^ -(delta & 1) } else { delta };
            // A listener is the one entry that names no node of its own.
            let is_listener = head & 7 == 3 && reader.rest().first() == Some(&2);
            if !is_listener {
                self.id += if head & 4 != 0 { reader.zigzag()? } else { 1 };
            }
            match kind {
                0 => self.bind_kind(|kind| matches!(kind, Kind::Element(_)))?,
                1 => {
                    self.bind_kind(|kind| matches!(kind, Kind::Text(_)))?;
                    let text = Text { last: Some(self.here()?), rest: None };
                    self.texts.insert(self.position, text);
                }
                2 => {
                    let (offset, length) = (reader.number()?, reader.number()?);
                    self.part(offset, length)?;
                }
                _ => self.other(reader)?,
            }
        }
        Ok(())
    }

    fn here(&self) -> Result<Handle, PageError> {
        let position = usize::try_from(self.position).map_err(|_| PageError::Changed)?;
        self.positions.get(position).copied().ok_or(PageError::Changed)
    }

    fn bind(&mut self, node: Handle) -> Result<(), PageError> {
        let id = u32::try_from(self.id).map_err(|_| PageError::Changed)?;
        self.page.nodes.insert(id, node);
        Ok(())
    }

    fn bind_kind(&mut self, is_right: impl Fn(&Kind) -> bool) -> Result<(), PageError> {
        let node = self.here()?;
        if !is_right(self.page.dom.kind(node)) {
            return Err(PageError::Changed);
        }
        self.bind(node)
    }

    fn part(&mut self, offset: u32, length: u32) -> Result<(), PageError> {
        self.skip(offset)?;
        self.skip(length)?;
        let named = self.texts.get(&self.position).and_then(|text| text.last);
        self.bind(named.ok_or(PageError::Changed)?)
    }

    /// Moves so many units on in the text node here; they become a node of their own.
    fn skip(&mut self, units: u32) -> Result<(), PageError> {
        let here = self.here()?;
        let text = self.texts.entry(self.position).or_insert(Text { last: None, rest: Some(here) });
        if units == 0 {
            return Ok(());
        }
        let head = text.rest.ok_or(PageError::Changed)?;
        let tail = self.page.dom.split_text(head, units).ok_or(PageError::Changed)?;
        let is_all = self.page.dom.text_mut(tail).is_some_and(|tail| tail.is_empty());
        if is_all {
            self.page.dom.detach(tail);
        }
        *text = Text { last: Some(head), rest: (!is_all).then_some(tail) };
        Ok(())
    }

    fn other(&mut self, reader: &mut Reader<'_>) -> Result<(), PageError> {
        let node = match reader.byte()? {
            0 => self.page.dom.create(Kind::Comment),
            1 => self.page.dom.create(Kind::Text(String::new())),
            2 => {
                let (here, event) = (self.here()?, reader.string()?.to_owned());
                let element = self.page.dom.element_mut(here).ok_or(PageError::Changed)?;
                element.listeners.insert(event);
                return Ok(());
            }
            _ => return Err(PageError::Changed),
        };
        self.put(reader, node)?;
        self.bind(node)
    }

    fn put(&mut self, reader: &mut Reader<'_>, node: Handle) -> Result<(), PageError> {
        let (here, place) = (self.here()?, reader.byte()?);
        let before = self.made.get(&(self.position, place)).copied();
        let is_put = match (place, before) {
            (1 | 2, Some(before)) => self.page.dom.insert_after(before, node),
            (1, None) => {
                self.page.dom.prepend(here, node);
                true
            }
            (2, None) => self.page.dom.insert_after(here, node),
            (3, _) => {
                self.skip(reader.number()?)?;
                let last = self.texts.get_mut(&self.position).and_then(|text| text.last.replace(node));
                match last {
                    Some(last) => self.page.dom.insert_after(last, node),
                    None => self.page.dom.insert_before(here, node),
                }
            }
            _ => false,
        };
        self.made.insert((self.position, place), node);
        is_put.then_some(()).ok_or(PageError::Changed)
    }
}
