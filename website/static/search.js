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
