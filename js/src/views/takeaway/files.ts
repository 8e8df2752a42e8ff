/** Files to take away: most of them are made by the kernel. */

import type { Answer, Takeaway } from "../../protocol";
import { bytesOf } from "../../wire";
import type { Widget } from "../context";
import type { TakenFile } from "./save";

const utf8 = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

function read({ file, mime, text, data }: Answer): TakenFile | null {
  if (!file || !mime) return null;
  if (typeof text === "string") return { file, mime, text, bytes: utf8(text) };
  const bytes = bytesOf(data);
  return bytes && { file, mime, text: null, bytes: bytes as Uint8Array<ArrayBuffer> };
}

const savedScript = (text: string): TakenFile => ({
  ...{ file: "network.py", mime: "text/x-python" },
  ...{ text, bytes: utf8(text) },
});

/** Null where the kernel refuses, which it says in the status line, or is not there. */
export async function takeFile(
  what: Takeaway,
  theme: "light" | "dark",
  { client, view }: Widget,
): Promise<TakenFile | null> {
  if (what === "code" && client.savedScript) return savedScript(client.savedScript);
  const looks = {
    theme,
    y_scale: view.ownScale.value ? ("own" as const) : ("common" as const),
    threshold: view.threshold.value,
  };
  const answer = await client.send("take", { what, looks });
  return answer?.ok ? read(answer) : null;
}
