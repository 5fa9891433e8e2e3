"""Clients, and the ways to open one."""

from socialcommerce.client.clients import AsyncClient, Client
from socialcommerce.client.opening import connect, simulate

__all__ = ["AsyncClient", "Client", "connect", "simulate"]
