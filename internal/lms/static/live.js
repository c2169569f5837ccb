// Follows what happens: each event of the server has this very page fetched anew, and its live part put in place.
(function () {
  "use strict";

  var busy = false;
  var again = false;

  function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(window.location.href, { cache: "no-store" }).then(function (r) { return r.text(); }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
      var shown = document.getElementById("live");
      if (!fresh || fresh.innerHTML === shown.innerHTML) return;
      shown.replaceWith(document.importNode(fresh, true));
      document.getElementById("news").textContent = "Something new, at " + new Date().toLocaleTimeString() + ".";
    }).catch(function () { /* the next event tries again */ }).then(function () {
      busy = false;
      if (again) { again = false; refresh(); }
    });
  }

  document.getElementById("news").textContent = "This page follows by itself.";
  new EventSource(document.getElementById("live").dataset.events).onmessage = refresh;
})();
