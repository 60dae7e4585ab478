"""A service on 127.0.0.1 that misbehaves on request, and the road that leads every call to it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field

import httpx2


@dataclass
class Seen:
    """What the service was asked: first lines, and the heads below them."""

    lines: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)


class FaultServer:
    """Answers every connection by a script: a function of the connection and the call's number."""

    def __init__(self, behave):
        self.behave = behave
        self.seen = Seen()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a call
        self._thread.join(5)
        self._listener.close()

    @property
    def calls(self):
        return len(self.seen.lines)

    def _serve(self):
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.settimeout(3)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
                if head[:1] == b"\x16":  # the beginning of encryption, which this server lacks
                    connection.sendall(b"HTTP/1.1 400 What is this\r\n\r\n")
                    return
            self.seen.heads.append(head)
            self.seen.lines.append(head.split(b"\r\n")[0].decode())
            self.behave(connection, len(self.seen.lines), self._stopping)


CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Road(httpx2.BaseTransport):
    """Leads every https call to a port of 127.0.0.1, in the clear unless it is to stay secure."""

    def __init__(self, port, secure=False):
        self._port = port
        self._scheme = "https" if secure else "http"
        self._inner = httpx2.HTTPTransport(verify=CONTEXT)

    def handle_request(self, request):
        assert request.url.scheme == "https"
        request.url = request.url.copy_with(scheme=self._scheme, host="127.0.0.1", port=self._port)
        request.headers["connection"] = "close"
        return self._inner.handle_request(request)

    def close(self):
        self._inner.close()


def answer(body=b"", status=200, kind="application/json", headers=(), length=None):
    """Return the bytes of a whole answer."""
    lines = [
        f"HTTP/1.1 {status} Whatever",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    lines += [f"Content-Type: {kind}"] if kind else []
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def always(data):
    """Send the same bytes to everyone."""
    return lambda connection, _number, _stopping: connection.sendall(data)


def silent(connection, _number, stopping):
    """Take the question and never answer."""
    stopping.wait(3)


def drip(data, pause=0.01):
    """Send one byte at a time."""

    def behave(connection, _number, stopping):
        for byte in data:
            connection.sendall(bytes([byte]))
            if stopping.wait(pause):
                return

    return behave


def reset_after(data):
    """Send the beginning and reset the connection."""

    def behave(connection, _number, _stopping):
        connection.sendall(data)
        time.sleep(0.005)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave
