/* The buttons below the code of a page. What they open is asked for at the first click on one, or at once where answers
   are kept from an earlier visit; who only reads gets this file alone. A classic script in old words: any browser
   reads it, and a module would be an error on file://. */
(function () {
  "use strict";
  var script = document.currentScript;
  var waiting = [];
  var state = "unasked";

  function open(button) {
    document.dispatchEvent(new CustomEvent("in-page", { detail: button }));
  }

  function refuse(button, sentence) {
    var bar = button.parentNode;
    button.removeAttribute("aria-busy");
    if (!bar.querySelector(".in-page-note")) {
      var note = document.createElement("p");
      note.className = "in-page-note";
      note.setAttribute("role", "alert");
      bar.appendChild(note).textContent = sentence;
    }
  }

  function load() {
    var main = document.createElement("script");
    state = "loading";
    main.type = "module";
    main.src = script.src.replace(/in_page\.js.*/, "in_page/main.js");
    main.onload = function () {
      state = "loaded";
      waiting.splice(0).forEach(open);
    };
    main.onerror = function () {
      state = "unasked";
      main.parentNode.removeChild(main);
      waiting.splice(0).forEach(function (button) { refuse(button, script.dataset.lost); });
    };
    document.head.appendChild(main);
  }

  document.addEventListener("click", function (event) {
    var button = event.target;
    if (!/\bin-page-open\b/.test(button.className)) return;
    if (location.protocol === "file:") refuse(button, script.dataset.file);
    else if (!("noModule" in script && window.WebAssembly && window.Worker)) refuse(button, script.dataset.old);
    else if (state === "loaded") open(button);
    else {
      button.setAttribute("aria-busy", "true");
      waiting.push(button);
      if (state === "unasked") load();
    }
  });

  try {
    if (location.protocol !== "file:" && localStorage.getItem("lstm-book:" + script.dataset.page)) load();
  } catch (error) { /* No storage: nothing is kept. */ }
})();
