// What both figures share. Python puts this before explorer.js or walk.js, inside one function, so that a page
// gets no global names, and the style sheet, figures.css, in the place of its name.
"use strict";

function addStyle() {
  if (document.querySelector("style[data-lstm]")) return;
  const style = document.createElement("style");
  style.dataset.lstm = "";
  style.textContent = "figures.css";
  document.head.append(style);
}

// The script runs once for each figure, right behind it; in JupyterLab again when a cell is run again.
function start(selector, connect) {
  addStyle();
  for (const root of document.querySelectorAll(selector + ":not([data-on])")) {
    root.dataset.on = "";
    connect(root);
    root.querySelector(".lstm-controls").hidden = false;
  }
}
