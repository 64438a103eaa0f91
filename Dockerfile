# One image for every host: the command says which part it plays (start, start --web, --worker, --beat).
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# The libraries of WeasyPrint, fonts, and what compiles the translations. .ci/system-packages has the same list.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 gettext \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/passerelle
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/pip install -q --require-hashes -r requirements.txt
COPY . .
RUN for po in locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done
# Static files belong to the image: prepared once with a database that is thrown away.
RUN DJANGO_SETTINGS_MODULE=lms.settings.production ALLOWED_HOSTS=build.invalid BASE_URL=https://build.invalid \
    EMAIL_URL=smtp://build.invalid:25 SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATA_DIR=/srv/build STATIC_ROOT=/srv/static .venv/bin/python manage.py start --prepare-only \
 && rm -rf /srv/build

FROM python:3.13-slim-bookworm
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin passerelle \
 && install -d -o passerelle -g passerelle -m 700 /data
COPY --from=build /srv /srv
WORKDIR /srv/passerelle
ENV DJANGO_SETTINGS_MODULE=lms.settings.production DATA_DIR=/data STATIC_ROOT=/srv/static HOST=0.0.0.0 PORT=8000 \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=3m \
  CMD ["/srv/passerelle/.venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=8)"]
ENTRYPOINT ["/srv/passerelle/.venv/bin/python", "manage.py"]
CMD ["start"]
