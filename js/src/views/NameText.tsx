/** Names of variables with their index set low, in HTML and in SVG. Always text, never markup. */

import type { ReadonlySignal } from "@preact/signals";
import { isWord } from "../columns";
import { type Name, shorten } from "../maths/format";

export function NameHtml({ name }: { name: Name }) {
  return (
    <span class="kw-name">
      {name.lead && <span class="kw-upright">{name.lead}</span>}
      {name.stem}
      {name.sub && <sub>{name.sub}</sub>}
    </span>
  );
}

const DROP = 3.5;

export interface NameSvgProps {
  readonly name: Name;
  readonly x: number;
  readonly y: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly kind?: string;
  readonly longest?: number;
  /** A number set behind the name. */
  readonly value?: string | ReadonlySignal<string> | undefined;
}

export function NameSvg({ name, x, y, anchor, kind, longest = 40, value }: NameSvgProps) {
  const stem = shorten(name.stem, longest - (name.lead?.length ?? 0));
  return (
    <text
      class={`kw-variable ${isWord(name) ? "kw-word" : ""} ${kind ?? ""}`}
      x={x}
      y={y}
      text-anchor={anchor}
    >
      {stem !== name.stem && <title>{name.stem}</title>}
      {name.lead && <tspan class="kw-upright">{name.lead}</tspan>}
      {stem}
      {name.sub && (
        <tspan class="kw-subscript" dy={DROP}>
          {name.sub}
        </tspan>
      )}
      {value !== undefined && (
        <tspan class="kw-name-value" dx={6} dy={name.sub ? -DROP : 0}>
          {value}
        </tspan>
      )}
    </text>
  );
}
