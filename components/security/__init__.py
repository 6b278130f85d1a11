"""What the components prove to each other who they are with: certificates and logins."""

from .certificate import Certificate, CertificateArgs
from .client_login import ClientLogin, ClientLoginArgs
from .gateway_logins import GatewayLogins, GatewayLoginsArgs

__all__ = ["Certificate", "CertificateArgs", "ClientLogin", "ClientLoginArgs", "GatewayLogins", "GatewayLoginsArgs"]
