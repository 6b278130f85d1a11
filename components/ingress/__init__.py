"""Routes from Traefik to the UIs, and who may use them."""

from .args import BasicAuthArgs, UiRouteArgs
from .basic_auth import BasicAuth
from .ui_route import UiRoute

__all__ = ["BasicAuth", "BasicAuthArgs", "UiRoute", "UiRouteArgs"]
