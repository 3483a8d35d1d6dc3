/**
 * The build: bundles what static/src and static/css hold into static/dist, under names that carry
 * their content's hash, and writes down which name became which (`manifest.json`).
 *
 * static/dist is committed, so that a fresh machine needs no Node; `npm run build` twice gives the
 * same bytes, and CI fails where they differ from what is committed.
 */
import { build } from "esbuild"
import { mkdir, readdir, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, "dist")

const { metafile } = await build({
  entryPoints: ["src/main.ts", "css/main.css", "icons.svg", "mark.svg"].map((path) => join(here, path)),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  outdir: dist,
  absWorkingDir: dirname(here),
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  loader: { ".woff2": "file", ".svg": "copy" },
  metafile: true,
  plugins: [everyStyleSheet()],
})

await mkdir(dist, { recursive: true })
await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest(metafile), null, 2)}\n`)
await removeStale(metafile)

/** `@import "./pages/*.css"` stands for every file there, in alphabetical order. */
function everyStyleSheet() {
  return {
    name: "every-style-sheet",
    setup(build) {
      build.onResolve({ filter: /\/\*\.css$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, dirname(path)),
        namespace: "folder",
      }))
      build.onLoad({ filter: /.*/, namespace: "folder" }, async ({ path }) => {
        const sheets = (await readdir(path).catch(() => [])).filter((name) => name.endsWith(".css"))
        const contents = sheets.sort().map((name) => `@import "./${name}";`).join("\n")
        return { contents, loader: "css", resolveDir: path, watchDirs: [path] }
      })
    },
  }
}

function manifest({ outputs }) {
  const entries = Object.entries(outputs).filter(([, output]) => output.entryPoint)
  const named = entries.map(([path, { entryPoint }]) => [wanted(entryPoint), basename(path)])
  return Object.fromEntries(named.sort())
}

function wanted(entryPoint) {
  return basename(entryPoint).replace(/\.ts$/, ".js")
}

async function removeStale({ outputs }) {
  const fresh = new Set([...Object.keys(outputs).map((path) => basename(path)), "manifest.json"])
  const stale = (await readdir(dist)).filter((name) => !fresh.has(name))
  await Promise.all(stale.map((name) => rm(join(dist, name))))
}
