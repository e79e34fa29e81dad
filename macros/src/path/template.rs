//! Reads the string of a `path!`: segments of text and of expressions in braces, as in the strings of `rsx!`.

use syn::{Expr, LitStr};

use super::model::{Part, Template};

impl Template {
    /// The path, or the first thing that is wrong with it.
    pub(super) fn new(literal: LitStr) -> syn::Result<Self> {
        read(&literal).map_err(|message| syn::Error::new(literal.span(), message)).map(|(segments, fragment)| Self {
            literal,
            segments,
            fragment,
        })
    }
}

fn read(literal: &LitStr) -> Result<(Vec<Vec<Part>>, Vec<Part>), String> {
    let text = literal.value();
    let Some(path) = text.strip_prefix('/') else {
        return Err(format!("a path begins with `/`: `/{text}`"));
    };
    let mut reader = Reader { left: path, literal };
    let (mut segments, mut end) = (Vec::new(), Some('/'));
    while end == Some('/') {
        let segment;
        (segment, end) = reader.parts("/?#")?;
        segments.push(segment);
    }
    if end == Some('?') {
        return Err(format!(
            "the query is made of arguments: `path!(\"{}\", status = \"open\", page = page)`",
            text.split('?').next().unwrap_or_default()
        ));
    }
    let fragment = if end == Some('#') { reader.parts("")?.0 } else { Vec::new() };
    check(&mut segments, &text)?;
    if fragment.iter().any(|part| matches!(part, Part::Values(_))) {
        return Err("behind `#` is no list of segments".to_owned());
    }
    Ok((segments, fragment))
}

/// The root has no segments.
fn check(segments: &mut Vec<Vec<Part>>, text: &str) -> Result<(), String> {
    if segments.len() == 1 && segments[0].is_empty() {
        segments.clear();
    }
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.iter().enumerate() {
        match &segment[..] {
            [] if index == last => {
                return Err(format!("a path does not end with `/`: `{}`", text.trim_end_matches('/')));
            }
            [] => return Err("a path has no empty segment: there are two `/` in a row".to_owned()),
            [Part::Text(dots)] if matches!(&**dots, "." | "..") => {
                return Err("a path has no `.` or `..`: browsers resolve them before they ask".to_owned());
            }
            [Part::Values(_)] if index == last => (),
            parts if parts.iter().any(|part| matches!(part, Part::Values(_))) => {
                return Err("`{…..}` is all segments that are left, so it stands alone at the end: `/files/{parts..}`"
                    .to_owned());
            }
            _ => (),
        }
    }
    Ok(())
}

struct Reader<'a> {
    left: &'a str,
    literal: &'a LitStr,
}

impl Reader<'_> {
    /// All up to one of `ends`, which is read, too.
    fn parts(&mut self, ends: &str) -> Result<(Vec<Part>, Option<char>), String> {
        let mut parts = Vec::new();
        let mut text = String::new();
        while let Some(next) = self.left.chars().next() {
            self.left = &self.left[next.len_utf8()..];
            match next {
                end if ends.contains(end) => {
                    push_text(&mut parts, &mut text);
                    return Ok((parts, Some(end)));
                }
                '{' => {
                    push_text(&mut parts, &mut text);
                    parts.push(self.value()?);
                }
                '}' => return Err("a `}` without its `{`".to_owned()),
                '%' => return Err("a path is written as it reads, and encoded for you; so it holds no `%`".to_owned()),
                ':' | '*' if text.is_empty() && ends.contains('/') => return Err(of_route(next, self.left)),
                other => text.push(other),
            }
        }
        push_text(&mut parts, &mut text);
        Ok((parts, None))
    }

    /// Behind `{`: up to the `}` that belongs to it.
    fn value(&mut self) -> Result<Part, String> {
        let mut depth = 1_usize;
        let end = self.left.char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => (),
            }
            (depth == 0).then_some(at)
        });
        let Some(end) = end else { return Err("a `{` without its `}`".to_owned()) };
        let (inside, left) = (self.left[..end].trim(), &self.left[end + 1..]);
        self.left = left;
        if inside.is_empty() {
            return Err("an expression stands in the braces, as in `/robots/{robot}`".to_owned());
        }
        if inside.starts_with('{') {
            return Err("braces are for expressions, and no route's path has any".to_owned());
        }
        match inside.strip_suffix("..") {
            Some(list) => self.expr(list).map(Part::Values),
            None => self.expr(inside).map(Part::Value),
        }
    }

    fn expr(&self, text: &str) -> Result<Expr, String> {
        LitStr::new(text, self.literal.span()).parse().map_err(|_| {
            format!("an expression stands in the braces, without a format, as in `{{robot.id}}`; `{text}` is none")
        })
    }
}

fn push_text(parts: &mut Vec<Part>, text: &mut String) {
    if !text.is_empty() {
        parts.push(Part::Text(std::mem::take(text)));
    }
}

fn of_route(mark: char, left: &str) -> String {
    let name: String = left.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let name = if name.is_empty() { "id" } else { &name };
    let value = if mark == ':' { format!("{{{name}}}") } else { format!("{{{name}..}}") };
    format!("`{mark}{name}` is how a route names a parameter; its value goes here as `{value}`")
}
