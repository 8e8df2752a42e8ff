/** Hands a file to the browser's downloads. Whether it arrives, a page is never told. */

const KEPT_MS = 60_000;

export interface TakenFile {
  readonly file: string;
  readonly mime: string;
  /** Null for a picture made of pixels. */
  readonly text: string | null;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function saveFile({ file, mime, bytes }: TakenFile, document: Document): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
