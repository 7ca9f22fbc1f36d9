//! The commands of this repository. `cargo xtask help` lists them.

mod build;
mod files;
mod fuzz;
mod mutants;
mod project;
mod serve;
mod setup;
mod simulations;
mod size;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};
use project::Project;

const HELP: &str = "\
cargo xtask <command>

  setup                      Install what is missing: wasm target, rust-src, tools, browsers, npm and Python packages
  build [--dev]              Build the npm package into pkg/dist and print what a page loads
  test [NAME]…               Run every test, the steps of these names, or the group `quick`
  test --list                List the steps
  scenarios                  Write the column `shown by` of the table in tests/README.md from the tags at the tests
  size                       Weigh the package and the machine alone; fail above the budgets in tests/size/budgets.txt
  server [ARGUMENT]…         Run the reference auth server; `server --help` lists its arguments
  demo [--port N] [--access-lifetime SECONDS]
                             Build, serve the demo and wait for Ctrl-C (port 4180, 20 seconds)
  demo --check               Walk through the demo in a headless browser instead
  simulate [--histories N] [--seed S]
                             Check the invariants over N random histories (1,000,000: minutes), others each time
  simulate-fleet [--clients N] [--seed S] [--docs FOLDER]
                             The day of a million clients with an outage: what the auth server sees
  simulate-reloads           What reloads in the middle of a refresh cost: the table of docs/rotation.md
  bench [--bytes]            Measure time per event and bytes per session: the tables of docs/performance.md;
                             `--bytes` for those that are the same on every machine
  bench --browser [SCENARIO]… [--rounds N]
                             Compare the published build with a wrapper by hand and with other libraries, in Chromium:
                             CPU per call, refused calls, cold start, tabs, an outage, heap. A quarter of an hour;
                             without scenarios it writes the ratios and the plot of docs/performance.md
  check-server --refresh URL [ARGUMENT]…
                             Try a server's refresh endpoint as a browser would, and report what is wrong with it;
                             `check-server --help` lists its arguments
  fuzz [TARGET]… [--seconds N]
                             Feed hostile answers, tokens, messages and entries to the session, for 60 s each
  mutants [--files PART]… [--shard I/N] [--changed-since REVISION] [--minutes N] [--all] [--leave-open]
                             Break the machine in a thousand ways and see the tests fail; tests/mutants/README.md
  help                       Print this

  Environment: CHROME, CHROMEDRIVER   which browser to test in; both of the same major version
               HEADLESS_SHELL         Chromium without its window, for tests of one page
               FIREFOX, GECKODRIVER   the same for Firefox
               CARGO_TARGET_DIR       where to compile
               XDG_CACHE_HOME         where tools and Python packages are kept (default ~/.cache)
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut arguments = Parser::from_env();
    let command = match arguments.next()? {
        None | Some(Arg::Long("help") | Arg::Short('h')) => "help".to_owned(),
        Some(Arg::Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    let project = &Project::find()?;
    match command.as_str() {
        "bench" => simulations::bench(project, arguments),
        "build" => build::command(project, arguments),
        "check-server" => serve::check_server(project, arguments),
        "demo" => serve::demo(project, arguments),
        "fuzz" => fuzz::command(project, arguments),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        "mutants" => mutants::command(project, arguments),
        "scenarios" => test::scenarios::command(project, arguments),
        "server" => serve::server(project, arguments),
        "setup" => setup::command(project, arguments),
        "simulate" => simulations::histories(project, arguments),
        "simulate-fleet" => simulations::fleet(project, arguments),
        "simulate-reloads" => simulations::reloads(project, arguments),
        "size" => size::command(project, arguments),
        "test" => test::command(project, arguments),
        other => bail!("there is no command `{other}`\n\n{HELP}"),
    }
}

/// Rejects whatever argument is left.
fn no_arguments(mut arguments: Parser) -> Result<()> {
    match arguments.next()? {
        None => Ok(()),
        Some(argument) => Err(argument.unexpected().into()),
    }
}
