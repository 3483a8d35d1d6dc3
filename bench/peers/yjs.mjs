// What opening a state costs Yjs: the CPU in milliseconds of the first time, and of each of TIMES more, by
// when V8 has compiled what it needs.   node yjs.mjs STATE TIMES
import { readFileSync } from "node:fs"
import * as Y from "yjs"

const [state, times] = [readFileSync(process.argv[2]), Number(process.argv[3])]
const costs = []
let length
new Y.Doc().getXmlFragment("minutes").push([new Y.XmlText("")])
for (let n = 0; n <= times; n++) {
  const before = process.cpuUsage()
  const doc = new Y.Doc()
  Y.applyUpdate(doc, state)
  const { user, system } = process.cpuUsage(before)
  costs.push((user + system) / 1000)
  length = doc.getXmlFragment("minutes").get(0).get(0).length
}
console.log(JSON.stringify({ first: costs[0], costs: costs.slice(1), length }))
