// Builds the bundles that the crate embeds: `../assets/bennu.js`, a classic script that starts by itself,
// `../assets/bennu.mjs`, the same code as a module for pages that import `LiveSocket`, and `../assets/longpoll.mjs`, which
// either of them loads where no WebSocket gets through. With `--check` it writes
// nothing and exits 1 when a committed bundle differs from what the sources give.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { minify } from "terser";

const ASSETS = new URL("../assets/", import.meta.url);
const BUNDLES = [
  { file: "bennu.js", entry: "src/index.ts", format: "iife" },
  { file: "bennu.mjs", entry: "src/module.ts", format: "esm" },
  { file: "longpoll.mjs", entry: "src/longpoll.mts", format: "esm" },
];
// What the README promises, gzipped.
const LIMIT = 21_000;
// Properties that nothing outside of the bundle names: neither the page's scripts, nor the DOM, nor the wire.
const INTERNAL =
  /^(abandon|answer|answered|applied|arrival|arrive|begin|blockWhileComposing|byte|canNavigate|channelClosed|channelCrashed|channelReceived|channelRenewed|container|context|define|delegate|deliver|depart|disable|dismiss|effects|element|encoded|endAll|ended|extra|finish|follow|frameApplied|handlers|holders|idOf|isJoined|isWanted|joinRef|keepTyped|kept|last|leave|leavePage|listener|listening|listensTo|listenTo|lock|mark|marks|navigation|navigator|nextRef|nodes|owner|page|pageLoading|patched|period|placed|prepare|prepared|promote|pushes|pushEvent|pushListener|pushPatch|pushText|rebuild|receive|referer|reloader|repeater|repoint|rest|restart|schedule|server|settle|shown|socket|socketClosed|socketOpened|socketReceived|table|tail|templates|timer|topic|undo|unlisten|varint|viewOf|whenSettled|zigzag)$/;

async function bundle({ entry, format }) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: new URL(".", import.meta.url).pathname,
    bundle: true,
    external: ["./longpoll.mjs"],
    format,
    target: "es2022",
    minify: true,
    mangleProps: INTERNAL,
    charset: "utf8",
    legalComments: "none",
    write: false,
  });
  // terser, because what it makes of the same code is a twentieth smaller than what esbuild does.
  const options = {
    module: true,
    compress: { passes: 6, ecma: 2020, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, keep_fargs: false },
    format: { comments: false },
  };
  return `${(await minify(outputFiles[0].text, options)).code}\n`;
}

let failed = false;
for (const target of BUNDLES) {
  const text = await bundle(target);
  const path = new URL(target.file, ASSETS);
  const size = gzipSync(text, { level: 9 }).length;
  if (process.argv.includes("--check")) {
    const committed = await readFile(path, "utf8").catch(() => "");
    if (committed !== text) {
      console.error(`${target.file} is not what the sources give: run \`npm run build\` and commit it`);
      failed = true;
    }
  } else {
    await writeFile(path, text);
  }
  console.log(`${target.file}: ${text.length} bytes, ${size} gzipped`);
  if (size > LIMIT) {
    console.error(`${target.file} is larger than ${LIMIT} bytes gzipped`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
