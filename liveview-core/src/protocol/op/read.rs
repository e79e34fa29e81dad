//! Bytes to ops.

use std::borrow::Cow;

use super::{NodeId, Op, OpError, Path, Tree, code};
use crate::protocol::wire::Reader;

/// How deep template trees may be nested; deeper ones are refused, so that no input overflows the stack.
const MAX_DEPTH: usize = 256;

/// The ops of one frame, in order. Ends after the first error.
#[derive(Debug)]
pub struct OpReader<'a> {
    reader: Reader<'a>,
    last_text: NodeId,
}

/// All ops of a frame.
///
/// # Errors
/// The first [`OpError`] met.
pub fn read_all(bytes: &[u8]) -> Result<Vec<Op<'_>>, OpError> {
    OpReader::new(bytes).collect()
}

impl<'a> OpReader<'a> {
    /// A reader of the ops that `bytes` consist of.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes), last_text: 0 }
    }

    fn op(&mut self) -> Result<Op<'a>, OpError> {
        let code = self.reader.byte()?;
        Ok(match code {
            code::TEMPLATE => Op::Template { template: self.number()?, roots: self.trees(0)? },
            code::LOAD => Op::Load { template: self.number()?, root: self.number()?, node: self.number()? },
            code::ASSIGN => Op::Assign { path: self.path()?, node: self.number()? },
            code::CREATE_TEXT => Op::CreateText { node: self.number()?, text: self.string()? },
            code::PLACEHOLDER => Op::Placeholder { node: self.number()? },
            code::APPEND => Op::Append { node: self.number()?, m: self.number()? },
            code::REPLACE => Op::Replace { node: self.number()?, m: self.number()? },
            code::FILL => Op::Fill { path: self.path()?, m: self.number()? },
            code::AFTER => Op::After { node: self.number()?, m: self.number()? },
            code::BEFORE => Op::Before { node: self.number()?, m: self.number()? },
            code::SET => {
                Op::Set { node: self.number()?, name: self.string()?, namespace: self.string()?, value: self.string()? }
            }
            code::UNSET => Op::Unset { node: self.number()?, name: self.string()?, namespace: self.string()? },
            code::TEXT => {
                let node = self.number()?;
                self.text(node)?
            }
            code::LISTEN => Op::Listen { node: self.number()?, event: self.string()? },
            code::UNLISTEN => Op::Unlisten { node: self.number()?, event: self.string()? },
            code::REMOVE => Op::Remove { node: self.number()? },
            code::PUSH => Op::Push { node: self.number()? },
            code::TITLE => Op::Title { title: self.string()? },
            code::REDIRECT => Op::Redirect { to: self.string()?, flash: self.string()? },
            code::PATCHED => Op::Patched { to: self.string()?, replace: self.number()? != 0 },
            code::NAVIGATE => Op::Navigate { to: self.string()?, replace: self.number()? != 0, flash: self.string()? },
            code::EVENT => Op::Event { name: self.string()?, payload: self.payload()? },
            code::TEXT_NEAR.. => {
                let node = self.last_text.saturating_add_signed(i32::from(code) - i32::from(code::TEXT_SAME));
                self.text(node)?
            }
            unknown => return Err(OpError::UnknownCode(unknown)),
        })
    }

    fn text(&mut self, node: NodeId) -> Result<Op<'a>, OpError> {
        self.last_text = node;
        Ok(Op::Text { node, text: self.string()? })
    }

    fn payload(&mut self) -> Result<serde_json::Value, OpError> {
        serde_json::from_str(self.reader.string()?).map_err(OpError::BadPayload)
    }

    fn number(&mut self) -> Result<u32, OpError> {
        Ok(self.reader.number()?)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, OpError> {
        Ok(Cow::Borrowed(self.reader.string()?))
    }

    fn path(&mut self) -> Result<Path, OpError> {
        (0..self.number()?).map(|_| self.number()).collect()
    }

    fn trees(&mut self, depth: usize) -> Result<Vec<Tree<'a>>, OpError> {
        (0..self.number()?).map(|_| self.tree(depth)).collect()
    }

    fn tree(&mut self, depth: usize) -> Result<Tree<'a>, OpError> {
        Ok(match self.reader.byte()? {
            code::TREE_TEXT => Tree::Text(self.string()?),
            code::TREE_ELEMENT if depth < MAX_DEPTH => Tree::Element {
                tag: self.string()?,
                namespace: self.string()?,
                attributes: (0..self.number()?)
                    .map(|_| Ok([self.string()?, self.string()?, self.string()?]))
                    .collect::<Result<_, OpError>>()?,
                children: self.trees(depth + 1)?,
            },
            code::TREE_DYNAMIC => Tree::Dynamic,
            _ => return Err(OpError::BadTree),
        })
    }
}

impl<'a> Iterator for OpReader<'a> {
    type Item = Result<Op<'a>, OpError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.reader.is_empty() {
            return None;
        }
        let op = self.op();
        if op.is_err() {
            self.reader = Reader::new(&[]);
        }
        Some(op)
    }
}
