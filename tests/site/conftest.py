"""One server and one browser for all tests of a worker."""

import functools
import threading

import pytest
from playwright.sync_api import sync_playwright

from tests.site import visits
from tools.browser import find_chromium, problem
from tools.serve import HOST, Handler, Server


@pytest.fixture(scope="session")
def browser():
    reason = problem()
    if reason:
        pytest.fail(reason, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=visits.ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder and returns its address."""
    servers = []

    def serve(folder):
        server = Server((HOST, 0), functools.partial(Handler, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://{HOST}:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def base(serve):
    if not (visits.SITE / "index.html").is_file():
        pytest.fail("the book is not built: run make book", pytrace=False)
    return serve(visits.SITE)


@pytest.fixture
def new_page(browser):
    """A function that opens an empty page; it is closed after the test."""
    opened = []

    def new_page(*args, **options):
        opened.append(visits.new_page(browser, *args, **options))
        return opened[-1]

    yield new_page
    for page in opened:
        page.context.close()
