/** Drawing base maps into an SVG of 1 000 units, and saying what stands where. */

import type { BaseMap } from "./map"

const SVG = "http://www.w3.org/2000/svg"

/** Draw these areas into a group, each with its name. */
export function lay(group: Element, areas: BaseMap["areas"]): void {
  group.replaceChildren(...areas.map(drawn))
}

/** The name of the area at these units, if any; whether or not the map is in sight. */
export function areaAt(svg: SVGSVGElement, x: number, y: number): string | undefined {
  const canvas = document.createElement("canvas").getContext("2d")!
  const areas = [...svg.querySelectorAll<SVGPathElement>("path[data-area]")]
  return areas.find((area) => canvas.isPointInPath(new Path2D(area.getAttribute("d")!), x, y))?.dataset["area"]
}

function drawn({ name, path }: BaseMap["areas"][number]): SVGPathElement {
  const area = document.createElementNS(SVG, "path")
  area.setAttribute("d", path)
  area.dataset["area"] = name
  return area
}
