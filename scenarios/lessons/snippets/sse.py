"""Follows a room over server-sent events: python3 sse.py http://localhost:3000 lobby"""

import json
import sys
import time
from http.client import HTTPException
from urllib.request import Request, urlopen


def events(url, cursor):
    """Yields (id, event, data) for each event of one connection; data is one line here."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": cursor}
    # A heartbeat comes every 15 s: 40 s without a byte mean that nobody is there.
    with urlopen(Request(url, headers=headers), timeout=40) as stream:
        fields = {}
        for line in stream:
            name, _, value = line.decode().rstrip("\r\n").partition(":")
            if name or value:
                fields[name] = value.removeprefix(" ")
            else:  # An empty line ends the event, and only a whole one is told.
                cursor = fields.get("id", cursor)
                if "data" in fields:
                    yield cursor, fields.get("event"), fields["data"]
                fields = {}


def follow(url, room):
    """Yields every entry once, in order, through any number of cuts."""
    cursor = ""  # Without one the server begins with the latest 50 entries.
    while True:
        try:
            for cursor, event, data in events(f"{url}/sse/{room}", cursor):
                if event is None:
                    yield json.loads(data)
                elif event == "gap":
                    print("some entries are no longer kept", file=sys.stderr)
        except (OSError, HTTPException) as problem:
            print(problem, file=sys.stderr)
        time.sleep(1)


for entry in follow(*sys.argv[1:]):
    print(f"{entry['from']['name']}: {entry['text']}", flush=True)
