import { useWidget } from "./context";
import { Drawer } from "./discovery/Drawer";
import { FormulaBar } from "./FormulaBar";
import { Graph } from "./graph/Graph";
import { HistoryStrip } from "./history/Strip";
import { Panel } from "./panel/Panel";
import { StatusBar } from "./StatusBar";
import { Toolbar } from "./Toolbar";

function Empty() {
  const { scene } = useWidget();
  return <div class="kw-empty">{scene.emptyText.value}</div>;
}

export function App() {
  const { scene, store, view } = useWidget();
  const hidden = store.hidden.value;
  return (
    <>
      {!hidden.has("toolbar") && <Toolbar />}
      {scene.hasFrame.value ? (
        <div class="kw-main">
          <Graph />
          {!hidden.has("panel") && <Panel />}
        </div>
      ) : (
        <Empty />
      )}
      {view.discovering.value && !hidden.has("discover") && <Drawer />}
      {!hidden.has("history") && <HistoryStrip />}
      {!hidden.has("formula") && <FormulaBar />}
      {!hidden.has("status") && <StatusBar />}
    </>
  );
}
