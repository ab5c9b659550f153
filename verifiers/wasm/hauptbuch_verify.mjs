// Verifies proofs of Hauptbuch, in Node and in browsers: a wrapper of hauptbuch_verify.wasm. No dependencies.
//
//     import { loadVerifier } from "./hauptbuch_verify.mjs";
//     const verifier = await loadVerifier(wasm);          // bytes, a Response (or a promise of one), or a WebAssembly.Module
//     const verdict = verifier.verify(proof, { vkey });   // vkey: 64 hexadecimal digits or 32 bytes
//     if (verdict.valid) use(verdict.publicValues); else console.error(verdict.message);
//
// As a program: node hauptbuch_verify.mjs FILE.proof --vkey HEX [--exit-code N] [--public-values FILE] [--module FILE.wasm] [--json]

const decoder = new TextDecoder();

function keyBytes(vkey) {
  if (typeof vkey === "string") {
    if (!/^[0-9a-fA-F]{64}$/.test(vkey)) throw new TypeError("vkey: 64 hexadecimal digits");
    return Uint8Array.from(vkey.match(/../g), (pair) => parseInt(pair, 16));
  }
  if (!(vkey instanceof Uint8Array) || vkey.length !== 32) throw new TypeError("vkey: 64 hexadecimal digits or a Uint8Array of 32 bytes");
  return vkey;
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Verifier {
  #exports;

  constructor(instance) {
    this.#exports = instance.exports;
    if (!this.#exports.hb_wasm_init()) throw new Error("the verifier does not get the memory it needs");
  }

  // Memory moves when it grows: views are made afresh.
  #bytes(at, length) {
    return new Uint8Array(this.#exports.memory.buffer, at, length);
  }

  #text(at) {
    const rest = this.#bytes(at, undefined);
    return decoder.decode(rest.subarray(0, rest.indexOf(0)));
  }

  // Decides on a proof (Uint8Array). Throws only when it is called wrongly or memory is out; a proof that is not valid is a verdict:
  // { valid, reason, message, exitCode, publicValues (Uint8Array), publicValuesDigest (hex) }, the last three undefined unless valid.
  verify(proof, { vkey, exitCode = 0 }) {
    if (!(proof instanceof Uint8Array)) throw new TypeError("proof: a Uint8Array");
    if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255) throw new RangeError("exitCode: an integer from 0 to 255");
    const key = keyBytes(vkey);
    const room = this.#exports.hb_wasm_proof(proof.length);
    if (room === 0) throw new Error(`no memory for a proof of ${proof.length} bytes`);
    this.#bytes(room, proof.length).set(proof);
    this.#bytes(this.#exports.hb_wasm_vkey(), 32).set(key);
    return this.#verdict(this.#exports.hb_wasm_check(proof.length, exitCode));
  }

  #verdict(at) {
    const words = new DataView(this.#exports.memory.buffer, at);
    const verdict = { valid: words.getUint32(0, true) === 1, reason: words.getUint32(4, true), message: this.#text(words.getUint32(8, true)) };
    if (!verdict.valid) return verdict;
    verdict.exitCode = words.getUint32(24, true);
    verdict.publicValues = this.#bytes(words.getUint32(12, true), Number(words.getBigUint64(16, true))).slice();
    verdict.publicValuesDigest = hex(this.#bytes(at + 28, 32));
    return verdict;
  }
}

export async function loadVerifier(source) {
  const wasm = await source;
  if (wasm instanceof WebAssembly.Module) return new Verifier(await WebAssembly.instantiate(wasm, {}));
  const bytes = typeof Response !== "undefined" && wasm instanceof Response ? await wasm.arrayBuffer() : wasm;
  return new Verifier((await WebAssembly.instantiate(bytes, {})).instance);
}

// ---- as a program ----

const usage = "usage: node hauptbuch_verify.mjs FILE.proof --vkey HEX [--exit-code N] [--public-values FILE] [--module FILE.wasm] [--json]";

// The exit statuses of `hauptbuch verify`: 0 valid, 1 rejected, 2 usage, 3 environment.
async function main(argv) {
  const { parseArgs } = await import("node:util");
  const { readFile, writeFile } = await import("node:fs/promises");
  let options, positionals;
  try {
    const text = { type: "string" };
    ({ values: options, positionals } = parseArgs({
      args: argv,
      options: { vkey: text, "exit-code": text, "public-values": text, module: text, json: { type: "boolean" } },
      allowPositionals: true,
    }));
    if (positionals.length !== 1) throw new Error("one proof file is needed");
    keyBytes(options.vkey);
    if (!/^\d{1,3}$/.test(options["exit-code"] ?? "0") || Number(options["exit-code"] ?? 0) > 255) throw new Error("--exit-code: 0 to 255");
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return 2;
  }
  try {
    const module = options.module ?? new URL("hauptbuch_verify.wasm", import.meta.url);
    const verifier = await loadVerifier(readFile(module));
    const verdict = verifier.verify(new Uint8Array(await readFile(positionals[0])), { vkey: options.vkey, exitCode: Number(options["exit-code"] ?? 0) });
    if (verdict.valid && options["public-values"]) await writeFile(options["public-values"], verdict.publicValues);
    report(verdict, options.json);
    return verdict.valid ? 0 : 1;
  } catch (error) {
    console.error(`hauptbuch_verify: ${error.message}`);
    return 3;
  }
}

function report(verdict, json) {
  if (json && verdict.valid)
    console.log(JSON.stringify({ valid: true, exit_code: verdict.exitCode, public_values_digest: verdict.publicValuesDigest, public_values_bytes: verdict.publicValues.length }));
  else if (json) console.log(JSON.stringify({ valid: false, reason: verdict.reason, message: verdict.message }));
  else if (verdict.valid) console.log(`valid: exit code ${verdict.exitCode}, ${verdict.publicValues.length} bytes of public values, digest ${verdict.publicValuesDigest}`);
  else console.error(`rejected: ${verdict.message}`);
}

async function isMainProgram() {
  if (typeof process === "undefined" || !process.argv?.[1]) return false;
  const { pathToFileURL } = await import("node:url");
  const { realpathSync } = await import("node:fs");
  return import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href;
}

if (await isMainProgram()) process.exitCode = await main(process.argv.slice(2));
