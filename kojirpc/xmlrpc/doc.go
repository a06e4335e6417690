// Package xmlrpc reads and writes XML-RPC as the Koji build system speaks it.
//
// Koji's dialect is that of Python's xmlrpc.client with additions: nil is
// <nil/>, integers beyond 32 bits are <i8>, times of the hub are plain strings,
// and named arguments travel as a last struct marked with __starstar (see
// [Named] and [SplitNamed]). The hub does not escape control characters, so its
// answers can be malformed XML. What is read here is strict about structure and
// lenient about characters: a character that XML forbids, raw or as a
// reference, becomes U+FFFD, and so does each byte of invalid UTF-8. CR and CRLF
// become LF, as in any XML.
//
// # Reading
//
// [DecodeCall], [DecodeRequest] and [DecodeResponse] read whole documents,
// [DecodeMulti] the answer to a multiCall. Values are read into any or into Go
// types. Into any they become
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
//   - A struct takes the members its fields name with the tag `xmlrpc:"name"`;
//     a field without a tag goes by its Go name, "-" leaves a field out, fields
//     of embedded structs count as the struct's own. Unknown members are
//     skipped, absent ones leave their field as it was, of a repeated one the
//     last counts.
//   - nil sets a pointer, slice, map or any to nil and anything else to its
//     zero value, so only a pointer (or any) tells nil from zero.
//   - Integer types take integers that fit, float types doubles and integers,
//     string types strings and the text of dateTime.iso8601, []byte base64.
//   - Slices, maps and pointers are made anew; what they held is not reused.
//   - [Raw] keeps a value's bytes for later, and an [Unmarshaler] reads itself
//     from a pull [Decoder], without reflection.
//
// Anything else is a [TypeError] inside a [PathError] that names the place.
//
// Nothing here panics on any input, and all input is bounded by [Limits].
//
// # Writing
//
// [AppendCall], [AppendResponse], [AppendFault] and [AppendValue] write what
// Koji's own marshaller would, line break for line break. They refuse what the
// other side could not read: infinities, NaN, integers beyond 64 bits, strings
// that are not UTF-8 or hold characters that XML cannot carry.
//
// # Why a codec of its own
//
// The one codec for Go in use, kolo/xmlrpc, reads by reflection over
// encoding/xml. A listBuilds answer of 2,000 builds (5.2 MB) took it 340 ms,
// 2.2 million allocations and 75.5 MB; this package took 23 ms, 41,645 and 3.7 MB
// in the same run on two shared cores:
//
//	go test ./kojirpc/xmlrpc -run '^$' -bench ListBuilds2000 -benchmem
//
// It also reads an empty string as nil and base64 as text, and one control
// character, which the hub does not escape, fails a whole answer. Of kolo/xmlrpc
// the tests use decoder and encoder, as an oracle for what both can carry and as
// the yardstick of the benchmark; nothing else is built with it.
package xmlrpc
