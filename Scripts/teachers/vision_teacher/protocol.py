"""The messages of an OpenAI-compatible chat server: reading requests, writing replies, chunks and errors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass

MODEL = "vision-teacher"
MOST_IMAGES = 4
#: What a request's message may be at most, base64 included.
MOST_BYTES = 96 << 20


class RequestError(Exception):
    """A request that is refused: HTTP status, what is wrong, which parameter, and a code for programs."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None):
        super().__init__(message)
        self.status, self.param, self.code = status, param, code

    def body(self) -> dict:
        """The error as the protocol writes it."""
        kind = (
            "server_error"
            if self.status >= 500
            else "rate_limit_error"
            if self.status == 429
            else "invalid_request_error"
        )
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code}}


@dataclass(frozen=True)
class Request:
    """What is used of a request: the last user message's text and pictures, how to draw, and whether to stream."""

    text: str
    images: tuple[bytes, ...]
    temperature: float
    seed: int
    stream: bool
    usage_in_stream: bool
    choices: int


def parse(body: bytes) -> Request:
    """Reads a request. Raises `RequestError`."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, f"body: not JSON: {error}", code="invalid_json") from error
    if not isinstance(data, dict):
        raise RequestError(400, f"body: expected an object, got {type(data).__name__}")
    model = data.get("model", MODEL)
    if model != MODEL:
        raise RequestError(404, f"model: there is only '{MODEL}', got '{str(model)[:60]}'", "model", "model_not_found")
    messages = data.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
        raise RequestError(400, "messages: expected a list of messages, the last one of the user", "messages")
    if messages[-1].get("role") != "user":
        raise RequestError(
            400, f"messages: expected the last one to be the user's, got '{messages[-1].get('role')}'", "messages"
        )
    text, images = _content(messages[-1].get("content"))
    temperature = _number(data, "temperature", 0.0, 0, 2)
    seed = data.get("seed")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise RequestError(400, f"seed: expected a whole number, got {seed!r}", "seed")
    choices = 1 if data.get("n") is None else data["n"]
    if not isinstance(choices, int) or isinstance(choices, bool) or not 1 <= choices <= 8:
        raise RequestError(400, f"n: expected 1 to 8, got {choices!r}", "n")
    stream = data.get("stream") is True
    options = data.get("stream_options")
    usage = isinstance(options, dict) and options.get("include_usage") is True
    return Request(text, tuple(images), temperature, seed or 0, stream, usage, choices)


def _number(data: dict, name: str, default: float, least: float, most: float) -> float:
    value = data.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise RequestError(400, f"{name}: expected {least} to {most}, got {value!r}", name)
    return float(value)


def _content(content: object) -> tuple[str, list[bytes]]:
    if isinstance(content, str):
        return content, []
    if not isinstance(content, list):
        raise RequestError(400, "messages.content: expected a text or a list of parts", "messages")
    texts, images = [], []
    for number, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind == "image_url" and isinstance(part.get("image_url"), dict):
            images.append(_data_url(part["image_url"].get("url"), number))
        else:
            raise RequestError(
                400, f"messages.content[{number}]: expected a part of type text or image_url", "messages"
            )
    if len(images) > MOST_IMAGES:
        raise RequestError(400, f"messages.content: at most {MOST_IMAGES} pictures, got {len(images)}", "messages")
    return "\n".join(texts), images


def _data_url(url: object, number: int) -> bytes:
    where = f"messages.content[{number}].image_url.url"
    if not isinstance(url, str) or not url.startswith("data:image/"):
        raise RequestError(
            400, f"{where}: expected data:image/…;base64,…; addresses are not fetched", "messages", "invalid_image_url"
        )
    head, comma, data = url.partition(",")
    if not comma or not head.endswith(";base64"):
        raise RequestError(400, f"{where}: expected base64 after a comma", "messages", "invalid_image_url")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(400, f"{where}: broken base64: {error}", "messages", "invalid_base64") from error


def text_tokens(text: str) -> int:
    """What a text counts for in usage: a token for every four bytes."""
    return -(-len(text.encode()) // 4)


def usage(prompt: int, replies: list[str]) -> dict:
    """The counts of a reply."""
    completion = sum(text_tokens(reply) for reply in replies)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def completion(identity: str, created: int, replies: list[str], counts: dict) -> dict:
    """The reply in one piece."""
    choices = [
        {"index": n, "message": {"role": "assistant", "content": reply}, "logprobs": None, "finish_reason": "stop"}
        for n, reply in enumerate(replies)
    ]
    return {
        "id": identity,
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "choices": choices,
        "usage": counts,
    }


def chunks(identity: str, created: int, replies: list[str], counts: dict | None) -> Iterator[bytes]:
    """The reply as server-sent events: role, words, end, counts where they were asked for, and the closing mark."""

    def event(choices: list, **more) -> bytes:
        data = {
            "id": identity,
            "object": "chat.completion.chunk",
            "created": created,
            "model": MODEL,
            "choices": choices,
            **more,
        }
        return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"

    for n, reply in enumerate(replies):
        yield event([{"index": n, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}])
        for piece in reply.replace(" ", " \0").split("\0"):
            yield event([{"index": n, "delta": {"content": piece}, "finish_reason": None}])
        yield event([{"index": n, "delta": {}, "finish_reason": "stop"}])
    if counts is not None:
        yield event([], usage=counts)
    yield b"data: [DONE]\n\n"
