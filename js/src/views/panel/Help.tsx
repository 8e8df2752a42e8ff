import { Fragment } from "preact";
import { Button } from "../Button";
import { useWidget } from "../context";

type Line = readonly [keys: readonly string[], meaning: string];

const GROUPS: readonly (readonly [title: string, lines: readonly Line[]])[] = [
  [
    "Anywhere",
    [
      [["p"], "train or pause"],
      [["s"], "one step"],
      [["Ctrl", "Z"], "undo; with Shift, or Ctrl Y, redo"],
      [["Esc"], "let go: menu, help, looking back, comparing, edge"],
      [["Delete"], "remove the chosen edge; Backspace too"],
      [["c"], "compare two points of the history"],
      [["w"], "what if: choose the inputs"],
      [["d"], "data"],
      [[","], "settings"],
      [["Shift", "D"], "discover formulas"],
      [["t"], "take away"],
      [["?"], "this list"],
    ],
  ],
  [
    "Graph",
    [
      [["↑ ↓ ← →"], "from edge to edge"],
      [["Enter"], "choose the edge, then its functions"],
      [["+"], "larger; also =, Ctrl and wheel, two fingers"],
      [["−"], "smaller; 0 or f for the whole picture"],
      [["Shift", "↑"], "move about; also by dragging"],
    ],
  ],
  [
    "Functions of an edge",
    [
      [["↑ ↓"], "look at a function; or type its first letter"],
      [["Enter"], "fix it"],
    ],
  ],
  [
    "History, loss, sliders",
    [
      [["← →"], "from point to point, back along the loss, finer or coarser"],
      [["Home", "End"], "first and last"],
      [["Enter"], "go to the point; undo comes back"],
      [["c"], "compare with this point"],
    ],
  ],
];

const NOTES = [
  "Drag the dot of an input and watch its value along every edge.",
  "Drag along the loss and watch how the network was.",
  "Drag the points of a chosen curve up and down; type the constants of a function.",
  "Faint edges matter little; Prune removes them, but not those that are pinned.",
];

function Keys({ lines }: { lines: readonly Line[] }) {
  return (
    <div class="kw-keys">
      {lines.map(([keys, meaning]) => (
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
  );
}

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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="kw-scroll kw-help" tabIndex={0} aria-label="Keys">
        {GROUPS.map(([title, lines]) => (
          <section key={title} class="kw-keys-group" aria-label={title}>
            <div class="kw-keys-head" aria-hidden="true">
              {title}
            </div>
            <Keys lines={lines} />
          </section>
        ))}
        {NOTES.map(note => (
          <p key={note} class="kw-say">
            {note}
          </p>
        ))}
      </section>
    </div>
  );
}
