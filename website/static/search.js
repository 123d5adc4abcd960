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

/* Which pages are found, and in which order. The index does not say how often a word stands on a page, so a page that
   names the query in a heading comes before those that only use it. A question whose words stand together on no page
   finds the pages with most of them. */
(function () {
  const HEADING = 20;
  const withAll = Search.performTermsSearch;

  function withMost(words, excluded) {
    const found = new Map();
    for (const word of words) {
      for (const result of withAll(new Set([word]), excluded)) {
        const before = found.get(result[0]);
        if (before) before[4] += result[4];
        else found.set(result[0], result);
      }
    }
    const most = Math.max(...[...found.values()].map((result) => result[4]));
    return [...found.values()].filter((result) => result[4] > most / 2);
  }

  Search.performTermsSearch = function (words, excluded) {
    let results = withAll(words, excluded);
    if (!results.length && words.size > 1) results = withMost(words, excluded);
    const query = (new URLSearchParams(location.search).get("q") || "").trim().toLowerCase();
    const headings = Object.entries(Search._index.alltitles || {}).filter(([title]) => query && title.toLowerCase().includes(query));
    const files = new Set(headings.flatMap(([, places]) => places.map(([file]) => Search._index.docnames[file])));
    for (const result of results) {
      if (files.has(result[0])) result[4] += HEADING;
    }
    return results;
  };
})();
