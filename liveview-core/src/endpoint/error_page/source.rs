//! The lines around an error, from the source on this machine.

use std::path::{Path, PathBuf};

/// How many lines are shown before and after.
const AROUND: u32 = 6;

/// One line of source.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) number: u32,
    pub(super) text: String,
    pub(super) is_it: bool,
}

/// The lines around `line`; none where the file is not here.
pub(super) fn snippet(file: &str, line: u32) -> Vec<Line> {
    let Some(text) = find(file).and_then(|path| std::fs::read_to_string(path).ok()) else { return Vec::new() };
    let lines = (1_u32..).zip(text.lines());
    let near = lines.filter(|(number, _)| number.abs_diff(line) <= AROUND);
    near.map(|(number, text)| Line { number, text: text.to_owned(), is_it: number == line }).collect()
}

/// The compiler names files from the root of their workspace; the program runs there, or in a package below.
pub(super) fn find(file: &str) -> Option<PathBuf> {
    let path = Path::new(file);
    if path.is_absolute() {
        return path.exists().then(|| path.to_owned());
    }
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let roots = [std::env::current_dir().ok(), manifest];
    let mut folders = roots.iter().flatten().flat_map(|root| root.ancestors());
    folders.find_map(|folder| Some(folder.join(path)).filter(|path| path.exists()))
}

/// A link that opens the line in an editor, by the pattern in `BENNU_EDITOR`: `vscode://file/__FILE__:__LINE__`.
pub(super) fn editor_link(file: &str, line: u32) -> Option<String> {
    let pattern = std::env::var("BENNU_EDITOR").ok().filter(|pattern| !pattern.is_empty())?;
    let file = find(file)?;
    Some(pattern.replace("__FILE__", &file.to_string_lossy()).replace("__LINE__", &line.to_string()))
}

#[cfg(test)]
mod tests {
    use super::snippet;

    #[test]
    fn the_lines_around_are_shown_with_the_one_marked() {
        let (line, lines) = (line!(), snippet(file!(), line!()));
        let it = lines.iter().find(|line| line.is_it).expect("this line");
        assert_eq!(it.number, line);
        assert!(it.text.contains("snippet(file!(), line!())"), "{}", it.text);
        assert_eq!(snippet("src/nowhere.rs", 1), []);
    }
}
