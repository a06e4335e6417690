package taskrequest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ParseText is Parse for the undecoded form: the XML-RPC
// methodCall in which a message about a new task brings the request, or that
// in base64, as old rows of the hub's database have it. An empty method is
// taken from the text. Of a text that is neither nothing can be made out.
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

// maxRequestText is the hub's own limit for a call, so for a request, too.
const maxRequestText = 4 << 20

// maxRequestDepth is for what users put into requests; little of it is looked at.
const maxRequestDepth = 10_000

// ParseSRPM returns what the file name of the source RPM says that a task builds.
// Any other text says nothing: where Fedora's messages name that file, they have
// the end of a URL or a target for tasks that build from no such file.
func ParseSRPM(name string) koji.Request {
	if !isSRPM(name) {
		return koji.Request{}
	}
	var r requestReader
	r.takeSource(name)
	return r.req
}
