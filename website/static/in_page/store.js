// What a reader has written on this page: in the browser's storage for this site, and nowhere else.

/** Answers of one page, {cell: {code, done}}; `kept` tells whether the browser keeps them. */
export function makeStore(page) {
  const key = `lstm-book:${page}`;
  const store = { answers: {}, kept: true };

  function write() {
    try {
      if (Object.keys(store.answers).length) localStorage.setItem(key, JSON.stringify(store.answers));
      else localStorage.removeItem(key);
    } catch {
      store.kept = false; // Blocked or full: the answers last as long as the page is open.
    }
  }

  store.set = (cell, change) => {
    store.answers[cell] = { ...store.answers[cell], ...change };
    write();
  };
  store.remove = (cell) => {
    delete store.answers[cell];
    write();
  };
  store.replace = (answers) => {
    store.answers = answers;
    write();
  };

  let read = null;
  try {
    read = localStorage.getItem(key);
  } catch {
    store.kept = false;
  }
  try {
    store.answers = JSON.parse(read) ?? {};
  } catch {
    // Unreadable is as good as nothing.
  }
  return store;
}
