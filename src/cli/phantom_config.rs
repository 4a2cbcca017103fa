//! Parameters of a phantom as TOML.

use std::path::Path;

use serde::Deserialize;
use toml::Table;

use super::keys;
use crate::error::{Error, Result};
use crate::phantom::{GivenScar, GivenSpot, Phantom};

/// The parameters of a file over those of `base`.
pub fn load(path: &Path, base: &Phantom) -> Result<Phantom> {
    let bad = |error: toml::de::Error| Error::config(error.to_string().trim_end().to_owned()).at(path);
    let text = std::fs::read_to_string(path).map_err(|e| Error::config(e.to_string()).at(path))?;
    let given: Table = text.parse().map_err(bad)?;
    keys::check(&given, &table_of(&full())?).map_err(|e| e.at(path))?;
    // Types are checked on the file itself, where the message can show the line.
    toml::from_str::<Phantom>(&text).map_err(bad)?;
    let mut table = table_of(base)?;
    overlay(&mut table, given);
    Phantom::deserialize(table).map_err(bad)
}

/// Every parameter as TOML, as the file takes it. Parameters without a value are named in comments.
pub fn to_toml(phantom: &Phantom) -> Result<String> {
    let mut known = full();
    // Lists that are empty here still show what their members are.
    let shown = table_of(phantom)?;
    let present = keys::paths(&shown);
    known.spots.given.truncate(1);
    let absent: Vec<String> = keys::paths(&table_of(&known)?).into_iter().filter(|k| !present.contains(k)).collect();
    let mut text = String::from("# Parameters of a phantom; docs/PHANTOM.md says what each does.\n");
    if !absent.is_empty() {
        text.push_str(&format!("# Keys that have no value here: {}.\n", absent.join(", ")));
    }
    text.push('\n');
    text.push_str(&toml::to_string(phantom).map_err(|e| Error::config(e.to_string()))?);
    Ok(text)
}

/// A phantom with a value for every parameter there is.
fn full() -> Phantom {
    let mut p = Phantom { melanin: Some(0.1), ita_surface: Some(0.0), ..Phantom::default() };
    p.light.gradient_deg = Some(0.0);
    p.spots.de00 = Some([0.0; 2]);
    p.spots.given = vec![GivenSpot { de00: Some(0.0), ..GivenSpot::default() }];
    p.scars.given = vec![GivenScar::default()];
    p
}

fn table_of(phantom: &Phantom) -> Result<Table> {
    Table::try_from(phantom).map_err(|e| Error::config(e.to_string()))
}

/// Puts the values of `over` in place of those of `under`, table by table.
fn overlay(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => overlay(under, over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{ScarKind, presets};

    fn loaded(text: &str, base: &Phantom) -> Result<Phantom> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("skin.toml");
        std::fs::write(&path, text).expect("written");
        load(&path, base)
    }

    #[test]
    fn a_file_changes_what_it_names() -> Result<()> {
        let base = presets::preset("cheek_tan_pih").expect("a preset");
        let text = "ita_deg = -5\n[light]\nsoftness_deg = 20\n[scars.ranges.boxcar]\ndiameter_mm = [1, 2]\ndepth_mm = [0.1, 0.2]\n\
                    [[scars.given]]\nkind = \"ice_pick\"\nx_mm = 3\ny_mm = 4\n";
        let p = loaded(text, &base)?;
        assert_eq!((p.ita_deg, p.light.softness_deg, p.light.azimuth_deg, p.spots.pih), (-5.0, 20.0, 60.0, 14));
        assert_eq!(
            (p.scars.given[0].kind, p.scars.given[0].y_mm, p.scars.given[0].irregular),
            (ScarKind::IcePick, 4.0, 0.15)
        );
        assert_eq!(p.scars.ranges.boxcar.diameter_mm, [1.0, 2.0]);
        Ok(())
    }

    #[test]
    fn mistakes_are_explained() {
        let message = |text: &str| loaded(text, &Phantom::default()).expect_err("wrong").to_string();
        assert!(message("ita_dg = 3").contains("skin.toml: unknown key ita_dg; the nearest known key is ita_deg"));
        assert!(message("azimuth_deg = 3").contains("the nearest known key is light.azimuth_deg"));
        assert!(message("[[spots.given]]\nx_mm = 1\ny_m = 2").contains("spots.given.y_m; the nearest known key is"));
        assert!(message("[camera]\nquality = \"good\"").contains("quality"));
        assert!(message("[scars]\ngiven = [{ kind = \"crater\" }]").contains("crater"));
    }

    #[test]
    fn what_is_printed_reads_back() -> Result<()> {
        for phantom in [Phantom::default(), full(), presets::preset("jaw_light_after").expect("a preset")] {
            let text = to_toml(&phantom)?;
            assert_eq!(loaded(&text, &Phantom::default())?, phantom, "{text}");
        }
        assert!(to_toml(&Phantom::default())?.contains("light.gradient_deg"));
        assert!(!to_toml(&full())?.contains("no value"));
        Ok(())
    }

    #[test]
    fn every_parameter_is_documented() -> Result<()> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/PHANTOM.md");
        let text = std::fs::read_to_string(&path).map_err(|e| Error::config(e.to_string()).at(&path))?;
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| `")).collect();
        for key in keys::paths(&table_of(&full())?) {
            // Members of a list and the two ends of a range stand in the row of their list or range.
            let outer = ["scars.given", "spots.given", "scars.ranges"].into_iter().find(|o| key.starts_with(o));
            let named = |name: &str| rows.iter().any(|row| row.contains(&format!("`{name}`")));
            let last = key.rsplit('.').next().unwrap_or_default();
            let documented = match outer {
                Some(outer) => rows.iter().any(|row| row.contains(outer) && row.contains(last)),
                None => named(&key) || !key.contains('.') && rows.iter().any(|row| row.contains(&format!("`{key}."))),
            };
            assert!(documented, "{key} is missing in docs/PHANTOM.md");
        }
        Ok(())
    }
}
