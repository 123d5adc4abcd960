// What both figures share. Python joins it with explorer.js or walk.js in one function, so that a page gets no
// global names, and puts in the place of two names: figures.css, the style sheet, and controls.html, the controls.
// These come with the script, since without it, or where Jupyter does not trust a notebook, they would be dead.
"use strict";

function addStyle() {
  if (document.querySelector("style[data-lstm]")) return;
  const style = document.createElement("style");
  style.dataset.lstm = "";
  style.textContent = "figures.css";
  document.head.append(style);
}

// The script stands inside its figure and runs once for it; in JupyterLab again when the cell is run again.
function start(selector, connect) {
  addStyle();
  const root = document.currentScript.closest(selector);
  if ("on" in root.dataset) return;
  root.dataset.on = "";
  root.querySelector(".lstm-controls").innerHTML = "controls.html";
  // JupyterLab would take the arrow keys for itself; it asks the element that has the focus.
  for (const control of root.querySelectorAll("button, input, select")) {
    control.dataset.lmSuppressShortcuts = "true";
  }
  connect(root);
}
