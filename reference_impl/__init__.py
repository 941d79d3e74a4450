"""One obedient backend, as small as the contract allows."""

from reference_impl.app import create_app

__all__ = ["create_app"]
