/** Where a key leads in the list of candidates. */

import { functionSign } from "../../maths/format";
import type { KEEP_SPLINE } from "../../view";

export type Choice = string | typeof KEEP_SPLINE;

export function choiceFor(
  event: KeyboardEvent,
  choices: readonly Choice[],
  at: number,
): Choice | null {
  switch (event.key) {
    case "ArrowDown":
      return choices[Math.min(at + 1, choices.length - 1)] ?? null;
    case "ArrowUp":
      return choices[Math.max(at - 1, 0)] ?? null;
    case "Home":
      return choices[0] ?? null;
    case "End":
      return choices.at(-1) ?? null;
    default:
      return choiceByLetter(event, choices, at);
  }
}

/** The next name that begins with the letter pressed. */
function choiceByLetter(
  event: KeyboardEvent,
  choices: readonly Choice[],
  at: number,
): Choice | null {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const turned = [...choices.slice(at + 1), ...choices.slice(0, at + 1)];
  const begins = (choice: Choice) =>
    typeof choice === "string" && functionSign(choice).toLowerCase().startsWith(event.key);
  return turned.find(begins) ?? null;
}
