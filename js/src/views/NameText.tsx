/** Names of variables with their index set low, in HTML and in SVG. Always text, never markup. */

import type { ReadonlySignal } from "@preact/signals";
import { isWord } from "../columns";
import { type Name, shorten } from "../maths/format";
import { plainName } from "../names";

function Parts({ name: { lead, stem, sub, tail, times } }: { name: Name }) {
  return (
    <>
      {lead && <span class="kw-upright">{lead}</span>}
      {stem}
      {sub && <sub>{sub}</sub>}
      {tail && <span class="kw-upright">{tail}</span>}
      {times?.[0]}
      {times && <Parts name={times[1]} />}
    </>
  );
}

export function NameHtml({ name }: { name: Name }) {
  return (
    <span class={isWord(name) ? "kw-name kw-word" : "kw-name"}>
      <Parts name={name} />
    </span>
  );
}

const DROP = 3.5;

interface SpansProps {
  readonly name: Name;
  readonly longest: number;
}

/** What follows a subscript is lifted to the line again. */
const lift = ({ sub }: Name) => (sub ? { dy: -DROP } : {});

function Spans({ name, longest }: SpansProps) {
  const { lead, stem, sub, tail, times } = name;
  const end = times?.[1] ?? name;
  return (
    <>
      {lead && <tspan class="kw-upright">{lead}</tspan>}
      {shorten(stem, longest)}
      {sub && (
        <tspan class="kw-subscript" dy={DROP}>
          {sub}
        </tspan>
      )}
      {tail && (
        <tspan class="kw-upright" {...lift(name)}>
          {tail}
        </tspan>
      )}
      {times && (
        <tspan {...lift(name)}>
          {times[0]}
          {shorten(end.stem, longest)}
        </tspan>
      )}
      {times && end.sub && (
        <tspan class="kw-subscript" dy={DROP}>
          {end.sub}
        </tspan>
      )}
    </>
  );
}

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
  const { lead = "", times } = name;
  const room = times ? Math.ceil(longest / 2) : longest - lead.length;
  const isCut = [name, times?.[1]].some(part => part && shorten(part.stem, room) !== part.stem);
  const end = times?.[1] ?? name;
  return (
    <text
      class={`kw-variable ${isWord(name) ? "kw-word" : ""} ${kind ?? ""}`}
      x={x}
      y={y}
      text-anchor={anchor}
    >
      {isCut && <title>{plainName(name)}</title>}
      <Spans name={name} longest={room} />
      {value !== undefined && (
        <tspan class="kw-name-value" dx={6} dy={end.sub && !end.tail ? -DROP : 0}>
          {value}
        </tspan>
      )}
    </text>
  );
}
