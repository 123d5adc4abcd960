// The walk through the unrolled cell: one item of the list at a time, and its part of the drawing lit.
function connect(root) {
  const items = [...root.querySelectorAll("li")];
  const back = root.querySelector('[data-go="back"]');
  const next = root.querySelector('[data-go="next"]');
  let at = 0;

  function show(index) {
    at = Math.min(Math.max(index, 0), items.length - 1);
    items.forEach((item, k) => { item.hidden = k !== at; });
    const { part, time } = items[at].dataset;
    for (const shape of root.querySelectorAll("[data-part], [data-time]")) {
      if (items.includes(shape)) continue;
      const lit = shape.dataset.part === part || shape.dataset.time === time;
      shape.classList.toggle("lit", lit);
      // Last, so that no other line crosses over it.
      if (lit) shape.parentNode.append(shape);
    }
    root.querySelector("[data-place]").textContent = `${at + 1} of ${items.length}`;
    // Not `disabled`: the button would lose the focus under the reader's finger.
    back.setAttribute("aria-disabled", at === 0);
    next.setAttribute("aria-disabled", at === items.length - 1);
  }

  const keys = {
    ArrowLeft: () => at - 1, ArrowRight: () => at + 1, Home: () => 0, End: () => items.length - 1,
  };
  root.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(keys[event.key]());
  });
  back.addEventListener("click", () => show(at - 1));
  next.addEventListener("click", () => show(at + 1));
  show(0);
}

start(".lstm-walk", connect);
