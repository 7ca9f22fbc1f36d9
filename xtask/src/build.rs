//! Builds the npm package: cargo, wasm-bindgen, wasm-opt. Afterwards `pkg/` is what `npm pack`
//! ships.

use std::env;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use lexopt::{Arg, Parser};
use xshell::{Cmd, cmd};

use crate::files;
use crate::project::{Project, WASM_TARGET};
use crate::setup::{self, Need};

/// Tools that a build needs.
pub(crate) const NEEDS: &[Need] = &[Need::WasmTarget, Need::RustSource, Need::Node];

/// The name of the generated files. Apps import the wasm by it: it is part of what is published.
const NAME: &str = "silent_session";
/// Build the standard library from its source, for size, so that unused code is left out.
const LEAN_ARGUMENTS: &[&str] = &["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
/// Leaves out the messages of panics.
const LEAN_FLAGS: &[&str] = &["-Zunstable-options", "-Cpanic=immediate-abort"];
/// Leaves out passes of LLVM that make loops and loads faster in machine code, and the wasm larger.
const SMALL_FLAGS: &[&str] = &[
    "-Cllvm-args=-disable-lsr",
    "-Cllvm-args=-enable-pre=false",
    "-Cllvm-args=-bonus-inst-threshold=0",
    "-Cllvm-args=-disable-early-taildup",
    "-Cllvm-args=-disable-machine-cse",
    "-Cllvm-args=-disable-machine-licm",
    "-Cllvm-args=-disable-licm-promotion",
];
/// The passes of wasm-opt, each measured. Flat code is looped anew: LLVM's blocks are larger. The
/// stack lies at the lowest addresses, and only its last kilobyte below 1024. The wasm features are
/// read from the section `target_features`, which is of no use after that.
const PASSES: &[&str] = &[
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=20",
    "--strip-producers",
    "--strip-target-features",
];

/// What makes the package of the wasm, beside those two.
const WORKERS: [&str; 9] = [
    "xtask/bindgen/src/main.rs",
    "xtask/embed.mjs",
    "xtask/order.mjs",
    "xtask/pack.mjs",
    "xtask/shorten.mjs",
    "xtask/trim.mjs",
    "xtask/wasm.mjs",
    "pkg/src/alphabet.js",
    "pkg/src/unpack.js",
];

/// The ways to compile the wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// The published build: small, by flags that stable Rust has but does not promise. Needs the
    /// source of the standard library.
    Lean,
    /// The smallest build without these flags.
    Stable,
    /// A build with names and checks, not optimized, to look for errors.
    Dev,
}

/// `cargo xtask build [--dev]`
pub(crate) fn command(project: &Project, mut arguments: Parser) -> Result<()> {
    let mut profile = Profile::Lean;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("dev") => profile = Profile::Dev,
            other => return Err(other.unexpected().into()),
        }
    }
    setup::ensure(project, NEEDS)?;
    build(project, profile)?;
    print_sizes(project)
}

/// Prints a table of what a page loads. Node has brotli built in: none is compiled.
pub(crate) fn print_sizes(project: &Project) -> Result<()> {
    let sh = &project.shell;
    Ok(cmd!(sh, "node xtask/sizes.mjs").quiet().run()?)
}

/// Builds what is not up to date of `pkg/`.
pub(crate) fn build(project: &Project, profile: Profile) -> Result<()> {
    build_in(project, profile, &project.path("pkg"))
}

