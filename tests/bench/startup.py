"""`bench startup`: from calling `./run` again to the first page it answers, and `./run --help`; medians.

The demonstration is built by a first call in a home of its own, which is not counted. Beside them stands what a
start is made of: Python alone, the program's imports, and what is left for the database and the application.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests.bench.ground import folder, listed, load, say, spread

ROUNDS = 5
RUN = Path(__file__).parents[2] / "run"
IMPORTS = {
    "Python": "pass",
    "Python and the command line": "import web.cli",
    "Python, engine, command": "import web.cli_run",
    "Python, engine, command, web": "import web.cli_run, web.app, web.admin, web.gate, web.views.case",
}


def main() -> None:
    """Measure and print the result, in seconds."""
    with folder() as home:
        environment = os.environ | {"CASEWORK_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
        first = _until_a_page(environment)
        again = [_until_a_page(environment) for _ in range(ROUNDS)]
        helped = [_until_done([str(RUN), "--help"], environment) for _ in range(ROUNDS)]
        made_of = {
            name: median(
                [_until_done([sys.executable, "-P", "-c", code], environment) for _ in range(ROUNDS)]
            )
            for name, code in IMPORTS.items()
        }
    say(f"{load()}; {ROUNDS} times each; the first start, with the demonstration built: {first:.1f} s")
    say(f"  again until a page {spread(again)}, help {spread(helped)}")
    say(f"  ms: {listed(made_of)}")
    say(f"RESULT page_s={median(again):.2f} help_s={median(helped):.2f}")


def _until_a_page(environment: Mapping[str, str]) -> float:
    """Seconds until the sign-in page was answered; stopped again afterwards."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(RUN)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if address := re.search(r"http://([\d.:]+)", line):
                break
        else:
            sys.exit("".join(lines))
        asked = http.client.HTTPConnection(address[1], timeout=30)
        asked.request("GET", "/sign-in")
        answer = asked.getresponse()
        assert answer.status == 200 and answer.read()
        took = time.perf_counter() - start
        asked.close()
    finally:
        process.terminate()
        process.communicate(timeout=30)
    return took


def _until_done(call: list[str], environment: Mapping[str, str]) -> float:
    """Seconds until it has run to its end."""
    start = time.perf_counter()
    subprocess.run(call, check=True, capture_output=True, env=environment, cwd=RUN.parent)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
