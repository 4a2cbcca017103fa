//! What was typed, what is valid, one file per command.

mod analyze;
mod args;
mod clock;
mod compare;
mod compare_text;
mod disguise;
mod exit;
mod interrupt;
mod keys;
mod maps;
mod metrics;
pub mod phantom;
mod phantom_config;
mod progress;
mod progress_bar;
mod progress_text;
mod repeatability;
mod results;
mod settings;
mod study;
mod summary;
mod terminal;
mod validate;

use std::ffi::OsString;

use clap::Parser;

pub use exit::Exit;

/// Runs the command line `arguments`, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match args::Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come here too; a closed pipe is no reason to complain.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Success };
        }
    };
    let done = match &cli.command {
        args::Command::Analyze(args) => analyze::run(args, cli.color),
        args::Command::Compare(args) => compare::run(args, cli.color),
        args::Command::Metrics(args) => metrics::run(args),
        args::Command::Phantom(args) => phantom::run(args).map(|()| Exit::Success),
        args::Command::Progress(args) => progress::run(args, cli.color),
        args::Command::Repeatability(args) => repeatability::run(args, cli.color),
        args::Command::Study(args) => study::run(args, cli.color),
        args::Command::Validate(args) => validate::run(args),
    };
    done.unwrap_or_else(|error| exit::report(&error, cli.color))
}
