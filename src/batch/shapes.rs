//! JSON objects whose names must differ: a name given twice would silently cost a region.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

/// An object with distinct names.
pub(super) struct Distinct<T>(pub BTreeMap<String, T>);

/// Regions by name, as lists of corners.
pub(super) type Shapes = Distinct<Vec<[f64; 2]>>;

/// Regions by photo.
pub(super) type Photos = Distinct<Shapes>;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Distinct<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Names(PhantomData))
    }
}

struct Names<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Names<T> {
    type Value = Distinct<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<String, T>()? {
            if entries.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` is given twice")));
            }
            entries.insert(name, value);
        }
        Ok(Distinct(entries))
    }
}
