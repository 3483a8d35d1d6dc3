// The editor's own schema, compiled for Node: tests and browsers write with the same one.
import { mkdirSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../../", import.meta.url))
const folder = `${root}node_modules/.cache/assises`
mkdirSync(folder, { recursive: true })

/** Import a TypeScript module of static/src, with its packages left as they are. */
export async function compiled(source) {
  const name = source.replaceAll("/", "-").replace(/\.ts$/, "")
  const outfile = `${folder}/${name}-${process.pid}.mjs`
  const entryPoints = [`${root}static/src/${source}`]
  await build({ entryPoints, outfile, bundle: true, packages: "external", format: "esm", logLevel: "error" })
  return import(pathToFileURL(outfile).href)
}

export const { schema } = await compiled("minutes/schema.ts")
