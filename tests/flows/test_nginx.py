"""The nginx file of docs/operations/files before a real site in production, asked as phones and attackers ask."""

import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.conf import settings

from bench.installation import free_port, wait_for
from bench.services import NAME, Nginx, find
from tests.database import migrated_file
from tests.lib.test_supervised import PRODUCTION, processes

pytestmark = [
    pytest.mark.drill,
    pytest.mark.xdist_group("kills"),
    pytest.mark.skipif(find("nginx") is None, reason="needs nginx: sudo apt-get install -y nginx-light"),
]
MB = 1024 * 1024
LARGEST_UPLOAD_MB = 50  # the default of MEDIA_MAX_UPLOAD_MB
STATIC_FILES = Path(settings.BASE_DIR) / "var" / "bench-static"  # collected once, for the bench as well


class Proxied(SimpleNamespace):
    """A site behind nginx; ``ask`` comes from an address of its own (all of 127/8 is this machine)."""

    folder: Path
    http: int
    https: int
    main: "subprocess.Popen[bytes]"

    def connect(self, *, name: str = NAME, source: str = "127.0.0.1", timeout: float = 60) -> ssl.SSLSocket:
        trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        plain = socket.create_connection(("127.0.0.1", self.https), timeout=timeout, source_address=(source, 0))
        return trust.wrap_socket(plain, server_hostname=name)

    def ask(
        self, path: str, *, method: str = "GET", body: bytes = b"", source: str = "127.0.0.1", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        link = http.client.HTTPConnection(NAME, self.https)
        link.sock = self.connect(source=source)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if "X_Forwarded_For" in headers:  # claimed in both ways to write it
            named["X_Forwarded_For"] = headers["X_Forwarded_For"]
        try:
            link.request(method, path, body=body or None, headers=named)
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read().decode("utf8", "replace")
        finally:
            link.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_setup) -> Iterator[Proxied]:
    folder = tmp_path_factory.mktemp("nginx")
    data, port = folder / "data", free_port()
    data.mkdir()
    template = migrated_file()
    if template.exists():
        (data / "passerelle.sqlite3").write_bytes(template.read_bytes())
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {
        **known, **PRODUCTION, "ALLOWED_HOSTS": NAME, "BASE_URL": f"https://{NAME}", "TRUSTED_PROXY_COUNT": "1",
        "SIGN_UPS_PER_HOUR": "1", "DATA_DIR": str(data), "PORT": str(port), "WEB_WORKERS": "1",
        "STATIC_ROOT": str(STATIC_FILES),
    }  # fmt: skip
    nginx = Nginx(folder, [port])
    found = Proxied(folder=nginx.folder, http=nginx.plain_port, https=nginx.port, data=data)
    main = found.main = subprocess.Popen([sys.executable, "manage.py", "start"], cwd=settings.BASE_DIR, env=environment)
    nginx.start()
    try:
        wait_for(lambda: is_up(found), seconds=120, what="the site behind nginx")
        yield found
    finally:
        nginx.stop()
        if main.poll() is None:
            main.send_signal(signal.SIGTERM)
            main.wait(90)
        for pid in processes(data):
            os.kill(pid, signal.SIGKILL)


def is_up(site: Proxied) -> bool:
    try:
        return site.ask("/livez")[0] == 200
    except OSError:
        return False


def test_http_goes_on_to_the_same_address_in_https(site):
    link = http.client.HTTPConnection("127.0.0.1", site.http)
    link.request("GET", "/fr/courses/?q=a%20b", headers={"Host": NAME})
    answer = link.getresponse()
    assert (answer.status, answer.getheader("Location")) == (308, f"https://{NAME}/fr/courses/?q=a%20b")


def test_another_name_gets_no_answer(site):
    with pytest.raises(ssl.SSLError):
        site.connect(name="127.0.0.1")
    link = http.client.HTTPConnection("127.0.0.1", site.http)
    link.request("GET", "/", headers={"Host": "evil.example"})
    with pytest.raises(http.client.RemoteDisconnected):
        link.getresponse()


