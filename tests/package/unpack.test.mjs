// The wasm as text: whatever is taken apart by `xtask/pack.mjs` is put together again by `pkg/src/unpack.js`.

import assert from "node:assert/strict";
import { test } from "node:test";

import binaryen from "binaryen";
import { ALPHABET } from "../../pkg/src/alphabet.js";
import { STRANDS, unpack } from "../../pkg/src/unpack.js";
import { pack } from "../../xtask/pack.mjs";

/** A module with instructions of each form that WebAssembly 2.0 has, but for vectors. */
const WAT = `(module
  (import "env" "add" (func $add (param i32 i64) (result i64)))
  (memory 2)
  (table $table 3 funcref)
  (elem (i32.const 0) $nine $ten)
  (global $global (mut i32) (i32.const -7))
  (data $text "abc")
  (func $nine (result i32) (i32.const 9))
  (func $ten (result i32) (i32.const 10))
  (func (export "run") (param $which i32) (result f64) (local $sum i64) (local $many f32)
    (memory.init $text (i32.const 0) (i32.const 0) (i32.const 3))
    (data.drop $text)
    (memory.copy (i32.const 100) (i32.const 0) (i32.const 3))
    (memory.fill (i32.const 200) (i32.const 66) (i32.const 300))
    (i32.store offset=1000 align=1 (i32.const 3) (i32.const -123456789))
    (i64.store offset=70000 align=2 (i32.const 8) (i64.const -1234567890123456789))
    (f64.store align=4 (i32.const 16) (f64.const 1e300))
    (local.set $many (f32.const -0.1))
    (table.set $table (i32.const 2) (ref.func $nine))
    (drop (table.size $table))
    (drop (ref.is_null (table.get $table (i32.const 1))))
    (drop (ref.is_null (ref.null func)))
    (loop $again
      (local.set $sum (call $add (local.get $which) (local.get $sum)))
      (br_if $again (i64.lt_s (local.get $sum) (i64.const 1000))))
    (block $two (block $one (block $none
      (br_table $none $one $two (local.get $which)))
      (global.set $global (i32.add (global.get $global) (i32.const 1000000))))
      (global.set $global (i32.add (global.get $global) (i32.const 128))))
    (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_s
      (call_indirect (result i32) (i32.and (local.get $which) (i32.const 1))))))
    (if (memory.grow (i32.const 0)) (then (nop)) (else (unreachable)))
    (f64.add
      (f64.convert_i64_s (i64.add (local.get $sum) (i64.extend_i32_s (i32.trunc_sat_f32_s (local.get $many)))))
      (f64.add
        (f64.convert_i32_s (i32.add (global.get $global) (i32.load8_u offset=99 (i32.const 2))))
        (f64.convert_i64_s (i64.load align=1 (i32.const 1003)))))))`;

const FEATURES = [
  "BulkMemory",
  "BulkMemoryOpt",
  "ReferenceTypes",
  "CallIndirectOverlong",
  "NontrappingFPToInt",
  "SignExt",
  "MutableGlobals",
];

function assembled() {
  const module = binaryen.parseText(WAT);
  module.setFeatures(FEATURES.reduce((all, name) => all | binaryen.Features[name], 0));
  assert.ok(module.validate());
  return module.emitBinary();
}

/** What it computes, for some arguments. */
function results(wasm) {
  const env = { add: (one, other) => BigInt(one) + other + 1n };
  const module = new WebAssembly.Module(wasm);
  return [0, 1, 2, 100].map((which) =>
    new WebAssembly.Instance(module, { env }).exports.run(which),
  );
}

test("a wasm does the same once it was packed", () => {
  const wasm = assembled();
  const { texts, singles } = pack(wasm);
  assert.equal(texts.length, STRANDS);
  assert.ok(
    texts.every((text) => text.length > 0),
    "each strand has something",
  );
  const expected = results(wasm);
  assert.equal(new Set(expected).size, 4, `${expected}`);
  assert.deepEqual(results(unpack(texts, singles)), expected);
});

test("the text has characters only that no minifier changes", () => {
  const { texts } = pack(assembled());
  const used = new Set(texts.join(""));
  for (const character of used) {
    assert.ok(ALPHABET.includes(character));
    assert.equal(JSON.stringify(character), `"${character}"`);
  }
});

test("an instruction that is not known fails the build", () => {
  const module = binaryen.parseText(
    '(module (func (export "run") (result v128) (v128.const i32x4 1 2 3 4)))',
  );
  module.setFeatures(binaryen.Features.All);
  assert.throws(() => pack(module.emitBinary()), /does not know/);
});
