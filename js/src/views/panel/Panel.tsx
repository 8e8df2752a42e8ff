import { hasEdge } from "../../names";
import { useWidget } from "../context";
import { DataPanel } from "../data/DataPanel";
import { WhatIf } from "../probe/WhatIf";
import { SettingsPanel } from "../settings/SettingsPanel";
import { EdgePanel } from "./EdgePanel";
import { Help } from "./Help";
import { Loss } from "./Loss";
import { Overview } from "./Overview";
import { Summary } from "./Summary";

const PADDING = 32;
/** The names under which a lesson may hide topics. */
const PARTS: Readonly<Record<string, string>> = {
  probe: "what_if",
  data: "data",
  settings: "settings",
};

/** The panel never covers the graph. The loss is always on top of it. */
function Section({ width }: { width: number }) {
  const { store, view, scene } = useWidget();
  const edge = store.selected.value;
  const frame = store.frame.value;
  const hidden = store.hidden.value;
  const topic = hidden.has(PARTS[view.topic.value] ?? "") ? "network" : view.topic.value;
  if (view.help.value && !hidden.has("help")) return <Help />;
  if (edge && frame && hasEdge(frame, edge)) return <EdgePanel edge={edge} width={width} />;
  if (topic === "probe") return <WhatIf width={width} />;
  if (topic === "data") return <DataPanel width={width} />;
  if (topic === "settings") return <SettingsPanel />;
  return scene.isClosed.value ? <Summary /> : <Overview width={width} />;
}

export function Panel() {
  const { scene, store } = useWidget();
  const { kind, panelWidth } = scene.screen.value;
  const width = panelWidth - PADDING - (kind === "narrow" ? 0 : 1);
  return (
    <aside
      class="kw-panel"
      style={kind === "narrow" ? {} : { width: `${panelWidth}px` }}
      aria-label="Details"
    >
      {!store.hidden.value.has("loss") && <Loss width={width} />}
      <Section width={width} />
    </aside>
  );
}
