"""Follows a room by short polling: python3 short_polling.py http://localhost:3000 lobby"""

import json
import sys
import time
from http.client import HTTPException
from urllib.parse import urlencode
from urllib.request import urlopen


def follow(url, room, interval=1):
    """Yields every entry once, in order, through any number of cuts."""
    query = ""  # Without a cursor the server begins with the latest 50 entries.
    while True:
        try:
            with urlopen(f"{url}/short-polling/{room}?{query}", timeout=10) as answer:
                page = json.load(answer)
        except (OSError, HTTPException, ValueError) as problem:
            print(problem, file=sys.stderr)
            time.sleep(interval)
            continue
        if page["gap"]:
            print("some entries are no longer kept", file=sys.stderr)
        yield from page["entries"]
        query = urlencode({"after": page["cursor"]})
        if not page["more"]:
            time.sleep(interval)


for entry in follow(*sys.argv[1:]):
    print(f"{entry['from']['name']}: {entry['text']}", flush=True)
