"""Who may ask ``topics serve`` what: names, origins, sizes, rates, paths, methods."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.serving import Answer, ask, served, settings_of
from topics.web import Settings
from topics.web.guarding import Guard, Refusal
from topics.web.settings import LOCAL_RATE, OPEN_RATE

TEXT = {"text": "村口的路灯修好了。"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    labels = tmp_path_factory.mktemp("guard") / "labels.csv"
    return settings_of(labels, max_bytes=1 << 16, seconds=2)


@pytest.fixture(scope="module")
def url(settings: Settings) -> Iterator[str]:
    with served(settings) as address:
        yield address


def raw(url: str, request: bytes) -> bytes:
    """Send bytes as they are; return the first of the answer."""
    where = urlsplit(url)
    with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=30) as link:
        link.sendall(request)
        return link.recv(4096)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        "8.8.8.8",
        "",
        "[::ffff]",
    ],
)
def test_a_foreign_name_is_refused(url: str, host: str) -> None:
    for what in (None, TEXT):
        found = ask(
            url, "/api/labels" if what is None else "/api/tag", what, headers={"Host": host}
        )
        assert found.status == 403
        assert "not called" in found.error


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:80", "LOCALHOST."])
def test_this_machine_may_be_called_by_any_of_its_own_names(url: str, host: str) -> None:
    assert ask(url, "/", headers={"Host": host}).status == 200


def test_two_host_headers_are_refused(url: str) -> None:
    answer = raw(url, b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
    assert b" 200 " not in answer.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_cannot_have_a_browser_ask(
    url: str, settings: Settings, headers: dict[str, str]
) -> None:
    label = {"text": "甲", "theme": "livelihood"}
    for path, what in (("/api/tag", TEXT), ("/api/labels", label)):
        assert ask(url, path, what, headers=headers).status == 403
    assert not settings.labels.exists()


def test_the_page_itself_may_ask(url: str) -> None:
    headers = {"Origin": url.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert ask(url, "/api/tag", TEXT, headers=headers).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_forms_of_other_pages_are_no_json(url: str, kind: str) -> None:
    assert ask(url, "/api/tag", TEXT, headers={"Content-Type": kind}).status == 415


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_changes_nothing(url: str, settings: Settings, method: str) -> None:
    for path in ("/api/tag", "/api/compare", "/api/labels?text=a&theme=livelihood"):
        assert ask(url, path, method=method).status in {200, 405}
    assert not settings.labels.exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(url: str, method: str) -> None:
    found = ask(url, "/api/labels", TEXT, method=method)
    assert (found.status, "another method" in found.error) == (405, True)


@pytest.mark.parametrize(
    "path",
    [
        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cetc", "//etc/passwd",
        "/page.js/../../x", "/style.css%00", "/topics/data/templates/page.js", "/labels.csv",
    ],
)  # fmt: skip
def test_only_the_known_paths_exist(url: str, path: str) -> None:
    found = ask(url, path)
    assert found.status == 404
    assert found.error.startswith("there is nothing here")


def test_a_long_body_is_refused_by_its_header_and_by_its_bytes(url: str) -> None:
    long = b'{"text": "' + b"a" * (1 << 17) + b'"}'
    assert ask(url, "/api/tag", long).status == 413
    found = ask(url, "/api/tag", b"{}", headers={"Content-Length": "9" * 10})
    assert found.status == 413
    connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=30)
    pieces = (long[n : n + 4096] for n in range(0, len(long), 4096))
    connection.request(
        "POST", "/api/tag", pieces, {"Content-Type": "application/json"}, encode_chunked=True
    )
    assert Answer(connection.getresponse()).status == 413
    connection.close()


def test_a_body_that_never_comes_is_given_up(url: str) -> None:
    answer = raw(
        url,
        b"POST /api/tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b'Content-Length: 100\r\n\r\n{"te',
    )
    assert b" 503 " in answer.partition(b"\r\n")[0]


def test_every_answer_forbids_foreign_scripts_frames_and_guessing(url: str) -> None:
    for path in ("/", "/api", "/style.css", "/page.js", "/api/models", "/nothing", "/han.otf"):
        headers = ask(url, path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers
    assert ask(url, "/", headers={"Host": "evil.example"}).headers["x-frame-options"] == "DENY"


def test_the_page_has_no_script_or_style_of_its_own(url: str) -> None:
    page = ask(url, "/?lang=en").body.decode()
    assert page.count("<script") == page.count('<script src="/')
    assert "<style" not in page
    assert ' style="' not in page
    assert "http:" not in page.replace(url, "")
    assert (
        ask(url, "/?lang=<script>").body.decode().startswith('<!doctype html>\n<html lang="zh-CN">')
    )


def test_a_flood_is_slowed_down(settings: Settings) -> None:
    guard = Guard(lambda *_: None, replace(settings, rate=5))  # type: ignore[arg-type, return-value]
    for _ in range(10):
        guard._check_rate("1.2.3.4")
    with pytest.raises(Refusal, match="more than 5 requests a second"):
        guard._check_rate("1.2.3.4")
    guard._check_rate("1.2.3.5")
    left, last = guard.asked["1.2.3.4"]
    guard.asked["1.2.3.4"] = (left, last - 1)
    guard._check_rate("1.2.3.4")


@pytest.mark.parametrize(
    ("host", "rate", "ours", "foreign"),
    [
        (
            "127.0.0.1",
            LOCAL_RATE,
            ["127.0.0.1:80", "localhost", "[::1]:1"],
            ["10.0.0.5", "desk.lan"],
        ),
        ("::1", LOCAL_RATE, ["[::1]:80", "localhost:1"], ["10.0.0.5"]),
        ("0.0.0.0", OPEN_RATE, ["10.0.0.5:80", "localhost", "desk.lan:1"], ["evil.example"]),
        ("desk", OPEN_RATE, ["desk:80", "10.0.0.5"], ["desk.evil.example"]),
    ],
)
def test_names_follow_from_the_address(
    settings: Settings, host: str, rate: int, ours: list[str], foreign: list[str]
) -> None:
    made = replace(settings, host=host, names=() if "1" in host else ("desk.lan",))
    assert made.per_second == rate
    assert [made.is_ours(name) for name in ours] == [True] * len(ours)
    assert [made.is_ours(name) for name in foreign] == [False] * len(foreign)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
FIELDS = st.dictionaries(
    st.sampled_from(["text", "file", "model", "models", "format", "lang", "theme", "tags", "x"]),
    JSON | st.sampled_from(["page", "json", "csv", "zh", "cppcc"]),
    max_size=4,
)


@hypothesis.settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=60) | FIELDS.map(lambda fields: json.dumps(fields).encode()),
    st.sampled_from(["/api/tag", "/api/compare", "/api/labels"]),
)
def test_no_body_is_a_fault(url: str, body: bytes, path: str) -> None:
    found = ask(url, path, body)
    assert found.status in {200, 400, 422}
    assert found.status == 200 or found.error


@given(st.text(max_size=40))
def test_any_host_header_is_judged_without_an_exception(settings: Settings, host: str) -> None:
    for address in ("127.0.0.1", "0.0.0.0"):
        assert replace(settings, host=address).is_ours(host) in {True, False}
    assert not settings.is_ours(f"{host.replace(':', '')}.evil.example")
