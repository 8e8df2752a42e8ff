import type { Suggestion } from "./protocol";

/**
 * Candidates in the order in which they should be tried: by the loss of the whole network after a
 * refit where the kernel measured it, else by r². A good r² alone may name an edge wrongly.
 */
export function sortCandidates(list: readonly Suggestion[]): readonly Suggestion[] {
  const worst = Number.POSITIVE_INFINITY;
  return [...list].sort((a, b) => {
    const byLoss = (a.net_rmse ?? worst) - (b.net_rmse ?? worst);
    if (byLoss < 0 || byLoss > 0) return byLoss;
    return b.r2 - a.r2 || a.complexity - b.complexity;
  });
}

export const hasNetLoss = (list: readonly Suggestion[]): boolean =>
  list.some(candidate => candidate.net_rmse !== null);
