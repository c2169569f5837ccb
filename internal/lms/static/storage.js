// Keeps data for tools whose cookies the browser blocks: "LTI Client Side postMessages", lti.put_data and lti.get_data.
// Each origin reads what it wrote itself, and only origins of tools that this system launches are served.
(function () {
  "use strict";

  var origins = document.currentScript.dataset.origins.trim().split(" ");
  var kept = new Map(); // by origin: a Map of keys and values
  var subjects = ["lti.capabilities", "lti.put_data", "lti.get_data"];
  var longest = 4096; // characters of a key or a value
  var most = 500; // keys of an origin

  function problem(code, message) { return { error: { code: code, message: message } }; }

  function short(text) { return typeof text === "string" && text.length <= longest; }

  // Answers one question: members to add to the response.
  function answer(question, origin) {
    if (origins.indexOf(origin) < 0) return problem("wrong_origin", "This origin is none of the tool's");
    if (subjects.indexOf(question.subject) < 0) return problem("unsupported_subject", "This subject is not supported");
    if (!short(question.message_id) || question.message_id === "") return problem("bad_request", "message_id is missing");
    if (question.subject === "lti.capabilities") {
      return { supported_messages: subjects.map(function (s) { return { subject: s }; }) };
    }
    if (!short(question.key) || question.key === "") return problem("bad_request", "key is missing or too long");
    var own = kept.get(origin) || new Map();
    if (question.subject === "lti.get_data") {
      return { key: question.key, value: own.has(question.key) ? own.get(question.key) : null };
    }
    if (question.value === null || question.value === undefined) {
      own.delete(question.key);
      return { key: question.key, value: null };
    }
    if (!short(question.value)) return problem("bad_request", "value is no text or too long");
    if (!own.has(question.key) && own.size >= most) return problem("storage_exhaustion", "There is no room for more keys");
    own.set(question.key, question.value);
    kept.set(origin, own);
    return { key: question.key, value: question.value };
  }

  window.addEventListener("message", function (event) {
    var question = event.data;
    if (!question || typeof question.subject !== "string" || !event.source || event.origin === "null") return;
    if (question.subject.indexOf("lti.") !== 0 || /\.response$/.test(question.subject)) return;
    if (question.subject === "lti.frameResize") return; // of another script
    var response = answer(question, event.origin);
    response.subject = question.subject + ".response";
    response.message_id = question.message_id;
    event.source.postMessage(response, event.origin);
  });
})();
