/* What a search shows of a page: its text alone. Left out is what is there twice (an equation, for the eye and for
   the ear) or on every page. */
(function () {
  const textOf = Search.htmlToText;
  Search.htmlToText = function (source, anchor) {
    const page = new DOMParser().parseFromString(source, "text/html");
    for (const each of page.querySelectorAll(".katex-html, .run-page, .in-page-bar, .in-page-answers, .bd-header-article, .prev-next-footer, .bd-footer-content, .bd-sidebar-secondary, annotation, svg")) {
      each.remove();
    }
    return textOf(page.documentElement.outerHTML, anchor).replace(/\s+/g, " ").trim();
  };
})();

/* Which pages are found, and in which order: those with all words of the query, or else those with most of them, as for
   a whole question. (Sphinx does not count words of two letters, which most Chinese words are.) The index does not say
   how often a word stands on a page: a page that has the words in one heading comes before those that only use them,
   the more so the more of them, and a chapter before other pages. */
(function () {
  const HEADING = 20;
  const WORD = 20;
  const CHAPTER = /^chapters\/\d/;
  const withWord = Search.performTermsSearch;

  Search.performTermsSearch = function (words, excluded) {
    const found = new Map();
    for (const word of words) {
      for (const result of withWord(new Set([word]), excluded)) {
        const page = found.get(result[0]) || { result, words: 0 };
        page.words += 1;
        page.result[4] = Math.max(page.result[4], result[4]);
        found.set(result[0], page);
      }
    }
    const most = Math.max(...[...found.values()].map((page) => page.words));
    const least = most === words.size ? most : most / 2;

    const named = new Map();
    for (const [title, places] of Object.entries(Search._index.alltitles || {})) {
      const heading = title.toLowerCase();
      const share = [...words].filter((word) => heading.includes(word)).length / words.size;
      for (const name of places.map(([file]) => Search._index.docnames[file])) {
        named.set(name, Math.max(share, named.get(name) || 0));
      }
    }

    return [...found.values()].filter((page) => page.words >= least).map(({ result, words: count }) => {
      result[4] += (count - most) * WORD + HEADING * (named.get(result[0]) || 0);
      if (CHAPTER.test(result[0])) result[4] += 1;
      return result;
    });
  };
})();
