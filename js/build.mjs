import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { banner, bundledPackages, licences } from "./licences.mjs";

const here = path => fileURLToPath(new URL(path, import.meta.url));
const dev = process.argv.includes("--dev");

const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
  legalComments: "none",
};

const BUDGET = 300_000;

async function buildWidget() {
  const out = here("../kanwidget/static");
  await mkdir(out, { recursive: true });
  const { metafile, outputFiles } = await esbuild.build({
    ...common,
    absWorkingDir: here("."),
    entryPoints: { widget: here("src/index.ts") },
    outdir: out,
    minify: true,
    metafile: true,
    write: false,
  });
  const packages = bundledPackages(metafile, here("."));
  for (const { path, text } of outputFiles) {
    const content = path.endsWith(".js") ? banner(packages) + text : text;
    const bytes = Buffer.byteLength(content);
    console.log(`${path.split("/").at(-1)} ${(bytes / 1000).toFixed(1)} KB`);
    if (bytes > BUDGET) throw new Error(`${path} is larger than ${BUDGET / 1000} KB`);
    await writeFile(path, content);
  }
  await writeFile(`${out}/LICENSES.txt`, licences(packages));
}

async function buildDevelopmentPage() {
  await esbuild.build({
    ...common,
    entryPoints: { dev: here("dev/main.ts") },
    outdir: here("dev/out"),
    sourcemap: "inline",
  });
  console.log("open dev/index.html");
}

await (dev ? buildDevelopmentPage() : buildWidget());
