"""Reads the parameters of each call the sandbox offers out of the official SDK's types.

Run it as a program to write `parameters.json` anew: it is committed, so that the server
starts without the SDK, and a test holds it against the SDK that is installed.
"""

from __future__ import annotations

import importlib
import json
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

import billproof.sandbox

CALLS = {
    "product.create": "_product_create",
    "product.update": "_product_update",
    "product.retrieve": "_product_retrieve",
    "product.list": "_product_list",
    "product.delete": "_product_delete",
    "price.create": "_price_create",
    "price.update": "_price_update",
    "price.retrieve": "_price_retrieve",
    "price.list": "_price_list",
    "customer.create": "_customer_create",
    "customer.update": "_customer_update",
    "customer.retrieve": "_customer_retrieve",
    "customer.delete": "_customer_delete",
    "customer.list": "_customer_list",
    "customer.search": "_customer_search",
    "customer.payment_methods": "_customer_payment_method_list",
    "payment_method.retrieve": "_payment_method_retrieve",
    "payment_method.list": "_payment_method_list",
    "payment_method.attach": "_payment_method_attach",
    "payment_method.detach": "_payment_method_detach",
    "checkout.session.create": "checkout._session_create",
    "checkout.session.update": "checkout._session_update",
    "checkout.session.retrieve": "checkout._session_retrieve",
    "checkout.session.list": "checkout._session_list",
    "checkout.session.expire": "checkout._session_expire",
    "checkout.session.line_items": "checkout._session_line_item_list",
    "subscription.create": "_subscription_create",
    "subscription.update": "_subscription_update",
    "subscription.retrieve": "_subscription_retrieve",
    "subscription.list": "_subscription_list",
    "subscription.search": "_subscription_search",
    "subscription.cancel": "_subscription_cancel",
    "subscription.resume": "_subscription_resume",
    "subscription_item.retrieve": "_subscription_item_retrieve",
    "subscription_item.list": "_subscription_item_list",
    "subscription_item.create": "_subscription_item_create",
    "subscription_item.update": "_subscription_item_update",
    "subscription_item.delete": "_subscription_item_delete",
    "payment_method.create": "_payment_method_create",
    "payment_method.update": "_payment_method_update",
    "invoice.create": "_invoice_create",
    "invoice.create_preview": "_invoice_create_preview",
    "invoice.update": "_invoice_update",
    "invoice.delete": "_invoice_delete",
    "invoice.finalize": "_invoice_finalize_invoice",
    "invoice.send": "_invoice_send_invoice",
    "invoiceitem.create": "_invoice_item_create",
    "invoiceitem.update": "_invoice_item_update",
    "invoiceitem.retrieve": "_invoice_item_retrieve",
    "invoiceitem.list": "_invoice_item_list",
    "invoiceitem.delete": "_invoice_item_delete",
    "invoice_payment.retrieve": "_invoice_payment_retrieve",
    "invoice_payment.list": "_invoice_payment_list",
    "payment_intent.create": "_payment_intent_create",
    "payment_intent.retrieve": "_payment_intent_retrieve",
    "payment_intent.list": "_payment_intent_list",
    "payment_intent.update": "_payment_intent_update",
    "payment_intent.confirm": "_payment_intent_confirm",
    "payment_intent.cancel": "_payment_intent_cancel",
    "setup_intent.create": "_setup_intent_create",
    "setup_intent.retrieve": "_setup_intent_retrieve",
    "setup_intent.list": "_setup_intent_list",
    "setup_intent.confirm": "_setup_intent_confirm",
    "setup_intent.cancel": "_setup_intent_cancel",
    "charge.retrieve": "_charge_retrieve",
    "charge.list": "_charge_list",
    "refund.create": "_refund_create",
    "refund.retrieve": "_refund_retrieve",
    "refund.list": "_refund_list",
    "dispute.retrieve": "_dispute_retrieve",
    "dispute.list": "_dispute_list",
    "dispute.close": "_dispute_close",
    "test_helpers.test_clock.create": "test_helpers._test_clock_create",
    "test_helpers.test_clock.retrieve": "test_helpers._test_clock_retrieve",
    "test_helpers.test_clock.list": "test_helpers._test_clock_list",
    "test_helpers.test_clock.advance": "test_helpers._test_clock_advance",
    "test_helpers.test_clock.delete": "test_helpers._test_clock_delete",
    "invoice.retrieve": "_invoice_retrieve",
    "invoice.list": "_invoice_list",
    "invoice.pay": "_invoice_pay",
    "invoice.void": "_invoice_void_invoice",
    "invoice.mark_uncollectible": "_invoice_mark_uncollectible",
    "invoice.line_items": "_invoice_line_item_list",
    "billing_portal.session.create": "billing_portal._session_create",
    "billing_portal.configuration.retrieve": "billing_portal._configuration_retrieve",
    "billing_portal.configuration.list": "billing_portal._configuration_list",
    "billing_portal.configuration.create": "billing_portal._configuration_create",
    "billing_portal.configuration.update": "billing_portal._configuration_update",
    "invoice.search": "_invoice_search",
    "price.search": "_price_search",
    "product.search": "_product_search",
    "charge.search": "_charge_search",
    "payment_intent.search": "_payment_intent_search",
    "event.retrieve": "_event_retrieve",
    "event.list": "_event_list",
    "webhook_endpoint.create": "_webhook_endpoint_create",
    "webhook_endpoint.update": "_webhook_endpoint_update",
    "webhook_endpoint.retrieve": "_webhook_endpoint_retrieve",
    "webhook_endpoint.list": "_webhook_endpoint_list",
    "webhook_endpoint.delete": "_webhook_endpoint_delete",
}
ANCHOR = {"billing_cycle_anchor": {"|": ["=now,unchanged", {"type!": "=now,unchanged"}]}}
PREVIEWED = {"timestamp": "i", "type!": "=now,timestamp,unchanged"}
TYPES = {"payment_method_types": ["s"]}
OLDER: dict[str, dict[str, Any]] = {
    "checkout.session.create": {
        **TYPES,
        "ui_mode": "=custom,elements,embedded,embedded_page,form,hosted,hosted_page",
    },
    # Unset by an empty text, which the SDK's types do not say.
    "customer.update": {"invoice_settings": {"default_payment_method": {"|": ["", "s"]}}},
    "invoice.create_preview": {
        "subscription_details": {"billing_cycle_anchor": {"|": ["i", "=now,unchanged", PREVIEWED]}}
    },
    "invoiceitem.create": {"price": "s"},
    "payment_intent.confirm": TYPES,
    "payment_intent.create": TYPES,
    "payment_intent.update": TYPES,
    "setup_intent.create": TYPES,
    "subscription.resume": ANCHOR,
    "subscription.update": {**ANCHOR, "default_payment_method": {"|": ["", "s"]}},
}
"""What API versions before the SDK's take: backends in other languages pin those."""
SCALARS = {str: "s", int: "i", bool: "b", float: "n", Decimal: "n"}
REQUEST_OPTIONS = set(RequestOptions.__annotations__)


