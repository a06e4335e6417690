// Package xmlrpc encodes and decodes XML-RPC in the dialect of the Koji build system.
//
// Koji's dialect is that of Python's xmlrpc.client with additions: nil is
// <nil/>, integers beyond 32 bits are <i8>, times of the hub are plain strings,
// and named arguments are sent as a last struct marked with __starstar (see
// [Named] and [SplitNamed]). The hub does not escape control characters, so its
// answers can be malformed XML. The decoder is strict about structure and lenient
// about characters: a character that XML forbids, raw or as a reference, becomes
// U+FFFD, and so does each byte of invalid UTF-8. CR and CRLF become LF, as in any
// XML.
//
// # Reading
//
// [DecodeCall], [DecodeRequest] and [DecodeResponse] read whole documents,
// [DecodeMulti] reads the answer to a multiCall. Values are decoded into an any or
// into Go types. In an any they become
//
//	nil               nil
//	boolean           bool
//	int, i1 … i8      int64
//	biginteger        int64
//	double, float     float64
//	string, bare text string
//	base64            []byte
//	dateTime.iso8601  DateTime
//	array             []any, never nil
//	struct            map[string]any, never nil
//
// Into Go types:
//
//   - A struct takes the members that its fields name with the tag `xmlrpc:"name"`.
//     A field without a tag uses its Go name, a field tagged "-" is ignored, and
//     fields of embedded structs count as the struct's own. Unknown members are
//     skipped, fields of absent members keep their value, and the last of several
//     members of the same name is used.
//   - nil sets a pointer, slice, map or any to nil and anything else to its zero
//     value, so only a pointer (or any) distinguishes nil from zero.
//   - Integer types take integers that fit, float types doubles and integers,
//     string types strings and the text of dateTime.iso8601, []byte base64.
//   - Slices, maps and pointers are newly allocated.
//   - [Raw] keeps a value's bytes for later, and an [Unmarshaler] reads itself
//     from a pull [Decoder], without reflection.
//
// Anything else is a [TypeError] inside a [PathError] that names the place.
//
// No input makes the decoder panic, and all input is bounded by [Limits].
//
// # Writing
//
// [AppendCall], [AppendResponse], [AppendFault] and [AppendValue] write the same
// bytes as Koji's own marshaller, including line breaks. They reject values that the
// other side could not read: infinities, NaN, integers beyond 64 bits, strings that
// are not UTF-8 or contain characters that XML does not allow.
//
// # Why not an existing codec
//
// The one codec for Go in common use, kolo/xmlrpc, decodes by reflection over
// encoding/xml. For a listBuilds answer of 2,000 builds (5.2 MB) it took 340 ms,
// 2.2 million allocations and 75.5 MB; this package took 23 ms, 41,645 allocations
// and 3.7 MB in the same run on two shared cores:
//
//	go test ./kojirpc/xmlrpc -run '^$' -bench ListBuilds2000 -benchmem
//
// kolo/xmlrpc also reads an empty string as nil and base64 as text, and fails on a
// single control character, which the hub does not escape. Only the tests use it: as
// an oracle for values that both codecs support, and for comparison in benchmarks.
package xmlrpc
