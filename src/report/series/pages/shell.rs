//! What every page has: its style, its script, and the policy that allows these two alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::report::plot;

/// Inline style and script, and the policy that names them by their hashes.
pub(super) struct Shell {
    pub(super) policy: String,
    pub(super) style: String,
    pub(super) script: &'static str,
}

impl Shell {
    pub(super) fn new(script: &'static str) -> Self {
        let style = format!(
            "{}{}\n{}\n",
            include_str!("../../../../templates/report.css"),
            include_str!("../../../../templates/series/series.css"),
            plot::STYLE
        );
        let hash = |body: &str| BASE64.encode(Sha256::digest(body));
        let policy = format!(
            "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(script)
        );
        Self { policy, style, script }
    }
}
