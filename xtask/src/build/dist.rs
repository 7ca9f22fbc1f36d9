//! The folder `dist` of the package: what wasm-bindgen generates, with the wasm optimized.

use std::fs;
use std::path::Path;

use super::fingerprint::Fingerprint;
use super::{Profile, optimize};
use crate::failure::{Outcome, While};
use crate::process::run;
use crate::project::Project;
use crate::setup::tools;

/// The name of the generated files. Apps import the wasm by it: it is part of what we publish.
const NAME: &str = "silent_session";

/// Makes the folder `dist` from the wasm that cargo has built, unless it was made from the same already.
pub(crate) fn make(project: &Project, profile: Profile, wasm: &Path, dist: &Path) -> Outcome {
    let bindgen = tools::wasm_bindgen(project)?;
    let fingerprint = Fingerprint::of(wasm)?
        .and(&format!("{profile:?}"))
        .and(bindgen.version())
        .and(&format!("{:?}", optimize::FLAGS))
        .and(&optimize::version(project)?);

    let stamp = project.scratch(&format!("{profile:?}.fingerprint"));
    // With what came out of it: another target folder, or a hand, may have made it anew since.
    if fingerprint.clone().and_folder(dist).is_ok_and(|fingerprint| fingerprint.is_in(&stamp)) {
        println!("{} is up to date", dist.display());
        return Ok(());
    }

    // Made aside, so that a failure leaves no half of it, and no file of an earlier build stays.
    let aside = project.scratch("dist");
    let _ = fs::remove_dir_all(&aside);
    let mut command = project.command(bindgen.program("wasm-bindgen"));
    // The types are written by hand (`pkg/index.d.ts`); the generated ones describe what is inside.
    command.args(["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"]).arg(&aside);
    if profile == Profile::Dev {
        command.args(["--debug", "--keep-debug"]);
    }
    run(command.arg(wasm))?;
    if profile.is_optimized() {
        optimize::in_place(project, &aside.join(format!("{NAME}_bg.wasm")))?;
    }

    let _ = fs::remove_dir_all(dist);
    copy_folder(&aside, dist).during(format_args!("copying to {}", dist.display()))?;
    fingerprint.and_folder(dist)?.write_to(&stamp)
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
