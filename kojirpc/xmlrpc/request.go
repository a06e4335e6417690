package xmlrpc

import "bytes"

// DecodeRequest reads the request of a Koji task as the hub's database holds
// it: a methodCall, or, in rows of long ago, the base64 of one. Members of
// structs that leaveOut chooses by their names are checked but not decoded; nil
// decodes all.
func DecodeRequest[T string | []byte](text T, lim Limits, leaveOut func(name []byte) bool) (method string, params []any, err error) {
	return new(RequestDecoder).Decode([]byte(text), lim, leaveOut)
}

// RequestDecoder reads one task's request after another, and saves making anew what one
// needs and the next needs again. The zero value is ready. It is for one goroutine.
type RequestDecoder struct{ d Decoder }

// Decode is [DecodeRequest]. The parameters hold nothing of the text.
func (r *RequestDecoder) Decode(text []byte, lim Limits, leaveOut func(name []byte) bool) (method string, params []any, err error) {
	lim = lim.withDefaults()
	if bytes.HasPrefix(bytes.TrimLeft(text, "\ufeff \t\r\n"), []byte("<")) {
		return r.call(text, lim, leaveOut)
	}
	// Base64 is a third longer than what it holds, and wrapped at that.
	if len(text)/2 > lim.Bytes {
		return "", nil, &LimitError{What: "bytes", Limit: lim.Bytes, Offset: lim.Bytes}
	}
	data, ok := decodeBase64(text)
	if !ok || len(data) == 0 {
		// What the text is stays out of the error: requests can hold secrets.
		return "", nil, &SyntaxError{Msg: "a task's request that is neither XML nor base64", Size: len(text)}
	}
	return r.call(data, lim, leaveOut)
}

func (r *RequestDecoder) call(data []byte, lim Limits, leaveOut func(name []byte) bool) (method string, params []any, err error) {
	r.d.begins(data, lim)
	defer r.d.letGo()
	r.d.leaveOut = leaveOut
	return r.d.call()
}

// begins puts the decoder before a document. It keeps the room that it has for values under
// construction, and the names of members.
func (d *Decoder) begins(data []byte, lim Limits) {
	d.scan = newScanner(data, lim)
	d.lim, d.depth, d.elements, d.cursor = lim, 0, 0, cursor{}
}

// maxRoom is how many values and members a decoder keeps room for, so that one huge request
// does not hold its memory for ever.
const maxRoom = 256

// letGo lets go of the document, and of what an error left under construction.
func (d *Decoder) letGo() {
	d.scan, d.name, d.leaveOut = newScanner(nil, d.lim), nil, nil
	clear(d.values)
	clear(d.members)
	d.values, d.members = d.values[:0], d.members[:0]
	if cap(d.values) > maxRoom {
		d.values = nil
	}
	if cap(d.members) > maxRoom {
		d.members = nil
	}
}
