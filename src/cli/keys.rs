//! Keys of a TOML file that nobody knows, and what was probably meant.

use toml::{Table, Value};

use crate::base::nearest::nearest;
use crate::error::{Error, Result};

/// Refuses a key of `given` that `known`, a file with every key there is, does not have. A list of tables in `known` holds
/// one table with every key of its members.
pub fn check(given: &Table, known: &Table) -> Result<()> {
    within(given, known, "", known)
}

fn within(given: &Table, known: &Table, prefix: &str, root: &Table) -> Result<()> {
    for (key, value) in given {
        let path = format!("{prefix}{key}");
        match (known.get(key), value) {
            (None, _) => return Err(Error::config(unknown(&path, root))),
            (Some(Value::Table(known)), Value::Table(given)) => within(given, known, &format!("{path}."), root)?,
            (Some(Value::Array(known)), Value::Array(given)) => {
                if let Some(known) = known.first().and_then(Value::as_table) {
                    for member in given.iter().filter_map(Value::as_table) {
                        within(member, known, &format!("{path}."), root)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The path of every key, those of tables last.
pub fn paths(known: &Table) -> Vec<String> {
    let (mut keys, mut tables) = (Vec::new(), Vec::new());
    collect(known, "", &mut keys, &mut tables);
    keys.append(&mut tables);
    keys
}

fn collect(known: &Table, prefix: &str, keys: &mut Vec<String>, tables: &mut Vec<String>) {
    for (name, value) in known {
        let path = format!("{prefix}{name}");
        let inner = match value {
            Value::Table(table) => Some(table),
            Value::Array(list) => list.first().and_then(Value::as_table),
            _ => None,
        };
        match inner {
            Some(table) => {
                collect(table, &format!("{path}."), keys, tables);
                tables.push(path);
            }
            None => keys.push(path),
        }
    }
}

fn unknown(key: &str, known: &Table) -> String {
    let all = paths(known);
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    // A right key in the wrong table is the likelier slip.
    let moved = all.iter().find(|name| last(name) == last(key)).map(String::as_str);
    match moved.or_else(|| nearest(key, all.iter().map(String::as_str))) {
        Some(name) => format!("unknown key {key}; the nearest known key is {name}"),
        None => format!("unknown key {key}; the keys are {}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_in_tables_and_in_lists_of_tables() {
        let known: Table = "a = 1\n[t]\nbins = 2\n[t.deep]\nsize = 1\n[[list]]\nx_mm = 1\n".parse().expect("a table");
        let check = |text: &str| check(&text.parse().expect("a table"), &known).map_err(|e| e.message().to_owned());
        assert_eq!(check("a = 2\n[[list]]\nx_mm = 3\n[[list]]\nx_mm = 4\n[t.deep]\nsize = 3"), Ok(()));
        let error = check("[[list]]\nx_mm = 1\n[[list]]\nx_m = 3").expect_err("unknown");
        assert_eq!(error, "unknown key list.x_m; the nearest known key is list.x_mm");
        assert!(check("size = 3").expect_err("moved").contains("t.deep.size"));
        assert!(check("qqqqqqqqqqqqqq = 3").expect_err("far").contains("the keys are a, list.x_mm, t.bins"));
    }
}
