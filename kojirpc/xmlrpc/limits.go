package xmlrpc

// What the zero value of Limits means.
const (
	// DefaultBytes bounds a document. A listBuilds answer takes about 2.5 kB a
	// build, so this is room for some 25,000 of them.
	DefaultBytes = 64 << 20
	// DefaultDepth bounds the nesting of arrays and structs.
	DefaultDepth = 100
	// DefaultElements bounds the number of values in a document, nested ones
	// and containers included. The hub's answers take about 70 bytes a value.
	DefaultElements = 1_000_000
)

// maxDepth keeps the stack small whatever Limits ask for.
const maxDepth = 10_000

// Limits bound what one document may make the reader do. A field that is zero or
// negative stands for its default; exceeding a limit is a *LimitError.
type Limits struct {
	Bytes    int // length of the document
	Depth    int // nesting of arrays and structs, at most 10,000
	Elements int // values, nested ones and containers included
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Depth <= 0 {
		l.Depth = DefaultDepth
	}
	if l.Elements <= 0 {
		l.Elements = DefaultElements
	}
	l.Depth = min(l.Depth, maxDepth)
	return l
}
