//! The program `cicatrix`: all that is done here is to turn how a command ended into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    cicatrix::cli::main(std::env::args_os()).into()
}
