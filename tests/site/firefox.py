"""Firefox without a driver: a few commands of WebDriver BiDi, which the browser itself speaks."""

import itertools
import json
import re
import shutil
import subprocess
import time

import websocket

COMMANDS = ("firefox", "firefox-esr")
PREFERENCES = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


def find_firefox():
    return next(filter(None, map(shutil.which, COMMANDS)), None)


class Firefox:
    """One window of one browser with a profile of its own; any host but this machine is cut off."""

    def __init__(self, folder):
        (folder / "user.js").write_text(PREFERENCES, encoding="utf-8")
        command = [find_firefox(), "--headless", "--remote-debugging-port", "0"]
        command += ["--profile", str(folder), "--no-remote", "about:blank"]
        self._log = (folder / "firefox.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self._numbers = itertools.count(1)
        self._socket = None
        try:
            address = f"{self._address(folder / 'firefox.log')}/session"
            self._socket = websocket.create_connection(address, timeout=90, suppress_origin=True)
            self.command("session.new", capabilities={})
            tree = self.command("browsingContext.getTree")
            self.context = tree["contexts"][0]["context"]
        except BaseException:
            self.close()
            raise

    def _address(self, log):
        for _ in range(600):
            found = LISTENS.search(log.read_text(encoding="utf-8", errors="replace"))
            if found:
                return found[1]
            time.sleep(0.1)
        raise TimeoutError(f"Firefox does not listen:\n{log.read_text(encoding='utf-8')[-500:]}")

    def command(self, method, **parameters):
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, address):
        self.command("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def run(self, script):
        """The value of a script, a string; promises are awaited."""
        result = self.command(
            "script.evaluate",
            expression=f"(async () => {{ {script} }})()",
            target={"context": self.context},
            awaitPromise=True,
            userActivation=True,
        )
        if result["type"] == "exception":
            raise RuntimeError(result["exceptionDetails"]["text"])
        return result["result"].get("value")

    def close(self):
        if self._socket:
            self._socket.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
