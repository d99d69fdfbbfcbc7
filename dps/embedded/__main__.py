"""python -m dps.embedded run | with -- COMMAND ..."""

import sys

from dps.embedded.children import Problem
from dps.embedded.supervisor import run, run_with_servers


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run"]:
            return run()
        case ["with", "--", _, *_]:
            return run_with_servers(arguments[2:])
    raise Problem(f"Say one of: {__doc__}")


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except Problem as problem:
        sys.exit(str(problem))
    sys.exit(status)
