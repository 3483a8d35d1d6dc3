/** Lets `node --test` read TypeScript: esbuild takes the types away as files are loaded. */
import { register } from "node:module"

register("./typescript.mjs", import.meta.url)
