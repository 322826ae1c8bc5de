"""The headers every answer carries: a strict content security policy, no caching, no referrer, no framing."""

from __future__ import annotations

from flask import Flask, Response, g, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def policy(style_nonce: str | None = None) -> str:
    """The policy of an answer. style_nonce: of the one page whose script brings styles of its own (the editor)."""
    own = "style-src 'self'"
    return POLICY.replace(own, f"{own} 'nonce-{style_nonce}'") if style_nonce else POLICY


def install(app: Flask) -> None:
    """Put the headers on every answer; only files of the program itself may be kept by a browser."""

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy(g.get("style_nonce"))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=3600"
        else:
            response.headers["Cache-Control"] = "no-store"
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response
