//! `cicatrix validate`: the claims of the measurement, tried on phantoms.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::exit::Exit;
use super::terminal;
use crate::base::parallel::Threads;
use crate::report::atomic::AtomicFile;
use crate::validate::{Group, Plan, Set, document};

/// Options of `validate`.
#[derive(Clone, Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cicatrix validate --quick\n  cicatrix validate --out docs/VALIDATION.md\n\nPhantoms are rendered, measured as photos are, and compared with their truth. Figures are reported on the test set;\nthe tuning set is for work on the method.\n\nExit codes: 0 the table was made, 3 with --strict when a claim is not met."
)]
pub struct ValidateArgs {
    /// Also write the table as a document.
    #[arg(long, short, value_name = "FILE.md")]
    pub out: Option<PathBuf>,
    /// Which phantoms.
    #[arg(long, value_name = "NAME", default_value = "test", value_parser = sets())]
    pub set: Set,
    /// Two scenarios of each claim, not four.
    #[arg(long)]
    pub quick: bool,
    /// Groups of claims to try [default: all].
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = groups())]
    pub only: Option<Vec<Group>>,
    /// End with 3 when a claim is not met.
    #[arg(long)]
    pub strict: bool,
    /// Threads [default: one per processor].
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
}

fn sets() -> impl TypedValueParser<Value = Set> {
    PossibleValuesParser::new(Set::ALL.map(Set::name)).try_map(super::args::one_of(&Set::ALL, Set::name))
}

fn groups() -> impl TypedValueParser<Value = Group> {
    PossibleValuesParser::new(Group::ALL.iter().map(|g| g.name())).try_map(super::args::one_of(Group::ALL, Group::name))
}

/// Tries the claims and prints each as soon as it is decided.
pub fn run(args: &ValidateArgs) -> anyhow::Result<Exit> {
    let plan = Plan { set: args.set, scenarios: if args.quick { 2 } else { 4 } };
    let jobs = args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let threads = Threads::new(jobs)?;
    let only = args.only.as_deref();
    let mut claims = Vec::new();
    for &group in Group::ALL.iter().filter(|g| only.is_none_or(|only| only.contains(g))) {
        let start = Instant::now();
        let rows = threads.install(|| group.rows(&plan))?;
        std::io::stdout().lock().write_all(document::text(&rows).as_bytes())?;
        terminal::say(&format!("{}: {:.0} s", group.name(), start.elapsed().as_secs_f64()));
        claims.extend(rows);
    }
    let met = claims.iter().filter(|c| c.met).count();
    writeln!(std::io::stdout().lock(), "{met} of {} claims met", claims.len())?;
    if let Some(path) = &args.out {
        let mut file = AtomicFile::create(path)?;
        file.write_all(document::markdown(&plan, &command(args), &claims).as_bytes())?;
        file.commit()?;
    }
    Ok(if args.strict && met < claims.len() { Exit::Partial } else { Exit::Success })
}

/// The command that makes the document again.
fn command(args: &ValidateArgs) -> String {
    let mut words = vec!["cicatrix validate".to_owned()];
    if args.set != Set::Test {
        words.push(format!("--set {}", args.set.name()));
    }
    if args.quick {
        words.push("--quick".to_owned());
    }
    if let Some(only) = &args.only {
        words.push(format!("--only {}", only.iter().map(|g| g.name()).collect::<Vec<_>>().join(",")));
    }
    if let Some(out) = &args.out {
        words.push(format!("--out {}", out.display()));
    }
    words.join(" ")
}
