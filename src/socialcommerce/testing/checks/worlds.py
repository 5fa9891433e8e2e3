"""Checks in a pretend world: reading, resuming listings, both clients alike, hostile webhooks, accounts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import anyio

from socialcommerce.client.clients import AsyncClient
from socialcommerce.errors import SocialCommerceError, Unsupported, WebhookError
from socialcommerce.models.account import Account
from socialcommerce.resources.pager import AsyncPager, Pager
from socialcommerce.runtime.transport import Request, Response
from socialcommerce.testing.candidate import Candidate, Operation, given
from socialcommerce.webhooks.receiver import Receipt

__all__ = [
    "accounts_are_listed",
    "hostile_webhooks",
    "listings_resume",
    "reads_answer",
    "sync_and_async_agree",
]

_MOST = 40
"""How many items of a listing are looked at."""


def reads_answer(candidate: Candidate) -> Iterator[str]:
    """Whatever reads without an argument answers in the pretend world."""
    with candidate.played() as client:
        for operation in candidate.readable:
            answer = _answer(operation, client)
            if isinstance(answer, Exception):
                yield (
                    f"{operation.name} is {operation.mark.level}, yet it raises {type(answer).__name__} "
                    f"({answer}) against the twin; make both agree with the platform, or refuse it"
                )


def _answer(operation: Operation, client: Any) -> Any:
    """What an operation answers, a listing as a list; an exception as a value."""
    try:
        answer = operation.on(client)(**given(operation, client))
        return answer.collect(_MOST) if isinstance(answer, Pager) else answer
    except Exception as error:  # noqa: BLE001  # whatever escapes is what the checks are about
        return error


def listings_resume(candidate: Candidate) -> Iterator[str]:
    """A listing goes on from every cursor without loss or repetition; its end yields nothing."""
    with candidate.played() as client:
        listed = {
            operation: _answer(operation, client) for operation in candidate.readable if operation.listing
        }
        for operation, items in listed.items():
            if not isinstance(items, Exception):
                yield from _resumed(operation, client)
    if listed and not any(isinstance(items, list) and len(items) > 1 for items in listed.values()):
        yield "no listing of the pretend world has two items; furnish it in arrange(market), or in the twin"


def _resumed(operation: Operation, client: Any) -> Iterator[str]:
    list_from = partial(operation.on(client), **given(operation, client))
    items, cursors = _walked(list_from())
    if len(set(items)) < len(items):
        yield f"{operation.name} gives the same item twice; let its pages follow without overlap"
    for place, cursor in enumerate(cursors):
        rest = _rest(list_from, cursor, _MOST - place)
        if rest != items[place:]:
            yield (
                f"{operation.name} resumed after item {place} gives {rest}, not the {len(items) - place} "
                "items to come; put into Page.next all that the next page depends on"
            )
            return


def _walked(pager: Any) -> tuple[list[Any], list[str]]:
    """What tells the items of a listing apart, and the cursors before, between and after them."""
    items, cursors = [], [pager.cursor]
    for item in pager:
        items.append(_identity(item))
        cursors.append(pager.cursor)
        if len(items) == _MOST:
            return items, cursors[:-1]
    return items, [*cursors, pager.cursor]


def _rest(list_from: Any, cursor: str, most: int) -> Any:
    try:
        return [_identity(item) for item in list_from(cursor=cursor).collect(most)]
    except Exception as error:  # noqa: BLE001  # told as what came in place of the items
        return f"{type(error).__name__} ({error})"


def _identity(item: Any) -> Any:
    """What tells one item from the others."""
    return getattr(item, "id", None) or getattr(item, "key", None) or repr(item)


def sync_and_async_agree(candidate: Candidate) -> Iterator[str]:
    """Both clients read the same out of the same world."""
    answers = anyio.run(_async_answers, candidate)
    with candidate.played() as client:
        for operation in candidate.readable:
            ours, theirs = _answer(operation, client), answers[operation.name]
            if not _same(ours, theirs):
                yield f"{operation.name} differs between the two clients; keep clock and chance out of flows"


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, Exception):
        return type(ours) is type(theirs) and str(ours) == str(theirs)
    return bool(ours == theirs)


async def _async_answers(candidate: Candidate) -> dict[str, Any]:
    async with candidate.played(AsyncClient) as client:
        return {operation.name: await _async_answer(operation, client) for operation in candidate.readable}


async def _async_answer(operation: Operation, client: Any) -> Any:
    try:
        answer = operation.on(client)(**given(operation, client))
        return await (answer.collect(_MOST) if isinstance(answer, AsyncPager) else answer)
    except Exception as error:  # noqa: BLE001  # compared with what the other client raised
        return error


def accounts_are_listed(candidate: Candidate) -> Iterator[str]:
    """Where credentials reach accounts, they are listed, of a kind that was announced, and can be chosen."""
    kinds = candidate.backend.account_kinds
    with candidate.played() as client:
        try:
            found = client.accounts()
        except Unsupported:
            if kinds:
                yield f"account_kinds is {kinds}, but auth.accounts is refused; list the accounts"
            return
        except SocialCommerceError as error:
            yield f"client.accounts() raises {type(error).__name__} ({error}); list what is reached"
            return
        if not found:
            yield "client.accounts() is empty in the pretend world; list what the credentials reach"
        for account in found:
            yield from _account(candidate, client, account)


def _account(candidate: Candidate, client: Any, account: Any) -> Iterator[str]:
    if not isinstance(account, Account):
        yield f"client.accounts() gives {type(account).__name__}; map each to Account"
    elif account.kind not in candidate.backend.account_kinds:
        yield f"account {account.id} is of the kind {account.kind!r}, not named in account_kinds; add it"
    elif not account.id:
        yield "client.accounts() gives an account without an id; fill it in"
    else:
        client.for_account(account)


def _bodies() -> list[bytes]:
    """Bodies that nobody sends in good faith."""
    noise = random.Random(1)
    words = [b"", b"null", b"[]", b"{}", b'"text"', b"0", b"1e999", b'{"code": {}}', b'{"data": [1, null]}']
    odd = [b"\xff\xfe\x00", b"[" * 50_000, b'{"a":' * 2_000, b"9" * 5_000, b'{"code": 3, "data": "\\ud800"}']
    shapes = [b'{"code": 3, "shop_id": [], "timestamp": "x"}', b'{"type": null, "event": 7, "data": {}}']
    return [*words, *odd, *shapes, *(noise.randbytes(length) for length in (1, 16, 64, 600))]


def hostile_webhooks(candidate: Candidate) -> Iterator[str]:
    """Whatever is posted gives a receipt or a ``WebhookError``, whether forged or rightly signed."""
    capabilities = candidate.build().capabilities()
    if not capabilities["webhooks.receive"]:
        return
    with candidate.client(_unasked) as client:
        for body in _bodies():
            shown = body if len(body) < 40 else f"{len(body)} bytes"
            for how, delivery in _deliveries(client, bool(capabilities["webhooks.sign"]), body):
                problem = _received(client, delivery)
                if problem:
                    yield (
                        f"webhooks.receive answers a {how} body {shown!r} with {problem}; raise WebhookError "
                        "for whatever cannot be trusted or read"
                    )


def _unasked(request: Request) -> Response:
    return Response(500)


def _deliveries(client: Any, signs: bool, body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    headers = {"authorization": "\xe9", "content-type": "application/json", "x-signature": "x" * 64}
    yield "forged", {"headers": headers, "body": body, "query": b"a=%ff&sign=1"}
    yield "bare", {"headers": {}, "body": body}
    if signs:
        signed = client.webhooks.sign(body)
        yield "signed", {"headers": signed.headers, "body": signed.body, "query": signed.query}


def _received(client: Any, delivery: dict[str, Any]) -> str:
    try:
        receipt = client.webhooks.receive(method="POST", **delivery)
    except WebhookError:
        return ""
    except Exception as error:  # noqa: BLE001  # whatever escapes is what this check is about
        return f"{type(error).__name__} ({str(error)[:80]})"
    return "" if isinstance(receipt, Receipt) else type(receipt).__name__
