package xmlrpc

// The defaults for Limits.
const (
	// DefaultBytes is the maximum size of a document. A listBuilds answer takes
	// about 2.5 kB for each build, so that some 25,000 builds fit.
	DefaultBytes = 64 << 20
	// DefaultDepth is the maximum nesting of arrays and structs.
	DefaultDepth = 100
	// DefaultElements is the maximum number of values in a document, including
	// containers and nested values. The hub's answers take about 70 bytes a value.
	DefaultElements = 1_000_000
)

// maxDepth bounds the stack for any Limits.
const maxDepth = 10_000

// Limits bound a document. A field that is zero or negative means its default. The
// error of a document that exceeds a limit is a *LimitError.
type Limits struct {
	Bytes    int // length of the document
	Depth    int // nesting of arrays and structs, at most 10,000
	Elements int // values, including containers and nested values
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
