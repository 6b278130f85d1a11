"""Routes of Traefik to the UIs, and basic authentication for them."""

from .args import BasicAuthArgs, UiRouteArgs
from .basic_auth import BasicAuth
from .ui_route import UiRoute

__all__ = ["BasicAuth", "BasicAuthArgs", "UiRoute", "UiRouteArgs"]
