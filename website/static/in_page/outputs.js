// What a cell prints and shows, in the markup that the page has for stored outputs.

export function element(name, properties = {}, ...children) {
  const { className, ...attributes } = properties;
  const made = document.createElement(name);
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Add an output to a place; `alt` says what a figure shows. */
export function addOutput(place, { mime, data }, alt) {
  if (mime === "image/svg+xml") place.append(figure(data, alt));
  else if (mime === "text/html") addHTML(place, data);
  else addText(place, mime, data);
}

function addText(place, mime, data) {
  const last = place.lastElementChild;
  if (mime.startsWith("stream/") && last?.dataset.mime === mime) {
    last.querySelector("pre").append(data);
    return;
  }
  const kind = mime === "error" ? "in-page-error" : mime === "text/plain" ? "text_plain" : "stream";
  const pre = element("pre", {}, data);
  const box = element("div", { className: `output ${kind} notranslate`, "data-mime": mime });
  box.append(element("div", { className: "highlight" }, pre));
  place.append(box);
  // Whoever has no mouse scrolls by the arrow keys.
  if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = 0;
}

/* As an image: ids of two drawings would clash, and in the dark an image is turned over. */
function figure(svg, alt) {
  const points = (name) => new RegExp(`<svg[^>]*\\b${name}="([\\d.]+)pt"`).exec(svg)?.[1] ?? 0;
  const image = element("img", { alt });
  image.width = Math.round((points("width") * 96) / 72);
  image.height = Math.round((points("height") * 96) / 72);
  image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

function addHTML(place, html) {
  const box = element("div", { className: "output text_html" });
  box.innerHTML = html;
  place.append(box);
  // Scripts that come with innerHTML do not run; made anew, in their place, they do.
  for (const old of box.querySelectorAll("script")) {
    const script = element("script", Object.fromEntries([...old.attributes].map(({ name, value }) => [name, value])));
    script.textContent = old.textContent;
    old.replaceWith(script);
  }
}
