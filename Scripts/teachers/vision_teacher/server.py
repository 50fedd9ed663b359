"""The HTTP side: one request at a time reaches the models, a few wait, more are sent away."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from . import protocol, rules
from .answers import Teacher, Unreadable, decode
from .protocol import MODEL, RequestError
from .rules import NotUnderstood

#: Requests that wait for the models at most.
MOST_WAITING = 16
#: Seconds without a byte after which a connection is closed.
_PATIENCE = 60


class TeacherServer(ThreadingHTTPServer):
    """A server of one teacher.

    `longest` is the longer side, in pixels, that pictures are reduced to before any model looks.
    """

    daemon_threads = True

    def __init__(self, address: tuple[str, int], teacher: Teacher, longest: int, quiet: bool = False):
        super().__init__(address, _Handler)
        self.teacher, self.longest, self.quiet = teacher, longest, quiet
        self.numbers = count(1)
        self._models = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def answer(self, request: protocol.Request) -> tuple[list[str], dict]:
        """The replies to a request and their counts. Raises `RequestError`."""
        if not self._places.acquire(blocking=False):
            raise RequestError(429, f"{MOST_WAITING} requests wait already", code="rate_limit_exceeded")
        try:
            with self._models:
                return self._answer(request)
        finally:
            self._places.release()

    def _answer(self, request: protocol.Request) -> tuple[list[str], dict]:
        try:
            prompt = rules.read(request.text, len(request.images))
            replies, tokens = [], protocol.text_tokens(request.text)
            for choice in range(request.choices):
                jitter = random.Random(f"{request.seed}/{choice}") if request.temperature > 0 else None
                looks = [decode(data, self.longest, jitter) for data in request.images]
                tokens += sum(look.tokens for look in looks) if choice == 0 else 0
                replies.append(self.teacher.reply(prompt, looks))
        except NotUnderstood as error:
            raise RequestError(400, str(error), "messages", "prompt_not_understood") from error
        except Unreadable as error:
            raise RequestError(400, str(error), "messages", "invalid_image") from error
        return replies, protocol.usage(tokens, replies)


class _Handler(BaseHTTPRequestHandler):
    server: TeacherServer
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    server_version = "vision-teacher"
    sys_version = ""

    def do_GET(self) -> None:  # the name is the base class's
        if self.path in ("/v1/models", "/models"):
            model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "local"}
            self._send(200, {"object": "list", "data": [model]})
        elif self.path in ("/health", "/v1/health"):
            self._send(200, {"status": "ok"})
        else:
            self._refuse(RequestError(404, f"there is no GET {self.path[:80]}", code="not_found"))

    def do_POST(self) -> None:  # the name is the base class's
        started = time.monotonic()
        try:
            if self.path not in ("/v1/chat/completions", "/chat/completions"):
                raise RequestError(404, f"there is no POST {self.path[:80]}", code="not_found")
            request = protocol.parse(self._body())
            replies, counts = self.server.answer(request)
        except RequestError as error:
            self._refuse(error)
            return
        except Exception as error:  # a failure of the models must reach the caller as one, and the server must live on
            self._refuse(RequestError(500, f"{type(error).__name__}: {error}", code="internal_error"))
            return
        identity, created = f"chatcmpl-{next(self.server.numbers)}", int(time.time())
        if request.stream:
            self._stream(protocol.chunks(identity, created, replies, counts if request.usage_in_stream else None))
        else:
            self._send(200, protocol.completion(identity, created, replies, counts))
        if not self.server.quiet:
            print(f"{time.monotonic() - started:6.2f} s  {replies[0][:100]!r}", file=sys.stderr, flush=True)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self.close_connection = True
            raise RequestError(411, "Content-Length: expected a number of bytes", code="length_required")
        if int(length) > protocol.MOST_BYTES:
            self.close_connection = True
            raise RequestError(
                413, f"body: at most {protocol.MOST_BYTES:,} bytes, got {int(length):,}", code="too_large"
            )
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            self.close_connection = True
            raise RequestError(400, f"body: expected {int(length):,} bytes, got {len(body):,}", code="incomplete")
        return body

    def _send(self, status: int, value: dict) -> None:
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 429:
            self.send_header("Retry-After", "2")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, events) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events:
            self.wfile.write(event)
            self.wfile.flush()

    def _refuse(self, error: RequestError) -> None:
        if self.command == "POST" and error.status == 404 and error.code == "not_found":
            self.close_connection = True  # the body was not read
        self._send(error.status, error.body())

    def log_message(self, format: str, *arguments) -> None:  # the name is the base class's
        """Silent: one line a reply is printed instead."""
