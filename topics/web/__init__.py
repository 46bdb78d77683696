"""The local page and its JSON API (extra ``serve``): articles in, tags out, labels kept.

Layers inside: settings (limits) → guarding (who may ask what, headers) and receiving (a request's
text or file → articles) and correcting (the labels file) and describing (OpenAPI) → app (routes) →
serving (the socket). Starlette and uvicorn are known in guarding, app and serving alone.
"""

from __future__ import annotations

from topics.web.settings import Model, Settings, Write

__all__ = ["Model", "Settings", "Write"]
