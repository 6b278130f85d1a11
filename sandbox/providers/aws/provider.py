from sandbox.providers.plugin import Provider


class AwsProvider(Provider):
    name = "aws"
    notice = "x"
