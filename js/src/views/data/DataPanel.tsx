/** What is learnt from: the present rows, and examples to try instead. */

import { plural } from "../../maths/format";
import type { Example, Tile as TileOf } from "../../protocol";
import type { Rows } from "../../view";
import { useWidget } from "../context";
import { TopicHead } from "../TopicHead";
import { Columns } from "./Columns";
import { Drawing } from "./Drawing";
import { Features } from "./Features";
import { Surface } from "./Surface";
import { Tile } from "./Tile";

const KINDS = [
  ["classes", "Classes"],
  ["function", "Functions"],
  ["physics", "Laws of physics"],
] as const;

const FIRST: Omit<Example, "name"> = { rows: 1000, noise: 0, test_size: 0.2, seed: 0 };

/** Of several classes the surface comes first: how it does on rows that no fit has seen. */
const rowsOf = ({ kind, points }: TileOf): Rows =>
  kind === "classes" && new Set(points.map(point => point[2])).size > 2 ? "test" : "train";

function Gallery({ tiles, now }: { tiles: readonly TileOf[]; now: string | null }) {
  const { client, scene, store, view } = useWidget();
  const use = (tile: TileOf) => {
    client.once("use_example", { ...FIRST, name: tile.name });
    if (tile.inputs === 2 && scene.rows.value === "none") view.points.value = rowsOf(tile);
  };
  return (
    <>
      {KINDS.map(([kind, title]) => (
        <section key={kind} aria-label={title}>
          <div class="kw-keys-head" aria-hidden="true">
            {title}
          </div>
          <div class="kw-gallery">
            {tiles
              .filter(tile => tile.kind === kind)
              .map(tile => (
                <Tile
                  key={tile.name}
                  tile={tile}
                  isOn={tile.name === now}
                  off={store.offReason.value}
                  onPress={() => use(tile)}
                />
              ))}
          </div>
        </section>
      ))}
    </>
  );
}

export function DataPanel({ width }: { width: number }) {
  const { store } = useWidget();
  const data = store.data.value;
  const example = data?.example ?? null;
  const tiles = store.gallery.value;
  const about = tiles.find(tile => tile.name === example?.name);
  const [training = 0, test = 0] = data?.rows ?? [];
  return (
    <div class="kw-section" data-panel="data">
      <TopicHead title={example ? example.name.replaceAll("_", " ") : "Your data"}>
        <span class="kw-muted kw-ellipsis">{`${plural(training, "row")}, ${test} for testing`}</span>
      </TopicHead>
      <div class="kw-scroll kw-data" style={{ "--kw-tiles": String(Math.floor(width / 70)) }}>
        {about && <p class="kw-say">{about.title}</p>}
        {example && <Drawing example={example} />}
        <Surface />
        <Features />
        <Columns />
        <Gallery tiles={tiles} now={example?.name ?? null} />
      </div>
    </div>
  );
}
