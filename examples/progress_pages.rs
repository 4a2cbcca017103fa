//! Writes the pages of a small study made by hand into a folder: `cargo run --example progress_pages -- FOLDER`.

#[path = "../tests/hand_made/mod.rs"]
mod hand_made;

use std::path::PathBuf;

fn main() {
    let Some(out) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: progress_pages FOLDER");
        std::process::exit(2);
    };
    let written = std::fs::create_dir_all(&out).map_err(|e| e.to_string()).and_then(|()| {
        let progress = hand_made::progress(&out, &hand_made::usual());
        cicatrix::report::series::write_pages(&out, &progress, &hand_made::about()).map_err(|e| e.to_string())
    });
    match written {
        Ok(()) => println!("{}", out.join("index.html").display()),
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(1);
        }
    }
}
