// Write book/_ext/static/editor/codemirror.js and its licences: npm ci, then npm run build.
// `npm run build -- --check` writes nothing and exits with 1 if the file would differ.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, "../../book/_ext/static/editor");
const result = await build({
  absWorkingDir: here,
  entryPoints: ["entry.js"],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  write: false,
});

const packages = new Map();
for (const file of Object.keys(result.metafile.inputs)) {
  const found = file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/);
  if (found) packages.set(found[1], path.join(here, found[0]));
}
const notices = [];
for (const [name, folder] of [...packages].sort()) {
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, "package.json")));
  const licence = fs.readFileSync(path.join(folder, "LICENSE"), "utf8").trim();
  notices.push(`${name} ${version}\n\n${licence}\n`);
}
const rule = `\n${"-".repeat(80)}\n\n`;
const head =
  "codemirror.js is built from these packages of npm by tools/page_editor. Each is under the MIT " +
  "License.\n";
const files = {
  "codemirror.js": `/*! CodeMirror 6 and Lezer, MIT: see codemirror.LICENSE.txt */\n${result.outputFiles[0].text}`,
  "codemirror.LICENSE.txt": [head, ...notices].join(rule),
};
for (const [name, text] of Object.entries(files)) {
  const file = path.join(target, name);
  if (!process.argv.includes("--check")) fs.writeFileSync(file, text);
  else if (!fs.existsSync(file) || fs.readFileSync(file, "utf8") !== text) {
    console.error(`page_editor: ${name} differs from what its sources give.`);
    process.exitCode = 1;
  }
}
