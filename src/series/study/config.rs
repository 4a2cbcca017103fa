//! The table `study` of the configuration: how to read the files of a study.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::columns::{Role, SessionColumn, ShotColumn};
use super::preset;
use crate::base::nearest::nearest;
use crate::error::{Error, Result};

/// How the files of a study are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StudyConfig {
    /// A known layout, such as `pad-ufes-20`. Without one, columns go by their own names.
    pub preset: Option<String>,
    /// Folder of the photos. Default: that of the study file.
    pub photos: Option<PathBuf>,
    /// File of the sessions.
    pub sessions: Option<PathBuf>,
    /// Leave out rows whose photo is not there, with a warning, instead of refusing the study. Layouts do.
    pub skip_missing_photos: Option<bool>,
    /// Columns with a clinician's grades that are not known by their names.
    pub scales: Vec<String>,
    /// Names of the columns of the study file, where they have other ones.
    pub columns: BTreeMap<ShotColumn, String>,
    /// Names of the columns of the sessions file, where they have other ones.
    pub session_columns: BTreeMap<SessionColumn, String>,
}

impl StudyConfig {
    /// Refuses values that mean nothing.
    ///
    /// # Errors
    /// An unknown preset, with the nearest known one.
    pub fn check(&self) -> Result<()> {
        let Some(name) = &self.preset else { return Ok(()) };
        if preset::find(name).is_some() {
            return Ok(());
        }
        let near = nearest(name, preset::names()).map_or(String::new(), |n| format!("; the nearest is {n}"));
        let all: Vec<_> = preset::names().collect();
        Err(Error::config(format!("study.preset is `{name}`{near}; known are {}", all.join(", "))))
    }

    /// A configuration with a value for every key.
    #[must_use]
    pub fn full() -> Self {
        Self {
            preset: Some(String::new()),
            photos: Some(PathBuf::new()),
            sessions: Some(PathBuf::new()),
            skip_missing_photos: Some(false),
            scales: vec![String::new()],
            columns: ShotColumn::ALL.iter().map(|c| (*c, c.name().to_owned())).collect(),
            session_columns: SessionColumn::ALL.iter().map(|c| (*c, c.name().to_owned())).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_mapped_by_the_file() {
        let text = "preset = \"isic\"\n[columns]\nphoto = \"img_id\"\nmm_per_px = \"scale\"\n";
        let config: StudyConfig = toml::from_str(text).expect("valid");
        assert_eq!(config.columns[&ShotColumn::MmPerPx], "scale");
        assert!(config.check().is_ok());
        assert!(toml::from_str::<StudyConfig>("[columns]\nphotoo = \"x\"").is_err());
        let wrong = StudyConfig { preset: Some("pad-ufes".to_owned()), ..StudyConfig::default() };
        let message = wrong.check().expect_err("unknown").to_string();
        assert!(message.contains("the nearest is pad-ufes-20"), "{message}");
    }
}
