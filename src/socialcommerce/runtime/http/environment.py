"""What the environment says of the way to a server: proxies, and whom to trust."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

__all__ = ["bypasses_proxy", "environment_proxies", "tls_context"]


def environment_proxies() -> dict[str, str]:
    """The proxy URL of each scheme, as the environment (or the system's settings) names it."""
    from urllib.request import getproxies

    named = getproxies()
    urls = {scheme: named.get(scheme) or named.get("all") for scheme in ("http", "https")}
    return {scheme: url if "://" in url else f"http://{url}" for scheme, url in urls.items() if url}


def bypasses_proxy(netloc: str) -> bool:
    """Whether a server is reached directly where others are reached by the proxy."""
    from urllib.request import proxy_bypass

    return bool(proxy_bypass(netloc.rpartition("@")[2]))


def tls_context(core: ModuleType) -> ssl.SSLContext:
    """The roots that httpx trusts: those named by the environment, else the core's default.

    ``OSError`` where the environment names what is not there.
    """
    cafile, capath = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not (cafile or capath):
        context: ssl.SSLContext = core.default_ssl_context()
        return context
    import ssl

    try:
        return ssl.create_default_context(cafile=cafile or None, capath=capath or None)
    except OSError as error:
        told = "no certificates can be read where SSL_CERT_FILE or SSL_CERT_DIR point"
        raise OSError(error.errno, told, cafile or capath) from error
