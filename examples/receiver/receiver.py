#!/usr/bin/env python3
"""An example of a web server that receives events from kojiwatch.

It verifies the sender and drops duplicates. It needs only the standard library;
main.go does the same in Go.

    WEBHOOK_SECRET="whsec_..." ./receiver.py --listen 127.0.0.1:8080
"""

import argparse
import base64
import binascii
import collections
import hmac
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300  # how many seconds a request's timestamp may differ from our clock
MAX_BODY = 1 << 20
MAX_SEEN = 100_000


class Refused(Exception):
    pass


def parse_keys(text):
    """Parses secrets separated by white space, each whsec_ followed by base64."""
    keys = [base64.b64decode(word.removeprefix("whsec_"), validate=True) for word in text.split()]
    if not keys:
        raise SystemExit("WEBHOOK_SECRET is empty")
    return keys


def verify(keys, headers, body, now):
    """Checks that the request was signed with one of the keys, was not changed on
    the way, and is not an old request sent again."""
    # http.server decodes headers as Latin-1; encode them to get the original bytes.
    event_id = headers.get("webhook-id", "").encode("latin-1")
    stamp = headers.get("webhook-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 20) or abs(now - int(stamp)) > TOLERANCE:
        raise Refused("the timestamp is missing, too old or in the future")
    signed = event_id + b"." + stamp.encode() + b"." + body
    wanted = [hmac.digest(key, signed, "sha256") for key in keys]
    for signature in headers.get("webhook-signature", "").split():
        version, _, encoded = signature.partition(",")
        try:
            got = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
        if version == "v1" and any(hmac.compare_digest(got, want) for want in wanted):
            return event_id
    raise Refused("no signature matches")


class Seen:
    """Remembers ids for a while. If you must not repeat work even after a restart,
    store the ids in your database, in the same transaction as the work."""

    def __init__(self, window):
        self.window = window
        self.times = collections.OrderedDict()
        self.lock = threading.Lock()

    def once(self, event_id, work):
        """Calls work unless it was done for this id within the window."""
        with self.lock:  # one event at a time
            now = time.monotonic()
            while self.times:
                oldest, at = next(iter(self.times.items()))
                if now - at < self.window and len(self.times) < MAX_SEEN:
                    break
                del self.times[oldest]
            if event_id in self.times:
                return
            work()
            self.times[event_id] = now


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the connection broke
            self.close_connection = True
            return None
        try:
            event_id = verify(self.server.keys, self.headers, body, time.time())
        except Refused as why:
            return self.answer(401, str(why))
        try:
            self.server.seen.once(event_id, lambda: handle(body))
        except Exception as why:  # kojiwatch sends the event again
            return self.answer(500, str(why))
        return self.answer(204)

    def answer(self, code, text=""):
        self.send_response(code)
        if code != 204:
            self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        if code != 204:
            self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


def handle(body):
    """Does the work. This example prints the event. Texts in events come from
    anyone who may build, so it quotes them."""
    event = json.loads(body)
    print(*(json.dumps(event.get(name, "")) for name in ("id", "type", "summary")), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--listen", default="127.0.0.1:8080", help="the address to listen on")
    options.add_argument("--window", type=float, default=600, help="for how many seconds to drop events with the same id")
    given = options.parse_args()
    host, _, port = given.listen.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Handler)
    server.keys = parse_keys(os.environ.get("WEBHOOK_SECRET", ""))
    server.seen = Seen(given.window)
    try:
        print("listening at %s:%d" % server.server_address, flush=True)
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
