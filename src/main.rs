//! The program `cicatrix`: all that is done here is to turn how a command ended into an exit code.

use std::process::ExitCode;

/// Photos come and go in planes of tens of megabytes: this allocator keeps them for the next photo, where the system's
/// gives them back and pays for every page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cicatrix::cli::main(std::env::args_os()).into()
}
