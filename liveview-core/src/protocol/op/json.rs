//! Ops to JSON and back: an op is an array, its name first.

use std::borrow::Cow;
use std::slice::Iter;

use serde_json::{Value, json};

use super::{Op, OpError, OpReader, Path, Tree};

/// The JSON form of an op.
pub fn to_json(op: &Op<'_>) -> Value {
    match op {
        Op::Template { template, roots } => {
            json!(["template", template, roots.iter().map(tree_to_json).collect::<Vec<_>>()])
        }
        Op::Load { template, root, node } => json!(["load", template, root, node]),
        Op::Assign { path, node } => json!(["assign", path, node]),
        Op::CreateText { node, text } => json!(["create_text", node, text]),
        Op::Placeholder { node } => json!(["placeholder", node]),
        Op::Append { node, m } => json!(["append", node, m]),
        Op::Replace { node, m } => json!(["replace", node, m]),
        Op::Fill { path, m } => json!(["fill", path, m]),
        Op::After { node, m } => json!(["after", node, m]),
        Op::Before { node, m } => json!(["before", node, m]),
        Op::Set { node, name, namespace, value } => json!(["set", node, name, namespace, value]),
        Op::Unset { node, name, namespace } => json!(["unset", node, name, namespace]),
        Op::Text { node, text } => json!(["text", node, text]),
        Op::Listen { node, event } => json!(["listen", node, event]),
        Op::Unlisten { node, event } => json!(["unlisten", node, event]),
        Op::Remove { node } => json!(["remove", node]),
        Op::Push { node } => json!(["push", node]),
        Op::Title { title } => json!(["title", title]),
        Op::Event { name, payload } => json!(["event", name, payload]),
        Op::Redirect { to, flash } => json!(["redirect", to, flash]),
        Op::Patched { to, replace } => json!(["patched", to, u8::from(*replace)]),
        Op::Navigate { to, replace, flash } => json!(["navigate", to, u8::from(*replace), flash]),
    }
}

/// The JSON form of a frame's ops: an array of theirs.
///
/// # Errors
/// The first [`OpError`] met; ops of our own renderer give none.
pub fn all_to_json(ops: &[u8]) -> Result<Value, OpError> {
    OpReader::new(ops).map(|op| Ok(to_json(&op?))).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

fn tree_to_json(tree: &Tree<'_>) -> Value {
    match tree {
        Tree::Text(text) => json!(text),
        Tree::Element { tag, namespace, attributes, children } => {
            json!([tag, namespace, attributes, children.iter().map(tree_to_json).collect::<Vec<_>>()])
        }
        Tree::Dynamic => json!(0),
    }
}

/// The op that a JSON form stands for.
///
/// # Errors
/// [`OpError::UnknownName`], or [`OpError::BadJson`] where an operand is missing, of another type or too many.
pub fn from_json(value: &Value) -> Result<Op<'_>, OpError> {
    let mut operands = Operands::of(value)?;
    let name = operands.string()?;
    let op = match &*name {
        "template" => Op::Template { template: operands.number()?, roots: operands.trees()? },
        "load" => Op::Load { template: operands.number()?, root: operands.number()?, node: operands.number()? },
        "assign" => Op::Assign { path: operands.path()?, node: operands.number()? },
        "create_text" => Op::CreateText { node: operands.number()?, text: operands.string()? },
        "placeholder" => Op::Placeholder { node: operands.number()? },
        "append" => Op::Append { node: operands.number()?, m: operands.number()? },
        "replace" => Op::Replace { node: operands.number()?, m: operands.number()? },
        "fill" => Op::Fill { path: operands.path()?, m: operands.number()? },
        "after" => Op::After { node: operands.number()?, m: operands.number()? },
        "before" => Op::Before { node: operands.number()?, m: operands.number()? },
        "set" => Op::Set {
            node: operands.number()?,
            name: operands.string()?,
            namespace: operands.string()?,
            value: operands.string()?,
        },
        "unset" => Op::Unset { node: operands.number()?, name: operands.string()?, namespace: operands.string()? },
        "text" => Op::Text { node: operands.number()?, text: operands.string()? },
        "listen" => Op::Listen { node: operands.number()?, event: operands.string()? },
        "unlisten" => Op::Unlisten { node: operands.number()?, event: operands.string()? },
        "remove" => Op::Remove { node: operands.number()? },
        "push" => Op::Push { node: operands.number()? },
        "title" => Op::Title { title: operands.string()? },
        "redirect" => Op::Redirect { to: operands.string()?, flash: operands.string()? },
        "patched" => Op::Patched { to: operands.string()?, replace: operands.number()? != 0 },
        "navigate" => {
            Op::Navigate { to: operands.string()?, replace: operands.number()? != 0, flash: operands.string()? }
        }
        "event" => Op::Event { name: operands.string()?, payload: operands.next()?.clone() },
        unknown => return Err(OpError::UnknownName(unknown.to_owned())),
    };
    operands.end()?;
    Ok(op)
}

/// The elements of a JSON array, taken one by one.
struct Operands<'a> {
    whole: &'a Value,
    rest: Iter<'a, Value>,
}

impl<'a> Operands<'a> {
    fn of(whole: &'a Value) -> Result<Self, OpError> {
        match whole {
            Value::Array(list) => Ok(Self { whole, rest: list.iter() }),
            _ => Err(OpError::BadJson(whole.to_string())),
        }
    }

    fn bad(&self) -> OpError {
        OpError::BadJson(self.whole.to_string())
    }

    fn next(&mut self) -> Result<&'a Value, OpError> {
        self.rest.next().ok_or_else(|| self.bad())
    }

    fn end(mut self) -> Result<(), OpError> {
        if self.rest.next().is_some() { Err(self.bad()) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<u32, OpError> {
        let value = self.next()?.as_u64().and_then(|number| u32::try_from(number).ok());
        value.ok_or_else(|| self.bad())
    }

    fn string(&mut self) -> Result<Cow<'a, str>, OpError> {
        self.next()?.as_str().map(Cow::Borrowed).ok_or_else(|| self.bad())
    }

    fn path(&mut self) -> Result<Path, OpError> {
        let mut list = Self::of(self.next()?)?;
        (0..list.rest.len()).map(|_| list.number()).collect()
    }

    fn trees(&mut self) -> Result<Vec<Tree<'a>>, OpError> {
        Self::of(self.next()?)?.rest.map(tree_from_json).collect()
    }

    fn attributes(&mut self) -> Result<Vec<[Cow<'a, str>; 3]>, OpError> {
        let attribute = |value| {
            let mut parts = Self::of(value)?;
            let attribute = [parts.string()?, parts.string()?, parts.string()?];
            parts.end()?;
            Ok(attribute)
        };
        Self::of(self.next()?)?.rest.map(attribute).collect()
    }
}

/// `serde_json` refuses JSON nested deeper than 128, so this recursion is bounded for JSON that was parsed.
fn tree_from_json(value: &Value) -> Result<Tree<'_>, OpError> {
    match value {
        Value::String(text) => Ok(Tree::Text(Cow::Borrowed(text))),
        Value::Number(zero) if zero.as_u64() == Some(0) => Ok(Tree::Dynamic),
        _ => {
            let mut parts = Operands::of(value)?;
            let tree = Tree::Element {
                tag: parts.string()?,
                namespace: parts.string()?,
                attributes: parts.attributes()?,
                children: parts.trees()?,
            };
            parts.end()?;
            Ok(tree)
        }
    }
}
