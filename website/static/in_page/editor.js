// The editor of a cell: CodeMirror, or a plain text area where it cannot be had. Both are used in the same way.

let loading;
const codeMirror = () => (loading ??= import("../vendor/codemirror/codemirror.js").catch(() => null));

/**
 * Make an editor: {element, text(), replace(text), focus()}. `options` are text, label, describedBy, changed(text), and
 * keys: {"Ctrl-Enter": function, ...}.
 */
export async function makeEditor(options) {
  const library = await codeMirror();
  return library ? richEditor(library, options) : plainEditor(options);
}

/* The classes of Pygments, whose colours the code of the page has in both themes. */
function colours({ HighlightStyle, tags: t }) {
  return HighlightStyle.define([
    { tag: [t.keyword, t.controlKeyword, t.definitionKeyword, t.moduleKeyword], class: "k" },
    { tag: t.operatorKeyword, class: "ow" },
    { tag: [t.bool, t.null], class: "kc" },
    { tag: [t.string, t.special(t.string)], class: "s2" },
    { tag: t.comment, class: "c1" },
    { tag: t.number, class: "mi" },
    { tag: t.function(t.definition(t.variableName)), class: "nf" },
    { tag: t.definition(t.className), class: "nc" },
    { tag: t.meta, class: "nd" },
    { tag: t.operator, class: "o" },
  ]);
}

function richEditor(library, { text, label, describedBy, changed, keys }) {
  const { EditorState, EditorView, keymap } = library;
  const view = new EditorView({
    state: EditorState.create({
      doc: text,
      extensions: [
        library.history(),
        library.indentOnInput(),
        library.bracketMatching(),
        library.closeBrackets(),
        library.indentUnit.of("    "),
        library.python(),
        library.syntaxHighlighting(colours(library)),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": describedBy }),
        keymap.of([
          ...Object.entries(keys).map(([key, run]) => ({ key, run: () => (run(), true), preventDefault: true })),
          // The tab key indents. After Escape it leaves, until something is written.
          { key: "Escape", run: (one) => (one.setTabFocusMode(true), true) },
          ...library.closeBracketsKeymap,
          ...library.defaultKeymap,
          ...library.historyKeymap,
          library.indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            view.setTabFocusMode(false);
            changed(view.state.doc.toString());
          }
          if (update.focusChanged && !view.hasFocus) view.setTabFocusMode(false);
        }),
      ],
    }),
  });
  return {
    element: view.dom,
    text: () => view.state.doc.toString(),
    // A step of its own, which undo takes back alone.
    replace: (insert) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert },
        annotations: library.isolateHistory.of("full"),
      }),
    focus: () => view.focus(),
  };
}

function plainEditor({ text, label, describedBy, changed, keys }) {
  const area = document.createElement("textarea");
  Object.assign(area, { value: text, spellcheck: false, autocapitalize: "off", className: "in-page-plain" });
  area.setAttribute("aria-label", label);
  area.setAttribute("aria-describedby", describedBy);
  const fit = () => {
    area.rows = area.value.split("\n").length + 1;
  };
  area.addEventListener("input", () => {
    fit();
    changed(area.value);
  });
  area.addEventListener("keydown", (event) => {
    const run = keys[`${event.ctrlKey ? "Ctrl-" : ""}${event.shiftKey ? "Shift-" : ""}${event.key}`];
    if (run) {
      event.preventDefault();
      run();
    }
  });
  fit();
  return {
    element: area,
    text: () => area.value,
    replace(insert) {
      area.value = insert;
      fit();
      changed(insert);
    },
    focus: () => area.focus(),
  };
}
