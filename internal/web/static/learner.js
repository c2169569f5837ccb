// Keeps the learner's page up to date: the server sends the changing part whenever it changes, made by the same template
// as the page. What was typed and where the keyboard is stays. Without this script the page has a link that looks again.
(function () {
  "use strict";

  var live = document.getElementById("live");
  var says = document.getElementById("says");
  if (!live || !live.dataset.events || !window.EventSource) return;

  prepare();
  var seen = live.dataset.seen;
  connect();

  // What is only for pages with, or without, this script.
  function prepare() {
    live.querySelectorAll(".look").forEach(function (e) { e.hidden = true; });
    live.querySelectorAll("[data-live]").forEach(function (e) { e.hidden = false; });
  }

  function connect() {
    var address = live.dataset.events;
    var stream = new EventSource(address + (address.indexOf("?") < 0 ? "?" : "&") + "at=" + encodeURIComponent(seen));
    stream.addEventListener("progress", function (event) {
      seen = event.lastEventId;
      show(event.data);
    });
    stream.addEventListener("over", function () {
      stream.close();
      if (!typedText()) window.location.reload();
    });
    stream.onerror = function () {
      // Closed for good, such as by a server with too many streams: later again. Else the browser connects by itself.
      if (stream.readyState === EventSource.CLOSED) window.setTimeout(connect, 15000);
    };
  }

  function fields() { return Array.prototype.slice.call(live.querySelectorAll("input:not([readonly]), textarea")); }
  function typedText() { return fields().some(function (f) { return f.value !== f.defaultValue; }); }
  function sentences() {
    return Array.prototype.map.call(live.querySelectorAll("[data-says]"), function (e) { return e.textContent.trim(); });
  }

  function show(html) {
    var typed = {}, open = {}, before = sentences();
    fields().forEach(function (f) { if (f.value !== f.defaultValue) typed[f.id] = f.value; });
    live.querySelectorAll("details").forEach(function (d, i) { open[i] = d.open; });
    var heading = heard("h1");
    var active = document.activeElement;
    var inside = live.contains(active);
    var id = inside && active.id, from = inside && active.selectionStart, to = inside && active.selectionEnd;

    live.innerHTML = html; // our own server's, escaped by its template
    prepare();
    var now = live.querySelector("[data-title]");
    if (now) document.title = now.dataset.title;
    var same = heard("h1") === heading;
    fields().forEach(function (f) { if (f.id in typed) f.value = typed[f.id]; });
    if (same) live.querySelectorAll("details").forEach(function (d, i) { if (open[i]) d.open = true; });
    window.dispatchEvent(new Event("otrbot:shown"));

    var there = id && document.getElementById(id);
    if (there) {
      there.focus({ preventScroll: true });
      if (typeof from === "number" && there.setSelectionRange) there.setSelectionRange(from, to);
    } else if (inside || !same) {
      var h1 = live.querySelector("h1");
      if (h1 && (inside || document.activeElement === document.body)) h1.focus({ preventScroll: true });
    }
    says.textContent = sentences().filter(function (s) { return before.indexOf(s) < 0; }).join(". ");
  }

  function heard(selector) {
    var e = live.querySelector(selector);
    return e ? e.textContent : "";
  }
})();
