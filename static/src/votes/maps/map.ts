/** Base maps: drawn on a square of 1 000 units, with the places one may name instead of pointing.
 * Their data, static/maps/*.json, is read by the pages without script too. */

export interface BaseMap {
  readonly areas: readonly { readonly code: string; readonly name: string; readonly path: string }[]
  readonly places: readonly { readonly name: string; readonly x: number; readonly y: number }[]
}

export const SIDE = 1000

/** The map called so. It is its own piece of the bundle: only votes with a map fetch it. */
export async function load(name: "france" | "corsica"): Promise<BaseMap> {
  return (await (name === "france" ? import("../../../maps/france.json") : import("../../../maps/corsica.json"))).default
}
