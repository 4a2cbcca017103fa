//! What every page has: its style, its script, and the policy that allows these two alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// The style of all pages.
const STYLE: &str = include_str!("../../../templates/report.css");
/// The script of a page with a table that sorts and is filtered.
pub const TABLE: &str = include_str!("../../../templates/table.js");

/// Inline style and script, and the policy that names them by their hashes.
pub struct Shell {
    pub policy: String,
    pub style: String,
    pub script: &'static str,
}

impl Shell {
    /// With the styles of a kind of page after that of all pages.
    pub fn new(styles: &[&str], script: &'static str) -> Self {
        let style: String =
            std::iter::once(&STYLE).chain(styles).map(|part| format!("{}\n", part.trim_end())).collect();
        let hash = |body: &str| BASE64.encode(Sha256::digest(body));
        let policy = format!(
            "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(script)
        );
        Self { policy, style, script }
    }
}
