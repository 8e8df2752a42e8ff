import { Fragment } from "preact";
import { Button } from "../Button";
import { useWidget } from "../context";

const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [["p"], "train or pause"],
  [["s"], "one step"],
  [["↑ ↓ ← →"], "from edge to edge"],
  [["Enter"], "choose the edge, then fix"],
  [["Esc"], "let go"],
  [["Delete"], "remove the chosen edge"],
  [["Ctrl", "Z"], "undo; with Shift redo"],
  [["+"], "larger; also Ctrl and wheel, two fingers"],
  [["−"], "smaller; 0 or f for the whole picture"],
  [["Shift", "↑"], "move about; also by dragging"],
  [["w"], "what if: choose the inputs"],
];

const NOTES = [
  "Drag the dot of an input and watch its value along every edge.",
  "Faint edges matter little; Prune removes them.",
];

export function Help() {
  const { view } = useWidget();
  return (
    <div class="kw-section" data-panel="help">
      <div class="kw-section-head">
        <span class="kw-title">Keys and help</span>
        <Button
          icon="close"
          iconSize={14}
          title="Close (Esc)"
          kind="kw-small"
          onPress={() => {
            view.help.value = false;
          }}
        />
      </div>
      <div class="kw-scroll">
        <div class="kw-keys">
          {KEYS.map(([keys, meaning]) => (
            <Fragment key={meaning}>
              <div class="kw-chord">
                {keys.map(key => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </div>
              <span>{meaning}</span>
            </Fragment>
          ))}
        </div>
        {NOTES.map(note => (
          <p key={note} class="kw-say">
            {note}
          </p>
        ))}
      </div>
    </div>
  );
}
