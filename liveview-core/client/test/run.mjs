// Bundles each test file for Node and hands them to Node's own test runner, so that the tests need no further tool.
import { build } from "esbuild";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const here = new URL(".", import.meta.url).pathname;
const only = process.argv.slice(2);
const names = (await readdir(here)).filter((name) => name.endsWith(".test.ts"));
const chosen = names.filter((name) => only.length === 0 || only.some((part) => name.includes(part)));
// Below the client's folder, so that the bundles find `jsdom` in its `node_modules`.
const out = await mkdtemp(join(here, "..", "node_modules", ".tests-"));
try {
  await build({
    entryPoints: chosen.map((name) => join(here, name)),
    outdir: out,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    sourcemap: "inline",
  });
  const files = (await readdir(out)).map((name) => join(out, name));
  const runner = spawn(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
  process.exitCode = await new Promise((done) => runner.on("exit", (code) => done(code ?? 1)));
} finally {
  await rm(out, { recursive: true, force: true });
}
