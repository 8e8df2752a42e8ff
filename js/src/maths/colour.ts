/** Colours as numbers: reading, mixing and the WCAG contrast between two of them. */

export interface Colour {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  readonly a: number;
}

const hexPair = (text: string): number => Number.parseInt(text, 16);

function parseHex(text: string): Colour | null {
  const digits = /^#([0-9a-f]{3,8})$/i.exec(text)?.[1];
  if (!digits || digits.length === 5 || digits.length === 7) return null;
  const full = digits.length <= 4 ? digits.replace(/./g, d => d + d) : digits;
  return {
    r: hexPair(full.slice(0, 2)),
    g: hexPair(full.slice(2, 4)),
    b: hexPair(full.slice(4, 6)),
    a: full.length === 8 ? hexPair(full.slice(6, 8)) / 255 : 1,
  };
}

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb()` and `rgba()`: what a computed style can hold. */
export function parseColour(text: string): Colour | null {
  const trimmed = text.trim();
  if (trimmed.startsWith("#")) return parseHex(trimmed);
  const inside = /^rgba?\(([^)]*)\)$/i.exec(trimmed)?.[1];
  const parts = inside?.split(/[\s,/]+/).filter(Boolean) ?? [];
  const [r, g, b, a = 1] = parts.map(part =>
    part.endsWith("%") ? Number(part.slice(0, -1)) / 100 : Number(part),
  );
  if (r === undefined || g === undefined || b === undefined) return null;
  return [r, g, b, a].every(Number.isFinite) ? { r, g, b, a } : null;
}

/** `top` laid over an opaque `ground`. */
export function over(top: Colour, ground: Colour): Colour {
  const mix = (t: number, g: number) => t * top.a + g * (1 - top.a);
  return { r: mix(top.r, ground.r), g: mix(top.g, ground.g), b: mix(top.b, ground.b), a: 1 };
}

export const mix = (from: Colour, to: Colour, share: number): Colour =>
  over({ ...to, a: share }, from);

const byteHex = (value: number): string =>
  Math.round(Math.min(255, Math.max(0, value)))
    .toString(16)
    .padStart(2, "0");

export const toHex = ({ r, g, b }: Colour): string => `#${byteHex(r)}${byteHex(g)}${byteHex(b)}`;

/** Relative luminance of WCAG 2, 0 for black, 1 for white. */
export function luminance({ r, g, b }: Colour): number {
  const [lr = 0, lg = 0, lb = 0] = [r, g, b].map(byte => {
    const c = byte / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * lr + 0.7152 * lg + 0.0722 * lb;
}

export function contrast(a: Colour, b: Colour): number {
  const la = luminance(a);
  const lb = luminance(b);
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

/** Whether black or white text would be read better on it. */
export const isDark = (ground: Colour): boolean => luminance(ground) < 0.18;
