"""What both ends of the pretend Graph API share: wire, tokens, pages, batch requests, limits, catalog.

Adding handlers: put a file with a module-level ``routes = Routes(...)`` into the package of an end
(``simulators.meta.social``, ``simulators.meta.whatsapp``); it is found by itself. What stands in
``Routes(...)`` holds for each of its handlers: the permissions of which one is needed, ``holders``
(types of token taken), ``use_case`` (of ``limits.USE_CASES``)::

    routes = Routes("ads_management", use_case="ads_management")
    routes.readable("Campaign", "id")              # GET /{id}: the fields asked for, else these

    @routes.edge("GET", "AdAccount", "campaigns")  # GET /act_…/campaigns
    def campaigns(call: Call) -> Rows:             # paged; each row shown with the fields asked for
        return Rows(call.twin.of("Campaign", call.seller))

    @routes.edge("POST", "AdAccount", "campaigns")
    def create(call: Call) -> Any:
        node = call.twin.add("Campaign", call.seller, **call.without("access_token"))
        return {"id": node.id}

    @routes.node("POST", "Campaign")               # POST /{id}; no answer is {"success": true}
    def update(call: Call) -> None: ...

    @routes.reads("Campaign", "effective_status")  # a field that is computed when it is read
    def effective_status(call: Call, node: Node) -> str: ...

A handler takes one ``Call`` and answers ``Rows``, a ``Node``, a plain object, ``Plain`` bytes or None, or
raises ``Refused`` (``errors`` has the common ones). By then the version, the token and its proof,
the permission, the object and the documented parameters (``edges.tsv``: required, types, words)
have been checked; ``call.given`` has them typed. A node's ``data`` holds its fields as they are
read, ``entity`` the market's own object, ``hidden`` what no field shows. An edge named in ``fields``
(``products{…}``) is read through its own handler.

``@routes.opens`` gives a new seller its assets (``seller.give(twin, kind, …)``),
``@routes.furnishes(Conversation)`` gives what the market makes its node,
``@routes.hears("message.added")`` listens to the market, ``@routes.verb("publish")`` plays a verb of
it. Kinds and fields are those of the interface data.
"""
