// Package schema reads a YAML file into structs whose tags describe its keys, and reports
// every mistake with file, line, column and key. The only key it knows itself is the type of
// a sink, which determines the sink's other keys.
//
// Tags drive the strict decoder ([Decode]), the rules about single keys ([Check]), the
// JSON Schema ([JSON]) and the reference ([Reference], [Manual]):
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
package schema
