//! The commands of this repository. `cargo xtask help` lists them.

mod arguments;
mod background;
mod bench;
mod build;
mod cargo_lock;
mod check_server;
mod demo;
mod failure;
mod fleet;
mod fuzz;
mod mirror;
mod mutants;
mod process;
mod project;
mod reloads;
mod server;
mod setup;
mod simulate;
mod size;
mod stopwatch;
mod temporary;
mod test;

use std::process::ExitCode;

use arguments::Arguments;
use failure::{Failure, Outcome};
use project::Project;

const HELP: &str = "\
cargo xtask <command>

  setup                      Install what is missing: wasm target, rust-src, tools, Chromium, npm and Python packages
  build [--dev]              Build the npm package into pkg/dist and print what a page loads
  size                       Weigh the package and the machine alone; fail above the budgets in tests/size/budgets.txt
  server [arguments]         Run the reference auth server; `server --help` lists its arguments
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
  check-server --refresh URL [arguments]
                             Try a server's refresh endpoint as a browser would, and say what is wrong with it;
                             `check-server --help` lists its arguments
  fuzz [TARGET]… [--seconds N]
                             Feed hostile answers, tokens, messages and entries to the session, for 60 s each
  mutants [--files PART]… [--shard I/N] [--changed-since REVISION] [--minutes N] [--all] [--leave-open]
                             Break the machine in a thousand ways and see the tests fail; tests/mutants/README.md
  test [--only STEP]         Run every test, or one step: format, lint, native, simulate, mutants, build,
                             size, steps, headless, js, fetch, check-server, package, demo, tabs, libraries,
                             backends, firefox.
                             `--only` may be given several times
  help                       Print this

  Environment: CHROME, CHROMEDRIVER   which browser to test in; both of the same major version
               CARGO_TARGET_DIR       where to compile
               XDG_CACHE_HOME         where wasm-bindgen, wasm-pack and Python packages are kept (default ~/.cache)
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<ExitCode> {
    let mut arguments = Arguments::of_this_process();
    let project = Project::find()?;
    let outcome = match arguments.command().as_deref() {
        Some("bench") => bench::command(&project, arguments),
        Some("check-server") => return check_server::command(&project, arguments),
        Some("setup") => setup::command(&project, arguments),
        Some("build") => build::command(&project, arguments),
        Some("server") => server::command(&project, arguments),
        Some("demo") => demo::command(&project, arguments),
        Some("fuzz") => fuzz::command(&project, arguments),
        Some("mutants") => mutants::command(&project, arguments),
        Some("simulate-fleet") => fleet::command(&project, arguments),
        Some("simulate-reloads") => reloads::command(&project, arguments),
        Some("simulate") => simulate::command(&project, arguments),
        Some("size") => size::command(&project, arguments),
        Some("test") => test::command(&project, arguments),
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => Err(Failure::new(format!("there is no command `{other}`\n\n{HELP}"))),
    };
    outcome.map(|()| ExitCode::SUCCESS)
}
