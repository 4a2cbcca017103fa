//! The nearest of some names to one that was mistyped.

/// The name of `known` that takes the fewest edits to become `word`, if they are few for its length.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, best) = known.into_iter().map(|name| (distance(word, name), name)).min_by_key(|(d, _)| *d)?;
    (distance <= best.chars().count().max(word.chars().count()) / 2).then_some(best)
}

/// Slips of the pen from one word to another: letters added, left out, replaced, or swapped with their neighbor (optimal string
/// alignment).
pub fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        (before, last) = (last, row);
    }
    last[b.len()]
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
    fn neighbors_swapped_are_one_slip() {
        assert_eq!((slips("veiw", "view"), slips("left", "lefft"), slips("left", "left")), (1, 1, 0));
        assert_eq!((slips("", "abc"), slips("abc", ""), slips("kitten", "sitting")), (3, 3, 3));
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(nearest("bin", ["bins", "source"]), Some("bins"));
        assert_eq!(nearest("zzzzzz", ["bins", "source"]), None);
    }
}
