// The editor of a gap: CodeMirror with Python's colours and indentation, and nothing more.
//
//   alexnetEditor({ parent, text, label, help, onChange(text), onRun() }) -> { text, focus }
//
// Tab indents; Escape and then Tab leaves the editor. Shift + Enter and Ctrl + Enter run.
// Its colours are classes (tok-keyword …), which practice.css gives their light and dark colours.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

const look = EditorView.theme({
  "&": { backgroundColor: "transparent", color: "inherit" },
  "&.cm-focused": { outline: "none" },
  ".cm-content": { caretColor: "currentColor", padding: ".6rem 0", fontFamily: "inherit" },
  ".cm-line": { padding: "0 .8rem" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit" },
  ".cm-cursor": { borderLeftColor: "currentColor", borderLeftWidth: "2px" },
});

window.alexnetEditor = ({ parent, text, label, help, onChange, onRun }) => {
  const run = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      EditorState.tabSize.of(4),
      EditorState.lineSeparator.of("\n"),
      indentUnit.of("    "),
      history(),
      drawSelection(),
      highlightSpecialChars(),
      pythonLanguage,
      indentOnInput(),
      bracketMatching(),
      syntaxHighlighting(classHighlighter),
      look,
      matchMedia("(max-width: 600px)").matches ? EditorView.lineWrapping : [],
      EditorView.contentAttributes.of({
        "aria-label": label,
        "aria-describedby": help,
        tabindex: "0", // it scrolls sideways, and Safari scrolls only what has a place in the order
        autocapitalize: "off",
        autocorrect: "off",
        spellcheck: "false",
      }),
      keymap.of([
        { key: "Shift-Enter", run },
        { key: "Mod-Enter", run },
        indentWithTab,
        ...defaultKeymap,
        ...historyKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(view.state.doc.toString());
      }),
    ],
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(value) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
    },
    focus: () => view.focus(),
  };
};
