//! Names that are made of names.

use proc_macro2::Ident;
use syn::ext::IdentExt;

/// `LogEntry` as `log_entry`.
pub(crate) fn snake_case(ident: &Ident) -> String {
    let name: Vec<char> = ident.unraw().to_string().chars().collect();
    let mut snake = String::new();
    for (index, letter) in name.iter().enumerate() {
        let after_lower = index > 0 && !name[index - 1].is_uppercase() && name[index - 1] != '_';
        let before_lower =
            index > 0 && name[index - 1] != '_' && name.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || before_lower) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn words_are_kept_apart_and_initials_together() {
        for (name, expected) in [
            ("Robot", "robot"),
            ("LogEntry", "log_entry"),
            ("HTTPRoute", "http_route"),
            ("UserV2", "user_v2"),
            ("Ärger", "ärger"),
            ("already_snake", "already_snake"),
        ] {
            assert_eq!(snake_case(&Ident::new(name, Span::call_site())), expected);
        }
    }
}
