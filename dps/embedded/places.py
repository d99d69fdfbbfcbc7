"""Where the bundled servers keep their files and listen."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
HEARTBEAT = "dps.heartbeat"  # a key in Redis: beat has ticked and a worker has done its task
LONGEST = 103  # bytes in the path of a Unix socket; Linux takes 107, others fewer
PLAIN = re.compile(r"[\w./+-]+", re.ASCII)  # may stand in a URL as it is


def sockets(var: Path) -> Path:
    """The folder of the sockets: `var` itself, or one for it under the temporary folder when its
    path is too long for a socket or cannot stand in a URL."""
    var = Path(var).resolve()
    key = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    elsewhere = f"dps-{os.getuid()}-{key}"
    for folder in (var, Path(tempfile.gettempdir()) / elsewhere):
        path = str(folder / "postgres" / SOCKET)
        if len(os.fsencode(path)) <= LONGEST and PLAIN.fullmatch(path):
            return folder
    return Path("/tmp") / elsewhere  # noqa: S108


def addresses(var: Path, environment: str) -> tuple[str, str]:
    """DATABASE_URL and REDIS_URL of the bundled servers that keep their files in `var`."""
    folder = sockets(var)
    database = "test_dps" if environment == "test" else "dps"
    return (
        f"postgresql://postgres@/{database}?host={folder / 'postgres'}",
        f"unix://{folder / 'redis' / 'socket'}",
    )
