#!/usr/bin/env bash
# Socket.IO by hand, packet by packet: bash socket_io.sh http://localhost:3000 lobby
session="$1/socket.io/?EIO=4&transport=polling"

hear() { printf '< %s\n' "$(curl -sS "$session" | tr '\036' '\n')"; } # Byte 30 stands between packets.
say() { printf '> %s\n' "$1" && curl -sS -o /dev/null --data-raw "$1" "$session"; }

open=$(curl -sS "$session") # `0` opens a session, and JSON says its id.
printf '< %s\n' "$open"
sid=${open#*'"sid":"'}
session="$session&sid=${sid%%'"'*}"

say '40/chat,' # `4` message, `0` enter the namespace /chat
hear
say "42/chat,0[\"join\",{\"room\":\"$2\"}]" # `2` an event, number 0
hear # `3` its answer, with the same number; entries come as events
say '1' # `1` closes
