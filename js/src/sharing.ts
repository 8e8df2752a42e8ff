/**
 * One client per model, however many views it has: it begins with the first of them and ends with its last user.
 * Hosts also restore models that nobody will see, as those of a notebook that is not trusted.
 */

import { Client } from "./client";
import { type Host, sameModel } from "./host";

interface Shared {
  /** The face of the model that came first: it lives as long as the model. */
  readonly model: Host;
  client: Client | null;
  users: number;
}

const all = new Set<Shared>();

export interface Lease {
  readonly client: Client;
  readonly release: () => void;
}

function findOrMake(model: Host): Shared {
  for (const shared of all) if (sameModel(shared.model, model)) return shared;
  const made = { model, client: null, users: 0 };
  all.add(made);
  return made;
}

function use(shared: Shared): () => void {
  shared.users += 1;
  let isOurs = true;
  return () => {
    if (!isOurs) return;
    isOurs = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    all.delete(shared);
    shared.client?.close();
  };
}

/** Keeps the client of a model, once there is one, also while it has no view. */
export const keepClient = (model: Host): (() => void) => use(findOrMake(model));

export function shareClient(model: Host): Lease {
  const shared = findOrMake(model);
  shared.client ??= new Client(shared.model);
  return { client: shared.client, release: use(shared) };
}
