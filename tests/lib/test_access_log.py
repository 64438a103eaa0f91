"""One line for each request: how long, how much, by which route; never who, from where or which row."""

import configparser
import logging

import pytest
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory

from lms.lib import access_log
from lms.lib.logs import LineFormatter
from lms.settings import base
from tests.imports import ROOT


@pytest.fixture
def lines(caplog, monkeypatch):
    """Lines as they are written; the clock takes 0.25 s for a request."""
    caplog.set_level(logging.INFO)
    ticks = iter(range(1000))
    monkeypatch.setattr(access_log, "clock", lambda: next(ticks) * 0.25)
    return lambda: [LineFormatter().format(record) for record in caplog.records if record.name == "lms.lib.access_log"]


def fields(line: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in line.split() if "=" in word)


@pytest.mark.django_db
def test_a_line_says_route_status_time_and_size(client, lines):
    answer = client.get("/robots.txt?phone=771234567")
    (line,) = lines()
    told = {"method": "GET", "route": "robots", "status": "200", "ms": "250", "bytes": str(len(answer.content))}
    assert fields(line) == told
    assert line.split()[4] not in {"-", ""}, "the id of the request, which the page of an error shows too"


@pytest.mark.django_db
def test_a_line_holds_no_row_secret_address_or_browser(lines):
    client = Client(headers={"user-agent": "Firefox", "x-forwarded-for": "10.20.30.40"}, REMOTE_ADDR="10.20.30.40")
    for path in ("/fr/accounts/card/s3cret/", "/v/AAAA-BBBB-CCCC/", "/fr/seynabou-ndiaye/", "/media/seynabou.webp"):
        client.get(path, {"phone": "771234567"})
    client.generic("SEYNABOU", "/robots.txt")
    told = "\n".join(lines())
    assert told.count("route=") == 5
    assert "route=v/<str:code>/" in told, "the pattern of an address without a name"
    for word in ("s3cret", "AAAA", "seynabou", "771234567", "Firefox", "10.20", "SEYNABOU", "?"):
        assert word not in told
    assert "method=OTHER" in told


@pytest.mark.django_db
def test_routes_are_as_many_as_addresses_of_the_code(client, lines):
    for number in range(3):
        client.get(f"/fr/verify/{number}/")
        client.get(f"/static/{number}.css")
        client.get(f"/nowhere{number}")
    assert {fields(line)["route"] for line in lines()} == {"verify:check", "static", "-"}


@pytest.mark.django_db
def test_probes_that_are_well_fill_no_log(client, lines, monkeypatch):
    client.get("/livez")
    assert lines() == []
    monkeypatch.setitem(access_log.PROBES, "/readyz", lambda request: StreamingHttpResponse(["x"], status=503))
    client.get("/readyz")
    (line,) = lines()
    assert fields(line) | {"route": "/readyz", "status": "503", "bytes": "-"} == fields(line)


def test_it_can_be_left_to_the_proxy(client, lines, settings):
    settings.ACCESS_LOG = False
    client.get("/robots.txt")
    assert lines() == []


def test_a_large_file_is_no_phone_number(lines):
    def answers(request):
        return StreamingHttpResponse(["x"], headers={"Content-Length": "104857600"})

    access_log.AccessLogMiddleware(answers)(RequestFactory().get("/robots.txt"))
    assert "bytes=104857600" in lines()[0]


def test_it_stands_above_whatever_answers():
    first = base.MIDDLEWARE[:2]
    assert first == ["lms.lib.requestid.RequestIdMiddleware", "lms.lib.access_log.AccessLogMiddleware"]


def test_the_web_server_writes_no_log_of_addresses():
    """Not even when somebody sets ``GRANIAN_LOG_ACCESS_ENABLED``."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "lms" / "supervisord.conf")
    assert "--no-access-log" in config["program:web"]["command"].split()
