/* A wide equation scrolls on its own. Whoever has no mouse scrolls it with the arrow keys, so it takes the focus,
   but only while there is something to scroll: else every equation would be a stop of the tab key. */
(function () {
  function update() {
    for (const box of document.querySelectorAll(".katex-display")) {
      const scrolls = box.scrollWidth > box.clientWidth;
      box.toggleAttribute("tabindex", scrolls);
      if (scrolls) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", "Equation, wider than the page");
      } else {
        box.removeAttribute("role");
        box.removeAttribute("aria-label");
      }
    }
  }
  update();
  addEventListener("resize", update);
  document.fonts.ready.then(update);
})();
