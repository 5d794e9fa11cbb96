"""A site with one page: the editor and nothing around it, under the policy of the real pages."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, render_template, request
from werkzeug.serving import make_server

from grader.api.http.guard import guard
from grader.web import completions
from grader.web.assets import serve_assets

PAGE = Path(__file__).parent / "editor_page"
SOURCE = "import numpy as np\n\n\ndef f(z):\n    return z\n"


def make_site() -> Flask:
    """The application of the one page."""
    app = Flask(__name__, template_folder=str(PAGE), static_folder=None)
    guard(app, ())
    serve_assets(app)
    app.register_blueprint(completions.blueprint)

    @app.get("/")
    def page() -> str:
        return render_template("index.html", source=SOURCE)

    @app.get("/page.js")
    def script() -> Response:
        return Response((PAGE / "page.js").read_text(), mimetype="text/javascript")

    @app.post("/sent")
    def sent() -> Response:
        return Response(request.form["source"], mimetype="text/plain")

    return app


@contextmanager
def serving_editor() -> Iterator[str]:
    """The address of the site while it is served."""
    server = make_server("127.0.0.1", 0, make_site(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
