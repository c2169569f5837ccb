// What all pages share: buttons that copy, and telling a frame how high the page is. Nothing depends on it.
(function () {
  "use strict";

  function prepare() {
    document.querySelectorAll("button[data-copy]").forEach(function (button) {
      if (!button.hidden) return;
      button.hidden = false;
      button.addEventListener("click", function () { copy(button); });
    });
    resize();
  }

  // In a frame the clipboard may be closed to us; then the old way works, or at least the text is selected.
  function copy(button) {
    var field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    var label = button.textContent;
    function done() {
      button.textContent = button.dataset.copied;
      window.setTimeout(function () { button.textContent = label; }, 2000);
    }
    function oldWay() { if (document.execCommand("copy")) done(); }
    if (navigator.clipboard) navigator.clipboard.writeText(field.value).then(done, oldWay);
    else oldWay();
  }

  // "LTI postMessages": a platform that knows lti.frameResize gives the frame this height. Only the origins that the
  // server knows are told: the one around us where the browser says which that is, else each of them.
  var told = 0;
  function resize() {
    if (!document.body.hasAttribute("data-framed") || window.parent === window) return;
    var height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    var known = document.body.dataset.framed.split(" ").filter(Boolean);
    var around = window.location.ancestorOrigins;
    if (around) known = known.filter(function (origin) { return origin === around[0]; });
    known.forEach(function (origin) {
      window.parent.postMessage({ subject: "lti.frameResize", height: height }, origin);
    });
  }

  // Browsers leave autofocus alone in a frame of another site; a script may do it.
  var first = document.querySelector("[autofocus]");
  if (first && document.activeElement !== first) first.focus();

  prepare();
  window.addEventListener("otrbot:shown", prepare);
  if (window.ResizeObserver) new ResizeObserver(resize).observe(document.body);
})();
