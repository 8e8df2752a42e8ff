/** The vertical scale of the ranked importances: five decades below one. */

import { clamp, linear } from "../../maths/scales";

export const MARGIN = { left: 40, right: 8, top: 8, bottom: 20 } as const;
export const HEIGHT = 112;
export const FLOOR = HEIGHT - MARGIN.bottom;

const LOWEST = -5;

export const yOfExponent = linear(0, LOWEST, MARGIN.top, FLOOR);
export const exponentAt = linear(MARGIN.top, FLOOR, 0, LOWEST);

export const yOf = (importance: number): number =>
  yOfExponent(clamp(Math.log10(Math.max(importance, 1e-12)), LOWEST, 0));
