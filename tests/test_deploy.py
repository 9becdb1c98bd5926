"""What stands between the repository and a running site: locks, image, compose file."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
OURS = {"migrate", "web", "worker", "beat"}
NEVER_FREE = (
    "SECRET_KEY",
    "DATA_KEYS",
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "EMAIL_URL",
    "SITE_HOST",
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(read("docker-compose.yml"))


@pytest.fixture(scope="module")
def services(compose) -> dict:
    return compose["services"]


# --- Locks ---------------------------------------------------------------------------------------
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_every_package_with_checksums(lock):
    lines = read(lock).replace("\\\n", " ").splitlines()
    entries = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert entries
    for entry in entries:
        assert re.match(r"[\w.-]+==[\w.]+( |$)", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", [*LOCKS, "package-lock.json"])
def test_lock_names_no_download_address(lock):
    text = read(lock)
    assert "resolved" not in text
    assert "index-url" not in text
    # npm notes where to thank the makers of a package; that is no place to download from.
    addresses = re.findall(r'"?(\w+)"?:? *"?https?://', text)
    assert set(addresses) <= {"url"}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-node"])
def test_every_direct_package_is_locked(name):
    def normal(package: str) -> str:
        return re.sub(r"[-_.]+", "-", package).lower()

    wanted = re.findall(r"^[A-Za-z][\w.-]*", read(f"{name}.in"), re.MULTILINE)
    locked = re.findall(r"^([A-Za-z][\w.-]*)==", read(f"{name}.txt"), re.MULTILINE)
    assert {normal(package) for package in wanted} <= {normal(package) for package in locked}


def test_what_is_checked_with_is_what_runs():
    def versions(lock: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.-]+)==([\w.]+)", read(lock), re.MULTILINE))

    running, checking = versions("requirements.txt"), versions("requirements-dev.txt")
    shared = running.keys() & checking.keys()
    assert {name: checking[name] for name in shared} == {name: running[name] for name in shared}


def test_front_end_packages_are_locked_with_checksums():
    packages = json.loads(read("package-lock.json"))["packages"]
    wanted = json.loads(read("package.json"))["dependencies"]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    for path, package in packages.items():
        assert not path or package["integrity"].startswith("sha512-"), path


def test_every_direct_package_is_explained():
    table = read("docs/dependencies.md").lower()
    for name in ("requirements", "requirements-dev", "requirements-node"):
        for package in re.findall(r"^[A-Za-z][\w.-]*", read(f"{name}.in"), re.MULTILINE):
            version = re.search(rf"(?mi)^{re.escape(package)}==([\w.]+)", read(f"{name}.txt"))
            assert f"| {package.lower()} | {version[1]} |" in table
    for package, version in json.loads(read("package.json"))["dependencies"].items():
        assert f"| {package} | {version} |" in table


# --- Image ---------------------------------------------------------------------------------------
def test_image_runs_as_a_user_without_rights_and_watches_its_health():
    final = re.split(r"(?m)^FROM ", read("Dockerfile"))[-1]
    assert re.search(r"(?m)^USER meldcode$", final)
    assert "healthcheck.py" in final
    assert (ROOT / "deploy" / "healthcheck.py").is_file()


def test_what_is_kept_for_a_while_goes_where_the_program_may_write(services):
    """fontconfig else tells of it in the log at each paper, in lines that are no JSON."""
    assert re.search(r"XDG_CACHE_HOME=/tmp\b", read("Dockerfile"))
    assert all(services[name]["tmpfs"] == ["/tmp"] for name in OURS)  # noqa: S108


def test_image_keeps_no_secret():
    assert not re.search(r"(?m)^(ENV|ARG)[^\n]*(SECRET|PASSWORD)", read("Dockerfile"))
    # Of what lies beside the program nothing goes in: backups, their key, copies of `.env`.
    first, *others = (line for line in read(".dockerignore").splitlines() if line[:1] != "#")
    assert first == "*"
    let_in = {line[1:] for line in others if line.startswith("!")}
    assert all((ROOT / name).exists() for name in let_in)
    assert {path.parent.name for path in ROOT.glob("*/apps.py")} <= let_in


def test_image_copies_only_what_exists():
    for sources in re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", read("Dockerfile")):
        for source in sources.split():
            assert (ROOT / source).exists(), source


# --- Compose -------------------------------------------------------------------------------------
def test_compose_has_all_that_production_needs(services):
    assert set(services) == OURS | {"postgres", "redis", "proxy", "backup"}


def test_web_and_worker_can_be_multiplied(services):
    for name in ("web", "worker"):
        assert "container_name" not in services[name]
        assert "hostname" not in services[name]
        assert "ports" not in services[name]
    assert services["beat"]["deploy"]["replicas"] == 1


def test_only_the_proxy_can_be_reached(compose, services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis"):
        assert services[name]["networks"] == ["inside"]


def test_postgresql_writes_no_statement_that_fails_into_its_log(services):
    told = services["postgres"]["command"]
    assert told[0] == "postgres"
    assert set(told[1::2]) == {"-c"}
    # What the program warns of otherwise (meldcode/checks.py), but for what is so by itself.
    assert told[2::2] == ["log_min_error_statement=panic", "log_error_verbosity=terse"]


def test_nothing_starts_without_its_secrets(services):
    text = read("docker-compose.yml")
    for name in NEVER_FREE:
        assert f"${{{name}:?" in text
        assert not re.search(rf"\$\{{{name}:?-", text), f"{name} has a default"
    for name in OURS:
        environment = services[name]["environment"]
        assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
        assert (environment["DEBUG"], environment["DEMO"], environment["TLS"]) == (
            "false",
            "false",
            "true",
        )


def test_what_the_docs_tell_to_set_is_what_compose_hands_on(compose):
    """What is explained and goes nowhere is believed to work; what is not explained is not set."""
    explained = set(re.findall(r"`([A-Z_]{3,})(?:=[^`]*)?`", read("docs/operations.md")))
    text = re.sub(r"(?m)^ *#.*$", "", read("docker-compose.yml"))
    asked = set(re.findall(r"\$\{([A-Z_]+)", text))
    assert not asked - explained
    table = read("docs/operations.md").split("## What must be kept")[0]
    to_set = set(re.findall(r"`([A-Z_]{3,})`(?=[^|]*\|)", table))
    assert "SITE_HOST" in to_set
    assert not to_set - asked


def test_a_backup_can_be_brought_back_into_volumes_that_are_new():
    """A new volume has the owner that its folder has in the image that is the first to mount it."""
    image, program = read("deploy/backup.Dockerfile"), read("Dockerfile")
    for text, owner in ((program, "meldcode"), (image, "10001")):
        made = re.search(rf"install -d -o {owner} -g {owner} -m 700 ([^\n\\&]+)", text)
        assert made, "its folders are not made"
        assert {"/data/media", "/data/destroyed"} <= set(made[1].split())


def test_the_database_is_up_to_date_before_anything_uses_it(services):
    assert services["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]
    assert services["migrate"]["restart"] == "no"
    for name in OURS - {"migrate"}:
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }


def test_our_services_have_no_privileges(services):
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in services[name]["security_opt"]


def test_no_log_grows_until_the_disk_is_full(services):
    for name, service in services.items():
        assert service["logging"]["driver"] == "json-file", name
        assert set(service["logging"]["options"]) == {"max-size", "max-file"}, name


def test_data_lives_in_named_volumes(compose, services):
    mounts = [mount for service in services.values() for mount in service.get("volumes", [])]
    used = {mount.split(":")[0] for mount in mounts if mount[0] not in ".$"}
    assert used == set(compose["volumes"])
    for name in ("web", "worker"):
        assert "media:/data/media" in services[name]["volumes"]
    # What is backed up is what the program writes to, and a backup starts by hand alone.
    assert set(services["backup"]["volumes"]) > set(services["web"]["volumes"])
    assert services["backup"]["profiles"] == ["backup"]


def test_every_mounted_file_exists(services):
    for service in services.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists()


def test_who_follows_the_docs_has_every_setting_that_is_asked_for():
    """What compose does not start without stands in the `.env` of the first steps."""
    asked = set(re.findall(r"\$\{(\w+):\?", read("docker-compose.yml")))
    block = read("docs/operations.md").partition("cat > .env <<END")[2].partition("END")[0]
    assert asked
    assert asked - set(re.findall(r"^ *(\w+)=", block, re.M)) == set()


def test_the_proxy_finds_every_web_by_its_service(services):
    caddyfile = read("deploy/Caddyfile")
    assert "name web" in caddyfile
    assert "port 8000" in caddyfile
    assert "outside" in services["web"]["networks"]
    assert services["proxy"]["networks"] == ["outside"]


@pytest.mark.parametrize(
    ("sent", "passed_on"),
    [
        ("__Host-session=abc", ["__Host-session=abc"]),
        ("a=1; __Host-session=abc; b=2; __Host-csrf=d", ["__Host-session=abc", "__Host-csrf=d"]),
        (f"one={'x' * 4000}; two={'x' * 4000}; __Host-session=abc", ["__Host-session=abc"]),
        (
            "__Hostx=1;__host-session=z; _a=1;\u2000__Host-session=z;__Host-csrf=d",
            ["__Host-csrf=d"],
        ),
        ("_ga=1", []),
    ],
)
def test_the_proxy_passes_on_no_cookie_of_a_neighbour(sent, passed_on):
    """Three large ones, set by a page under the same domain, and the web refused each page for a
    year. Python reads here what Caddy reads as RE2: both say the same of it.
    """
    others = re.search(r'request_header Cookie `([^`]+)` ";"', read("deploy/Caddyfile")).group(1)
    left = re.sub(others, ";", sent, flags=re.ASCII).split(";")
    assert [cookie.strip(" ") for cookie in left if cookie] == passed_on


def test_the_proxy_says_politely_that_nobody_answers(services):
    """A single web that starts anew is away for some seconds: people must know what to do."""
    caddy = read("deploy/Caddyfile")
    assert "handle_errors" in caddy
    assert "in [502, 503, 504]" in caddy
    assert "rewrite @away /away.html" in caddy
    assert "header @away Retry-After 60" in caddy
    # What it writes down of a request that found nobody holds no link from a mail.
    assert "request>uri delete" in caddy
    assert "request>headers delete" in caddy
    # The folder: a mounted file stays the old one when git puts another in its place.
    assert "./deploy:/etc/caddy:ro" in services["proxy"]["volumes"]
    page = read("deploy/away.html")
    assert "Verstuurde je net iets?" in page
    # Each form has autocomplete="off": no browser brings back what was typed in it.
    assert "Ga dan terug" not in page
    assert "go back" not in page


def test_the_proxy_says_what_is_too_large():
    """It was an empty page."""
    caddy = read("deploy/Caddyfile")
    assert "{err.status_code} == 413" in caddy
    assert "rewrite @too_large /too_large.html" in caddy
    assert "Dat is te groot" in read("deploy/too_large.html")


@pytest.mark.parametrize("name", ["away.html", "too_large.html"])
def test_a_page_of_the_proxy_lets_go_of_what_was_sent(name):
    """It may answer a form; a browser keeps what was sent on its disk, and no page of the program
    follows that would tell it not to.
    """
    page = read(f"deploy/{name}")
    [script] = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert script in read("static/js/sent.js").splitlines()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policies = re.findall(r'Content-Security-Policy "([^"]*)"', read("deploy/Caddyfile"))
    assert f"script-src 'sha256-{digest}'" in policies[-1]
    # In the same house as the page of the form: else it comes too late (seen in Chromium).
    assert "header Cross-Origin-Opener-Policy same-origin" in read("deploy/Caddyfile")
    # It stands alone: what it would fetch is away too, and its policy lets nothing in.
    assert not re.search(r"src=|<link|url\(", page)


def test_the_proxy_passes_on_whole_forms_only():
    """Else eight forms that never end keep everybody out: each holds a thread of the web."""
    caddy = read("deploy/Caddyfile")
    largest = re.search(r"max_size (\d+MB)", caddy).group(1)
    assert f"request_buffers {largest}" in caddy
    assert re.search(r"read_header \d+s", caddy)
    assert re.search(r"read_body \d+m", caddy)


# --- Setting up ----------------------------------------------------------------------------------
def test_setting_up_never_empties_an_environment_behind_a_link(tmp_path):
    site, shared = tmp_path / "site", tmp_path / "shared"
    shutil.copytree(ROOT / "script", site / "script")
    shared.mkdir()
    (shared / "precious").touch()
    (site / ".venv").symlink_to(shared)

    ran = subprocess.run(
        [site / "script" / "setup"], cwd=site, capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert ".venv is a link to" in ran.stderr
    assert (shared / "precious").exists()


def test_the_proxy_takes_whole_answers_whoever_reads_them_slowly():
    """Else eight answers that nobody reads keep everybody out, signed out as one is."""
    caddy = read("deploy/Caddyfile")
    largest = re.search(r"max_size (\d+MB)", caddy).group(1)
    assert f"response_buffers {largest}" in caddy
    assert re.search(r"\bwrite \d+m", caddy)


# --- Upgrading -----------------------------------------------------------------------------------
DOCKER = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
  "compose ps --quiet --status running "*) echo old ;;
  "compose ps --all --quiet web") printf 'old\\nnew\\n' ;;
  "$FAILS"*) exit 1 ;;
esac
"""


@pytest.mark.parametrize(
    "fails", ["nothing", "compose run", "compose up --detach --no-deps --no-r"]
)
def test_old_webs_go_when_new_ones_are_well_and_only_then(fails, tmp_path):
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "sleep").write_text("#!/bin/sh")
    for name in ("docker", "sleep"):
        (tmp_path / name).chmod(0o755)
    calls = tmp_path / "calls"
    ran = subprocess.run(
        [ROOT / "deploy" / "replace"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "CALLS": str(calls), "FAILS": fails},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = calls.read_text().splitlines()
    stops = [line for line in said if line == "stop --time 30 old"]
    assert (ran.returncode, bool(stops)) == ((0, True) if fails == "nothing" else (1, False))
    if stops:
        beside = said.index("compose up --detach --no-deps --no-recreate --wait --scale web=2 web")
        assert beside < said.index("stop --time 30 old")
        # Nothing starts by what depends on it: that would stop the webs and the proxy.
        assert all("--no-deps" in line for line in said if line.startswith("compose up"))
    # What did not become well goes, and nothing else.
    assert ("rm --force new" in said) is fails.startswith("compose up")
    assert "rm --force old" not in said
