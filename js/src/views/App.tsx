import { useWidget } from "./context";
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
  const { scene } = useWidget();
  return (
    <>
      <Toolbar />
      {scene.hasFrame.value ? (
        <div class="kw-main">
          <Graph />
          <Panel />
        </div>
      ) : (
        <Empty />
      )}
      <HistoryStrip />
      <FormulaBar />
      <StatusBar />
    </>
  );
}
