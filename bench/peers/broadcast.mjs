// What a good Node programmer would write: `ws`, which sends every message it gets to every socket
// and knows nobody, keeps nothing and orders nothing.   node broadcast.mjs PORT
import { WebSocketServer, WebSocket } from "ws";

const port = Number(process.argv[2]);
const server = new WebSocketServer({ host: "127.0.0.1", port, backlog: 4096, perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate());
  socket.on("message", (message) => {
    for (const each of server.clients) {
      if (each.readyState === WebSocket.OPEN) each.send(message, { binary: false });
    }
  });
});
