/** What every page loads: the room, its panels, the keyboard. */

import "./room/room-socket"
import "./room/tabs"
import "./room/keys"
import "./features/connection"
import "./features/stage"
import "./features/agenda"
import "./features/chat"
import "./features/polls"
import "./features/poll-desk"
import "./features/people"
import "./features/minutes"
import "./features/screen"
import "./pages/awake"
import "./pages/copy-field"
import "./pages/history"
import "./pages/menus"
import "./pages/half-typed" // the last one: it fills what the others have made
