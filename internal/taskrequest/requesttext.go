package taskrequest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ParseText parses an encoded request: an XML-RPC methodCall, as in a message about a new
// task, or a methodCall in base64, as in old rows of the hub's database. If method is empty,
// it is taken from the text. For any other text, ParseText returns a zero Request.
func ParseText[T string | []byte](method string, text T) koji.Request {
	return new(TextParser).Parse(method, []byte(text))
}

// TextParser is [ParseText] for one text after another. The zero value is ready. It is for
// one goroutine.
type TextParser struct{ decoder xmlrpc.RequestDecoder }

// Parse returns what a text says, and keeps nothing of it.
func (p *TextParser) Parse(method string, text []byte) koji.Request {
	called, params, err := p.decoder.Decode(text, xmlrpc.Limits{Bytes: maxRequestText, Depth: maxRequestDepth}, Skips)
	if err != nil {
		return koji.Request{}
	}
	if method == "" {
		method = called
	}
	return Parse(method, params)
}

// maxRequestText is the hub's own limit for a call, and therefore for a request.
const maxRequestText = 4 << 20

// maxRequestDepth is the maximum nesting of a request. Users can nest their data deeply, but
// little of it is read.
const maxRequestDepth = 10_000

// ParseSRPM returns a request with package and NVR of the source RPM that a task builds. It
// returns a zero Request for any other text: if a task does not build from a source RPM,
// that member of Fedora's messages has the end of a URL or a target.
func ParseSRPM(name string) koji.Request {
	if !isSRPM(name) {
		return koji.Request{}
	}
	var r requestReader
	r.takeSource(name)
	return r.req
}
