"""Routes of Traefik to the UIs, and basic authentication for them."""

from .args import BasicAuthArgs, UiRouteArgs
from .component import BasicAuth, UiRoute

__all__ = ["BasicAuth", "BasicAuthArgs", "UiRoute", "UiRouteArgs"]
