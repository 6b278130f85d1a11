"""Certificates and logins that the components authenticate to each other with."""

from .args import CertificateArgs, ClientLoginArgs, GatewayLoginsArgs
from .certificate import Certificate
from .client_login import ClientLogin
from .gateway_logins import GatewayLogins

__all__ = ["Certificate", "CertificateArgs", "ClientLogin", "ClientLoginArgs", "GatewayLogins", "GatewayLoginsArgs"]
