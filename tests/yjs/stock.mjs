// A stock y-websocket client: node stock.mjs <room address> <seat> <words to write, or ""> <words to wait for>
import WebSocket from "ws"
import { WebsocketProvider } from "y-websocket"
import * as Y from "yjs"

const [address, seat, writes, awaits] = process.argv.slice(2)
const doc = new Y.Doc()
const minutes = doc.getXmlFragment("minutes")
const provider = new WebsocketProvider(address, "minutes", doc, {
  WebSocketPolyfill: WebSocket,
  params: { seat },
  disableBc: true,
})
provider.awareness.setLocalStateField("user", { name: "Somebody else" })

const settle = () => {
  if (!minutes.toString().includes(awaits)) return
  console.log(JSON.stringify({ text: minutes.toString(), awareness: [...provider.awareness.getStates().values()] }))
  provider.destroy()
  process.exit(0)
}

provider.once("sync", () => {
  if (writes) {
    const paragraph = new Y.XmlElement("paragraph")
    paragraph.insert(0, [new Y.XmlText(writes)])
    minutes.push([paragraph])
  }
  settle()
})
doc.on("update", settle)
setTimeout(() => process.exit(3), 15000).unref()
