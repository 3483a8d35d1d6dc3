/** Module hooks: `./fold` may mean `./fold.ts`, and its types are taken away; JSON is what it says. */
import { transform } from "esbuild"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"

export async function resolve(specifier, context, next) {
  if (specifier.startsWith(".")) {
    const url = new URL(`${specifier}.ts`, context.parentURL)
    if (existsSync(url)) return { url: url.href, shortCircuit: true }
  }
  return next(specifier, context)
}

export async function load(url, context, next) {
  if (url.endsWith(".json")) return { format: "module", source: `export default ${await readFile(fileURLToPath(url), "utf8")}`, shortCircuit: true }
  if (!url.endsWith(".ts")) return next(url, context)
  const { code } = await transform(await readFile(fileURLToPath(url), "utf8"), { loader: "ts", sourcemap: "inline" })
  return { format: "module", source: code, shortCircuit: true }
}
