/* A wide equation scrolls on its own. Whoever has no mouse scrolls it with the arrow keys, so it takes the focus,
   but only while there is something to scroll: else every equation would be a stop of the tab key. */
(function () {
  const label = document.querySelector('meta[name="wide-equation"]').content;
  function update() {
    for (const box of document.querySelectorAll(".katex-display")) {
      const scrolls = box.scrollWidth > box.clientWidth;
      box.toggleAttribute("tabindex", scrolls);
      if (scrolls) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", label);
      } else {
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
    }
  }
  /* The theme does the same for code, but once, when what is in a closed tab or box has no width yet. */
  function updateCode() {
    for (const box of document.querySelectorAll("pre[tabindex]")) {
      box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
    }
  }
  document.addEventListener("change", updateCode);
  document.addEventListener("toggle", updateCode, true);
  update();
  addEventListener("resize", update);
  document.fonts.ready.then(update);
})();

/* When a sidebar of a small screen closes, the focus goes back to the button that opened it; the theme loses it. */
(function () {
  for (const side of ["primary", "secondary"]) {
    const dialog = document.getElementById(`pst-${side}-sidebar-modal`);
    const button = document.querySelector(`.${side}-toggle`);
    if (dialog && button) {
      dialog.addEventListener("close", () => setTimeout(() => button.focus()));
    }
  }
})();
