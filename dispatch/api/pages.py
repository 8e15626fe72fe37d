"""Pages for a browser: what is at the root, and the documentation, which asks no foreign host for anything."""

import base64
import hashlib
import re
from pathlib import Path

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse

ASSETS = "docs-assets"
CSP = "Content-Security-Policy"

HEADERS = {
    CSP: "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer has that says nothing else: it is of this origin, nothing is run in it, no one keeps it."""

ROOT = """<!DOCTYPE html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>法律援助案件指派服务 · Legal-aid case dispatch</title>
<h1>法律援助案件指派服务</h1>
<p><a href="console/sign-in">登录，办理业务</a></p>
<p>本服务正在运行。<a href="docs" lang="zh-CN">接口文档</a>列出全部接口；程序从 <code>/v1</code> 访问。</p>
<h1 lang="en">Legal-aid case dispatch</h1>
<p lang="en"><a href="console/sign-in?lang=en">Sign in to work</a></p>
<p lang="en">The service is running. The <a href="docs">documentation</a> lists every operation; programs start at
<code>/v1</code>. <a href="health/ready">Is it ready?</a></p>
"""

DOCS_CSP = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    """Add the pages and their assets to the app."""
    static = Path(fastapi_offline.__file__).parent / "static"
    app.mount(f"/{ASSETS}", StaticFiles(directory=static), name="docs_assets")
    docs = _docs(app)
    app.add_api_route("/", lambda: HTMLResponse(ROOT), name="get_root", include_in_schema=False)
    app.add_api_route("/docs", lambda: docs, name="get_docs", include_in_schema=False)


def _docs(app: FastAPI) -> HTMLResponse:
    # Relative addresses: the page works below any path that a proxy puts before it.
    page = get_swagger_ui_html(
        openapi_url="openapi.json",
        title=app.title,
        swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{ASSETS}/favicon.png",
    )
    inline = re.findall(rb"<script>(.*?)</script>", bytes(page.body), re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in inline]
    page.headers[CSP] = DOCS_CSP.format(scripts=" ".join(f"'sha256-{digest}'" for digest in digests))
    return page
