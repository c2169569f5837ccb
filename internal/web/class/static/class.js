// What these pages do with a script, and without one by a button: nothing here is needed.
"use strict";

// The answer of deep linking goes to the platform at once. A form that was posted and comes back by the Back button
// stays where it is.
for (const form of document.querySelectorAll("form[data-auto]")) {
  const [navigation] = performance.getEntriesByType("navigation");
  if (!navigation || navigation.type !== "back_forward") {
    form.submit();
  }
}

// "LTI Dynamic Registration", section 3.7: the platform closes the window that it opened. The message says nothing
// secret, and whose window it is we do not know: hence the star.
for (const button of document.querySelectorAll("button[data-close]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  });
}
