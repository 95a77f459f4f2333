#!/usr/bin/env bash
# Follows a room over server-sent events: bash sse.sh http://localhost:3000 lobby
url=$1 room=$2
cursor= # Where we stand. Without one the server begins with the latest 50 entries.

while true; do
  id='' event='' data=''
  # A heartbeat comes every 15 s: 40 s without a line mean that nobody is there.
  while IFS= read -r -t 40 line; do
    case $line in
      'id: '*) id=${line#id: } ;;
      'event: '*) event=${line#event: } ;;
      'data: '*) data=${line#data: } ;;
      '') # An empty line ends the event, and only a whole one moves us on.
        cursor=${id:-$cursor}
        case $event in
          '') [ -z "$data" ] || printf '%s\n' "$data" ;;
          gap) echo 'some entries are no longer kept' >&2 ;;
        esac
        id='' event='' data=''
        ;;
    esac
  done < <(exec curl -sSNf -H "Last-Event-ID: $cursor" "$url/sse/$room")
  kill $! 2>/dev/null # The curl of a silent connection still waits.
  sleep 1
done
