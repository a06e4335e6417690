// Package config holds kojiwatch's configuration: one YAML file as typed data.
//
// [Load] and [Parse] read a file, [FromFlags] builds the same value from a
// command line, and all of them end in the same rules, which [Config.Validate]
// applies to any other value. Every mistake is reported at once, as an [*Error]
// of [Problem] values that name file, line, column and key.
//
// The structs are the only description of the file. Their tags drive the strict
// decoder, the JSON Schema ([JSONSchema]) and the reference ([Reference]):
//
//	yaml      the key's name; ",inline" spreads a struct over its parent
//	doc       what the key means, for the reference and the schema
//	default   the value a missing key has, written as in the file
//	derived   in words: the default that follows from other keys
//	example   a value for the reference and the schema
//	enum      the values allowed, separated by commas
//	min, max  the range allowed, written as in the file
//	required  "true": the key must be there
//	oneof     a group of keys of which exactly one must be there
//	format    "path": a file or folder, relative to the folder of the file
//	sink      on an inline struct: the sink types whose keys it holds
//
// Secrets never show: a [Secret] and the password in a [BrokerURL] print as ***
// whatever prints them, and no error repeats the value of a secret key or of an
// environment variable.
package config
