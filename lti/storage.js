// Keeps the state of an LTI login with the platform's page, by window.postMessage. The form on the page says what to do;
// see Storage in the Go package that this file belongs to.
(function () {
  "use strict";

  var form = document.querySelector("form[data-lti-storage]");
  if (!form) return;
  var wanted = form.dataset;
  var patience = 1500; // milliseconds for each answer

  // The frame that keeps our data: one of our ancestors, or a frame with that name beside us.
  function storageFrame() {
    var above = window.opener || window.parent;
    if (wanted.target === "_parent") return above === window ? null : above;
    try {
      return above.frames[wanted.target] || null;
    } catch (denied) {
      return null;
    }
  }

  function messageID() {
    var words = new Uint32Array(4);
    window.crypto.getRandomValues(words);
    return Array.prototype.join.call(words, "-");
  }

  // Asks one question and calls done(error, value) exactly once. Only an answer from that frame, of that origin and to
  // this very question counts.
  function ask(frame, question, done) {
    var id = messageID();
    var timer = window.setTimeout(function () { finish("timeout"); }, patience);

    function finish(error, value) {
      window.clearTimeout(timer);
      window.removeEventListener("message", heard);
      done(error, value);
    }
    function heard(event) {
      var answer = event.data;
      if (event.source !== frame || event.origin !== wanted.origin) return;
      if (!answer || answer.message_id !== id || answer.subject !== question.subject + ".response") return;
      finish(answer.error ? "refused" : null, answer.value);
    }

    window.addEventListener("message", heard);
    question.message_id = id;
    try {
      frame.postMessage(question, wanted.origin);
    } catch (failed) {
      finish("unsent");
    }
  }

  function put(frame, key, value, done) {
    ask(frame, { subject: "lti.put_data", key: key, value: value }, done);
  }
  function get(frame, key, done) {
    ask(frame, { subject: "lti.get_data", key: key }, done);
  }

  function goOn() { window.location.replace(wanted.continue); }
  function giveUp() {
    document.querySelectorAll("[data-lti-failed]").forEach(function (e) { e.hidden = false; });
  }

  var frame = storageFrame();
  if (wanted.ltiStorage === "put") {
    if (!frame) return goOn();
    put(frame, "state_" + wanted.state, wanted.state, function (error) {
      if (error) return goOn();
      put(frame, "nonce_" + wanted.state, wanted.nonce, goOn);
    });
    return;
  }
  if (!frame) return giveUp();
  get(frame, "state_" + wanted.state, function (error, state) {
    if (error || typeof state !== "string") return giveUp();
    get(frame, "nonce_" + wanted.state, function (error, nonce) {
      if (error || typeof nonce !== "string") return giveUp();
      form.elements.lti_storage_state.value = state;
      form.elements.lti_storage_nonce.value = nonce;
      form.submit();
    });
  });
})();
