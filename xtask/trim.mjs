// Takes out of wasm-bindgen's JavaScript what this package does not need. Every rule has to match:
// when wasm-bindgen writes something else, the build fails, and the rule has to follow.
//
// - The shell compiles the wasm, and instantiates it in one way: at first and after a crash.
// - The shell calls no object of an instance that has crashed (`pkg/src/driver.js`).
// - An exception on the way into the wasm is a crash: nobody frees the memory of that instance.
// - Browsers with private methods have `encodeInto` and `FinalizationRegistry`.
// - Some twenty strings cross for a refresh: encoders, decoders and views need not be kept.

import assert from "node:assert/strict";

/** Our replacement of wasm-bindgen's instantiation, strings and errors. */
const OURS = `let wasm;

/** Takes an instance of the wasm into use. Timers of the instance before it do nothing any more. */
export function use(instance) {
    __wbg_instance_id++;
    wasm = instance.exports;
    wasm.__wbindgen_start();
}

export const imports = () => __wbg_get_imports();

const view = () => new DataView(wasm.memory.buffer);

/** Copies a string into the memory of the wasm. Returns its address and length. */
function passString(text) {
    const bytes = new TextEncoder().encode(text);
    const address = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(wasm.memory.buffer).set(bytes, address);
    return [address, bytes.length];
}

const passOptional = (text) => isLikeNone(text) ? [0, 0] : passString(text);

/** Writes the address and the length of a string to where the wasm expects a result. */
function returnString(at, [address, length]) {
    view().setInt32(at + 4, length, true);
    view().setInt32(at, address, true);
}

function getString(address, length) {
    const bytes = new Uint8Array(wasm.memory.buffer, address >>> 0, length);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** Has an import hand what it throws to the wasm. */
const catching = (call) => (...args) => {
    try {
        return call(...args);
    } catch (error) {
        wasm.__wbindgen_exn_store(addToExternrefTable0(error));
    }
};
`;

/** From here to the line that closes it: nobody calls it any more. */
const through = (start) => [new RegExp(`^${start}[\\s\\S]*?^\\}\\n`, "m"), ""];

/** The patterns that have to match, each with its replacement. */
const RULES = [
  [/^let wasmModule, wasmInstance, wasm;\n[\s\S]*/m, OURS],
  through("export function __wbg_reset_state"),
  [/^let __wbg_reinit_scheduled = false;\n/m, ""],
  through("function __wbg_call_guard"),
  [/^ +__wbg_call_guard\(\);\n/gm, ""],
  through("function handleError"),
  through("let cachedUint8ArrayMemory0"),
  through("let cachedDataViewMemory0"),
  [/\bgetDataViewMemory0\(\)/g, "view()"],
  through("function getStringFromWasm0"),
  [/\bgetStringFromWasm0\(/g, "getString("],
  through("function passStringToWasm0"),
  through("let cachedTextDecoder"),
  through("const cachedTextEncoder"),
  [/^let WASM_VECTOR_LEN = 0;\n/m, ""],
  [/\(typeof FinalizationRegistry === 'undefined'\)\n.*\n {4}: new/g, "new"],
  // The class: objects are freed when they are collected.
  [/^ {4}__destroy_into_raw\(\)[\s\S]*?^ {4}\}\n {4}free\(\)[\s\S]*?^ {4}\}\n/m, ""],
  [/^if \(Symbol\.dispose\).*\n/m, ""],
  [/(CoreFinalization\.register\(this, \{.*\}), this\);/, "$1);"],
  [/^ +Object\.defineProperty\(this, '__wbg_inst'.*\n/m, ""],
  [/^ {8}if \(this\.__wbg_inst !== .*\n.*\n {8}\}\n/gm, ""],
  [/^( {4}\w+\(.*\) \{\n)([\s\S]*?)(^ {8}(?:ret = )?wasm\.\w+\()(.*)\);\n/gm, passArguments],
  // The imports.
  [
    /function\(\) \{ return handleError\(function (\(.*\)) (\{\n[\s\S]*?\n {8}\}), arguments\); \}/g,
    "catching($1 => $2)",
  ],
  [/^( {8}\w+: )function(\(.*\)) \{/gm, "$1$2 => {"],
  [
    /^ +const ptr1 = passStringToWasm0\(ret, .*\n(?:.*\b(?:len|ptr)1\b.*\n){3}/gm,
    "            returnString(arg0, passString(ret));\n",
  ],
  [
    /^ +var ptr1 = isLikeNone\(ret\) \? 0 : passStringToWasm0\(ret, .*\n(?:.*\b(?:len|ptr)1\b.*\n){3}/gm,
    "            returnString(arg0, passOptional(ret));\n",
  ],
];

/** Returns the rest. */
export function trim(glue) {
  for (const [pattern, replacement] of RULES) {
    assert.match(glue, pattern);
    glue = glue.replace(pattern, replacement);
  }
  // Nothing calls what is gone.
  assert.doesNotMatch(glue, /\w+(ToWasm|FromWasm|Memory)0|call_guard|handleError|LEN\b|_inst\b/);
  return glue;
}

/** Returns all of it, with the functions that the shell calls. */
export const instantiating = (glue) => `${glue}
export const imports = () => __wbg_get_imports();
export function use(instance) {
    __wbg_instance_id++;
    __wbg_finalize_init(instance, wasmModule);
}
`;

/** A number is converted by the wasm itself. */
const NUMBER = /^ {8}const (val\d) = \+(\w+);\n/gm;
/** A string is copied into the memory of the wasm. */
const STRING =
  /^ +(?:const )?(ptr\d) = (isLikeNone\(\w+\) \? 0 : )?passStringToWasm0\((\w+), .*\n +(?:const )?len\d = WASM_VECTOR_LEN;\n/gm;
/** The release of the strings if one of them cannot be copied, and the declarations. */
const REST = /^ {8}(?:let .*|try \{|\} catch \(e\) \{\n(?: {12}.*\n)* {8}\})\n/gm;

/** Passes numbers as they are, and strings by what copies them. */
function passArguments(_, head, before, call, list) {
  const values = new Map();
  const note =
    (value) =>
    (_, name, ...found) => {
      values.set(name, value(...found));
      return "";
    };
  const left = before
    .replace(
      NUMBER,
      note((name) => name),
    )
    .replace(
      STRING,
      note((isOptional, name) => `...pass${isOptional ? "Optional" : "String"}(${name})`),
    )
    .replace(REST, "");
  assert.equal(left, "");
  const args = list.split(", ").filter((name) => !/^len\d$/.test(name));
  const passed = args.map((name) => values.get(name) ?? name).join(", ");
  return `${head}${call.replace("ret =", "const ret =")}${passed});\n`;
}
