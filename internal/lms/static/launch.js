// Posts the form of a launch at once; its button is there for browsers without script.
(function () {
  "use strict";
  document.getElementById("launch").submit();
})();
