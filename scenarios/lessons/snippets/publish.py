"""Publishes a line: python3 publish.py http://localhost:3000 lobby "hi" """

import json
import sys
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4


def publish(url, room, text):
    """Returns the receipt: {"id", "seq", "at", "stored"}. Tries until there is an answer."""
    # The same id from the same client is the same draft: sent twice, it is in the room once.
    draft = json.dumps({"id": str(uuid4()), "text": text}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{url}/short-polling/{room}?client=python", draft, headers)
    while True:
        try:
            with urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            if refusal.code not in (429, 503):
                raise SystemExit(refusal.read().decode())
            time.sleep(float(refusal.headers.get("Retry-After", 1)))
        except (OSError, HTTPException, ValueError) as problem:
            print(problem, file=sys.stderr)
            time.sleep(1)


print(publish(*sys.argv[1:]))
