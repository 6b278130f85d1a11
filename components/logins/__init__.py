"""Logins that clients authenticate to gateways with."""

from .args import ClientLoginArgs, GatewayLoginsArgs
from .component import ClientLogin, GatewayLogins

__all__ = ["ClientLogin", "ClientLoginArgs", "GatewayLogins", "GatewayLoginsArgs"]
