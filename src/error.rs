//! The one error of the library.

use std::fmt;
use std::path::{Path, PathBuf};

/// A result with the library's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Where on its way a photo or a run stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Stage {
    /// Reading bytes from a disk.
    Read,
    /// Turning bytes into pixels.
    Decode,
    /// Pairing or reading a mask or a region.
    Region,
    /// Measuring.
    Measure,
    /// Writing results.
    Write,
    /// Reading options and configuration.
    Config,
    /// A defect of Cicatrix itself.
    Internal,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Decode => "decode",
            Self::Region => "region",
            Self::Measure => "measure",
            Self::Write => "write",
            Self::Config => "config",
            Self::Internal => "internal",
        })
    }
}

/// What went wrong: the stage, a stable code, a message that says what was found and what to do, and the file.
#[derive(Debug)]
pub struct Error(Box<Repr>);

#[derive(Debug)]
struct Repr {
    stage: Stage,
    code: &'static str,
    message: String,
    path: Option<PathBuf>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `stage` with a stable `code` and a lowercase message without a full stop.
    #[must_use]
    pub fn new(stage: Stage, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Repr { stage, code, message: message.into(), path: None, source: None }))
    }

    /// An error while reading `path`.
    #[must_use]
    pub fn read(path: &Path, source: std::io::Error) -> Self {
        Self::new(Stage::Read, "io", source.to_string()).at(path).because(source)
    }

    /// An error while writing `path`.
    #[must_use]
    pub fn write(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(Stage::Write, "io", source.to_string()).at(path).because(source)
    }

    /// An error of decoding.
    #[must_use]
    pub fn decode(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Stage::Decode, code, message)
    }

    /// An error of the configuration.
    #[must_use]
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(Stage::Config, "config", message)
    }

    /// A defect of Cicatrix itself.
    #[must_use]
    pub fn internal(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Stage::Internal, code, message)
    }

    /// Names the file.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.0.path = Some(path.to_owned());
        self
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Where it went wrong.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.0.stage
    }

    /// The stable code, as in `failures.csv`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The message without the file's name.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The file, where one is to blame.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(f, "{}: ", path.display())?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}
