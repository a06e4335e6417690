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

// maxMessageID is the longest message id taken over as an event id: the
// longest that AMQP 0-9-1 can carry.
const maxMessageID = 255

// eventID returns the event's id. With a message id it is that, or a hash of it
// where it cannot stand in every header, log and JSON as it is: so who signs it
// and who verifies it see the same. Without one it is a hash over exchange,
// routing key, application properties and body. What the broker itself adds
// (x-delivery-count, x-received-from, …) does not count, so a redelivery and
// another replica see the same id.
//
// Koji's own plugin sends neither an id nor a time, so two messages that say
// the same (a build is tagged, untagged and tagged again) share one id.
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

// usableID reports whether a message id reaches everybody unchanged: printable
// ASCII, as receivers and proxies read other bytes of a header in different ways,
// and without a blank at either end, which HTTP takes away.
func usableID(id string) bool {
	if id == "" || len(id) > maxMessageID || id != strings.Trim(id, " ") {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r > '~' })
}

// appendHeaders appends the headers in the order of their names, but for those
// that brokers add.
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

// brokers reports whether a header is one that brokers add.
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

// appendPart appends a text with its length before it, so that no two lists of
// texts look alike.
func appendPart[T string | []byte](id []byte, part T) []byte {
	id = binary.BigEndian.AppendUint64(id, uint64(len(part)))
	return append(id, part...)
}
