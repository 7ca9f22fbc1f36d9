//! What a page loads, as a table.

use crate::failure::Outcome;
use crate::process::output;
use crate::project::Project;

/// Prints it. Node does the compressing: it has brotli built in, and we would compile it at every first use.
pub(crate) fn print(project: &Project) -> Outcome {
    let table = output(project.command("node").arg(project.path("xtask/sizes.mjs")))?;
    println!("\n{table}");
    Ok(())
}
