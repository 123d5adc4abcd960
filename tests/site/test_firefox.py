"""One exercise in Firefox: a browser of another make runs the same page."""

import json

import pytest

from tests.site import in_page
from tests.site.firefox import Firefox, find_firefox

WAIT = """
const until = async (what) => {
  for (let k = 0; k < 600; k += 1) {
    const found = what();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("waited a minute for " + what);
};
const cell = (id) => document.querySelector(`[data-cell="${id}"]`);
const press = (id, name) =>
  [...cell(id).querySelectorAll("button")].find((each) => each.textContent === name).click();
"""
WRITE = """
const editor = await until(() => cell("forget_gate-blank").querySelector(".cm-content"));
editor.focus();
document.execCommand("selectAll");
document.execCommand("insertText", false, ANSWER);
press("forget_gate-blank", "Check");
await until(() => !cell("forget_gate-blank").matches("[data-busy]"));
return cell("forget_gate-check").querySelector(".cell_output").innerText;
"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    if find_firefox() is None:
        pytest.skip("Firefox is not installed")
    firefox = Firefox(tmp_path_factory.mktemp("firefox"))
    yield firefox
    firefox.close()


def verdict(firefox, answer):
    said = firefox.run(WAIT + WRITE.replace("ANSWER", json.dumps(answer)))
    return " ".join(said.split())


def test_an_exercise_is_completed_in_firefox(firefox, base):
    firefox.open(base + in_page.PAGES[3])
    firefox.run(WAIT + 'press("forget_gate-blank", "Write your answer here");')
    for answer in (in_page.wrong_answer("forget_gate"), in_page.right_answer("forget_gate")):
        assert verdict(firefox, answer) == in_page.verdict("forget_gate", answer, "en")
    native = "import itertools\nreturn sum(itertools.repeat(0))"
    said = verdict(firefox, in_page.with_lines("forget_gate", native))
    assert "in a call that does not return" in said
    right = in_page.right_answer("forget_gate")
    assert verdict(firefox, right) == in_page.verdict("forget_gate", right, "en")
    # Kept over a reload, as in the other browser.
    firefox.open(base + in_page.PAGES[3])
    kept = firefox.run(
        WAIT + 'return (await until(() => document.querySelector(".in-page-kept"))).innerText;'
    )
    assert "correct" in kept
