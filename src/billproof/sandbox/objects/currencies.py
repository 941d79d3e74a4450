"""The currencies that Stripe charges in, and how small their amounts can be.

Source: Stripe's page "Supported currencies".
"""

from __future__ import annotations

from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params

LISTED = (
    "usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd "
    "btn bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp "
    "gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr "
    "kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr "
    "mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd "
    "scr sek sgd shp sle sll sos srd std svc szl thb tjs tnd top try ttd twd tzs uah ugx uyu "
    "uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw"
)
SUPPORTED = frozenset(LISTED.split())
WITH_THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})


def step(currency: str) -> int:
    """What amounts are whole multiples of: the last of three decimals is always zero."""
    return 10 if currency in WITH_THREE_DECIMALS else 1


def currency_of(params: Params) -> str:
    """The currency that a call names, in small letters."""
    code = params.required("currency").lower()
    if code not in SUPPORTED:
        listed = ", ".join(sorted(SUPPORTED))
        reason = f"Invalid currency: {code[:40]}. Stripe currently supports these currencies: "
        raise StripeError(Refusal.STATE, param=params.named("currency"), reason=reason + listed)
    return code


def fitting(amount: int, currency: str, param: str) -> int:
    """An amount that its currency can have; StripeError for any other."""
    if amount % step(currency):
        reason = f"Invalid amount: the last digit of an amount in {currency.upper()} must be 0."
        raise StripeError(Refusal.STATE, param=param, reason=reason)
    return amount