def test_a_page_comes_through_with_its_headers(site):
    status, headers, text = site.ask("/fr/accounts/login/", Accept_Language="fr")
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["Server"] == "nginx"
    assert "__Host-" in str(headers["Set-Cookie"])
    assert "<form" in text


def sign_up(site: Proxied, name: str, *, source: str, claimed: str = "") -> str:
    """Someone creates an account; the page that follows."""
    headers = {"X_Forwarded_For": claimed} if claimed else {}
    _status, got, text = site.ask("/fr/accounts/signup/", source=source, **headers)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token, text[:400]
    cookie = "; ".join(each.split(";")[0] for each in got.get_all("Set-Cookie", []))
    fields = {"csrfmiddlewaretoken": token[1], "full_name": name, "password1": "pin-de-awa", "language": "fr",
              "country": "SN", "phone": f"77 123 45 {len(name):02d}"}  # fmt: skip
    status, got, text = site.ask(
        "/fr/accounts/signup/", method="POST", body=urlencode(fields).encode(), source=source, Cookie=cookie,
        Content_Type="application/x-www-form-urlencoded", Referer=f"https://{NAME}/fr/accounts/signup/", **headers,
    )  # fmt: skip
    return f"{status} {got.get('Location', '')} {text}"


def test_the_site_hears_the_real_address_of_a_visitor(site):
    """One sign-up an hour from one address: what a visitor claims about theirs changes nothing."""
    assert sign_up(site, "Awa Ndiaye", source="127.0.0.2").startswith("302")
    assert not sign_up(site, "Binta Sow", source="127.0.0.2", claimed="203.0.113.7").startswith("302")
    assert sign_up(site, "Codou Fall", source="127.0.0.3").startswith("302")


def test_the_largest_upload_passes_and_a_larger_one_is_answered_in_words(site):
    status, _headers, text = site.ask("/fr/accounts/login/", method="POST", body=bytes(LARGEST_UPLOAD_MB * MB))
    assert (status, "Ce fichier est trop grand" in text) != (413, True)
    status, _headers, text = site.ask("/fr/accounts/login/", method="POST", body=bytes(53 * MB))
    assert (status, "Ce fichier est trop grand" in text) == (413, True)


def test_slow_phones_hold_no_thread_of_the_site(site):
    """One web process with one thread; 30 who read nothing, 30 who never end what they send."""
    largest = max(STATIC_FILES.rglob("*.js"), key=lambda file: file.stat().st_size)
    path = f"/static/{largest.relative_to(STATIC_FILES)}"
    held = []
    for number in range(60):
        link = site.connect()
        if number % 2:
            link.sendall(f"GET {path}?n={number} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        else:
            link.sendall(
                f"POST /fr/accounts/login/ HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 100000\r\n\r\nlogin=a".encode()
            )
        held.append(link)
    try:
        assert [site.ask("/fr/accounts/login/")[0] for _number in range(3)] == [200] * 3
    finally:
        for link in held:
            link.close()


def test_watchers_of_this_machine_only_see_its_state(site):
    assert site.ask("/readyz")[0] in {200, 503}
    assert site.ask("/readyz", source="127.0.0.9")[0] == 403
    assert site.ask("/livez", source="127.0.0.9")[0] == 200


def test_while_the_site_starts_again_people_are_told_and_what_is_kept_here_goes_on(site):
    """The last test of this file: it stops the site."""
    page = site.ask("/fr/accounts/login/")[2]
    styles = re.findall(r"/static/[^\"' ]+\.css", page)
    assert styles
    assert {site.ask(path)[0] for path in styles * 2} == {200}
    site.main.send_signal(signal.SIGTERM)
    site.main.wait(90)
    assert {site.ask(path)[0] for path in styles} == {200}
    status, headers, text = site.ask("/fr/accounts/login/")
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (502, "30", "no-store")
    assert "Le site redémarre" in text
    assert "The site is starting again" in text
