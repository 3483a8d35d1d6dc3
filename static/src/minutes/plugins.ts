/** Small habits of the editor. */

import { AllSelection, Plugin, Selection } from "prosemirror-state"
import type { EditorView } from "prosemirror-view"

import { fromText } from "./origin"

/**
 * What others write never finds everything selected. An empty text has no other selection, and the
 * binding keeps it while the text arrives: whoever then came to the text by keyboard and typed would
 * have replaced the minutes with one letter. (It happened: tests/browser/test_writing.py.)
 */
export function unselecting(): Plugin {
  return new Plugin({
    appendTransaction(changes, _before, { selection, doc, tr }) {
      const theirs = changes.some(fromText)
      if (!theirs || !(selection instanceof AllSelection)) return null
      const start = Selection.atStart(doc)
      return start instanceof AllSelection ? null : tr.setSelection(start)
    },
  })
}

/** Escape, then Tab: out of the text, even where Tab means something in it (WCAG 2.1.2). */
export function leaving(): Plugin {
  let escaped = false
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown: (_view, event) => {
          const leaves = escaped && event.key === "Tab"
          escaped = event.key === "Escape" || (escaped && event.key === "Shift")
          return leaves // the browser moves on, and no key of ours is asked
        },
        blur: () => (escaped = false),
      },
    },
  })
}

/**
 * One writes where one has clicked, though others write in that very moment: the browser tells the
 * editor of a click a little later, and until then the binding would put the caret back to where it
 * was. (It happened: a table's first cell got what was meant for the second.) `incoming` tells of
 * what others wrote before it is in the text.
 */
export function placing(incoming: EventTarget): Plugin {
  return new Plugin({
    view(view) {
      const stop = new AbortController()
      incoming.addEventListener("incoming", () => look(view), { signal: stop.signal })
      return { destroy: () => stop.abort() }
    },
  })
}

/** Let the editor see what it would be told of later. There is no public name for that. */
function look(view: EditorView): void {
  ;(view as unknown as { domObserver: { flush: () => void } }).domObserver.flush()
}
