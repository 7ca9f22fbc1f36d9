//! Generates the JavaScript around a wasm, as `wasm-bindgen --target web --no-typescript` does:
//! `bindgen WASM NAME FOLDER [--debug]`. The types are written by hand: `pkg/index.d.ts`.

use std::env::args;
use std::fs;
use std::path::Path;

use anyhow::{Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<String> = args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (wasm, name, folder, debug) = match arguments[..] {
        [wasm, name, folder] => (wasm, name, folder, false),
        [wasm, name, folder, "--debug"] => (wasm, name, folder, true),
        _ => bail!("usage: bindgen WASM NAME FOLDER [--debug]"),
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).web(true)?.typescript(false).out_name(name);
    // The wasm is handed over, and a fresh instance takes the place of one that has crashed.
    bindgen.omit_default_module_path(true).reset_state_function(true);
    bindgen.debug(debug).keep_debug(debug).generate(folder)?;
    quieten(&Path::new(folder).join(name).with_extension("js"))
}

/// Has timers of an instance that has crashed do nothing: nobody can cancel them any more, and there is nobody who
/// could catch what they throw.
fn quieten(glue: &Path) -> Result<()> {
    const THROWS: &str = "throw new Error('Cannot invoke closure from previous WASM instance');";
    let text = fs::read_to_string(glue)?;
    ensure!(text.contains(THROWS), "{}: closures are checked in another way", glue.display());
    Ok(fs::write(glue, text.replace(THROWS, "return;"))?)
}
