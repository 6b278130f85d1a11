"""Routes from Traefik to the UIs, and who may use them."""

from .basic_auth import BasicAuth, BasicAuthArgs
from .ui_route import UiRoute, UiRouteArgs

__all__ = ["BasicAuth", "BasicAuthArgs", "UiRoute", "UiRouteArgs"]
