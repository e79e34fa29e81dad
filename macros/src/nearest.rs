//! What a mistyped word was meant to be.

/// The first of `words` that `written` is a slip of the pen away from.
pub(crate) fn nearest<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // `GET` is no keyword either.
    let lower = written.to_lowercase();
    words.into_iter().find(|word| is_near(&lower, word))
}

/// One letter is wrong, missing or too many, or all are there in another order.
fn is_near(written: &str, word: &str) -> bool {
    let same_start = written.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
    let same_end = written.bytes().rev().zip(word.bytes().rev()).take_while(|(a, b)| a == b).count();
    let longer = written.len().max(word.len());
    let one_off = same_start + same_end + 1 >= longer && written.len().abs_diff(word.len()) <= 1;
    one_off || sorted(written) == sorted(word)
}

fn sorted(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}
