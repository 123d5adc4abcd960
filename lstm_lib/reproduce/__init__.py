"""The experiments of 1997 run again, as in 1997 and as one would today.

Each module imports only those above it, and a trial goes down once and comes up with its result.

``wiring``, ``compiled``, ``network_1997``
    The networks of 1997, and their cells with the truncated gradient, compiled by Numba.
``judging``
    What both columns are judged by.
``variants``, ``tables``
    Every row of the paper's Tables 1 to 9, and of one table of 2000, with what they report.
``changes``
    Rows with something changed, to see what a result is due to.
``continual``, ``guessing``, ``in_1997``
    A trial of a row, as in 1997.
``today``
    A trial of a row, as one would do it today.
``results``, ``summary``, ``runner``
    Files of results; one line for each row; trials in parallel that go on where they stopped.

Run it with ``python -m lstm_lib.reproduce --help``. It needs the extra ``reproduce``: ``pip install
"inside-the-lstm[reproduce]"``. Importing this package loads none of the above.
"""
