package parse

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxMessageID is the maximum length of a message id that is used as an event id: the maximum
// in AMQP 0-9-1.
const maxMessageID = 255

// eventID returns the event's id: the message id or, if that is not safe in every header, log
// and JSON, its hash, so that the signer and the verifier of an event see the same id.
// Without a message id it is a hash over exchange, routing key, application properties and
// body. Headers added by brokers (x-delivery-count, x-received-from, …) are excluded, so that
// a redelivery, and the same message in another replica, have the same id.
//
// Koji's own plugin sends neither an id nor a time, so that two identical messages (a build
// is tagged, untagged and tagged again) have the same id.
func (r *reader) eventID(d *Delivery, props properties) string {
	switch {
	case usableID(d.MessageID):
		return d.MessageID
	case d.MessageID != "":
		r.id = appendPart(r.id[:0], d.MessageID)
		return hashOf(r.id)
	}
	id := appendPart(r.id[:0], d.Exchange)
	id = appendPart(id, d.RoutingKey)
	if props.section != nil {
		id = appendPart(id, props.section)
	} else {
		id = r.appendHeaders(id, d.Headers)
	}
	r.id = appendPart(id, d.Body)
	return hashOf(r.id)
}

// hashOf returns a hash as 32 hexadecimal digits.
func hashOf(parts []byte) string {
	sum := sha256.Sum256(parts)
	var text [32]byte
	hex.Encode(text[:], sum[:16])
	return string(text[:])
}

// usableID reports whether a message id reaches every receiver unchanged: whether it is
// printable ASCII, because receivers and proxies treat other bytes in a header differently,
// and has no space at either end, which HTTP removes.
func usableID(id string) bool {
	if id == "" || len(id) > maxMessageID || id != strings.Trim(id, " ") {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' })
}

// appendHeaders appends the headers, sorted by name, except those added by brokers.
func (r *reader) appendHeaders(id []byte, headers map[string]any) []byte {
	r.names = r.names[:0]
	for name := range headers {
		if !brokers(name) {
			r.names = append(r.names, name)
		}
	}
	slices.Sort(r.names)
	for _, name := range r.names {
		id = appendPart(id, name)
		id = appendHeader(id, headers[name])
	}
	return id
}

// brokers reports whether a header is added by brokers.
func brokers(name string) bool {
	return strings.HasPrefix(name, "x-") || name == "timestamp_in_ms"
}

func appendHeader(id []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(id, 'V')
	case string:
		return appendPart(append(id, 'S'), v)
	case int64:
		return binary.BigEndian.AppendUint64(append(id, 'l'), uint64(v))
	case bool:
		return strconv.AppendBool(append(id, 't'), v)
	}
	return appendPart(append(id, '?'), fmt.Sprint(v))
}

// appendPart appends a text with its length in front, so that different lists of texts never
// have the same bytes.
func appendPart[T string | []byte](id []byte, part T) []byte {
	id = binary.BigEndian.AppendUint64(id, uint64(len(part)))
	return append(id, part...)
}
