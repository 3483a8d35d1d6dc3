// The editor's own schema, compiled for Node: tests and browsers write with the same one.
import { mkdirSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build } from "esbuild"
import { Schema } from "prosemirror-model"

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

const CELL = { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } }

/** What docs/minutes.md names and the editor may not have yet, so that the server is ready for it. */
const CONTRACT = {
  task_list: { content: "task_item+", group: "block" },
  task_item: { content: "paragraph block*", attrs: { checked: { default: false } } },
  table: { content: "table_row+", group: "block" },
  table_row: { content: "(table_cell | table_header)+" },
  table_cell: { content: "block+", attrs: CELL },
  table_header: { content: "block+", attrs: CELL },
  record: { group: "block", atom: true, attrs: { record: { default: "" }, at: { default: null } } },
  translation: { content: "block+", group: "block", attrs: { lang: { default: "co" } } },
}

function whole(editors) {
  const { nodes, marks } = editors.spec
  const missing = Object.entries(CONTRACT).filter(([name]) => !nodes.get(name))
  return new Schema({ nodes: missing.reduce((all, [name, spec]) => all.addToEnd(name, spec), nodes), marks })
}

export const schema = whole((await compiled("minutes/schema.ts")).schema)
