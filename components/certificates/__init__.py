"""Certificates that the components authenticate to each other with."""

from .args import CertificateArgs
from .component import Certificate

__all__ = ["Certificate", "CertificateArgs"]
