/** What came of a search, in plain words. */

import { loss } from "../../maths/format";
import type { Found, Front } from "../../protocol";

export const CERTIFIED =
  "Checked: it holds to nine digits on rows that it was never fitted to, and at the edges of the " +
  "range when fitted to the inside only; every fitted constant brings at least 2.5 digits.";

const INTRODUCTION =
  "Looks for the formula behind the data, whatever the network is. Nothing changes until you " +
  "choose one.";
const SEARCHING = "Choose a formula at any time; the search goes on.";
const NOTHING = "The search was stopped before it had found anything.";
const BEST =
  "The best candidates follow; the marked one says most about the data in the fewest words.";
const STOPPED = "The search was stopped before its end: a longer one may find more.";
/** Share of the budget that a search uses which nobody stops. */
const WHOLE = 0.8;
const LONGER = "The time was over before the search was: it may find more in a longer one.";

export interface Verdict {
  readonly kind: "none" | "searching" | "certified" | "open";
  readonly head: string;
  readonly text: string;
}

const whyShort = ({ spent_s, budget_s }: Front): string =>
  spent_s < WHOLE * budget_s ? STOPPED : LONGER;

export function verdictOf(front: Front | null): Verdict {
  if (!front) return { kind: "none", head: "", text: INTRODUCTION };
  if (front.searching) {
    const head = front.certified ? "Certified already, still searching" : "Searching …";
    return { kind: "searching", head, text: SEARCHING };
  }
  if (front.candidates.length === 0) return { kind: "none", head: "", text: NOTHING };
  if (front.certified) return { kind: "certified", head: "Certified", text: CERTIFIED };
  return {
    kind: "open",
    head: "No exact formula was found",
    text: front.complete ? BEST : `${BEST} ${whyShort(front)}`,
  };
}

/** A formula as a screen reader says it. */
export function spoken(found: Found): string {
  const marks = [found.best && "best", found.certified && "certified"].filter(Boolean);
  const numbers = `complexity ${found.complexity}, relative RMSE ${loss(found.relative_rmse)}`;
  return [found.text, numbers, ...marks].join(", ");
}
