package xmlrpc

// Kind is the type of a value. Type names that mean the same to Koji share a Kind.
type Kind uint8

// The kinds. The zero Kind is invalid.
const (
	KindNil      Kind = iota + 1
	KindBoolean       // boolean
	KindInt           // int, i1, i2, i4, i8, biginteger
	KindDouble        // double, float
	KindString        // string, and text without a type
	KindBase64        // base64
	KindDateTime      // dateTime.iso8601
	KindArray         // array
	KindStruct        // struct
)

// String returns XML-RPC's name of the type.
func (k Kind) String() string {
	names := [...]string{"nothing", "nil", "boolean", "int", "double", "string", "base64", "dateTime.iso8601", "array", "struct"}
	return names[int(k)%len(names)]
}

// kindOf returns the kind that a tag names. name is the name of the tag, which its end
// tag must repeat.
func kindOf(tagName []byte) (kind Kind, name string) {
	switch string(tagName) {
	case "string":
		return KindString, "string"
	case "int":
		return KindInt, "int"
	case "nil":
		return KindNil, "nil"
	case "struct":
		return KindStruct, "struct"
	case "double":
		return KindDouble, "double"
	case "boolean":
		return KindBoolean, "boolean"
	case "array":
		return KindArray, "array"
	case "i8":
		return KindInt, "i8"
	case "i4":
		return KindInt, "i4"
	case "i2":
		return KindInt, "i2"
	case "i1":
		return KindInt, "i1"
	case "biginteger":
		return KindInt, "biginteger"
	case "float":
		return KindDouble, "float"
	case "base64":
		return KindBase64, "base64"
	case "dateTime.iso8601":
		return KindDateTime, "dateTime.iso8601"
	case "ex:nil":
		return KindNil, "ex:nil"
	}
	return 0, ""
}
