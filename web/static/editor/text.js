/* The text: CodeMirror with our completion, findings in their places, jumps, mends that can be undone. */
import {
  Decoration, EditorState, EditorView, StateEffect, StateField, autocompletion, bracketMatching, classHighlighter, closeCompletion, completionKeymap, defaultKeymap,
  drawSelection, foldGutter, foldKeymap, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches, history, historyKeymap,
  indentOnInput, indentUnit, keymap, lineNumbers, lintGutter, nextDiagnostic, previousDiagnostic, search, searchKeymap, setDiagnostics,
  syntaxHighlighting, yaml,
} from "../vendor/codemirror.js";
import { completion } from "./completion.js";

const SEVERITY = { error: "error", warning: "warning", note: "info" };
const NO_DIALOGS = new Set(["Mod-Alt-g"]); // go to line: its words would need translating, and the findings do it

/* What is chosen in the list of findings, as a band over its lines. */
const setBand = StateEffect.define();
const band = StateField.define({
  create: () => Decoration.none,
  update(value, change) {
    let now = value.map(change.changes);
    for (const effect of change.effects) {
      if (effect.is(setBand)) {
        const line = Decoration.line({ class: "cm-chosen" });
        now = Decoration.set(effect.value.map((at) => line.range(at)));
      }
    }
    return now;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export const textEditor = ({ place, text, nonce, say, vocabulary, names, changed, moved }) => {
  const phrases = {
    Find: say("find"), Replace: say("replace"), next: say("next"), previous: say("previous"), all: say("all"), "match case": say("match_case"),
    regexp: say("regexp"), "by word": say("by_word"), replace: say("replace_one"), "replace all": say("replace_all"), close: say("close"),
    Completions: say("completions"), "folded code": say("folded"), unfold: say("unfold"), "Fold line": say("fold_line"), "Unfold line": say("unfold"),
    Diagnostics: say("diagnostics"), "current match": "", "on line": "", "replaced $ matches": "", "replaced match on line $": "",
  };
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorState.phrases.of(phrases),
        EditorView.contentAttributes.of({ tabindex: "0", "aria-label": say("text_label"), spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
        lineNumbers(), foldGutter(), lintGutter(), history(), drawSelection(), indentOnInput(), indentUnit.of("  "), bracketMatching(),
        highlightActiveLine(), highlightActiveLineGutter(), highlightSelectionMatches(), search({ top: true }),
        yaml(), syntaxHighlighting(classHighlighter), band,
        autocompletion({ override: [completion(vocabulary, names)], icons: false, maxRenderedOptions: 60 }),
        keymap.of([
          { key: "F8", run: nextDiagnostic }, { key: "Shift-F8", run: previousDiagnostic }, { key: "Escape", run: closeCompletion },
          ...completionKeymap, ...defaultKeymap, ...searchKeymap.filter((each) => !NO_DIALOGS.has(each.key)), ...historyKeymap, ...foldKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) changed();
          if (update.docChanged || update.selectionSet) tell(update.state);
        }),
      ],
    }),
  });

  const tell = (state) => {
    const { head } = state.selection.main;
    const line = state.doc.lineAt(head);
    moved(line.number, head - line.from + 1);
  };
  /* A place of the server (from 1) as an offset in the text as it is now. */
  const offset = (line, column = 1) => {
    const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    return Math.min(at.from + column - 1, at.to);
  };

  const go = (line, column = 0, length = 0) => {
    const from = column ? offset(line, column) : offset(line) + /^\s*/.exec(view.state.doc.line(Math.min(line, view.state.doc.lines)).text)[0].length;
    const to = Math.min(from + length, view.state.doc.length);
    view.dispatch({
      selection: { anchor: from, head: to },
      effects: [EditorView.scrollIntoView(from, { y: "center" }), setBand.of(length ? [view.state.doc.lineAt(from).from] : [])],
      userEvent: "select",
    });
    view.focus();
  };

  const mark = (findings) => {
    const diagnostics = findings.filter((each) => each.line && !each.accepted).map((each) => {
      const from = offset(each.line, each.column);
      const line = view.state.doc.lineAt(from);
      return {
        from, to: Math.min(from + Math.max(each.length, 1), line.to), severity: SEVERITY[each.severity], source: each.code,
        message: `${each.sentence}\n${each.hint}`,
        actions: each.mend ? [{ name: each.mend.label, apply: () => mend(each.mend) }] : [],
      };
    });
    view.dispatch(setDiagnostics(view.state, diagnostics.sort((a, b) => a.from - b.from)));
  };

  const mend = (change) => {
    const from = offset(change.line, change.column);
    const [start, length] = change.select;
    const anchor = length ? from + start : from + change.insert.length;
    view.dispatch({
      changes: { from, to: from + change.removed, insert: change.insert },
      selection: { anchor, head: anchor + length },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
      userEvent: "input.mend",
    });
    view.focus();
  };

  /* Another whole text, as one change that undo takes back. */
  const put = (other) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: other }, userEvent: "input" });

  tell(view.state);
  return { text: () => view.state.doc.toString(), go, mark, mend, put };
};
