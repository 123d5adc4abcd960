"""Serve the built book on this machine and print its address: ``make serve``."""

import argparse
import functools
import http.server
import sys
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
HOST = "127.0.0.1"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site, never from the browser's cache, without a line per request."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        """Ask the browser to look again after each build."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the book's own page where there is none, as a public server does."""
        lost = Path(self.directory, "404.html")
        if code != http.HTTPStatus.NOT_FOUND or not lost.is_file():
            super().send_error(code, message, explain)
            return
        body = lost.read_bytes()
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *details: object) -> None:
        """Stay quiet: the address would scroll out of sight."""


def main() -> int:
    """Serve until Ctrl-C; return an exit code."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if not (SITE / "index.html").is_file():
        print("error: the book is not built: make book", file=sys.stderr)
        return 1
    handler = functools.partial(Handler, directory=str(SITE))
    try:
        server = http.server.ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        reason = error.strerror or str(error)
        print(f"error: port {port}: {reason}: make serve PORT={port + 1}", file=sys.stderr)
        return 1
    print(f"Inside the LSTM: http://{HOST}:{server.server_port}/  (Ctrl-C stops)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