def main() -> None:
    """Write `parameters.json` next to the server that reads it."""
    target = Path(billproof.sandbox.__file__).with_name("api") / "parameters.json"
    target.write_text(rendered())


def rendered() -> str:
    """The file's text: one line for each call."""
    lines = [f"{json.dumps(name)}: {json.dumps(tree(name))}" for name in sorted(CALLS)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def tree(name: str) -> Any:
    """The parameters of one call: names to types, `!` behind a name that is required."""
    path = CALLS[name]
    module = importlib.import_module(f"stripe.params.{path}_params")
    stem = "".join(part.title() for part in path.rpartition(".")[2].split("_"))
    current = _members(getattr(module, f"{stem}Params"), module)
    return dict(sorted(_joined(current, OLDER.get(name, {})).items()))


def _joined(current: dict[str, Any], older: dict[str, Any]) -> dict[str, Any]:
    """Parameters with the types that older versions have for some; nested ones too."""
    whole = {**current, **older}
    for name, kind in older.items():
        if isinstance(kind, dict) and "|" not in kind:
            whole[name] = _joined(current[name], kind)
    return whole


def _members(shape: Any, module: Any) -> dict[str, Any]:
    # Names of the request options, which every call inherits and which are left out below.
    scope = {**vars(module), "StripeContext": str, "Mapping": dict}
    hints = typing_extensions.get_type_hints(shape, scope, include_extras=True)
    return {
        name.rstrip("_") + ("!" if name in shape.__required_keys__ else ""): _type(hint, module)
        for name, hint in sorted(hints.items())
        if name not in REQUEST_OPTIONS
    }


def _type(hint: Any, module: Any) -> Any:  # noqa: PLR0911 - one line for each form
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is typing_extensions.NotRequired or origin is typing.NotRequired:
        return _type(arguments[0], module)
    if origin is Literal:
        return "=" + ",".join(str(each) for each in arguments) if arguments != ("",) else ""
    if origin in {list, typing.List}:  # noqa: UP006 - the SDK still spells it so
        return [_type(arguments[0], module)]
    if origin is dict or origin is UntypedStripeObject:
        return "m" if arguments[-1] is str else "any"
    if origin is Union or origin is getattr(__import__("types"), "UnionType", None):
        return _union(arguments, module)
    if hint in SCALARS:
        return SCALARS[hint]
    if typing_extensions.is_typeddict(hint):
        return _members(hint, module)
    return "any"


def _union(arguments: tuple[Any, ...], module: Any) -> Any:
    """A choice of types; an enumeration comes with `str` in the SDK, which the API refuses."""
    kinds = [_type(each, module) for each in arguments]
    if any(isinstance(kind, str) and kind.startswith("=") for kind in kinds):
        kinds = [kind for kind in kinds if kind != "s"]
    unique = [kind for index, kind in enumerate(kinds) if kind not in kinds[:index]]
    return unique[0] if len(unique) == 1 else {"|": unique}


if __name__ == "__main__":
    main()
