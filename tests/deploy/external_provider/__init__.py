"""A stand-in for the provider hashicorp/external 2.3.5, so that Terraform runs without a registry.

It is an executable that Terraform starts as it starts any provider: it greets on standard output, then serves plugin
protocol version 5 over gRPC and TLS on a socket. Its data source ``external`` has the provider's attributes, runs the
program with the query on its standard input, and takes the result from its standard output.

A program that answers, fails or answers nonsense looks to Terraform as with the provider. The stand-in leaves out:

- of the provider: the descriptions in the schema; the refusal of an empty ``program`` and the dropping of null values;
  the search for a program that is not on the PATH, and the advice when there is none; and its longer error texts;
- of the protocol: resources, functions and metadata, for which Terraform 1.11 does not ask such a provider;
- of go-plugin: the magic cookie, the choice of a protocol version, the health service, the broker, and the relay of
  standard output (standard error still reaches Terraform's log);
- of mutual TLS: Terraform verifies the stand-in's certificate, but is not asked for its own, whose curve P-521 gRPC's
  TLS library refuses. Instead, the socket is in a folder that only this user can open.
"""
