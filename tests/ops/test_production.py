"""docker-compose.yml and the Dockerfile describe what the supervisor runs."""

import re
import shlex

import pytest
import yaml

from dps.embedded.supervisor import COMMANDS, ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_production_has_the_same_processes_as_the_supervisor():
    assert set(COMPOSE) == {*COMMANDS, "migrate", "postgres", "redis"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_service_runs_the_command_that_the_supervisor_runs(name):
    assert shlex.split(COMPOSE[name]["command"]) == shlex.split(COMMANDS[name])


@pytest.mark.parametrize("name", [*COMMANDS, "migrate"])
def test_a_service_is_given_its_servers_and_has_no_secret_written_down(name):
    given = COMPOSE[name]["environment"]
    assert given["ENVIRONMENT"] == "production"
    assert {"DATABASE_URL", "REDIS_URL"} <= set(given)
    for secret in ("SECRET_KEY", "SEALING_KEYS"):
        assert given[secret].startswith(f"${{{secret}:?"), "compose refuses to start without it"


def test_the_image_does_not_run_as_root():
    user = re.findall(r"^USER (\S+)", DOCKERFILE, re.M)
    assert user[-1:] == ["dps"]


@pytest.mark.parametrize(
    "named",
    [re.search(r"^FROM (\S+)", DOCKERFILE, re.M)[1]]
    + [service["image"] for service in COMPOSE.values() if "image" in service],
)
def test_an_image_is_named_without_a_host(named):
    assert re.fullmatch(r"[a-z-]+:[\w.-]+", named)
