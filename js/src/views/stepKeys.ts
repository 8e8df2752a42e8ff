/** Where the keys of a list lead: one back, one on, to the first, to the last; null for any other key. */
export function indexAfter(
  key: string,
  at: number,
  last: number,
  [back, on]: readonly [string, string],
): number | null {
  switch (key) {
    case back:
      return Math.max(0, at - 1);
    case on:
      return Math.min(last, at + 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}
