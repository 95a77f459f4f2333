#!/bin/sh
# Publishes a draft: sh publish.sh http://localhost:3000 lobby '{"id":"c1","text":"hi"}'
# When no answer comes curl sends it again. The same id from the same client is the same draft, so it is in the room once.
curl -sS --json "$3" --max-time 10 --retry 8 --retry-all-errors "$1/short-polling/$2?client=curl"
