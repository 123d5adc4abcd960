"""`make serve`: what a browser is sent, in which form, and for how long it may keep it."""

import functools
import gzip
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.serve import HOST, Handler, Server, address

TEXT = b"an LSTM " * 500


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    for name in ("index.html", "book.js", "worker.mjs", "core.wasm", "a.whl", "404.html"):
        (folder / name).write_bytes(TEXT + name.encode())
    (folder / "core.wasm.br").write_bytes(b"as brotli leaves it")
    (folder / "folder").mkdir()
    (folder / "folder" / "index.html").write_bytes(b"inside")
    return folder


@pytest.fixture(scope="module")
def get(site):
    server = Server((HOST, 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def get(path, method="GET", **headers):
        connection = http.client.HTTPConnection(HOST, server.server_port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers={"Accept-Encoding": "identity"} | named)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    yield get
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("", "text/html"),
        ("book.js", "text/javascript"),
        ("worker.mjs", "text/javascript"),
        ("core.wasm", "application/wasm"),
        ("a.whl", "application/zip"),
    ],
)
def test_a_file_comes_with_its_type_and_whole(get, name, kind):
    answer, body = get(f"/{name}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Encoding"] is None
    assert body == TEXT + (name or "index.html").encode()
    assert get(f"/{name}", method="HEAD")[1] == b""


def test_text_is_compressed_for_who_can_unpack_it(get):
    answer, body = get("/book.js", Accept_Encoding="gzip, deflate, br, zstd")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) == int(answer.headers["Content-Length"]) < 100
    assert gzip.decompress(body) == TEXT + b"book.js"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert get("/book.js", Accept_Encoding="gzip;q=0, br")[0].headers["Content-Encoding"] is None
    assert get("/a.whl", Accept_Encoding="gzip")[0].headers["Content-Encoding"] is None


def test_what_lies_there_compressed_is_sent_so(get):
    answer, body = get("/core.wasm", Accept_Encoding="gzip, br;q=0.9")
    assert (answer.headers["Content-Encoding"], body) == ("br", b"as brotli leaves it")
    assert answer.headers["Content-Type"] == "application/wasm"
    assert get("/core.wasm", Accept_Encoding="gzip")[0].headers["Content-Encoding"] == "gzip"


def test_what_has_not_changed_is_not_sent_again(get, site):
    first, _ = get("/book.js", Accept_Encoding="gzip")
    again, body = get("/book.js", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")
    # Another form is another answer.
    assert get("/book.js", If_None_Match=first.headers["ETag"])[0].status == 200
    before = (site / "book.js").read_bytes()
    try:
        (site / "book.js").write_bytes(b"anew" * 100)
        changed, body = get("/book.js", Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
        assert (changed.status, gzip.decompress(body)) == (200, b"anew" * 100)
    finally:
        (site / "book.js").write_bytes(before)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/book.js?v=0a1b2c3d", True),
        ("/book.js?0a1b2c3d", True),
        ("/a.whl", True),
        ("/book.js", False),
        ("/", False),
        ("/book.js?q=lstm", False),
        ("/none.js?v=0a1b2c3d", False),
        ("/none.whl", False),
    ],
)
def test_only_what_its_address_names_by_version_is_kept_unasked(get, path, kept):
    said = get(path)[0].headers["Cache-Control"]
    assert said == ("max-age=31536000, immutable" if kept else "no-cache")


def test_other_addresses(get):
    assert get("/folder")[0].headers["Location"] == "/folder/"
    assert get("/folder/")[1] == b"inside"
    for path in ("/none", "/book.js/", "/../serve.py"):
        answer, body = get(path)
        assert (answer.status, body) == (404, TEXT + b"404.html")


def test_a_class_comes_all_at_once(get):
    start = time.monotonic()
    with ThreadPoolExecutor(60) as readers:
        answers = list(readers.map(lambda _: get("/book.js", Accept_Encoding="gzip"), range(300)))
    assert {answer.status for answer, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert time.monotonic() - start < 20


def test_one_slow_reader_keeps_nobody_waiting(get, site):
    """It opens a connection and says nothing; others are served meanwhile."""
    server = Server((HOST, 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with socket.create_connection((HOST, server.server_port)):
            connection = http.client.HTTPConnection(HOST, server.server_port, timeout=10)
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
            connection.close()
    finally:
        server.shutdown()
        server.server_close()


def test_the_address_that_is_printed_can_be_typed():
    assert address(HOST) == HOST
    assert address("0.0.0.0") not in ("0.0.0.0", "")