/// Builds what is not up to date of a copy of `pkg/`.
pub(crate) fn build_in(project: &Project, profile: Profile, package: &Path) -> Result<()> {
    // Steps of the tests build at the same time, each in a process of its own. It is unlocked when
    // the file is closed.
    fs::create_dir_all(project.scratch(""))?;
    let lock = File::create(project.scratch("build.lock"))?;
    lock.lock()?;
    let wasm = compile(project, profile, &["--package", "silent-session"], NAME)?;
    let dist = package.join("dist");
    let mut inputs = DefaultHasher::new();
    fs::read(&wasm)?.hash(&mut inputs);
    let wasm_opt = project.npm_program("wasm-opt").arg("--version").quiet().read()?;
    (PASSES, wasm_opt, project.locked_version("wasm-bindgen")?).hash(&mut inputs);
    for file in WORKERS {
        fs::read(project.path(file))?.hash(&mut inputs);
    }
    // The output is part of it: another target folder, or a hand, may have changed it since.
    let inputs = inputs.finish();
    let fingerprint = || Ok::<_, anyhow::Error>(format!("{inputs:x} {:x}", files::hash(&dist)?));
    let stamp = project.scratch(&format!("{profile:?}.fingerprint"));
    if fingerprint().is_ok_and(|now| fs::read_to_string(&stamp).is_ok_and(|before| before == now)) {
        println!("{} is up to date", dist.display());
        return Ok(());
    }

    // Made aside, so that a failure leaves no half of it.
    let sh = &project.shell;
    let aside = project.scratch("dist");
    sh.remove_path(&aside)?;
    let debug = (profile == Profile::Dev).then_some("--debug");
    let bindgen = program(project, "bindgen")?;
    cmd!(sh, "{bindgen} {wasm} {NAME} {aside} {debug...}").run()?;
    if profile != Profile::Dev {
        optimize(project, &aside.join(format!("{NAME}_bg.wasm")))?;
    }
    // The wasm is part of a module: no bundler has to find it, and no page has to fetch it.
    let wasm = aside.join(format!("{NAME}_bg.wasm"));
    let [glue, module] = [format!("{NAME}.js"), "wasm.js".to_owned()].map(|name| aside.join(name));
    cmd!(sh, "node xtask/embed.mjs {wasm} {glue} {module} {debug...}").run()?;
    sh.remove_path(&wasm)?;
    files::mirror(&aside, &dist)?;
    Ok(sh.write_file(stamp, fingerprint()?)?)
}

/// The command that builds the programs of the workspace. One command for all: cargo unites the
/// features of what it builds together, and would build dependencies twice.
pub(crate) fn build_programs(project: &Project) -> Cmd<'_> {
    let sh = &project.shell;
    cmd!(sh, "cargo build --package auth-server --package bindgen")
}

/// Set where the programs of the workspace were just built: cargo would wait for other steps that
/// compile.
pub(crate) const PROGRAMS_ARE_BUILT: &str = "XTASK_PROGRAMS_ARE_BUILT";

/// Builds a program of the workspace. Returns its path.
pub(crate) fn program(project: &Project, name: &str) -> Result<PathBuf> {
    if env::var_os(PROGRAMS_ARE_BUILT).is_none() {
        build_programs(project).run()?;
    }
    Ok(project.target("debug").join(name))
}

/// Compiles the library `name` that these arguments of `cargo build` select. Returns the path of
/// its wasm.
pub(crate) fn compile(
    project: &Project,
    profile: Profile,
    selection: &[&str],
    name: &str,
) -> Result<PathBuf> {
    // Lean builds have a folder of their own, so that they do not replace the others.
    let target = project.target(if profile == Profile::Lean { "lean" } else { "" });
    let sh = &project.shell;
    let release = (profile != Profile::Dev).then_some("--release");
    let mut cargo = cmd!(sh, "cargo build --lib --target {WASM_TARGET} {release...} {selection...}");
    let mut flags = if profile == Profile::Dev { Vec::new() } else { SMALL_FLAGS.to_vec() };
    if profile == Profile::Lean {
        cargo = cargo.args(LEAN_ARGUMENTS).env("RUSTC_BOOTSTRAP", "1");
        flags.extend(LEAN_FLAGS);
    }
    if !flags.is_empty() {
        // Separated as cargo expects it.
        cargo = cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    }
    cargo.env("CARGO_TARGET_DIR", &target).run()?;
    let folder = if profile == Profile::Dev { "debug" } else { "release" };
    Ok(target.join(WASM_TARGET).join(folder).join(name).with_extension("wasm"))
}

/// Replaces a wasm by a smaller one, with npm's `binaryen`: Debian's is too old.
pub(crate) fn optimize(project: &Project, wasm: &Path) -> Result<()> {
    let smaller = wasm.with_extension("smaller");
    project.npm_program("wasm-opt").args(PASSES).arg(wasm).arg("-o").arg(&smaller).run()?;
    fs::rename(&smaller, wasm).with_context(|| wasm.display().to_string())
}
