// `npm ci && npm run build` in this folder: bundles editor.mjs, and gathers the licences of what is in the bundle.
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const target = new URL("../static/vendor/codemirror/", import.meta.url).pathname;
const { metafile } = await build({
  entryPoints: ["editor.mjs"],
  outfile: `${target}codemirror.js`,
  bundle: true,
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  target: ["chrome87", "firefox114", "safari15"],
});

const packages = new Set(
  Object.values(metafile.outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
);
const licences = [];
for (const name of [...packages].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const text = (await readFile(`${folder}/LICENSE`, "utf8")).trim();
  licences.push(`${name} ${version}, ${license}\n\n${text}\n`);
}
await writeFile(`${target}LICENSE.txt`, licences.join(`\n${"-".repeat(79)}\n\n`));
