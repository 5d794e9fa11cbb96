# One image for web, worker and dispatch: what differs is the command and what it may reach.
FROM python:3.11-slim-bookworm

WORKDIR /opt/pushforward
ENV PATH="/opt/pushforward/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

COPY requirements.lock ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --quiet --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY exercises exercises
COPY worker worker
COPY grader grader
RUN .venv/bin/pip install --no-cache-dir --quiet --no-deps --no-build-isolation . \
 && .venv/bin/python -m compileall -q .venv/lib

USER nobody
EXPOSE 8000
CMD ["grader", "--help"]
