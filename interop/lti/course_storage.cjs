// Runs the script by which the demo's course keeps data for tools, in a made-up window. Standard input is the script,
// the origins that it serves, and messages; standard output is what each message was answered with: a list of
// [target origin, answer].
"use strict";
const vm = require("vm");

const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
let heard;
const window = { addEventListener(kind, f) { if (kind === "message") heard = f; } };
const document = { currentScript: { dataset: { origins: given.origins } } };
vm.runInNewContext(given.script, { window, document });

const answers = given.messages.map(({ origin, data, windowless }) => {
  const got = [];
  const source = windowless ? null : { postMessage(answer, target) { got.push([target, answer]); } };
  heard({ origin, data, source });
  return got;
});
process.stdout.write(JSON.stringify(answers));
