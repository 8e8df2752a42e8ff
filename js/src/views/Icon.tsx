/** Inline icons on a 16 px grid: 1.5 px strokes, round caps, nothing filled but Play. */

const PATHS = {
  play: ["M5.2 3.4v9.2l7.2-4.6z"],
  pause: ["M5.6 3.6v8.8", "M10.4 3.6v8.8"],
  step: ["M4.2 3.6v8.8L10 8z", "M12.4 3.6v8.8"],
  reset: ["M3.3 8.2a4.7 4.7 0 1 0 1.5-3.7L3 6.1", "M3 2.9v3.2h3.2"],
  undo: ["M5.6 3.3 2.9 6l2.7 2.7", "M3.1 6h6.1a3.5 3.5 0 0 1 0 7H6.6"],
  redo: ["M10.4 3.3 13.1 6l-2.7 2.7", "M12.9 6H6.8a3.5 3.5 0 0 0 0 7h2.6"],
  prune: [
    "M5.4 4.7 12.4 11",
    "M5.4 11.3 12.4 5",
    "M4 2.1a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
    "M4 10.5a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  ],
  wand: [
    "M3 13 9.4 6.6",
    "M11.4 2.3l.6 1.7 1.7.6-1.7.6-.6 1.7-.6-1.7-1.7-.6 1.7-.6z",
    "M12.9 9.2v.01",
    "M6.6 3.4v.01",
  ],
  lock: [
    "M4.7 7.3h6.6c.7 0 1.2.5 1.2 1.2v3.4c0 .7-.5 1.2-1.2 1.2H4.7c-.7 0-1.2-.5-1.2-1.2V8.5c0-.7.5-1.2 1.2-1.2z",
    "M5.6 7.1V5.2a2.4 2.4 0 0 1 4.8 0v1.9",
  ],
  copy: [
    "M6.7 5.5h5.1c.7 0 1.2.5 1.2 1.2v5.1c0 .7-.5 1.2-1.2 1.2H6.7c-.7 0-1.2-.5-1.2-1.2V6.7c0-.7.5-1.2 1.2-1.2z",
    "M3 10.1V4.2C3 3.5 3.5 3 4.2 3h5.9",
  ],
  check: ["M3.2 8.4 6.5 11.7 12.8 4.9"],
  help: [
    "M8 2.4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 8 2.4z",
    "M6.4 6.5a1.65 1.65 0 1 1 2.4 1.6c-.6.3-.8.6-.8 1.2",
    "M8 11.4v.01",
  ],
  take: [
    "M8 2.6v7",
    "M5.2 7 8 9.8 10.8 7",
    "M3 10.6v1.6c0 .7.5 1.2 1.2 1.2h7.6c.7 0 1.2-.5 1.2-1.2v-1.6",
  ],
  compare: [
    "M2.6 11.2c2.6 0 2.8-7 5.4-7s2.8 7 5.4 7",
    "M2.6 13.4c2.8 0 4-3.6 5.4-3.6s2.6 3.6 5.4 3.6",
  ],
  close: ["M4.6 4.6l6.8 6.8", "M11.4 4.6l-6.8 6.8"],
  probe: [
    "M1.8 5.8v4.4",
    "M14.2 5.8v4.4",
    "M1.8 8h4.4",
    "M11.8 8h2.4",
    "M9 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  ],
  pin: [
    "M9.7 2.5l3.8 3.8-2.1.7-2.3 2.3.1 2.7-1.1 1.1-4.2-4.2 1.1-1.1 2.7.1L10 5.6z",
    "M5.9 10.1 2.6 13.4",
  ],
  data: ["M2.8 2.8v10.4h10.4", "M5.6 10.2v.01", "M7.4 6.6v.01", "M10.2 8.4v.01", "M11.8 4.4v.01"],
  settings: [
    "M2.6 4.6h6",
    "M12 4.6h1.4",
    "M2.6 11.4h1.6",
    "M7.6 11.4h5.8",
    "M10.3 2.9a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
    "M5.9 9.7a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z",
  ],
  minus: ["M3.5 8h9"],
  plus: ["M3.5 8h9", "M8 3.5v9"],
  fit: ["M3 6V3h3", "M10 3h3v3", "M13 10v3h-3", "M6 13H3v-3"],
} as const satisfies Record<string, readonly string[]>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg class="kw-icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <IconPaths name={name} />
    </svg>
  );
}

/** The bare paths, for use inside another picture. */
export function IconPaths({ name }: { name: IconName }) {
  return (
    <>
      {PATHS[name].map(d => (
        <path key={d} d={d} class={name === "play" ? "kw-solid" : undefined} />
      ))}
    </>
  );
}
