/** An example as a button with a little picture. */

import type { Tile as TileOf } from "../../protocol";

const SIZE = 56;
const MARGIN = 5;
const ROOM = SIZE - 2 * MARGIN;

const place = (share: number) => MARGIN + share * ROOM;

function Graph({ points }: Pick<TileOf, "points">) {
  const sorted = [...points].sort((a, b) => (a[0] as number) - (b[0] as number));
  const d = sorted.map(([x = 0, y = 0], n) => `${n ? "L" : "M"}${place(x)} ${place(1 - y)}`);
  return <path class="kw-tile-line" d={d.join("")} />;
}

const CELL = ROOM / 10;

/** A function of two inputs or more as squares of colour. */
function Field({ points }: Pick<TileOf, "points">) {
  return (
    <>
      {points.map(([x = 0, y = 0, value = 0]) => (
        <rect
          key={`${x} ${y}`}
          class={value >= 0 ? "kw-tile-positive" : "kw-tile-negative"}
          x={place(x) - CELL / 2}
          y={place(1 - y) - CELL / 2}
          width={CELL + 0.3}
          height={CELL + 0.3}
          opacity={0.85 * Math.abs(value)}
        />
      ))}
    </>
  );
}

function Picture({ tile }: { tile: TileOf }) {
  if (tile.inputs === 1) return <Graph points={tile.points} />;
  return tile.kind === "classes" ? <Cloud points={tile.points} /> : <Field points={tile.points} />;
}

function Cloud({ points }: Pick<TileOf, "points">) {
  return (
    <>
      {points.map(([x = 0, y = 0, value = 0], n) => (
        <circle
          key={n}
          class={
            value > 0.1 ? "kw-tile-positive" : value < -0.1 ? "kw-tile-negative" : "kw-tile-zero"
          }
          cx={place(x)}
          cy={place(1 - y)}
          r={1.7}
          opacity={0.35 + 0.65 * Math.abs(value)}
        />
      ))}
    </>
  );
}

interface Props {
  readonly tile: TileOf;
  readonly isOn: boolean;
  readonly off: string;
  readonly onPress: () => void;
}

export function Tile({ tile, isOn, off, onPress }: Props) {
  return (
    <button
      type="button"
      class="kw-button kw-tile"
      data-example={tile.name}
      aria-pressed={isOn}
      title={off || tile.title}
      disabled={Boolean(off)}
      onClick={onPress}
    >
      <svg width={SIZE} height={SIZE} aria-hidden="true">
        <rect class="kw-tile-frame" x={0.5} y={0.5} width={SIZE - 1} height={SIZE - 1} rx={4} />
        <Picture tile={tile} />
      </svg>
      <span class="kw-ellipsis">{tile.name.replaceAll("_", " ")}</span>
    </button>
  );
}
