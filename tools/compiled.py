"""A zip of Python that starts sooner: what comes first is compiled, what builds it is left out.

`tools.python_in_page` has this file run by the very Python whose bytecode is wanted, Pyodide's, so
it imports nothing of the book.
"""

import importlib.util
import io
import re
import sys
import zipfile

# What a program never reads: headers, stubs, tests, samples, tables for other formats of figures.
UNUSED = re.compile(
    r"""\.(a|build|c|cfg|h|ini|pc|pxd|pyi|pyx|rst|template)$
    | (^|/)(tests?|sample_data|include)/ | _(umath|rational|ufunc|flag)_tests\.[^/]*so$ | /RECORD$
    | ^numpy/(f2py|_pyinstaller)/ | /(afm|pdfcorefonts|web_backend)/""",
    re.VERBOSE,
)
# A time that is always the same; zip knows none before.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def bytecode(source: bytes, filename: str) -> bytes:
    """Return what a ``.pyc`` file holds that nobody compares with its source."""
    code = compile(source, filename, "exec", dont_inherit=True)
    found = importlib.util.source_hash(source)
    return bytes(importlib._bootstrap_external._code_to_hash_pyc(code, found, False))


def files(archives: list, folder: str, keep_sources: bool) -> dict[str, bytes]:
    """Return the files of some zips by their names, with bytecode of modules that are imported.

    They will lie in `folder`, which tracebacks name. The bytecode stands in the place of its
    source, or beside it. What nobody has imported stays as it is: compiled, it would weigh more.
    """
    imported = {getattr(module, "__file__", None) for module in sys.modules.values()}
    found = {}
    for archive in archives:
        package = zipfile.ZipFile(io.BytesIO(archive))
        for name in sorted(package.namelist()):
            if name.endswith("/") or UNUSED.search(name):
                continue
            data, path = package.read(name), f"{folder}/{name}"
            if not name.endswith(".py") or path not in imported:
                found[name] = data
            elif keep_sources:
                found[name] = data
                found[importlib.util.cache_from_source(name)] = bytecode(data, path)
            else:
                found[f"{name}c"] = bytecode(data, path)
    return found


def zipped(contents: dict[str, bytes], method: int) -> bytes:
    """Return a zip of files; it is the same for the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in contents.items():
            made.writestr(zipfile.ZipInfo(name, LONG_AGO), data, method, 9)
    return stream.getvalue()


def compiled(archives: list, folder: str, keep_sources: bool) -> tuple[bytes, bytes]:
    """Return `files` as a zip, and as one that is not compressed: brotli packs that one smaller."""
    contents = files(archives, folder, keep_sources)
    return zipped(contents, zipfile.ZIP_DEFLATED), zipped(contents, zipfile.ZIP_STORED)
