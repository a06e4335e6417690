// Package config holds kojiwatch's configuration: one YAML file as typed data.
//
// [Load] and [Parse] read a file, [FromFlags] builds the same value from a
// command line, and all of them end in the same rules, which [Config.Validate]
// applies to any other value. Every mistake is reported at once, as an [*Error]
// of [Problem] values that name file, line, column and key.
//
// The structs are the only description of the file; see package schema for their tags. The
// keys of each type of sink are a struct named Config in the package of that sink.
//
// Secrets are never printed: a [values.Secret] and the password in a [values.BrokerURL]
// always print as ***, and no error contains the value of a secret key or of an environment
// variable.
package config
