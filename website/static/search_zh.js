/* The words of a query in Chinese. The browser's own dictionary finds them (Intl.Segmenter); the words of the index
   decide where it differs. A single character that is no word of the index says too little to ask for. */
var splitQuery = (query) => {
  const known = (word) => {
    const terms = Search._index || {};
    return [terms.terms, terms.titleterms].some((each) => each && Object.hasOwn(each, word));
  };
  const segments = (run) =>
    "Segmenter" in Intl ? [...new Intl.Segmenter("zh", { granularity: "word" }).segment(run)].map((each) => each.segment) : [run];
  const longest = (run) => {
    const words = [];
    for (let start = 0; start < run.length; ) {
      let end = run.length;
      while (end > start + 1 && !known(run.slice(start, end))) end -= 1;
      if (known(run.slice(start, end))) words.push(run.slice(start, end));
      start = end;
    }
    return words;
  };
  const chinese = (run) => {
    if (known(run)) return [run];
    const words = segments(run).flatMap((word) => (known(word) ? [word] : longest(word)));
    return words.length ? words : [run];
  };
  const terms = query.split(/[^\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu).filter((term) => term);
  return terms
    .flatMap((term) => term.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu))
    .flatMap((run) => (/\p{Script=Han}/u.test(run) ? chinese(run) : [run]));
};
