// The sentences of the page, in its language; website/lstm_book/buttons.py writes them.

let words = {};

export async function loadWords() {
  words = await (await fetch(new URL("words.json", import.meta.url))).json();
}

/** A sentence, its {placeholders} filled. */
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
