"""What Loki and Tempo ask of their clients: TLS, and a login or a certificate."""
