"""The stand-in for the AWS provider: S3, IAM, KMS and Pod Identity on a moto server."""
