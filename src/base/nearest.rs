//! The nearest of some names to one that was mistyped.

/// The name of `known` that takes the fewest edits to become `word`, if they are few for its length.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, best) = known.into_iter().map(|name| (distance(word, name), name)).min_by_key(|(d, _)| *d)?;
    (distance <= best.chars().count().max(word.chars().count()) / 2).then_some(best)
}

/// Levenshtein distance.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(nearest("bin", ["bins", "source"]), Some("bins"));
        assert_eq!(nearest("zzzzzz", ["bins", "source"]), None);
    }
}
