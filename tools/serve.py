"""Serve the built book and print its address: ``make serve``.

Other machines of the network see it with ``make serve HOST=0.0.0.0``: a class, say.
"""

import argparse
import functools
import gzip
import http.server
import re
import socket
import sys
import threading
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

BUILD = Path(__file__).resolve().parent.parent / "_build"
SITE = BUILD / "html"
HOST = "127.0.0.1"
COMPRESSIBLE = {".css", ".html", ".ipynb", ".js", ".json", ".md", ".mjs", ".po", ".py"}
COMPRESSIBLE |= {".svg", ".txt", ".wasm", ".xml"}
TYPES = {
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")
ONE_AT_A_TIME = threading.Lock()


@functools.lru_cache(maxsize=1000)
def compressed(path: Path, tag: str) -> bytes:
    """Return the file in gzip's form, computed once as long as its tag stays the same."""
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site, compressed, sent again only when they have changed, and no log."""

    protocol_version = "HTTP/1.1"
    path = ""
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | TYPES

    def send_head(self) -> None:
        """Answer with the file, or say that the browser has it already."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            if not urlsplit(self.path).path.endswith("/"):
                return super().send_head()  # leads to the address with the slash
            path /= "index.html"
        # A name with a slash behind it is no file's.
        if not path.is_file() or urlsplit(self.path).path.endswith(f"{path.name}/"):
            return self.send_error(HTTPStatus.NOT_FOUND)
        state = path.stat()
        form = self.form(path)
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}{form and "-" + form}"'
        known = tag in self.headers.get("If-None-Match", "")
        self.send_response(HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK)
        self.send_header("ETag", tag)
        self.send_header("Vary", "Accept-Encoding")
        if known:
            return self.end_headers()
        if form == "br":
            body = path.with_name(f"{path.name}.br").read_bytes()
        else:
            # A class that comes all at once shall not compress the same file all at once.
            with ONE_AT_A_TIME:
                body = compressed(path, tag) if form else path.read_bytes()
        if form:
            self.send_header("Content-Encoding", form)
        self.send_header("Content-Type", self.guess_type(path))
        return self.send_body(body)

    def form(self, path: Path) -> str:
        """Return how the file is compressed for this browser, or nothing."""
        said = self.headers.get("Accept-Encoding", "").lower().split(",")
        taken = {each.partition(";")[0].strip() for each in said if not REFUSED.search(each)}
        if "br" in taken and path.with_name(f"{path.name}.br").is_file():
            return "br"
        return "gzip" if "gzip" in taken and path.suffix in COMPRESSIBLE else ""

    def send_body(self, body: bytes) -> None:
        """Send the rest of the answer."""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_headers(self) -> None:
        """Let the browser keep what its address names by version, and ask again for all else."""
        parts = urlsplit(self.path)
        named = re.fullmatch(r"(v=)?[0-9a-f]{8}", parts.query) or parts.path.endswith(".whl")
        keep = "max-age=31536000, immutable" if named and self.found else "no-cache"
        self.send_header("Cache-Control", keep)
        super().end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Remember whether there is such a file."""
        self.found = code in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
        super().send_response(code, message)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the book's own page where there is none, as a public server does."""
        lost = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not lost.is_file():
            super().send_error(code, message, explain)
            return
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_body(lost.read_bytes())

    def log_message(self, *details: object) -> None:
        """Stay quiet: the address would scroll out of sight."""


class Server(http.server.ThreadingHTTPServer):
    """A thread for each connection, and room for a class that comes all at once."""

    request_queue_size = 128

    def handle_error(self, request: object, client: object) -> None:
        """Stay quiet when a browser goes away in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client)


def address(host: str) -> str:
    """Return the address of this machine under which others reach a server on `host`."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only chooses the way, and with it the own address.
            probe.connect(("192.0.2.1", 9))
            return probe.getsockname()[0]
        except OSError:
            return HOST


def main() -> int:
    """Serve until Ctrl-C; return an exit code."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--site", default=SITE.name, help="the folder in _build: html, lite")
    given = parser.parse_args()
    site = BUILD / given.site
    if not (site / "index.html").is_file():
        target = "book" if site == SITE else given.site
        print(f"error: the book is not built: make {target}", file=sys.stderr)
        return 1
    handler = functools.partial(Handler, directory=str(site))
    try:
        server = Server((given.host, given.port), handler)
    except OSError as error:
        reason, port = error.strerror or str(error), given.port
        print(f"error: port {port}: {reason}: make serve PORT={port + 1}", file=sys.stderr)
        return 1
    shown = address(given.host)
    print(f"Inside the LSTM: http://{shown}:{server.server_port}/  (Ctrl-C stops)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
