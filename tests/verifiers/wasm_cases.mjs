// wasm_cases.mjs WRAPPER.mjs MODULE.wasm CASES.json: decides every case of the list [{proof: path, vkey: hex, exit_code: n}] with one verifier
// object and prints the verdicts as a list of [reason, message, exit code, digest, public values as hex].
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [wrapper, module, cases] = process.argv.slice(2);
const { loadVerifier } = await import(pathToFileURL(wrapper).href);
const verifier = await loadVerifier(readFile(module));

const verdicts = [];
for (const { proof, vkey, exit_code } of JSON.parse(await readFile(cases, "utf8"))) {
  const v = verifier.verify(new Uint8Array(await readFile(proof)), { vkey, exitCode: exit_code });
  verdicts.push(v.valid ? [0, v.message, v.exitCode, v.publicValuesDigest, Buffer.from(v.publicValues).toString("hex")] : [v.reason, v.message, null, null, null]);
  if (v.valid !== (v.reason === 0)) throw new Error("valid and reason contradict each other");
}

// Called wrongly it throws, and works afterwards.
for (const wrong of [["x", { vkey: "00".repeat(32) }], [new Uint8Array(4), { vkey: "00" }], [new Uint8Array(4), { vkey: "00".repeat(32), exitCode: 256 }]]) {
  let thrown = false;
  try {
    verifier.verify(...wrong);
  } catch {
    thrown = true;
  }
  if (!thrown) throw new Error("a wrong call does not throw");
}
console.log(JSON.stringify(verdicts));
