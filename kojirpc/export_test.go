package kojirpc

import (
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Decode reads an answer as CallInto does.
func Decode(answer []byte, into any) error {
	return xmlrpc.DecodeResponse(answer, xmlrpc.Limits{}, kojiwire.Into(into))
}
