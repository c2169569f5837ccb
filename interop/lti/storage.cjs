// Runs lti/storage.js in a made-up window for each scenario of the test, and prints what came of it.
"use strict";
const fs = require("fs");
const vm = require("vm");
const script = fs.readFileSync("../../lti/storage.js", "utf8");

function run(scenario) {
  const log = { posted: [], origins: [], went: null, submitted: null, failed: false };
  let listeners = [];
  let timers = [];
  const kept = { ["state_s1"]: "s1", ["nonce_s1"]: "n1" };

  const frame = {
    postMessage(message, origin) {
      log.posted.push([message.subject, message.key, message.value || ""]);
      log.origins.push(origin);
      if (scenario.frame === "silent") return;
      const answer = { subject: message.subject + ".response", message_id: message.message_id, key: message.key };
      if (message.subject === "lti.get_data") answer.value = kept[message.key];
      if (scenario.frame === "error") answer.error = { code: "bad_request" };
      if (scenario.frame === "empty") delete answer.value;
      if (scenario.frame === "wrong id") answer.message_id = "1-2-3-4";
      if (scenario.frame === "wrong subject") answer.subject = "lti.fetchWindowSize.response";
      const event = {
        data: scenario.frame === "no object" ? null : answer,
        origin: scenario.frame === "wrong origin" ? "https://evil.example" : "https://lms.example",
        source: scenario.frame === "wrong source" ? {} : frame,
      };
      const late = () => listeners.slice().forEach((f) => f(event));
      if (scenario.frame === "late") log.late = late; else late();
    },
  };
  const above = { frames: { storage: frame }, postMessage: frame.postMessage };
  if (scenario.target === "_parent") Object.assign(frame, { frames: {} });
  const form = {
    dataset: { ltiStorage: scenario.what, target: scenario.target, origin: "https://lms.example", state: "s1", nonce: "n1", continue: "https://lms.example/auth?x=1" },
    elements: { lti_storage_state: { value: "" }, lti_storage_nonce: { value: "" } },
    submit() { log.submitted = [form.elements.lti_storage_state.value, form.elements.lti_storage_nonce.value]; },
  };
  const failed = { set hidden(v) { log.failed = !v; } };
  const window = {
    opener: null,
    crypto: { getRandomValues: (a) => a.fill(7) },
    setTimeout: (f) => { const t = { f }; timers.push(t); return t; },
    clearTimeout: (t) => { timers = timers.filter((o) => o !== t); },
    addEventListener: (_, f) => listeners.push(f),
    removeEventListener: (_, f) => { listeners = listeners.filter((o) => o !== f); },
    location: { replace: (u) => { log.went = u; } },
  };
  window.parent = scenario.target === "_parent" ? frame : above;
  if (scenario.frame === "top") window.parent = Object.assign(window, { frames: {} });
  const document = { querySelector: () => (scenario.what ? form : null), querySelectorAll: () => [failed] };
  vm.runInNewContext(script, { window, document, Uint32Array, Array });
  while (timers.length) timers.shift().f();
  if (log.late) log.late();
  log.listening = listeners.length;
  delete log.late;
  return log;
}

const scenarios = JSON.parse(fs.readFileSync(0, "utf8"));
console.log(JSON.stringify(scenarios.map(run)));
