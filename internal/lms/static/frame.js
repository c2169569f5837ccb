// What the tool in the frame may ask of the page around it: a height (lti.frameResize), and to be closed when a
// registration is done (org.imsglobal.lti.close). It is heard only from its own frame and from the tool's origins.
(function () {
  "use strict";

  var frame = document.querySelector("iframe.tool");
  var origins = frame.dataset.origins.trim().split(" ");

  window.addEventListener("message", function (event) {
    var said = event.data;
    if (event.source !== frame.contentWindow || origins.indexOf(event.origin) < 0 || !said) return;
    if (said.subject === "lti.frameResize" && said.height > 0) {
      frame.style.height = Math.min(Math.max(said.height, 240), 6000) + "px";
    }
    if (said.subject === "org.imsglobal.lti.close") {
      window.location.assign(frame.dataset.done);
    }
  });
})();
