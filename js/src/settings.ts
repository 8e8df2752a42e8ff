/** Settings as a text that people can pass on: how to train, and how to look at the network. */

export interface TrainingSettings {
  readonly lamb: number;
  readonly lr: number | null;
  readonly opt: string;
  readonly steps: number;
}

export interface Settings extends TrainingSettings {
  readonly threshold: number;
  readonly y_scale: "common" | "own";
}

type Check = (value: unknown) => boolean;

const isNumber = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** What is accepted, in words, and the test of it. */
const RULES: Readonly<Record<keyof Settings, readonly [accepted: string, check: Check]>> = {
  lamb: ["a number of 0 or more", value => isNumber(value) && value >= 0],
  lr: ["a number above 0, or null", value => value === null || (isNumber(value) && value > 0)],
  opt: ["the name of an optimiser", value => typeof value === "string" && value !== ""],
  steps: ["a whole number of 1 or more", value => Number.isInteger(value) && (value as number) > 0],
  threshold: ["a number from 0.0001 to 1", value => isNumber(value) && value >= 1e-4 && value <= 1],
  y_scale: ['"common" or "own"', value => value === "common" || value === "own"],
};

export class SettingsError extends Error {
  override name = "SettingsError";
}

export const settingsText = (settings: Settings): string => JSON.stringify(settings, null, 2);

function checkOptimiser(opt: unknown, known: readonly string[]): void {
  if (opt === undefined || known.length === 0 || known.includes(opt as string)) return;
  throw new SettingsError(`opt is ${JSON.stringify(opt)}: one of ${known.join(", ")} is accepted.`);
}

/**
 * Reads some or all settings; nothing is accepted if anything is wrong. `optimisers` are those that the kernel has, if
 * it has said so.
 */
export function readSettings(text: string, optimisers: readonly string[] = []): Partial<Settings> {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new SettingsError("This is no text of settings: it should look like { … }.");
  }
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    throw new SettingsError("This is no text of settings: it should look like { … }.");
  }
  for (const [name, value] of Object.entries(found)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof Settings] : null;
    if (!rule) throw new SettingsError(`There is no setting ${JSON.stringify(name)}.`);
    const [accepted, check] = rule;
    if (!check(value)) {
      throw new SettingsError(`${name} is ${JSON.stringify(value)}: ${accepted} is accepted.`);
    }
  }
  const settings = found as Partial<Settings>;
  checkOptimiser(settings.opt, optimisers);
  return settings;
}
